//! The jobs as the operator sees them.

use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use super::{JobState, number};
use crate::{
    model::Error,
    store::{Store, access_keys::moment, failure::Failure},
};

/// A job as the operator sees it.
#[derive(Debug, Clone)]
pub struct ListedJob {
    /// Its own id.
    pub id: String,
    /// The provider it is done on.
    pub provider: String,
    /// What it is done to.
    pub subject: String,
    /// In whose name.
    pub user: String,
    /// What kind of work it is.
    pub kind: String,
    /// Whether it is still tried.
    pub state: JobState,
    /// When it was promised.
    pub since: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is tried next, unless it is being tried now.
    pub next: Option<Timestamp>,
    /// What went wrong the last time; empty when nothing did yet.
    pub last_error: String,
}

impl Store {
    /// Every job, the oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn jobs(&self) -> Result<Vec<ListedJob>, Error> {
        self.run(async {
            let jobs = sqlx::query(
                "SELECT generation, provider, subject, user_name, kind, state, created, attempts, due, lease_until, \
                 last_error FROM jobs WHERE state <> 'gone' ORDER BY created",
            );
            let (rows, now) = (jobs.fetch_all(self.reader()).await?, self.0.clock.now());
            rows.iter().map(|row| list_job(row, now)).collect()
        })
        .await
    }
}

fn list_job(row: &AnyRow, now: i64) -> Result<ListedJob, Failure> {
    let is_pending = row.try_get::<String, _>("state")? == JobState::Pending.name();
    let (due, lease): (i64, i64) = (row.try_get("due")?, row.try_get("lease_until")?);
    Ok(ListedJob {
        id: row.try_get("generation")?,
        provider: row.try_get("provider")?,
        subject: row.try_get("subject")?,
        user: row.try_get("user_name")?,
        kind: row.try_get("kind")?,
        state: if is_pending { JobState::Pending } else { JobState::Failed },
        since: moment(row.try_get("created")?),
        attempts: number(row.try_get("attempts")?),
        next: (is_pending && lease <= now).then(|| moment(due)),
        last_error: row.try_get("last_error")?,
    })
}
