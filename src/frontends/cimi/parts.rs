//! Collections that are parts of a member of another: the disks of a machine, the ports of a network.

use super::{
    attribute::Resource,
    collections::{Actions, actions},
    resources::{Describe, machine_parts, network_port},
};
use crate::model::{Capabilities, Kind, Verb};

/// A collection that is a part of a member of another.
#[derive(Debug)]
pub(super) struct Part {
    /// The collection that it is a part of a member of.
    pub(super) of: &'static str,
    /// Its name as an attribute of that member.
    pub(super) attribute: &'static str,
    /// Its name in paths.
    pub(super) path: &'static str,
    /// What its members are called in JSON.
    pub(super) key: &'static str,
    pub(super) resource: &'static Resource,
    pub(super) source: Source,
    pub(super) describe: Describe,
    pub(super) actions: Actions,
}

impl Part {
    /// Whether members of it can be made and taken away on some cloud.
    pub(super) fn can_change(&self) -> bool {
        matches!(self.source, Source::Volumes | Source::Interfaces)
    }

    /// Whether members of it can be made on this cloud.
    pub(super) fn can_add(&self, cloud: &Capabilities) -> bool {
        match self.source {
            Source::Owner => false,
            Source::Volumes => cloud.supports(Verb::Change, Kind::Volume),
            Source::Interfaces => cloud.supports(Verb::Create, Kind::NetworkInterface),
        }
    }

    /// Whether members of it can be taken away on this cloud.
    pub(super) fn can_remove(&self, cloud: &Capabilities) -> bool {
        match self.source {
            Source::Owner => false,
            Source::Volumes => cloud.supports(Verb::Change, Kind::Volume),
            Source::Interfaces => cloud.supports(Verb::Destroy, Kind::NetworkInterface),
        }
    }
}

/// Where the members of a part come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The member that it is a part of says them.
    Owner,
    /// The volumes of a machine.
    Volumes,
    /// The network interfaces of a machine.
    Interfaces,
}

/// All of these.
pub(super) static PARTS: &[Part] = &[
    Part {
        of: "machines",
        attribute: "disks",
        path: "disks",
        key: "disks",
        resource: &machine_parts::DISK,
        source: Source::Owner,
        describe: machine_parts::disks,
        actions: actions!("machines.disks"),
    },
    Part {
        of: "machines",
        attribute: "volumes",
        path: "volumes",
        key: "machineVolumes",
        resource: &machine_parts::MACHINE_VOLUME,
        source: Source::Volumes,
        describe: machine_parts::volumes,
        actions: actions!("machines.volumes"),
    },
    Part {
        of: "machines",
        attribute: "networkInterfaces",
        path: "network_interfaces",
        key: "networkInterfaces",
        resource: &machine_parts::MACHINE_NETWORK_INTERFACE,
        source: Source::Interfaces,
        describe: machine_parts::interfaces,
        actions: actions!("machines.network_interfaces"),
    },
    Part {
        of: "machines",
        attribute: "snapshots",
        path: "snapshots",
        key: "snapshots",
        resource: &machine_parts::MACHINE_SNAPSHOT,
        source: Source::Owner,
        describe: machine_parts::nothing,
        actions: actions!("machines.snapshots"),
    },
    Part {
        of: "networks",
        attribute: "networkPorts",
        path: "network_ports",
        key: "networkPorts",
        resource: &network_port::NETWORK_NETWORK_PORT,
        source: Source::Owner,
        describe: machine_parts::nothing,
        actions: actions!("networks.network_ports"),
    },
];

/// The addresses of a network interface of a machine.
pub(super) static ADDRESSES: Part = Part {
    of: "machines",
    attribute: "addresses",
    path: "addresses",
    key: "addresses",
    resource: &machine_parts::MACHINE_NETWORK_INTERFACE_ADDRESS,
    source: Source::Owner,
    describe: machine_parts::addresses,
    actions: actions!("machines.network_interfaces.addresses"),
};
