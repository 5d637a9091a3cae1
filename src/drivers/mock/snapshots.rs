//! Snapshots of volumes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    state::{Reading, Record, Writing, check_words, not_now},
    volumes::Volume,
};
use crate::model::{Error, Kind, Resource, Snapshot as Shown, SnapshotSpec, SnapshotState};

/// A snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) volume: String,
    pub(super) size: u64,
    pub(super) created: Timestamp,
    /// Until when it is being made.
    pub(super) ready: Option<Timestamp>,
}

impl Snapshot {
    pub(super) fn is_pending(&self, now: Timestamp) -> bool {
        self.ready.is_some_and(|ready| now < ready)
    }
}

impl Record for Snapshot {
    const KIND: Kind = Kind::Snapshot;
    const MOST: usize = 10_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Resource<'a> {
        let pending = self.is_pending(reading.now);
        Resource::Snapshot(Shown {
            id: id.into(),
            name: self.name.as_str().into(),
            description: self.description.as_str().into(),
            volume: Some(self.volume.as_str().into()),
            state: if pending { SnapshotState::Pending } else { SnapshotState::Completed },
            size: Some(self.size),
            created: Some(self.created),
            tags: Default::default(),
        })
    }
}

impl Writing<'_> {
    pub(super) fn create_snapshot(&mut self, spec: &SnapshotSpec) -> Result<Resource<'static>, Error> {
        check_words(spec.name.as_ref(), spec.description.as_ref())?;
        let volume = self.state.find::<Volume>(&spec.volume)?;
        if volume.ready.is_some_and(|ready| self.now < ready) {
            return Err(not_now(Kind::Volume, spec.volume.as_str(), "is not available yet"));
        }
        let size = volume.size;
        let id = self.stamp("store_snapshot_");
        let snapshot = Snapshot {
            name: spec.name.clone().unwrap_or_else(|| id.clone()),
            description: spec.description.clone().unwrap_or_default(),
            volume: spec.volume.to_string(),
            size,
            created: self.now,
            ready: self.ready(),
        };
        self.create(&id, snapshot)
    }
}
