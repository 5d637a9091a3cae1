//! What is to be created, kind by kind.

use super::{Id, Kind, Listener, NoteChange, Protocol, Tag};

/// What is to be created.
#[derive(Debug, Clone, PartialEq)]
pub enum Spec {
    /// One or more instances alike.
    Instance(InstanceSpec),
    /// A key.
    Key(KeySpec),
    /// An image of an instance.
    Image(ImageSpec),
    /// A volume.
    Volume(VolumeSpec),
    /// A snapshot of a volume.
    Snapshot(SnapshotSpec),
    /// A network.
    Network(NetworkSpec),
    /// A part of a network.
    Subnet(SubnetSpec),
    /// A network interface of an instance.
    NetworkInterface(NetworkInterfaceSpec),
    /// An address, which the cloud chooses.
    Address,
    /// A firewall without rules.
    Firewall(FirewallSpec),
    /// A load balancer.
    LoadBalancer(LoadBalancerSpec),
    /// A bucket.
    Bucket(BucketSpec),
    /// A blob; what it holds comes from the client as the operation is performed. It takes the place of one that is
    /// there.
    Blob(BlobSpec),
}

impl Spec {
    /// The kind that is created.
    pub fn kind(&self) -> Kind {
        match self {
            Spec::Instance(_) => Kind::Instance,
            Spec::Key(_) => Kind::Key,
            Spec::Image(_) => Kind::Image,
            Spec::Volume(_) => Kind::Volume,
            Spec::Snapshot(_) => Kind::Snapshot,
            Spec::Network(_) => Kind::Network,
            Spec::Subnet(_) => Kind::Subnet,
            Spec::NetworkInterface(_) => Kind::NetworkInterface,
            Spec::Address => Kind::Address,
            Spec::Firewall(_) => Kind::Firewall,
            Spec::LoadBalancer(_) => Kind::LoadBalancer,
            Spec::Bucket(_) => Kind::Bucket,
            Spec::Blob(_) => Kind::Blob,
        }
    }

    /// Whether what is created is to run as soon as it can.
    pub fn starts(&self) -> bool {
        matches!(self, Spec::Instance(spec) if spec.start)
    }
}

/// What is to be kept of what is created, and of what comes to be with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memo {
    /// What is written on the things of a kind: on the instances, and on the volumes that are made with them.
    pub tags: Vec<(Kind, Vec<Tag>)>,
    /// What is decided about instances, when a note of them is to be kept.
    pub note: Option<NoteChange>,
    /// The client's own name of the request.
    pub token: Option<String>,
}

/// The instances that are to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceSpec {
    /// What they are made from.
    pub image: Id,
    /// Where they run, by id or by name; the cloud chooses when none.
    pub realm: Option<Id>,
    /// Their size by profile; the image's when none.
    pub hardware_profile: Option<Id>,
    /// Virtual processors, over the profile's.
    pub cpus: Option<u32>,
    /// Memory in bytes, over the profile's.
    pub memory: Option<u64>,
    /// Disk in bytes, over the profile's.
    pub storage: Option<u64>,
    /// The name to give; the driver chooses when none, and adds to it where its cloud wants names to be unique.
    pub name: Option<String>,
    /// What the guest is told at its first start.
    pub user_data: Option<Vec<u8>>,
    /// The key that lets in.
    pub key: Option<Id>,
    /// The public keys that let in, each as OpenSSH writes it: where the cloud keeps none.
    pub authorized_keys: Vec<String>,
    /// The firewalls around them; the cloud's own choice when none.
    pub firewalls: Vec<Id>,
    /// The network, or the part of one, that their first interface is on; the cloud's own choice when none.
    pub network: Option<Id>,
    /// The volumes that each of them is made with; the image's own disk, and no other, when none.
    pub disks: Vec<DiskSpec>,
    /// Whether they are to be measured closely.
    pub monitored: bool,
    /// How many.
    pub count: Count,
    /// Whether they are to run as soon as they can.
    pub start: bool,
}

impl InstanceSpec {
    /// One instance of this image that runs as soon as it can, of which nothing else is said.
    pub fn new(image: impl Into<Id>) -> Self {
        InstanceSpec {
            image: image.into(),
            realm: None,
            hardware_profile: None,
            cpus: None,
            memory: None,
            storage: None,
            name: None,
            user_data: None,
            key: None,
            authorized_keys: Vec::new(),
            firewalls: Vec::new(),
            network: None,
            disks: Vec::new(),
            monitored: false,
            count: Count::default(),
            start: true,
        }
    }

    /// The volume that they boot from instead of a disk of their own.
    pub fn boot_disk(&self) -> Option<&DiskSpec> {
        self.disks.iter().find(|disk| disk.content == DiskContent::Image)
    }
}

