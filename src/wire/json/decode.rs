//! Documents turned into resources, item by item while they arrive.

use std::mem;

use super::{Malformed, cut::Cutter, read};
use crate::{
    model::{Error, Flow, Sink},
    wire::Decode,
};

/// The longest item, and the longest member beside the list, in bytes; a longer one fails the document.
pub const ITEM_CAP: usize = 4 << 20;

/// Reads a document `{"array": [item, ..], ..}` as it arrives: `convert` is given the bytes of each item, and pushes
/// what it makes of it. Other members of the root are passed over, unless [`beside`](Each::beside) wants them.
///
/// The document fails when its root is no object that has such an array once, when it is malformed, ends early or goes
/// on after its end, and when an item is longer than [`ITEM_CAP`].
pub fn each<F>(array: &'static str, convert: F) -> Each<F, Ignore>
where
    F: FnMut(&[u8], &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    Each::new(Some(array), convert, |_, _| Ok(()))
}

/// Reads a document whose root is the array; in all else as [`each`].
pub fn items<F>(convert: F) -> Each<F, Ignore>
where
    F: FnMut(&[u8], &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    Each::new(None, convert, |_, _| Ok(()))
}

/// What passes over the members beside the list.
pub type Ignore = fn(&str, &[u8]) -> Result<(), Error>;

/// A document that is being read.
pub struct Each<F, B> {
    /// The member that holds the items; none when the root does.
    array: Option<&'static str>,
    convert: F,
    beside: B,
    place: Place,
    /// The name of the member that is being read.
    name: String,
    /// Whether the array was found.
    found: bool,
    cutter: Cutter,
    /// What has arrived of a value whose end has not.
    tail: Vec<u8>,
}

/// Where in the document the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In front of the root.
    Prolog,
    /// In front of a member; the object may end instead of its first one.
    Member { first: bool },
    /// Behind a member's name.
    Colon,
    /// In front of a member's value.
    Value,
    /// Behind a member.
    AfterMember,
    /// In front of an item; the array may end instead of its first one.
    Item { first: bool },
    /// Behind an item.
    AfterItem,
    /// In something that is read as a whole.
    Inside(Piece),
    /// Behind the root.
    Epilog,
    /// Somewhere: the receiver wants no more.
    Left,
}

/// What is read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Name,
    Item,
    Beside,
}

