//! Why bytes are not the XML that was expected.

use std::{borrow::Cow, error, fmt};

use crate::model::{Error, ErrorKind};

/// How much of a name that a back end wrote is repeated in a message, in characters.
const QUOTED: usize = 40;

/// The bytes are not well-formed XML, or not of the expected form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(Cow<'static, str>);

impl Malformed {
    /// What is wrong, as a clause: `a number has no digits`.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Malformed(reason.into())
    }

    pub(super) const ENDS_EARLY: Malformed = Malformed::fixed("the document ends too early");

    pub(super) const NAMELESS: Malformed = Malformed::fixed("a tag or an instruction has no name");
    pub(super) const TOO_DEEP: Malformed = Malformed::fixed("its elements are nested too deep");

    pub(super) const fn fixed(reason: &'static str) -> Self {
        Malformed(Cow::Borrowed(reason))
    }

    pub(super) fn unexpected_root(found: &str, expected: &str) -> Self {
        Malformed::new(format!("it answered <{}> where <{expected}> was expected", quoted(found)))
    }

    pub(super) fn mismatched_end(name: &str) -> Self {
        Malformed::new(format!("<{}> is closed by another name", quoted(name)))
    }
}

/// As much of what a back end wrote as a message may repeat.
fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(QUOTED).collect()
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Malformed {}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        let message = format!("the back end's answer cannot be read: {malformed}");
        Error::new(ErrorKind::Unexpected, message).with_source(malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_repeated_only_in_part() {
        let message = Malformed::unexpected_root(&"x\n".repeat(500), "vms").to_string();
        assert_eq!(message, format!("it answered <{}> where <vms> was expected", "x".repeat(QUOTED)));
    }

    #[test]
    fn becomes_an_unexpected_answer() {
        let error = Error::from(Malformed::unexpected_root("html", "vms"));
        assert_eq!(error.kind(), ErrorKind::Unexpected);
        assert!(error.message().ends_with("it answered <html> where <vms> was expected"));
    }
}
