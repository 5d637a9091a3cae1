//! Instances: an EC2 instance, a Deltacloud instance, a CIMI machine, an oVirt VM.

use std::{borrow::Cow, net::IpAddr, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{Note, Tags, owned};

/// A virtual machine. Where one was written down by another release, what that did not know is as in [`Default`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it; empty when none.
    pub name: Cow<'a, str>,
    /// Whose it is, as the cloud names users; empty when the cloud does not say.
    pub owner: Cow<'a, str>,
    /// Where it is in its life.
    pub state: InstanceState,
    /// What it was before the operation that is being answered; none in a list or a show.
    pub previous: Option<InstanceState>,
    /// How it does, while it runs.
    pub health: Health,
    /// The image it was made from, when known.
    pub image: Option<Cow<'a, str>>,
    /// The realm it is in, when known.
    pub realm: Option<Cow<'a, str>>,
    /// The hardware profile it was made with; none when it follows no profile.
    pub hardware_profile: Option<Cow<'a, str>>,
    /// Virtual processors, as a count.
    pub cpus: Option<u32>,
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// The processor in EC2's words (`x86_64`, `i386`, `arm64`); none when the cloud does not say.
    pub architecture: Option<Cow<'a, str>>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it last started to run.
    pub launched: Option<Timestamp>,
    /// When it last stopped, if it is not running.
    pub stopped: Option<Timestamp>,
    /// The name that the guest has, when the cloud knows it.
    pub host_name: Option<Cow<'a, str>>,
    /// Addresses that are known, but not on which interface.
    pub addresses: SmallVec<[IpAddr; 4]>,
    /// Its network interfaces, the first one first.
    pub interfaces: SmallVec<[NetworkInterface<'a>; 2]>,
    /// The disks it has, the boot disk first when the cloud tells.
    pub attachments: SmallVec<[Attachment<'a>; 2]>,
    /// The key that lets in, when the cloud knows it.
    pub key: Option<Cow<'a, str>>,
    /// The firewalls around it, as far as the cloud says.
    pub firewalls: SmallVec<[Cow<'a, str>; 1]>,
    /// Whether an image can be made of it now.
    pub can_be_captured: bool,
    /// What its user wrote on it; no driver knows of it.
    #[serde(skip)]
    pub tags: Tags,
    /// What else is kept of it; no driver knows of it.
    #[serde(skip)]
    pub note: Option<Arc<Note>>,
}

impl<'a> Instance<'a> {
    /// An instance of which nothing is known but who and where in its life it is.
    pub fn new(id: impl Into<Cow<'a, str>>, state: InstanceState) -> Self {
        Instance {
            id: id.into(),
            name: Cow::Borrowed(""),
            owner: Cow::Borrowed(""),
            state,
            previous: None,
            health: Health::Unknown,
            image: None,
            realm: None,
            hardware_profile: None,
            cpus: None,
            memory: None,
            architecture: None,
            created: None,
            launched: None,
            stopped: None,
            host_name: None,
            addresses: SmallVec::new(),
            interfaces: SmallVec::new(),
            attachments: SmallVec::new(),
            key: None,
            firewalls: SmallVec::new(),
            can_be_captured: false,
            tags: Default::default(),
            note: None,
        }
    }

    /// The same instance, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Instance<'static> {
        let own = |text: Option<Cow<'a, str>>| text.map(owned);
        Instance {
            id: owned(self.id),
            name: owned(self.name),
            owner: owned(self.owner),
            state: self.state,
            previous: self.previous,
            health: self.health,
            image: own(self.image),
            realm: own(self.realm),
            hardware_profile: own(self.hardware_profile),
            cpus: self.cpus,
            memory: self.memory,
            architecture: own(self.architecture),
            created: self.created,
            launched: self.launched,
            stopped: self.stopped,
            host_name: own(self.host_name),
            addresses: self.addresses,
            interfaces: self.interfaces.into_iter().map(NetworkInterface::into_owned).collect(),
            attachments: self.attachments.into_iter().map(Attachment::into_owned).collect(),
            key: own(self.key),
            firewalls: self.firewalls.into_iter().map(owned).collect(),
            can_be_captured: self.can_be_captured,
            tags: self.tags,
            note: self.note,
        }
    }

    /// Every address that is known, the first interface's first.
    pub fn all_addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.interfaces
            .iter()
            .flat_map(|interface| interface.addresses.iter())
            .chain(&self.addresses)
            .copied()
    }
}

impl Default for Instance<'_> {
    fn default() -> Self {
        Instance::new("", InstanceState::Unknown)
    }
}

