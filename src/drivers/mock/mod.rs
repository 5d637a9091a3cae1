//! The embedded cloud: the data set of Deltacloud's mock driver, and everything that the neutral model knows can be done
//! to it. Every provider of it is a cloud of its own.
//!
//! The whole cloud is one value ([`state`]): an operation reads it as it is at one moment, or makes another one of it,
//! which takes its place ([`store`]) if the operation succeeds.
//!
//! Decided otherwise than in the original: the number of an instance is not given again after it is gone; a key that was
//! made is shown to whoever made it once, and never again; metrics are those of the instance that is asked for; what is
//! in use cannot be destroyed.

mod table;
mod state;
mod store;
mod disk;
mod data;
mod life;
mod realms;
mod images;
mod hardware_profiles;
mod instances;
mod keys;
mod volumes;
mod snapshots;
mod networks;
mod subnets;
mod network_interfaces;
mod addresses;
mod firewalls;
mod load_balancers;
mod buckets;
mod blobs;
mod contents;
mod metrics;
mod providers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use tokio::task::spawn_blocking;

use super::{Address, Embedded, Entry};
use crate::{
    exchange::{Cloud, Driver, Identity, Level},
    model::{
        Capabilities, Cause, Change, Error, ErrorKind, Feature, Filter, Flow, Id, IdForm, Kind, Operation,
        Resource, Spec, Stage, Transition, Verb,
    },
};
use state::{Found, Reading, Writing};
use store::Store;

/// Its row in the list of drivers.
pub(super) const ENTRY: Entry = Entry {
    name: NAME,
    aliases: &[],
    summary: "an embedded cloud, to try things out: user mockuser, password mockpassword",
    parse: address,
    open: |provider, embedded| Ok(Arc::new(Mock::open(&provider.name, embedded)?)),
};

/// Its name, as in `-i`.
pub const NAME: &str = "mock";
/// The only user there is.
pub const USER: &str = "mockuser";
/// The user's password.
pub const PASSWORD: &str = "mockpassword";

/// The most user data that is taken, in bytes: EC2's own limit.
const USER_DATA: usize = 16 << 10;

const CAPABILITIES: Capabilities = Capabilities {
    driver: NAME,
    operations: &[
        (Verb::List, Kind::Realm),
        (Verb::Show, Kind::Realm),
        (Verb::List, Kind::Image),
        (Verb::Show, Kind::Image),
        (Verb::Create, Kind::Image),
        (Verb::Destroy, Kind::Image),
        (Verb::List, Kind::HardwareProfile),
        (Verb::Show, Kind::HardwareProfile),
        (Verb::List, Kind::Instance),
        (Verb::Show, Kind::Instance),
        (Verb::Create, Kind::Instance),
        (Verb::Act, Kind::Instance),
        (Verb::Change, Kind::Instance),
        (Verb::Destroy, Kind::Instance),
        (Verb::List, Kind::Key),
        (Verb::Show, Kind::Key),
        (Verb::Create, Kind::Key),
        (Verb::Destroy, Kind::Key),
        (Verb::List, Kind::Volume),
        (Verb::Show, Kind::Volume),
        (Verb::Create, Kind::Volume),
        (Verb::Change, Kind::Volume),
        (Verb::Destroy, Kind::Volume),
        (Verb::List, Kind::Snapshot),
        (Verb::Show, Kind::Snapshot),
        (Verb::Create, Kind::Snapshot),
        (Verb::Destroy, Kind::Snapshot),
        (Verb::List, Kind::Network),
        (Verb::Show, Kind::Network),
        (Verb::Create, Kind::Network),
        (Verb::Destroy, Kind::Network),
        (Verb::List, Kind::Subnet),
        (Verb::Show, Kind::Subnet),
        (Verb::Create, Kind::Subnet),
        (Verb::Destroy, Kind::Subnet),
        (Verb::List, Kind::NetworkInterface),
        (Verb::Show, Kind::NetworkInterface),
        (Verb::Create, Kind::NetworkInterface),
        (Verb::Destroy, Kind::NetworkInterface),
        (Verb::List, Kind::Address),
        (Verb::Show, Kind::Address),
        (Verb::Create, Kind::Address),
        (Verb::Change, Kind::Address),
        (Verb::Destroy, Kind::Address),
        (Verb::List, Kind::Firewall),
        (Verb::Show, Kind::Firewall),
        (Verb::Create, Kind::Firewall),
        (Verb::Change, Kind::Firewall),
        (Verb::Destroy, Kind::Firewall),
        (Verb::List, Kind::LoadBalancer),
        (Verb::Show, Kind::LoadBalancer),
        (Verb::Create, Kind::LoadBalancer),
        (Verb::Change, Kind::LoadBalancer),
        (Verb::Destroy, Kind::LoadBalancer),
        (Verb::List, Kind::Bucket),
        (Verb::Show, Kind::Bucket),
        (Verb::Create, Kind::Bucket),
        (Verb::Destroy, Kind::Bucket),
        (Verb::Show, Kind::Blob),
        (Verb::Create, Kind::Blob),
        (Verb::Read, Kind::Blob),
        (Verb::Change, Kind::Blob),
        (Verb::Destroy, Kind::Blob),
        (Verb::List, Kind::Metric),
        (Verb::Show, Kind::Metric),
        (Verb::List, Kind::Provider),
        (Verb::Show, Kind::Provider),
    ],
    ids: IdForm::Opaque,
    user_data: Some(USER_DATA),
    features: &[
        Feature::ImportKey,
        Feature::InstanceKey,
        Feature::InstanceFirewalls,
        Feature::InstanceNetwork,
        Feature::InstanceMetrics,
        Feature::InstanceStorage,
        Feature::BucketLocation,
        Feature::VolumeName,
        Feature::VolumeDescription,
    ],
    life: &[
        Transition::new(Stage::Start, Cause::Create, Stage::Pending),
        Transition::new(Stage::Pending, Cause::Auto, Stage::Running),
        Transition::new(Stage::Running, Cause::Reboot, Stage::Running),
        Transition::new(Stage::Running, Cause::Stop, Stage::Stopped),
        Transition::new(Stage::Stopped, Cause::Start, Stage::Running),
        Transition::new(Stage::Stopped, Cause::Destroy, Stage::Finish),
    ],
};

