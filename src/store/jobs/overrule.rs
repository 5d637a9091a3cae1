//! Holding jobs back for an operation that wants something else of their subjects.

use std::time::Duration;

use sqlx::Row;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    model::{Error, ErrorKind},
    store::{Store, client_tokens::after},
};

/// How often is looked whether the attempt of another gateway has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

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

impl Store {
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
}
