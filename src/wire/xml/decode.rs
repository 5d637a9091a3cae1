//! Documents turned into resources: item by item while they arrive, or whole.

use std::mem;

use super::{
    Element, Malformed,
    cut::{Cutter, Grain, Piece},
    markup,
};
use crate::{
    model::{Error, Flow, Sink},
    wire::Decode,
};

/// The longest item, in bytes; a longer one fails the document.
pub const ITEM_CAP: usize = 4 << 20;
/// How much of a chunk is added at a time to an item that an earlier chunk left unfinished, in bytes.
const TAIL_STEP: usize = 2 << 10;
/// The byte order mark that may stand in front of a document.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a document `<root><item>..</item>..</root>` as it arrives: `convert` is given each `item`, and pushes what
/// it makes of it. Other children of the root are passed over.
///
/// The document must be UTF-8. It fails when its root has another name, when it is malformed, ends early or goes on
/// after its end, and when an item is longer than [`ITEM_CAP`].
pub fn each<F>(root: &'static str, item: &'static str, convert: F) -> impl Decode
where
    F: FnMut(&mut Element<'_>, &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    Stream { root: Some(root), ..Stream::new(item, convert) }
}

/// Reads a document whose root is the one item itself; in all else as [`each`].
pub fn one<F>(item: &'static str, convert: F) -> impl Decode
where
    F: FnMut(&mut Element<'_>, &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    Stream::new(item, convert)
}

/// Reads a document that is there as a whole; `read` is given its root, of whatever name.
///
/// # Errors
/// When the document is malformed, or what `read` fails with.
pub fn document<T>(
    bytes: &[u8],
    read: impl FnOnce(&mut Element<'_>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    let text = utf8(bytes.strip_prefix(MARK).unwrap_or(bytes))?;
    let mut root = Element::first(skip_misc(text)?)?;
    let value = read(&mut root)?;
    let rest = skip_misc(root.leave()?)?;
    if rest.is_empty() { Ok(value) } else { Err(GOES_ON) }
}

const STRAY_TAG: Malformed = Malformed::fixed("it has a tag where none can be");
const GOES_ON: Malformed = Malformed::fixed("it goes on after its end");

/// Passes over the white space, comments and instructions that may stand around the root.
fn skip_misc(text: &str) -> Result<&str, Malformed> {
    let mut rest = text.trim_ascii_start();
    while rest.starts_with("<!") || rest.starts_with("<?") {
        if rest.starts_with("<![CDATA[") {
            return Err(STRAY_TEXT);
        }
        rest = markup::skip_special(rest)?.trim_ascii_start();
    }
    Ok(rest)
}

const STRAY_TEXT: Malformed = Malformed::fixed("it has text outside its root");

fn utf8(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed::new("it is not UTF-8"))
}

/// A document that is being read.
struct Stream<F> {
    /// The root around the items; none when the item itself is the root.
    root: Option<&'static str>,
    item: &'static str,
    convert: F,
    place: Place,
    cutter: Cutter,
    /// The piece whose end has not arrived.
    tail: Vec<u8>,
}

/// Where in the document the next piece begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In front of the first byte.
    Front,
    /// In front of the root.
    Prolog,
    /// Between the items.
    Root,
    /// Behind the root.
    Epilog,
    /// Somewhere: the receiver wants no more.
    Left,
}

impl<F> Decode for Stream<F>
where
    F: FnMut(&mut Element<'_>, &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<Flow, Error> {
        let mut chunk = chunk;
        while !chunk.is_empty() {
            if self.place == Place::Left {
                return Ok(Flow::Enough);
            }
            chunk = if self.tail.is_empty() { self.read(chunk, sink)? } else { self.complete(chunk, sink)? };
        }
        Ok(if self.place == Place::Left { Flow::Enough } else { Flow::More })
    }

    fn finish(&mut self, _: &mut dyn Sink) -> Result<(), Error> {
        let ended = self.place == Place::Epilog && self.tail.is_empty();
        if ended || self.place == Place::Left { Ok(()) } else { Err(Malformed::ENDS_EARLY.into()) }
    }
}

