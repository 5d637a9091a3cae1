//! A `vm` read into an instance, in both representations alike: the hot path of every list.

use std::{borrow::Cow, net::IpAddr};

use smallvec::SmallVec;

use super::super::{
    hardware_profiles::{InstanceTypes, VmType},
    images::BLANK,
    read::{cpu, filled, id_of, moment, number, truth, word},
    states,
};
use crate::{
    model::{Attachment, Instance, InstanceState, NetworkInterface},
    wire::xml::{Element, Malformed},
};

/// A VM: the instance it is, and what the driver needs to know of it besides.
#[derive(Debug, Clone)]
pub(in super::super) struct Vm<'a> {
    pub(in super::super) instance: Instance<'a>,
    /// The id of its instance type.
    instance_type: Option<Cow<'a, str>>,
    /// Whether it may not be removed.
    pub(super) protected: bool,
}

/// What the guest reports of one of its devices.
#[derive(Debug, Default)]
struct Reported<'a> {
    mac: Option<Cow<'a, str>>,
    addresses: SmallVec<[IpAddr; 2]>,
}

type AllReported<'a> = SmallVec<[Reported<'a>; 2]>;

impl<'a> Vm<'a> {
    /// The same VM, its instance with the name of its instance type.
    pub(in super::super) fn named(mut self, types: &InstanceTypes) -> Self {
        if let Some(id) = &self.instance_type {
            let name = types.name(id).map(|name| Cow::Owned(name.to_owned()));
            self.instance.hardware_profile = name.or_else(|| Some(id.clone()));
        }
        self
    }

    /// The same VM, owning its text.
    pub(in super::super) fn into_owned(self) -> Vm<'static> {
        Vm {
            instance: self.instance.into_owned(),
            instance_type: self.instance_type.map(|id| Cow::Owned(id.into_owned())),
            protected: self.protected,
        }
    }
}

/// Reads a `vm`.
pub(in super::super) fn vm<'a>(element: &mut Element<'a>) -> Result<Vm<'a>, Malformed> {
    if element.name() != "vm" {
        return Err(Malformed::new("it is not a VM"));
    }
    let mut instance = Instance::new(id_of(element)?, InstanceState::Unknown);
    let (mut vm_type, mut instance_type, mut protected) = (None, None, false);
    let (mut original, mut stopped) = (None, None);
    let mut reported = AllReported::new();
    element.children(|child| {
        match child.name() {
            "name" => instance.name = child.text()?,
            "status" => (instance.state, instance.health) = states::vm(&word(child)?),
            "memory" => instance.memory = number(child)?,
            "cpu" => {
                let cpu = cpu(child)?;
                instance.cpus = cpu.count;
                instance.architecture = cpu.architecture.map(Cow::Borrowed);
            }
            "creation_time" => instance.created = moment(child)?,
            "start_time" => instance.launched = moment(child)?,
            "stop_time" => stopped = moment(child)?,
            "fqdn" => instance.host_name = filled(child.text()?),
            "cluster" => instance.realm = child.attribute("id")?,
            "template" => instance.image = child.attribute("id")?,
            "original_template" => original = child.attribute("id")?,
            "instance_type" => instance_type = child.attribute("id")?,
            "type" => vm_type = VmType::read(child.text()?.trim()),
            "delete_protected" => protected = truth(child)?,
            "guest_info" => guest_info(child, &mut instance)?,
            "nics" => nics(child, &mut instance, &mut reported)?,
            "disks" => disks(child, &mut instance)?,
            "disk_attachments" => disk_attachments(child, &mut instance)?,
            "reported_devices" => reported_devices(child, &mut reported)?,
            _other => {}
        }
        Ok(())
    })?;
    let free = vm_type.and_then(|vm_type| vm_type.profile(instance.cpus, instance.memory));
    instance.hardware_profile = free.map(Cow::Borrowed);
    // A VM that was cloned from a template shows the blank one, and where it came from besides.
    if original.is_some() && instance.image.as_deref().is_none_or(|image| image == BLANK) {
        instance.image = original;
    }
    if matches!(instance.state, InstanceState::Stopped | InstanceState::Suspended) {
        instance.stopped = stopped;
    }
    // Only a VM that is down: `AddVmTemplateCommand`.
    instance.can_be_captured = instance.state == InstanceState::Stopped;
    instance.attachments.sort_by_key(|attachment| !attachment.boot);
    associate(&mut instance, reported);
    Ok(Vm { instance, instance_type, protected })
}

/// Version 3: addresses of which the interface is not told.
fn guest_info<'a>(element: &mut Element<'a>, instance: &mut Instance<'a>) -> Result<(), Malformed> {
    element.children(|child| {
        match child.name() {
            "fqdn" => instance.host_name = filled(child.text()?),
            "ips" => child.children(|ip| {
                instance.addresses.extend(address(ip)?);
                Ok(())
            })?,
            _other => {}
        }
        Ok(())
    })
}

fn nics<'a>(
    element: &mut Element<'a>,
    instance: &mut Instance<'a>,
    reported: &mut AllReported<'a>,
) -> Result<(), Malformed> {
    element.children(|child| {
        instance.interfaces.push(read_nic(child, reported)?);
        Ok(())
    })
}

/// Reads a `nic` by itself.
pub(in super::super) fn nic<'a>(element: &mut Element<'a>) -> Result<NetworkInterface<'a>, Malformed> {
    if element.name() != "nic" {
        return Err(Malformed::new("it is not a NIC"));
    }
    read_nic(element, &mut AllReported::new())
}

