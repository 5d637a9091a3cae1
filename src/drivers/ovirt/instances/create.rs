//! Instances are created from a template in a cluster, a few at a time, and started when the engine has unlocked their
//! disks.
//!
//! The first start needs no word about cloud-init: an engine uses a VM's initialization at its first start by itself
//! (`RunVmCommand`), and at no other, which keeps the guest's identity.
//!
//! **Invariant:** a call that creates is never dropped while it is out and never sent again. When it is not known what
//! became of one, the VM is looked for by its name, so that none is left of which nobody knows.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, timeout_at};

use super::{
    super::{
        CONCURRENCY, call::Call, faults, hardware_profiles::InstanceTypes, names::Names, network_interfaces,
        places::items, search, session::Session,
    },
    Vm, act,
    plan::Plan,
    vm,
};
use crate::{
    exchange::Cloud,
    model::{
        Action, Count, Error, ErrorKind, Id, Instance, InstanceSpec, InstanceState, Kind, Operation, Resource,
    },
};

/// How many names are tried for one VM.
const NAMES_TRIED: usize = 3;
/// How much of the time that an operation may take is left for finding out what became of calls that were not
/// answered, as a divisor.
const LEFT_FOR_LOOKING: u32 = 4;
/// How far the clocks of the engine and the gateway may be apart for a VM to be known as new.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(2);

/// One creation: what all its VMs have alike, and how far it may go on.
struct Creation<'s> {
    session: &'s Session<'s>,
    plan: Plan,
    names: Names,
    types: Arc<InstanceTypes>,
    began: Timestamp,
    /// No call that creates is waited for beyond this moment.
    last: Instant,
    /// Whether one VM could not be made, after which no other is begun.
    failed: AtomicBool,
}

/// Two calls or a few, most of them kept from before, and one for each VM.
pub(in super::super) async fn create(
    session: &Session<'_>,
    spec: &InstanceSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let Count { min, max } = spec.count;
    if min == 0 || max < min {
        return Err(Error::new(
            ErrorKind::Invalid,
            "at least one instance is created, and no less than the least",
        ));
    }
    let creation = Creation::new(session, spec).await?;
    let (made, failure) = creation.make_all(max).await;
    if let Some(error) = failure {
        if made.len() < min as usize {
            undo(session, &made).await;
            return Err(error);
        }
        tracing::warn!(made = made.len(), wanted = max, %error, "fewer instances than wanted");
    }
    for instance in made {
        cloud.emit(&Resource::Instance(instance)).await?;
    }
    Ok(())
}

impl<'s> Creation<'s> {
    async fn new(session: &'s Session<'s>, spec: &InstanceSpec) -> Result<Self, Error> {
        let limit = session.provider().endpoint.operation_timeout;
        let last = session.line.deadline() - limit / LEFT_FOR_LOOKING;
        Ok(Creation {
            session,
            plan: Plan::new(session, spec).await?,
            names: Names::new(spec.name.as_deref(), spec.count.max, session.dialect().longest_name),
            types: InstanceTypes::recent(session).await?,
            began: Timestamp::now(),
            last,
            failed: AtomicBool::new(false),
        })
    }

    /// Makes as many as can be made, in the order of their numbers, and says why they are not all.
    async fn make_all(&self, count: u32) -> (Vec<Instance<'static>>, Option<Error>) {
        let mut makings = stream::iter((1..=count).map(|number| self.make(number))).buffered(CONCURRENCY);
        let (mut made, mut failure) = (Vec::new(), None);
        while let Some(result) = makings.next().await {
            match result {
                Ok(instance) => made.extend(instance),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        (made, failure)
    }

    /// Makes one VM, unless another could not be made.
    async fn make(&self, number: u32) -> Result<Option<Instance<'static>>, Error> {
        if self.failed.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let made = self.make_one(number).await;
        if made.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        made.map(Some)
    }

    /// Makes one VM and, when it is to run, promises to start it; without that it is not left.
    async fn make_one(&self, number: u32) -> Result<Instance<'static>, Error> {
        let instance = being_made(self.create(number).await?.named(&self.types).instance);
        if let Err(error) = Box::pin(self.connect(&instance)).await {
            undo(self.session, std::slice::from_ref(&instance)).await;
            return Err(error);
        }
        if self.plan.start {
            let start = Operation::Act(Action::Start, vec![Id::from(instance.id.as_ref())]);
            let promised = self.session.line.promise(start, &instance, InstanceState::Starting).await;
            if let Err(error) = promised {
                undo(self.session, std::slice::from_ref(&instance)).await;
                return Err(error);
            }
        }
        Ok(instance)
    }

