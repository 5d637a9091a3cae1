//! The things of one collection, by id. A copy of a table costs next to nothing and stays as it is: whoever reads has
//! one for himself, and what two copies do not have in common is found without a look at what they have.

use std::{cmp::Ordering, iter, sync::Arc};

use imbl::{OrdMap, ordmap::DiffItem};

/// An identifier. Numbers in it count as numbers, so that `inst10` comes after `inst9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(Arc<str>);

/// All things of a collection.
#[derive(Debug)]
pub(super) struct Table<T>(OrdMap<Key, Shared<T>>);

/// A thing that several tables have; it is equal to itself alone.
#[derive(Debug)]
struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Key {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Key(text.into())
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        parts(&self.0).cmp(parts(&other.0))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a key is compared by: each byte, but a run of digits by its length without leading zeros, its digits, and then
/// its length with them. So keys that begin alike are next to each other.
fn parts(text: &str) -> impl Iterator<Item = (u8, usize, &[u8], usize)> {
    let mut rest = text.as_bytes();
    iter::from_fn(move || {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (run, after) = rest.split_at_checked(digits.max(1))?;
        rest = after;
        let first = *run.first()?;
        if digits == 0 {
            return Some((first, 0, run, 0));
        }
        let zeros = run.iter().take_while(|byte| **byte == b'0').count();
        let value = run.get(zeros..).unwrap_or_default();
        Some((b'0', value.len(), value, run.len()))
    })
}

impl<T> Table<T> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.0.get(&Key::from(id)).map(|value| value.0.as_ref())
    }

    /// The thing with this id, and the id as it is kept here.
    pub(super) fn entry(&self, id: &str) -> Option<(&str, &T)> {
        self.0.get_key_value(&Key::from(id)).map(|(key, value)| (key.as_str(), value.0.as_ref()))
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.0.as_ref()))
    }

    /// Those whose id begins with `prefix`.
    pub(super) fn beginning_with(&self, prefix: String) -> impl Iterator<Item = (&str, &T)> {
        let from = self.0.range(Key::from(prefix.as_str())..);
        let all = from.map(|(key, value)| (key.as_str(), value.0.as_ref()));
        all.take_while(move |(id, _)| id.starts_with(&prefix))
    }

    /// Puts it in, in the place of one that is there.
    pub(super) fn put(&mut self, id: &str, value: T) {
        self.0.insert(Key::from(id), Shared(Arc::new(value)));
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Arc<T>> {
        self.0.remove(&Key::from(id)).map(|value| value.0)
    }

    /// What has to be done to `before` to make it like this: the new value of each thing, none for what is gone.
    pub(super) fn since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = (&'a str, Option<&'a T>)> {
        before.0.diff(&self.0).map(|difference| match difference {
            DiffItem::Add(key, value) | DiffItem::Update { new: (key, value), .. } => {
                (key.as_str(), Some(value.0.as_ref()))
            }
            DiffItem::Remove(key, _) => (key.as_str(), None),
        })
    }
}

impl<T: Clone> Table<T> {
    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.0.get_mut(&Key::from(id)).map(|value| Arc::make_mut(&mut value.0))
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(OrdMap::new())
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Table(self.0.clone())
    }
}

impl<'a, T> FromIterator<(&'a str, T)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (&'a str, T)>>(all: I) -> Self {
        Table(all.into_iter().map(|(id, value)| (Key::from(id), Shared(Arc::new(value)))).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_count_as_numbers() {
        let mut ids = ["b", "inst10", "inst9", "inst09", "192.168.0.10", "192.168.0.9", "", "b1/x", "b01/y"];
        ids.sort_by_key(|id| Key::from(*id));
        let expected = ["", "192.168.0.9", "192.168.0.10", "b", "b1/x", "b01/y", "inst9", "inst09", "inst10"];
        assert_eq!(ids, expected);
    }

    proptest! {
        #[test]
        fn keys_are_equal_when_their_order_says_so(a in "[a01/.]{0,6}", b in "[a01/.]{0,6}") {
            let (a, b) = (Key::from(a.as_str()), Key::from(b.as_str()));
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        }

        #[test]
        fn what_begins_alike_is_found_together(ids in prop::collection::vec("[ab01]{1,3}/[a01]{0,3}", 0..40), with in "[ab01]{1,3}/") {
            let table: Table<()> = ids.iter().map(|id| (id.as_str(), ())).collect();
            let found = table.beginning_with(with.clone()).count();
            let expected = table.iter().filter(|(id, ())| id.starts_with(&with)).count();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn differences_make_one_like_the_other(
            before in prop::collection::btree_map("[a-c0-2]{1,3}", 0_u8..4, 0..40),
            after in prop::collection::btree_map("[a-c0-2]{1,3}", 0_u8..4, 0..40),
        ) {
            let of = |map: &std::collections::BTreeMap<String, u8>| -> Table<u8> {
                map.iter().map(|(id, value)| (id.as_str(), *value)).collect()
            };
            let (mut made, wanted) = (of(&before), of(&after));
            for (id, value) in wanted.since(&made.clone()) {
                match value {
                    Some(value) => made.put(id, *value),
                    None => drop(made.remove(id)),
                }
            }
            let list = |table: &Table<u8>| -> Vec<_> { table.iter().map(|(id, v)| (id.to_owned(), *v)).collect() };
            prop_assert_eq!(list(&made), list(&wanted));
        }
    }
}
