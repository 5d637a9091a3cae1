//! Promises: what a client was told would happen, and has not happened yet.
//!
//! A VM made from a template cannot be started before its disks are unlocked, and one that runs cannot be deleted
//! before it is down; EC2's clients expect both to be taken on at once. The driver promises the operation, which becomes
//! a job in the store; the gateways that share it repeat it until it is done, and meanwhile (and, for what is gone, an
//! hour longer) the instance shows as the client was told. A gateway that dies leaves its promises to the others, or
//! to itself when it is back: they are lost only with a store in memory.
//!
//! **Invariants:** of one instance at most one promise is being kept, by one gateway; whoever wants something else of
//! it first [withdraws](Promises::withdraw) the promise, and goes on only when no attempt of it is under way. What was
//! overruled by one operation is not brought back by the failure of another. Every promise may be kept twice without
//! harm, because a gateway may die between keeping it and writing that down: what runs is not started again, and what is
//! gone is not missed.

mod view;
mod written;

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, sleep},
};

pub use view::View;
use written::Written;

use super::{Cloud, Collected, Driver, Identity, Provider, Tally, Transport};
use crate::{
    model::{Error, ErrorKind, Id, Instance, InstanceState, Kind, Operation},
    store::{Attempt, JOB_LEASE, Job, JobState, Outcome, Overruled, Store},
};

/// How many promises are tried to be kept at the same moment.
const AT_ONCE: usize = 16;
/// How long a promise is tried to be kept.
const PATIENCE: Duration = Duration::from_secs(3600);
/// The pause after the first vain try; each one after it is half as long again, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often is looked what other gateways have left.
const GLANCE: Duration = Duration::from_secs(1);
/// How long a terminated instance is shown: EC2's clients wait to see it `terminated`, and fail when it is not found.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// How long is tried to write down how a promise was kept.
const WRITING: Duration = Duration::from_secs(60);

/// The promises that were made for one provider.
#[derive(Clone)]
pub struct Promises(Arc<Inner>);

struct Inner {
    provider: Arc<Provider>,
    driver: Arc<dyn Driver>,
    transport: Arc<dyn Transport>,
    store: Store,
    attempts: Arc<Semaphore>,
    /// Something was promised here.
    added: Notify,
}

/// Promises that were taken back for an operation, which can be [restored](Withdrawn::restore) when it fails. When it
/// is dropped, they are given up.
pub struct Withdrawn {
    promises: Promises,
    overruled: Option<Overruled>,
}

impl Promises {
    /// The promises for a provider whose driver can keep them, written down in `store`. They are kept by
    /// [`keep`](Self::keep).
    pub fn new(
        provider: Arc<Provider>,
        driver: Arc<dyn Driver>,
        transport: Arc<dyn Transport>,
        store: Store,
    ) -> Self {
        let attempts = Arc::new(Semaphore::new(AT_ONCE));
        Promises(Arc::new(Inner { provider, driver, transport, store, attempts, added: Notify::new() }))
    }

