//! Promises: what a client was told would happen, and has not happened yet.
//!
//! A VM made from a template cannot be started before its disks are unlocked, and one that runs cannot be deleted
//! before it is down; EC2's clients expect both to be taken on at once. The driver promises the operation, a task
//! here repeats it until it is done, and meanwhile (and, for what is gone, an hour longer) the instance shows as the
//! client was told. Promises are kept in memory: they end with the process.
//!
//! **Invariants:** of one instance at most one promise is being kept; whoever wants something else of it first
//! [withdraws](Promises::withdraw) the promise, and goes on only when no attempt of it is under way. What was overruled
//! by one operation is not brought back by the failure of another.

mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, oneshot, watch},
    time::{Instant, sleep},
};

pub use view::View;
use view::{Shown, Told};

use super::{Cloud, Collected, Driver, Identity, Provider, Tally, Transport};
use crate::model::{Error, ErrorKind, Id, Instance, InstanceState, Kind, Operation};

/// How many promises a provider may have at once.
const MOST: usize = 10_000;
/// How many promises are tried to be kept at the same moment.
const AT_ONCE: usize = 16;
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
    attempts: Semaphore,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pending: HashMap<Id, Pending>,
    /// Instances of which a promise was withdrawn, while something is done to them.
    overruled: HashMap<Id, Overruled>,
    told: Told,
    sequence: u64,
}

/// A promise that is being kept.
struct Pending {
    promise: Promise,
    sequence: u64,
    stop: oneshot::Sender<()>,
    ended: watch::Receiver<Option<Ended>>,
}

/// Operations on one instance, of which the first has withdrawn a promise.
struct Overruled {
    operations: usize,
    /// The number of the one that began last.
    latest: u64,
    /// The end of the withdrawn promise's last attempt, which they all wait for.
    ended: watch::Receiver<Option<Ended>>,
}

/// What was promised: to do `operation` on `instance`, which is `shown` meanwhile, in the name of `identity`.
#[derive(Clone)]
struct Promise {
    identity: Identity,
    operation: Operation,
    instance: Arc<Instance<'static>>,
    shown: InstanceState,
    since: Instant,
}

/// How the keeping of a promise ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// It was withdrawn before it was kept.
    Withdrawn,
    /// It was kept, or given up.
    Settled,
}

/// Promises that were taken back for an operation, which can be [restored](Withdrawn::restore) when it fails.
pub struct Withdrawn {
    promises: Promises,
    /// The operation's number.
    sequence: u64,
    ids: Vec<Id>,
    taken: Vec<Promise>,
}

impl Promises {
    /// No promises yet, for a provider whose driver can keep them.
    pub fn new(provider: Arc<Provider>, driver: Arc<dyn Driver>, transport: Arc<dyn Transport>) -> Self {
        let (attempts, state) = (Semaphore::new(AT_ONCE), Mutex::default());
        Promises(Arc::new(Inner { provider, driver, transport, attempts, state }))
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
        let (identity, since) = (identity.clone(), Instant::now());
        self.make(&mut self.state(), Promise { identity, operation, instance, shown, since })
    }

