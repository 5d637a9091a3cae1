//! What is read from a back end once and kept for a while, for every login apart: users see different things.

use std::{future::Future, sync::Arc, time::Duration};

use moka::future::Cache;
use uuid::Uuid;

use crate::model::Error;

/// For how many logins something is kept at once.
const MOST_LOGINS: u64 = 10_000;

/// Something read and kept; those who want it while it is being read wait for it.
pub struct Kept<T>(Cache<Uuid, Arc<T>>);

impl<T: Send + Sync + 'static> Kept<T> {
    /// Nothing yet; what will be read is kept for so long.
    pub fn for_at_most(limit: Duration) -> Self {
        Kept(Cache::builder().max_capacity(MOST_LOGINS).time_to_live(limit).build())
    }

    /// What is kept for this login, or what `read` reads.
    ///
    /// # Errors
    /// What `read` fails with; failures are not kept.
    pub async fn get(
        &self,
        login: Uuid,
        read: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        match self.0.get(&login).await {
            Some(kept) => Ok(kept),
            None => self.read(login, read).await,
        }
    }

    /// What is kept for this login; none when nothing is.
    pub async fn held(&self, login: Uuid) -> Option<Arc<T>> {
        self.0.get(&login).await
    }

    /// Keeps nothing for this login any more.
    pub async fn forget(&self, login: Uuid) {
        self.0.invalidate(&login).await;
    }

    /// Keeps nothing any more: what was read has changed.
    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }

    /// Boxed, because reading is rare and its future long: it should not make that of every operation long.
    async fn read(&self, login: Uuid, read: impl Future<Output = Result<T, Error>>) -> Result<Arc<T>, Error> {
        let read = Box::pin(async { read.await.map(Arc::new) });
        Box::pin(self.0.try_get_with(login, read)).await.map_err(|error| Error::clone(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ErrorKind;

    const DAY: Duration = Duration::from_secs(86_400);

    #[tokio::test]
    async fn is_read_again_only_when_it_was_not_read_or_for_somebody_else() {
        let (kept, login) = (Kept::for_at_most(DAY), Uuid::new_v4());
        let failing = kept.get(login, async { Err(Error::new(ErrorKind::Busy, "later")) }).await;
        assert_eq!(failing.unwrap_err().kind(), ErrorKind::Busy);
        assert_eq!(*kept.get(login, async { Ok(1) }).await.unwrap(), 1);
        assert_eq!(*kept.get(login, async { Ok(2) }).await.unwrap(), 1);
        assert_eq!(*kept.get(Uuid::new_v4(), async { Ok(3) }).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn is_read_again_when_it_is_too_old() {
        let (kept, login) = (Kept::for_at_most(Duration::ZERO), Uuid::new_v4());
        assert_eq!(*kept.get(login, async { Ok(1) }).await.unwrap(), 1);
        assert_eq!(*kept.get(login, async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn is_read_again_when_it_was_forgotten() {
        let (kept, mine, yours) = (Kept::for_at_most(DAY), Uuid::new_v4(), Uuid::new_v4());
        for login in [mine, yours] {
            assert!(kept.held(login).await.is_none());
            assert_eq!(*kept.get(login, async { Ok(1) }).await.unwrap(), 1);
        }
        kept.forget(mine).await;
        assert_eq!((kept.held(mine).await, kept.held(yours).await.as_deref()), (None, Some(&1)));
        kept.forget_all();
        assert_eq!(*kept.get(yours, async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn is_read_once_however_many_want_it() {
        let (kept, login) = (Kept::for_at_most(DAY), Uuid::new_v4());
        let read = async {
            tokio::task::yield_now().await;
            Ok(1)
        };
        let (one, other) = tokio::join!(kept.get(login, read), kept.get(login, async { Ok(2) }));
        assert_eq!((*one.unwrap(), *other.unwrap()), (1, 1));
    }
}
