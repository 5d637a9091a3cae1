//! What addresses can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{addresses, envelope::Context, ids, scalars},
    model::Address,
};

/// The filters of `DescribeAddresses`.
pub(in crate::frontends::ec2) const ADDRESSES: &[Known] = &[
    Known { name: "public-ip", values: V::Address(ip) },
    Known { name: "allocation-id", values: V::Address(allocation) },
    Known { name: "association-id", values: V::Address(association) },
    Known { name: "instance-id", values: V::Address(instance) },
    Known { name: "domain", values: V::Always(addresses::DOMAIN) },
    Known { name: "tag-key", values: V::TagKey },
    Known { name: "network-interface-id", values: V::Never },
    Known { name: "network-interface-owner-id", values: V::Never },
    Known { name: "private-ip-address", values: V::Never },
];

fn ip(address: &Address<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(scalars::address(address.ip).as_str())
}

fn allocation(address: &Address<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&address.id) || matches(ids::show(ids::ALLOCATION, &address.id, context.ids).as_str())
}

fn association(address: &Address<'_>, context: &Context, matches: Matches<'_>) -> bool {
    address.instance.is_some()
        && matches(&ids::behind(ids::ASSOCIATION, &address.id, context.ids).to_string())
}

fn instance(address: &Address<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let Some(id) = &address.instance else { return false };
    matches(id) || matches(ids::show(ids::INSTANCE, id, context.ids).as_str())
}
