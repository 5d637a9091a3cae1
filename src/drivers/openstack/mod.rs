//! OpenStack, by the APIs of its services: Keystone v3, Nova v2.1, Glance v2, Cinder v3, Neutron v2.0,
//! Swift v1.
//!
//! A call's form is in [`call`], which services there are and where in [`catalogue`], what a user logs in for in
//! [`login`], how a call is sent in [`session`], how a list is followed from page to page in [`pages`], what a refusal
//! means in [`faults`], and what a state means in [`states`]. Each collection has its file.
//!
//! **Invariants:** a list costs the same number of calls for every page, whatever is on it, and is read item by item. No
//! text of a client reaches a path or a query but encoded and, for ids, checked to be a UUID, where they are UUIDs. The
//! catalogue decides where a call goes only among the hosts that the operator has allowed.

mod addresses;
mod blobs;
mod buckets;
mod call;
mod capabilities;
mod catalogue;
mod consoles;
mod faults;
mod firewalls;
mod hardware_profiles;
mod images;
mod instances;
mod keys;
mod login;
mod names;
mod network_interfaces;
mod networks;
mod pages;
mod providers;
mod read;
mod realms;
mod session;
mod snapshots;
mod states;
mod subnets;
mod volumes;

use std::{borrow::Cow, pin::Pin, sync::Arc};

use async_trait::async_trait;

use super::{Address, Entry};
use crate::{
    exchange::{Cloud, Driver, Identity, Interface, ProviderUrl},
    model::{Capabilities, Change, Error, ErrorKind, Id, Kind, Operation, Spec},
};
use capabilities::CAPABILITIES;
use session::Session;

/// Its row in the list of drivers.
pub(super) const ENTRY: Entry = Entry {
    name: CAPABILITIES.driver,
    aliases: &[],
    summary: "OpenStack, since Mitaka: -P 'URL;REGION;INTERFACE', the URL of Keystone",
    capabilities: &CAPABILITIES,
    parse: address,
    open: |_, _| Ok(Arc::new(OpenStack::default())),
};

/// How many calls are made at once for one operation.
const CONCURRENCY: usize = 4;
/// One OpenStack cloud.
#[derive(Default)]
struct OpenStack {
    sessions: session::Sessions,
}

/// The futures are boxed one by one: together they would be as long as the longest.
#[async_trait]
impl Driver for OpenStack {
    fn capabilities(&self) -> &Capabilities {
        self.sessions.offers.known()
    }