/// One embedded cloud.
pub struct Mock {
    /// The provider's name.
    name: String,
    store: Arc<Store>,
}

impl Mock {
    /// The cloud of the provider of this name.
    ///
    /// # Errors
    /// `Internal` when it cannot be kept where the operator wants it.
    fn open(name: &str, settings: &Embedded) -> Result<Self, Error> {
        let transition = SignedDuration::try_from(settings.transition).unwrap_or(SignedDuration::MAX);
        let store = match &settings.state {
            Some(folder) => Store::on_disk(&folder.join(format!("{name}.cloud")), data::state(), transition)?,
            None => Store::in_memory(data::state(), transition),
        };
        Ok(Mock { name: name.to_owned(), store: Arc::new(store) })
    }

    /// What an operation that changes nothing finds.
    fn look<'a>(&'a self, reading: Reading<'a>, operation: &'a Operation) -> Result<Found<'a>, Error> {
        match operation {
            Operation::List(Kind::Bucket, filter) => Ok(reading.list_buckets(filter)),
            Operation::List(kind, filter) => {
                let found = self.list(reading, *kind, filter).ok_or_else(|| incapable(operation))?;
                Ok(Box::new(found.take(filter.at_most.unwrap_or(usize::MAX))))
            }
            Operation::Show(Kind::Bucket, id) => reading.show_bucket(id),
            Operation::Show(kind, id) => self.show(reading, *kind, id).map(one),
            Operation::Change(id, Change::Run(command)) => reading.run(id, command).map(one),
            other => Err(incapable(other)),
        }
    }

    /// All things of a kind that the filter admits; none when they cannot be listed.
    fn list<'a>(&'a self, reading: Reading<'a>, kind: Kind, filter: &'a Filter) -> Option<Found<'a>> {
        Some(match kind {
            Kind::Realm => realms::list(filter),
            Kind::Image => reading.list::<images::Image>(filter),
            Kind::HardwareProfile => hardware_profiles::list(filter),
            Kind::Instance => reading.list_instances(filter),
            Kind::Key => reading.list::<keys::Key>(filter),
            Kind::Volume => reading.list::<volumes::Volume>(filter),
            Kind::Snapshot => reading.list::<snapshots::Snapshot>(filter),
            Kind::Network => reading.list::<networks::Network>(filter),
            Kind::Subnet => reading.list::<subnets::Subnet>(filter),
            Kind::NetworkInterface => reading.list::<network_interfaces::NetworkInterface>(filter),
            Kind::Address => reading.list::<addresses::Address>(filter),
            Kind::Firewall => reading.list::<firewalls::Firewall>(filter),
            Kind::LoadBalancer => reading.list::<load_balancers::LoadBalancer>(filter),
            Kind::Bucket => reading.list_buckets(filter),
            Kind::Metric => reading.list_metrics(filter),
            Kind::Provider => providers::list(&self.name, filter),
            Kind::Blob => return None,
        })
    }

    fn show<'a>(&'a self, reading: Reading<'a>, kind: Kind, id: &Id) -> Result<Resource<'a>, Error> {
        match kind {
            Kind::Realm => realms::show(id),
            Kind::Image => reading.show::<images::Image>(id),
            Kind::HardwareProfile => hardware_profiles::show(id),
            Kind::Instance => reading.show::<instances::Instance>(id),
            Kind::Key => reading.show::<keys::Key>(id),
            Kind::Volume => reading.show::<volumes::Volume>(id),
            Kind::Snapshot => reading.show::<snapshots::Snapshot>(id),
            Kind::Network => reading.show::<networks::Network>(id),
            Kind::Subnet => reading.show::<subnets::Subnet>(id),
            Kind::NetworkInterface => reading.show::<network_interfaces::NetworkInterface>(id),
            Kind::Address => reading.show::<addresses::Address>(id),
            Kind::Firewall => reading.show::<firewalls::Firewall>(id),
            Kind::LoadBalancer => reading.show::<load_balancers::LoadBalancer>(id),
            Kind::Bucket => reading.show::<buckets::Bucket>(id),
            Kind::Blob => reading.show::<blobs::Blob>(id),
            Kind::Metric => reading.show_metric(id),
            Kind::Provider => providers::show(&self.name, id),
        }
    }

    /// Does an operation that changes the cloud.
    async fn alter(&self, operation: &Operation) -> Result<Vec<Resource<'static>>, Error> {
        let operation = operation.clone();
        self.with_store(move |store| store.change(|writing| alter(writing, &operation))).await
    }

    /// Does `work`, which may wait for the disk, where nobody waits for it who has something else to do. It is done to
    /// its end even when nobody waits for it any more.
    async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if self.store.folder().is_none() {
            return work(&self.store);
        }
        let store = Arc::clone(&self.store);
        let broken = |_| Error::new(ErrorKind::Internal, "the change was broken off");
        spawn_blocking(move || work(&store)).await.map_err(broken)?
    }
}

