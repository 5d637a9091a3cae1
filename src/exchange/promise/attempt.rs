//! Keeping promises: one attempt after the other, until it is done.

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};

use super::{FIRST_PAUSE, Inner, Promises, REMEMBERED, written::Written};
use crate::{
    exchange::{Cloud, Collected, Identity, Tally},
    model::{Error, ErrorKind, InstanceState, Operation},
    store::{Attempt, JOB_LEASE, Outcome},
};

/// How long a promise is tried to be kept.
const PATIENCE: Duration = Duration::from_secs(3600);
/// How long an instance that was started may take to be up, until when it shows as the client was told.
const COMING: Duration = Duration::from_secs(600);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often is looked what other gateways have left.
const GLANCE: Duration = Duration::from_secs(1);
/// How long is tried to write down how a promise was kept.
const WRITING: Duration = Duration::from_secs(60);

impl Promises {
    /// Keeps the promises, for ever.
    pub async fn keep(self) -> Infallible {
        loop {
            if let Err(error) = self.keep_next().await {
                tracing::warn!(provider = self.name(), %error, "promises cannot be kept for the moment");
                sleep(GLANCE).await;
            }
        }
    }

    /// Begins an attempt to keep the next promise that is due, or waits a while for one.
    async fn keep_next(&self) -> Result<(), Error> {
        let permit = Arc::clone(&self.0.attempts).acquire_owned().await;
        match self.0.store.next_job(self.name()).await? {
            Some(Duration::ZERO) => {
                if let Some(attempt) = self.0.store.take_job(self.name()).await? {
                    let promises = self.clone();
                    tokio::spawn(async move {
                        promises.attempt(attempt).await;
                        drop(permit);
                    });
                }
            }
            next => {
                drop(permit);
                tokio::select! {
                    () = sleep(next.unwrap_or(GLANCE).min(GLANCE)) => {}
                    () = self.0.added.notified() => {}
                }
            }
        }
        Ok(())
    }

    async fn attempt(&self, attempt: Attempt) {
        let written = match Written::read(&attempt.job.payload) {
            Ok(written) => written,
            Err(error) => {
                return self.write(&attempt, || Noted::Ended(Outcome::Failed(error.to_string()))).await;
            }
        };
        let identity = Identity { user: attempt.job.user.clone(), password: attempt.job.password.clone() };
        let next = written.next();
        let result = tokio::select! {
            result = self.perform(&next, &identity) => result,
            () = self.lease_is_lost(&attempt) => {
                let instance = &attempt.job.subject;
                return tracing::warn!(%instance, "the keeping of a promise was broken off: another gateway may do it");
            }
        };
        match (result, written.begun) {
            (Ok(state), None) if written.comes_later(state) => self.begin(&attempt, &written).await,
            (Ok(state), Some(begun)) if written.comes_later(state) && age(begun) < COMING => {
                let pause = pause(attempt.attempts);
                self.write(&attempt, || Noted::PutOff(pause, "it is not up yet".to_owned())).await;
            }
            (result, _) => self.settle(&attempt, &written, result.map(drop)).await,
        }
    }

    /// Does it; the state of the instance then, where that is told.
    async fn perform(
        &self,
        operation: &Operation,
        identity: &Identity,
    ) -> Result<Option<InstanceState>, Error> {
        let Inner { provider, driver, transport, .. } = &*self.0;
        let (tally, mut collected) = (Tally::default(), Collected::default());
        let mut cloud = Cloud::new(provider, identity, transport.as_ref(), None, &tally, &mut collected);
        driver.perform(operation, &mut cloud).await?;
        Ok(collected.0.last().map(|instance| instance.state))
    }

    /// What was promised has been done, and does not show yet.
    async fn begin(&self, attempt: &Attempt, written: &Written) {
        match written.clone().begun_at(Timestamp::now()).text() {
            Ok(payload) => self.write(attempt, || Noted::Begun(payload.clone())).await,
            Err(error) => self.settle(attempt, written, Err(error)).await,
        }
    }