fn read_nic<'a>(
    element: &mut Element<'a>,
    reported: &mut AllReported<'a>,
) -> Result<NetworkInterface<'a>, Malformed> {
    let mut interface = NetworkInterface {
        id: id_of(element)?,
        name: Cow::Borrowed(""),
        mac: None,
        network: None,
        subnet: None,
        instance: None,
        addresses: SmallVec::new(),
        tags: Default::default(),
    };
    element.children(|child| {
        match child.name() {
            "name" => interface.name = child.text()?,
            "mac" => interface.mac = mac(child)?,
            "network" => interface.network = interface.network.take().or(child.attribute("id")?),
            // From 3.3 on a network is chosen by its profile, and version 3 says both.
            "vnic_profile" => interface.network = child.attribute("id")?.or(interface.network.take()),
            "reported_devices" => reported_devices(child, reported)?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(interface)
}

/// Version 3: a VM's disks are in it.
fn disks<'a>(element: &mut Element<'a>, instance: &mut Instance<'a>) -> Result<(), Malformed> {
    element.children(|disk| {
        let mut attachment = attachment(id_of(disk)?);
        disk_members(disk, &mut attachment)?;
        instance.attachments.push(attachment);
        Ok(())
    })
}

/// Version 4: a VM's disks are attached to it, and an attachment has the id of its disk.
fn disk_attachments<'a>(element: &mut Element<'a>, instance: &mut Instance<'a>) -> Result<(), Malformed> {
    element.children(|attached| {
        let mut attachment = attachment(id_of(attached)?);
        disk_members(attached, &mut attachment)?;
        instance.attachments.push(attachment);
        Ok(())
    })
}

/// Everything that goes with a VM goes when the VM is removed, unless it is detached before.
fn attachment(volume: Cow<'_, str>) -> Attachment<'_> {
    Attachment { volume, device: None, size: None, boot: false, delete_on_termination: true }
}

fn disk_members<'a>(element: &mut Element<'a>, attachment: &mut Attachment<'a>) -> Result<(), Malformed> {
    element.children(|child| {
        match child.name() {
            "bootable" => attachment.boot = truth(child)?,
            "logical_name" => attachment.device = filled(child.text()?),
            "provisioned_size" => attachment.size = number(child)?,
            // 3.0 has no other; later ones repeat it.
            "size" => attachment.size = attachment.size.or(number(child)?),
            "disk" => disk_size(child, attachment)?,
            _other => {}
        }
        Ok(())
    })
}

fn disk_size(element: &mut Element<'_>, attachment: &mut Attachment<'_>) -> Result<(), Malformed> {
    element.children(|child| {
        if child.name() == "provisioned_size" {
            attachment.size = number(child)?;
        }
        Ok(())
    })
}

fn reported_devices<'a>(element: &mut Element<'a>, reported: &mut AllReported<'a>) -> Result<(), Malformed> {
    element.children(|device| {
        let mut found = Reported::default();
        device.children(|child| {
            match child.name() {
                "mac" => found.mac = mac(child)?,
                "ips" => child.children(|ip| {
                    found.addresses.extend(address(ip)?);
                    Ok(())
                })?,
                _other => {}
            }
            Ok(())
        })?;
        reported.push(found);
        Ok(())
    })
}

/// Gives every interface the addresses that are reported for its hardware address.
///
/// What a guest reports of devices that the engine did not give it (bridges, containers) is not how it is reached,
/// so it is left out, unless no interface is known at all.
fn associate<'a>(instance: &mut Instance<'a>, reported: AllReported<'a>) {
    let alone = instance.interfaces.is_empty();
    for device in reported {
        let its =
            |interface: &&mut NetworkInterface<'_>| interface.mac.is_some() && interface.mac == device.mac;
        match instance.interfaces.iter_mut().find(its) {
            Some(interface) => add(&mut interface.addresses, device.addresses),
            None if alone => instance.addresses.extend(device.addresses),
            None => {}
        }
    }
    let placed = |address: &IpAddr| instance.interfaces.iter().any(|known| known.addresses.contains(address));
    instance.addresses.retain(|address| !placed(address));
}

fn add(known: &mut SmallVec<[IpAddr; 2]>, addresses: SmallVec<[IpAddr; 2]>) {
    for address in addresses {
        if !known.contains(&address) {
            known.push(address);
        }
    }
}

/// A hardware address, in lower case: an attribute in version 3, a child in version 4.
fn mac<'a>(element: &mut Element<'a>) -> Result<Option<Cow<'a, str>>, Malformed> {
    let mac = either(element)?.and_then(filled);
    Ok(mac.map(|mac| {
        if mac.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(mac.to_ascii_lowercase())
        } else {
            mac
        }
    }))
}

/// An address by which the guest may be reached from elsewhere; none when it is not one.
fn address(element: &mut Element<'_>) -> Result<Option<IpAddr>, Malformed> {
    let address = either(element)?.and_then(|text| text.trim().parse().ok());
    Ok(address.filter(is_reachable))
}

fn either<'a>(element: &mut Element<'a>) -> Result<Option<Cow<'a, str>>, Malformed> {
    let mut address = element.attribute("address")?;
    element.children(|child| {
        if child.name() == "address" {
            address = Some(child.text()?);
        }
        Ok(())
    })?;
    Ok(address)
}

fn is_reachable(address: &IpAddr) -> bool {
    let local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !(local || address.is_loopback() || address.is_unspecified())
}
