//! Networks, and the blocks of addresses that they and their parts have.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::state::{Reading, Record, Writing, not_now};
use crate::model::{Error, ErrorKind, Kind, Network as Shown, NetworkSpec, NetworkState, Resource};

/// The block of a network of which none is said: `10.0.0.0/16`.
const BLOCK: &str = "10.0.0.0/16";

/// A network. The parts of it say themselves whose they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Network {
    pub(super) name: String,
    /// As it was written: checked, and not changed.
    pub(super) block: String,
    /// Its parts, which know it, too.
    pub(super) subnets: Vec<String>,
}

impl Record for Network {
    const KIND: Kind = Kind::Network;
    const MOST: usize = 1_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        Resource::Network(Shown {
            id: id.into(),
            name: self.name.as_str().into(),
            state: NetworkState::Up,
            address_blocks: smallvec![self.block.as_str().into()],
            subnets: self.subnets.iter().map(|id| id.as_str().into()).collect(),
            tags: Default::default(),
        })
    }

    fn may_go(&self, id: &str, reading: Reading<'_>) -> Result<(), Error> {
        if !self.subnets.is_empty() {
            return Err(not_now(Kind::Network, id, "has subnets: destroy them first"));
        }
        let mut interfaces = reading.state.network_interfaces.iter();
        match interfaces.find(|(_, interface)| interface.network == id) {
            Some((interface, _)) => Err(not_now(Kind::Network, id, &format!("is in use by '{interface}'"))),
            None => Ok(()),
        }
    }
}

impl Writing<'_> {
    pub(super) fn create_network(&mut self, spec: &NetworkSpec) -> Result<Resource<'static>, Error> {
        let text = spec.address_block.as_deref().unwrap_or(BLOCK);
        block(text)?;
        let id = self.id_of(spec.name.as_ref(), Kind::Network, "net_")?;
        self.create(&id, Network { name: id.clone(), block: text.to_owned(), subnets: Vec::new() })
    }
}

/// A block of addresses as it is written: `192.168.0.0/16`.
///
/// # Errors
/// `Invalid`
pub(super) fn block(text: &str) -> Result<IpNet, Error> {
    let message = || format!("'{}' is no block of addresses such as {BLOCK}", text.escape_debug());
    text.parse().map_err(|_| Error::new(ErrorKind::Invalid, message()))
}
