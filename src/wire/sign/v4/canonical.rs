//! The canonical request: one text for every way in which proxies and libraries may spell the same request.

use crate::wire::form;
use crate::wire::sign::head::Head;
use crate::wire::sign::parameters::Parameters;
use crate::wire::sign::refusal::Refusal;

/// The canonical request. It is bytes, because header values need not be UTF-8.
pub(super) fn request(
    head: Head<'_>,
    signed_headers: &str,
    omitted: Option<&str>,
    payload_hash: &str,
) -> Result<Vec<u8>, Refusal> {
    let query = Parameters::of_query(head.uri.query())?.canonical(omitted);
    let mut text = format!("{}\n{}\n{query}\n", head.method, path(head.path()?)).into_bytes();
    for name in signed_headers.split(';') {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(
            &header(head, name).ok_or(Refusal::Missing("a header that SignedHeaders names"))?,
        );
        text.push(b'\n');
    }
    text.extend_from_slice(format!("\n{signed_headers}\n{payload_hash}").as_bytes());
    Ok(text)
}

/// The path without empty and dot segments, each segment encoded once more, as for every service but S3.
fn path(raw: &str) -> String {
    let mut kept = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            name => kept.push(form::encode(name).to_string()),
        }
    }
    let ends_open = matches!(raw.rsplit('/').next(), Some("" | "." | "..")) && !kept.is_empty();
    format!("/{}{}", kept.join("/"), if ends_open { "/" } else { "" })
}

/// A header's values, each trimmed and with inner runs of blanks as one space, joined by commas.
fn header(head: Head<'_>, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = head.values(name)?.iter().map(|value| collapsed(value)).collect();
    Some(values.join(&b','))
}

fn collapsed(value: &[u8]) -> Vec<u8> {
    let words: Vec<_> =
        value.split(|&byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty()).collect();
    words.join(&b' ')
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn paths_are_normalised_and_encoded() {
        for (raw, expected) in [
            ("/", "/"),
            ("/ec2", "/ec2"),
            ("/ec2/", "/ec2/"),
            ("//ec2//x/", "/ec2/x/"),
            ("/a/./b/../c", "/a/c"),
            ("/a/..", "/"),
            ("/a/b/..", "/a/"),
            ("/../../a", "/a"),
            ("/a%20b/~-_.", "/a%2520b/~-_."),
            ("/a+b:c", "/a%2Bb%3Ac"),
        ] {
            assert_eq!(path(raw), expected, "{raw}");
        }
    }

    /// The documentation's rules for headers: lower-case names, repeated ones joined, blanks trimmed and
    /// collapsed.
    #[test]
    fn the_whole_text() {
        let built = Request::builder()
            .method("GET")
            .uri("/?b=2&a=1&X-Amz-Signature=0")
            .header("Host", "example.com:8788")
            .header("My-Header", "  a   b\t c  ")
            .header("my-header", "d")
            .header("not-signed", "x")
            .body(())
            .unwrap();
        let text = request(Head::from(&built), "host;my-header", Some("X-Amz-Signature"), "HASH").unwrap();
        let expected = "GET\n/\na=1&b=2\nhost:example.com:8788\nmy-header:a b c,d\n\nhost;my-header\nHASH";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(
            request(Head::from(&built), "host;absent", None, ""),
            Err(Refusal::Missing("a header that SignedHeaders names"))
        );
    }

    #[test]
    fn http2_has_its_host_in_the_target() {
        let built = Request::builder().uri("http://user@example.com:8788/").body(()).unwrap();
        assert_eq!(header(Head::from(&built), "host"), Some(b"example.com:8788".to_vec()));
    }
}
