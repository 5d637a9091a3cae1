//! Pending work: what a user was promised, tried until it is done, by one gateway at a time.
//!
//! A job has one subject, and a subject one job. Whoever finds it due takes it for an attempt, with a lease that he has to
//! renew: of a gateway that died the next one takes over when the lease has run out. Whoever wants something else of the
//! subject first holds the job back ([`overrule`](Store::overrule)), and goes on when no attempt of it is under way.
//! What is done and gone is shown a while longer.

use std::{sync::atomic::Ordering, time::Duration};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Row, any::AnyRow};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{Store, access_keys::moment, client_tokens::after, failure::Failure, seal::row_name};
use crate::model::{Error, ErrorKind};

/// How many jobs a provider may have at once.
const MOST: i64 = 10_000;
/// How many things that are gone are shown at once, for each provider; the oldest give way.
pub(super) const MOST_GONE: i64 = 10_000;
/// How long an attempt may go on without renewing its lease.
pub const JOB_LEASE: Duration = Duration::from_secs(15);
/// How long the operator can see what has failed.
const FAILED_SHOWN: Duration = Duration::from_secs(24 * 3600);
/// How often is looked whether the attempt of another gateway has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The longest text of an error that is kept, in characters.
const ERROR_CAP: usize = 1_000;

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

/// Jobs that are held back for one operation.
#[derive(Debug)]
pub struct Overruled {
    provider: String,
    /// The operation.
    token: String,
    /// Those that may be brought back, by subject and generation.
    taken: Vec<(String, String)>,
    /// Those that another operation had held back before.
    others: Vec<(String, String)>,
}

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It is tried again and again.
    Pending,
    /// It was given up.
    Failed,
}

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

