//! The neutral cloud: plain data in which every front end and every driver meet.
//!
//! Nothing here knows a protocol or a product. A field is added only when every front end and every driver can
//! decide about it: the structs are built and taken apart by name, so the compiler names the places.
//!
//! **Invariant:** no I/O, no clock, no async in this folder.

mod address;
mod bucket;
mod capability;
mod console;
mod error;
mod firewall;
mod flow;
mod hardware_profile;
mod image;
mod instance;
mod key;
mod life;
mod load_balancer;
mod metric;
mod network;
mod note;
mod operation;
mod provider;
mod realm;
mod run;
mod snapshot;
mod spec;
mod tag;
mod volume;

use std::borrow::Cow;

pub use address::Address;
pub use bucket::{Blob, Bucket};
pub use capability::{Capabilities, Feature, IdForm, Kinds, Verb};
pub use console::Console;
pub use error::{Error, ErrorKind, Side};
pub use firewall::{Direction, Firewall, Protocol, Rule, Source};
pub use flow::{Flow, Sink};
pub use hardware_profile::{HardwareProfile, Property};
pub use image::{Image, ImageState};
pub use instance::{Attachment, Health, Instance, InstanceState, NetworkInterface};
pub use key::{Credential, Key};
pub use life::{Cause, Stage, Transition};
pub use load_balancer::{Listener, ListenerProtocol, LoadBalancer};
pub use metric::{Metric, Sample, Series, Unit};
pub use network::{Network, NetworkState, Subnet};
pub use note::{Decisions, Note, NoteChange};
pub use operation::{Action, Change, Command, Filter, Id, Kind, Operation};
pub use provider::Provider;
pub use realm::{Realm, RealmState};
pub use run::Run;
pub use snapshot::{Snapshot, SnapshotState};
pub use spec::{
    Algorithm, BlobSpec, BucketSpec, Count, DiskContent, DiskSpec, FirewallSpec, ImageSpec, InstanceSpec,
    KeySource, KeySpec, LoadBalancerSpec, Memo, NetworkInterfaceSpec, NetworkSpec, RuleSource, RuleSpec,
    SnapshotSpec, Spec, SubnetSpec, VolumeSpec,
};
pub use tag::{NAME, Tag, TagChange, TagPattern, Tagging, Tags, Thing, seen};
pub use volume::{Mount, Volume, VolumeState};

