//! Consoles: what instances write on theirs.

use std::borrow::Cow;

use super::owned;

/// The end of what an instance has written on its serial console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console<'a> {
    /// The identifier: the instance's.
    pub id: Cow<'a, str>,
    /// As much as the cloud keeps; empty while there is nothing.
    pub text: Cow<'a, str>,
}

impl Console<'_> {
    /// The same console, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Console<'static> {
        Console { id: owned(self.id), text: owned(self.text) }
    }
}
