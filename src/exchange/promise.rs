//! Promises: what a client was told would happen, and has not happened yet.
//!
//! A VM made from a template cannot be started before its disks are unlocked, and one that runs cannot be deleted
//! before it is down; EC2's clients expect both to be taken on at once. The driver promises the operation, a task
//! here repeats it until it is done, and meanwhile (and, for what is gone, an hour longer) the instance shows as the
//! client was told. Promises are kept in memory: they end with the process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::AbortHandle,
    time::{Instant, sleep},
};

use super::{Cloud, Collected, Driver, Identity, Provider, Tally, Transport};
use crate::model::{Error, ErrorKind, Health, Id, Instance, InstanceState, Kind, Operation};

/// How many promises and memories of terminated instances a provider may have at once.
const MOST: usize = 10_000;
/// How long a promise is tried to be kept.
const PATIENCE: Duration = Duration::from_secs(3600);
/// How long a terminated instance is shown: EC2's clients wait to see it `terminated`, and fail when it is not found.
const REMEMBERED: Duration = Duration::from_secs(3600);
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
    pending: AtomicUsize,
    entries: Mutex<HashMap<Id, Promise>>,
}

#[derive(Clone)]
struct Promise {
    user: String,
    shown: InstanceState,
    since: Instant,
    instance: Instance<'static>,
    work: Option<AbortHandle>,
}

impl Promises {
    /// No promises yet, for a provider whose driver can keep them.
    pub fn new(provider: Arc<Provider>, driver: Arc<dyn Driver>, transport: Arc<dyn Transport>) -> Self {
        let (pending, entries) = (AtomicUsize::new(0), Mutex::default());
        Promises(Arc::new(Inner { provider, driver, transport, pending, entries }))
    }

    /// How many promises are not kept yet.
    pub fn pending(&self) -> usize {
        self.0.pending.load(Ordering::Relaxed)
    }

    /// Promises `operation` on `instance` in the name of `identity`, in place of what was promised of it before; it is
    /// `shown` meanwhile.
    pub(super) fn add(
        &self,
        identity: &Identity,
        operation: Operation,
        instance: &Instance<'_>,
        shown: InstanceState,
    ) -> Result<(), Error> {
        let id = Id::from(instance.id.as_ref());
        self.make_room()?;
        self.supersede(std::slice::from_ref(&id), Instant::now());
        let keep = self.clone().keep(id.clone(), identity.clone(), operation);
        let work = Some(tokio::spawn(keep).abort_handle());
        self.0.pending.fetch_add(1, Ordering::Relaxed);
        let instance = instance.clone().into_owned();
        let promise = Promise { user: identity.user.clone(), shown, since: Instant::now(), instance, work };
        self.entries().insert(id, promise);
        Ok(())
    }

    /// Drops what was promised of these instances before `moment`: the client has since had something else done.
    pub fn supersede(&self, ids: &[Id], moment: Instant) {
        let mut entries = self.entries();
        for id in ids {
            let older = entries.get(id).filter(|promise| promise.since < moment);
            if let Some(work) = older.and_then(|promise| promise.work.as_ref()) {
                work.abort();
                self.0.pending.fetch_sub(1, Ordering::Relaxed);
                entries.remove(id);
            }
        }
    }

    /// Remembers that `instance` is gone.
    pub fn bury(&self, user: &str, instance: Instance<'static>) {
        if self.make_room().is_err() {
            return;
        }
        let id = Id::from(instance.id.as_ref());
        let (user, shown, since) = (user.to_owned(), InstanceState::Terminated, Instant::now());
        self.entries().insert(id, Promise { user, shown, since, instance, work: None });
    }

    /// What was promised to `user`, as it stands now.
    pub fn view(&self, user: &str) -> View {
        let entries = self.entries();
        let mine = entries.iter().filter(|(_, promise)| promise.user == user);
        let remembered =
            mine.filter(|(_, promise)| promise.work.is_some() || promise.since.elapsed() < REMEMBERED);
        View(remembered.map(|(id, promise)| (id.as_str().into(), promise.clone())).collect())
    }

