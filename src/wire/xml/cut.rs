//! Where a piece of a document ends, found while its bytes arrive.
//!
//! **Invariant:** the cutter goes on from where it stopped; what it has to look at again when more bytes come is
//! shorter than the markup it may have stopped in front of (a few bytes, or one tag's name).

use memchr::{memchr, memchr3, memmem};

use super::{
    Malformed,
    markup::{Special, ends_name, name_length},
};

/// How deep elements of one name may be nested.
const DEEPEST: usize = 64;
/// The longest name of a piece, in bytes: it is what may have to be compared again when more bytes come.
const LONGEST_NAME: usize = 256;

/// The cutter of one document. It is shown a piece from its first byte on, as often as more of it has arrived.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    state: State,
    /// How much of the piece has been looked at, in bytes.
    at: usize,
    /// How many elements of the piece's own name are open.
    open: usize,
    /// How long that name is, in bytes.
    name: usize,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// In front of the first byte.
    #[default]
    Front,
    /// In a start tag, in a value when `quote` is there.
    StartTag { quote: Option<u8> },
    /// In an end tag.
    EndTag,
    /// In the content of an element.
    Content,
    /// In a comment, a CDATA section or a processing instruction.
    Special(Special),
}

/// How large the pieces are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// An element is cut into its start tag, its content and its end tag.
    Tag,
    /// An element is one piece, up to its end tag.
    Element,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Character data; one text may come in several pieces.
    Text,
    /// A start tag alone, only with [`Grain::Tag`].
    StartTag,
    /// An element that is closed by itself, or with [`Grain::Element`] any element.
    Element,
    /// An end tag without a start tag in the same piece.
    EndTag,
    /// A CDATA section.
    CharacterData,
    /// A comment or a processing instruction.
    Aside,
}

impl Cutter {
    /// What the piece with which `bytes` begin is, and how long it is; none while its end has not arrived.
    pub(super) fn cut(&mut self, bytes: &[u8], grain: Grain) -> Result<Option<(Piece, usize)>, Malformed> {
        loop {
            let step = match self.state {
                State::Front => self.front(bytes)?,
                State::StartTag { quote: None } => self.start_tag(bytes, grain)?,
                State::StartTag { quote: Some(quote) } => self.value(bytes, quote),
                State::EndTag => self.end_tag(bytes),
                State::Content => self.content(bytes)?,
                State::Special(special) => self.special(bytes, special),
            };
            match step {
                Step::On => {}
                Step::Starved => return Ok(None),
                Step::Done(piece) => {
                    let end = self.at;
                    *self = Cutter::default();
                    return Ok(Some((piece, end)));
                }
            }
        }
    }

    fn front(&mut self, bytes: &[u8]) -> Result<Step, Malformed> {
        Ok(match bytes {
            [] | [b'<'] => Step::Starved,
            [b'<', b'/', ..] => self.on(1, State::EndTag),
            [b'<', b'!' | b'?', ..] => return self.enter_special(bytes),
            [b'<', ..] => self.on(1, State::StartTag { quote: None }),
            text => {
                self.at = memchr(b'<', text).unwrap_or(text.len());
                Step::Done(Piece::Text)
            }
        })
    }

    fn start_tag(&mut self, bytes: &[u8], grain: Grain) -> Result<Step, Malformed> {
        let Some((distance, found)) = find3(rest(bytes, self.at), b'>', b'"', b'\'') else {
            return Ok(self.starve(bytes));
        };
        if found != b'>' {
            return Ok(self.on(distance + 1, State::StartTag { quote: Some(found) }));
        }
        let empty = bytes.get(self.at + distance - usize::from(self.at + distance > 0)) == Some(&b'/');
        self.at += distance + 1;
        if self.open == 0 {
            self.name = name_length(rest(bytes, 1));
        }
        if self.name > LONGEST_NAME {
            return Err(Malformed::new("a name is too long"));
        }
        if !empty {
            self.open += 1;
        }
        match (self.open, grain) {
            (0, _) => Ok(Step::Done(Piece::Element)),
            (1, Grain::Tag) => Ok(Step::Done(Piece::StartTag)),
            (2.., _) if self.open > DEEPEST => Err(Malformed::new("its elements are nested too deep")),
            _ => Ok(self.on(0, State::Content)),
        }
    }

