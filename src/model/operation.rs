//! What can be asked of a cloud: five verbs by kind.

use std::{borrow::Borrow, fmt};

use super::InstanceState;

/// One thing asked of a cloud. Every answer is a sequence of [`Resource`](super::Resource)s: a list is many, a show
/// is one, an action is what it acted on, a destroy is what goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// All resources of a kind that the filter admits, in the cloud's own stable order.
    List(Kind, Filter),
    /// The one with this id.
    Show(Kind, Id),
    /// A new one.
    Create(Box<Spec>),
    /// Something done to instances; all of them or, when one of the ids is wrong, none.
    Act(Action, Vec<Id>),
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
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Realm => "realm",
            Kind::Image => "image",
            Kind::HardwareProfile => "hardware profile",
            Kind::Instance => "instance",
            Kind::Key => "key",
        })
    }
}

/// A cloud's own identifier of a resource, exactly as the cloud writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
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
    /// The receiver will not take more than this many, counted before any dropping of its own; none when it cannot
    /// tell. Lets a driver bound what it asks for.
    pub at_most: Option<usize>,
}

/// What can be done to an instance besides creating and destroying it.
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

/// What is to be created.
#[derive(Debug, Clone, PartialEq)]
pub enum Spec {
    /// One or more instances alike.
    Instance(InstanceSpec),
    /// A key.
    Key(KeySpec),
}

impl Spec {
    /// The kind that is created.
    pub fn kind(&self) -> Kind {
        match self {
            Spec::Instance(_) => Kind::Instance,
            Spec::Key(_) => Kind::Key,
        }
    }

    /// Whether what is created is to run as soon as it can.
    pub fn starts(&self) -> bool {
        match self {
            Spec::Instance(spec) => spec.start,
            Spec::Key(_) => false,
        }
    }
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
    /// The name to give; the driver chooses when none, and adds to it where its cloud wants names to be unique.
    pub name: Option<String>,
    /// What the guest is told at its first start.
    pub user_data: Option<Vec<u8>>,
    /// How many.
    pub count: Count,
    /// Whether they are to run as soon as they can.
    pub start: bool,
}

/// The key that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpec {
    /// The name to give, which no other key may have.
    pub name: String,
    /// The public key of a pair that the user has, as OpenSSH writes it; the cloud makes a pair when none.
    pub public_key: Option<String>,
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
