//! What is read from the engine once and kept for a while.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::model::Error;

/// Something read and kept; those who want it while it is being read wait for it.
pub(super) struct Kept<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(Mutex::new(None))
    }
}

impl<T> Kept<T> {
    /// What is kept if it is younger than `limit`, or what `read` reads.
    ///
    /// # Errors
    /// What `read` fails with; failures are not kept.
    pub(super) async fn get(
        &self,
        limit: Duration,
        read: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let mut kept = self.0.lock().await;
        if let Some((since, value)) = kept.as_ref().filter(|(since, _)| since.elapsed() < limit) {
            let _ = since;
            return Ok(value.clone());
        }
        let value = Arc::new(read.await?);
        *kept = Some((Instant::now(), value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ErrorKind;

    #[tokio::test]
    async fn is_read_again_only_when_it_is_too_old_or_was_not_read() {
        let kept = Kept::default();
        let failing = kept.get(Duration::MAX, async { Err(Error::new(ErrorKind::Busy, "later")) }).await;
        assert!(failing.is_err());
        assert_eq!(*kept.get(Duration::MAX, async { Ok(1) }).await.unwrap(), 1);
        assert_eq!(*kept.get(Duration::MAX, async { Ok(2) }).await.unwrap(), 1);
        assert_eq!(*kept.get(Duration::ZERO, async { Ok(3) }).await.unwrap(), 3);
    }
}
