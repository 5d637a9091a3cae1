//! Pending work: what a user was promised, tried until it is done, by one gateway at a time.
//!
//! A job has one subject, and a subject one job. Whoever finds it due takes it for an [attempt], with a lease that he has
//! to renew: of a gateway that died the next one takes over when the lease has run out. Whoever wants something else of
//! the subject first [holds the job back](overrule), and goes on when no attempt of it is under way. What is done and
//! gone is [shown](told) a while longer.

mod attempt;
mod list;
mod overrule;
mod told;

use std::{sync::atomic::Ordering, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::Row;
use uuid::Uuid;

use super::{Store, client_tokens::after, seal::row_name};
use crate::model::{Error, ErrorKind};
pub use attempt::{Attempt, JOB_LEASE, Outcome};
pub use list::ListedJob;
pub use overrule::Overruled;
pub(super) use told::MOST_GONE;
pub use told::Told;

/// How many jobs a provider may have at once.
const MOST: i64 = 10_000;

/// Work that is promised.
#[derive(Debug, Clone)]
pub struct Job {
    /// What it is done to, of which it is the only job.
    pub subject: String,
    /// In whose name.
    pub user: String,
    /// His password.
    pub password: SecretString,
    /// What kind of work it is, in a word for the operator.
    pub kind: String,
    /// What there is to do, as only the caller understands it.
    pub payload: String,
    /// When it is first tried.
    pub pause: Duration,
}

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It is tried again and again.
    Pending,
    /// It was given up.
    Failed,
}

impl JobState {
    /// Its name, as it is in the database.
    pub fn name(self) -> &'static str {
        match self {
            JobState::Pending => "pending",
            JobState::Failed => "failed",
        }
    }
}

impl Store {
    /// Whether jobs can be added now: a word is written, so that a full disk is found before anything is promised.
    ///
    /// # Errors
    /// `Unavailable` when nothing can be written.
    pub async fn can_write(&self) -> Result<(), Error> {
        if self.is_in_memory() {
            return Ok(());
        }
        self.run(async {
            let write = sqlx::query(
                "INSERT INTO revisions (account, revision) VALUES ('', 1) \
                 ON CONFLICT (account) DO UPDATE SET revision = revisions.revision + 1",
            );
            write.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// Adds a job, in place of the one that its subject had.
    ///
    /// # Errors
    /// `LimitReached` when the provider has too many; `Unavailable` when nothing seals it, or the store cannot be used.
    pub async fn add_job(&self, provider: &str, job: &Job) -> Result<(), Error> {
        let generation = Uuid::new_v4().to_string();
        let password = job.password.expose_secret().as_bytes();
        let sealed = self.0.keys.seal(password, &place(provider, &job.subject, &generation))?;
        self.0.had_jobs.store(true, Ordering::Relaxed);
        self.run(async {
            let now = self.0.clock.now();
            let others = sqlx::query(
                "SELECT count(*) FROM jobs WHERE provider = $1 AND state = 'pending' AND subject <> $2",
            );
            let others = others.bind(provider).bind(&job.subject).fetch_one(self.reader()).await?;
            if others.try_get::<i64, _>(0)? >= MOST {
                return Err(too_many().into());
            }
            let add = sqlx::query(
                "INSERT INTO jobs (provider, subject, generation, user_name, kind, payload, password, state, created, \
                 due, attempts, last_error, lease_owner, lease_until, overruler, overruled_until, overruled_before, \
                 expires) VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, 0, '', '', 0, '', 0, 0, 0) \
                 ON CONFLICT (provider, subject) DO UPDATE SET generation = excluded.generation, \
                 user_name = excluded.user_name, kind = excluded.kind, payload = excluded.payload, \
                 password = excluded.password, state = excluded.state, created = excluded.created, due = excluded.due, \
                 attempts = 0, last_error = '', lease_owner = '', lease_until = 0, overruler = '', \
                 overruled_until = 0, overruled_before = 0, expires = 0",
            );
            let add = add.bind(provider).bind(&job.subject).bind(&generation).bind(&job.user).bind(&job.kind);
            let add = add.bind(&job.payload).bind(sealed).bind(now).bind(after(now, job.pause));
            add.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// The payloads of the pending jobs of these subjects, be they held back or not.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn pending(&self, provider: &str, subjects: &[&str]) -> Result<Vec<String>, Error> {
        if self.never_had_jobs() {
            return Ok(Vec::new());
        }
        self.run(async {
            let mut found = Vec::new();
            for subject in subjects {
                let pending = sqlx::query(
                    "SELECT payload FROM jobs WHERE provider = $1 AND subject = $2 AND state = 'pending'",
                );
                let pending = pending.bind(provider).bind(*subject);
                if let Some(row) = pending.fetch_optional(self.reader()).await? {
                    found.push(row.try_get(0)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// How many jobs of a provider are in this state.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn count_jobs(&self, provider: &str, state: JobState) -> Result<u64, Error> {
        if self.never_had_jobs() {
            return Ok(0);
        }
        self.run(async {
            let count = sqlx::query(
                "SELECT count(*) FROM jobs WHERE provider = $1 AND state = $2 AND overruled_until <= $3",
            );
            let count = count.bind(provider).bind(state.name()).bind(self.0.clock.now());
            let count: i64 = count.fetch_one(self.reader()).await?.try_get(0)?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
        .await
    }

    fn never_had_jobs(&self) -> bool {
        self.is_in_memory() && !self.0.had_jobs.load(Ordering::Relaxed)
    }
}

/// What the sealed password of a job is bound to.
fn place(provider: &str, subject: &str, generation: &str) -> String {
    row_name("jobs", "password", &[provider, subject, generation])
}

/// The time from one moment to a later one, both in microseconds.
fn span(from: i64, to: i64) -> Duration {
    Duration::from_micros(u64::try_from(to.saturating_sub(from)).unwrap_or_default())
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn too_many() -> Error {
    Error::new(ErrorKind::LimitReached, "too many instances are waiting to be started or destroyed")
}
