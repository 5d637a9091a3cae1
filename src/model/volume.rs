//! Volumes: an EBS volume, a Deltacloud storage volume, a CIMI volume, an oVirt disk.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Tags, owned};

/// A disk that lives by itself, and may be an instance's for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it; empty when none.
    pub name: Cow<'a, str>,
    /// What people wrote about it; empty when nothing.
    pub description: Cow<'a, str>,
    /// What can be done with it.
    pub state: VolumeState,
    /// Size in bytes, when known.
    pub size: Option<u64>,
    /// The realm it is in, when it is in one.
    pub realm: Option<Cow<'a, str>>,
    /// The snapshot it was made from, when known.
    pub snapshot: Option<Cow<'a, str>>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// The instance that has it, the first one when several do.
    pub mount: Option<Mount<'a>>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Volume<'_> {
    /// The same volume, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Volume<'static> {
        Volume {
            id: owned(self.id),
            name: owned(self.name),
            description: owned(self.description),
            state: self.state,
            size: self.size,
            realm: self.realm.map(owned),
            snapshot: self.snapshot.map(owned),
            created: self.created,
            mount: self.mount.map(Mount::into_owned),
            tags: self.tags,
        }
    }
}

/// A volume's being a disk of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount<'a> {
    /// The instance.
    pub instance: Cow<'a, str>,
    /// The device name in the guest (`/dev/vda`), when the cloud knows it.
    pub device: Option<Cow<'a, str>>,
}

impl Mount<'_> {
    fn into_owned(self) -> Mount<'static> {
        Mount { instance: owned(self.instance), device: self.device.map(owned) }
    }
}

/// What can be done with a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VolumeState {
    /// It is being made.
    Creating,
    /// No instance has it.
    Available,
    /// An instance has it.
    InUse,
    /// The cloud works on it, and nothing else can be done meanwhile.
    Locked,
    /// It is being destroyed.
    Deleting,
    /// It is broken.
    Error,
}
