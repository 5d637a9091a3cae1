//! Promises: what a client was told would happen, and has not happened yet.
//!
//! A VM made from a template cannot be started before its disks are unlocked, and one that runs cannot be deleted
//! before it is down; EC2's clients expect both to be taken on at once. The driver promises the operation, a task
//! here repeats it until it is done, and meanwhile (and, for what is gone, an hour longer) the instance shows as the
//! client was told. Promises are kept in memory: they end with the process.
//!
//! **Invariants:** of one instance at most one promise is being kept; whoever wants something else of it first
//! [withdraws](Promises::withdraw) the promise, and goes on only when no attempt of it is under way.

mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep},
};

pub use view::View;
use view::{Shown, Told};

use super::{Cloud, Collected, Driver, Identity, Provider, Tally, Transport};
use crate::model::{Error, ErrorKind, Id, Instance, InstanceState, Kind, Operation};

/// How many promises a provider may have at once.
const MOST: usize = 10_000;
/// How long a promise is tried to be kept.
const PATIENCE: Duration = Duration::from_secs(3600);
/// The pause after the first vain try; each one after it is half as long again, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The promises that were made for one provider.
#[derive(Clone)]
pub struct Promises(Arc<Inner>);

struct Inner {
    provider: Arc<Provider>,
    driver: Arc<dyn Driver>,
    transport: Arc<dyn Transport>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pending: HashMap<Id, Pending>,
    told: Told,
    sequence: u64,
}

/// A promise that is being kept.
struct Pending {
    promise: Promise,
    sequence: u64,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Ended>,
}

/// What was promised: to do `operation` on `instance`, which is `shown` meanwhile, in the name of `identity`.
#[derive(Clone)]
struct Promise {
    identity: Identity,
    operation: Operation,
    instance: Arc<Instance<'static>>,
    shown: InstanceState,
}

/// How the keeping of a promise ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// It was withdrawn before it was kept.
    Withdrawn,
    /// It was kept, or given up.
    Settled,
}

/// Promises that were taken back for an operation, which can be [restored](Promises::restore) when it fails.
#[derive(Default)]
pub struct Withdrawn(Vec<Promise>);

impl Promises {
    /// No promises yet, for a provider whose driver can keep them.
    pub fn new(provider: Arc<Provider>, driver: Arc<dyn Driver>, transport: Arc<dyn Transport>) -> Self {
        Promises(Arc::new(Inner { provider, driver, transport, state: Mutex::default() }))
    }

    /// How many promises are not kept yet.
    pub fn pending(&self) -> usize {
        self.state().pending.len()
    }

    /// Promises `operation` on `instance` in the name of `identity`; it is `shown` meanwhile.
    pub(super) fn add(
        &self,
        identity: &Identity,
        operation: Operation,
        instance: &Instance<'_>,
        shown: InstanceState,
    ) -> Result<(), Error> {
        let instance = Arc::new(instance.clone().into_owned());
        self.make(Promise { identity: identity.clone(), operation, instance, shown })
    }

