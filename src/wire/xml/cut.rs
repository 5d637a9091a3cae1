//! Where a piece of a document ends, found while its bytes arrive.
//!
//! **Invariant:** the cutter goes on from where it stopped; what it has to look at again when more bytes come is
//! shorter than the markup it may have stopped in front of (a few bytes, or one tag's name).

use memchr::{memchr, memchr3, memmem};

use super::{
    Malformed,
    markup::{Special, ends_name, name_length},
    seek::{Landmark, Seeker},
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
    /// Looks for that name; it is kept from piece to piece, since most have the same.
    seeker: Option<Seeker>,
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
                    *self = Cutter { seeker: self.seeker.take(), ..Cutter::default() };
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
        self.at += distance + 1;
        let empty = bytes.get(..self.at).is_some_and(|tag| tag.ends_with(b"/>"));
        if self.open == 0 {
            self.name = name_length(rest(bytes, 1));
        }
        self.open += usize::from(!empty);
        self.check()?;
        if self.open == 0 {
            return Ok(Step::Done(Piece::Element));
        }
        if self.open == 1 && grain == Grain::Tag {
            return Ok(Step::Done(Piece::StartTag));
        }
        if self.open == 1 && !empty {
            self.seek(bytes.get(1..=self.name).unwrap_or_default());
        }
        Ok(self.on(0, State::Content))
    }

    fn check(&self) -> Result<(), Malformed> {
        match (self.name, self.open) {
            (0, _) => Err(Malformed::NAMELESS),
            (1..=LONGEST_NAME, 0..=DEEPEST) => Ok(()),
            (1..=LONGEST_NAME, _) => Err(Malformed::TOO_DEEP),
            _ => Err(Malformed::fixed("a name is too long")),
        }
    }

    fn seek(&mut self, name: &[u8]) {
        match &mut self.seeker {
            Some(seeker) => seeker.restart(name),
            None => self.seeker = Some(Seeker::new(name)),
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

    /// Looks for the next tag of the piece's own name, and steps over what may hide one.
    fn content(&mut self, bytes: &[u8]) -> Result<Step, Malformed> {
        let seeker = self.seeker.get_or_insert_with(|| Seeker::new(b""));
        while let Some((at, landmark)) = seeker.next(bytes, self.at) {
            self.at = at;
            let (length, state) = match landmark {
                Landmark::Special => return self.enter_special(rest(bytes, at)),
                Landmark::Start => (1 + self.name, State::StartTag { quote: None }),
                Landmark::End => (2 + self.name, State::EndTag),
            };
            match bytes.get(at + length) {
                None => return Ok(Step::Starved),
                Some(after) if ends_name(*after) => return Ok(self.on(length, state)),
                Some(_) => self.at += 1,
            }
        }
        Ok(Step::Starved)
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