impl<F> Stream<F>
where
    F: FnMut(&mut Element<'_>, &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    fn new(item: &'static str, convert: F) -> Self {
        let (cutter, tail) = (Cutter::default(), Vec::new());
        Stream { root: None, item, convert, place: Place::Front, cutter, tail }
    }

    /// Reads the piece with which `chunk` begins, or keeps it if its end has not arrived; gives what is left of `chunk`.
    fn read<'c>(&mut self, chunk: &'c [u8], sink: &mut dyn Sink) -> Result<&'c [u8], Error> {
        match self.take_piece(chunk, sink)? {
            Some(length) => Ok(chunk.get(length..).unwrap_or_default()),
            None => {
                self.tail.extend_from_slice(chunk);
                Ok(&[])
            }
        }
    }

    /// Adds to the piece that is kept some of `chunk`, and reads it if its end is there; gives what is left of `chunk`.
    fn complete<'c>(&mut self, chunk: &'c [u8], sink: &mut dyn Sink) -> Result<&'c [u8], Error> {
        let kept = self.tail.len();
        let (step, after) = chunk.split_at_checked(TAIL_STEP).unwrap_or((chunk, &[]));
        let mut tail = mem::take(&mut self.tail);
        tail.extend_from_slice(step);
        let taken = self.take_piece(&tail, sink)?;
        if taken.is_some() {
            tail.clear();
        }
        self.tail = tail;
        Ok(taken.map_or(after, |length| chunk.get(length.saturating_sub(kept)..).unwrap_or_default()))
    }

    /// Reads the piece with which `bytes` begin, and gives its length; none while its end has not arrived.
    fn take_piece(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<Option<usize>, Error> {
        if self.place == Place::Front {
            if bytes.len() < MARK.len() && MARK.starts_with(bytes) {
                return Ok(None);
            }
            self.place = Place::Prolog;
            if bytes.starts_with(MARK) {
                return Ok(Some(MARK.len()));
            }
        }
        let grain = match (self.place, self.root) {
            (Place::Prolog, Some(_)) => Grain::Tag,
            _ => Grain::Element,
        };
        let cut = self.cutter.cut(bytes, grain)?;
        let length = match cut {
            Some((Piece::Text, _)) => 0,
            Some((_, length)) => length,
            None => bytes.len(),
        };
        if length > ITEM_CAP {
            return Err(Malformed::new(format!("an item is longer than {} MiB", ITEM_CAP >> 20)).into());
        }
        let Some((piece, length)) = cut else { return Ok(None) };
        self.read_piece(piece, bytes.get(..length).unwrap_or_default(), sink)?;
        Ok(Some(length))
    }

    fn read_piece(&mut self, piece: Piece, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        match (self.place, piece) {
            (_, Piece::Aside) | (Place::Root, Piece::Text | Piece::CharacterData) => Ok(()),
            (_, Piece::Text | Piece::CharacterData) => Ok(expect_white_space(bytes)?),
            (Place::Prolog, Piece::StartTag | Piece::Element) => self.read_root(piece, utf8(bytes)?, sink),
            (Place::Root, Piece::Element) => self.read_child(utf8(bytes)?, sink),
            (Place::Root, Piece::EndTag) => Ok(self.read_end(utf8(bytes)?)?),
            (Place::Epilog, Piece::StartTag | Piece::Element | Piece::EndTag) => Err(GOES_ON.into()),
            (_, Piece::StartTag | Piece::Element | Piece::EndTag) => Err(STRAY_TAG.into()),
        }
    }

    fn read_root(&mut self, piece: Piece, text: &str, sink: &mut dyn Sink) -> Result<(), Error> {
        let (tag, _) = markup::start_tag(text)?;
        let expected = self.root.unwrap_or(self.item);
        if tag.name != expected {
            return Err(Malformed::unexpected_root(tag.name, expected).into());
        }
        self.place = if piece == Piece::StartTag { Place::Root } else { Place::Epilog };
        if self.root.is_none() { self.convert(Element::first(text)?, sink) } else { Ok(()) }
    }

    fn read_child(&mut self, text: &str, sink: &mut dyn Sink) -> Result<(), Error> {
        let child = Element::first(text)?;
        if child.name() == self.item {
            return self.convert(child, sink);
        }
        child.leave()?;
        Ok(())
    }

    fn convert(&mut self, mut item: Element<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
        let flow = (self.convert)(&mut item, sink)?;
        if flow == Flow::Enough {
            self.place = Place::Left;
        }
        // The cutter and the reader agree about where an item ends, unless it is malformed.
        if item.leave()?.is_empty() { Ok(()) } else { Err(Malformed::mismatched_end(self.item).into()) }
    }

    fn read_end(&mut self, text: &str) -> Result<(), Malformed> {
        markup::end_tag(self.root.unwrap_or(self.item), text)?;
        self.place = Place::Epilog;
        Ok(())
    }
}

