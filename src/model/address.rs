//! Addresses: an EC2 Elastic IP, a Deltacloud address, a CIMI address, an OpenStack floating IP.

use std::{borrow::Cow, net::IpAddr};

use super::{Tags, owned};

/// An address that is the user's until he gives it back, and leads to the instance that he chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'a> {
    /// The cloud's identifier. A driver takes the address itself for it, too, wherever it is asked about one.
    pub id: Cow<'a, str>,
    /// The address itself.
    pub ip: IpAddr,
    /// The instance it leads to; none when to nowhere.
    pub instance: Option<Cow<'a, str>>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Address<'_> {
    /// The same address, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Address<'static> {
        Address { id: owned(self.id), ip: self.ip, instance: self.instance.map(owned), tags: self.tags }
    }
}