fn alter(writing: &mut Writing<'_>, operation: &Operation) -> Result<Vec<Resource<'static>>, Error> {
    match operation {
        Operation::Create(spec) => create(writing, spec, operation),
        Operation::Act(action, ids) => writing.act(*action, ids),
        Operation::Change(id, change) => alter_one(writing, id, change, operation).map(|one| vec![one]),
        Operation::Destroy(kind, ids) => destroy(writing, *kind, ids, operation),
        Operation::List(..) | Operation::Show(..) | Operation::Read(_) => Err(incapable(operation)),
    }
}

fn create(
    writing: &mut Writing<'_>,
    spec: &Spec,
    operation: &Operation,
) -> Result<Vec<Resource<'static>>, Error> {
    let made = match spec {
        Spec::Instance(spec) => return writing.create_instances(spec),
        Spec::Key(spec) => writing.create_key(spec),
        Spec::Image(spec) => writing.create_image(spec),
        Spec::Volume(spec) => writing.create_volume(spec),
        Spec::Snapshot(spec) => writing.create_snapshot(spec),
        Spec::Network(spec) => writing.create_network(spec),
        Spec::Subnet(spec) => writing.create_subnet(spec),
        Spec::NetworkInterface(spec) => writing.create_network_interface(spec),
        Spec::Address => writing.create_address(),
        Spec::Firewall(spec) => writing.create_firewall(spec),
        Spec::LoadBalancer(spec) => writing.create_load_balancer(spec),
        Spec::Bucket(spec) => writing.create_bucket(spec),
        Spec::Blob(_) => Err(incapable(operation)),
    };
    made.map(|made| vec![made])
}

