//! The state that counts, and how another one takes its place.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    disk::Disk,
    state::{State, Writing},
};
use crate::model::Error;

/// The state of one cloud. Whoever reads has it as it was when he began; changes are made one after the other.
pub(super) struct Store {
    current: RwLock<Arc<State>>,
    turn: Mutex<()>,
    /// How long things are on their way from one state to the next.
    transition: SignedDuration,
    disk: Option<Disk>,
}

impl Store {
    /// A cloud that is gone when the process ends.
    pub(super) fn in_memory(state: State, transition: SignedDuration) -> Self {
        Store { current: RwLock::new(Arc::new(state)), turn: Mutex::new(()), transition, disk: None }
    }

    /// A cloud that is kept in `folder`; it begins as `seed` if it was not there before.
    ///
    /// # Errors
    /// `Internal` when it cannot be read or written, or another process has it.
    pub(super) fn on_disk(folder: &Path, seed: State, transition: SignedDuration) -> Result<Self, Error> {
        let (disk, state) = Disk::open(folder, seed)?;
        Ok(Store { disk: Some(disk), ..Store::in_memory(state, transition) })
    }

    /// The state as it is.
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the contents of blobs are kept; none when nothing is kept, and no change waits for a disk.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.disk.as_ref().map(Disk::contents)
    }

    /// Changes the state: all that `work` does counts, or when it fails nothing. What is kept lasts when this is done.
    ///
    /// # Errors
    /// What `work` fails with; `Internal` when it cannot be kept.
    pub(super) fn change<T>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.state();
        let mut after = State::clone(&before);
        let (now, transition) = (Timestamp::now(), self.transition);
        let done = work(&mut Writing { state: &mut after, now, transition })?;
        if let Some(disk) = &self.disk {
            disk.commit(&before, &after)?;
        }
        let after = Arc::new(after);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&after);
        if let Some(disk) = &self.disk {
            disk.forget(&before, &after);
        }
        Ok(done)
    }
}