impl Overruled {
    /// Whether no job was held back.
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.others.is_empty()
    }

    /// The subjects of those that can be brought back.
    pub fn subjects(&self) -> impl Iterator<Item = &str> {
        self.taken.iter().map(|(subject, _)| subject.as_str())
    }
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

    /// The payloads of the pending jobs of these subjects.
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
                    "SELECT payload FROM jobs WHERE provider = $1 AND subject = $2 AND state = 'pending' \
                     AND overruled_until <= $3",
                );
                let pending = pending.bind(provider).bind(*subject).bind(self.0.clock.now());
                if let Some(row) = pending.fetch_optional(self.reader()).await? {
                    found.push(row.try_get(0)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// Holds back the jobs of these subjects for one operation, and waits for attempts that are under way to end. What is
    /// neither [brought back](Self::bring_back) nor [dropped](Self::drop_overruled) comes back by itself when the
    /// store's lease is over: its gateway has died.
    ///
    /// # Errors
    /// `Busy` when an attempt takes longer than `patience`; `Unavailable` when the store cannot be used.
    pub async fn overrule(
        &self,
        provider: &str,
        subjects: &[&str],
        patience: Duration,
    ) -> Result<Overruled, Error> {
        let token = Uuid::new_v4().to_string();
        let mut overruled =
            Overruled { provider: provider.to_owned(), token, taken: Vec::new(), others: Vec::new() };
        if self.never_had_jobs() {
            return Ok(overruled);
        }
        for subject in subjects {
            if let Some((generation, before)) = self.hold_back(&overruled, subject).await? {
                let held = if before { &mut overruled.others } else { &mut overruled.taken };
                held.push(((*subject).to_owned(), generation));
            }
        }
        let deadline = Instant::now() + patience;
        let mut ended = Vec::new();
        let held: Vec<_> = overruled.taken.iter().chain(&overruled.others).cloned().collect();
        for (subject, generation) in held {
            match self.attempt_has_ended(provider, &subject, &generation, deadline).await {
                Ok(true) => ended.push((subject, generation)),
                Ok(false) => {}
                Err(error) => {
                    let mine = Overruled { others: Vec::new(), ..overruled };
                    self.bring_back(&mine, &[]).await?;
                    return Err(error);
                }
            }
        }
        overruled.taken.retain(|held| ended.contains(held));
        Ok(overruled)
    }

    async fn hold_back(&self, overruled: &Overruled, subject: &str) -> Result<Option<(String, bool)>, Error> {
        self.run(async {
            let now = self.0.clock.now();
            let hold = sqlx::query(
                "UPDATE jobs SET overruled_before = CASE WHEN overruled_until > $1 THEN 1 ELSE 0 END, overruler = $2, \
                 overruled_until = $3 WHERE provider = $4 AND subject = $5 AND state = 'pending' \
                 RETURNING generation, overruled_before",
            );
            let hold = hold.bind(now).bind(&overruled.token).bind(after(now, self.0.lease));
            let row = hold.bind(&overruled.provider).bind(subject).fetch_optional(self.writer()).await?;
            row.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? != 0))).transpose()
        })
        .await
    }

    /// Waits for the end of an attempt; says whether the job is still there then.
    async fn attempt_has_ended(
        &self,
        provider: &str,
        subject: &str,
        generation: &str,
        deadline: Instant,
    ) -> Result<bool, Error> {
        loop {
            let lease: Option<i64> = self
                .run(async {
                    let look = sqlx::query(
                        "SELECT lease_until FROM jobs WHERE provider = $1 AND subject = $2 AND generation = $3 \
                         AND state = 'pending'",
                    );
                    let look = look.bind(provider).bind(subject).bind(generation);
                    let row = look.fetch_optional(self.reader()).await?;
                    Ok(row.map(|row| row.try_get(0)).transpose()?)
                })
                .await?;
            match lease {
                None => return Ok(false),
                Some(until) if until <= self.0.clock.now() => return Ok(true),
                Some(_) if Instant::now() > deadline => {
                    let message =
                        "something else is being done with the instance: try again in a few seconds";
                    return Err(Error::new(ErrorKind::Busy, message));
                }
                Some(_) => sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// The operation was not done, but to the subjects in `done`: the jobs of all others go on, unless something else has
    /// been asked of them since.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn bring_back(&self, overruled: &Overruled, done: &[String]) -> Result<(), Error> {
        let (back, dropped): (Vec<_>, Vec<_>) =
            overruled.taken.iter().partition(|(subject, _)| !done.contains(subject));
        for (subject, generation) in back {
            self.run(async {
                let bring = sqlx::query(
                    "UPDATE jobs SET overruler = '', overruled_until = 0 WHERE provider = $1 AND subject = $2 \
                     AND generation = $3 AND overruler = $4",
                );
                let bring = bring.bind(&overruled.provider).bind(subject).bind(generation).bind(&overruled.token);
                bring.execute(self.writer()).await?;
                Ok(())
            })
            .await?;
        }
        self.drop_jobs(overruled, dropped.into_iter()).await
    }

    /// The operation was done: what it has overruled is not wanted any more.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn drop_overruled(&self, overruled: &Overruled) -> Result<(), Error> {
        self.drop_jobs(overruled, overruled.taken.iter()).await
    }

    /// Drops these, whoever holds them back by now, and those that another operation held back, if it is still this one
    /// that does.
    async fn drop_jobs(
        &self,
        overruled: &Overruled,
        taken: impl Iterator<Item = &(String, String)>,
    ) -> Result<(), Error> {
        let others = overruled.others.iter().map(|held| (held, 0_i64));
        for ((subject, generation), whoever) in taken.map(|held| (held, 1_i64)).chain(others) {
            self.run(async {
                let drop = sqlx::query(
                    "DELETE FROM jobs WHERE provider = $1 AND subject = $2 AND generation = $3 AND state = 'pending' \
                     AND (overruler = $4 OR $5 = 1)",
                );
                let drop = drop.bind(&overruled.provider).bind(subject).bind(generation).bind(&overruled.token);
                drop.bind(whoever).execute(self.writer()).await?;
                Ok(())
            })
            .await?;
        }
        Ok(())
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

    fn never_had_jobs(&self) -> bool {
        self.is_in_memory() && !self.0.had_jobs.load(Ordering::Relaxed)
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

fn short(text: &str) -> String {
    text.chars().filter(|character| *character != '\0').take(ERROR_CAP).collect()
}

fn too_many() -> Error {
    Error::new(ErrorKind::LimitReached, "too many instances are waiting to be started or destroyed")
}
