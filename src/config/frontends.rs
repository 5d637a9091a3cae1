//! Front ends: names become those that there are.

use super::{
    layers::Settings,
    problem::{Located, Problems},
};
use crate::frontends::{DEFAULT_NAMES, NAMES};

/// The front ends that are wanted; those of [`DEFAULT_NAMES`] when none is named.
pub(super) fn frontends(settings: Settings<'_>, problems: &mut Problems) -> Vec<&'static str> {
    let Settings { arguments, source, file, .. } = settings;
    let list = |text: Located<String>| -> Vec<Located<String>> {
        let names = text.value.split(',').map(|name| name.trim().to_owned());
        names.map(|value| Located { value, place: text.place.clone() }).collect()
    };
    let typed = settings.text("-f", arguments.frontends.as_ref(), "API_FRONTEND", None).map(list);
    let mut written = || -> Option<Vec<_>> {
        let names = file.frontends.as_ref()?;
        if names.get_ref().is_empty() {
            problems.add(&source.place(names), "no front end is named");
        }
        Some(names.get_ref().iter().map(|name| source.locate(name)).collect())
    };
    let Some(wanted) = typed.or_else(&mut written) else { return DEFAULT_NAMES.to_vec() };
    known_frontends(&wanted, problems)
}

fn known_frontends(wanted: &[Located<String>], problems: &mut Problems) -> Vec<&'static str> {
    let known = |name: &str| NAMES.iter().copied().find(|known| known.eq_ignore_ascii_case(name));
    let unknown: Vec<_> = wanted.iter().filter(|name| known(&name.value).is_none()).collect();
    if let Some(first) = unknown.first() {
        let names: Vec<_> = unknown.iter().map(|name| format!("'{}'", name.value)).collect();
        let (names, there_are) = (names.join(", "), NAMES.join(", "));
        problems.add(&first.place, format!("there is no front end {names} yet; there are: {there_are}"));
    }
    let mut found: Vec<&'static str> = Vec::new();
    for name in wanted {
        match known(&name.value) {
            Some(name_of_it) if found.contains(&name_of_it) => {
                problems.add(&name.place, format!("front end '{name_of_it}' is named twice"));
            }
            Some(name_of_it) => found.push(name_of_it),
            None => {}
        }
    }
    found
}