fn expect_white_space(bytes: &[u8]) -> Result<(), Malformed> {
    let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if bytes.iter().all(white) { Ok(()) } else { Err(STRAY_TEXT) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Realm, RealmState, Resource};

    /// The `name` children of all `<vm>` in `<vms>`, fed in chunks of `size` bytes.
    fn names(document: &str, size: usize) -> Result<Vec<String>, String> {
        let mut names = Vec::new();
        let mut sink = |resource: &Resource<'_>| {
            names.push(resource.id().to_owned());
            Ok(Flow::More)
        };
        let mut decode = each("vms", "vm", push_name);
        feed(&mut decode, document, size, &mut sink).map_err(|error| error.to_string())?;
        Ok(names)
    }

    fn push_name(vm: &mut Element<'_>, sink: &mut dyn Sink) -> Result<Flow, Error> {
        let mut id = "".into();
        vm.children(|child| {
            if child.name() == "name" {
                id = child.text()?;
            }
            Ok(())
        })?;
        sink.put(&Resource::Realm(Realm { id, name: "".into(), state: RealmState::Available }))
    }

    fn feed(decode: &mut dyn Decode, document: &str, size: usize, sink: &mut dyn Sink) -> Result<(), Error> {
        for chunk in document.as_bytes().chunks(size) {
            if decode.feed(chunk, sink)? == Flow::Enough {
                return Ok(());
            }
        }
        decode.finish(sink)
    }

    const SIZES: [usize; 8] = [1, 2, 3, 5, 7, 11, 64, usize::MAX];

    #[test]
    fn lists_are_read_however_the_chunks_fall() {
        let documents: [(&str, &[&str]); 8] = [
            ("<vms/>", &[]),
            ("\u{feff}<?xml version='1.0'?>\n<!-- <vms> --><vms a='>' >\n</vms >\n<!-- x -->\n", &[]),
            ("<vms><vm><name>a</name></vm><vm id='x'><name>b</name></vm></vms>", &["a", "b"]),
            ("<vms><vm/><vm id='1'/></vms>", &["", ""]),
            ("<vms><vm><nic><vm href='/vms/1' id='1'/></nic><name>a</name></vm></vms>", &["a"]),
            ("<vms><vm><x><vm><name>no</name></vm></x><name>a</name></vm ></vms>", &["a"]),
            ("<vms><link><vm><name>no</name></vm></link><vm><name>a &amp; b</name></vm></vms>", &["a & b"]),
            (
                "<vms><vm><!-- </vm> --><![CDATA[</vm>]]><?x </vm>?><name><![CDATA[</vm>]]></name></vm></vms>",
                &["</vm>"],
            ),
        ];
        for (document, expected) in documents {
            for size in SIZES {
                assert_eq!(names(document, size).unwrap(), expected, "{document} by {size}");
            }
        }
    }

    #[test]
    fn other_documents_fail_however_the_chunks_fall() {
        let documents = [
            ("", "ends too early"),
            ("<vms><vm></vm>", "ends too early"),
            ("<vms><vm>", "ends too early"),
            ("<vms></vms><", "ends too early"),
            ("<vms></vms><vms/>", "goes on after its end"),
            ("<vms></vms></vms>", "goes on after its end"),
            ("</vms>", "a tag where none can be"),
            ("<vms/>x", "text outside its root"),
            ("x<vms/>", "text outside its root"),
            ("<html><body></body></html>", "<html> where <vms> was expected"),
            ("<!DOCTYPE html><html/>", "document type"),
            ("<!DOCTYPE vms [<!ENTITY a 'b'>]><vms/>", "document type"),
            ("<vms><vm><!DOCTYPE x></vm></vms>", "document type"),
            ("<vms><vm><name>&a;</name></vm></vms>", "an entity that there is not"),
            ("<vms><vm><name>a</nam></vm></vms>", "<name> is closed by another name"),
            ("<vms><vm></x></vm></vms>", "<vm> is closed by another name"),
            ("<vms></vm></vms>", "<vms> is closed by another name"),
            ("<vms><vm id=1></vm></vms>", "an attribute"),
            ("<vms><></></vms>", "has no name"),
        ];
        for (document, reason) in documents {
            for size in SIZES {
                let message = names(document, size).unwrap_err();
                assert!(message.contains(reason), "{document} by {size}: {message}");
            }
        }
    }

    #[test]
    fn a_receiver_that_has_enough_is_given_no_more() {
        let mut count = 0;
        let mut sink = |_: &Resource<'_>| {
            count += 1;
            Ok(Flow::Enough)
        };
        let mut decode = each("vms", "vm", push_name);
        let flow = decode.feed(b"<vms><vm></vm><vm></vm>", &mut sink).unwrap();
        assert_eq!((flow, decode.feed(b"<vm/>", &mut sink).unwrap()), (Flow::Enough, Flow::Enough));
        decode.finish(&mut sink).unwrap();
        assert_eq!(count, 1);
    }

    #[test]
    fn one_item_may_be_the_whole_document() {
        for size in SIZES {
            let mut names = Vec::new();
            let mut sink = |resource: &Resource<'_>| {
                names.push(resource.id().to_owned());
                Ok(Flow::More)
            };
            let document = "<?xml version='1.0'?><vm><name>a</name></vm>\n";
            feed(&mut one("vm", push_name), document, size, &mut sink).unwrap();
            let error = feed(&mut one("vms", push_name), document, size, &mut sink).unwrap_err();
            assert!(error.message().ends_with("it answered <vm> where <vms> was expected"), "{error}");
            assert_eq!(names, ["a"]);
        }
    }

    #[test]
    fn an_item_that_does_not_end_is_given_up() {
        let mut sink = |_: &Resource<'_>| Ok(Flow::More);
        let mut decode = each("vms", "vm", push_name);
        decode.feed(b"<vms><vm>", &mut sink).unwrap();
        let chunk = [b'x'; 64 << 10];
        let fed = (0..ITEM_CAP / chunk.len() + 1).try_for_each(|_| decode.feed(&chunk, &mut sink).map(drop));
        assert!(fed.unwrap_err().message().contains("longer than 4 MiB"));
    }

    #[test]
    fn a_document_is_read_whole() {
        let id = |root: &mut Element<'_>| Ok(root.attribute("id")?.map(String::from));
        assert_eq!(
            document(b"<?xml version='1.0'?><!-- --><a x='' id=\"1 &lt; 2\"/> ", id),
            Ok(Some("1 < 2".into()))
        );
        assert_eq!(document(b"<a ids='1'></a>", id), Ok(None));
        for bytes in [
            &b""[..],
            b" ",
            b"<a>",
            b"<a/>x",
            b"x<a/>",
            b"<a/><b/>",
            b"<a\xff/>",
            b"<a></b>",
            b"<![CDATA[x]]><a/>",
        ] {
            assert!(document(bytes, id).is_err(), "{}", bytes.escape_ascii());
        }
    }
}
