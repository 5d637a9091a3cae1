//! The path of an attribute: its name, or several from the outside in (`disks/capacity`).

use std::fmt;

/// The most names in one path.
const MOST_NAMES: usize = 8;
/// The longest path, in bytes.
const MOST_BYTES: usize = 256;

/// The path of an attribute, seen from the resource: one name, or more where the provider offers *QueryPathNotation*.
///
/// A name is a letter or `_`, and then letters, digits, `_`, `-` and `.`: what can name a JSON member and an XML element
/// alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path(String);

impl Path {
    /// The path that the text is; none when it is none, or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let is_short = text.len() <= MOST_BYTES && text.split('/').count() <= MOST_NAMES;
        (is_short && text.split('/').all(is_name)).then(|| Path(text.to_owned()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its names, the outermost first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_names_joined_by_slashes() {
        for text in ["name", "_x", "disks/capacity", "a/b/c/d/e/f/g/h", "größe", "cpu-arch.v2"] {
            assert_eq!(Path::parse(text).unwrap().as_str(), text);
        }
        let long = "x".repeat(MOST_BYTES + 1);
        for text in
            ["", "/", "a/", "/a", "a//b", "1a", "-a", "a b", "machines[1]", "*", "a/b/c/d/e/f/g/h/i", &long]
        {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }
}
