//! What is wrong with a setting, and where it was written.

use std::{fmt, path::Path, sync::Arc};

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the command line, as this flag.
    Flag(&'static str),
    /// In this variable of the environment.
    Environment(&'static str),
    /// In a file, on this line (from 1) where one line is at fault.
    File(Arc<Path>, Option<usize>),
    /// Nowhere: it is what one gets without a setting.
    Default,
}

impl Place {
    /// Higher is what wins.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Place::Flag(_) => 3,
            Place::Environment(_) => 2,
            Place::File(..) => 1,
            Place::Default => 0,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Flag(name) | Place::Environment(name) => f.write_str(name),
            Place::File(path, Some(line)) => write!(f, "{}:{line}", path.display()),
            Place::File(path, None) => write!(f, "{}", path.display()),
            Place::Default => f.write_str("default"),
        }
    }
}

/// A setting that makes no sense. Prints as `FILE:LINE: message`; never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where the setting was written.
    pub place: Place,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Problem {}

/// A setting, and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// The problems found so far: all of them are told at once.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, place: &Place, message: impl Into<String>) {
        self.0.push(Problem { place: place.clone(), message: message.into() });
    }

    /// The value, or none and one problem more.
    pub(super) fn keep<T>(&mut self, place: &Place, result: Result<T, impl Into<String>>) -> Option<T> {
        result.map_err(|message| self.add(place, message)).ok()
    }

    /// All of them, those of the file in the order of its lines.
    pub(super) fn in_order(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|problem| match &problem.place {
            Place::File(_, line) => *line,
            Place::Flag(_) | Place::Environment(_) | Place::Default => None,
        });
        self.0
    }
}
