//! What can be asked of a cloud: a few verbs by kind.

use std::{borrow::Borrow, fmt};

use secrecy::SecretString;

use super::{InstanceState, Memo, NoteChange, RuleSpec, Spec, TagChange, TagPattern, Thing};

/// One thing asked of a cloud. Every answer is a sequence of [`Resource`](super::Resource)s: a list is many, a show
/// is one, an action is what it acted on, a destroy is what goes. A bucket is followed by its blobs, as far as the cloud
/// says them in the same breath.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// All resources of a kind that the filter admits, in the cloud's own stable order.
    List(Kind, Filter),
    /// The one with this id.
    Show(Kind, Id),
    /// A new one. The content of a blob comes with it, in pieces.
    Create(Box<Spec>),
    /// A new one, of which something is kept that its cloud does not keep.
    CreateWith(Box<Spec>, Box<Memo>),
    /// What a blob holds: the answer is the blob and then its content, in pieces.
    Read(Id),
    /// A step in the life of instances; all of them or, when one of the ids is wrong, none.
    Act(Action, Vec<Id>),
    /// Something else done to one thing.
    Change(Id, Change),
    /// What is written on these things, of any kinds, becomes another; on all of them or, when one of the ids is wrong,
    /// on none.
    Tag(Vec<Thing>, TagChange),
    /// What is kept of an instance becomes another.
    Note(Id, NoteChange),
    /// These are to go; all of them or, when one of the ids is wrong, none.
    Destroy(Kind, Vec<Id>),
}

/// A collection of the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// See [`Realm`](super::Realm).
    Realm,
    /// See [`Image`](super::Image).
    Image,
    /// See [`HardwareProfile`](super::HardwareProfile).
    HardwareProfile,
    /// See [`Instance`](super::Instance).
    Instance,
    /// See [`Key`](super::Key).
    Key,
    /// See [`Volume`](super::Volume).
    Volume,
    /// See [`Snapshot`](super::Snapshot).
    Snapshot,
    /// See [`Network`](super::Network).
    Network,
    /// See [`Subnet`](super::Subnet).
    Subnet,
    /// See [`NetworkInterface`](super::NetworkInterface).
    NetworkInterface,
    /// See [`Address`](super::Address).
    Address,
    /// See [`Firewall`](super::Firewall).
    Firewall,
    /// See [`LoadBalancer`](super::LoadBalancer).
    LoadBalancer,
    /// See [`Bucket`](super::Bucket).
    Bucket,
    /// See [`Blob`](super::Blob).
    Blob,
    /// See [`Metric`](super::Metric).
    Metric,
    /// See [`Console`](super::Console).
    Console,
    /// See [`Provider`](super::Provider).
    Provider,
    /// See [`Tagging`](super::Tagging).
    Tag,
    /// See [`Note`](super::Note): to show one is to show its instance with it.
    Note,
}

impl Operation {
    /// That something is created, of which this is kept.
    pub fn creation(spec: Spec, memo: Memo) -> Self {
        let spec = Box::new(spec);
        if memo == Memo::default() {
            Operation::Create(spec)
        } else {
            Operation::CreateWith(spec, Box::new(memo))
        }
    }

    /// What is to be created by it; none when nothing is.
    pub fn creates(&self) -> Option<&Spec> {
        match self {
            Operation::Create(spec) | Operation::CreateWith(spec, _) => Some(spec),
            Operation::List(..) | Operation::Show(..) | Operation::Read(_) | Operation::Act(..) => None,
            Operation::Change(..) | Operation::Tag(..) | Operation::Note(..) | Operation::Destroy(..) => None,
        }
    }
}

impl Kind {
    /// Every kind, to go through.
    pub const ALL: [Kind; 20] = [
        Kind::Realm,
        Kind::Image,
        Kind::HardwareProfile,
        Kind::Instance,
        Kind::Key,
        Kind::Volume,
        Kind::Snapshot,
        Kind::Network,
        Kind::Subnet,
        Kind::NetworkInterface,
        Kind::Address,
        Kind::Firewall,
        Kind::LoadBalancer,
        Kind::Bucket,
        Kind::Blob,
        Kind::Metric,
        Kind::Console,
        Kind::Provider,
        Kind::Tag,
        Kind::Note,
    ];
}

