//! What a driver can do, as data: front ends derive from it what they advertise, tests what they run, docs what
//! they print.

use super::{Cause, Kind, Operation, Stage, Transition};

/// What a driver can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The driver's name, as in `-i`.
    pub driver: &'static str,
    /// The pairs it can perform.
    pub operations: &'static [(Verb, Kind)],
    /// What this one cloud turned out not to have, as far as is known: it is not offered, and refused by the cloud's own
    /// word when it is asked for nevertheless.
    pub lacks: Kinds,
    /// How its cloud writes identifiers.
    pub ids: IdForm,
    /// How many bytes of user data an instance can be given; none when it takes none.
    pub user_data: Option<usize>,
    /// How long an instance's name may be, in characters, on every release of the cloud; none when nobody meets the limit.
    pub longest_name: Option<u32>,
    /// What else can be said when something is created.
    pub features: &'static [Feature],
    /// How an instance lives, for front ends that tell their clients what they may do next. A driver may do more than
    /// it declares.
    pub life: &'static [Transition],
}

impl Capabilities {
    /// Whether the pair can be performed.
    pub fn supports(&self, verb: Verb, kind: Kind) -> bool {
        self.operations.contains(&(verb, kind))
    }

    /// Whether the pair can be performed, and the cloud is not known to lack what it takes.
    pub fn offers(&self, verb: Verb, kind: Kind) -> bool {
        !self.lacks.contains(kind) && self.supports(verb, kind)
    }

    /// Whether the driver has the feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether an instance that is created comes to run by itself.
    pub fn starts_what_it_creates(&self) -> bool {
        let runs = Transition::new(Stage::Pending, Cause::Auto, Stage::Running);
        self.life.contains(&runs)
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(u32);

const _: () = assert!(Kind::ALL.len() <= 32, "a set has a bit for every kind");

impl Kinds {
    /// The set of none.
    pub const NONE: Kinds = Kinds(0);

    /// Whether the kind is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & Kinds::from(kind).0 != 0
    }
}

impl From<Kind> for Kinds {
    fn from(kind: Kind) -> Self {
        Kinds(1 << kind as u32)
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        Kinds(kinds.into_iter().fold(0, |set, kind| set | Kinds::from(kind).0))
    }
}

/// Something that can be said when a thing is created, on some clouds and not on others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// A key is made of a public key that the user has.
    ImportKey,
    /// A pair of keys can be made by Ed25519.
    Ed25519Key,
    /// An instance can be told at its first start which public keys let in.
    AuthorizedKeys,
    /// An instance lets in who has a key of the user's.
    InstanceKey,
    /// An instance has firewalls of the user's choice around it.
    InstanceFirewalls,
    /// An instance's first interface is on a network of the user's choice.
    InstanceNetwork,
    /// An instance is measured closely.
    InstanceMetrics,
    /// An instance's disk has a size of the user's choice.
    InstanceStorage,
    /// An instance is made with volumes, and boots from one of them if that is wanted.
    InstanceDisks,
    /// A bucket is where the user wants it.
    BucketLocation,
    /// A volume has a name of the user's choice.
    VolumeName,
    /// A volume has a description of the user's own.
    VolumeDescription,
}

/// The verb of an [`Operation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// [`Operation::List`]
    List,
    /// [`Operation::Show`]
    Show,
    /// [`Operation::Create`], [`Operation::CreateWith`]
    Create,
    /// [`Operation::Read`]
    Read,
    /// [`Operation::Act`]
    Act,
    /// [`Operation::Change`], [`Operation::Tag`], [`Operation::Note`]
    Change,
    /// [`Operation::Destroy`]
    Destroy,
}

impl Operation {
    /// The verb and the kind of it.
    pub fn pair(&self) -> (Verb, Kind) {
        match self {
            Operation::List(kind, _) => (Verb::List, *kind),
            Operation::Show(kind, _) => (Verb::Show, *kind),
            Operation::Create(spec) | Operation::CreateWith(spec, _) => (Verb::Create, spec.kind()),
            Operation::Read(_) => (Verb::Read, Kind::Blob),
            Operation::Act(..) => (Verb::Act, Kind::Instance),
            Operation::Tag(..) => (Verb::Change, Kind::Tag),
            Operation::Note(..) => (Verb::Change, Kind::Note),
            Operation::Change(_, change) => (Verb::Change, change.kind()),
            Operation::Destroy(kind, _) => (Verb::Destroy, *kind),
        }
    }
}

/// How a cloud writes identifiers, so that a front end can give them its own form and tell a malformed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdForm {
    /// Lower-case UUIDs with dashes.
    Uuid,
    /// Any text.
    Opaque,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        for one in Kind::ALL {
            let set = Kinds::from_iter([one]);
            assert!(Kind::ALL.iter().all(|kind| set.contains(*kind) == (*kind == one)), "{one}");
            assert!(!Kinds::NONE.contains(one));
        }
    }
}
