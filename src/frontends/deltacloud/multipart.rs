//! Forms of several parts ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)), read as their bytes arrive.
//!
//! **Invariant:** what is held is less than a part's head and a delimiter, however long the form is and wherever its
//! chunks end. A form whose last delimiter did not come is not whole.

use std::borrow::Cow;

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem::{self, Finder};

/// The most parts that a form may have.
const MOST_PARTS: usize = 200;
/// The longest boundary, in bytes ([RFC 2046, section 5.1.1](https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1)).
const LONGEST_BOUNDARY: usize = 70;
/// The longest head of a part, in bytes.
const HEAD_CAP: usize = 8 << 10;
/// The most white space after a delimiter, in bytes.
const PADDING_CAP: usize = 64;

const BROKEN: &str = "the multipart form is broken";
const UNFINISHED: &str = "the multipart form ends too early";

/// What comes next in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// A part begins; the one before has ended.
    Part(Part),
    /// The next bytes of the part's content.
    Data(Bytes),
    /// The form has ended, and its last part; what follows means nothing.
    End,
}

/// The head of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The field's name.
    pub(super) name: String,
    /// The name of the file whose content it is; none when it is no file.
    pub(super) file: Option<String>,
    /// What its content is, where that is said.
    pub(super) content_type: Option<String>,
}

/// Reads a form, chunk by chunk.
#[derive(Debug)]
pub(super) struct Reader {
    /// What is between parts: a line end, two dashes and the boundary.
    delimiter: Finder<'static>,
    held: BytesMut,
    place: Place,
    parts: usize,
}

/// Where in the form a reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first part, where anything may stand.
    Preamble,
    /// After a delimiter: another part begins, or the form ends.
    Delimiter,
    /// In the head of a part.
    Head,
    /// In the content of a part.
    Content,
    /// After the last delimiter.
    End,
}

impl Reader {
    /// A reader of a form of this media type.
    ///
    /// # Errors
    /// When the media type does not say how parts are told apart.
    pub(super) fn of(media: &str) -> Result<Self, &'static str> {
        let boundary = boundary(media).ok_or("the multipart form has no boundary")?;
        let delimiter = Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned();
        // The form may begin with a delimiter, whose line end is before it then.
        Ok(Reader { delimiter, held: BytesMut::from("\r\n"), place: Place::Preamble, parts: 0 })
    }

    /// Takes the next bytes of the form.
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        self.held.extend_from_slice(chunk);
    }

    /// What comes next; none when that is not here yet.
    ///
    /// # Errors
    /// What is wrong with the form.
    pub(super) fn next(&mut self) -> Result<Option<Event>, &'static str> {
        loop {
            match self.place {
                Place::Preamble => {
                    let Some(at) = self.delimiter.find(&self.held) else {
                        self.hold_tail();
                        return Ok(None);
                    };
                    self.held.advance(at + self.delimiter.needle().len());
                    self.place = Place::Delimiter;
                }
                Place::Delimiter => match self.after_delimiter()? {
                    Some(Place::End) => return Ok(Some(Event::End)),
                    Some(_) => {}
                    None => return Ok(None),
                },
                Place::Head => return self.head(),
                Place::Content => match self.content() {
                    Some(data) if data.is_empty() => {}
                    Some(data) => return Ok(Some(Event::Data(data))),
                    None => return Ok(None),
                },
                Place::End => {
                    self.held.clear();
                    return Ok(None);
                }
            }
        }
    }

    /// The form has come to its end.
    ///
    /// # Errors
    /// When it was to go on.
    pub(super) fn finish(&self) -> Result<(), &'static str> {
        if self.place == Place::End { Ok(()) } else { Err(UNFINISHED) }
    }

    /// Lets go of all but what may be the beginning of a delimiter, and gives it.
    fn hold_tail(&mut self) -> Bytes {
        let free = (self.held.len() + 1).saturating_sub(self.delimiter.needle().len());
        self.held.split_to(free).freeze()
    }

    /// Two dashes end the form; otherwise there is nothing but white space in the line.
    fn after_delimiter(&mut self) -> Result<Option<Place>, &'static str> {
        if self.held.starts_with(b"--") {
            self.place = Place::End;
            return Ok(Some(self.place));
        }
        let padding = self.held.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if padding > PADDING_CAP {
            return Err(BROKEN);
        }
        match self.held.get(padding..).unwrap_or_default() {
            [b'\r', b'\n', ..] => {
                // The line end is left: a head without fields is that and an empty line.
                self.held.advance(padding);
                self.place = Place::Head;
                Ok(Some(self.place))
            }
            [] | [b'\r'] => Ok(None),
            [b'-'] if padding == 0 => Ok(None),
            _ => Err(BROKEN),
        }
    }

    fn head(&mut self) -> Result<Option<Event>, &'static str> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = memmem::find(self.held.get(..HEAD_CAP).unwrap_or(&self.held), END) else {
            return if self.held.len() < HEAD_CAP { Ok(None) } else { Err(BROKEN) };
        };
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err("the multipart form has too many parts");
        }
        let head = self.held.split_to(end);
        self.held.advance(END.len());
        self.place = Place::Content;
        let part = std::str::from_utf8(&head).ok().and_then(part).ok_or(BROKEN)?;
        Ok(Some(Event::Part(part)))
    }

    fn content(&mut self) -> Option<Bytes> {
        match self.delimiter.find(&self.held) {
            Some(at) => {
                let data = self.held.split_to(at).freeze();
                self.held.advance(self.delimiter.needle().len());
                self.place = Place::Delimiter;
                Some(data)
            }
            None => Some(self.hold_tail()).filter(|data| !data.is_empty()),
        }
    }
}

