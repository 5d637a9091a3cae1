//! What VPCs, subnets and network interfaces can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{
        defaults,
        envelope::Context,
        ids,
        networks::{self, Part},
        scalars,
    },
    model::{Network, NetworkInterface, Resource},
};

/// The filters of `DescribeVpcs`.
pub(in crate::frontends::ec2) const VPCS: &[Known] = &[
    Known { name: "vpc-id", values: V::Network(vpc) },
    Known { name: "cidr", values: V::Network(blocks) },
    Known { name: "cidr-block", values: V::Network(blocks) },
    Known { name: "cidr-block-association.cidr-block", values: V::Network(blocks) },
    Known {
        name: "state",
        values: V::Network(|network, _, matches| matches(networks::vpc_state(network.state))),
    },
    Known { name: "isDefault", values: V::Network(is_default) },
    Known { name: "is-default", values: V::Network(is_default) },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "dhcp-options-id", values: V::Always("default") },
    Known { name: "tag-key", values: V::TagKey },
];

/// The filters of `DescribeSubnets`. A network reaches everywhere, so it is in any zone; only what stands in for a default
/// is in one.
pub(in crate::frontends::ec2) const SUBNETS: &[Known] = &[
    Known { name: "subnet-id", values: V::Part(subnet) },
    Known { name: "vpc-id", values: V::Part(vpc_of_part) },
    Known { name: "cidr", values: V::Part(block) },
    Known { name: "cidrBlock", values: V::Part(block) },
    Known { name: "cidr-block", values: V::Part(block) },
    Known { name: "state", values: V::Part(|part, _, matches| matches(part.state())) },
    Known { name: "availability-zone", values: V::Part(zone) },
    Known { name: "availabilityZone", values: V::Part(zone) },
    Known { name: "defaultForAz", values: V::Part(is_default_part) },
    Known { name: "default-for-az", values: V::Part(is_default_part) },
    Known { name: "map-public-ip-on-launch", values: V::Always("false") },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "tag-key", values: V::TagKey },
];

/// The filters of `DescribeNetworkInterfaces`.
pub(in crate::frontends::ec2) const INTERFACES: &[Known] = &[
    Known { name: "network-interface-id", values: V::Interface(interface) },
    Known { name: "subnet-id", values: V::Interface(subnet_of_interface) },
    Known { name: "vpc-id", values: V::Interface(vpc_of_interface) },
    Known { name: "attachment.instance-id", values: V::Interface(instance) },
    Known { name: "mac-address", values: V::Interface(mac) },
    Known { name: "private-ip-address", values: V::Interface(address) },
    Known { name: "addresses.private-ip-address", values: V::Interface(address) },
    Known { name: "description", values: V::Interface(|interface, _, matches| matches(&interface.name)) },
    Known { name: "status", values: V::Always("in-use") },
    Known { name: "attachment.status", values: V::Always("attached") },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "tag-key", values: V::TagKey },
    Known { name: "group-id", values: V::Never },
    Known { name: "group-name", values: V::Never },
];

fn is_default(network: &Network<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(if defaults::is_default(&network.id) { "true" } else { "false" })
}

fn zone(part: &Part<'_>, _: &Context, matches: Matches<'_>) -> bool {
    defaults::zone(part.id).is_none_or(matches)
}

fn is_default_part(part: &Part<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(if defaults::is_default(part.id) { "true" } else { "false" })
}

fn vpc(network: &Network<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::VPC, Some(&network.id), context, matches)
}

fn blocks(network: &Network<'_>, _: &Context, matches: Matches<'_>) -> bool {
    network.address_blocks.iter().any(|block| matches(block))
}

fn subnet(part: &Part<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::SUBNET, Some(part.id), context, matches)
}

fn vpc_of_part(part: &Part<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::VPC, part.network, context, matches)
}

fn block(part: &Part<'_>, _: &Context, matches: Matches<'_>) -> bool {
    part.block.is_some_and(matches)
}

fn interface(interface: &NetworkInterface<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::INTERFACE, Some(&interface.id), context, matches)
}

fn subnet_of_interface(interface: &NetworkInterface<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::SUBNET, networks::part_of(interface, context), context, matches)
}

fn vpc_of_interface(interface: &NetworkInterface<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::VPC, interface.network.as_deref(), context, matches)
}

fn instance(interface: &NetworkInterface<'_>, context: &Context, matches: Matches<'_>) -> bool {
    either(ids::INSTANCE, interface.instance.as_deref(), context, matches)
}

fn mac(interface: &NetworkInterface<'_>, _: &Context, matches: Matches<'_>) -> bool {
    interface.mac.as_deref().is_some_and(matches)
}

fn address(interface: &NetworkInterface<'_>, _: &Context, matches: Matches<'_>) -> bool {
    interface.addresses.iter().any(|address| matches(scalars::address(*address).as_str()))
}

/// An identifier matches as the cloud writes it and as the client sees it.
fn either(prefix: ids::Prefix, id: Option<&str>, context: &Context, matches: Matches<'_>) -> bool {
    let Some(id) = id else { return false };
    matches(id) || matches(ids::show(prefix, id, context.ids).as_str())
}

/// The part of a network that a resource is, against a filter of subnets.
pub(super) fn of_part(
    values: fn(&Part<'_>, &Context, Matches<'_>) -> bool,
    resource: &Resource<'_>,
    context: &Context,
    matches: Matches<'_>,
) -> bool {
    Part::of(resource).is_some_and(|part| values(&part, context, matches))
}
