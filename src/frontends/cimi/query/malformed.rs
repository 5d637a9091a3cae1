//! Why a query cannot be read: what was expected, where, and what stood there instead.

use std::{borrow::Cow, error, fmt};

use crate::{
    model::{Error, ErrorKind},
    wire::form,
};

/// The most of what was found that is repeated to the client, in characters.
const MOST_REPEATED: usize = 40;

/// Why a query cannot be read. Its text may be shown to the client, who wrote all that it repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// The query string is no sequence of parameters.
    Encoding(form::Malformed),
    /// A parameter is not what it has to be.
    Parameter {
        /// Its name (`$filter`).
        name: &'static str,
        /// Where in its value, in characters, the first being 1; none when it is the value as a whole.
        place: Option<usize>,
        /// What was expected there.
        expected: Cow<'static, str>,
        /// What was found, shortened; empty at the value's end.
        found: String,
    },
}

impl Malformed {
    /// A value that is as a whole not what was expected.
    pub(super) fn value(name: &'static str, expected: impl Into<Cow<'static, str>>, found: &str) -> Self {
        Malformed::Parameter { name, place: None, expected: expected.into(), found: shortened(found) }
    }

    /// A value that goes wrong at this byte of it.
    pub(super) fn at(
        name: &'static str,
        value: &str,
        at: usize,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (before, found) = value.split_at_checked(at).unwrap_or((value, ""));
        Malformed::Parameter {
            name,
            place: Some(before.chars().count() + 1),
            expected: expected.into(),
            found: shortened(found),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Malformed::Parameter { name, place, expected, found } = self else {
            return f.write_str("the query cannot be read");
        };
        write!(f, "{name}: expected {expected}")?;
        if let Some(place) = place {
            write!(f, " at character {place}")?;
        }
        if found.is_empty() { f.write_str(", not its end") } else { write!(f, ", not '{found}'") }
    }
}

impl error::Error for Malformed {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Malformed::Encoding(cause) => Some(cause),
            Malformed::Parameter { .. } => None,
        }
    }
}

impl From<form::Malformed> for Malformed {
    fn from(cause: form::Malformed) -> Self {
        Malformed::Encoding(cause)
    }
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        let message = match &malformed {
            Malformed::Encoding(cause) => format!("{malformed}: {cause}"),
            Malformed::Parameter { .. } => malformed.to_string(),
        };
        Error::new(ErrorKind::Invalid, message).with_source(malformed)
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_REPEATED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_expected_where() {
        let cases = [
            (Malformed::at("$filter", "näme!", 5, "="), "$filter: expected = at character 5, not '!'"),
            (Malformed::at("$filter", "name", 4, "="), "$filter: expected = at character 5, not its end"),
            (Malformed::value("$last", "a number", "x"), "$last: expected a number, not 'x'"),
        ];
        for (malformed, text) in cases {
            assert_eq!(malformed.to_string(), text);
        }
    }

    #[test]
    fn it_repeats_little() {
        let malformed = Malformed::value("$first", "a number", &"ä".repeat(1000));
        assert_eq!(malformed.to_string().chars().filter(|c| *c == 'ä').count(), MOST_REPEATED);
    }

    #[test]
    fn it_is_the_clients_fault() {
        let error = Error::from(Malformed::from(form::Malformed::Escape(2)));
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.message(), format!("the query cannot be read: {}", form::Malformed::Escape(2)));
    }
}
