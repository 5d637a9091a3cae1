//! Load balancers: an EC2 classic load balancer, a Deltacloud load balancer.

use std::borrow::Cow;

use jiff::Timestamp;

use super::owned;

/// What sends what it is asked on to one of several instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancer<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The realm whose instances it sends to, when it is of one.
    pub realm: Option<Cow<'a, str>>,
    /// Where it can be reached: names or addresses.
    pub addresses: Vec<Cow<'a, str>>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// What it listens on.
    pub listeners: Vec<Listener>,
    /// The instances that it sends to.
    pub instances: Vec<Cow<'a, str>>,
}

impl LoadBalancer<'_> {
    /// The same load balancer, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> LoadBalancer<'static> {
        LoadBalancer {
            id: owned(self.id),
            realm: self.realm.map(owned),
            addresses: self.addresses.into_iter().map(owned).collect(),
            created: self.created,
            listeners: self.listeners,
            instances: self.instances.into_iter().map(owned).collect(),
        }
    }
}

/// A port that a load balancer listens on, and where it sends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// What is spoken there.
    pub protocol: ListenerProtocol,
    /// The load balancer's port.
    pub port: u16,
    /// The port of the instances.
    pub instance_port: u16,
}

/// What is spoken to a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListenerProtocol {
    /// HTTP.
    Http,
    /// Anything on TCP.
    Tcp,
}