    fn make(&self, promise: Promise) -> Result<(), Error> {
        let id = Id::from(promise.instance.id.as_ref());
        let mut state = self.state();
        if state.pending.len() >= MOST && !state.pending.contains_key(&id) {
            let message = "too many instances are waiting to be started or destroyed";
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        state.sequence += 1;
        let sequence = state.sequence;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(self.clone().keep(promise.clone(), sequence, stopped));
        let (instance, since) = (Arc::clone(&promise.instance), Instant::now());
        state.told.tell(&promise.identity.user, Shown { state: promise.shown, since, sequence, instance });
        // One that it takes the place of ends by itself: it is told to stop by the drop of its sender.
        state.pending.insert(id, Pending { promise, sequence, stop, task });
        Ok(())
    }

    /// Takes back what was promised of these instances, and waits for an attempt that is under way to end.
    pub async fn withdraw(&self, ids: &[Id]) -> Withdrawn {
        let mut taken = Vec::new();
        {
            let mut state = self.state();
            for id in ids {
                let Some(pending) = state.pending.remove(id) else { continue };
                state.told.take_back(&pending.promise.identity.user, id.as_str(), pending.sequence);
                taken.push(pending);
            }
        }
        let mut withdrawn = Withdrawn::default();
        for Pending { promise, stop, task, .. } in taken {
            drop(stop);
            if matches!(task.await, Ok(Ended::Withdrawn)) {
                withdrawn.0.push(promise);
            }
        }
        withdrawn
    }

    /// Promises again what was withdrawn for an operation that then was not done, but for the instances of which it
    /// was `done`. What has been promised of an instance since stands.
    pub fn restore(&self, withdrawn: Withdrawn, done: impl Fn(&str) -> bool) {
        for promise in withdrawn.0 {
            let id = Id::from(promise.instance.id.as_ref());
            let newer = self.state().pending.contains_key(&id);
            if !newer
                && !done(id.as_str())
                && let Err(error) = self.make(promise)
            {
                tracing::error!(instance = %id, %error, "a promise could not be restored");
            }
        }
    }

    /// Remembers that `instance` is gone.
    pub fn bury(&self, user: &str, instance: Instance<'static>) {
        let mut state = self.state();
        state.sequence += 1;
        let (sequence, since, instance) = (state.sequence, Instant::now(), Arc::new(instance));
        state.told.tell(user, Shown { state: InstanceState::Terminated, since, sequence, instance });
    }

    /// What `user` was told, as it stands now.
    pub fn view(&self, user: &str) -> View {
        self.state().told.view(user)
    }

    async fn keep(self, promise: Promise, sequence: u64, mut stopped: oneshot::Receiver<()>) -> Ended {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        let outcome = loop {
            tokio::select! {
                _ = &mut stopped => return Ended::Withdrawn,
                () = sleep(pause) => {}
            }
            match self.attempt(&promise).await {
                Err(error) if is_passing(error.kind()) && started.elapsed() < PATIENCE => {
                    pause = (pause * 3 / 2).min(LONGEST_PAUSE);
                }
                outcome => break outcome,
            }
        };
        self.settle(&promise, sequence, outcome);
        Ended::Settled
    }

    async fn attempt(&self, promise: &Promise) -> Result<(), Error> {
        let Inner { provider, driver, transport, .. } = &*self.0;
        let (tally, mut collected) = (Tally::default(), Collected::default());
        let identity = &promise.identity;
        let mut cloud = Cloud::new(provider, identity, transport.as_ref(), None, &tally, &mut collected);
        driver.perform(&promise.operation, &mut cloud).await
    }

    /// The promise was kept or given up: what was told of it is taken back, and what is gone is remembered.
    fn settle(&self, promise: &Promise, sequence: u64, outcome: Result<(), Error>) {
        let Promise { identity, operation, instance, .. } = promise;
        let id = Id::from(instance.id.as_ref());
        {
            let mut state = self.state();
            if state.pending.get(&id).is_some_and(|pending| pending.sequence == sequence) {
                state.pending.remove(&id);
            }
            state.told.take_back(&identity.user, id.as_str(), sequence);
        }
        let destroys = matches!(operation, Operation::Destroy(..));
        let gone = matches!(&outcome, Err(error) if error.kind() == ErrorKind::NotFound);
        if destroys && (outcome.is_ok() || gone) {
            self.bury(&identity.user, (**instance).clone());
        }
        match outcome {
            Err(error) if !(destroys && gone) => {
                let provider = &self.0.provider.name;
                tracing::error!(%provider, instance = %id, ?operation, %error, "a promise could not be kept");
            }
            _ => tracing::info!(instance = %id, ?operation, "a promise was kept"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the same may well succeed a little later.
fn is_passing(kind: ErrorKind) -> bool {
    use ErrorKind as E;
    match kind {
        E::Busy | E::IncorrectState | E::NoCapacity | E::RateLimited | E::TimedOut | E::Unreachable => true,
        E::Unexpected => true,
        E::NotFound | E::Denied | E::Unauthenticated | E::Expired | E::Invalid => false,
        E::AlreadyExists | E::LimitReached | E::Unsupported | E::Internal => false,
    }
}

/// The ids of the instances that an operation acts on, of which nothing else is wanted any more.
pub fn superseded(operation: &Operation) -> &[Id] {
    match operation {
        Operation::Act(_, ids) | Operation::Destroy(Kind::Instance, ids) => ids,
        Operation::List(..) | Operation::Show(..) | Operation::Create(_) | Operation::Destroy(..) => &[],
    }
}