    fn make(&self, state: &mut State, promise: Promise) -> Result<(), Error> {
        let id = Id::from(promise.instance.id.as_ref());
        if state.pending.len() >= MOST && !state.pending.contains_key(&id) {
            let message = "too many instances are waiting to be started or destroyed";
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        state.sequence += 1;
        let sequence = state.sequence;
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = watch::channel(None);
        let keeping = self.clone().keep(promise.clone(), sequence, stopped);
        tokio::spawn(async move { end.send_replace(Some(keeping.await)) });
        let (instance, since) = (Arc::clone(&promise.instance), Instant::now());
        state.told.tell(&promise.identity.user, Shown { state: promise.shown, since, sequence, instance });
        // One that it takes the place of ends by itself: it is told to stop by the drop of its sender.
        state.pending.insert(id, Pending { promise, sequence, stop, ended });
        Ok(())
    }

    /// What was promised of these instances and is not done yet, as the operations that will do it.
    pub fn outstanding(&self, ids: &[Id]) -> Vec<Operation> {
        let state = self.state();
        ids.iter().filter_map(|id| Some(state.pending.get(id)?.promise.operation.clone())).collect()
    }

    /// Takes back what was promised of these instances, and waits for an attempt that is under way to end.
    pub async fn withdraw(&self, ids: &[Id]) -> Withdrawn {
        let (mut withdrawn, endings) = self.begin(ids);
        for mut ended in endings {
            // A promise whose task is gone without a word is not being kept either.
            let _ = ended.wait_for(Option::is_some).await;
        }
        let state = self.state();
        let was_withdrawn = |promise: &Promise| {
            let overruled = state.overruled.get(promise.instance.id.as_ref() as &str);
            overruled.is_some_and(|overruled| *overruled.ended.borrow() == Some(Ended::Withdrawn))
        };
        withdrawn.taken.retain(was_withdrawn);
        drop(state);
        withdrawn
    }

    fn begin(&self, ids: &[Id]) -> (Withdrawn, Vec<watch::Receiver<Option<Ended>>>) {
        let mut state = self.state();
        state.sequence += 1;
        let sequence = state.sequence;
        let mut withdrawn =
            Withdrawn { promises: self.clone(), sequence, ids: Vec::new(), taken: Vec::new() };
        let mut endings = Vec::new();
        for id in ids {
            if let Some(Pending { promise, sequence, stop, ended }) = state.pending.remove(id) {
                state.told.take_back(&promise.identity.user, id.as_str(), sequence);
                drop(stop);
                withdrawn.taken.push(promise);
                let operations = state.overruled.remove(id).map_or(0, |overruled| overruled.operations);
                state.overruled.insert(id.clone(), Overruled { operations, latest: 0, ended });
            }
            if let Some(overruled) = state.overruled.get_mut(id) {
                overruled.operations += 1;
                overruled.latest = sequence;
                endings.push(overruled.ended.clone());
                withdrawn.ids.push(id.clone());
            }
        }
        drop(state);
        (withdrawn, endings)
    }

    /// Remembers that `instance` is gone.
    pub fn bury(&self, user: &str, instance: Instance<'static>) {
        self.state().bury(user, instance);
    }

    /// What `user` was told, as it stands now.
    pub fn view(&self, user: &str) -> View {
        self.state().told.view(user)
    }

    async fn keep(self, promise: Promise, sequence: u64, mut stopped: oneshot::Receiver<()>) -> Ended {
        let mut pause = FIRST_PAUSE;
        let outcome = loop {
            let turn = async {
                sleep(pause).await;
                self.0.attempts.acquire().await
            };
            let turn = tokio::select! {
                _ = &mut stopped => return Ended::Withdrawn,
                turn = turn => turn,
            };
            let outcome = self.attempt(&promise).await;
            drop(turn);
            match outcome {
                Err(error) if is_passing(error.kind()) && promise.since.elapsed() < PATIENCE => {
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
        let destroys = matches!(operation, Operation::Destroy(..));
        let gone = matches!(&outcome, Err(error) if error.kind() == ErrorKind::NotFound);
        {
            let mut state = self.state();
            if state.pending.get(&id).is_some_and(|pending| pending.sequence == sequence) {
                state.pending.remove(&id);
            }
            state.told.take_back(&identity.user, id.as_str(), sequence);
            if destroys && (outcome.is_ok() || gone) {
                state.bury(&identity.user, (**instance).clone());
            }
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

impl State {
    fn bury(&mut self, user: &str, instance: Instance<'static>) {
        self.sequence += 1;
        let (sequence, since, instance) = (self.sequence, Instant::now(), Arc::new(instance));
        self.told.tell(user, Shown { state: InstanceState::Terminated, since, sequence, instance });
    }
}

impl Withdrawn {
    /// Promises again what was withdrawn for an operation that then was not done, but for the instances of which it
    /// was `done`, and for those of which something else has been asked since.
    pub fn restore(mut self, done: impl Fn(&str) -> bool) {
        let promises = self.promises.clone();
        let mut state = promises.state();
        for promise in std::mem::take(&mut self.taken) {
            let id = promise.instance.id.to_string();
            let is_last = state.overruled.get(id.as_str()).is_some_and(|over| over.latest == self.sequence);
            let newer = state.pending.contains_key(id.as_str());
            if is_last
                && !newer
                && !done(&id)
                && let Err(error) = promises.make(&mut state, promise)
            {
                tracing::error!(instance = %id, %error, "a promise could not be restored");
            }
        }
    }
}

/// The operation is over: what it has overruled may be forgotten when it was the last.
impl Drop for Withdrawn {
    fn drop(&mut self) {
        if self.ids.is_empty() {
            return;
        }
        let mut state = self.promises.state();
        for id in &self.ids {
            if let Some(overruled) = state.overruled.get_mut(id) {
                overruled.operations -= 1;
                if overruled.operations == 0 {
                    state.overruled.remove(id);
                }
            }
        }
    }
}

/// Whether the same may well succeed a little later.
fn is_passing(kind: ErrorKind) -> bool {
    use ErrorKind as E;
    match kind {
        E::Busy | E::IncorrectState | E::NoCapacity | E::RateLimited | E::TimedOut | E::Unreachable => true,
        E::Unexpected => true,
        E::NotFound | E::Denied | E::Unauthenticated | E::Expired => false,
        E::Invalid | E::TooLong | E::AlreadyExists | E::LimitReached | E::Unsupported | E::Internal => false,
    }
}

/// The ids of the instances that an operation acts on, of which nothing else is wanted any more.
pub fn superseded(operation: &Operation) -> &[Id] {
    match operation {
        Operation::Act(_, ids) | Operation::Destroy(Kind::Instance, ids) => ids,
        Operation::List(..) | Operation::Show(..) | Operation::Create(_) | Operation::Destroy(..) => &[],
        Operation::Read(_) | Operation::Change(..) => &[],
        Operation::CreateWith(..) | Operation::Tag(..) => &[],
    }
}