    fn tenant<'i>(&self, identity: &'i Identity) -> Cow<'i, str> {
        login::tenant(identity).into()
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let session = &self.sessions.open(cloud.line);
        // Before anything is said of an id: nobody is told anything who is not who he says.
        session.login().await?;
        match operation {
            Operation::List(Kind::Realm, filter) => Box::pin(realms::list(session, filter, cloud)).await,
            Operation::Show(Kind::Realm, id) => Box::pin(realms::show(session, id, cloud)).await,
            Operation::List(Kind::Image, filter) => Box::pin(images::list(session, filter, cloud)).await,
            Operation::Show(Kind::Image, id) => Box::pin(images::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Image, ids) => Box::pin(images::destroy(session, ids, cloud)).await,
            Operation::List(Kind::HardwareProfile, filter) => {
                Box::pin(hardware_profiles::list(session, filter, cloud)).await
            }
            Operation::Show(Kind::HardwareProfile, id) => {
                Box::pin(hardware_profiles::show(session, id, cloud)).await
            }
            Operation::List(Kind::Instance, filter) => {
                Box::pin(instances::list(session, filter, cloud)).await
            }
            Operation::Show(Kind::Instance, id) => Box::pin(instances::show(session, id, cloud)).await,
            Operation::Act(action, ids) => Box::pin(instances::act(session, *action, ids, cloud)).await,
            Operation::Destroy(Kind::Instance, ids) => {
                Box::pin(instances::destroy(session, ids, cloud)).await
            }
            Operation::List(Kind::Key, filter) => Box::pin(keys::list(session, filter, cloud)).await,
            Operation::Show(Kind::Key, id) => Box::pin(keys::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Key, ids) => Box::pin(keys::destroy(session, ids, cloud)).await,
            Operation::List(Kind::Volume, filter) => Box::pin(volumes::list(session, filter, cloud)).await,
            Operation::Show(Kind::Volume, id) => Box::pin(volumes::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Volume, ids) => Box::pin(volumes::destroy(session, ids, cloud)).await,
            Operation::List(Kind::Snapshot, filter) => {
                Box::pin(snapshots::list(session, filter, cloud)).await
            }
            Operation::Show(Kind::Snapshot, id) => Box::pin(snapshots::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Snapshot, ids) => {
                Box::pin(snapshots::destroy(session, ids, cloud)).await
            }
            Operation::List(Kind::Network, filter) => Box::pin(networks::list(session, filter, cloud)).await,
            Operation::Show(Kind::Network, id) => Box::pin(networks::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Network, ids) => Box::pin(networks::destroy(session, ids, cloud)).await,
            Operation::List(Kind::Subnet, filter) => Box::pin(subnets::list(session, filter, cloud)).await,
            Operation::Show(Kind::Subnet, id) => Box::pin(subnets::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Subnet, ids) => Box::pin(subnets::destroy(session, ids, cloud)).await,
            Operation::List(Kind::NetworkInterface, filter) => {
                Box::pin(network_interfaces::list(session, filter, cloud)).await
            }
            Operation::Show(Kind::NetworkInterface, id) => {
                Box::pin(network_interfaces::show(session, id, cloud)).await
            }
            Operation::Destroy(Kind::NetworkInterface, ids) => {
                Box::pin(network_interfaces::destroy(session, ids, cloud)).await
            }
            Operation::List(Kind::Address, filter) => Box::pin(addresses::list(session, filter, cloud)).await,
            Operation::Show(Kind::Address, id) => Box::pin(addresses::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Address, ids) => Box::pin(addresses::destroy(session, ids, cloud)).await,
            Operation::List(Kind::Firewall, filter) => {
                Box::pin(firewalls::list(session, filter, cloud)).await
            }
            Operation::Show(Kind::Firewall, id) => Box::pin(firewalls::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Firewall, ids) => {
                Box::pin(firewalls::destroy(session, ids, cloud)).await
            }
            Operation::Show(Kind::Console, id) => Box::pin(consoles::show(session, id, cloud)).await,
            Operation::List(Kind::Bucket, filter) => Box::pin(buckets::list(session, filter, cloud)).await,
            Operation::Show(Kind::Bucket, id) => Box::pin(buckets::show(session, id, cloud)).await,
            Operation::Destroy(Kind::Bucket, ids) => Box::pin(buckets::destroy(session, ids, cloud)).await,
            Operation::Show(Kind::Blob, id) => Box::pin(blobs::show(session, id, cloud)).await,
            Operation::Read(id) => Box::pin(blobs::read(session, id, cloud)).await,
            Operation::Destroy(Kind::Blob, ids) => Box::pin(blobs::destroy(session, ids, cloud)).await,
            Operation::List(Kind::Provider, filter) => {
                Box::pin(providers::list(session, filter, cloud)).await
            }
            Operation::Show(Kind::Provider, id) => Box::pin(providers::show(session, id, cloud)).await,
            Operation::Create(spec) | Operation::CreateWith(spec, _) => match create(session, spec, cloud) {
                Some(creation) => creation.await,
                None => Err(incapable(operation)),
            },
            Operation::Change(id, change) => match changed(session, id, change, cloud) {
                Some(change) => change.await,
                None => Err(incapable(operation)),
            },
            other => Err(incapable(other)),
        }
    }
}