    async fn keep(self, id: Id, identity: Identity, operation: Operation) {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        let outcome = loop {
            sleep(pause).await;
            match self.attempt(&identity, &operation).await {
                Err(error) if is_passing(error.kind()) && started.elapsed() < PATIENCE => {
                    pause = (pause * 3 / 2).min(LONGEST_PAUSE);
                }
                outcome => break outcome,
            }
        };
        self.settle(&id, &identity, &operation, outcome);
    }

    async fn attempt(&self, identity: &Identity, operation: &Operation) -> Result<(), Error> {
        let Inner { provider, driver, transport, .. } = &*self.0;
        let (tally, mut collected) = (Tally::default(), Collected::default());
        let mut cloud = Cloud::new(provider, identity, transport.as_ref(), None, &tally, &mut collected);
        driver.perform(operation, &mut cloud).await
    }

    fn settle(&self, id: &Id, identity: &Identity, operation: &Operation, outcome: Result<(), Error>) {
        let Some(promise) = self.entries().remove(id) else { return };
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
        let gone = matches!(&outcome, Err(error) if error.kind() == ErrorKind::NotFound);
        let kept = outcome.is_ok() || gone;
        if kept && matches!(operation, Operation::Destroy(..)) {
            self.bury(&identity.user, promise.instance);
        }
        match outcome {
            Err(error) if !kept => {
                let provider = &self.0.provider.name;
                tracing::error!(%provider, instance = %id, ?operation, %error, "a promise could not be kept");
            }
            _ => tracing::info!(instance = %id, ?operation, "a promise was kept"),
        }
    }

    fn make_room(&self) -> Result<(), Error> {
        let mut entries = self.entries();
        if entries.len() >= MOST {
            entries.retain(|_, promise| promise.work.is_some() || promise.since.elapsed() < REMEMBERED);
        }
        if entries.len() < MOST {
            return Ok(());
        }
        Err(Error::new(ErrorKind::LimitReached, "too many instances are waiting to be started or destroyed"))
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Id, Promise>> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
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

/// What one user was promised, at one moment.
#[derive(Default)]
pub struct View(HashMap<String, Promise>);

impl View {
    /// Whether nothing was promised: the common case.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The instance as the user was told it would be; none when nothing was told of it, or it is so already.
    ///
    /// What was buried but is still listed is on its way out.
    pub fn amend<'a>(&self, instance: &Instance<'a>) -> Option<Instance<'a>> {
        use InstanceState as S;
        let promise = self.0.get(instance.id.as_ref())?;
        let at_rest = matches!(instance.state, S::Stopped | S::Locked | S::Creating);
        let state = match promise.shown {
            S::Terminated | S::Terminating => S::Terminating,
            S::Rebooting if at_rest || matches!(instance.state, S::Stopping | S::Starting) => S::Rebooting,
            S::Starting if at_rest => S::Starting,
            _ => return None,
        };
        Some(Instance { state, ..instance.clone() })
    }

    /// The instances that the cloud no longer shows and the user still expects to see.
    pub fn departed(&self) -> impl Iterator<Item = Instance<'_>> {
        let leaving = |promise: &&Promise| {
            matches!(promise.shown, InstanceState::Terminating | InstanceState::Terminated)
        };
        self.0.values().filter(leaving).map(|promise| Instance {
            state: promise.shown,
            health: Health::Unknown,
            addresses: Default::default(),
            interfaces: Default::default(),
            attachments: Default::default(),
            ..promise.instance.clone()
        })
    }

    /// The instance with this id, if it is gone for good.
    pub fn terminated(&self, id: &Id) -> Option<Instance<'_>> {
        let gone = |instance: &Instance<'_>| instance.state == InstanceState::Terminated;
        self.departed().find(|instance| instance.id == id.as_str()).filter(gone)
    }
}

/// The ids of the instances that an operation acts on, of which nothing else is wanted any more.
pub fn superseded(operation: &Operation) -> &[Id] {
    match operation {
        Operation::Act(_, ids) | Operation::Destroy(Kind::Instance, ids) => ids,
        Operation::List(..) | Operation::Show(..) | Operation::Create(_) | Operation::Destroy(..) => &[],
    }
}
