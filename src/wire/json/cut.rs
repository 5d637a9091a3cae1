//! Where a value ends, found while its bytes arrive.

use memchr::memchr2;

use super::Malformed;

/// How deep values may be nested: as many as there are bits in [`Cutter::open`].
const DEEPEST: u32 = u64::BITS;

/// The cutter of one value after another. It is given a value's bytes from the first one on, each once.
///
/// **Invariant:** it keeps no bytes, only where in the value the next one is.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    state: State,
    /// How many brackets are open.
    depth: u32,
    /// Which brackets they are, the innermost in the lowest bit: 1 for `{`, 0 for `[`.
    open: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In front of the first byte.
    #[default]
    Front,
    /// Between brackets, in no text.
    Brackets,
    /// In a text.
    Text,
    /// In a text, behind a backslash.
    Escape,
    /// In a number or a word.
    Scalar,
}

impl Cutter {
    /// How many of `bytes` belong to the value, when its end is among them; none when all do and it goes on.
    ///
    /// # Errors
    /// When no value begins here, or brackets do not match.
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(step) = self.step(rest)? else { return Ok(Some(self.end(at))) };
            at += step;
            if self.state == State::Front {
                return Ok(Some(self.end(at)));
            }
        }
        Ok(None)
    }

    fn end(&mut self, at: usize) -> usize {
        *self = Cutter::default();
        at
    }

    /// How far it goes before there is something to decide again; none when the value has ended in front of `rest`.
    fn step(&mut self, rest: &[u8]) -> Result<Option<usize>, Malformed> {
        Ok(Some(match self.state {
            State::Front => self.front(rest)?,
            State::Brackets => self.brackets(rest)?,
            State::Text => self.text(rest),
            State::Escape => {
                self.state = State::Text;
                1
            }
            State::Scalar => match rest.iter().position(|byte| !is_scalar(*byte)) {
                Some(0) => return Ok(None),
                Some(length) => length,
                None => rest.len(),
            },
        }))
    }

    fn front(&mut self, rest: &[u8]) -> Result<usize, Malformed> {
        match rest.first() {
            Some(b'{' | b'[') => {
                self.state = State::Brackets;
                return Ok(0);
            }
            Some(b'"') => self.state = State::Text,
            Some(byte) if is_scalar(*byte) => self.state = State::Scalar,
            _ => return Err(Malformed::STRAY),
        }
        Ok(1)
    }

    fn brackets(&mut self, rest: &[u8]) -> Result<usize, Malformed> {
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'"' => {
                    self.state = State::Text;
                    return Ok(at + 1);
                }
                b'{' => self.enter(1)?,
                b'[' => self.enter(0)?,
                b'}' => self.leave(1)?,
                b']' => self.leave(0)?,
                _ => {}
            }
            if self.depth == 0 {
                self.state = State::Front;
                return Ok(at + 1);
            }
        }
        Ok(rest.len())
    }

    fn enter(&mut self, bracket: u64) -> Result<(), Malformed> {
        if self.depth == DEEPEST {
            return Err(Malformed::TOO_DEEP);
        }
        self.depth += 1;
        self.open = self.open << 1 | bracket;
        Ok(())
    }

    fn leave(&mut self, bracket: u64) -> Result<(), Malformed> {
        if self.open & 1 != bracket {
            return Err(Malformed::MISMATCHED);
        }
        self.depth -= 1;
        self.open >>= 1;
        Ok(())
    }

    fn text(&mut self, rest: &[u8]) -> usize {
        let Some(at) = memchr2(b'"', b'\\', rest) else { return rest.len() };
        self.state = match rest.get(at) {
            Some(b'\\') => State::Escape,
            _ if self.depth > 0 => State::Brackets,
            _ => State::Front,
        };
        at + 1
    }
}

/// Whether the byte may stand in a number or in `true`, `false` or `null`.
fn is_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of the value with which `bytes` begin, given to the cutter in pieces of `size` bytes.
    fn length(bytes: &[u8], size: usize) -> Result<Option<usize>, Malformed> {
        let mut cutter = Cutter::default();
        let mut before = 0;
        for chunk in bytes.chunks(size) {
            if let Some(length) = cutter.cut(chunk)? {
                return Ok(Some(before + length));
            }
            before += chunk.len();
        }
        Ok(None)
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        let cases: [(&str, Option<usize>); 12] = [
            ("{} ", Some(2)),
            ("[1,[2]],", Some(7)),
            (r#"{"a":"}"},"#, Some(9)),
            (r#"{"a":"\"}"},"#, Some(11)),
            (r#"{"a\\":"]"}]"#, Some(11)),
            (r#""a\"b","#, Some(6)),
            ("12.5e-3,", Some(7)),
            ("null}", Some(4)),
            ("true", None),
            (r#"{"a":"#, None),
            (r#""a\"#, None),
            ("", None),
        ];
        for (text, expected) in cases {
            for size in [1, 2, 3, 100] {
                assert_eq!(length(text.as_bytes(), size), Ok(expected), "{text} by {size}");
            }
        }
    }

    #[test]
    fn brackets_have_to_match_and_are_not_too_deep() {
        for (text, expected) in
            [("[}", Malformed::MISMATCHED), ("{]", Malformed::MISMATCHED), (",", Malformed::STRAY)]
        {
            assert_eq!(length(text.as_bytes(), 1), Err(expected), "{text}");
        }
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(length(nested(64).as_bytes(), 7), Ok(Some(128)));
        assert_eq!(length(nested(65).as_bytes(), 7), Err(Malformed::TOO_DEEP));
    }
}