    /// Puts the first interface of a new VM on the network that is wanted: engines take no such wish when they make the VM,
    /// and let it be done while its disks are locked (`AbstractVmInterfaceCommand`).
    async fn connect(&self, instance: &Instance<'_>) -> Result<(), Error> {
        let Some(network) = &self.plan.network else { return Ok(()) };
        network_interfaces::connect(self.session, &instance.id, network).await
    }

    /// Creates one VM; a taken name is replaced.
    async fn create(&self, number: u32) -> Result<Vm<'static>, Error> {
        let mut name = self.names.nth(number);
        let mut unique = self.names.are_unique();
        for _ in 1..NAMES_TRIED {
            match self.create_as(&name, unique).await {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    name = self.names.another(number);
                    unique = true;
                }
                result => return result,
            }
        }
        self.create_as(&name, unique).await
    }

    /// Creates a VM of this name; `unique` when nobody else can have chosen it.
    async fn create_as(&self, name: &str, unique: bool) -> Result<Vm<'static>, Error> {
        match self.post(name).await {
            Err(error) if faults::misses_template(&error) => {
                Err(Error::not_found(Kind::Image, self.plan.template.as_str()))
            }
            Err(error) if may_have_been_done(&error) => self.look_for(name, unique).await.ok_or(error),
            result => result,
        }
    }

    async fn post(&self, name: &str) -> Result<Vm<'static>, Error> {
        let late = || Error::new(ErrorKind::TimedOut, "the engine took too long to create an instance");
        if Instant::now() >= self.last {
            return Err(late().safe_to_repeat());
        }
        let body = self.plan.document(self.session.dialect().api, name).freeze();
        let document = timeout_at(self.last, self.session.fetch(Call::post(&["vms"], body))).await;
        document.map_err(|_| late())??.read(|root| Ok(vm(root)?.into_owned()))
    }

    /// The VM that a call has made of which the answer was not heard: one look, for there is no moment at which it is
    /// certain that there will be none.
    async fn look_for(&self, name: &str, unique: bool) -> Option<Vm<'static>> {
        let call = search::narrowed(Call::get(&["vms"]), &[("name", Some(name))]);
        let found = self.session.fetch(call).await.and_then(|document| {
            document.read(|root| items(root, "vms", "vm", |element| Ok(vm(element)?.into_owned())))
        });
        match found {
            Ok(found) => {
                let ours = |vm: &Vm<'_>| vm.instance.name == name && (unique || self.is_new(&vm.instance));
                let found = found.into_iter().find(ours);
                if found.is_none() {
                    tracing::error!(
                        name,
                        "a VM that was not heard of is not there: if it comes to be, it is nobody's"
                    );
                }
                found
            }
            Err(error) => {
                tracing::error!(name, %error, "it is not known whether a VM was made: look for it by its name");
                None
            }
        }
    }

    /// Whether a VM whose name others may have chosen, too, is as this creation would have made it a moment ago.
    fn is_new(&self, instance: &Instance<'_>) -> bool {
        let earliest = self.began.saturating_sub(CLOCKS_APART).unwrap_or(self.began);
        matches!(instance.state, InstanceState::Locked | InstanceState::Stopped)
            && instance.created.is_some_and(|created| created >= earliest)
            && instance.image.as_deref() == Some(&self.plan.template)
            && instance.realm.as_deref() == Some(&self.plan.cluster)
    }
}

/// Whether the engine may have done what it did not say that it did.
fn may_have_been_done(error: &Error) -> bool {
    let unheard =
        matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Unreachable | ErrorKind::Unexpected);
    unheard && !error.is_safe_to_repeat()
}

/// Until its disks are written a VM shows as any other whose disks are locked, or without disks as one that is down;
/// this one is new.
fn being_made(instance: Instance<'static>) -> Instance<'static> {
    Instance { state: InstanceState::Creating, can_be_captured: false, ..instance }
}

/// Destroys what was made of a creation that failed; what cannot be destroyed is told to the operator.
async fn undo(session: &Session<'_>, made: &[Instance<'static>]) {
    for instance in made {
        if let Err(error) = act::destroy_one(session, instance).await {
            tracing::error!(instance = %instance.id, %error, "an instance of a creation that failed is left");
        }
    }
}