fn alter_one(
    writing: &mut Writing<'_>,
    id: &Id,
    change: &Change,
    operation: &Operation,
) -> Result<Resource<'static>, Error> {
    match change {
        Change::Attach { instance, device } => writing.attach(id, instance, device.as_ref()),
        Change::Detach => writing.detach(id),
        Change::Associate { instance } => writing.associate(id, instance),
        Change::Disassociate => writing.disassociate(id),
        Change::Register { instance } => writing.register(id, instance),
        Change::Unregister { instance } => writing.unregister(id, instance),
        Change::Authorize(rule) => writing.authorize(id, rule),
        Change::Revoke { rule } => writing.revoke(id, rule),
        Change::SetMetadata(metadata) => writing.set_metadata(id, metadata),
        Change::Run(_) => Err(incapable(operation)),
    }
}

fn destroy(
    writing: &mut Writing<'_>,
    kind: Kind,
    ids: &[Id],
    operation: &Operation,
) -> Result<Vec<Resource<'static>>, Error> {
    match kind {
        Kind::Image => writing.destroy::<images::Image>(ids),
        Kind::Instance => writing.destroy_instances(ids),
        Kind::Key => writing.destroy::<keys::Key>(ids),
        Kind::Volume => writing.destroy::<volumes::Volume>(ids),
        Kind::Snapshot => writing.destroy::<snapshots::Snapshot>(ids),
        Kind::Network => writing.destroy::<networks::Network>(ids),
        Kind::Subnet => writing.destroy::<subnets::Subnet>(ids),
        Kind::NetworkInterface => writing.destroy::<network_interfaces::NetworkInterface>(ids),
        Kind::Address => writing.destroy::<addresses::Address>(ids),
        Kind::Firewall => writing.destroy::<firewalls::Firewall>(ids),
        Kind::LoadBalancer => writing.destroy::<load_balancers::LoadBalancer>(ids),
        Kind::Bucket => writing.destroy::<buckets::Bucket>(ids),
        Kind::Blob => writing.destroy::<blobs::Blob>(ids),
        Kind::Realm | Kind::HardwareProfile | Kind::Metric | Kind::Provider => Err(incapable(operation)),
    }
}

#[async_trait]
impl Driver for Mock {
    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        authenticate(cloud.line.identity)?;
        match operation {
            Operation::List(..) | Operation::Show(..) | Operation::Change(_, Change::Run(_)) => {
                let state = self.store.state();
                let reading = Reading { state: &state, now: Timestamp::now() };
                emit(self.look(reading, operation)?, cloud).await
            }
            Operation::Read(id) => self.read_blob(id, cloud).await,
            Operation::Create(spec) => match &**spec {
                Spec::Blob(spec) => self.create_blob(spec, cloud).await,
                _other => emit(self.alter(operation).await?, cloud).await,
            },
            Operation::Act(..) | Operation::Change(..) | Operation::Destroy(..) => {
                emit(self.alter(operation).await?, cloud).await
            }
        }
    }
}

async fn emit<'a>(
    resources: impl IntoIterator<Item = Resource<'a>, IntoIter: Send>,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    for resource in resources {
        if cloud.emit(&resource).await? == Flow::Enough {
            break;
        }
    }
    Ok(())
}

/// Any text is a provider: the name of a cloud of its own.
fn address(text: &str) -> Result<Address, String> {
    let scope = (!text.is_empty()).then(|| text.to_owned());
    Ok(Address { url: None, scope, level: Level::Admin })
}

fn authenticate(identity: &Identity) -> Result<(), Error> {
    let user = identity.user.as_bytes().ct_eq(USER.as_bytes());
    let password = identity.password.expose_secret().as_bytes().ct_eq(PASSWORD.as_bytes());
    if bool::from(user & password) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unauthenticated, "the user's name or the password is wrong"))
}

fn incapable(operation: &Operation) -> Error {
    let (verb, kind) = operation.pair();
    Error::new(ErrorKind::Unsupported, format!("the mock cloud cannot do {verb:?} with a {kind}"))
}

fn one(resource: Resource<'_>) -> Found<'_> {
    Box::new(std::iter::once(resource))
}
