//! What users are shown of the subjects of jobs.

use std::{sync::atomic::Ordering, time::Duration};

use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};
use uuid::Uuid;

use super::span;
use crate::{
    model::Error,
    store::{Store, access_keys::moment, client_tokens::after},
};

/// How many things that are gone are shown at once, for each provider; the oldest give way.
pub(in crate::store) const MOST_GONE: i64 = 10_000;

/// What is shown of a subject to its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it is shown of.
    pub payload: String,
    /// Whether it is gone already.
    pub gone: bool,
    /// Since when.
    pub since: Timestamp,
    /// How long ago that is.
    pub age: Duration,
}

impl Store {
    /// Shows a subject that is gone to its user for so long.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn show_gone(
        &self,
        provider: &str,
        subject: &str,
        user: &str,
        payload: &str,
        shown: Duration,
    ) -> Result<(), Error> {
        self.0.had_jobs.store(true, Ordering::Relaxed);
        self.run(async {
            let now = self.0.clock.now();
            let show = sqlx::query(
                "INSERT INTO jobs (provider, subject, generation, user_name, kind, payload, password, state, created, \
                 due, attempts, last_error, lease_owner, lease_until, overruler, overruled_until, overruled_before, \
                 expires) VALUES ($1, $2, $3, $4, '', $5, '', 'gone', $6, 0, 0, '', '', 0, '', 0, 0, $7) \
                 ON CONFLICT (provider, subject) DO UPDATE SET generation = excluded.generation, \
                 user_name = excluded.user_name, kind = '', payload = excluded.payload, password = '', state = 'gone', \
                 created = excluded.created, attempts = 0, last_error = '', lease_owner = '', lease_until = 0, \
                 overruler = '', overruled_until = 0, expires = excluded.expires",
            );
            let show = show.bind(provider).bind(subject).bind(Uuid::new_v4().to_string()).bind(user);
            show.bind(payload).bind(now).bind(after(now, shown)).execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// What a user is shown of subjects that have jobs, or are gone, in the order in which it was said.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn told(&self, provider: &str, user: &str) -> Result<Vec<Told>, Error> {
        if self.never_had_jobs() {
            return Ok(Vec::new());
        }
        self.run(async {
            let now = self.0.clock.now();
            let told = sqlx::query(
                "SELECT payload, state, created FROM jobs WHERE provider = $1 AND user_name = $2 \
                 AND ((state = 'pending' AND overruled_until <= $3) OR (state = 'gone' AND expires > $3)) \
                 ORDER BY created",
            );
            let rows = told.bind(provider).bind(user).bind(now).fetch_all(self.reader()).await?;
            let told = |row: &AnyRow| {
                let since = row.try_get(2)?;
                let gone = row.try_get::<String, _>(1)? == "gone";
                Ok(Told { payload: row.try_get(0)?, gone, since: moment(since), age: span(since, now) })
            };
            rows.iter().map(told).collect()
        })
        .await
    }
}
