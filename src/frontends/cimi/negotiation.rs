//! In which form an answer is written: `$format=` or `format=` in the query, or else the `Accept` header
//! ([RFC 9110, section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
//!
//! As in the original, who says nothing gets XML, and who takes anything JSON. Unlike there, qualities are heeded.

use bytes::Bytes;
use http::{Request, header::ACCEPT};

use crate::wire::{document::Format, form};

/// The most media ranges of an `Accept` header that are looked at.
const MOST_RANGES: usize = 64;

/// The media ranges that have an answer, and how narrowly they name it.
const RANGES: &[(&str, Format, u8)] = &[
    ("application/xml", Format::Xml, 2),
    ("text/xml", Format::Xml, 2),
    ("application/json", Format::Json, 2),
    ("text/html", Format::Json, 0),
    ("application/*", Format::Json, 1),
    ("text/*", Format::Xml, 1),
    ("*/*", Format::Json, 0),
];

/// The form that the request wants; none when it wants none that there is.
pub(super) fn wanted(request: &Request<Bytes>) -> Option<Format> {
    match asked(request).as_deref() {
        Some("xml") => Some(Format::Xml),
        Some("json") => Some(Format::Json),
        Some(_) => None,
        None => accepted(request),
    }
}

/// The first `$format` wins (DSP0263, section 4.1.6.5).
fn asked(request: &Request<Bytes>) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = form::pairs(query).map_while(Result::ok);
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.to_ascii_lowercase())
    };
    value("$format").or_else(|| value("format"))
}

fn accepted(request: &Request<Bytes>) -> Option<Format> {
    let values = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<&str> =
        values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()).collect();
    if ranges.is_empty() {
        return Some(Format::Xml);
    }
    let known = ranges.into_iter().take(MOST_RANGES).filter_map(range);
    // The first of those that are wanted alike: `max_by_key` would give the last.
    let best = known.reduce(|best, next| if (next.1, next.2) > (best.1, best.2) { next } else { best });
    best.map(|(format, ..)| format)
}

/// The form that a media range means, how much it is wanted, in thousandths, and how narrowly it names it.
fn range(range: &str) -> Option<(Format, u16, u8)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let (_, format, narrowness) = RANGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let quality = quality.map_or(Some(1.0), |text| text.trim().parse::<f32>().ok())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 1000")]
    let thousandths = (quality.clamp(0.0, 1.0) * 1000.0) as u16;
    (thousandths > 0).then_some((*format, thousandths, *narrowness))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_and_then_the_header_decide() {
        let (xml, json) = (Some(Format::Xml), Some(Format::Json));
        for (target, accept, expected) in [
            ("/cimi", None, xml),
            ("/cimi", Some("application/xml"), xml),
            ("/cimi", Some("text/xml"), xml),
            ("/cimi", Some("application/json"), json),
            ("/cimi", Some("*/*"), json),
            ("/cimi", Some("text/html"), json),
            ("/cimi", Some("application/xml, */*"), xml),
            ("/cimi", Some("application/xml;q=0.1, application/json;q=0.9"), json),
            ("/cimi", Some("application/json, application/xml"), json),
            ("/cimi", Some("image/gif"), None),
            ("/cimi", Some("application/json;q=0"), None),
            ("/cimi", Some("application/json;q=NaN"), None),
            ("/cimi?$format=XML", Some("application/json"), xml),
            ("/cimi?$format=json&$format=xml", None, json),
            ("/cimi?format=xml", Some("application/json"), xml),
            ("/cimi?$format=yaml", None, None),
        ] {
            let request = Request::get(target);
            let request = accept.into_iter().fold(request, |request, accept| request.header(ACCEPT, accept));
            assert_eq!(wanted(&request.body(Bytes::new()).unwrap()), expected, "{target} {accept:?}");
        }
    }
}
