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

mod attempt;
mod view;
mod withdrawn;
mod written;

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, Semaphore};

pub use view::View;
pub use withdrawn::Withdrawn;
use written::Written;

use super::{Driver, Identity, Provider, Transport};
use crate::{
    model::{Error, Id, Instance, InstanceState, Kind, Operation},
    store::{Job, JobState, Store},
};

/// How many promises are tried to be kept at the same moment.
const AT_ONCE: usize = 16;
/// The pause after the first vain try; each one after it is half as long again, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long a terminated instance is shown: EC2's clients wait to see it `terminated`, and fail when it is not found.
const REMEMBERED: Duration = Duration::from_secs(3600);

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

    fn name(&self) -> &str {
        &self.0.provider.name
    }
}

fn texts(ids: &[Id]) -> Vec<&str> {
    ids.iter().map(Id::as_str).collect()
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
