//! Text and attribute values as they are meant: references resolved, line ends and white space as XML 1.0 wants them.

use std::borrow::Cow;

use memchr::memchr2;
use quick_xml::{escape::resolve_predefined_entity, events::BytesRef};

use super::Malformed;

/// The longest reference, in bytes between `&` and `;`: `#x0010FFFF`.
const LONGEST: usize = 10;

/// Adds what a piece of text means to `meant` (XML 1.0, sections 2.11 and 4.1).
pub(super) fn push_text(raw: &str, meant: &mut String) -> Result<(), Malformed> {
    let mut rest = raw;
    while let Some((plain, special)) =
        memchr2(b'&', b'\r', rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
    {
        meant.push_str(plain);
        rest = match special.strip_prefix('&') {
            Some(reference) => push_reference(reference, meant)?,
            None => push_line_end(special, meant),
        };
    }
    meant.push_str(rest);
    Ok(())
}

/// Adds what CDATA means to `meant`: only its line ends are changed.
pub(super) fn push_character_data(raw: &str, meant: &mut String) {
    let mut rest = raw;
    while let Some((plain, line_end)) = rest.find('\r').and_then(|at| rest.split_at_checked(at)) {
        meant.push_str(plain);
        rest = push_line_end(line_end, meant);
    }
    meant.push_str(rest);
}

/// What an attribute's value means (XML 1.0, section 3.3.3).
pub(super) fn resolve_value(raw: &str) -> Result<Cow<'_, str>, Malformed> {
    const SPECIAL: [char; 4] = ['&', '\t', '\n', '\r'];
    if !raw.contains(SPECIAL) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut meant = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, special)) = rest.find(SPECIAL).and_then(|at| rest.split_at_checked(at)) {
        meant.push_str(plain);
        rest = match special.strip_prefix('&') {
            Some(reference) => push_reference(reference, &mut meant)?,
            None => {
                meant.push(' ');
                special.strip_prefix("\r\n").or_else(|| special.get(1..)).unwrap_or_default()
            }
        };
    }
    meant.push_str(rest);
    Ok(Cow::Owned(meant))
}

/// Adds a line end for the `\r` or `\r\n` with which `text` begins, and gives what follows.
fn push_line_end<'a>(text: &'a str, meant: &mut String) -> &'a str {
    meant.push('\n');
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\r')).unwrap_or(text)
}

/// Adds the character that the reference stands for with which `text` (after its `&`) begins, and gives what follows.
fn push_reference<'a>(text: &'a str, meant: &mut String) -> Result<&'a str, Malformed> {
    let malformed = || Malformed::new("it refers to a character or an entity that there is not");
    let end = text.bytes().take(LONGEST + 1).position(|byte| byte == b';').ok_or_else(malformed)?;
    let (name, after) = text.split_at_checked(end).ok_or_else(malformed)?;
    meant.push(referred(name).ok_or_else(malformed)?);
    Ok(after.strip_prefix(';').unwrap_or(after))
}

/// The character that `&name;` stands for.
///
/// Control characters that XML 1.0 forbids are let in: engines do write them, and one odd description must not make a
/// whole list unreadable.
fn referred(name: &str) -> Option<char> {
    match name.starts_with('#') {
        true => BytesRef::new(name).resolve_char_ref().ok().flatten(),
        false => resolve_predefined_entity(name)?.chars().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Result<String, Malformed> {
        let mut meant = String::new();
        push_text(raw, &mut meant).map(|()| meant)
    }

    #[test]
    fn a_value_is_borrowed_when_it_means_what_is_written() {
        assert!(matches!(resolve_value("a > b"), Ok(Cow::Borrowed("a > b"))));
    }

    #[test]
    fn references_are_resolved() {
        let cases = [
            ("&lt;&gt;&amp;&apos;&quot;", "<>&'\""),
            ("&#65;&#x42;&#x1F600;", "AB\u{1f600}"),
            ("&amp;lt;", "&lt;"),
            ("a&#13;b", "a\rb"),
            ("a\r\nb\rc\r", "a\nb\nc\n"),
        ];
        for (raw, meant) in cases {
            assert_eq!(text(raw).unwrap(), meant, "{raw:?}");
        }
    }

    #[test]
    fn white_space_in_a_value_is_a_space() {
        assert_eq!(resolve_value("a\tb\nc\r\nd\re&#10;f").unwrap(), "a b c d e\nf");
    }

    #[test]
    fn other_references_are_refused() {
        for raw in
            ["&", "&;", "&nbsp;", "&lt", "&#;", "&#x;", "&#0;", "&#xD800;", "&#x110000;", "&#+65;", "a & b"]
        {
            assert!(text(raw).is_err(), "{raw:?}");
            assert!(resolve_value(raw).is_err(), "{raw:?}");
        }
    }
}
