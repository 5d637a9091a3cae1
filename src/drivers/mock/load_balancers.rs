//! Load balancers, which send to nobody: they only know to whom they would.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    instances::Instance,
    realms,
    state::{Reading, Record, Writing, check_name, not_now},
};
use crate::model::{
    Error, ErrorKind, Id, Kind, Listener, ListenerProtocol, LoadBalancer as Shown, LoadBalancerSpec, Resource,
};

/// A load balancer with its one listener.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LoadBalancer {
    realm: String,
    host: String,
    created: Timestamp,
    spoken: Spoken,
    port: u16,
    instance_port: u16,
    pub(super) instances: Vec<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Spoken {
    Http,
    Tcp,
}

impl Record for LoadBalancer {
    const KIND: Kind = Kind::LoadBalancer;
    const MOST: usize = 1_000;

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        let protocol = match self.spoken {
            Spoken::Http => ListenerProtocol::Http,
            Spoken::Tcp => ListenerProtocol::Tcp,
        };
        Resource::LoadBalancer(Shown {
            id: id.into(),
            realm: Some(self.realm.as_str().into()),
            addresses: vec![self.host.as_str().into()],
            created: Some(self.created),
            listeners: vec![Listener { protocol, port: self.port, instance_port: self.instance_port }],
            instances: self.instances.iter().map(|id| id.as_str().into()).collect(),
        })
    }
}

impl Writing<'_> {
    pub(super) fn create_load_balancer(
        &mut self,
        spec: &LoadBalancerSpec,
    ) -> Result<Resource<'static>, Error> {
        check_name(&spec.name, Kind::LoadBalancer)?;
        let realm = realms::choose(Some(&spec.realm))?.id.into_owned();
        let Listener { protocol, port, instance_port } = spec.listener;
        if port == 0 || instance_port == 0 {
            return Err(Error::new(ErrorKind::Invalid, "a load balancer listens on a port from 1 to 65535"));
        }
        let spoken = match protocol {
            ListenerProtocol::Http => Spoken::Http,
            ListenerProtocol::Tcp => Spoken::Tcp,
        };
        let host = format!("{}.{realm}.public.com", spec.name);
        let balancer = LoadBalancer {
            realm,
            host,
            created: self.now,
            spoken,
            port,
            instance_port,
            instances: Vec::new(),
        };
        self.create(&spec.name, balancer)
    }

    pub(super) fn register(&mut self, id: &Id, instance: &Id) -> Result<Resource<'static>, Error> {
        self.state.find::<Instance>(instance)?;
        let balancer = self.state.find_mut::<LoadBalancer>(id)?;
        if balancer.instances.iter().any(|known| known == instance.as_str()) {
            return Err(not_now(Kind::LoadBalancer, id.as_str(), &format!("sends to '{instance}' already")));
        }
        balancer.instances.push(instance.to_string());
        self.shown::<LoadBalancer>(id)
    }

    pub(super) fn unregister(&mut self, id: &Id, instance: &Id) -> Result<Resource<'static>, Error> {
        let balancer = self.state.find_mut::<LoadBalancer>(id)?;
        let position = balancer.instances.iter().position(|known| known == instance.as_str());
        let why = || not_now(Kind::LoadBalancer, id.as_str(), &format!("does not send to '{instance}'"));
        balancer.instances.remove(position.ok_or_else(why)?);
        self.shown::<LoadBalancer>(id)
    }
}
