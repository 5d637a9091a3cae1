//! What a user wants to be remembered about a blob: names and texts, which travel as header fields.
//!
//! Names of header fields have no case, so these have none, either: they are kept in lower case.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::frontends::deltacloud::errors::Fault;

/// What the names of the header fields begin with.
const PREFIX: &str = "x-deltacloud-blobmeta-";
/// The most that is remembered about one blob, in entries: as many as Swift does.
const MOST_ENTRIES: usize = 90;
/// The most that is remembered about one blob, in bytes of names and texts.
const BYTES_CAP: usize = 4 << 10;

/// What the head of a request says.
///
/// # Errors
/// When a text is none.
pub(super) fn of_head(headers: &HeaderMap) -> Result<Vec<(String, String)>, Fault> {
    let ours = headers.iter().filter_map(|(name, value)| Some((name.as_str().strip_prefix(PREFIX)?, value)));
    let entries = ours.map(|(name, value)| {
        let text = std::str::from_utf8(value.as_bytes());
        text.map(|text| (name.to_owned(), text.to_owned()))
            .map_err(|_| Fault::invalid(format!("the text of metadata '{name}' is not UTF-8")))
    });
    entries.collect()
}

/// What the fields of a form say: `meta_name1` and `meta_value1`, and so on.
///
/// # Errors
/// When a name or a text cannot be a header field's.
pub(super) fn of_fields<'f>(field: impl Fn(&str) -> Option<&'f str>) -> Result<Vec<(String, String)>, Fault> {
    let entries = (1..=MOST_ENTRIES).filter_map(|n| {
        let name = field(&format!("meta_name{n}")).filter(|name| !name.is_empty())?;
        Some((name, field(&format!("meta_value{n}")).unwrap_or_default()))
    });
    let checked = entries.map(|(name, text)| match as_field(name, text) {
        Some(_) => Ok((name.to_ascii_lowercase(), text.to_owned())),
        None => Err(Fault::invalid(format!("metadata '{}' cannot be a header field", name.escape_debug()))),
    });
    checked.collect()
}

/// Whether all of it can be remembered.
///
/// # Errors
/// When it is too much, or a name is there twice.
pub(super) fn check(metadata: &[(String, String)]) -> Result<(), Fault> {
    let bytes: usize = metadata.iter().map(|(name, text)| name.len() + text.len()).sum();
    if metadata.len() > MOST_ENTRIES || bytes > BYTES_CAP {
        let message = format!("metadata has at most {MOST_ENTRIES} entries of {BYTES_CAP} bytes together");
        return Err(Fault::invalid(message));
    }
    let mut names: Vec<&str> = metadata.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.iter().zip(names.iter().skip(1)).find(|(one, next)| one == next) {
        Some((name, _)) => Err(Fault::invalid(format!("metadata '{name}' is there twice"))),
        None => Ok(()),
    }
}

/// The header fields that say it. What cannot be one, because the cloud took it another way, is left out.
pub(super) fn fields(
    metadata: &[(Cow<'_, str>, Cow<'_, str>)],
) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    metadata.iter().filter_map(|(name, text)| as_field(name, text))
}

fn as_field(name: &str, text: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(format!("{PREFIX}{name}")).ok()?;
    Some((name, HeaderValue::from_bytes(text.as_bytes()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_head_says_is_read_and_said_again() {
        let mut headers = HeaderMap::new();
        headers.insert("X-Deltacloud-Blobmeta-Version", HeaderValue::from_static("1.0"));
        headers.insert("X-Deltacloud-Blobmeta-Name", HeaderValue::from_bytes("Zoë".as_bytes()).unwrap());
        headers.insert("X-Deltacloud-Driver", HeaderValue::from_static("mock"));
        let mut read = of_head(&headers).unwrap();
        read.sort();
        let expected = [("name", "Zoë"), ("version", "1.0")];
        assert_eq!(read, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let metadata: Vec<_> = read.iter().map(|(name, text)| (name.into(), text.into())).collect();
        let again: HeaderMap = fields(&metadata).collect();
        assert_eq!(again.get("x-deltacloud-blobmeta-name"), headers.get("x-deltacloud-blobmeta-name"));
        headers.insert("X-Deltacloud-Blobmeta-Bad", HeaderValue::from_bytes(b"\xff").unwrap());
        assert!(of_head(&headers).is_err());
    }

    #[test]
    fn what_a_form_says_is_checked() {
        let form = |name: &'static str, text: &'static str| {
            of_fields(move |field| match field {
                "meta_name2" => Some(name),
                "meta_value2" => Some(text),
                _ => None,
            })
        };
        assert_eq!(form("Colour", "red").unwrap(), [("colour".to_owned(), "red".to_owned())]);
        assert_eq!(form("", "red").unwrap(), []);
        for (name, text) in [("a b", ""), ("a:b", ""), ("é", ""), ("a", "x\r\nSet-Cookie: y"), ("a", "\0")] {
            assert!(form(name, text).is_err(), "{name:?} {text:?}");
        }
    }

    #[test]
    fn there_is_an_end_to_what_is_remembered() {
        let entries = |count: usize, length: usize| {
            check(&(0..count).map(|n| (format!("n{n}"), "x".repeat(length))).collect::<Vec<_>>())
        };
        assert!(entries(MOST_ENTRIES, 1).is_ok());
        assert!(entries(MOST_ENTRIES + 1, 1).is_err());
        assert!(entries(2, BYTES_CAP / 2).is_err());
        assert!(check(&[("a".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())]).is_err());
    }
}
