//! Logins that are kept: one per identity, made by one flight however many wait for it.

use std::{future::Future, sync::Arc, time::Duration};

use moka::future::Cache;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Identity;
use crate::model::Error;

/// How many logins are kept at once.
const MOST_LOGINS: u64 = 10_000;
/// How long a login that nobody uses is kept: below the 30 minutes after which an oVirt engine forgets it.
const IDLE: Duration = Duration::from_secs(20 * 60);

/// How long a login is kept at the most: a password that was changed is good for no longer.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What a back end gave for a password (a token, a cookie), kept per identity.
///
/// **Invariant:** the password is part of the key, as a salted hash: a login is found only by who could make it again.
pub struct Logins<T> {
    kept: Cache<[u8; 32], Arc<T>>,
    salt: [u8; 16],
}

impl<T: Send + Sync + 'static> Default for Logins<T> {
    fn default() -> Self {
        let kept =
            Cache::builder().max_capacity(MOST_LOGINS).time_to_idle(IDLE).time_to_live(LIFETIME).build();
        Logins { kept, salt: Uuid::new_v4().into_bytes() }
    }
}

impl<T: Send + Sync + 'static> Logins<T> {
    /// The login that is kept, or the one that `login` makes; others who ask meanwhile wait for the same one.
    ///
    /// # Errors
    /// What `login` fails with; failures are not kept.
    pub async fn get(
        &self,
        identity: &Identity,
        login: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let key = self.key(identity);
        match self.kept.get(&key).await {
            Some(kept) => Ok(kept),
            None => self.make(key, login).await,
        }
    }

    /// A login other than `stale`, which the back end has refused: the one that another flight made meanwhile, or a
    /// new one.
    ///
    /// # Errors
    /// What `login` fails with.
    pub async fn renew(
        &self,
        identity: &Identity,
        stale: &Arc<T>,
        login: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let key = self.key(identity);
        if self.kept.get(&key).await.is_some_and(|kept| Arc::ptr_eq(&kept, stale)) {
            self.kept.invalidate(&key).await;
        }
        self.make(key, login).await
    }

    /// Boxed, because a login is rare and its future long: it should not make that of every operation long.
    async fn make(
        &self,
        key: [u8; 32],
        login: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let login = Box::pin(async { login.await.map(Arc::new) });
        Box::pin(self.kept.try_get_with(key, login)).await.map_err(|error| Error::clone(&error))
    }

    fn key(&self, identity: &Identity) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(identity.user.len().to_le_bytes());
        hash.update(identity.user.as_bytes());
        hash.update(identity.password.expose_secret().as_bytes());
        hash.finalize().into()
    }
}
