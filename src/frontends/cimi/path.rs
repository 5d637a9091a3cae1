//! Paths: `/cimi/COLLECTION/ID/PART/ID`.

use percent_encoding::percent_decode_str;

use crate::wire::form::encode;

/// The first segment of every path.
pub(super) const ROOT: &str = "cimi";
/// The most segments of a path that are looked at: no path that means something has more.
const MOST_SEGMENTS: usize = 8;
/// The longest identifier, in bytes.
const LONGEST_ID: usize = 1024;

/// Whether a path is CIMI's.
pub(super) fn is_ours(path: &str) -> bool {
    path.split('/').find(|segment| !segment.is_empty()) == Some(ROOT)
}

/// The segments of a path after the first one; none when one of them is no text, holds a control character, or is longer
/// than an identifier can be.
pub(super) fn read(path: &str) -> Option<Vec<String>> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).skip(1).collect();
    if segments.len() > MOST_SEGMENTS {
        return None;
    }
    segments.into_iter().map(decode).collect()
}

/// The collection and the id that a reference names: the last two segments of its path.
pub(super) fn referred(href: &str) -> Option<(Option<String>, String)> {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.rsplit('/').filter(|segment| !segment.is_empty());
    let id = segments.next().and_then(decode)?;
    Some((segments.next().and_then(decode), id))
}

/// The absolute URL of what is at `segments`.
pub(super) fn href(base: &str, segments: &[&str]) -> String {
    let mut href = base.to_owned();
    for segment in segments {
        href.push('/');
        href.extend(encode(segment));
    }
    href
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    let fits = decoded.len() <= LONGEST_ID && !decoded.chars().any(char::is_control);
    fits.then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_segment_tells_whose_it_is() {
        for ours in ["/cimi", "/cimi/", "//cimi/machines"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["/", "", "/cimi2", "/api/cimi", "/CIMI"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn a_reference_names_a_collection_and_an_id() {
        let pair = |collection: &str, id: &str| Some((Some(collection.to_owned()), id.to_owned()));
        assert_eq!(referred("http://h:1/cimi/machine_images/img%201"), pair("machine_images", "img 1"));
        assert_eq!(referred("machine_images/img1/"), pair("machine_images", "img1"));
        assert_eq!(referred("img1"), Some((None, "img1".to_owned())));
        assert_eq!(referred("http://h/a?b/c"), pair("h", "a"));
        assert_eq!((referred(""), referred("//"), referred("a/%ff")), (None, None, None));
    }

    proptest::proptest! {
        #[test]
        fn every_link_leads_to_its_id(id in "[^\\x00-\\x1f\\x7f-\\x9f]{1,40}") {
            let link = href("/cimi", &["machines", &id]);
            assert_eq!(read(&link).unwrap(), ["machines", &id]);
            assert_eq!(referred(&link).unwrap().1, id);
        }
    }
}