impl<F, B> Each<F, B>
where
    F: FnMut(&[u8], &mut dyn Sink) -> Result<Flow, Error> + Send,
    B: FnMut(&str, &[u8]) -> Result<(), Error> + Send,
{
    fn new(array: Option<&'static str>, convert: F, beside: B) -> Self {
        Each {
            array,
            convert,
            beside,
            place: Place::Prolog,
            name: String::new(),
            found: false,
            cutter: Cutter::default(),
            tail: Vec::new(),
        }
    }

    /// The same, and `beside` is given the name and the bytes of every other member of the root.
    pub fn beside<C>(self, beside: C) -> Each<F, C>
    where
        C: FnMut(&str, &[u8]) -> Result<(), Error> + Send,
    {
        Each::new(self.array, self.convert, beside)
    }

    /// Takes some of `chunk`; gives what is left.
    fn take<'c>(&mut self, chunk: &'c [u8], sink: &mut dyn Sink) -> Result<&'c [u8], Error> {
        if let Place::Inside(piece) = self.place {
            return self.go_on(piece, chunk, sink);
        }
        let Some((byte, rest)) = chunk.split_first() else { return Ok(chunk) };
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            return Ok(rest);
        }
        let place = self.structure(*byte)?;
        self.place = place;
        // What is read as a whole begins with this very byte.
        Ok(if matches!(place, Place::Inside(_)) { chunk } else { rest })
    }

    /// Where a byte of the document's own structure leads.
    fn structure(&mut self, byte: u8) -> Result<Place, Malformed> {
        let behind_array = if self.array.is_some() { Place::AfterMember } else { Place::Epilog };
        Ok(match (self.place, byte) {
            (Place::Prolog, b'{') if self.array.is_some() => Place::Member { first: true },
            (Place::Prolog, b'[') if self.array.is_none() => self.enter_array()?,
            (Place::Prolog, _) => return Err(Malformed::fixed("its root is not what was expected")),
            (Place::Member { .. }, b'"') => Place::Inside(Piece::Name),
            (Place::Member { first: true } | Place::AfterMember, b'}') => Place::Epilog,
            (Place::Colon, b':') => Place::Value,
            (Place::Value, b'[') if self.array == Some(self.name.as_str()) => self.enter_array()?,
            (Place::Value, _) if self.array == Some(self.name.as_str()) => return Err(NO_LIST),
            (Place::Value, _) => Place::Inside(Piece::Beside),
            (Place::AfterMember, b',') => Place::Member { first: false },
            (Place::Item { first: true } | Place::AfterItem, b']') => behind_array,
            (Place::Item { .. }, _) => Place::Inside(Piece::Item),
            (Place::AfterItem, b',') => Place::Item { first: false },
            (Place::Epilog, _) => return Err(Malformed::GOES_ON),
            (Place::Left, _) => Place::Left,
            (Place::Member { .. } | Place::Colon | Place::AfterMember | Place::AfterItem, _) => {
                return Err(Malformed::STRAY);
            }
            (Place::Inside(_), _) => return Err(Malformed::STRAY),
        })
    }

    fn enter_array(&mut self) -> Result<Place, Malformed> {
        if mem::replace(&mut self.found, true) {
            return Err(Malformed::fixed("it has its list twice"));
        }
        Ok(Place::Item { first: true })
    }

    /// Reads what began here or in an earlier chunk, or keeps it if its end has not arrived; gives what is left of
    /// `chunk`.
    fn go_on<'c>(&mut self, piece: Piece, chunk: &'c [u8], sink: &mut dyn Sink) -> Result<&'c [u8], Error> {
        let end = self.cutter.cut(chunk)?;
        let (own, rest) = chunk.split_at_checked(end.unwrap_or(chunk.len())).unwrap_or((chunk, &[]));
        if self.tail.len() + own.len() > ITEM_CAP {
            return Err(Malformed::new(format!("a value is longer than {} MiB", ITEM_CAP >> 20)).into());
        }
        if end.is_none() || !self.tail.is_empty() {
            self.tail.extend_from_slice(own);
        }
        if end.is_some() {
            let mut tail = mem::take(&mut self.tail);
            self.whole(piece, if tail.is_empty() { own } else { &tail }, sink)?;
            tail.clear();
            self.tail = tail;
        }
        Ok(rest)
    }

    /// A piece is there as a whole.
    fn whole(&mut self, piece: Piece, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        self.place = match piece {
            Piece::Name => {
                self.name = read(bytes)?;
                Place::Colon
            }
            Piece::Item => match (self.convert)(bytes, sink)? {
                Flow::More => Place::AfterItem,
                Flow::Enough => Place::Left,
            },
            Piece::Beside => {
                (self.beside)(&self.name, bytes)?;
                Place::AfterMember
            }
        };
        Ok(())
    }
}

const NO_LIST: Malformed = Malformed::fixed("it has something else where its list should be");

