//! Subnets: the parts of networks.

use serde::{Deserialize, Serialize};

use super::{
    networks::{Network, block},
    state::{Reading, Record, State, Writing, not_now},
};
use crate::model::{Error, ErrorKind, Kind, NetworkState, Resource, Subnet as Shown, SubnetSpec};

/// A part of a network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Subnet {
    pub(super) name: String,
    pub(super) network: String,
    /// As it was written: checked, and not changed.
    pub(super) block: String,
}

impl Record for Subnet {
    const KIND: Kind = Kind::Subnet;
    const MOST: usize = 1_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        Resource::Subnet(Shown {
            id: id.into(),
            name: self.name.as_str().into(),
            state: NetworkState::Up,
            network: Some(self.network.as_str().into()),
            address_block: Some(self.block.as_str().into()),
            tags: Default::default(),
        })
    }

    fn may_go(&self, id: &str, reading: Reading<'_>) -> Result<(), Error> {
        let mut interfaces = reading.state.network_interfaces.iter();
        match interfaces.find(|(_, interface)| interface.subnet.as_deref() == Some(id)) {
            Some((interface, _)) => Err(not_now(Kind::Subnet, id, &format!("is in use by '{interface}'"))),
            None => Ok(()),
        }
    }

    fn leave(&self, id: &str, state: &mut State) {
        if let Some(network) = state.networks.get_mut(&self.network) {
            network.subnets.retain(|subnet| subnet != id);
        }
    }
}

impl Writing<'_> {
    pub(super) fn create_subnet(&mut self, spec: &SubnetSpec) -> Result<Resource<'static>, Error> {
        let network = self.state.find::<Network>(&spec.network)?;
        let (whole, part) = (block(&network.block)?, block(&spec.address_block)?);
        if !whole.contains(&part) {
            let message = format!("{part} is no part of the network's {whole}");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let others = network.subnets.iter().filter_map(|id| self.state.subnets.get(id));
        let overlaps = |other: &Subnet| {
            block(&other.block).is_ok_and(|other| other.contains(&part) || part.contains(&other))
        };
        if let Some(other) = others.into_iter().find(|other| overlaps(other)) {
            let message = format!("{part} is taken by subnet '{}'", other.name);
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let id = self.id_of(spec.name.as_ref(), Kind::Subnet, "subnet_")?;
        let network = spec.network.to_string();
        let subnet = Subnet { name: id.clone(), network, block: spec.address_block.clone() };
        let shown = self.create(&id, subnet)?;
        self.state.find_mut::<Network>(&spec.network)?.subnets.push(id);
        Ok(shown)
    }
}
