//! In which form an answer is written: `format=` in the query, or else the `Accept` header
//! ([RFC 9110, section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
//!
//! Pages are for who names them (`text/html`), as every browser does. Who takes anything at all (`*/*`), as programs do
//! that say nothing about it, gets XML; in the original he got a page, which no client was ever glad of. Among types that
//! are named outright and wanted alike, the last one wins, as in the original, unless a page is among them: browsers
//! name XML beside it. Unlike there, a type that is named wins over a wildcard, so that `application/json, */*` is JSON.

use http::{HeaderMap, header::ACCEPT};

pub(super) use crate::wire::document::Format;

/// The most media ranges of an `Accept` header that are looked at.
const MOST_RANGES: usize = 64;

/// What an answer is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A document, for programs.
    Document(Format),
    /// A page, for people.
    Page,
}

/// How narrowly a media range names what it wants, widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Anything,
    Group,
    Named,
    /// Named outright, by a browser.
    Page,
}

/// The media ranges that have an answer.
const RANGES: &[(&str, Wanted, Precision)] = &[
    ("application/xml", XML, Precision::Named),
    ("text/xml", XML, Precision::Named),
    ("application/json", Wanted::Document(Format::Json), Precision::Named),
    ("text/html", Wanted::Page, Precision::Page),
    ("application/xhtml+xml", Wanted::Page, Precision::Page),
    ("application/*", XML, Precision::Group),
    ("text/*", XML, Precision::Group),
    ("*/*", XML, Precision::Anything),
];

const XML: Wanted = Wanted::Document(Format::Xml);

/// The form that the request wants; none when it wants none that there is.
pub(super) fn wanted(asked: Option<&str>, headers: &HeaderMap) -> Option<Wanted> {
    match asked {
        Some("xml") => Some(XML),
        Some("json") => Some(Wanted::Document(Format::Json)),
        Some("html") => Some(Wanted::Page),
        Some(_) => None,
        None => accepted(headers),
    }
}

fn accepted(headers: &HeaderMap) -> Option<Wanted> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<&str> =
        values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()).collect();
    if ranges.is_empty() {
        return Some(XML);
    }
    let wanted = ranges.into_iter().take(MOST_RANGES).filter_map(range);
    // `max_by_key` gives the last one of those that are equal.
    wanted.max_by_key(|(_, quality, precision)| (*quality, *precision)).map(|(form, ..)| form)
}

/// The form that a media range means, and how much it is wanted, in thousandths.
fn range(range: &str) -> Option<(Wanted, u16, Precision)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let (_, form, precision) = RANGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
    let quality = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
    });
    let quality = quality.unwrap_or(1000);
    (quality > 0).then_some((*form, quality, *precision))
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
        let xml = Some(XML);
        let json = Some(Wanted::Document(Format::Json));
        let page = Some(Wanted::Page);
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
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", page),
            ("text/html,application/xml,application/xhtml+xml,text/xml", page),
            ("text/html;q=0.5, application/json", json),
            ("text/html", page),
            ("*/*", xml),
            ("*/*; q=0.5, application/xml", xml),
            ("application/*", xml),
            ("image/png", None),
            ("application/json;q=0", None),
            ("application/json;q=high", None),
            ("image/gif, application/json;q=0.001", json),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(wanted(None, &headers), expected, "{accept}");
        }
        assert_eq!(wanted(None, &HeaderMap::new()), xml);
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(accept in "[ -~]{0,80}") {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            let _ = wanted(None, &headers);
        }
    }

    #[test]
    fn the_query_wins_over_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, "application/xml".parse().unwrap());
        assert_eq!(wanted(Some("json"), &headers), Some(Wanted::Document(Format::Json)));
        assert_eq!(wanted(Some("html"), &headers), Some(Wanted::Page));
        assert_eq!(wanted(Some("yaml"), &headers), None);
    }
}