impl<F, B> Decode for Each<F, B>
where
    F: FnMut(&[u8], &mut dyn Sink) -> Result<Flow, Error> + Send,
    B: FnMut(&str, &[u8]) -> Result<(), Error> + Send,
{
    fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<Flow, Error> {
        let mut rest = chunk;
        while !rest.is_empty() && self.place != Place::Left {
            rest = self.take(rest, sink)?;
        }
        Ok(if self.place == Place::Left { Flow::Enough } else { Flow::More })
    }

    fn finish(&mut self, _: &mut dyn Sink) -> Result<(), Error> {
        match self.place {
            Place::Left => Ok(()),
            Place::Epilog if self.found => Ok(()),
            Place::Epilog => Err(Malformed::fixed("it has no list where one was expected").into()),
            _ => Err(Malformed::ENDS_EARLY.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Realm, RealmState, Resource};

    /// The items of `servers` as texts, and what stands beside them, fed in chunks of `size` bytes.
    fn parts(document: &str, size: usize) -> Result<(Vec<String>, Vec<String>), String> {
        let (mut found, mut others) = (Vec::new(), Vec::new());
        let mut sink = |resource: &Resource<'_>| {
            found.push(resource.id().to_owned());
            Ok(Flow::More)
        };
        let mut decode = each("servers", push).beside(|name, bytes| {
            others.push(format!("{name}={}", String::from_utf8_lossy(bytes)));
            Ok(())
        });
        feed(&mut decode, document, size, &mut sink).map_err(|error| error.to_string())?;
        drop(decode);
        Ok((found, others))
    }

    fn push(item: &[u8], sink: &mut dyn Sink) -> Result<Flow, Error> {
        let id = String::from_utf8_lossy(item).into_owned().into();
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

    const SIZES: [usize; 6] = [1, 2, 3, 7, 64, usize::MAX];

    #[test]
    fn lists_are_read_however_the_chunks_fall() {
        let documents: [(&str, &[&str], &[&str]); 6] = [
            (r#"{"servers":[]}"#, &[], &[]),
            (" {\n\"servers\" : [ {\"a\": 1} ,\t[2] ] }\n", &["{\"a\": 1}", "[2]"], &[]),
            (r#"{"servers":[1,"x",null]}"#, &["1", "\"x\"", "null"], &[]),
            (
                r#"{"a":{"servers":[1]},"servers":[{"servers":[2]}],"links":[{"rel":"next"}]}"#,
                &[r#"{"servers":[2]}"#],
                &[r#"a={"servers":[1]}"#, r#"links=[{"rel":"next"}]"#],
            ),
            (r#"{"\u0073ervers":["]}"],"n":12}"#, &[r#""]}""#], &["n=12"]),
            (r#"{"b":"\"","servers":["\\"]}"#, &[r#""\\""#], &[r#"b="\"""#]),
        ];
        for (document, items, others) in documents {
            for size in SIZES {
                let (found, beside) = parts(document, size).unwrap();
                assert_eq!(
                    (found.as_slice(), beside.as_slice()),
                    (&owned(items)[..], &owned(others)[..]),
                    "{document} by {size}"
                );
            }
        }
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn other_documents_fail_however_the_chunks_fall() {
        let documents = [
            ("", "ends too early"),
            ("{", "ends too early"),
            (r#"{"servers":["#, "ends too early"),
            (r#"{"servers":[{}]"#, "ends too early"),
            (r#"{"servers":[{}"#, "ends too early"),
            ("{}", "no list"),
            (r#"{"images":[]}"#, "no list"),
            (r#"{"servers":{}}"#, "something else"),
            (r#"{"servers":null}"#, "something else"),
            (r#"{"servers":[],"servers":[]}"#, "twice"),
            ("[]", "root"),
            ("<html>", "root"),
            (r#"{"servers":[]}}"#, "goes on"),
            (r#"{"servers":[]}{"#, "goes on"),
            (r#"{"servers":[}]}"#, "character"),
            (r#"{"servers":[{]}]}"#, "bracket"),
            (r#"{"servers":[1 2]}"#, "character"),
            (r#"{"servers":[1,]}"#, "character"),
            (r#"{"servers":[1],}"#, "character"),
            (r#"{"servers" [1]}"#, "character"),
            (r#"{servers:[1]}"#, "character"),
            (r#"{"a":1 "servers":[1]}"#, "character"),
        ];
        for (document, reason) in documents {
            for size in SIZES {
                let message = parts(document, size).unwrap_err();
                assert!(message.contains(reason), "{document} by {size}: {message}");
            }
        }
    }

    #[test]
    fn the_root_may_be_the_list() {
        for size in SIZES {
            let mut count = 0;
            let mut sink = |_: &Resource<'_>| {
                count += 1;
                Ok(Flow::More)
            };
            feed(&mut items(push), r#" [{"name":"a"}, {"name":"b"}] "#, size, &mut sink).unwrap();
            assert!(feed(&mut items(push), r#"{"a":[]}"#, size, &mut sink).is_err());
            assert_eq!(count, 2);
        }
    }

    #[test]
    fn a_receiver_that_has_enough_is_given_no_more() {
        let mut count = 0;
        let mut sink = |_: &Resource<'_>| {
            count += 1;
            Ok(Flow::Enough)
        };
        let mut decode = each("servers", push);
        let flow = decode.feed(br#"{"servers":[{},{}"#, &mut sink).unwrap();
        assert_eq!((flow, decode.feed(b",{}", &mut sink).unwrap()), (Flow::Enough, Flow::Enough));
        decode.finish(&mut sink).unwrap();
        assert_eq!(count, 1);
    }

    #[test]
    fn a_value_that_does_not_end_is_given_up() {
        for begin in [&br#"{"servers":[{"a":""#[..], br#"{"a":""#, br#"{""#] {
            let mut sink = |_: &Resource<'_>| Ok(Flow::More);
            let mut decode = each("servers", push);
            decode.feed(begin, &mut sink).unwrap();
            let chunk = [b'x'; 64 << 10];
            let fed =
                (0..ITEM_CAP / chunk.len() + 1).try_for_each(|_| decode.feed(&chunk, &mut sink).map(drop));
            assert!(fed.unwrap_err().message().contains("longer than 4 MiB"));
        }
    }
}
