//! The layers in which a setting may be written: flags, then the environment, then the file.

use std::str::FromStr;

use super::{
    Arguments,
    file::{File, Source},
    problem::{Located, Place, Problems},
};

/// Where variables are looked up.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything that was typed.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) environment: Environment<'a>,
    pub(super) source: &'a Source,
    pub(super) file: &'a File,
}

impl Settings<'_> {
    /// A text from the first layer that has it.
    pub(super) fn text(
        self,
        flag: &'static str,
        typed: Option<&String>,
        variable: &'static str,
        written: Option<&toml::Spanned<String>>,
    ) -> Option<Located<String>> {
        let typed = typed.map(|value| Located { value: value.clone(), place: Place::Flag(flag) });
        let inherited = || {
            let value = (self.environment)(variable)?;
            Some(Located { value, place: Place::Environment(variable) })
        };
        typed.or_else(inherited).or_else(|| written.map(|value| self.source.locate(value)))
    }

    /// A number from the first layer that has it.
    pub(super) fn number<T: Copy + FromStr>(
        self,
        (flag, typed): (&'static str, Option<T>),
        variable: &'static str,
        written: Option<&toml::Spanned<T>>,
        problems: &mut Problems,
    ) -> Option<Located<T>> {
        if let Some(value) = typed {
            return Some(Located { value, place: Place::Flag(flag) });
        }
        let Some(text) = (self.environment)(variable) else {
            return written.map(|value| self.source.locate(value));
        };
        let place = Place::Environment(variable);
        let value =
            problems.keep(&place, text.trim().parse().map_err(|_| format!("'{text}' is no such number")))?;
        Some(Located { value, place })
    }
}
