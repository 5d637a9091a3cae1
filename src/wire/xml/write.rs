//! XML, written.

use std::fmt::{self, Display, Write as _};

use bytes::{BufMut, BytesMut};

/// Writes elements at the end of a buffer.
///
/// Names are the caller's own and are written as they are. Texts and values are escaped; characters that XML 1.0
/// cannot express at all (section 2.2: most controls, U+FFFE, U+FFFF) are left out.
#[derive(Debug)]
pub struct Writer<'b>(&'b mut BytesMut);

impl<'b> Writer<'b> {
    /// A writer that adds to `out`.
    pub fn new(out: &'b mut BytesMut) -> Self {
        Writer(out)
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>` and a line end.
    pub fn declaration(&mut self) -> &mut Self {
        self.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    }

    /// `<name>`
    #[inline]
    pub fn open(&mut self, name: &str) -> &mut Self {
        self.0.reserve(name.len() + 2);
        self.raw("<").raw(name).raw(">")
    }

    /// `<name key="value" ..>`
    pub fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.raw("<").raw(name);
        for (key, value) in attributes {
            self.raw(" ").raw(key).raw("=\"");
            escape(value, VALUE, self.0);
            self.raw("\"");
        }
        self.raw(">")
    }

    /// `</name>`
    #[inline]
    pub fn close(&mut self, name: &str) -> &mut Self {
        self.0.reserve(name.len() + 3);
        self.raw("</").raw(name).raw(">")
    }

    /// `<name>text</name>`
    #[inline]
    pub fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.open(name);
        escape(text, TEXT, self.0);
        self.close(name)
    }

    /// `text`, within the element that is open.
    pub fn characters(&mut self, text: &str) -> &mut Self {
        escape(text, TEXT, self.0);
        self
    }

    /// `<name>value</name>`
    pub fn display(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.open(name);
        // Writing to memory does not fail; a value that refuses to be written is left out.
        let _ = write!(Escaped(self.0), "{value}");
        self.close(name)
    }

    /// `<name/>`
    #[inline]
    pub fn empty(&mut self, name: &str) -> &mut Self {
        self.raw("<").raw(name).raw("/>")
    }

    #[inline]
    fn raw(&mut self, text: &str) -> &mut Self {
        self.0.put_slice(text.as_bytes());
        self
    }
}

struct Escaped<'b>(&'b mut BytesMut);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(text, TEXT, self.0);
        Ok(())
    }
}

/// What stands for the white space that a reader would not give back as it is.
struct WhiteSpace {
    tab: &'static [u8],
    line_feed: &'static [u8],
}

/// A reader gives tabs and line feeds in texts as they are.
const TEXT: WhiteSpace = WhiteSpace { tab: b"\t", line_feed: b"\n" };
/// A reader takes tabs and line feeds in values for spaces (section 3.3.3).
const VALUE: WhiteSpace = WhiteSpace { tab: b"&#9;", line_feed: b"&#10;" };

fn escape(text: &str, white_space: WhiteSpace, out: &mut BytesMut) {
    if is_plain(text) {
        return out.put_slice(text.as_bytes());
    }
    let mut rest = text;
    while let Some((plain, special)) =
        rest.bytes().position(is_special).and_then(|at| rest.split_at_checked(at))
    {
        out.put_slice(plain.as_bytes());
        rest = replace_first(special, &white_space, out);
    }
    out.put_slice(rest.as_bytes());
}

/// Whether nothing in `text` has to be written otherwise. Looks at every byte, because that is faster than stopping
/// at the first: the compiler makes it look at many at a time.
fn is_plain(text: &str) -> bool {
    !text.bytes().fold(false, |found, byte| found | is_special(byte))
}

/// Whether a character that begins with this byte may have to be written otherwise.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | 0..=0x1f | 0xef)
}

/// Writes what stands for the first character of `text`, and gives what follows it.
fn replace_first<'a>(text: &'a str, white_space: &WhiteSpace, out: &mut BytesMut) -> &'a str {
    let mut characters = text.chars();
    match characters.next() {
        Some('&') => out.put_slice(b"&amp;"),
        Some('<') => out.put_slice(b"&lt;"),
        Some('>') => out.put_slice(b"&gt;"),
        Some('"') => out.put_slice(b"&quot;"),
        // A reader would take a bare one for a line feed.
        Some('\r') => out.put_slice(b"&#13;"),
        Some('\t') => out.put_slice(white_space.tab),
        Some('\n') => out.put_slice(white_space.line_feed),
        None | Some('\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') => {}
        Some(other) => out.put_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
        let mut out = BytesMut::new();
        write(&mut Writer::new(&mut out));
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn elements_are_written() {
        let document = written(|xml| {
            xml.declaration().open_with("a", &[("xmlns", "http://x/"), ("k", "1 \"<\" 2")]);
            xml.text("b", "x & y").display("c", 42).empty("d").close("a");
        });
        let body = "<a xmlns=\"http://x/\" k=\"1 &quot;&lt;&quot; 2\"><b>x &amp; y</b><c>42</c><d/></a>";
        assert_eq!(document, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"));
    }

    #[test]
    fn what_cannot_stand_is_escaped_or_left_out() {
        let text = "<&>\"'\t\n\r\u{0}\u{1}\u{1f}\u{7f}é\u{fffd}\u{fffe}\u{ffff}\u{1f600}";
        let expected = "<t>&lt;&amp;&gt;&quot;'\t\n&#13;\u{7f}é\u{fffd}\u{1f600}</t>";
        assert_eq!(written(|xml| _ = xml.text("t", text)), expected);
        assert_eq!(written(|xml| _ = xml.display("t", text)), expected);
    }
}
