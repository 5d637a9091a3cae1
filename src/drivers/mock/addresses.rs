//! Addresses of the user's, which lead to an instance of his choice.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::{
    instances::Instance,
    state::{Reading, Record, Writing, not_now},
};
use crate::model::{Address as Shown, Error, ErrorKind, Id, Kind, Resource};

/// The address that is given when none was given before.
const FIRST: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 1);

/// An address; the instance that it leads to knows of it, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Address {
    pub(super) ip: IpAddr,
    pub(super) instance: Option<String>,
}

impl Record for Address {
    const KIND: Kind = Kind::Address;
    const MOST: usize = 10_000;

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        let instance = self.instance.as_deref().map(Into::into);
        Resource::Address(Shown { id: id.into(), ip: self.ip, instance, tags: Default::default() })
    }

    fn may_go(&self, id: &str, _reading: Reading<'_>) -> Result<(), Error> {
        match &self.instance {
            Some(instance) => {
                Err(not_now(Kind::Address, id, &format!("leads to '{instance}': disassociate it first")))
            }
            None => Ok(()),
        }
    }
}

impl Writing<'_> {
    /// One more than the highest that there is.
    pub(super) fn create_address(&mut self) -> Result<Resource<'static>, Error> {
        let highest = self.state.addresses.iter().filter_map(|(_, address)| match address.ip {
            IpAddr::V4(ip) => Some(ip.to_bits()),
            IpAddr::V6(_) => None,
        });
        let next = highest.max().map_or(Some(FIRST.to_bits()), |highest| highest.checked_add(1));
        let next = next.ok_or_else(|| Error::new(ErrorKind::NoCapacity, "there is no address left"))?;
        let ip = IpAddr::V4(Ipv4Addr::from_bits(next));
        self.create(&ip.to_string(), Address { ip, instance: None })
    }

    pub(super) fn associate(&mut self, id: &Id, instance: &Id) -> Result<Resource<'static>, Error> {
        let address = self.state.find_mut::<Address>(id)?;
        if let Some(other) = &address.instance {
            return Err(not_now(Kind::Address, id.as_str(), &format!("leads to '{other}' already")));
        }
        address.instance = Some(instance.to_string());
        let ip = address.ip;
        self.state.find_mut::<Instance>(instance)?.addresses.push(ip);
        self.shown::<Address>(id)
    }

    pub(super) fn disassociate(&mut self, id: &Id) -> Result<Resource<'static>, Error> {
        let address = self.state.find_mut::<Address>(id)?;
        let ip = address.ip;
        let instance = address.instance.take();
        let instance = instance.ok_or_else(|| not_now(Kind::Address, id.as_str(), "leads nowhere"))?;
        if let Some(instance) = self.state.instances.get_mut(&instance) {
            instance.addresses.retain(|address| *address != ip);
        }
        self.shown::<Address>(id)
    }
}
