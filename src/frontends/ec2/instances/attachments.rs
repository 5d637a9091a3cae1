//! What an instance is attached to: networks and volumes.

use std::net::IpAddr;

use super::{ROOT_DEVICE, launch_time, main_address};
use crate::{
    frontends::ec2::{
        defaults,
        envelope::Context,
        ids, networks,
        scalars::{self, Short},
    },
    model::{Attachment, IdForm, Instance, NetworkInterface},
    wire::xml::Writer,
};

/// Writes the networks, addresses and volumes of an instance that is not gone.
pub(super) fn write(instance: &Instance<'_>, context: &Context, xml: &mut Writer<'_>) {
    write_place(instance, context, xml);
    if let Some(address) = main_address(instance) {
        let address = scalars::address(address);
        xml.text("privateIpAddress", address.as_str());
        xml.text("ipAddress", address.as_str());
    }
    xml.text("sourceDestCheck", "true");
    write_groups(instance, context, xml);
    let since = scalars::timestamp(launch_time(instance, context));
    write_root_name(instance, xml);
    write_volumes(instance, context, xml);
    write_interfaces(instance, since, context, xml);
}

/// Where an instance is: by its first interface or, where the cloud tells of none, by the default that stands for it.
fn write_place(instance: &Instance<'_>, context: &Context, xml: &mut Writer<'_>) {
    match (instance.interfaces.first(), &instance.realm) {
        (None, Some(realm)) => {
            xml.text("subnetId", &defaults::subnet_id(realm));
            xml.text("vpcId", defaults::VPC);
        }
        (interface, _) => networks::write_place(interface, context, xml),
    }
}

/// The clouds tell a group's id here and not its name; where that is no UUID, it is its name.
pub(in crate::frontends::ec2) fn write_groups(
    instance: &Instance<'_>,
    context: &Context,
    xml: &mut Writer<'_>,
) {
    xml.open("groupSet");
    if !context.has_firewalls {
        xml.open("item");
        xml.text("groupId", defaults::GROUP);
        xml.text("groupName", defaults::GROUP_NAME);
        xml.close("item");
    }
    for id in &instance.firewalls {
        xml.open("item");
        xml.text("groupId", ids::show(ids::GROUP, id, context.ids).as_str());
        if context.ids == IdForm::Opaque {
            xml.text("groupName", id);
        }
        xml.close("item");
    }
    xml.close("groupSet");
}

fn root<'i, 'a>(instance: &'i Instance<'a>) -> Option<&'i Attachment<'a>> {
    instance.attachments.iter().find(|attachment| attachment.boot)
}

fn write_root_name(instance: &Instance<'_>, xml: &mut Writer<'_>) {
    let device = root(instance).and_then(|root| root.device.as_deref());
    xml.text("rootDeviceName", device.unwrap_or(ROOT_DEVICE));
}

/// Writes the volumes of an instance.
pub(in crate::frontends::ec2) fn write_volumes(
    instance: &Instance<'_>,
    context: &Context,
    xml: &mut Writer<'_>,
) {
    let (root, since) = (root(instance), scalars::timestamp(launch_time(instance, context)));
    xml.open("blockDeviceMapping");
    let mut others = 0;
    for attachment in &instance.attachments {
        let device = if root.is_some_and(|root| std::ptr::eq(root, attachment)) {
            Short::from(ROOT_DEVICE)
        } else {
            others += 1;
            device_name(others)
        };
        write_volume(attachment, device, since, context, xml);
    }
    xml.close("blockDeviceMapping");
}

fn write_volume(
    attachment: &Attachment<'_>,
    device: Short,
    since: Short,
    context: &Context,
    xml: &mut Writer<'_>,
) {
    xml.open("item");
    xml.text("deviceName", attachment.device.as_deref().unwrap_or(device.as_str()));
    xml.open("ebs");
    xml.text("volumeId", ids::show(ids::VOLUME, &attachment.volume, context.ids).as_str());
    xml.text("status", "attached");
    xml.text("attachTime", since.as_str());
    xml.text("deleteOnTermination", if attachment.delete_on_termination { "true" } else { "false" });
    xml.close("ebs");
    xml.close("item");
}

