//! Why bytes are not the JSON that was expected.

use std::{borrow::Cow, error, fmt, marker::PhantomData};

use serde::{Deserialize, de::DeserializeSeed};
use serde_json::error::Category;

use crate::model::{Error, ErrorKind};

/// The bytes are not well-formed JSON, or not of the expected form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(Cow<'static, str>);

/// Reads a value that is there as a whole.
///
/// # Errors
/// When the bytes are no such value. What they hold is not repeated: it may be a secret.
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    read_with(bytes, PhantomData)
}

pub(super) fn read_with<'a, S: DeserializeSeed<'a>>(bytes: &'a [u8], seed: S) -> Result<S::Value, Malformed> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = seed.deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| Malformed::of(&error))
}

impl Malformed {
    pub(super) const ENDS_EARLY: Malformed = Malformed::fixed("the document ends too early");
    pub(super) const TOO_DEEP: Malformed = Malformed::fixed("its values are nested too deep");
    pub(super) const MISMATCHED: Malformed = Malformed::fixed("a bracket closes what another one opened");
    pub(super) const STRAY: Malformed = Malformed::fixed("it has a character where none such can be");
    pub(super) const GOES_ON: Malformed = Malformed::fixed("it goes on after its end");

    fn of(error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            Category::Eof => return Malformed::ENDS_EARLY,
            Category::Data => "holds something else than was expected",
            Category::Syntax | Category::Io => "is not well-formed",
        };
        Malformed::new(format!("a value {what}, at line {} column {}", error.line(), error.column()))
    }

    /// What is wrong, as a clause: `a number has no digits`.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Malformed(reason.into())
    }

    pub(super) const fn fixed(reason: &'static str) -> Self {
        Malformed(Cow::Borrowed(reason))
    }
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
    fn what_could_not_be_read_is_not_repeated() {
        #[derive(Deserialize, Debug)]
        struct Token {
            #[expect(dead_code, reason = "it is read from nothing that can be read")]
            token: u8,
        }
        for bytes in [&br#"{"token": "geheim"}"#[..], br#"{"token": geheim}"#, br#"{"geheim": 1}"#] {
            let error = Error::from(read::<Token>(bytes).unwrap_err());
            assert_eq!(error.kind(), ErrorKind::Unexpected);
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
        assert_eq!(read::<Token>(br#"{"token": "#).unwrap_err(), Malformed::ENDS_EARLY);
    }
}