/// A volume that an instance is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskSpec {
    /// What it holds at first.
    pub content: DiskContent,
    /// Size in bytes; as much as its content takes when none.
    pub size: Option<u64>,
    /// The device name in the guest (`/dev/sdb`); the cloud's own choice when none.
    pub device: Option<String>,
    /// Whether it goes when the instance goes.
    pub delete_on_termination: bool,
}

/// What a volume that an instance is made with holds at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskContent {
    /// The image of the instance, which boots from it; one volume at the most.
    Image,
    /// What a snapshot holds.
    Snapshot(Id),
    /// Nothing.
    Nothing,
}

/// The key that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpec {
    /// The name to give, which no other key may have.
    pub name: String,
    /// Whose pair it is of.
    pub source: KeySource,
}

impl KeySpec {
    /// The user's own pair where there is a public key, and else one that is made by RSA.
    pub fn new(name: impl Into<String>, public_key: Option<String>) -> Self {
        let source = public_key.map_or(KeySource::Made(Algorithm::Rsa), KeySource::Imported);
        KeySpec { name: name.into(), source }
    }
}

/// Where a pair of keys comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// It is made, in this way; its private key is given out once.
    Made(Algorithm),
    /// The user has it; this is its public key, as OpenSSH writes it.
    Imported(String),
}

/// How a pair of keys is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// What the cloud makes by itself: RSA, as good as everywhere.
    Rsa,
    /// Ed25519: where the cloud has [`Feature::Ed25519Key`](super::Feature::Ed25519Key).
    Ed25519,
}

/// How many instances are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Fewer than this are a failure, after which none is left.
    pub min: u32,
    /// More than this are never made.
    pub max: u32,
}

impl Default for Count {
    fn default() -> Self {
        Count { min: 1, max: 1 }
    }
}

/// The image that is to be made of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSpec {
    /// The instance.
    pub instance: Id,
    /// The name to give; the driver chooses when none.
    pub name: Option<String>,
    /// What people will read about it.
    pub description: Option<String>,
}

/// The volume that is to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumeSpec {
    /// The name to give; the driver chooses when none.
    pub name: Option<String>,
    /// What people will read about it.
    pub description: Option<String>,
    /// Size in bytes; the snapshot's, or else the smallest that makes sense, when none.
    pub size: Option<u64>,
    /// Where it is to be; the cloud chooses when none.
    pub realm: Option<Id>,
    /// What it holds at first; nothing when none.
    pub snapshot: Option<Id>,
}

/// The snapshot that is to be made of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotSpec {
    /// The volume.
    pub volume: Id,
    /// The name to give; the driver chooses when none.
    pub name: Option<String>,
    /// What people will read about it.
    pub description: Option<String>,
}

/// The network that is to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkSpec {
    /// The name to give; the driver chooses when none.
    pub name: Option<String>,
    /// Its addresses (`192.168.0.0/16`).
    pub address_block: Option<String>,
}

/// The part of a network that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubnetSpec {
    /// The network.
    pub network: Id,
    /// Its addresses, which are among the network's (`192.168.1.0/24`).
    pub address_block: String,
    /// The name to give; the driver chooses when none.
    pub name: Option<String>,
}

/// The network interface that an instance is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkInterfaceSpec {
    /// The instance.
    pub instance: Id,
    /// The network, or the part of one.
    pub network: Id,
    /// The name to give; the driver chooses when none.
    pub name: Option<String>,
}

/// The firewall that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallSpec {
    /// The name to give.
    pub name: String,
    /// What people will read about it.
    pub description: String,
}

/// A rule that is to be added to a firewall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSpec {
    /// Which packets it is about.
    pub protocol: Protocol,
    /// The first and the last port; type and code for ICMP. All when none.
    pub ports: Option<(u16, u16)>,
    /// Where they may come from; at least one.
    pub sources: Vec<RuleSource>,
}

/// Where packets that a rule admits may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleSource {
    /// Addresses (`192.168.0.0/16`).
    Addresses(String),
    /// Instances behind a firewall.
    Firewall {
        /// The firewall.
        firewall: Id,
        /// Whose it is; the user's own when none.
        owner: Option<String>,
    },
}

/// The load balancer that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancerSpec {
    /// The name to give.
    pub name: String,
    /// The realm whose instances it sends to.
    pub realm: Id,
    /// What it listens on.
    pub listener: Listener,
}

/// The bucket that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketSpec {
    /// The name to give.
    pub name: String,
    /// Where it is to be; the cloud chooses when none.
    pub location: Option<String>,
}

/// The blob that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobSpec {
    /// The bucket that it is in.
    pub bucket: Id,
    /// Its name.
    pub name: String,
    /// What its content is; unknown when none.
    pub content_type: Option<String>,
    /// How many bytes its content has, when the client says so beforehand.
    pub size: Option<u64>,
    /// The user's own words about it.
    pub metadata: Vec<(String, String)>,
}