/// The names and values of the parts of a form that is held whole. A file counts as a value, when it is text.
///
/// # Errors
/// What is wrong with the form.
pub(super) fn fields(media: &str, body: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
    let mut reader = Reader::of(media)?;
    reader.feed(body);
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    while let Some(event) = reader.next()? {
        match (event, fields.last_mut()) {
            (Event::Part(part), _) => fields.push((part.name, Vec::new())),
            (Event::Data(data), Some((_, value))) => value.extend_from_slice(&data),
            (Event::Data(_), None) | (Event::End, _) => {}
        }
    }
    reader.finish()?;
    let text = |(name, value)| Ok((name, String::from_utf8(value).map_err(|_| BROKEN)?));
    fields.into_iter().map(text).collect()
}

/// Whether a media type is that of such forms.
pub(super) fn is_form(media: &str) -> bool {
    media.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("multipart/form-data"))
}

fn boundary(media: &str) -> Option<Cow<'_, str>> {
    let boundary = parameter(media, "boundary")?;
    let fits = (1..=LONGEST_BOUNDARY).contains(&boundary.len());
    (fits && boundary.bytes().all(|byte| matches!(byte, b' '..=b'~'))).then_some(boundary)
}

fn part(head: &str) -> Option<Part> {
    let field = |wanted: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let disposition = field("content-disposition")?;
    Some(Part {
        name: parameter(disposition, "name")?.into_owned(),
        file: parameter(disposition, "filename").map(Cow::into_owned),
        content_type: field("content-type").map(str::to_owned),
    })
}

