//! In which form an answer is written: `format=` in the query, or else the `Accept` header
//! ([RFC 9110, section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
//!
//! There is no HTML yet: who asks for it, as browsers do, or for anything at all, gets XML. Among types that are named
//! outright and wanted alike, the last one wins, as in the original; unlike there, a type that is named wins over a
//! wildcard, so that `application/json, */*` is JSON.

use http::{HeaderMap, header::ACCEPT};

/// The most media ranges of an `Accept` header that are looked at.
const MOST_RANGES: usize = 64;

/// A form of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `application/xml`
    Xml,
    /// `application/json`
    Json,
}

impl Format {
    /// The media type of its documents.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Format::Xml => "application/xml",
            Format::Json => "application/json",
        }
    }
}

/// How narrowly a media range names what it wants, widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Anything,
    Group,
    Named,
}

/// The media ranges that have an answer.
const RANGES: &[(&str, Format, Precision)] = &[
    ("application/xml", Format::Xml, Precision::Named),
    ("text/xml", Format::Xml, Precision::Named),
    ("application/json", Format::Json, Precision::Named),
    ("text/html", Format::Xml, Precision::Named),
    ("application/xhtml+xml", Format::Xml, Precision::Named),
    ("application/*", Format::Xml, Precision::Group),
    ("text/*", Format::Xml, Precision::Group),
    ("*/*", Format::Xml, Precision::Anything),
];

/// The form that the request wants; none when it wants none that there is.
pub(super) fn format(asked: Option<&str>, headers: &HeaderMap) -> Option<Format> {
    match asked {
        Some("xml") => Some(Format::Xml),
        Some("json") => Some(Format::Json),
        Some(_) => None,
        None => accepted(headers),
    }
}

fn accepted(headers: &HeaderMap) -> Option<Format> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<&str> =
        values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()).collect();
    if ranges.is_empty() {
        return Some(Format::Xml);
    }
    let wanted = ranges.into_iter().take(MOST_RANGES).filter_map(wanted);
    // `max_by_key` gives the last one of those that are equal.
    wanted.max_by_key(|(_, quality, precision)| (*quality, *precision)).map(|(format, ..)| format)
}

/// The form that a media range means, and how much it is wanted, in thousandths.
fn wanted(range: &str) -> Option<(Format, u16, Precision)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let (_, format, precision) = RANGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
    let quality = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
    });
    let quality = quality.unwrap_or(1000);
    (quality > 0).then_some((*format, quality, *precision))
}

/// A quality, 0 to 1 with three digits; what is none wants nothing.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{fraction:0<3}");
    match (whole, digits.get(..3).and_then(|digits| digits.parse::<u16>().ok())) {
        ("1", Some(0)) => 1000,
        ("0", Some(part)) => part,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_understood() {
        let xml = Some(Format::Xml);
        let json = Some(Format::Json);
        for (accept, expected) in [
            ("", xml),
            ("application/xml", xml),
            ("application/xml;q=1", xml),
            ("TEXT/XML", xml),
            ("application/json", json),
            ("application/json, application/xml", xml),
            ("application/xml, application/json", json),
            ("application/xml;q=0.5, application/json;q=0.9", json),
            ("application/json;q=0.2, application/xml; q=0.3", xml),
            ("application/json, text/plain, */*", json),
            ("*/*; q=0.5, application/json;q=0.4", xml),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", xml),
            ("application/*", xml),
            ("image/png", None),
            ("application/json;q=0", None),
            ("application/json;q=high", None),
            ("image/gif, application/json;q=0.001", json),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(format(None, &headers), expected, "{accept}");
        }
        assert_eq!(format(None, &HeaderMap::new()), xml);
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(accept in "[ -~]{0,80}") {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            let _ = format(None, &headers);
        }
    }

    #[test]
    fn the_query_wins_over_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, "application/xml".parse().unwrap());
        assert_eq!(format(Some("json"), &headers), Some(Format::Json));
        assert_eq!(format(Some("html"), &headers), None);
        assert_eq!(format(Some("yaml"), &headers), None);
    }
}
