//! One attempt at a job, under a lease.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use sqlx::{Row, any::AnyRow};

use super::{Job, number, place, span};
use crate::{
    model::Error,
    store::{Store, access_keys::moment, client_tokens::after, failure::Failure},
};

/// How long an attempt may go on without renewing its lease.
pub const JOB_LEASE: Duration = Duration::from_secs(15);
/// How long the operator can see what has failed.
const FAILED_SHOWN: Duration = Duration::from_secs(24 * 3600);
/// The longest text of an error that is kept, in characters.
const ERROR_CAP: usize = 1_000;

/// A job that this gateway has taken, to try it once.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What is to be done.
    pub job: Job,
    /// When it was promised.
    pub since: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    provider: String,
    generation: String,
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It is done, and its subject is gone: it is shown for so long.
    Gone(Duration),
    /// It was given up.
    Failed(String),
}

impl Store {
    /// How long it is until a job of the provider may be due; none when there is none.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn next_job(&self, provider: &str) -> Result<Option<Duration>, Error> {
        if self.never_had_jobs() {
            return Ok(None);
        }
        self.run(async {
            let next = sqlx::query(
                "SELECT CASE WHEN due >= lease_until AND due >= overruled_until THEN due \
                 WHEN lease_until >= overruled_until THEN lease_until ELSE overruled_until END AS next \
                 FROM jobs WHERE provider = $1 AND state = 'pending' ORDER BY next LIMIT 1",
            );
            let row = next.bind(provider).fetch_optional(self.reader()).await?;
            let next: Option<i64> = row.map(|row| row.try_get(0)).transpose()?;
            Ok(next.map(|next| span(self.0.clock.now(), next)))
        })
        .await
    }

    /// Takes a job that is due, for one attempt.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used; `Internal` when the job's password cannot be opened: it is failed then.
    pub async fn take_job(&self, provider: &str) -> Result<Option<Attempt>, Error> {
        if self.never_had_jobs() {
            return Ok(None);
        }
        let row = self.run(async {
            let now = self.0.clock.now();
            let take = sqlx::query(
                "UPDATE jobs SET lease_owner = $1, lease_until = $2 WHERE provider = $3 AND state = 'pending' \
                 AND due <= $4 AND lease_until <= $4 AND overruled_until <= $4 AND subject = (SELECT subject FROM jobs \
                 WHERE provider = $3 AND state = 'pending' AND due <= $4 AND lease_until <= $4 \
                 AND overruled_until <= $4 ORDER BY due, subject LIMIT 1) \
                 RETURNING subject, generation, user_name, kind, payload, password, created, attempts",
            );
            let take = take.bind(&self.0.owner).bind(after(now, JOB_LEASE)).bind(provider).bind(now);
            Ok(take.fetch_optional(self.writer()).await?)
        });
        let Some(row) = row.await? else { return Ok(None) };
        let attempt = self.run(async { attempt(provider, &row) }).await?;
        let place = place(provider, &attempt.job.subject, &attempt.generation);
        match self.0.keys.open_text(attempt.job.password.expose_secret(), &place) {
            Ok(password) => Ok(Some(Attempt { job: Job { password, ..attempt.job }, ..attempt })),
            Err(error) => {
                self.end_job(&attempt, Outcome::Failed(error.to_string())).await?;
                Err(error)
            }
        }
    }

    /// Renews the lease of an attempt that goes on; says whether it still has one.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn renew_lease(&self, attempt: &Attempt) -> Result<bool, Error> {
        self.run(async {
            let renew = sqlx::query(
                "UPDATE jobs SET lease_until = $1 WHERE provider = $2 AND subject = $3 AND generation = $4 \
                 AND lease_owner = $5 AND state = 'pending'",
            );
            let renew = renew.bind(after(self.0.clock.now(), JOB_LEASE));
            Ok(self.of_attempt(renew, attempt).execute(self.writer()).await?.rows_affected() > 0)
        })
        .await
    }

    /// Puts a job off that was tried in vain.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn put_job_off(&self, attempt: &Attempt, pause: Duration, error: &str) -> Result<(), Error> {
        self.run(async {
            let put_off = sqlx::query(
                "UPDATE jobs SET due = $1, attempts = attempts + 1, last_error = $6, lease_owner = '', lease_until = 0 \
                 WHERE provider = $2 AND subject = $3 AND generation = $4 AND lease_owner = $5 AND state = 'pending'",
            );
            let put_off = put_off.bind(after(self.0.clock.now(), pause));
            self.of_attempt(put_off, attempt).bind(short(error)).execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// Gives a job that was tried something else to do, after this pause.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn change_job(&self, attempt: &Attempt, pause: Duration, payload: &str) -> Result<(), Error> {
        self.run(async {
            let change = sqlx::query(
                "UPDATE jobs SET due = $1, payload = $6, attempts = 0, last_error = '', lease_owner = '', lease_until = 0 \
                 WHERE provider = $2 AND subject = $3 AND generation = $4 AND lease_owner = $5 AND state = 'pending'",
            );
            let change = change.bind(after(self.0.clock.now(), pause));
            self.of_attempt(change, attempt).bind(payload).execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// Ends a job that was tried. Whoever waited for the attempt's end does not bring it back.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn end_job(&self, attempt: &Attempt, outcome: Outcome) -> Result<(), Error> {
        self.run(async {
            let (state, shown, error) = match outcome {
                Outcome::Done => {
                    let done = sqlx::query(
                        "DELETE FROM jobs WHERE $1 <> 0 AND provider = $2 AND subject = $3 AND generation = $4 \
                         AND lease_owner = $5",
                    );
                    self.of_attempt(done.bind(1_i64), attempt).execute(self.writer()).await?;
                    return Ok(());
                }
                Outcome::Gone(shown) => ("gone", shown, String::new()),
                Outcome::Failed(error) => ("failed", FAILED_SHOWN, short(&error)),
            };
            let now = self.0.clock.now();
            let end = sqlx::query(
                "UPDATE jobs SET state = $6, expires = $1, last_error = $7, created = CASE WHEN $6 = 'gone' THEN $8 \
                 ELSE created END, password = '', lease_owner = '', lease_until = 0, overruler = '', \
                 overruled_until = 0 WHERE provider = $2 AND subject = $3 AND generation = $4 AND lease_owner = $5",
            );
            let end = self.of_attempt(end.bind(after(now, shown)), attempt).bind(state).bind(error).bind(now);
            end.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// The statement's parameters 2 to 5: the job of an attempt that this gateway makes.
    fn of_attempt<'q>(&'q self, query: Query<'q>, attempt: &'q Attempt) -> Query<'q> {
        let query = query.bind(&attempt.provider).bind(&attempt.job.subject);
        query.bind(&attempt.generation).bind(&self.0.owner)
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// The job of a row; its password is still sealed.
fn attempt(provider: &str, row: &AnyRow) -> Result<Attempt, Failure> {
    let job = Job {
        subject: row.try_get("subject")?,
        user: row.try_get("user_name")?,
        password: row.try_get::<String, _>("password")?.into(),
        kind: row.try_get("kind")?,
        payload: row.try_get("payload")?,
        pause: Duration::ZERO,
    };
    Ok(Attempt {
        job,
        since: moment(row.try_get("created")?),
        attempts: number(row.try_get("attempts")?),
        provider: provider.to_owned(),
        generation: row.try_get("generation")?,
    })
}

fn short(text: &str) -> String {
    text.chars().filter(|character| *character != '\0').take(ERROR_CAP).collect()
}
