//! What the engine keeps: plain data, one representation for all modes.

use std::net::Ipv4Addr;

use uuid::Uuid;

use super::clock::{Schedule, Time};
use super::element::Element;
pub use super::states::{Lock, VmStatus};
use super::table::Item;

/// What virtual machines, templates and instance types have in common.
#[derive(Clone, Debug)]
pub struct Machine {
    pub description: String,
    pub comment: String,
    /// Bytes.
    pub memory: u64,
    /// Bytes that the host must keep free for it.
    pub guaranteed: u64,
    /// Bytes up to which memory may be plugged.
    pub max_memory: u64,
    pub cores: u32,
    pub sockets: u32,
    pub threads: u32,
    pub os: String,
    pub boot: Vec<String>,
    /// `server`, `desktop` or `high_performance`.
    pub kind: String,
    pub stateless: bool,
    pub delete_protected: bool,
    pub high_availability: bool,
    pub priority: u32,
    /// Name and value.
    pub custom_properties: Vec<(String, String)>,
    pub initialization: Option<Element>,
    pub payloads: Vec<Payload>,
}

/// A file set that the guest sees as a floppy or a CD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// `floppy` or `cdrom`.
    pub kind: String,
    pub volume_id: Option<String>,
    /// Name and content.
    pub files: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub disk: Uuid,
    pub interface: String,
    pub bootable: bool,
    pub active: bool,
    pub read_only: bool,
}

#[derive(Clone, Debug)]
pub struct Nic {
    pub id: Uuid,
    pub name: String,
    pub mac: String,
    pub interface: String,
    pub profile: Uuid,
    pub network: Uuid,
    pub plugged: bool,
    pub linked: bool,
    /// What the guest agent reports once it runs.
    pub address: Ipv4Addr,
}

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub id: Uuid,
    pub description: String,
    /// `active` or `regular`.
    pub kind: &'static str,
    pub date: Time,
    pub status: Schedule<Lock>,
    pub gone: Option<Time>,
    pub with_memory: bool,
    /// What its disks were written in: one image of each.
    pub images: Vec<SnapshotImage>,
}

/// What a disk was written in until a snapshot was taken.
#[derive(Clone, Debug)]
pub struct SnapshotImage {
    pub disk: Uuid,
    pub image: Uuid,
    /// When it is merged into the next one.
    pub gone: Option<Time>,
}

#[derive(Clone, Debug)]
pub struct Vm {
    pub id: Uuid,
    pub name: String,
    pub machine: Machine,
    pub status: Schedule<VmStatus>,
    pub gone: Option<Time>,
    /// Task that creates it and when it ends.
    pub creation: Option<(Uuid, Time)>,
    pub cluster: Uuid,
    pub template: Uuid,
    pub original_template: Uuid,
    pub instance_type: Option<Uuid>,
    pub host: Uuid,
    pub created: Time,
    pub started: Option<Time>,
    pub stopped: Option<Time>,
    pub stop_reason: Option<String>,
    pub run_once: bool,
    pub next_run: bool,
    /// The `initialization` that the last start asked for.
    pub start_initialization: Option<Element>,
    pub disks: Vec<Attachment>,
    pub nics: Vec<Nic>,
    pub snapshots: Vec<Snapshot>,
    pub tags: Vec<Uuid>,
    /// Users other than administrators who may see and use it.
    pub users: Vec<Uuid>,
}

#[derive(Clone, Debug)]
pub struct Template {
    pub id: Uuid,
    pub name: String,
    pub machine: Machine,
    pub status: Schedule<Lock>,
    pub gone: Option<Time>,
    pub creation: Option<(Uuid, Time)>,
    /// Blank belongs to none.
    pub cluster: Option<Uuid>,
    pub created: Time,
    pub version: u32,
    pub version_name: String,
    pub base: Uuid,
    pub disks: Vec<Attachment>,
    pub nics: Vec<Nic>,
    pub tags: Vec<Uuid>,
}

#[derive(Clone, Debug)]
pub struct Disk {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub image: Uuid,
    pub storage_domain: Uuid,
    /// Bytes.
    pub provisioned: u64,
    pub actual: u64,
    pub format: String,
    pub sparse: bool,
    pub shareable: bool,
    pub status: Schedule<Lock>,
    pub gone: Option<Time>,
}

#[derive(Clone, Debug)]
pub struct DataCenter {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub storage_type: &'static str,
}