    fn value(&mut self, bytes: &[u8], quote: u8) -> Step {
        match memchr(quote, rest(bytes, self.at)) {
            Some(distance) => self.on(distance + 1, State::StartTag { quote: None }),
            None => self.starve(bytes),
        }
    }

    fn end_tag(&mut self, bytes: &[u8]) -> Step {
        let Some(distance) = memchr(b'>', rest(bytes, self.at)) else { return self.starve(bytes) };
        self.at += distance + 1;
        match self.open {
            0 => Step::Done(Piece::EndTag),
            1 => Step::Done(Piece::Element),
            _ => {
                self.open -= 1;
                self.on(0, State::Content)
            }
        }
    }

    /// Looks for the next tag of the piece's own name. `<` stands in no text and in no value, so no other tag hides
    /// one; what may hide one is stepped over as a whole.
    fn content(&mut self, bytes: &[u8]) -> Result<Step, Malformed> {
        let name = bytes.get(1..=self.name).unwrap_or_default();
        while let Some(distance) = memchr(b'<', rest(bytes, self.at)) {
            self.at += distance;
            let markup = rest(bytes, self.at);
            match markup.get(1) {
                None => return Ok(Step::Starved),
                Some(b'!' | b'?') => return self.enter_special(markup),
                Some(b'/') => match is_called(name, rest(markup, 2)) {
                    Some(true) => return Ok(self.on(2, State::EndTag)),
                    Some(false) => self.at += 2,
                    None => return Ok(Step::Starved),
                },
                Some(_) => match is_called(name, rest(markup, 1)) {
                    Some(true) => return Ok(self.on(1, State::StartTag { quote: None })),
                    Some(false) => self.at += 1,
                    None => return Ok(Step::Starved),
                },
            }
        }
        Ok(self.starve(bytes))
    }

    fn enter_special(&mut self, markup: &[u8]) -> Result<Step, Malformed> {
        let Some(special) = Special::of(markup).transpose()? else { return Ok(Step::Starved) };
        Ok(self.on(special.open().len(), State::Special(special)))
    }

    fn special(&mut self, bytes: &[u8], special: Special) -> Step {
        let close = special.close().as_bytes();
        let body = rest(bytes, self.at);
        let Some(distance) = memmem::find(body, close) else {
            // The end may have arrived in part.
            self.at += (body.len() + 1).saturating_sub(close.len());
            return Step::Starved;
        };
        self.at += distance + close.len();
        match (self.open, special) {
            (0, Special::CharacterData) => Step::Done(Piece::CharacterData),
            (0, Special::Comment | Special::Instruction) => Step::Done(Piece::Aside),
            _ => self.on(0, State::Content),
        }
    }

    fn on(&mut self, bytes: usize, state: State) -> Step {
        self.at += bytes;
        self.state = state;
        Step::On
    }

    fn starve(&mut self, bytes: &[u8]) -> Step {
        self.at = bytes.len();
        Step::Starved
    }
}

/// What became of one step through the bytes.
enum Step {
    /// The state has changed.
    On,
    /// More bytes are needed.
    Starved,
    /// The piece ends here.
    Done(Piece),
}

fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

fn find3(bytes: &[u8], a: u8, b: u8, c: u8) -> Option<(usize, u8)> {
    let at = memchr3(a, b, c, bytes)?;
    bytes.get(at).map(|found| (at, *found))
}

/// Whether `tag` begins with the whole of `name`; none while too little of it has arrived.
fn is_called(name: &[u8], tag: &[u8]) -> Option<bool> {
    match tag.get(name.len()) {
        Some(after) => Some(ends_name(*after) && tag.starts_with(name)),
        None if name.starts_with(tag) || tag.starts_with(name) => None,
        None => Some(false),
    }
}
