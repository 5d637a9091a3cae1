//! `$select` and `$expand`: names with commas between them, or `*`.

use super::{Malformed, path::Path};

/// The most names that one parameter may have, over all its occurrences.
const MOST_NAMES: usize = 200;

/// The attribute that every document has, whatever was selected.
const ALWAYS: &str = "resourceURI";

/// What of a resource is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Select {
    /// All of it: nothing was asked for, or `*`.
    #[default]
    All,
    /// Only these attributes; those that there are not are no fault.
    Only(Vec<Path>),
}

/// Which references are replaced by what they lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Expand {
    /// None: nothing was asked for, or nothing was named.
    #[default]
    Nothing,
    /// All of the resource, one level deep.
    All,
    /// Those in these attributes; those that there are not are no fault.
    Only(Vec<Path>),
}

/// What a parameter names.
enum Names {
    All,
    Only(Vec<Path>),
}

impl Select {
    pub(super) const PARAMETER: &'static str = "$select";

    /// What all occurrences of the parameter ask for together.
    ///
    /// # Errors
    /// When a name cannot be one, or there are too many.
    pub(super) fn parse<T: AsRef<str>>(values: &[T]) -> Result<Self, Malformed> {
        Ok(match names(Select::PARAMETER, values)? {
            Names::Only(paths) if !paths.is_empty() => Select::Only(paths),
            Names::All | Names::Only(_) => Select::All,
        })
    }

    /// Whether the attribute at this path, given name by name, is shown: it was selected, or something around it or in
    /// it was. `resourceURI` always is.
    pub fn admits(&self, path: &[&str]) -> bool {
        match self {
            Select::All => true,
            Select::Only(paths) => path == [ALWAYS] || paths.iter().any(|asked| touches(asked, path)),
        }
    }

    /// Whether one of these attributes was named. Asked with a collection's own attributes, it tells whether the
    /// selection is of them or of the entries' (DSP0263 §4.1.6).
    pub fn names_one_of(&self, attributes: &[&str]) -> bool {
        match self {
            Select::All => false,
            Select::Only(paths) => {
                paths.iter().any(|path| path.names().next().is_some_and(|name| attributes.contains(&name)))
            }
        }
    }
}

impl Expand {
    pub(super) const PARAMETER: &'static str = "$expand";

    /// What all occurrences of the parameter ask for together.
    ///
    /// # Errors
    /// When a name cannot be one, or there are too many.
    pub(super) fn parse<T: AsRef<str>>(values: &[T]) -> Result<Self, Malformed> {
        Ok(match names(Expand::PARAMETER, values)? {
            Names::All => Expand::All,
            Names::Only(paths) if paths.is_empty() => Expand::Nothing,
            Names::Only(paths) => Expand::Only(paths),
        })
    }

    /// Whether a reference in the attribute at this path, given name by name, is expanded. `*` goes one level deep.
    pub fn admits(&self, path: &[&str]) -> bool {
        match self {
            Expand::Nothing => false,
            Expand::All => path.len() == 1,
            Expand::Only(paths) => paths.iter().any(|asked| asked.names().eq(path.iter().copied())),
        }
    }
}

/// Whether one of the paths is the other's beginning.
fn touches(asked: &Path, path: &[&str]) -> bool {
    asked.names().zip(path).all(|(asked, name)| asked == *name)
}

fn names<T: AsRef<str>>(parameter: &'static str, values: &[T]) -> Result<Names, Malformed> {
    let all = values.iter().flat_map(|value| value.as_ref().split(','));
    let mut paths = Vec::new();
    let mut has_star = false;
    for name in all.map(str::trim).filter(|name| !name.is_empty()) {
        match Path::parse(name) {
            Some(path) if paths.contains(&path) => {}
            Some(_) if paths.len() == MOST_NAMES => {
                return Err(Malformed::value(parameter, format!("at most {MOST_NAMES} names"), name));
            }
            Some(path) => paths.push(path),
            None if name == "*" => has_star = true,
            None => return Err(Malformed::value(parameter, "names of attributes or *", name)),
        }
    }
    Ok(if has_star { Names::All } else { Names::Only(paths) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_shows_what_it_names_and_what_leads_there() {
        let select = Select::parse(&["name, state", "disks/name,name"]).unwrap();
        let cases: [(&[&str], bool); 9] = [
            (&["name"], true),
            (&["state"], true),
            (&["state", "x"], true),
            (&["disks"], true),
            (&["disks", "name"], true),
            (&["disks", "capacity"], false),
            (&["id"], false),
            (&["resourceURI"], true),
            (&["disks", "resourceURI"], false),
        ];
        for (path, expected) in cases {
            assert_eq!(select.admits(path), expected, "{path:?}");
        }
    }

    #[test]
    fn everything_is_selected_by_nothing_and_by_a_star() {
        for values in [&[][..], &[""], &[",", " "], &["*"], &["name", "a,*"]] {
            assert_eq!(Select::parse(values).unwrap(), Select::All, "{values:?}");
        }
        assert!(Select::All.admits(&["anything"]));
    }

    #[test]
    fn a_selection_is_of_the_collection_or_of_its_entries() {
        let own = ["id", "count", "operations"];
        let cases =
            [("count,nosuch", true), ("name,operations/rel", true), ("name,state", false), ("*", false)];
        for (value, expected) in cases {
            assert_eq!(Select::parse(&[value]).unwrap().names_one_of(&own), expected, "{value}");
        }
    }

    #[test]
    fn references_are_expanded_where_they_are_named() {
        let expand = |value| Expand::parse(&[value]).unwrap();
        let (disks, nested): (&[&str], &[&str]) = (&["disks"], &["disks", "volume"]);
        let cases = [
            ("", false, false),
            ("*", true, false),
            ("disks,volumes", true, false),
            ("disks/volume", false, true),
            ("nosuch", false, false),
        ];
        for (value, expands_disks, expands_nested) in cases {
            assert_eq!(expand(value).admits(disks), expands_disks, "{value}");
            assert_eq!(expand(value).admits(nested), expands_nested, "{value}");
        }
        assert_eq!(Expand::parse::<&str>(&[]).unwrap(), Expand::Nothing);
    }

    #[test]
    fn what_cannot_be_a_name_is_an_error() {
        for value in ["machines[1]", "machines[0-1]", "a b", "name,'x'", "**"] {
            assert!(Select::parse(&[value]).is_err(), "{value}");
            assert!(Expand::parse(&[value]).is_err(), "{value}");
        }
    }

    #[test]
    fn the_number_of_names_is_bounded() {
        let many = |count: usize| (0..count).map(|nth| format!("a{nth}")).collect::<Vec<_>>();
        assert!(Select::parse(&many(MOST_NAMES)).is_ok());
        assert!(Select::parse(&many(MOST_NAMES + 1)).is_err());
        assert!(Select::parse(&vec!["same"; MOST_NAMES + 1]).is_ok());
    }
}