#[derive(Clone, Debug)]
pub struct Cluster {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub data_center: Uuid,
    pub cpu: &'static str,
}

#[derive(Clone, Debug)]
pub struct Host {
    pub id: Uuid,
    pub name: String,
    pub address: String,
    pub cluster: Uuid,
}

#[derive(Clone, Debug)]
pub struct StorageDomain {
    pub id: Uuid,
    pub name: String,
    /// `data` or `iso`.
    pub kind: &'static str,
    pub data_center: Uuid,
    pub path: &'static str,
    pub available: u64,
    pub used: u64,
    pub committed: u64,
}

#[derive(Clone, Debug)]
pub struct Network {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub data_center: Uuid,
    pub vlan: Option<u32>,
    pub mtu: u32,
}

#[derive(Clone, Debug)]
pub struct VnicProfile {
    pub id: Uuid,
    pub name: String,
    pub network: Uuid,
    pub port_mirroring: bool,
}

#[derive(Clone, Debug)]
pub struct InstanceType {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub machine: Machine,
}

#[derive(Clone, Debug)]
pub struct Tag {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    /// The root tag has none.
    pub parent: Option<Uuid>,
}

#[derive(Clone, Debug)]
pub struct User {
    pub id: Uuid,
    /// With the profile: `admin@internal`.
    pub name: String,
    pub password: String,
    pub admin: bool,
}

#[derive(Clone, Debug)]
pub struct Job {
    pub id: Uuid,
    pub description: String,
    pub owner: Uuid,
    pub started: Time,
    pub ends: Time,
    pub correlation: String,
}

#[derive(Clone, Debug)]
pub struct EngineEvent {
    pub id: u64,
    pub code: u32,
    pub severity: String,
    pub description: String,
    pub origin: String,
    pub custom_id: i64,
    pub time: Time,
    pub correlation: String,
    pub user: Option<Uuid>,
    pub vm: Option<Uuid>,
}

macro_rules! items {
    ($($kind:ty $(: $gone:ident)?),* $(,)?) => { $(
        impl Item for $kind {
            fn id(&self) -> Uuid { self.id }
            fn name(&self) -> &str { &self.name }
            $(fn gone(&self) -> Option<Time> { self.$gone })?
        }
    )* };
}

items!(
    Vm: gone,
    Template: gone,
    Disk: gone,
    DataCenter,
    Cluster,
    Host,
    StorageDomain,
    Network,
    VnicProfile,
    InstanceType,
    Tag,
    User,
);

impl Default for Machine {
    fn default() -> Machine {
        const GIB: u64 = 1 << 30;
        Machine {
            description: String::new(),
            comment: String::new(),
            memory: GIB,
            guaranteed: GIB,
            max_memory: 4 * GIB,
            cores: 1,
            sockets: 1,
            threads: 1,
            os: "other".to_owned(),
            boot: vec!["hd".to_owned()],
            kind: "server".to_owned(),
            stateless: false,
            delete_protected: false,
            high_availability: false,
            priority: 1,
            custom_properties: Vec::new(),
            initialization: None,
            payloads: Vec::new(),
        }
    }
}

impl Machine {
    /// With `memory` bytes, all guaranteed, and four times as much at most.
    #[must_use]
    pub fn with_memory(mut self, memory: u64) -> Machine {
        (self.memory, self.guaranteed, self.max_memory) = (memory, memory, memory.saturating_mul(4));
        self
    }
}

impl Snapshot {
    /// The images that are there.
    pub fn images(&self, now: Time) -> impl Iterator<Item = &SnapshotImage> {
        let there = move |gone: Option<Time>| gone.is_none_or(|gone| now < gone);
        self.images.iter().filter(move |image| there(self.gone) && there(image.gone))
    }

    /// Whether a disk is in it.
    pub fn holds(&self, disk: Uuid, now: Time) -> bool {
        self.images(now).any(|image| image.disk == disk)
    }
}

impl Vm {
    pub fn status(&self, now: Time) -> VmStatus {
        self.status.at(now)
    }

    /// Whether the guest agent has reported by `now`, `lag` milliseconds after the guest came up.
    pub fn reports(&self, now: Time, lag: Time) -> bool {
        self.status(now) == VmStatus::Up && now >= self.status.since(now) + lag
    }

    pub fn seen_by(&self, user: &User) -> bool {
        user.admin || self.users.contains(&user.id)
    }
}