    /// Renews the lease; ends when that is no more, or cannot be told in time.
    async fn lease_is_lost(&self, attempt: &Attempt) {
        let mut renewed = Instant::now();
        loop {
            sleep(JOB_LEASE / 4).await;
            let asked = Instant::now();
            match timeout(JOB_LEASE / 4, self.0.store.renew_lease(attempt)).await {
                Ok(Ok(true)) => renewed = asked,
                Ok(Ok(false)) => return,
                _unknown if renewed.elapsed() >= JOB_LEASE / 2 => return,
                _unknown => {}
            }
        }
    }

    /// The promise was kept, is put off or given up.
    async fn settle(&self, attempt: &Attempt, written: &Written, result: Result<(), Error>) {
        let (provider, instance, operation) =
            (self.name(), attempt.job.subject.as_str(), written.operation());
        let destroys = matches!(operation, Operation::Destroy(..));
        let gone = destroys && result.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
        let (since, patience) = written.begun.map_or((attempt.since, PATIENCE), |begun| (begun, COMING));
        match result {
            Err(error) if is_passing(error.kind()) && age(since) < patience => {
                self.write(attempt, || Noted::PutOff(pause(attempt.attempts), error.to_string())).await;
            }
            // Only that it shows was waited for.
            Err(error) if !gone && written.begun.is_none() => {
                tracing::error!(%provider, %instance, ?operation, %error, "a promise could not be kept");
                self.write(attempt, || Noted::Ended(Outcome::Failed(error.to_string()))).await;
            }
            _ => {
                tracing::info!(%provider, %instance, ?operation, "a promise was kept");
                let outcome = || if destroys { Outcome::Gone(REMEMBERED) } else { Outcome::Done };
                self.write(attempt, || Noted::Ended(outcome())).await;
            }
        }
    }

    /// Writes down how an attempt ended, again and again while the store is away.
    async fn write(&self, attempt: &Attempt, noted: impl Fn() -> Noted) {
        let deadline = Instant::now() + WRITING;
        loop {
            let written = match noted() {
                Noted::PutOff(pause, error) => self.0.store.put_job_off(attempt, pause, &error).await,
                Noted::Begun(payload) => self.0.store.change_job(attempt, FIRST_PAUSE, &payload).await,
                Noted::Ended(outcome) => self.0.store.end_job(attempt, outcome).await,
            };
            match written {
                Err(error) if Instant::now() < deadline => {
                    tracing::warn!(instance = %attempt.job.subject, %error, "how a promise was kept is not written yet");
                    sleep(GLANCE).await;
                }
                Err(error) => {
                    let instance = &attempt.job.subject;
                    return tracing::error!(%instance, %error, "how a promise was kept is not written: it is tried again");
                }
                Ok(()) => return,
            }
        }
    }
}

/// What is written down of an attempt.
enum Noted {
    PutOff(Duration, String),
    /// With what there is to be done next.
    Begun(String),
    Ended(Outcome),
}

fn age(since: Timestamp) -> Duration {
    Timestamp::now().duration_since(since).unsigned_abs()
}

/// The pause after so many vain tries and one more.
fn pause(attempts: u32) -> Duration {
    let longer = |pause: Duration, _| (pause * 3 / 2).min(LONGEST_PAUSE);
    (0..=attempts.min(16)).fold(FIRST_PAUSE, longer)
}

/// Whether the same may well succeed a little later.
fn is_passing(kind: ErrorKind) -> bool {
    use ErrorKind as E;
    match kind {
        E::Busy | E::IncorrectState | E::NoCapacity | E::RateLimited | E::TimedOut | E::Unreachable => true,
        E::Unexpected | E::Unavailable => true,
        E::NotFound | E::Denied | E::Unauthenticated | E::Expired => false,
        E::Protected
        | E::Reused
        | E::Invalid
        | E::TooLong
        | E::AlreadyExists
        | E::LimitReached
        | E::Unsupported
        | E::Internal => false,
    }
}
