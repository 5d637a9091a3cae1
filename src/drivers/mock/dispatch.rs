//! Which function does which operation on which collection.

use super::{
    Mock, NAME, addresses, blobs, buckets, firewalls, hardware_profiles, images, instances, keys,
    load_balancers, network_interfaces, networks, providers, realms, snapshots,
    state::{Found, Reading, Writing},
    subnets, volumes,
};
use crate::model::{Change, Error, ErrorKind, Filter, Id, Kind, Operation, Resource, Spec};

impl Mock {
    /// What an operation that changes nothing finds.
    pub(super) fn look<'a>(
        &'a self,
        reading: Reading<'a>,
        operation: &'a Operation,
    ) -> Result<Found<'a>, Error> {
        match operation {
            Operation::List(Kind::Bucket, filter) => Ok(reading.list_buckets(filter)),
            // What is written on things is not the cloud's, and consoles are only shown.
            Operation::List(Kind::Tag | Kind::Note | Kind::Console, _)
            | Operation::Show(Kind::Tag | Kind::Note, _) => Err(incapable(operation)),
            Operation::List(kind, filter) => {
                Ok(Box::new(self.list(reading, *kind, filter).take(filter.at_most.unwrap_or(usize::MAX))))
            }
            Operation::Show(Kind::Bucket, id) => reading.show_bucket(id),
            Operation::Show(kind, id) => self.show(reading, *kind, id).map(one),
            Operation::Change(id, Change::Run(command)) => reading.run(id, command).map(one),
            other => Err(incapable(other)),
        }
    }

    /// All things of a kind that the filter admits.
    fn list<'a>(&'a self, reading: Reading<'a>, kind: Kind, filter: &'a Filter) -> Found<'a> {
        match kind {
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
            Kind::Blob => reading.list::<blobs::Blob>(filter),
            Kind::Tag | Kind::Note | Kind::Console => Box::new(std::iter::empty()),
        }
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
            Kind::Console => reading.show_console(id),
            Kind::Provider => providers::show(&self.name, id),
            Kind::Tag | Kind::Note => Err(Error::not_found(kind, id.clone())),
        }
    }
}

/// Does an operation that changes the cloud.
///
/// # Errors
/// Why it cannot be done: what `writing` holds then is worth nothing.
pub(super) fn alter(
    writing: &mut Writing<'_>,
    operation: &Operation,
) -> Result<Vec<Resource<'static>>, Error> {
    match operation {
        Operation::Create(spec) | Operation::CreateWith(spec, _) => create(writing, spec, operation),
        Operation::Act(action, ids) => writing.act(*action, ids),
        Operation::Change(id, change) => alter_one(writing, id, change, operation).map(|one| vec![one]),
        Operation::Destroy(kind, ids) => destroy(writing, *kind, ids, operation),
        Operation::List(..)
        | Operation::Show(..)
        | Operation::Read(_)
        | Operation::Tag(..)
        | Operation::Note(..) => Err(incapable(operation)),
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
        Kind::Realm | Kind::HardwareProfile | Kind::Metric | Kind::Console => Err(incapable(operation)),
        Kind::Provider | Kind::Tag | Kind::Note => Err(incapable(operation)),
    }
}

fn incapable(operation: &Operation) -> Error {
    let (verb, kind) = operation.pair();
    Error::new(ErrorKind::Unsupported, format!("the {NAME} cloud cannot do {verb:?} with a {kind}"))
}

fn one(resource: Resource<'_>) -> Found<'_> {
    Box::new(std::iter::once(resource))
}
