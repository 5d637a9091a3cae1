//! Paths: `/api;driver=D;provider=P/COLLECTION/ID/ACTION`, with matrix parameters on any segment
//! ([the idea](https://www.w3.org/DesignIssues/MatrixURIs.html)).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::wire::form::encode;

/// The first segment of every path.
pub(super) const ROOT: &str = "api";
/// The most segments of a path that are looked at: no path that means something has more.
const MOST_SEGMENTS: usize = 8;
/// The longest identifier, in bytes.
const LONGEST_ID: usize = 1024;

/// A path that was read: what it leads to, and what its segments say besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path {
    /// The segments after the first one.
    pub(super) segments: Vec<String>,
    /// The matrix parameters of the first segment: the back end.
    pub(super) root: Vec<(String, String)>,
    /// The matrix parameters of the other segments.
    pub(super) parameters: Vec<(String, String)>,
    /// It ends with a slash: clients make such a path of an id that they do not have.
    pub(super) unfinished: bool,
}

/// Whether a path is Deltacloud's.
pub(super) fn is_ours(path: &str) -> bool {
    let first = path.split('/').find(|segment| !segment.is_empty());
    first.is_some_and(|segment| segment.split(';').next() == Some(ROOT))
}

/// Reads a path.
///
/// None when a segment is no text, holds a control character or a slash, or is longer than an identifier can be.
pub(super) fn read(path: &str) -> Option<Path> {
    let mut read = Path { unfinished: path.ends_with('/'), ..Path::default() };
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    for (number, segment) in segments.enumerate() {
        if number >= MOST_SEGMENTS {
            return None;
        }
        let mut parts = segment.split(';');
        let name = parts.next().and_then(decode)?;
        let pairs = parts.filter(|part| !part.is_empty()).map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        });
        let pairs = pairs.collect::<Option<Vec<_>>>()?;
        if number == 0 {
            read.root = pairs;
        } else {
            read.segments.push(name);
            read.parameters.extend(pairs);
        }
    }
    Some(read)
}

/// The value of a matrix parameter of the first segment.
pub(super) fn root_parameter<'a>(path: &'a Path, name: &str) -> Option<&'a str> {
    path.root.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
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
    let decoded: Cow<'_, str> = percent_decode_str(text).decode_utf8().ok()?;
    let fits = decoded.len() <= LONGEST_ID && !decoded.chars().any(char::is_control);
    fits.then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_matrix_parameters_are_told_apart() {
        let path = read("/api;driver=mock;provider=P%3B1/instances;image_id=img1//a%20b/run;id=x").unwrap();
        assert_eq!(path.segments, ["instances", "a b", "run"]);
        assert_eq!(root_parameter(&path, "provider"), Some("P;1"));
        assert_eq!(root_parameter(&path, "driver"), Some("mock"));
        let pairs: Vec<_> =
            path.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("image_id", "img1"), ("id", "x")]);
        assert_eq!(read("/api/").unwrap().segments, [""; 0]);
    }

    #[test]
    fn what_is_no_path_is_none() {
        for path in ["/api/realms/%ff", "/api/realms/%00", "/api/realms/a%0ab", "/api/1/2/3/4/5/6/7/8"] {
            assert_eq!(read(path), None, "{path}");
        }
        assert_eq!(read(&format!("/api/realms/{}", "a".repeat(LONGEST_ID + 1))), None);
    }

    #[test]
    fn only_the_first_segment_tells_whose_it_is() {
        for ours in ["/api", "/api/", "//api//realms", "/api;driver=mock", "/api;provider=a/realms"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["/", "", "/apis", "/ec2", "/ovirt-engine/api", "/API"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_makes_it_panic_and_none_holds_a_control_character(text in "/api[/;=%a-f0-9.]{0,60}") {
            if let Some(path) = read(&text) {
                assert!(path.segments.iter().all(|segment| !segment.chars().any(char::is_control)), "{path:?}");
            }
        }

        #[test]
        fn every_link_leads_to_its_id(id in "[^\\x00-\\x1f\\x7f-\\x9f]{1,40}") {
            let link = href("/api", &["images", &id]);
            assert_eq!(read(&link).unwrap().segments, ["images", id.as_str()]);
        }
    }

    #[test]
    fn a_link_is_safe_whatever_an_id_holds() {
        assert_eq!(href("http://h/api", &["images", "../a;b?c"]), "http://h/api/images/..%2Fa%3Bb%3Fc");
    }
}
