//! What EC2's clients take for granted and no cloud has: a default VPC with a subnet in every zone, and, where the cloud
//! has no firewalls at all, a security group.
//!
//! They stand for the cloud's own choice: an instance in a default subnet is one of which nothing is said but its zone.
//! Nothing can be made in them or done to them.

use ipnet::Ipv4Net;
use smallvec::{SmallVec, smallvec};

use super::{
    envelope::{Body, Context},
    listing::Listing,
};
use crate::{
    model::{
        Direction, Error, Firewall, Flow, Id, Kind, Network, NetworkState, Protocol, Resource, Rule, Source,
        Subnet, Tags,
    },
    wire::xml::Writer,
};

/// The default VPC's identifier. Clients that check identifiers want hexadecimal digits.
pub(super) const VPC: &str = "vpc-00000000";
/// The default security group's.
pub(super) const GROUP: &str = "sg-00000000";
/// The name of that group, wherever it is from.
pub(super) const GROUP_NAME: &str = "default";
/// What the identifiers of default subnets begin with; the zone's follows.
const SUBNET: &str = "subnet-default-";
/// How long a default subnet's prefix is, as long as there are addresses for all of them.
const USUAL_PREFIX: u8 = 20;
/// How long it may be.
const LONGEST_PREFIX: u8 = 28;

/// Whether this is the identifier of something that stands in for what the cloud has not.
pub(super) fn is_default(id: &str) -> bool {
    id == VPC || id == GROUP || zone(id).is_some()
}

/// The identifier of the default subnet in a zone.
pub(super) fn subnet_id(zone: &str) -> String {
    format!("{SUBNET}{zone}")
}

/// The zone of a default subnet, by its identifier.
pub(super) fn zone(id: &str) -> Option<&str> {
    id.strip_prefix(SUBNET)
}

/// The default VPC.
pub(super) fn network(context: &Context) -> Network<'static> {
    Network {
        id: VPC.into(),
        name: "".into(),
        state: NetworkState::Up,
        address_blocks: smallvec![context.default_network.to_string().into()],
        subnets: SmallVec::new(),
        tags: Tags::default(),
    }
}

/// The default security group: as clouds that have none, it lets everything through.
pub(super) fn firewall() -> Firewall<'static> {
    let all = |id: &'static str, direction| Rule {
        id: id.into(),
        direction,
        protocol: Protocol::Any,
        ports: None,
        sources: vec![Source::Addresses("0.0.0.0/0".into())],
    };
    Firewall {
        id: GROUP.into(),
        name: GROUP_NAME.into(),
        description: "all that the cloud lets through: it has no security groups".into(),
        owner: "".into(),
        rules: vec![all("00000000", Direction::Ingress), all("00000001", Direction::Egress)],
        tags: Tags::default(),
    }
}

/// The default subnets of these zones.
fn subnets(context: &Context, zones: &[String]) -> Vec<Subnet<'static>> {
    let block = context.default_network;
    let room = |prefix: &u8| {
        let parts = 1_usize.checked_shl(u32::from(prefix.saturating_sub(block.prefix_len())));
        *prefix >= block.prefix_len() && parts.is_none_or(|parts| parts >= zones.len())
    };
    let prefix = (USUAL_PREFIX..=LONGEST_PREFIX).find(room).unwrap_or(LONGEST_PREFIX);
    let blocks = block.subnets(prefix).into_iter().flatten();
    let subnet = |(zone, block): (&String, Ipv4Net)| Subnet {
        id: subnet_id(zone).into(),
        name: "".into(),
        state: NetworkState::Up,
        network: Some(VPC.into()),
        address_block: Some(block.to_string().into()),
        tags: Tags::default(),
    };
    zones.iter().zip(blocks).map(subnet).collect()
}

/// Which of these identifiers are the cloud's own, and whether it is to be asked: not when only what stands in is wanted.
pub(super) fn ask(ids: &[Id]) -> (Vec<Id>, bool) {
    let own: Vec<Id> = ids.iter().filter(|id| !is_default(id.as_str())).cloned().collect();
    let asks = ids.is_empty() || !own.is_empty();
    (own, asks)
}

/// A list that has more in it than the cloud has.
pub(super) struct Standing {
    /// The list.
    pub(super) listing: Listing,
    /// What is added.
    pub(super) kind: Kind,
    /// Only these, where some are asked for by identifier.
    pub(super) ids: Vec<Id>,
    /// The zones that were found.
    pub(super) zones: Vec<String>,
}

impl Standing {
    fn stand_ins(&self, context: &Context) -> Vec<Resource<'static>> {
        let all = match self.kind {
            Kind::Network => vec![Resource::Network(network(context))],
            Kind::Firewall => vec![Resource::Firewall(firewall())],
            _zones => subnets(context, &self.zones).into_iter().map(Resource::Subnet).collect(),
        };
        let is_wanted = |resource: &Resource<'_>| {
            let is_it = |id: &Id| id.as_str() == resource.id() || self.is_named(resource, id);
            self.ids.is_empty() || self.ids.iter().any(is_it)
        };
        all.into_iter().filter(is_wanted).collect()
    }

    /// Groups are asked for by name, too.
    fn is_named(&self, resource: &Resource<'_>, id: &Id) -> bool {
        matches!(resource, Resource::Firewall(firewall) if firewall.name == id.as_str())
    }
}

impl Body for Standing {
    fn note(&mut self, resource: &Resource<'_>) -> Result<(), Error> {
        if let Resource::Realm(realm) = resource {
            self.zones.push(realm.id.to_string());
        }
        Ok(())
    }

    fn open(&mut self, context: &Context, xml: &mut Writer<'_>) {
        self.listing.open(context, xml);
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        self.listing.item(resource, context, xml)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        for resource in self.stand_ins(context) {
            self.listing.item(&resource, context, xml)?;
        }
        self.listing.close(context, xml)
    }
}
