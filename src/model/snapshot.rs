//! Snapshots: an EBS snapshot, a Deltacloud storage snapshot, an oVirt disk snapshot.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Tags, owned};

/// What a volume held at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it; empty when none.
    pub name: Cow<'a, str>,
    /// What people wrote about it; empty when nothing.
    pub description: Cow<'a, str>,
    /// The volume it was made of, when known.
    pub volume: Option<Cow<'a, str>>,
    /// Whether it is whole.
    pub state: SnapshotState,
    /// Size of the volume in bytes, when known.
    pub size: Option<u64>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Snapshot<'_> {
    /// The same snapshot, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Snapshot<'static> {
        Snapshot {
            id: owned(self.id),
            name: owned(self.name),
            description: owned(self.description),
            volume: self.volume.map(owned),
            state: self.state,
            size: self.size,
            created: self.created,
            tags: self.tags,
        }
    }
}

/// Whether a snapshot is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnapshotState {
    /// It is being written.
    Pending,
    /// Volumes can be made from it.
    Completed,
    /// It is on its way out: nothing can be made from it any more.
    Deleting,
    /// It is broken.
    Error,
}
