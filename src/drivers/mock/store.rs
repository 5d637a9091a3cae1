//! The state that counts, and how another one takes its place.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::state::State;
use crate::model::Error;

/// The state of one cloud. Whoever reads has it as it was when he began; changes are made one after the other.
pub(super) struct Store {
    current: RwLock<Arc<State>>,
    turn: Mutex<()>,
}

impl Store {
    /// A cloud that is gone when the process ends.
    pub(super) fn in_memory(state: State) -> Self {
        Store { current: RwLock::new(Arc::new(state)), turn: Mutex::new(()) }
    }

    /// The state as it is.
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state: all that `work` does counts, or when it fails nothing.
    ///
    /// # Errors
    /// What `work` fails with.
    pub(super) fn change<T>(&self, work: impl FnOnce(&mut State) -> Result<T, Error>) -> Result<T, Error> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = State::clone(&self.state());
        let done = work(&mut state)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
        Ok(done)
    }
}
