//! Sorting entries that come one by one, in bounded memory.
//!
//! Only what can still be shown is kept: with `$last=50`, the fifty that come first so far. A list that is to be shown
//! whole may have no more than [`MOST_SORTED`] entries.

use std::{cmp::Ordering, collections::BinaryHeap};

use super::{
    evaluate::Attributes,
    order::{Key, Order},
    window::Window,
};
use crate::model::{Error, ErrorKind};

/// The most entries that are kept for sorting, whatever the size of what is kept of each.
pub const MOST_SORTED: usize = 10_000;

/// Sorts entries, of which it keeps a `T` each. Equals stay as they came.
#[derive(Debug)]
pub struct Sort<T> {
    order: Order,
    window: Window,
    /// Those that come first so far; the last of them on top.
    kept: BinaryHeap<Entry<T>>,
    seen: u64,
}

#[derive(Debug)]
struct Entry<T> {
    key: Key,
    place: u64,
    kept: T,
}

impl<T> Sort<T> {
    /// A sort of nothing yet.
    pub fn new(order: Order, window: Window) -> Self {
        Sort { order, window, kept: BinaryHeap::new(), seen: 0 }
    }

    /// Takes the next entry that the filter admits; `keep` is asked only where it may be shown.
    ///
    /// # Errors
    /// `TooLong` when more would have to be kept than [`MOST_SORTED`].
    pub fn put(&mut self, entry: &dyn Attributes, keep: impl FnOnce() -> T) -> Result<(), Error> {
        self.seen += 1;
        let reach = self.window.reach().unwrap_or(usize::MAX);
        if reach == 0 {
            return Ok(());
        }
        let key = self.order.key(entry);
        if self.kept.len() == reach {
            let is_beyond = self.kept.peek().is_some_and(|last| last.key <= key);
            if is_beyond {
                return Ok(());
            }
            self.kept.pop();
        } else if self.kept.len() == MOST_SORTED {
            return Err(too_many());
        }
        self.kept.push(Entry { key, place: self.seen, kept: keep() });
        Ok(())
    }

    /// How many entries came: `count` of the collection.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// What the window shows, sorted.
    pub fn shown(self) -> impl Iterator<Item = T> {
        let window = self.window;
        let places = 1..;
        let sorted = places.zip(self.kept.into_sorted_vec());
        sorted.filter(move |(place, _)| window.holds(*place)).map(|(_, entry)| entry.kept)
    }
}

fn too_many() -> Error {
    let message = format!(
        "{} sorts at most {MOST_SORTED} entries: fewer have to be asked for, by {} or {}",
        Order::PARAMETER,
        super::lexer::FILTER,
        Window::LAST,
    );
    Error::new(ErrorKind::TooLong, message)
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key).then(self.place.cmp(&other.place))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::{super::tests::Machine, *};

    fn sort(order: &str, first: u64, last: Option<u64>) -> Sort<String> {
        Sort::new(Order::parse(&[order]).unwrap(), Window { first, last })
    }

    /// The names of what is shown of five machines, and how many were kept at most.
    fn shown(order: &str, first: u64, last: Option<u64>) -> (String, usize) {
        let machines = [("a", 2), ("b", 10), ("c", 2), ("d", 1), ("e", 9)];
        let mut sort = sort(order, first, last);
        let mut most = 0;
        for (name, cpu) in machines {
            sort.put(&Machine { name, cpu, ..Machine::web() }, || name.to_owned()).unwrap();
            most = most.max(sort.kept.len());
        }
        assert_eq!(sort.seen(), 5);
        (sort.shown().collect(), most)
    }

    #[test]
    fn equals_stay_as_they_came() {
        let cases = [
            ("cpu", "daceb"),
            ("cpu:desc", "beacd"),
            ("cpu,name:desc", "dcaeb"),
            ("name:desc", "edcba"),
            ("nothing", "abcde"),
            ("nothing:desc,cpu:asc", "daceb"),
        ];
        for (order, expected) in cases {
            assert_eq!(shown(order, 1, None).0, expected, "{order}");
        }
    }

    #[test]
    fn only_what_can_be_shown_is_kept() {
        let cases = [
            (1, Some(2), "da", 2),
            (2, Some(3), "ac", 3),
            (4, Some(99), "eb", 5),
            (4, None, "eb", 5),
            (9, None, "", 5),
            (3, Some(2), "", 0),
            (1, Some(0), "", 0),
        ];
        for (first, last, expected, kept) in cases {
            assert_eq!(shown("cpu", first, last), (expected.to_owned(), kept), "{first} {last:?}");
        }
    }

    #[test]
    fn a_list_of_any_length_can_be_sorted_for_its_beginning_only() {
        let machine = |nth: usize| Machine { cpu: i128::try_from(nth).unwrap(), ..Machine::web() };
        let fill = |sort: &mut Sort<usize>| {
            (0..=MOST_SORTED).rev().try_for_each(|nth| sort.put(&machine(nth), || nth))
        };
        let order = Order::parse(&["cpu"]).unwrap();
        let mut beginning = Sort::new(order.clone(), Window { first: 2, last: Some(3) });
        fill(&mut beginning).unwrap();
        assert_eq!(beginning.seen(), 10_001);
        assert_eq!(beginning.shown().collect::<Vec<_>>(), [1, 2]);

        let error = fill(&mut Sort::new(order, Window::default())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLong);
        assert!(error.message().contains("at most 10000 entries"), "{error}");
    }
}
