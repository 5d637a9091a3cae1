//! Providers: the parts of a cloud among which a client can choose; EC2's regions, oVirt's data centers.

use std::borrow::Cow;

use super::owned;

/// A part of a cloud that can be spoken to by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
}

impl Provider<'_> {
    /// The same provider, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Provider<'static> {
        Provider { id: owned(self.id), name: owned(self.name) }
    }
}
