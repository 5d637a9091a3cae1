//! The places in a piece at which its own end may be, found without looking at any other markup.
//!
//! `<` stands in no text and in no value, so a tag of the piece's name is hidden only by a comment, a CDATA section
//! or a processing instruction: looking for those three and for the two tags of the name is enough.

use memchr::{memchr2, memmem};

/// Looks for the tags of one name, and for what may hide them.
///
/// **Invariant:** every byte of a piece is searched once for each of the three, however often more bytes arrive.
#[derive(Debug)]
pub(super) struct Seeker {
    name: Vec<u8>,
    start: Search,
    end: Search,
    special: Search,
    start_tag: memmem::Finder<'static>,
    end_tag: memmem::Finder<'static>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Landmark {
    /// What begins like a start tag of the name; the name may go on.
    Start,
    /// What begins like an end tag of the name; the name may go on.
    End,
    /// `<!` or `<?`
    Special,
}

/// How far the search for one landmark has got.
#[derive(Debug, Default, Clone, Copy)]
struct Search {
    /// Where it was found, or from where on it has to be looked for.
    at: usize,
    found: bool,
}

impl Seeker {
    pub(super) fn new(name: &[u8]) -> Self {
        let finder = |open: &[u8]| memmem::Finder::new(&[open, name].concat()).into_owned();
        Seeker {
            name: name.to_vec(),
            start: Search::default(),
            end: Search::default(),
            special: Search::default(),
            start_tag: finder(b"<"),
            end_tag: finder(b"</"),
        }
    }

    /// Makes it ready for another piece.
    pub(super) fn restart(&mut self, name: &[u8]) {
        if self.name == name {
            (self.start, self.end, self.special) = Default::default();
        } else {
            *self = Seeker::new(name);
        }
    }

    /// The first landmark of the piece at or behind `from`, as far as it has arrived. `from` never goes back.
    pub(super) fn next(&mut self, piece: &[u8], from: usize) -> Option<(usize, Landmark)> {
        let overlap = self.name.len();
        let (start_tag, end_tag) = (&self.start_tag, &self.end_tag);
        let start = self.start.next(piece, from, overlap, |bytes| start_tag.find(bytes));
        let end = self.end.next(piece, from, overlap + 1, |bytes| end_tag.find(bytes));
        let special = self.special.next(piece, from, 1, find_special);
        let all = [(start, Landmark::Start), (end, Landmark::End), (special, Landmark::Special)];
        all.into_iter().filter_map(|(at, landmark)| at.map(|at| (at, landmark))).min_by_key(|(at, _)| *at)
    }
}

impl Search {
    /// The first hit of `find` at or behind `from`; `overlap` bytes at the end may be the beginning of one.
    fn next(
        &mut self,
        piece: &[u8],
        from: usize,
        overlap: usize,
        find: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        if !self.found || self.at < from {
            let begin = self.at.max(from);
            let hit = find(piece.get(begin..).unwrap_or_default());
            self.found = hit.is_some();
            self.at = hit.map_or(piece.len().saturating_sub(overlap).max(begin), |distance| begin + distance);
        }
        self.found.then_some(self.at)
    }
}

/// Where the first `<!` or `<?` is. `!` and `?` are rare, `<` is not.
fn find_special(bytes: &[u8]) -> Option<usize> {
    let mut searched = 0;
    while let Some(distance) = memchr2(b'!', b'?', bytes.get(searched..).unwrap_or_default()) {
        let at = (searched + distance).checked_sub(1);
        if at.is_some_and(|at| bytes.get(at) == Some(&b'<')) {
            return at;
        }
        searched += distance + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landmarks(piece: &[u8], arrivals: &[usize]) -> Vec<(usize, Landmark)> {
        let (mut seeker, mut from, mut found) = (Seeker::new(b"vm"), 0, Vec::new());
        for arrived in arrivals {
            while let Some((at, landmark)) = seeker.next(&piece[..*arrived], from) {
                found.push((at, landmark));
                from = at + 1;
            }
        }
        found
    }

    #[test]
    fn landmarks_are_found_in_order_however_the_bytes_arrive() {
        let piece = b"! a?<vm/><v><vm_pool></v></vm ><!-- <?vm?></vm>";
        let expected = [
            (4, Landmark::Start),
            (12, Landmark::Start),
            (25, Landmark::End),
            (31, Landmark::Special),
            (36, Landmark::Special),
            (42, Landmark::End),
        ];
        let byte_by_byte: Vec<usize> = (0..=piece.len()).collect();
        assert_eq!(landmarks(piece, &[piece.len()]), expected);
        assert_eq!(landmarks(piece, &byte_by_byte), expected);
    }

    #[test]
    fn another_name_may_follow() {
        let mut seeker = Seeker::new(b"vm");
        assert_eq!(seeker.next(b"</vm>", 0), Some((0, Landmark::End)));
        seeker.restart(b"nic");
        assert_eq!(seeker.next(b"</vm></nic>", 0), Some((5, Landmark::End)));
        seeker.restart(b"nic");
        assert_eq!(seeker.next(b"<nic>", 0), Some((0, Landmark::Start)));
    }
}
