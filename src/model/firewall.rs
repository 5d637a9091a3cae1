//! Firewalls: an EC2 security group, a Deltacloud firewall.

use std::borrow::Cow;

use super::{Tags, owned};

/// What lets packets through to the instances that have it around them, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall<'a> {
    /// The cloud's identifier. A driver takes the name for it, too, wherever it is asked about one.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
    /// What people wrote about it; empty when nothing.
    pub description: Cow<'a, str>,
    /// Whose it is, as the cloud names users; empty when the cloud does not say.
    pub owner: Cow<'a, str>,
    /// What it lets through.
    pub rules: Vec<Rule<'a>>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Firewall<'_> {
    /// The same firewall, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Firewall<'static> {
        Firewall {
            id: owned(self.id),
            name: owned(self.name),
            description: owned(self.description),
            owner: owned(self.owner),
            rules: self.rules.into_iter().map(Rule::into_owned).collect(),
            tags: self.tags,
        }
    }
}

/// Packets that a firewall lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// Which way they go.
    pub direction: Direction,
    /// Which packets they are.
    pub protocol: Protocol,
    /// The first and the last port; type and code for ICMP. All when none.
    pub ports: Option<(u16, u16)>,
    /// Where they come from or, on their way out, go to.
    pub sources: Vec<Source<'a>>,
}

impl Rule<'_> {
    fn into_owned(self) -> Rule<'static> {
        Rule {
            id: owned(self.id),
            direction: self.direction,
            protocol: self.protocol,
            ports: self.ports,
            sources: self.sources.into_iter().map(Source::into_owned).collect(),
        }
    }
}

/// Which way packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the instance.
    Ingress,
    /// From the instance.
    Egress,
}

/// What packets are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP, for either version of IP.
    Icmp,
    /// Anything.
    Any,
}

/// Where packets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source<'a> {
    /// Addresses (`192.168.0.0/16`).
    Addresses(Cow<'a, str>),
    /// Instances that have a firewall around them.
    Firewall {
        /// The firewall's identifier.
        id: Cow<'a, str>,
        /// Whose it is; empty when the cloud does not say.
        owner: Cow<'a, str>,
    },
}

impl Source<'_> {
    fn into_owned(self) -> Source<'static> {
        match self {
            Source::Addresses(block) => Source::Addresses(owned(block)),
            Source::Firewall { id, owner } => Source::Firewall { id: owned(id), owner: owned(owner) },
        }
    }
}
