//! Names: what an engine takes, and that each is there once.

use uuid::Uuid;

/// How long what is added to a name to make it the only one is: a dash and eight digits.
const ADDED: usize = 9;

/// The names of the VMs of one creation.
#[derive(Debug)]
pub(super) struct Names {
    base: Option<String>,
    numbered: bool,
    longest: usize,
}

impl Names {
    /// The names of `count` VMs that are to be called `wanted`, none longer than `longest` characters.
    ///
    /// Engines take letters, digits, `.`, `_` and `-`. Clients name as they like ("My web server"): a dash stands for
    /// whatever else is in a name, and what is too long is cut off.
    pub(super) fn new(wanted: Option<&str>, count: u32, longest: usize) -> Self {
        let numbered = count > 1;
        let number = if numbered { format!("-{count}").len() } else { 0 };
        let base = wanted.and_then(|name| admissible(name, longest.saturating_sub(number)));
        Names { base, numbered, longest }
    }

    /// The name of the `number`th VM, counted from 1.
    pub(super) fn nth(&self, number: u32) -> String {
        match &self.base {
            Some(base) if self.numbered => format!("{base}-{number}"),
            Some(base) => base.clone(),
            None => format!("i-{}", digits()),
        }
    }

    /// Whether nobody else can have chosen these names: they are made of digits that were drawn.
    pub(super) fn are_unique(&self) -> bool {
        self.base.is_none()
    }

    /// Another name for the `number`th VM: its own was taken.
    pub(super) fn another(&self, number: u32) -> String {
        let mut name = self.nth(number);
        name.truncate(self.longest.saturating_sub(ADDED));
        format!("{name}-{}", digits())
    }
}

/// As much of a name as engines take; none when nothing is left that tells it from another.
fn admissible(name: &str, longest: usize) -> Option<String> {
    let mut admissible = String::new();
    for c in name.trim().chars().take(longest) {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            admissible.push(c);
        } else if !admissible.ends_with('-') {
            admissible.push('-');
        }
    }
    admissible.chars().any(|c| c.is_ascii_alphanumeric()).then_some(admissible)
}

/// The name of one thing: as much of `wanted` as engines take, or `prefix` and digits that were drawn.
pub(super) fn one(wanted: Option<&str>, prefix: &str, longest: usize) -> String {
    wanted.and_then(|name| admissible(name, longest)).unwrap_or_else(|| format!("{prefix}-{}", digits()))
}

fn digits() -> String {
    let (digits, ..) = Uuid::new_v4().as_fields();
    format!("{digits:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_name_and_several_are_numbered() {
        assert_eq!(Names::new(Some("web"), 1, 64).nth(1), "web");
        assert_eq!(Names::new(Some("web"), 3, 64).nth(2), "web-2");
        let nameless = Names::new(None, 1, 64).nth(1);
        assert!(nameless.starts_with("i-") && nameless.len() == 10, "{nameless}");
    }

    #[test]
    fn another_name_is_never_too_long() {
        let longest = "a".repeat(64);
        let names = Names::new(Some(&longest), 1, 64);
        let (one, two) = (names.another(1), names.another(1));
        assert_eq!(one.len(), 64);
        assert_ne!(one, two);
        assert!(Names::new(Some("web"), 1, 64).another(1).starts_with("web-"));
    }

    #[test]
    fn a_name_is_made_admissible() {
        let long = "a".repeat(300);
        for (wanted, count, longest, expected) in [
            ("My web server", 1, 64, "My-web-server"),
            ("a/b: c", 1, 64, "a-b-c"),
            ("a--b", 1, 64, "a--b"),
            ("naïve_1.x", 1, 64, "na-ve_1.x"),
            (long.as_str(), 1, 64, &long[..64]),
            (long.as_str(), 1, 255, &long[..255]),
        ] {
            assert_eq!(Names::new(Some(wanted), count, longest).nth(1), expected);
        }
        for nothing in ["", "  ", "日本語", "---"] {
            assert!(Names::new(Some(nothing), 1, 64).nth(1).starts_with("i-"), "{nothing}");
        }
        assert_eq!(Names::new(Some(&long), 12, 64).nth(12).len(), 64);
    }
}
