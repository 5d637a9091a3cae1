//! The time by which all that share a store go: the database's own, where several machines share it.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use sqlx::Row;

use super::Store;
use crate::model::Error;

/// This machine's clock, put right by the database's.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// How many microseconds the database is ahead.
    ahead: AtomicI64,
    last: AtomicI64,
}

impl Clock {
    /// Microseconds since 1970; later for each call, so that what happened first is first.
    pub(super) fn now(&self) -> i64 {
        let now = Timestamp::now().as_microsecond() + self.ahead.load(Ordering::Relaxed);
        let last = self.last.fetch_max(now, Ordering::Relaxed);
        if last < now { now } else { self.last.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Store {
    /// Looks how far this machine's clock is from the database's.
    pub(super) async fn set_clock(&self) -> Result<(), Error> {
        if !self.0.place.is_postgres() {
            return Ok(());
        }
        self.run(async {
            let theirs =
                sqlx::query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)");
            let before = Timestamp::now().as_microsecond();
            let theirs: i64 = theirs.fetch_one(self.reader()).await?.try_get(0)?;
            let ours = before + (Timestamp::now().as_microsecond() - before) / 2;
            self.0.clock.ahead.store(theirs - ours, Ordering::Relaxed);
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_moments_are_the_same() {
        let clock = Clock::default();
        let moments: Vec<i64> = (0..1_000).map(|_| clock.now()).collect();
        assert!(moments.is_sorted_by(|one, next| one < next));
    }
}
