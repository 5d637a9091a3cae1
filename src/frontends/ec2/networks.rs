//! Networks as VPCs and their parts as subnets: `Describe…`, `Create…` and `Delete…` of both.
//!
//! A default VPC stands with them, as the cloud's own choice. Where the cloud's networks have no parts, each is the one part of itself: it is shown as a VPC and as a subnet.

use ipnet::Ipv4Net;

use super::{
    actions::{Answer, Query},
    defaults,
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    listing::Listing,
    pages::Bounds,
    scalars,
    single::{Done, Single},
    tags,
};
use crate::{
    model::{Kind, NetworkInterface, NetworkSpec, NetworkState, Operation, Resource, Spec, SubnetSpec, Tag},
    wire::xml::Writer,
};

/// How long a page may be, as in EC2.
pub(super) const PAGE: Bounds = Bounds { least: 5, most: 1000 };

/// How many addresses of a subnet are EC2's own.
const RESERVED_ADDRESSES: u32 = 5;

/// `DescribeVpcs`
pub(super) fn describe_vpcs(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::VPCS)?;
    let ids = query.ids(Kind::Network, "VpcId")?;
    query.with_defaults(Kind::Network, Kind::Network, filters, PAGE, ids, Listing::items("vpcSet", write_vpc))
}

/// `DescribeSubnets`
pub(super) fn describe_subnets(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::SUBNETS)?;
    let ids = query.ids(Kind::Subnet, "SubnetId")?;
    let kind = if query.context.networks_have_parts { Kind::Subnet } else { Kind::Network };
    let listing = Listing::items("subnetSet", write_subnet);
    query.with_defaults(kind, Kind::Subnet, filters, PAGE, ids, listing)
}

/// `CreateVpc`
pub(super) fn create_vpc(query: &Query<'_>) -> Result<Answer, Fault> {
    let spec = NetworkSpec {
        name: tags::name(query.parameters, Kind::Network).map(str::to_owned),
        address_block: Some(query.parameters.required("CidrBlock")?.to_owned()),
    };
    let operation = Operation::creation(Spec::Network(spec), tags::memo(query, &[Kind::Network])?);
    Ok(query.answer(Some(operation), Single::within("vpc", write_vpc)))
}

/// `CreateSubnet`
pub(super) fn create_subnet(query: &Query<'_>) -> Result<Answer, Fault> {
    let spec = SubnetSpec {
        network: query.required_id(Kind::Network, "VpcId")?,
        address_block: query.parameters.required("CidrBlock")?.to_owned(),
        name: tags::name(query.parameters, Kind::Subnet).map(str::to_owned),
    };
    let operation = Operation::creation(Spec::Subnet(spec), tags::memo(query, &[Kind::Subnet])?);
    Ok(query.answer(Some(operation), Single::within("subnet", write_subnet)))
}

/// `DeleteVpc`
pub(super) fn delete_vpc(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Network, "VpcId")?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Network, vec![id])), Done))
}

/// `DeleteSubnet`
pub(super) fn delete_subnet(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Subnet, "SubnetId")?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Subnet, vec![id])), Done))
}

/// A part of a network, or a network that is the one part of itself.
pub(super) struct Part<'r> {
    /// Its identifier.
    pub(super) id: &'r str,
    /// The name people gave it.
    pub(super) name: &'r str,
    /// The network it is a part of.
    pub(super) network: Option<&'r str>,
    /// Its addresses.
    pub(super) block: Option<&'r str>,
    /// Whether it carries anything.
    pub(super) state: NetworkState,
    /// What its user wrote on it.
    pub(super) tags: &'r [Tag],
}

impl<'r> Part<'r> {
    /// The part that a resource is; none when it is something else.
    pub(super) fn of(resource: &'r Resource<'_>) -> Option<Self> {
        match resource {
            Resource::Subnet(subnet) => Some(Part {
                id: &subnet.id,
                name: &subnet.name,
                network: subnet.network.as_deref(),
                block: subnet.address_block.as_deref(),
                state: subnet.state,
                tags: &subnet.tags,
            }),
            Resource::Network(network) => Some(Part {
                id: &network.id,
                name: &network.name,
                network: Some(&network.id),
                block: network.address_blocks.first().map(AsRef::as_ref),
                state: network.state,
                tags: &network.tags,
            }),
            _other => None,
        }
    }