    /// How many promises are in this state.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn count(&self, state: JobState) -> Result<u64, Error> {
        self.0.store.count_jobs(self.name(), state).await
    }

    /// Finds out whether something can be promised, before anything is done that needs it.
    ///
    /// # Errors
    /// `Unavailable` when nothing can be written down.
    pub async fn ready(&self) -> Result<(), Error> {
        self.0.store.can_write().await
    }

    /// Promises `operation` on `instance` in the name of `identity`; it is `shown` meanwhile.
    pub(super) async fn add(
        &self,
        identity: &Identity,
        operation: &Operation,
        instance: &Instance<'_>,
        shown: InstanceState,
    ) -> Result<(), Error> {
        let written = Written::new(operation, instance, shown)?;
        let job = Job {
            subject: instance.id.clone().into_owned(),
            user: identity.user.clone(),
            password: identity.password.clone(),
            kind: written.kind().to_owned(),
            payload: written.text()?,
            pause: FIRST_PAUSE,
        };
        self.0.store.add_job(self.name(), &job).await?;
        self.0.added.notify_one();
        Ok(())
    }

    /// What was promised of these instances and is not done yet, as the operations that will do it.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn outstanding(&self, ids: &[Id]) -> Result<Vec<Operation>, Error> {
        let pending = self.0.store.pending(self.name(), &texts(ids)).await?;
        pending.iter().map(|text| Written::read(text).map(|written| written.operation())).collect()
    }

    /// Takes back what was promised of these instances, and waits for an attempt that is under way to end.
    ///
    /// # Errors
    /// `Busy` when an attempt does not end; `Unavailable` when the store cannot be used. Nothing is taken back then.
    pub async fn withdraw(&self, ids: &[Id]) -> Result<Withdrawn, Error> {
        let mut withdrawn = Withdrawn { promises: self.clone(), overruled: None };
        if !ids.is_empty() {
            let patience = self.0.provider.endpoint.operation_timeout;
            let overruled = Box::pin(self.0.store.overrule(self.name(), &texts(ids), patience)).await?;
            withdrawn.overruled = Some(overruled).filter(|overruled| !overruled.is_empty());
        }
        Ok(withdrawn)
    }

    /// Remembers that `instance` is gone. It is only shown less nicely where that fails.
    pub async fn bury(&self, user: &str, instance: Instance<'static>) {
        let written = Written::gone(&instance);
        let buried = async {
            let payload = written.text()?;
            self.0.store.show_gone(self.name(), &instance.id, user, &payload, REMEMBERED).await
        };
        if let Err(error) = buried.await {
            tracing::warn!(instance = %instance.id, %error, "an instance that is gone will not be shown");
        }
    }

    /// What `user` was told, as it stands now.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn view(&self, user: &str) -> Result<View, Error> {
        View::of(&self.0.store.told(self.name(), user).await?)
    }

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
        let operation = written.operation();
        let result = tokio::select! {
            result = self.perform(&operation, &identity) => result,
            () = self.lease_is_lost(&attempt) => {
                let instance = &attempt.job.subject;
                return tracing::warn!(%instance, "the keeping of a promise was broken off: another gateway may do it");
            }
        };
        self.settle(&attempt, &operation, result).await;
    }

    async fn perform(&self, operation: &Operation, identity: &Identity) -> Result<(), Error> {
        let Inner { provider, driver, transport, .. } = &*self.0;
        let (tally, mut collected) = (Tally::default(), Collected::default());
        let mut cloud = Cloud::new(provider, identity, transport.as_ref(), None, &tally, &mut collected);
        driver.perform(operation, &mut cloud).await
    }

    /// Renews the lease; ends when that is no more, or cannot be told in time.
    async fn lease_is_lost(&self, attempt: &Attempt) {
        let mut renewed = Instant::now();
        loop {
            sleep(JOB_LEASE / 4).await;
            match self.0.store.renew_lease(attempt).await {
                Ok(true) => renewed = Instant::now(),
                Ok(false) => return,
                Err(_) if renewed.elapsed() > JOB_LEASE / 2 => return,
                Err(_) => {}
            }
        }
    }

    /// The promise was kept, is put off or given up.
    async fn settle(&self, attempt: &Attempt, operation: &Operation, result: Result<(), Error>) {
        let (provider, instance) = (self.name(), attempt.job.subject.as_str());
        let destroys = matches!(operation, Operation::Destroy(..));
        let gone = destroys && result.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
        let age = Timestamp::now().duration_since(attempt.since).unsigned_abs();
        match result {
            Err(error) if is_passing(error.kind()) && age < PATIENCE => {
                self.write(attempt, || Noted::PutOff(pause(attempt.attempts), error.to_string())).await;
            }
            Err(error) if !gone => {
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

    fn name(&self) -> &str {
        &self.0.provider.name
    }
}

/// What is written down of an attempt.
enum Noted {
    PutOff(Duration, String),
    Ended(Outcome),
}

impl Withdrawn {
    /// The operation was done: what was withdrawn for it is not wanted any more.
    pub async fn give_up(mut self) {
        if let Some(overruled) = self.overruled.take() {
            self.promises.give_up(overruled).await;
        }
    }

    /// Promises again what was withdrawn for an operation that then was not done, but for the instances of which it
    /// was `done`, and for those of which something else has been asked since.
    pub fn restore(mut self, done: impl Fn(&str) -> bool) -> impl Future<Output = ()> {
        let overruled = self.overruled.take();
        let done: Vec<String> =
            overruled.iter().flat_map(Overruled::subjects).filter(|id| done(id)).map(str::to_owned).collect();
        async move {
            let Some(overruled) = overruled else { return };
            match self.promises.0.store.bring_back(&overruled, &done).await {
                Ok(()) => self.promises.0.added.notify_one(),
                Err(error) => tracing::error!(%error, "promises are restored only later"),
            }
        }
    }
}

/// Nobody knows how the operation ended: its client went away.
impl Drop for Withdrawn {
    fn drop(&mut self) {
        if let Some(overruled) = self.overruled.take() {
            let promises = self.promises.clone();
            tokio::spawn(async move { promises.give_up(overruled).await });
        }
    }
}

impl Promises {
    async fn give_up(&self, overruled: Overruled) {
        if let Err(error) = self.0.store.drop_overruled(&overruled).await {
            tracing::error!(%error, "promises that were overruled may be kept nevertheless");
        }
    }
}

fn texts(ids: &[Id]) -> Vec<&str> {
    ids.iter().map(Id::as_str).collect()
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

/// The ids of the instances that an operation acts on, of which nothing else is wanted any more.
pub fn superseded(operation: &Operation) -> &[Id] {
    match operation {
        Operation::Act(_, ids) | Operation::Destroy(Kind::Instance, ids) => ids,
        Operation::List(..) | Operation::Show(..) | Operation::Create(_) | Operation::Destroy(..) => &[],
        Operation::Read(_) | Operation::Change(..) => &[],
        Operation::CreateWith(..) | Operation::Tag(..) | Operation::Note(..) => &[],
    }
}