type Doing<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// The creation of what `spec` says; none when such a thing cannot be created.
fn create<'a>(session: &'a Session<'_>, spec: &'a Spec, cloud: &'a mut Cloud<'_>) -> Option<Doing<'a>> {
    Some(match spec {
        Spec::Instance(spec) => Box::pin(instances::create(session, spec, cloud)),
        Spec::Key(spec) => Box::pin(keys::create(session, spec, cloud)),
        Spec::Image(spec) => Box::pin(images::create(session, spec, cloud)),
        Spec::Volume(spec) => Box::pin(volumes::create(session, spec, cloud)),
        Spec::Snapshot(spec) => Box::pin(snapshots::create(session, spec, cloud)),
        Spec::Network(spec) => Box::pin(networks::create(session, spec, cloud)),
        Spec::Subnet(spec) => Box::pin(subnets::create(session, spec, cloud)),
        Spec::NetworkInterface(spec) => Box::pin(network_interfaces::create(session, spec, cloud)),
        Spec::Address => Box::pin(addresses::create(session, cloud)),
        Spec::Firewall(spec) => Box::pin(firewalls::create(session, spec, cloud)),
        Spec::Bucket(spec) => Box::pin(buckets::create(session, spec, cloud)),
        Spec::Blob(spec) => Box::pin(blobs::create(session, spec, cloud)),
        Spec::LoadBalancer(_) => return None,
    })
}

/// The change of the thing with this id; none when it cannot be changed so.
fn changed<'a>(
    session: &'a Session<'_>,
    id: &'a Id,
    change: &'a Change,
    cloud: &'a mut Cloud<'_>,
) -> Option<Doing<'a>> {
    Some(match change {
        Change::Attach { instance, device } => {
            Box::pin(volumes::attach(session, id, instance, device.as_deref(), cloud))
        }
        Change::Detach => Box::pin(volumes::detach(session, id, cloud)),
        Change::Associate { instance } => Box::pin(addresses::associate(session, id, instance, cloud)),
        Change::Disassociate => Box::pin(addresses::disassociate(session, id, cloud)),
        Change::Authorize(rule) => Box::pin(firewalls::authorize(session, id, rule, cloud)),
        Change::Revoke { rule } => Box::pin(firewalls::revoke(session, id, rule, cloud)),
        Change::SetMetadata(words) => Box::pin(blobs::set_metadata(session, id, words, cloud)),
        Change::Run(_) | Change::Register { .. } | Change::Unregister { .. } => return None,
    })
}

fn incapable(operation: &Operation) -> Error {
    let (verb, kind) = operation.pair();
    Error::new(ErrorKind::Unsupported, format!("OpenStack cannot do {verb:?} with a {kind}"))
}

/// Reads `URL;REGION;INTERFACE`, of which the last two may be left out.
fn address(text: &str) -> Result<Address, String> {
    let mut parts = text.split(';').map(str::trim);
    let url = match parts.next() {
        None | Some("") => {
            return Err(
                "an OpenStack provider is URL;REGION;INTERFACE: the URL of Keystone is missing".into()
            );
        }
        Some(url) => ProviderUrl::parse(url)?,
    };
    let scope = parts.next().filter(|scope| !scope.is_empty()).map(str::to_owned);
    let interface = match parts.next() {
        None | Some("") => Interface::default(),
        Some(word) => Interface::read(word).ok_or_else(|| {
            format!("'{word}' is no interface of an OpenStack provider: public, internal or admin")
        })?,
    };
    match parts.next() {
        None => Ok(Address { url: Some(url), scope, interface, ..Address::default() }),
        Some(_) => Err("an OpenStack provider is URL;REGION;INTERFACE: this one has more parts".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_a_url_a_region_and_an_interface() {
        let url = "https://keystone.example.com:5000/v3";
        for (text, scope, interface) in [
            (url.to_owned(), None, Interface::Public),
            (format!("{url};RegionOne"), Some("RegionOne"), Interface::Public),
            (format!("{url};;Internal"), None, Interface::Internal),
            (format!("{url};RegionOne;admin"), Some("RegionOne"), Interface::Admin),
        ] {
            let address = address(&text).unwrap();
            assert_eq!(address.url.unwrap().path, "/v3", "{text}");
            assert_eq!((address.scope.as_deref(), address.interface), (scope, interface), "{text}");
        }
        for text in ["", ";RegionOne", "keystone", "https://k/v3;R;private", "https://k/v3;R;public;x"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
