//! Promises that were taken back, to be restored or given up.

use super::Promises;
use crate::store::Overruled;

/// Promises that were taken back for an operation, which can be [restored](Withdrawn::restore) when it fails. When it
/// is dropped, they are given up.
pub struct Withdrawn {
    pub(super) promises: Promises,
    pub(super) overruled: Option<Overruled>,
}

impl Withdrawn {
    /// The operation was done: what was withdrawn for it is not wanted any more.
    pub async fn give_up(mut self) {
        if let Some(overruled) = self.overruled.take() {
            self.promises.give_up(overruled).await;
        }
    }

    /// Promises again what was withdrawn for an operation that then was not done, but for the instances of which it
    /// was `done`, and for those of which something else has been asked since.
    pub fn restore(mut self, done: impl Fn(&str) -> bool) -> impl Future<Output = ()> {
        let overruled = self.overruled.take();
        let done: Vec<String> =
            overruled.iter().flat_map(Overruled::subjects).filter(|id| done(id)).map(str::to_owned).collect();
        async move {
            let Some(overruled) = overruled else { return };
            match self.promises.0.store.bring_back(&overruled, &done).await {
                Ok(()) => self.promises.0.added.notify_one(),
                Err(error) => tracing::error!(%error, "promises are restored only later"),
            }
        }
    }
}

/// Nobody knows how the operation ended: its client went away.
impl Drop for Withdrawn {
    fn drop(&mut self) {
        if let Some(overruled) = self.overruled.take() {
            let promises = self.promises.clone();
            tokio::spawn(async move { promises.give_up(overruled).await });
        }
    }
}

impl Promises {
    async fn give_up(&self, overruled: Overruled) {
        if let Err(error) = self.0.store.drop_overruled(&overruled).await {
            tracing::error!(%error, "promises that were overruled may be kept nevertheless");
        }
    }
}
