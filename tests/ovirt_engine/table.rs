//! A collection of the inventory: in the order of names, found by id.
//!
//! Items are shared, so that a list being sent keeps what it saw while the engine goes on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::clock::Time;

/// Something with an id and a name, which may have ceased to exist.
pub trait Item: Clone {
    fn id(&self) -> Uuid;
    fn name(&self) -> &str;
    /// When it is gone; `None` while nobody has removed it.
    fn gone(&self) -> Option<Time> {
        None
    }
}

/// The items of one kind.
#[derive(Clone)]
pub struct Table<T> {
    ordered: BTreeMap<(String, Uuid), Arc<T>>,
    names: HashMap<Uuid, String>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { ordered: BTreeMap::new(), names: HashMap::new() }
    }
}

impl<T: Item> Table<T> {
    /// Adds the item, or replaces the one with its id.
    pub fn put(&mut self, item: T) {
        self.remove(item.id());
        self.names.insert(item.id(), item.name().to_owned());
        self.ordered.insert((item.name().to_owned(), item.id()), Arc::new(item));
    }

    pub fn remove(&mut self, id: Uuid) {
        if let Some(name) = self.names.remove(&id) {
            self.ordered.remove(&(name, id));
        }
    }

    pub fn get(&self, id: Uuid, now: Time) -> Option<&Arc<T>> {
        let name = self.names.get(&id)?;
        self.ordered.get(&(name.clone(), id)).filter(|item| exists(item.as_ref(), now))
    }

    pub fn named(&self, name: &str, now: Time) -> Option<&Arc<T>> {
        let from = (name.to_owned(), Uuid::nil());
        self.ordered
            .range(from..)
            .take_while(|((found, _), _)| found == name)
            .map(|(_, item)| item)
            .find(|item| exists(item.as_ref(), now))
    }

    /// Changes the item in place; its name must stay (rename with `put`).
    pub fn update(&mut self, id: Uuid, change: impl FnOnce(&mut T)) {
        let Some(name) = self.names.get(&id) else { return };
        if let Some(item) = self.ordered.get_mut(&(name.clone(), id)) {
            change(Arc::make_mut(item));
        }
    }

    /// What exists at `now`, by name.
    pub fn all(&self, now: Time) -> impl Iterator<Item = &Arc<T>> {
        self.ordered.values().filter(move |item| exists(item.as_ref(), now))
    }
}

fn exists<T: Item>(item: &T, now: Time) -> bool {
    item.gone().is_none_or(|gone| now < gone)
}