impl Kind {
    /// Whether something can be written on things of this kind.
    pub fn has_tags(self) -> bool {
        match self {
            Kind::Image | Kind::Instance | Kind::Key | Kind::Volume | Kind::Snapshot => true,
            Kind::Network | Kind::Subnet | Kind::NetworkInterface | Kind::Address | Kind::Firewall => true,
            Kind::Realm | Kind::HardwareProfile | Kind::LoadBalancer | Kind::Bucket | Kind::Blob => false,
            Kind::Metric | Kind::Console | Kind::Provider | Kind::Tag | Kind::Note => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Realm => "realm",
            Kind::Image => "image",
            Kind::HardwareProfile => "hardware profile",
            Kind::Instance => "instance",
            Kind::Key => "key",
            Kind::Volume => "volume",
            Kind::Snapshot => "snapshot",
            Kind::Network => "network",
            Kind::Subnet => "subnet",
            Kind::NetworkInterface => "network interface",
            Kind::Address => "address",
            Kind::Firewall => "firewall",
            Kind::LoadBalancer => "load balancer",
            Kind::Bucket => "bucket",
            Kind::Blob => "blob",
            Kind::Metric => "metric",
            Kind::Console => "console",
            Kind::Provider => "provider",
            Kind::Tag => "tag",
            Kind::Note => "note",
        })
    }
}

/// A cloud's own identifier of a resource, exactly as the cloud writes it. A blob's is that of its bucket, a slash and
/// its own name: no bucket has a slash in its name, and a blob may.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of a blob.
    pub fn of_blob(bucket: &str, name: &str) -> Self {
        Id(format!("{bucket}/{name}"))
    }

    /// The bucket and the name of the blob that this is the id of; none when it is another's.
    pub fn as_blob(&self) -> Option<(&str, &str)> {
        self.0.split_once('/')
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Id {
    fn from(text: T) -> Self {
        Id(text.into())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a list is narrowed to.
///
/// A driver passes on what its cloud can filter by and may answer more than was asked; the front end that asked
/// drops what does not match. `ids` is the exception: a driver answers those and no others, and does not fail
/// when one of them is missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only these; all when empty.
    pub ids: Vec<Id>,
    /// Only what is in this realm.
    pub realm: Option<Id>,
    /// Only what was made from this image.
    pub image: Option<Id>,
    /// Only what has this exact name.
    pub name: Option<String>,
    /// Only instances in one of these states; all when empty.
    pub states: Vec<InstanceState>,
    /// Only what has these tags, all of them, as its user [sees](super::seen) them.
    pub tags: Vec<TagPattern>,
    /// The receiver will not take more than this many, counted before any dropping of its own; none when it cannot
    /// tell. Lets a driver bound what it asks for.
    pub at_most: Option<usize>,
}

/// A step in the life of an instance, besides creating and destroying it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Let it run.
    Start,
    /// Let it stop: the guest is asked to shut down.
    Stop {
        /// Take its power away instead of asking.
        force: bool,
    },
    /// Let the guest start again.
    Reboot,
}

impl Action {
    /// The action's name, in the words of the neutral model.
    pub fn name(self) -> &'static str {
        match self {
            Action::Start => "start",
            Action::Stop { .. } => "stop",
            Action::Reboot => "reboot",
        }
    }
}

/// What can be done to a thing besides creating and destroying it, one thing at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// An instance executes a command; the answer is a [`Run`](super::Run).
    Run(Command),
    /// A volume becomes a disk of an instance.
    Attach {
        /// The instance.
        instance: Id,
        /// The device name in the guest (`/dev/sdc`); the cloud chooses when none.
        device: Option<String>,
    },
    /// A volume stops to be a disk of the instance that has it.
    Detach,
    /// An address leads to an instance.
    Associate {
        /// The instance.
        instance: Id,
    },
    /// An address leads nowhere any more.
    Disassociate,
    /// A load balancer sends to an instance, too.
    Register {
        /// The instance.
        instance: Id,
    },
    /// A load balancer does not send to an instance any more.
    Unregister {
        /// The instance.
        instance: Id,
    },
    /// A firewall lets in what a rule admits, too.
    Authorize(RuleSpec),
    /// A firewall lets in no more what the rule with this id admits.
    Revoke {
        /// The rule.
        rule: Id,
    },
    /// The user's own words about a blob are these, and no others.
    SetMetadata(Vec<(String, String)>),
}

impl Change {
    /// The kind of thing that it is done to.
    pub fn kind(&self) -> Kind {
        match self {
            Change::Run(_) => Kind::Instance,
            Change::Attach { .. } | Change::Detach => Kind::Volume,
            Change::Associate { .. } | Change::Disassociate => Kind::Address,
            Change::Register { .. } | Change::Unregister { .. } => Kind::LoadBalancer,
            Change::Authorize(_) | Change::Revoke { .. } => Kind::Firewall,
            Change::SetMetadata(_) => Kind::Blob,
        }
    }
}

/// A command that an instance is to execute, and how to get in.
#[derive(Debug, Clone)]
pub struct Command {
    /// The command, as the guest's shell reads it.
    pub text: String,
    /// The private key, in PEM, that lets in.
    pub private_key: Option<SecretString>,
    /// The password that lets in.
    pub password: Option<SecretString>,
    /// Where the instance is; where the cloud says when none.
    pub address: Option<String>,
    /// The port of its shell; 22 when none.
    pub port: Option<u16>,
}

impl PartialEq for Command {
    /// Whether they are the same but for the secrets.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.address == other.address && self.port == other.port
    }
}
