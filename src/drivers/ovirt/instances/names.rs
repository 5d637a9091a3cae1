//! Names of VMs: what an engine takes, and that each is there once.

use uuid::Uuid;

use crate::model::{Error, ErrorKind};

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
    /// # Errors
    /// `Invalid` when the engine would not take the name.
    pub(super) fn new(wanted: Option<&str>, count: u32, longest: usize) -> Result<Self, Error> {
        let names = Names { base: wanted.map(str::to_owned), numbered: count > 1, longest };
        names.check(count)?;
        Ok(names)
    }

    fn check(&self, count: u32) -> Result<(), Error> {
        let Some(base) = &self.base else { return Ok(()) };
        let invalid = |what: &str| Err(Error::new(ErrorKind::Invalid, format!("a VM's name {what}")));
        if base.is_empty() {
            return invalid("is not empty");
        }
        if !base.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
            return invalid("has letters, digits, '.', '_' and '-' only");
        }
        if self.nth(count).len() > self.longest {
            return invalid(&format!("has at most {} characters", self.longest));
        }
        Ok(())
    }

    /// The name of the `number`th VM, counted from 1.
    pub(super) fn nth(&self, number: u32) -> String {
        match &self.base {
            Some(base) if self.numbered => format!("{base}-{number}"),
            Some(base) => base.clone(),
            None => format!("i-{}", digits()),
        }
    }

    /// Another name for the `number`th VM: its own was taken.
    pub(super) fn another(&self, number: u32) -> String {
        let mut name = self.nth(number);
        name.truncate(self.longest.saturating_sub(ADDED));
        format!("{name}-{}", digits())
    }
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
        assert_eq!(Names::new(Some("web"), 1, 64).unwrap().nth(1), "web");
        assert_eq!(Names::new(Some("web"), 3, 64).unwrap().nth(2), "web-2");
        let nameless = Names::new(None, 1, 64).unwrap().nth(1);
        assert!(nameless.starts_with("i-") && nameless.len() == 10, "{nameless}");
    }

    #[test]
    fn another_name_is_never_too_long() {
        let longest = "a".repeat(64);
        let names = Names::new(Some(&longest), 1, 64).unwrap();
        let (one, two) = (names.another(1), names.another(1));
        assert_eq!(one.len(), 64);
        assert_ne!(one, two);
        assert!(Names::new(Some("web"), 1, 64).unwrap().another(1).starts_with("web-"));
    }

    #[test]
    fn what_the_engine_would_refuse_is_refused() {
        let long = "a".repeat(65);
        for (name, count) in
            [("", 1), ("a b", 1), ("naïve", 1), ("a/b", 1), (long.as_str(), 1), (&long[..63], 2)]
        {
            assert_eq!(Names::new(Some(name), count, 64).unwrap_err().kind(), ErrorKind::Invalid, "{name}");
        }
        assert!(Names::new(Some(&long), 1, 255).is_ok());
    }
}
