//! `$first` and `$last`: which entries of all that there are, counted after the filter and in the asked order.

use super::Malformed;
use crate::model::Flow;

/// The entries from one place to another, both included; the first place is 1. Places beyond the end are no fault, and
/// a window that ends before it begins shows nothing (DSP0263 §4.1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// `$first`.
    pub first: u64,
    /// `$last`; none when it was not said.
    pub last: Option<u64>,
}

/// Whether an answer says how many entries there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// It does: all that the filter admits have to be seen, also those that are not shown.
    Said,
    /// It does not, because `count` was not selected: the stream may end with the window.
    Unsaid,
}

/// A window over entries that come one by one.
#[derive(Debug, Clone)]
pub struct Passing {
    window: Window,
    count: Count,
    seen: u64,
}

impl Default for Window {
    /// All entries.
    fn default() -> Self {
        Window { first: 1, last: None }
    }
}

impl Window {
    pub(super) const FIRST: &'static str = "$first";
    pub(super) const LAST: &'static str = "$last";

    /// Whether the entry at this place is shown.
    pub fn holds(self, place: u64) -> bool {
        place >= self.first && self.last.is_none_or(|last| place <= last)
    }

    /// Whether no entry can be shown, however many there are.
    pub fn is_empty(self) -> bool {
        self.last.is_some_and(|last| last == 0 || last < self.first)
    }

    /// The window over entries that come one by one, in the order in which they are shown.
    pub fn passing(self, count: Count) -> Passing {
        Passing { window: self, count, seen: 0 }
    }

    /// How many entries, counted from the first, decide about what is shown.
    pub(super) fn reach(self) -> Option<usize> {
        let reach = if self.is_empty() { Some(0) } else { self.last };
        reach.map(|reach| usize::try_from(reach).unwrap_or(usize::MAX))
    }
}

impl Passing {
    /// The next entry that the filter admits: whether it is shown.
    pub fn next_is_shown(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        self.window.holds(self.seen)
    }

    /// Whether more entries are needed.
    pub fn flow(&self) -> Flow {
        let is_over = self.window.is_empty() || self.window.last.is_some_and(|last| self.seen >= last);
        if is_over && self.count == Count::Unsaid { Flow::Enough } else { Flow::More }
    }

    /// How many entries the filter admitted so far: at the end of the stream, `count` of the collection.
    pub fn seen(&self) -> u64 {
        self.seen
    }
}

/// Reads a place. One that is greater than can be counted to is beyond every end.
///
/// # Errors
/// When it is no number.
pub(super) fn place(parameter: &'static str, text: &str) -> Result<u64, Malformed> {
    let digits = text.trim();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Malformed::value(parameter, "a number", text));
    }
    Ok(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of five entries, how many were seen, and whether the stream ended before the last one.
    fn shown(first: u64, last: Option<u64>, count: Count) -> (Vec<u64>, u64, bool) {
        let mut passing = Window { first, last }.passing(count);
        let mut shown = Vec::new();
        for place in 1..=5 {
            if passing.flow() == Flow::Enough {
                return (shown, passing.seen(), true);
            }
            if passing.next_is_shown() {
                shown.push(place);
            }
        }
        (shown, passing.seen(), false)
    }

    #[test]
    fn places_begin_at_one_and_both_ends_are_shown() {
        let cases: [(u64, Option<u64>, &[u64], u64); 9] = [
            (1, None, &[1, 2, 3, 4, 5], 5),
            (2, Some(3), &[2, 3], 3),
            (4, None, &[4, 5], 5),
            (1, Some(1), &[1], 1),
            (4, Some(9), &[4, 5], 5),
            (9, None, &[], 5),
            (3, Some(2), &[], 0),
            (0, Some(2), &[1, 2], 2),
            (1, Some(0), &[], 0),
        ];
        for (first, last, expected, seen) in cases {
            assert_eq!(shown(first, last, Count::Said), (expected.to_vec(), 5, false), "{first} {last:?}");
            let ended = seen < 5;
            assert_eq!(
                shown(first, last, Count::Unsaid),
                (expected.to_vec(), seen, ended),
                "{first} {last:?}"
            );
        }
    }

    #[test]
    fn places_are_numbers_of_any_size() {
        let cases =
            [("1", Some(1)), ("0", Some(0)), ("99999999999999999999999", Some(u64::MAX)), ("007", Some(7))];
        for (text, expected) in cases {
            assert_eq!(place(Window::FIRST, text).ok(), expected, "{text}");
        }
        for text in ["", "-1", "+1", "1.5", "x", "1,2"] {
            assert!(place(Window::FIRST, text).is_err(), "{text}");
        }
    }
}