/// The name of the `nth` volume that is not booted from: `/dev/sdb` to `/dev/sdz`, then `/dev/sdaa`, as Linux counts.
fn device_name(nth: usize) -> Short {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap_or_default());
    let mut name = Short::from("/dev/sd");
    if let Some(high) = (nth / 26).checked_sub(1) {
        name.push(letter(high).encode_utf8(&mut [0; 4]));
    }
    name.push(letter(nth).encode_utf8(&mut [0; 4]));
    name
}

fn write_interfaces(instance: &Instance<'_>, since: Short, context: &Context, xml: &mut Writer<'_>) {
    xml.open("networkInterfaceSet");
    let host = instance.host_name.as_deref().unwrap_or_default();
    let named = instance.interfaces.iter().filter(|interface| interface.is_named());
    for (index, interface) in (0_u32..).zip(named) {
        xml.open("item");
        write_interface(interface, None, index, host, since, context, xml);
        xml.close("item");
    }
    xml.close("networkInterfaceSet");
}

/// Writes the `index`th interface of an instance, which is named where it is not around.
pub(in crate::frontends::ec2) fn write_interface(
    interface: &NetworkInterface<'_>,
    instance: Option<&str>,
    index: u32,
    host: &str,
    since: Short,
    context: &Context,
    xml: &mut Writer<'_>,
) {
    xml.text("networkInterfaceId", ids::show(ids::INTERFACE, &interface.id, context.ids).as_str());
    networks::write_place(Some(interface), context, xml);
    xml.text("description", &interface.name);
    xml.text("ownerId", &context.owner);
    xml.text("status", "in-use");
    if let Some(mac) = &interface.mac {
        xml.text("macAddress", mac);
    }
    xml.text("sourceDestCheck", "true");
    xml.empty("groupSet");
    write_attachment(interface, instance, index, since, context, xml);
    write_addresses(interface, host, xml);
}

/// Some clients read the `deviceIndex` of every interface without looking whether it is there.
fn write_attachment(
    interface: &NetworkInterface<'_>,
    instance: Option<&str>,
    index: u32,
    since: Short,
    context: &Context,
    xml: &mut Writer<'_>,
) {
    xml.open("attachment");
    let id = ids::derive(ids::INTERFACE_ATTACHMENT, &interface.id, context.ids);
    xml.text("attachmentId", id.as_str());
    if let Some(instance) = instance {
        xml.text("instanceId", ids::show(ids::INSTANCE, instance, context.ids).as_str());
        xml.text("instanceOwnerId", &context.owner);
    }
    xml.text("deviceIndex", scalars::number(index).as_str());
    xml.text("status", "attached");
    xml.text("attachTime", since.as_str());
    xml.text("deleteOnTermination", "true");
    xml.close("attachment");
}

fn write_addresses(interface: &NetworkInterface<'_>, host: &str, xml: &mut Writer<'_>) {
    let mut v4 = interface.addresses.iter().filter(|address| address.is_ipv4()).peekable();
    if let Some(first) = v4.peek() {
        xml.text("privateIpAddress", scalars::address(**first).as_str());
    }
    xml.text("privateDnsName", host);
    xml.open("privateIpAddressesSet");
    for (index, address) in v4.enumerate() {
        xml.open("item");
        xml.text("privateIpAddress", scalars::address(*address).as_str());
        xml.text("privateDnsName", host);
        xml.text("primary", if index == 0 { "true" } else { "false" });
        xml.close("item");
    }
    xml.close("privateIpAddressesSet");
    write_v6(interface.addresses.iter().filter(|address| address.is_ipv6()), xml);
}

fn write_v6<'a>(addresses: impl Iterator<Item = &'a IpAddr>, xml: &mut Writer<'_>) {
    xml.open("ipv6AddressesSet");
    for address in addresses {
        xml.open("item");
        xml.text("ipv6Address", scalars::address(*address).as_str());
        xml.close("item");
    }
    xml.close("ipv6AddressesSet");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_counted_as_linux_counts_them() {
        let names = [1, 25, 26, 27, 51, 52].map(device_name);
        let names: Vec<_> = names.iter().map(Short::as_str).collect();
        assert_eq!(names, ["/dev/sdb", "/dev/sdz", "/dev/sdaa", "/dev/sdab", "/dev/sdaz", "/dev/sdba"]);
    }
}
