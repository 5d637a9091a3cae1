//! Realms: an EC2 availability zone, a Deltacloud realm, an oVirt cluster.

use std::borrow::Cow;

use super::owned;

/// A place in which instances run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realm<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
    /// Whether instances can be created in it.
    pub state: RealmState,
}

impl Realm<'_> {
    /// The same realm, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Realm<'static> {
        Realm { id: owned(self.id), name: owned(self.name), state: self.state }
    }
}

/// Whether a realm takes new instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealmState {
    /// It does.
    Available,
    /// It does not at present.
    Unavailable,
}
