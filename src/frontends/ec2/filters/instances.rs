//! What instances can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{defaults, envelope::Context, ids, instances, networks, scalars, states},
    model::Instance,
};

/// By state: also what `DescribeInstanceStatus` does unless it is told to include all.
pub(in crate::frontends::ec2) const STATE_NAME: Known =
    Known { name: "instance-state-name", values: V::Instance(state_name) };

/// The filters of `DescribeInstances`.
pub(in crate::frontends::ec2) const INSTANCES: &[Known] = &[
    Known { name: "instance-id", values: V::Instance(id) },
    Known { name: "image-id", values: V::Instance(image) },
    STATE_NAME,
    Known { name: "instance-state-code", values: V::Instance(state_code) },
    Known { name: "instance-type", values: V::Instance(instance_type) },
    Known { name: "availability-zone", values: V::Instance(zone) },
    Known { name: "reservation-id", values: V::Instance(reservation) },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "private-ip-address", values: V::Instance(address) },
    Known { name: "ip-address", values: V::Instance(address) },
    Known { name: "network-interface.addresses.private-ip-address", values: V::Instance(any_address) },
    Known { name: "private-dns-name", values: V::Instance(host_name) },
    Known { name: "dns-name", values: V::Instance(host_name) },
    Known { name: "architecture", values: V::Instance(architecture) },
    Known { name: "launch-time", values: V::Instance(launch_time) },
    Known { name: "subnet-id", values: V::Instance(subnet) },
    Known { name: "network-interface.subnet-id", values: V::Instance(subnet) },
    Known { name: "network-interface.network-interface-id", values: V::Instance(interface) },
    Known { name: "network-interface.mac-address", values: V::Instance(mac) },
    Known { name: "block-device-mapping.volume-id", values: V::Instance(volume) },
    Known { name: "root-device-type", values: V::Always(instances::ROOT_DEVICE_TYPE) },
    Known { name: "hypervisor", values: V::Always(instances::HYPERVISOR) },
    Known { name: "virtualization-type", values: V::Always(instances::VIRTUALIZATION) },
    Known { name: "tenancy", values: V::Always(instances::TENANCY) },
    Known { name: "monitoring-state", values: V::Always(instances::MONITORING) },
    Known { name: "tag-key", values: V::TagKey },
    Known { name: "key-name", values: V::Instance(key) },
    Known { name: "client-token", values: V::Instance(token) },
    Known { name: "group-id", values: V::Instance(group) },
    Known { name: "instance.group-id", values: V::Instance(group) },
    Known { name: "group-name", values: V::Never },
    Known { name: "instance.group-name", values: V::Never },
    Known { name: "instance-lifecycle", values: V::Never },
    Known { name: "platform", values: V::Never },
    Known { name: "spot-instance-request-id", values: V::Never },
    Known { name: "vpc-id", values: V::Instance(vpc) },
    Known { name: "network-interface.vpc-id", values: V::Instance(vpc) },
];

/// The filters of `DescribeInstanceStatus`.
pub(in crate::frontends::ec2) const STATUSES: &[Known] = &[
    Known { name: "availability-zone", values: V::Instance(zone) },
    STATE_NAME,
    Known { name: "instance-state-code", values: V::Instance(state_code) },
    Known { name: "instance-status.status", values: V::Instance(status) },
    Known { name: "instance-status.reachability", values: V::Instance(reachability) },
    Known { name: "system-status.status", values: V::Instance(status) },
    Known { name: "system-status.reachability", values: V::Instance(reachability) },
];

fn id(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&instance.id) || matches(ids::show(ids::INSTANCE, &instance.id, context.ids).as_str())
}

fn image(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let Some(image) = &instance.image else { return false };
    matches(image) || matches(ids::show(ids::IMAGE, image, context.ids).as_str())
}

fn reservation(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(instances::reservation_id(instance, context).as_str())
}

fn token(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance.note.as_ref().and_then(|note| note.token.as_deref()).is_some_and(matches)
}

fn group(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let mut groups = instance.firewalls.iter();
    groups.any(|id| matches(id) || matches(ids::show(ids::GROUP, id, context.ids).as_str()))
}

fn key(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance.key.as_deref().is_some_and(matches)
}

fn state_name(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(states::shown(instance.state).name)
}

fn state_code(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(scalars::number(states::shown(instance.state).code).as_str())
}

fn instance_type(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instances::type_of(instance).is_some_and(|name| matches(name.as_str()))
}

fn zone(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance.realm.as_deref().is_some_and(matches)
}

fn address(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instances::main_address(instance).is_some_and(|address| matches(scalars::address(address).as_str()))
}

fn any_address(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance.all_addresses().any(|address| matches(scalars::address(address).as_str()))
}

fn host_name(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance.host_name.as_deref().is_some_and(matches)
}

fn architecture(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(instances::architecture(instance.architecture.as_deref()))
}

fn launch_time(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(scalars::timestamp(instances::launch_time(instance, context)).as_str())
}

/// The default subnet of a zone is wherever its cloud puts an instance there.
fn subnet(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let mut parts = instance.interfaces.iter().filter_map(|interface| networks::part_of(interface, context));
    parts.any(|id| matches(id) || matches(ids::show(ids::SUBNET, id, context.ids).as_str()))
        || instance.realm.as_deref().is_some_and(|realm| matches(&defaults::subnet_id(realm)))
}

fn vpc(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let mut networks = instance.interfaces.iter().filter_map(|interface| interface.network.as_deref());
    networks.any(|id| matches(id) || matches(ids::show(ids::VPC, id, context.ids).as_str()))
        || matches(defaults::VPC)
}

fn interface(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let shown = |id| ids::show(ids::INTERFACE, id, context.ids);
    let mut named = instance.interfaces.iter().filter(|interface| interface.is_named());
    named.any(|interface| matches(shown(&interface.id).as_str()))
}

fn mac(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance.interfaces.iter().filter_map(|interface| interface.mac.as_deref()).any(matches)
}

fn volume(instance: &Instance<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let shown = |id| ids::show(ids::VOLUME, id, context.ids);
    instance.attachments.iter().any(|attachment| matches(shown(&attachment.volume).as_str()))
}

fn status(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(states::check(instance).status)
}

fn reachability(instance: &Instance<'_>, _: &Context, matches: Matches<'_>) -> bool {
    states::check(instance).reachability.is_some_and(matches)
}
