//! Network interfaces: those that instances were given, each with an address of its network.

use std::{collections::HashSet, net::IpAddr};

use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::{
    instances::Instance,
    networks::{Network, block},
    state::{Reading, Record, State, Writing},
};
use crate::model::{Error, ErrorKind, Id, Kind, NetworkInterface as Shown, NetworkInterfaceSpec, Resource};

/// How many interfaces an instance has at most.
const MOST_PER_INSTANCE: usize = 16;
/// How many addresses of a block are looked at for one that is free: more than there are interfaces.
const CANDIDATES: usize = 20_000;
/// The first number that is made a hardware address of: the ones below are of the interfaces that are there at first.
const FIRST_NUMBER: u64 = 16;

/// A network interface; the instance knows of it, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct NetworkInterface {
    pub(super) name: String,
    pub(super) instance: String,
    pub(super) network: String,
    pub(super) subnet: Option<String>,
    pub(super) mac: String,
    pub(super) address: IpAddr,
}

impl NetworkInterface {
    /// It, as the model has it.
    pub(super) fn shown<'a>(&'a self, id: &'a str) -> Shown<'a> {
        Shown {
            id: id.into(),
            name: self.name.as_str().into(),
            mac: Some(self.mac.as_str().into()),
            network: Some(self.network.as_str().into()),
            subnet: self.subnet.as_deref().map(Into::into),
            instance: Some(self.instance.as_str().into()),
            addresses: smallvec![self.address],
            tags: Default::default(),
        }
    }
}

impl Record for NetworkInterface {
    const KIND: Kind = Kind::NetworkInterface;
    const MOST: usize = 10_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        Resource::NetworkInterface(self.shown(id))
    }

    fn leave(&self, id: &str, state: &mut State) {
        if let Some(instance) = state.instances.get_mut(&self.instance) {
            instance.interfaces.retain(|interface| interface != id);
        }
    }
}

impl Writing<'_> {
    pub(super) fn create_network_interface(
        &mut self,
        spec: &NetworkInterfaceSpec,
    ) -> Result<Resource<'static>, Error> {
        let id = self.id_of(spec.name.as_ref(), Kind::NetworkInterface, "nic_")?;
        self.plug(&id, &spec.instance, &spec.network)?;
        self.shown::<NetworkInterface>(&id.into())
    }

    /// Gives an instance an interface on a network, or on a part of one.
    ///
    /// # Errors
    /// `NotFound`, `AlreadyExists`, `LimitReached`; `NoCapacity` when all addresses are taken.
    pub(super) fn plug(&mut self, id: &str, instance: &Id, place: &Id) -> Result<(), Error> {
        if self.state.find::<Instance>(instance)?.interfaces.len() >= MOST_PER_INSTANCE {
            let message =
                format!("instance '{instance}' has {MOST_PER_INSTANCE} interfaces, and takes no more");
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        let (network, subnet, text) = match self.state.subnets.get(place.as_str()) {
            Some(subnet) => (subnet.network.clone(), Some(place.to_string()), &subnet.block),
            None => (place.to_string(), None, &self.state.find::<Network>(place)?.block),
        };
        let address = self.free_address(text, &network)?;
        let number = self.state.number("mac", FIRST_NUMBER);
        let (name, instance_id) = (id.to_owned(), instance.to_string());
        let interface =
            NetworkInterface { name, instance: instance_id, network, subnet, mac: mac(number), address };
        self.state.add(id, interface)?;
        self.state.find_mut::<Instance>(instance)?.interfaces.push(id.to_owned());
        Ok(())
    }

    fn free_address(&self, text: &str, network: &str) -> Result<IpAddr, Error> {
        let others = self.state.network_interfaces.iter().filter(|(_, other)| other.network == network);
        let taken: HashSet<IpAddr> = others.map(|(_, other)| other.address).collect();
        // The first host is the router.
        let mut hosts = block(text)?.hosts().skip(1).take(CANDIDATES);
        let full = || Error::new(ErrorKind::NoCapacity, format!("all addresses of {text} are taken"));
        hosts.find(|address| !taken.contains(address)).ok_or_else(full)
    }
}

/// The hardware address of an interface with this number.
pub(super) fn mac(number: u64) -> String {
    let [.., high, middle, low] = number.to_be_bytes();
    format!("52:54:00:{high:02x}:{middle:02x}:{low:02x}")
}
