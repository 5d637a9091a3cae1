//! What a machine has: its disks, volumes, network interfaces and snapshots (DSP0263, section 5.14.1).
//!
//! What it boots from, and what goes when it goes, is its disk; what can be taken from it is one of its volumes.

use std::net::IpAddr;

use super::{Scene, address, machine_image, network, network_port, volume};
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        collections,
        dialect::Dialect,
        fields::{Fields, Value},
    },
    model::{self, Attachment, NetworkInterface},
};

/// A disk. The schema knows no name for one, the original gave it one.
pub(in super::super) static DISK: Resource = Resource::new(
    "Disk",
    &[Attribute::new("capacity", Type::Number), Attribute::new("initialLocation", Type::Text)],
);

/// A volume that a machine has.
pub(in super::super) static MACHINE_VOLUME: Resource = Resource::new(
    "MachineVolume",
    &[
        Attribute::new("initialLocation", Type::Text).given(),
        Attribute::new("volume", Type::Reference(&volume::VOLUME)).required(),
    ],
);

/// A network interface.
pub(in super::super) static MACHINE_NETWORK_INTERFACE: Resource = Resource::new(
    "MachineNetworkInterface",
    &[
        Attribute::new("addresses", Type::Members(&MACHINE_NETWORK_INTERFACE_ADDRESS)),
        Attribute::new("network", Type::Reference(&network::NETWORK)).required(),
        Attribute::new("networkPort", Type::Reference(&network_port::NETWORK_PORT)).given(),
        Attribute::new("state", Type::Text).given(),
        Attribute::new("macAddress", Type::Text),
        Attribute::new("mtu", Type::Number),
    ],
);

/// An address of a network interface, told by value.
pub(in super::super) static MACHINE_NETWORK_INTERFACE_ADDRESS: Resource = Resource::new(
    "MachineNetworkInterfaceAddress",
    &[Attribute::new("address", Type::Reference(&address::ADDRESS))],
);

/// A snapshot of a machine. The schema has a slip of the pen for its only attribute, which XML follows.
pub(in super::super) static MACHINE_SNAPSHOT: Resource = Resource::new(
    "MachineSnapshot",
    &[Attribute {
        element: "shapshot",
        ..Attribute::new("snapshot", Type::Reference(&machine_image::MACHINE_IMAGE))
    }],
);

/// Whether it is one of the disks of its machine.
pub(in super::super) fn is_disk(attachment: &Attachment<'_>) -> bool {
    attachment.boot && attachment.delete_on_termination
}

/// Tells the disks of an instance.
pub(in super::super) fn disks<'r>(resource: &'r model::Resource<'_>, scene: &Scene<'_>) -> Vec<Fields<'r>> {
    let model::Resource::Instance(instance) = resource else { return Vec::new() };
    let disks = instance.attachments.iter().filter(|attachment| is_disk(attachment));
    disks.map(|disk| self::disk(disk, &instance.id, scene)).collect()
}

fn disk<'r>(disk: &'r Attachment<'_>, machine: &str, scene: &Scene<'_>) -> Fields<'r> {
    let dialect = scene.context.dialect;
    let fields = match dialect {
        Dialect::Compatible => Fields::at(scene.context.href(&["machines", machine, "disks", &disk.volume]))
            .text("name", disk.volume.as_ref())
            .text("description", format!("Disk for Machine {machine}")),
        // The schema knows neither an id nor a name.
        Dialect::Strict => Fields::default(),
    };
    let device = disk.device.as_deref().map(|device| Value::Text(device.into()));
    let size = disk.size.map(|bytes| Value::Number(bytes / dialect.disk_unit()));
    fields.maybe("capacity", size).maybe("initialLocation", device)
}

/// Tells a volume as one of a machine's.
pub(in super::super) fn volumes<'r>(resource: &'r model::Resource<'_>, scene: &Scene<'_>) -> Vec<Fields<'r>> {
    let model::Resource::Volume(volume) = resource else { return Vec::new() };
    let href = scene.context.href(&["machines", scene.owner, "volumes", &volume.id]);
    let device = volume.mount.as_ref().and_then(|mount| mount.device.as_deref());
    let fields = Fields::at(href.clone())
        .text("name", super::name(&volume.name, &volume.id))
        .text("description", format!("MachineVolume {} for Machine {}", volume.id, scene.owner))
        .maybe("created", volume.created.map(Value::Moment))
        .maybe("initialLocation", device.map(|device| Value::Text(device.into())))
        .with("volume", Value::Href(scene.context.href(&["volumes", &volume.id])));
    vec![fields.operations(actions::detach(href, scene))]
}

/// Tells the network interfaces of an instance.
pub(in super::super) fn interfaces<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    match resource {
        model::Resource::Instance(instance) => {
            instance.interfaces.iter().map(|interface| self::interface(interface, scene)).collect()
        }
        model::Resource::NetworkInterface(interface) => vec![self::interface(interface, scene)],
        _other => Vec::new(),
    }
}

fn interface<'r>(interface: &'r NetworkInterface<'_>, scene: &Scene<'_>) -> Fields<'r> {
    let path = ["machines", scene.owner, "network_interfaces", &interface.id];
    let addresses = [&path[..], &["addresses"]].concat();
    let network = collections::network_of(interface, scene.cloud);
    let network = network.map(|id| Value::Href(scene.context.href(&["networks", id])));
    let fields = Fields::at(scene.context.href(&path))
        .text("name", super::name(&interface.name, &interface.id))
        .with("addresses", Value::Href(scene.context.href(&addresses)))
        .maybe("network", network)
        .text("state", "ACTIVE")
        .maybe("macAddress", interface.mac.as_deref().map(|mac| Value::Text(mac.into())));
    fields.operations(actions::remove_interface(&interface.id, scene))
}

/// Tells the addresses of one of the interfaces of an instance.
pub(in super::super) fn addresses<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Instance(instance) = resource else { return Vec::new() };
    let meant = instance.interfaces.iter().filter(|interface| interface.id == scene.part);
    let told = |ip: &IpAddr| {
        let path = ["machines", scene.owner, "network_interfaces", scene.part, "addresses", &ip.to_string()];
        Fields::at(scene.context.href(&path)).with("address", Value::Struct(address::of_interface(*ip)))
    };
    meant.flat_map(|interface| interface.addresses.iter().map(told)).collect()
}

/// Tells nothing: what no cloud has yet.
pub(in super::super) fn nothing<'r>(_: &'r model::Resource<'_>, _: &Scene<'_>) -> Vec<Fields<'r>> {
    Vec::new()
}
