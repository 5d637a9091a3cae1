//! The store, and what is done about it in the background.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use crate::{
    model::Error,
    store::{Settings, Store},
};

/// How often what has expired is deleted.
const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// Where this gateway keeps what no cloud does.
pub(super) struct Stores {
    /// The operator's.
    pub(super) all: Store,
    /// Where promises are written down: with them goes a user's password, so they are not in the operator's store unless it
    /// can seal that.
    pub(super) jobs: Store,
}

impl Stores {
    /// Opens the operator's store, and says what will not outlive the process.
    ///
    /// # Errors
    /// When the operator's cannot be used.
    pub(super) async fn open(settings: &Settings) -> Result<Self, Error> {
        let all = Store::open(settings).await?;
        if all.is_in_memory() {
            tracing::warn!(
                "what no cloud keeps is kept in memory and forgotten at the end: [store] url names a better place"
            );
            let jobs = Store::in_memory(settings.lease).await?;
            return Ok(Stores { all, jobs });
        }
        if !all.can_seal() {
            tracing::warn!(
                "without [store] key_file no secret is stored: there are no access keys in the store, and what was promised is \
                 forgotten at the end"
            );
            let jobs = Store::in_memory(settings.lease).await?;
            return Ok(Stores { all, jobs });
        }
        Ok(Stores { jobs: all.clone(), all })
    }

    /// Where access keys are looked up; none where there cannot be any.
    pub(super) fn keys(&self) -> Option<Store> {
        let may_have_keys = !self.all.is_in_memory() && self.all.can_seal();
        may_have_keys.then(|| self.all.clone())
    }

    /// Deletes what has expired, for ever.
    pub(super) async fn keep_house(self) -> Infallible {
        loop {
            sleep(HOUSEKEEPING).await;
            for store in [&self.all, &self.jobs] {
                if let Err(error) = store.keep_house().await {
                    tracing::warn!(%error, "what has expired in the store is not deleted yet");
                }
            }
        }
    }
}
