//! The collections, each in a file of its own: what can be done there, what its parameters say, and its document.
//!
//! A collection that the front end answers by itself has its rows here, and its documents elsewhere.

mod addresses;
pub(super) mod buckets;
mod firewalls;
mod hardware_profiles;
mod images;
mod instances;
mod keys;
mod load_balancers;
mod metrics;
mod network_interfaces;
mod networks;
mod realms;
mod storage_snapshots;
mod storage_volumes;
mod subnets;

use http::Method;

use super::{
    context::Context,
    document::Node,
    table::{Collection, How, Parameter, Place, Row, Value},
};
use crate::model::{Capabilities, Kind, Resource};

/// The collections there are, in the order in which they are listed.
pub(super) const COLLECTIONS: &[Collection] = &[
    addresses::COLLECTION,
    buckets::COLLECTION,
    DRIVERS,
    firewalls::COLLECTION,
    hardware_profiles::COLLECTION,
    images::COLLECTION,
    INSTANCE_STATES,
    instances::COLLECTION,
    keys::COLLECTION,
    load_balancers::COLLECTION,
    metrics::COLLECTION,
    network_interfaces::COLLECTION,
    networks::COLLECTION,
    realms::COLLECTION,
    storage_snapshots::COLLECTION,
    storage_volumes::COLLECTION,
    subnets::COLLECTION,
];

/// What an index of any kind is narrowed by.
const BY_ID: Parameter = Parameter::new("id", Value::Text, "Only the one with this id");

const DRIVERS: Collection = Collection {
    name: "drivers",
    about: "The clouds that can be spoken to",
    operations: &[
        Row {
            action: "drivers.index",
            method: Method::GET,
            place: Place::Collection,
            about: "Lists the drivers and their providers",
            parameters: &[],
            answer: How::Drivers,
        },
        Row {
            action: "drivers.show",
            method: Method::GET,
            place: Place::Member,
            about: "Shows a driver and its providers",
            parameters: &[Parameter::new("id", Value::Text, "Which one").required()],
            answer: How::Drivers,
        },
    ],
};

const INSTANCE_STATES: Collection = Collection {
    name: "instance_states",
    about: "How an instance lives: its states, and what leads from one to the next",
    operations: &[Row {
        action: "instance_states.index",
        method: Method::GET,
        place: Place::Collection,
        about: "Shows the states and what leads from one to the next; format=gv, svg or png draws them",
        parameters: &[],
        answer: How::Life,
    }],
};

/// The collections that a cloud has.
pub(super) fn served(cloud: &Capabilities) -> impl Iterator<Item = &'static Collection> {
    COLLECTIONS.iter().filter(|collection| collection.operations.iter().any(|row| row.is_served(cloud)))
}

/// The name of the collection of a kind.
pub(super) fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Realm => "realms",
        Kind::Image => "images",
        Kind::HardwareProfile => "hardware_profiles",
        // A console is nothing by itself.
        Kind::Instance | Kind::Console => "instances",
        Kind::Key => "keys",
        Kind::Volume => "storage_volumes",
        Kind::Snapshot => "storage_snapshots",
        Kind::Network => "networks",
        Kind::Subnet => "subnets",
        Kind::NetworkInterface => "network_interfaces",
        Kind::Address => "addresses",
        Kind::Firewall => "firewalls",
        Kind::LoadBalancer => "load_balancers",
        Kind::Bucket | Kind::Blob => "buckets",
        Kind::Metric => "metrics",
        Kind::Provider => "drivers",
        // Deltacloud has neither, and no link to one.
        Kind::Tag => "tags",
        Kind::Note => "notes",
    }
}

/// The document of a thing; an image's names the hardware profiles that it goes with.
pub(super) fn describe<'a>(
    resource: &'a Resource<'_>,
    profiles: &'a [String],
    cloud: &Capabilities,
    context: &Context,
) -> Node<'a> {
    match resource {
        Resource::Realm(realm) => realms::describe(realm, context),
        Resource::Image(image) => images::describe(image, profiles, cloud, context),
        Resource::HardwareProfile(profile) => hardware_profiles::describe(profile, context),
        Resource::Instance(instance) => instances::describe(instance, cloud, context),
        Resource::Key(key) => keys::describe(key, cloud, context),
        Resource::Volume(volume) => storage_volumes::describe(volume, cloud, context),
        Resource::Snapshot(snapshot) => storage_snapshots::describe(snapshot, cloud, context),
        Resource::Network(network) => networks::describe(network, cloud, context),
        Resource::Subnet(subnet) => subnets::describe(subnet, cloud, context),
        Resource::NetworkInterface(interface) => network_interfaces::describe(interface, cloud, context),
        Resource::Address(address) => addresses::describe(address, cloud, context),
        Resource::Firewall(firewall) => firewalls::describe(firewall, cloud, context),
        Resource::LoadBalancer(balancer) => load_balancers::describe(balancer, cloud, context),
        Resource::Metric(metric) => metrics::describe(metric, context),
        Resource::Run(run) => instances::outcome(run, context),
        Resource::Bucket(bucket) => buckets::describe(bucket, context),
        Resource::Blob(blob) => buckets::describe_blob(blob, context),
        Resource::Content(_) | Resource::Console(_) | Resource::Provider(_) | Resource::Tagging(_) => {
            let href = context.href(&[of(resource.kind()), resource.id()]);
            Node::empty("link").with("href", href).with("id", resource.id())
        }
    }
}
