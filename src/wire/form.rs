//! Form and query parameters: `name=value` pairs joined by `&`, percent-encoded, with `+` for a space.
//!
//! The grammar is `application/x-www-form-urlencoded` as the
//! [URL standard](https://url.spec.whatwg.org/#urlencoded-parsing) has it, but nothing is repaired: an escape
//! that is not one and bytes that are not UTF-8 are errors, so what was signed and what is acted upon are the
//! same text.
//!
//! **Invariant:** decoding allocates only for a name or value that holds an escape, and never looks past
//! [`MAX_BYTES`] or [`MAX_PARAMETERS`].

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memchr2};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// The longest form or query that is read, in bytes. EC2's largest parameter, user data, has 16 KiB at most.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most parameters that one form or query may have.
pub const MAX_PARAMETERS: usize = 2_000;

/// Everything except the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a form or query cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It is longer than [`MAX_BYTES`].
    TooLong,
    /// It has more than [`MAX_PARAMETERS`] parameters.
    TooMany,
    /// A `%` without two hexadecimal digits, in this parameter (the first is 1).
    Escape(usize),
    /// A name or value that is not UTF-8 once decoded, in this parameter (the first is 1).
    Utf8(usize),
}

/// One parameter: its name and its value, borrowed where nothing was escaped.
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The parameters of a form or query in the order in which they were sent; see [`pairs`].
#[derive(Debug, Clone)]
pub struct Pairs<'a> {
    rest: &'a [u8],
    seen: usize,
}

/// Reads the parameters of a form or a query string.
///
/// A parameter without `=` has an empty value, and empty parameters (`a=1&&b=2`) are skipped. The first error
/// ends the iteration.
///
/// ```
/// let pairs: Result<Vec<_>, _> = deltagate::wire::form::pairs("Filter.1.Name=tag%3AName&DryRun").collect();
/// assert_eq!(pairs.unwrap(), [("Filter.1.Name".into(), "tag:Name".into()), ("DryRun".into(), "".into())]);
/// ```
pub fn pairs<T: AsRef<[u8]> + ?Sized>(text: &T) -> Pairs<'_> {
    Pairs { rest: text.as_ref(), seen: 0 }
}

/// Encodes a name or a value so that it can stand in a query, in a form and in a string to sign: only RFC
/// 3986's unreserved characters stay, a space becomes `%20`, hexadecimal digits are upper case.
pub fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

impl<'a> Pairs<'a> {
    fn next_raw(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let end = memchr(b'&', self.rest).unwrap_or(self.rest.len());
            let (pair, rest) = self.rest.split_at(end);
            self.rest = rest.strip_prefix(b"&").unwrap_or(rest);
            if !pair.is_empty() {
                return Some(pair);
            }
        }
        None
    }

    fn read(&mut self) -> Result<Option<Pair<'a>>, Malformed> {
        if self.rest.len() > MAX_BYTES {
            return Err(Malformed::TooLong);
        }
        let Some(pair) = self.next_raw() else { return Ok(None) };
        self.seen += 1;
        if self.seen > MAX_PARAMETERS {
            return Err(Malformed::TooMany);
        }
        let (name, value) = pair.split_at(memchr(b'=', pair).unwrap_or(pair.len()));
        let value = value.strip_prefix(b"=").unwrap_or(value);
        Ok(Some((decode(name, self.seen)?, decode(value, self.seen)?)))
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<Pair<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read().transpose();
        if let Some(Err(_)) = item {
            self.rest = &[];
        }
        item
    }
}

impl std::iter::FusedIterator for Pairs<'_> {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the parameters are longer than {MAX_BYTES} bytes"),
            Self::TooMany => write!(f, "there are more than {MAX_PARAMETERS} parameters"),
            Self::Escape(n) => write!(f, "parameter {n} has a % without two hexadecimal digits"),
            Self::Utf8(n) => write!(f, "parameter {n} is not UTF-8"),
        }
    }
}

impl std::error::Error for Malformed {}

/// Undoes the encoding of one name or value of parameter number `nth`.
fn decode(raw: &[u8], nth: usize) -> Result<Cow<'_, str>, Malformed> {
    if memchr2(b'%', b'+', raw).is_none() {
        return std::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| Malformed::Utf8(nth));
    }
    let mut plain = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'+' => b' ',
            b'%' => escaped(&mut bytes).ok_or(Malformed::Escape(nth))?,
            other => other,
        });
    }
    String::from_utf8(plain).map(Cow::Owned).map_err(|_| Malformed::Utf8(nth))
}

/// The byte that the two digits after a `%` stand for.
fn escaped(bytes: &mut impl Iterator<Item = u8>) -> Option<u8> {
    let mut digit = || char::from(bytes.next()?).to_digit(16);
    let value = digit()? << 4 | digit()?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Result<Vec<(String, String)>, Malformed> {
        pairs(text).map(|pair| pair.map(|(name, value)| (name.into_owned(), value.into_owned()))).collect()
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn every_spelling_has_one_meaning() {
        for (text, meaning) in [
            ("", &[] as &[(&str, &str)]),
            ("&&", &[]),
            ("a=1", &[("a", "1")]),
            ("a=1&&b=2&", &[("a", "1"), ("b", "2")]),
            ("a", &[("a", "")]),
            ("=1", &[("", "1")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a=1&a=2", &[("a", "1"), ("a", "2")]),
            ("a+b=%20+%2B", &[("a b", "  +")]),
            ("v=web+%C3%A9+~%2a%2F", &[("v", "web é ~*/")]),
            ("v=é", &[("v", "é")]),
        ] {
            assert_eq!(all(text), Ok(owned(meaning)), "{text}");
        }
    }

    #[test]
    fn nothing_is_repaired() {
        for (text, error) in [
            ("a=%", Malformed::Escape(1)),
            ("a=1&b=%4", Malformed::Escape(2)),
            ("a=%4g", Malformed::Escape(1)),
            ("a=%+1", Malformed::Escape(1)),
            ("%ff=1", Malformed::Utf8(1)),
            ("a=1&&b=%C3", Malformed::Utf8(2)),
        ] {
            assert_eq!(all(text), Err(error), "{text}");
        }
        assert_eq!(pairs(b"a=\xff").next(), Some(Err(Malformed::Utf8(1))));
    }

    #[test]
    fn the_first_error_is_the_last_item() {
        let mut pairs = pairs("a=%&b=1");
        assert_eq!(pairs.next(), Some(Err(Malformed::Escape(1))));
        assert_eq!(pairs.next(), None);
    }

    #[test]
    fn length_and_count_are_capped() {
        let longest = "a".repeat(MAX_BYTES);
        assert_eq!(pairs(&longest).count(), 1);
        assert_eq!(all(&format!("{longest}a")), Err(Malformed::TooLong));
        let most = "a=1&".repeat(MAX_PARAMETERS);
        assert_eq!(all(&most).map(|pairs| pairs.len()), Ok(MAX_PARAMETERS));
        assert_eq!(all(&format!("{most}a")), Err(Malformed::TooMany));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(given in proptest::collection::vec((".+", ".*"), 0..8)) {
            let pair = |(name, value): &(String, String)| format!("{}={}", encode(name), encode(value));
            let text: Vec<_> = given.iter().map(pair).collect();
            prop_assert_eq!(all(&text.join("&")), Ok(given));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let read = pairs(&bytes).count();
            prop_assert!(read <= bytes.len());
        }
    }
}