/// The parameter of a field's value (`form-data; name="a;b"`).
fn parameter<'t>(value: &'t str, wanted: &str) -> Option<Cow<'t, str>> {
    let (mut quoted, mut escaped) = (false, false);
    let mut parts = value.split(|next: char| {
        let quotes = next == '"' && !escaped;
        escaped = quoted && next == '\\' && !escaped;
        quoted ^= quotes;
        next == ';' && !quoted
    });
    let found = parts.find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case(wanted).then_some(value)
    })?;
    let inner = found.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    Some(inner.map_or(Cow::Borrowed(found), |inner| Cow::Owned(inner.replace("\\\"", "\""))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIA: &str = "multipart/form-data; boundary=\"b-1\"";
    const FORM: &str = "preamble\r\n--b-1\r\nContent-Disposition: form-data; name=\"image;id\"\r\n\r\nimg1\r\n\
                        --b-1 \t\r\ncontent-disposition: form-data; name=name; filename=\"a \\\"b\\\".txt\"\r\n\
                        Content-Type: text/plain\r\n\r\ntwo\r\n--b-\r\n\r\nlines\r\n\
                        --b-1\r\nContent-Disposition: form-data; name=none\r\n\r\n\r\n--b-1--\r\nepilogue";

    /// What a form that comes in these chunks holds.
    fn read<'c>(chunks: impl Iterator<Item = &'c [u8]>) -> Result<Vec<(Part, Vec<u8>)>, &'static str> {
        let mut reader = Reader::of(MEDIA)?;
        let mut parts: Vec<(Part, Vec<u8>)> = Vec::new();
        for chunk in chunks {
            reader.feed(chunk);
            while let Some(event) = reader.next()? {
                match event {
                    Event::Part(part) => parts.push((part, Vec::new())),
                    Event::Data(data) => parts.last_mut().unwrap().1.extend(data),
                    Event::End => {}
                }
            }
            assert!(reader.held.len() <= HEAD_CAP, "{}", reader.held.len());
        }
        reader.finish().map(|()| parts)
    }

    #[test]
    fn parts_are_read() {
        let parts = read([FORM.as_bytes()].into_iter()).unwrap();
        let names: Vec<&str> = parts.iter().map(|(part, _)| part.name.as_str()).collect();
        assert_eq!(names, ["image;id", "name", "none"]);
        let (file, content) = parts.get(1).unwrap();
        assert_eq!(file.file.as_deref(), Some("a \"b\".txt"));
        assert_eq!(file.content_type.as_deref(), Some("text/plain"));
        assert_eq!(content, b"two\r\n--b-\r\n\r\nlines");
        let fields = fields(MEDIA, FORM.as_bytes()).unwrap();
        let values: Vec<&str> = fields.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["img1", "two\r\n--b-\r\n\r\nlines", ""]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            parts in proptest::collection::vec("(--b-1|\r\n|--|name=|Content-Disposition:|;|x|\"|\\\\| )", 0..40),
            size in 1..20usize,
        ) {
            let body = parts.concat();
            let whole = fields(MEDIA, body.as_bytes());
            let pieces = read(body.as_bytes().chunks(size));
            proptest::prop_assert_eq!(whole.is_ok(), pieces.is_ok());
        }

        #[test]
        fn it_does_not_matter_where_chunks_end(sizes in proptest::collection::vec(1..30usize, 1..100)) {
            let mut rest = FORM.as_bytes();
            let mut chunks = Vec::new();
            for size in sizes.into_iter().cycle() {
                let (chunk, after) = rest.split_at(size.min(rest.len()));
                chunks.push(chunk);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            proptest::prop_assert_eq!(read(chunks.into_iter()), read([FORM.as_bytes()].into_iter()));
        }

        #[test]
        fn what_is_sent_is_read(content: Vec<u8>, size in 1..50usize) {
            let mut body = b"--b-1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".to_vec();
            body.extend_from_slice(&content);
            body.extend_from_slice(b"\r\n--b-1--\r\n");
            let parts = read(body.chunks(size)).unwrap();
            proptest::prop_assert_eq!(&parts.first().unwrap().1, &content);
        }

        #[test]
        fn what_is_cut_off_is_refused(length in 0..FORM.len() - "--\r\nepilogue".len()) {
            proptest::prop_assert!(read(FORM.as_bytes().get(..length).into_iter()).is_err());
        }
    }

    #[test]
    fn what_is_broken_is_refused() {
        let long = format!("--b-1\r\nX: {}", "x".repeat(HEAD_CAP));
        let part = "--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
        let many = format!("{}--b-1--", part.repeat(MOST_PARTS + 1));
        for body in [
            "",
            "--b-1",
            "--b-1\r\n",
            "--b-1\r\n\r\nx\r\n--b-1--",
            "--b-1\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b-1--",
            "--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
            "--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b-1-",
            "--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b-12\r\n",
            &long,
            &many,
        ] {
            assert!(fields(MEDIA, body.as_bytes()).is_err(), "{body:?}");
            assert!(read(body.as_bytes().chunks(7)).is_err(), "{body:?}");
        }
        for media in [
            "multipart/form-data",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data;boundary=\u{e9}",
        ] {
            assert!(Reader::of(media).is_err(), "{media}");
        }
    }
}
