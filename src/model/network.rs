//! Networks and their parts: an EC2 VPC and its subnets, Deltacloud's and CIMI's networks, an oVirt vNIC profile.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{Tags, owned};

/// What the interfaces of instances are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it; empty when none.
    pub name: Cow<'a, str>,
    /// Whether it carries anything.
    pub state: NetworkState,
    /// Its addresses (`192.168.0.0/16`), as far as the cloud knows them.
    pub address_blocks: SmallVec<[Cow<'a, str>; 1]>,
    /// Its parts.
    pub subnets: SmallVec<[Cow<'a, str>; 2]>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Network<'_> {
    /// The same network, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Network<'static> {
        Network {
            id: owned(self.id),
            name: owned(self.name),
            state: self.state,
            address_blocks: self.address_blocks.into_iter().map(owned).collect(),
            subnets: self.subnets.into_iter().map(owned).collect(),
            tags: self.tags,
        }
    }
}

/// A part of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it; empty when none.
    pub name: Cow<'a, str>,
    /// Whether it carries anything.
    pub state: NetworkState,
    /// The network it is a part of, when known.
    pub network: Option<Cow<'a, str>>,
    /// Its addresses (`192.168.1.0/24`), when the cloud knows them.
    pub address_block: Option<Cow<'a, str>>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Subnet<'_> {
    /// The same subnet, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Subnet<'static> {
        Subnet {
            id: owned(self.id),
            name: owned(self.name),
            state: self.state,
            network: self.network.map(owned),
            address_block: self.address_block.map(owned),
            tags: self.tags,
        }
    }
}

/// Whether a network carries anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetworkState {
    /// It does.
    Up,
    /// It is being made.
    Pending,
    /// It does not.
    Down,
}