    /// Whether it can be used, in EC2's words for subnets.
    pub(super) fn state(&self) -> &'static str {
        match self.state {
            NetworkState::Up => "available",
            NetworkState::Pending => "pending",
            NetworkState::Down => "unavailable",
        }
    }
}

/// Whether a network can be used, in EC2's words for VPCs, which know of no broken ones.
pub(super) fn vpc_state(state: NetworkState) -> &'static str {
    match state {
        NetworkState::Up => "available",
        NetworkState::Pending | NetworkState::Down => "pending",
    }
}

/// The part of a network that an interface is on.
pub(super) fn part_of<'i>(interface: &'i NetworkInterface<'_>, context: &Context) -> Option<&'i str> {
    let whole = || interface.network.as_deref().filter(|_| !context.networks_have_parts);
    interface.subnet.as_deref().or_else(whole)
}

/// Writes where an interface is.
pub(super) fn write_place(interface: Option<&NetworkInterface<'_>>, context: &Context, xml: &mut Writer<'_>) {
    let subnet = interface.and_then(|interface| part_of(interface, context));
    let subnet = subnet.map(|id| ids::show(ids::SUBNET, id, context.ids));
    xml.text("subnetId", subnet.as_ref().map_or("", ids::Shown::as_str));
    let network = interface.and_then(|interface| interface.network.as_deref());
    let network = network.map(|id| ids::show(ids::VPC, id, context.ids));
    xml.text("vpcId", network.as_ref().map_or("", ids::Shown::as_str));
}

/// How many addresses a block has for instances: EC2 keeps five of each for itself. How many of them are taken is not
/// known, and how many there are of IPv6 fits no number.
fn addresses(block: Option<&str>) -> u32 {
    let block = block.and_then(|block| block.parse::<Ipv4Net>().ok());
    let bits = block.map_or(0, |block| u32::from(block.max_prefix_len() - block.prefix_len()));
    1_u32.checked_shl(bits).unwrap_or(u32::MAX).saturating_sub(RESERVED_ADDRESSES)
}

fn write_vpc(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Network(network) = resource else { return };
    xml.text("vpcId", ids::show(ids::VPC, &network.id, context.ids).as_str());
    xml.text("ownerId", &context.owner);
    xml.text("state", vpc_state(network.state));
    if let Some(block) = network.address_blocks.first() {
        xml.text("cidrBlock", block);
    }
    xml.empty("cidrBlockAssociationSet");
    xml.empty("ipv6CidrBlockAssociationSet");
    xml.text("dhcpOptionsId", "default");
    xml.text("instanceTenancy", "default");
    xml.text("isDefault", scalars::truth(defaults::is_default(&network.id)));
    tags::write(&network.tags, &network.name, xml);
}

fn write_subnet(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Some(part) = Part::of(resource) else { return };
    let network = part.network.map(|id| ids::show(ids::VPC, id, context.ids));
    xml.text("subnetId", ids::show(ids::SUBNET, part.id, context.ids).as_str());
    xml.text("state", part.state());
    xml.text("vpcId", network.as_ref().map_or("", ids::Shown::as_str));
    xml.text("ownerId", &context.owner);
    if let Some(block) = part.block {
        xml.text("cidrBlock", block);
    }
    xml.empty("ipv6CidrBlockAssociationSet");
    // A network reaches everywhere.
    xml.text("availabilityZone", defaults::zone(part.id).unwrap_or_default());
    xml.text("availableIpAddressCount", scalars::number(addresses(part.block)).as_str());
    xml.text("defaultForAz", scalars::truth(defaults::is_default(part.id)));
    xml.text("mapPublicIpOnLaunch", "false");
    xml.text("assignIpv6AddressOnCreation", "false");
    tags::write(part.tags, part.name, xml);
}