/// One thing of the cloud, borrowed from the bytes in which it was found.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "it is always passed by reference and never stored")]
pub enum Resource<'a> {
    /// A place in which instances run.
    Realm(Realm<'a>),
    /// What an instance is made from.
    Image(Image<'a>),
    /// A size that an instance may have.
    HardwareProfile(HardwareProfile<'a>),
    /// A virtual machine.
    Instance(Instance<'a>),
    /// What a user proves to an instance who he is with.
    Key(Key<'a>),
    /// A disk that lives by itself.
    Volume(Volume<'a>),
    /// What a volume held at one moment.
    Snapshot(Snapshot<'a>),
    /// What interfaces are on.
    Network(Network<'a>),
    /// A part of a network.
    Subnet(Subnet<'a>),
    /// A network interface, which says itself whose it is.
    NetworkInterface(NetworkInterface<'a>),
    /// An address of the user's.
    Address(Address<'a>),
    /// What lets packets through.
    Firewall(Firewall<'a>),
    /// What sends to several instances.
    LoadBalancer(LoadBalancer<'a>),
    /// What holds blobs.
    Bucket(Bucket<'a>),
    /// A named sequence of bytes.
    Blob(Blob<'a>),
    /// The next bytes of the blob before.
    Content(Cow<'a, [u8]>),
    /// What is measured of an instance.
    Metric(Metric<'a>),
    /// What an instance has written on its console.
    Console(Console<'a>),
    /// A part of the cloud that can be chosen.
    Provider(Provider<'a>),
    /// What came of a command.
    Run(Run<'a>),
    /// A tag, and the thing that it is on.
    Tagging(Tagging<'a>),
}

impl Resource<'_> {
    /// The collection it belongs to.
    pub fn kind(&self) -> Kind {
        match self {
            Resource::Realm(_) => Kind::Realm,
            Resource::Image(_) => Kind::Image,
            Resource::HardwareProfile(_) => Kind::HardwareProfile,
            Resource::Instance(_) | Resource::Run(_) => Kind::Instance,
            Resource::Key(_) => Kind::Key,
            Resource::Volume(_) => Kind::Volume,
            Resource::Snapshot(_) => Kind::Snapshot,
            Resource::Network(_) => Kind::Network,
            Resource::Subnet(_) => Kind::Subnet,
            Resource::NetworkInterface(_) => Kind::NetworkInterface,
            Resource::Address(_) => Kind::Address,
            Resource::Firewall(_) => Kind::Firewall,
            Resource::LoadBalancer(_) => Kind::LoadBalancer,
            Resource::Bucket(_) => Kind::Bucket,
            Resource::Blob(_) | Resource::Content(_) => Kind::Blob,
            Resource::Metric(_) => Kind::Metric,
            Resource::Console(_) => Kind::Console,
            Resource::Provider(_) => Kind::Provider,
            Resource::Tagging(_) => Kind::Tag,
        }
    }

    /// Its identifier, as the cloud writes it: a blob's own name, which is unique in its bucket; empty for bytes.
    pub fn id(&self) -> &str {
        match self {
            Resource::Realm(realm) => &realm.id,
            Resource::Image(image) => &image.id,
            Resource::HardwareProfile(profile) => &profile.id,
            Resource::Instance(instance) => &instance.id,
            Resource::Key(key) => &key.id,
            Resource::Volume(volume) => &volume.id,
            Resource::Snapshot(snapshot) => &snapshot.id,
            Resource::Network(network) => &network.id,
            Resource::Subnet(subnet) => &subnet.id,
            Resource::NetworkInterface(interface) => &interface.id,
            Resource::Address(address) => &address.id,
            Resource::Firewall(firewall) => &firewall.id,
            Resource::LoadBalancer(balancer) => &balancer.id,
            Resource::Bucket(bucket) => &bucket.id,
            Resource::Blob(blob) => &blob.name,
            Resource::Content(_) => "",
            Resource::Metric(metric) => &metric.id,
            Resource::Console(console) => &console.id,
            Resource::Provider(provider) => &provider.id,
            Resource::Run(run) => &run.instance,
            Resource::Tagging(tagging) => &tagging.id,
        }
    }
}

impl Resource<'_> {
    /// The same resource with these tags; unchanged when it is of a kind that has none.
    #[must_use]
    pub fn with_tags(self, tags: Tags) -> Self {
        match self {
            Resource::Image(inner) => Resource::Image(Image { tags, ..inner }),
            Resource::Instance(inner) => Resource::Instance(Instance { tags, ..inner }),
            Resource::Key(inner) => Resource::Key(Key { tags, ..inner }),
            Resource::Volume(inner) => Resource::Volume(Volume { tags, ..inner }),
            Resource::Snapshot(inner) => Resource::Snapshot(Snapshot { tags, ..inner }),
            Resource::Network(inner) => Resource::Network(Network { tags, ..inner }),
            Resource::Subnet(inner) => Resource::Subnet(Subnet { tags, ..inner }),
            Resource::NetworkInterface(inner) => {
                Resource::NetworkInterface(NetworkInterface { tags, ..inner })
            }
            Resource::Address(inner) => Resource::Address(Address { tags, ..inner }),
            Resource::Firewall(inner) => Resource::Firewall(Firewall { tags, ..inner }),
            other @ (Resource::Realm(_) | Resource::HardwareProfile(_) | Resource::LoadBalancer(_)) => other,
            other @ (Resource::Bucket(_) | Resource::Blob(_) | Resource::Content(_)) => other,
            other @ (Resource::Metric(_) | Resource::Provider(_) | Resource::Run(_)) => other,
            other @ (Resource::Console(_) | Resource::Tagging(_)) => other,
        }
    }

    /// The same resource, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Resource<'static> {
        match self {
            Resource::Realm(inner) => Resource::Realm(inner.into_owned()),
            Resource::Image(inner) => Resource::Image(inner.into_owned()),
            Resource::HardwareProfile(inner) => Resource::HardwareProfile(inner.into_owned()),
            Resource::Instance(inner) => Resource::Instance(inner.into_owned()),
            Resource::Key(inner) => Resource::Key(inner.into_owned()),
            Resource::Volume(inner) => Resource::Volume(inner.into_owned()),
            Resource::Snapshot(inner) => Resource::Snapshot(inner.into_owned()),
            Resource::Network(inner) => Resource::Network(inner.into_owned()),
            Resource::Subnet(inner) => Resource::Subnet(inner.into_owned()),
            Resource::NetworkInterface(inner) => Resource::NetworkInterface(inner.into_owned()),
            Resource::Address(inner) => Resource::Address(inner.into_owned()),
            Resource::Firewall(inner) => Resource::Firewall(inner.into_owned()),
            Resource::LoadBalancer(inner) => Resource::LoadBalancer(inner.into_owned()),
            Resource::Bucket(inner) => Resource::Bucket(inner.into_owned()),
            Resource::Blob(inner) => Resource::Blob(inner.into_owned()),
            Resource::Metric(inner) => Resource::Metric(inner.into_owned()),
            Resource::Console(inner) => Resource::Console(inner.into_owned()),
            Resource::Provider(inner) => Resource::Provider(inner.into_owned()),
            Resource::Run(inner) => Resource::Run(inner.into_owned()),
            Resource::Tagging(inner) => Resource::Tagging(inner.into_owned()),
            Resource::Content(bytes) => Resource::Content(Cow::Owned(bytes.into_owned())),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