/// Where an instance is in its life.
///
/// Wide enough that no cloud's state has to lie and every front end can fold it into its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InstanceState {
    /// It is being made.
    Creating,
    /// It is on its way to running.
    Starting,
    /// It runs.
    Running,
    /// It runs and is starting again by itself.
    Rebooting,
    /// Its processors are held, its memory is kept in place.
    Paused,
    /// Its memory is being written away.
    Suspending,
    /// Its memory is kept on disk; it does not run.
    Suspended,
    /// Its memory is being read back; it will run.
    Resuming,
    /// It is on its way to stopped.
    Stopping,
    /// It does not run and can be started.
    Stopped,
    /// It does not run and cannot be operated on until the cloud releases its disks.
    Locked,
    /// It is being destroyed.
    Terminating,
    /// It is gone.
    Terminated,
    /// It is broken.
    Error,
    /// The cloud lost sight of it, or says something that is not known here.
    Unknown,
}

impl InstanceState {
    /// Every state, to go through.
    pub const ALL: [InstanceState; 15] = [
        InstanceState::Creating,
        InstanceState::Starting,
        InstanceState::Running,
        InstanceState::Rebooting,
        InstanceState::Paused,
        InstanceState::Suspending,
        InstanceState::Suspended,
        InstanceState::Resuming,
        InstanceState::Stopping,
        InstanceState::Stopped,
        InstanceState::Locked,
        InstanceState::Terminating,
        InstanceState::Terminated,
        InstanceState::Error,
        InstanceState::Unknown,
    ];
}

/// How a running instance does, as far as the cloud can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Health {
    /// All is well.
    Ok,
    /// It runs, but does not do its work: paused by an error, not responding.
    Impaired,
    /// Nothing is known: it does not run, or the cloud does not look.
    Unknown,
}

/// A network interface of an instance.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkInterface<'a> {
    /// The cloud's identifier; empty on an instance of whose interfaces the cloud says other things alone.
    pub id: Cow<'a, str>,
    /// The name it has on the instance (`nic1`).
    pub name: Cow<'a, str>,
    /// The hardware address (`00:1a:4a:16:01:56`), lower case, when known.
    pub mac: Option<Cow<'a, str>>,
    /// The network it is on, when known.
    pub network: Option<Cow<'a, str>>,
    /// The part of the network it is on, where it is on one.
    pub subnet: Option<Cow<'a, str>>,
    /// The instance whose it is; none where that is said around it.
    pub instance: Option<Cow<'a, str>>,
    /// The addresses it is known to have.
    pub addresses: SmallVec<[IpAddr; 2]>,
    /// What its user wrote on it; no driver knows of it.
    #[serde(skip)]
    pub tags: Tags,
}

impl NetworkInterface<'_> {
    /// An interface of which nothing is known.
    pub fn unnamed() -> Self {
        NetworkInterface {
            id: Cow::Borrowed(""),
            name: Cow::Borrowed(""),
            mac: None,
            network: None,
            subnet: None,
            instance: None,
            addresses: SmallVec::new(),
            tags: Tags::default(),
        }
    }

    /// Whether it can be spoken of: it has an identifier.
    pub fn is_named(&self) -> bool {
        !self.id.is_empty()
    }

    /// The same interface, owning its text.
    pub fn into_owned(self) -> NetworkInterface<'static> {
        NetworkInterface {
            id: owned(self.id),
            name: owned(self.name),
            mac: self.mac.map(owned),
            network: self.network.map(owned),
            subnet: self.subnet.map(owned),
            instance: self.instance.map(owned),
            addresses: self.addresses,
            tags: self.tags,
        }
    }
}

/// A disk that an instance has.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment<'a> {
    /// The volume's identifier.
    pub volume: Cow<'a, str>,
    /// The device name in the guest (`/dev/vda`), when the cloud knows it.
    pub device: Option<Cow<'a, str>>,
    /// Size in bytes, when known.
    pub size: Option<u64>,
    /// Whether the instance boots from it.
    pub boot: bool,
    /// Whether it goes when the instance goes.
    pub delete_on_termination: bool,
}

impl Attachment<'_> {
    fn into_owned(self) -> Attachment<'static> {
        Attachment { volume: owned(self.volume), device: self.device.map(owned), ..self }
    }
}
