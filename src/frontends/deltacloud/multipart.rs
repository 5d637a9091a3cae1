//! Forms of several parts ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)), held whole: what has no file.

use memchr::memmem;

/// The most parts that a form may have.
const MOST_PARTS: usize = 200;
/// The longest boundary, in bytes ([RFC 2046, section 5.1.1](https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1)).
const LONGEST_BOUNDARY: usize = 70;

/// The names and values of the parts.
///
/// # Errors
/// What is wrong with the form.
pub(super) fn fields(media: &str, body: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
    let boundary = boundary(media).ok_or("the multipart form has no boundary")?;
    let delimiter = format!("--{boundary}");
    let broken = "the multipart form is broken";
    let start = memmem::find(body, delimiter.as_bytes()).ok_or(broken)?;
    let mut rest = body.get(start + delimiter.len()..).ok_or(broken)?;
    let delimiter = format!("\r\n{delimiter}");
    let mut fields = Vec::new();
    while !rest.starts_with(b"--") {
        if fields.len() == MOST_PARTS {
            return Err("the multipart form has too many parts");
        }
        let part = rest.strip_prefix(b"\r\n").ok_or(broken)?;
        let end = memmem::find(part, delimiter.as_bytes()).ok_or(broken)?;
        let (part, after) = part.split_at_checked(end).ok_or(broken)?;
        fields.push(field(part).ok_or(broken)?);
        rest = after.get(delimiter.len()..).ok_or(broken)?;
    }
    Ok(fields)
}

fn boundary(media: &str) -> Option<&str> {
    let parameters = media.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let boundary =
        parameters.filter(|(name, _)| name.eq_ignore_ascii_case("boundary")).map(|(_, value)| value);
    let boundary = boundary.map(|value| value.trim_matches('"')).next()?;
    (1..=LONGEST_BOUNDARY).contains(&boundary.len()).then_some(boundary)
}

fn field(part: &[u8]) -> Option<(String, String)> {
    let end = memmem::find(part, b"\r\n\r\n")?;
    let (head, value) = part.split_at_checked(end)?;
    let head = std::str::from_utf8(head).ok()?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let mut parameters = disposition.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let (_, name) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("name"))?;
    let value = std::str::from_utf8(value.get(4..)?).ok()?;
    Some((name.trim_matches('"').to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIA: &str = "multipart/form-data; boundary=\"b-1\"";

    #[test]
    fn parts_are_read() {
        let body = "preamble\r\n--b-1\r\nContent-Disposition: form-data; name=\"image_id\"\r\n\r\nimg1\r\n\
                    --b-1\r\ncontent-disposition: form-data; name=name\r\nContent-Type: text/plain\r\n\r\n\
                    two\r\nlines\r\n--b-1--\r\n";
        let fields = fields(MEDIA, body.as_bytes()).unwrap();
        let expected = [("image_id", "img1"), ("name", "two\r\nlines")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(parts in proptest::collection::vec("(--b-1|\r\n|--|name=|Content-Disposition:|;|x)", 0..30)) {
            let _ = fields(MEDIA, parts.concat().as_bytes());
        }

        #[test]
        fn what_is_sent_is_read(value in "[^\r\n]{0,40}") {
            let body = format!("--b-1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{value}\r\n--b-1--\r\n");
            let read = fields(MEDIA, body.as_bytes()).unwrap();
            assert_eq!(read, [("a".to_owned(), value)]);
        }
    }

    #[test]
    fn what_is_broken_is_refused() {
        for body in [
            "",
            "--b-1",
            "--b-1\r\n",
            "--b-1\r\n\r\nx\r\n--b-1--",
            "--b-1\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b-1--",
            "--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
        ] {
            assert!(fields(MEDIA, body.as_bytes()).is_err(), "{body:?}");
        }
        assert!(fields("multipart/form-data", b"--\r\n").is_err());
        let part = "--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
        let many = format!("{}--b-1--", part.repeat(MOST_PARTS + 1));
        assert!(fields(MEDIA, many.as_bytes()).is_err());
    }
}
