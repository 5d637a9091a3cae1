//! `$orderby`: attributes with commas between them, each ascending or descending.

use std::cmp::Ordering;

use jiff::Timestamp;
use smallvec::SmallVec;

use super::{
    Malformed,
    condition::Subject,
    evaluate::{Attributes, Value},
    path::Path,
};

/// The most attributes to sort by.
const MOST_KEYS: usize = 16;
const EXPECTED: &str = "attributes, each followed by nothing, :asc or :desc";

/// How entries are sorted; as the cloud has them when by nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order(Vec<By>);

/// One attribute to sort by: the first one decides, the next one among equals.
#[derive(Debug, Clone, PartialEq, Eq)]
struct By {
    subject: Subject,
    direction: Direction,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

/// Where an entry is in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(SmallVec<[(Direction, Sortable); 1]>);

/// A value, owned. What is absent comes before all else; false before true; text goes by its code points (DSP0263
/// 1.0.1 says no more, and 2.0's compatibility decomposition changes nothing in ASCII).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sortable {
    Absent,
    Flag(bool),
    Number(i128),
    Moment(Timestamp),
    Text(Box<str>),
}

impl Order {
    pub(super) const PARAMETER: &'static str = "$orderby";

    /// What all occurrences of the parameter ask for together, the first one deciding.
    ///
    /// # Errors
    /// When something is no attribute, or has another direction, or there are too many.
    pub(super) fn parse<T: AsRef<str>>(values: &[T]) -> Result<Self, Malformed> {
        let mut order = Vec::new();
        let all = values.iter().flat_map(|value| value.as_ref().split(','));
        for text in all.map(str::trim).filter(|text| !text.is_empty()) {
            if order.len() == MOST_KEYS {
                return Err(Malformed::value(
                    Order::PARAMETER,
                    format!("at most {MOST_KEYS} attributes"),
                    text,
                ));
            }
            order.push(By::parse(text).ok_or_else(|| Malformed::value(Order::PARAMETER, EXPECTED, text))?);
        }
        Ok(Order(order))
    }

    /// Whether it is as the cloud has them.
    pub fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    /// The attributes that it goes by.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.0.iter().map(|by| &by.subject)
    }

    pub(super) fn key(&self, entry: &dyn Attributes) -> Key {
        Key(self.0.iter().map(|by| (by.direction, Sortable::of(entry, &by.subject))).collect())
    }
}

impl By {
    fn parse(text: &str) -> Option<Self> {
        let (name, direction) = match text.split_once(':') {
            None => (text, Direction::Ascending),
            Some((name, "asc")) => (name, Direction::Ascending),
            Some((name, "desc")) => (name, Direction::Descending),
            Some(_) => return None,
        };
        Some(By { subject: Subject::Attribute(Path::parse(name.trim_end())?), direction })
    }
}

impl Sortable {
    /// What an entry is sorted by; of a list, its first.
    fn of(entry: &dyn Attributes, subject: &Subject) -> Self {
        let mut first = Sortable::Absent;
        entry.values(subject, &mut |value| {
            first = value.into();
            true
        });
        first
    }
}

impl From<Value<'_>> for Sortable {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => Sortable::Text(text.into()),
            Value::Number(number) => Sortable::Number(number),
            Value::Moment(moment) => Sortable::Moment(moment),
            Value::Flag(flag) => Sortable::Flag(flag),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        let by_each = pairs.map(|((direction, mine), (_, theirs))| match direction {
            Direction::Ascending => mine.cmp(theirs),
            Direction::Descending => theirs.cmp(mine),
        });
        by_each.fold(Ordering::Equal, Ordering::then)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_a_direction() {
        let order = Order::parse(&["name:desc, cpu", "created:asc"]).unwrap();
        let read: Vec<_> = order.0.iter().map(|by| (by.subject.to_string(), by.direction)).collect();
        let expected = [
            ("name".to_owned(), Direction::Descending),
            ("cpu".to_owned(), Direction::Ascending),
            ("created".to_owned(), Direction::Ascending),
        ];
        assert_eq!(read, expected);
        assert!(Order::parse::<&str>(&[]).unwrap().is_any());
        assert!(Order::parse(&["", " , "]).unwrap().is_any());
    }

    #[test]
    fn what_is_no_order_is_an_error() {
        for value in ["name:up", "name:", ":asc", "name:asc:desc", "name desc", "a[1]", "*", "name:ASC"] {
            assert!(Order::parse(&[value]).is_err(), "{value}");
        }
        assert!(Order::parse(&["a"; MOST_KEYS]).is_ok());
        assert!(Order::parse(&["a"; MOST_KEYS + 1]).is_err());
    }

    #[test]
    fn every_type_has_its_order() {
        let moment = |text: &str| Sortable::Moment(text.parse().unwrap());
        let ascending = [
            Sortable::Absent,
            Sortable::Flag(false),
            Sortable::Flag(true),
            Sortable::Number(-1),
            Sortable::Number(9),
            Sortable::Number(10),
            moment("2012-10-10T12:00:00+02:00"),
            moment("2012-10-10T11:00:00Z"),
            Sortable::Text("10".into()),
            Sortable::Text("9".into()),
            Sortable::Text("Z".into()),
            Sortable::Text("a".into()),
            Sortable::Text("ä".into()),
        ];
        assert!(ascending.is_sorted());
    }
}
