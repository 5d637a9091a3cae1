//! NICs of machines and templates, networks, vNIC profiles.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::{Network, Nic, Vm, VmStatus, VnicProfile};
use super::super::render::networks;
use super::super::reply::{Problem, Reply};
use super::{Answer, Work, lists};

pub fn nics(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let nics = vm.nics.iter().cloned().map(Arc::new).collect();
    Ok(Reply::list("nics", nics, move |view, nic, x| networks::vm_nic(view, &vm, nic, x)))
}

fn nic<'v>(call: &Call, vm: &'v Vm, nic: &str) -> Result<&'v Nic, Problem> {
    let id = call.id(nic)?;
    vm.nics.iter().find(|nic| nic.id == id).ok_or(Problem::NotFound)
}

pub fn show_nic(work: &Work<'_>, call: &Call, id: &str, nic_id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let nic = nic(call, &vm, nic_id)?;
    Ok(Reply::resource(200, &work.view(call), |view, x| networks::vm_nic(view, &vm, nic, x)))
}

pub fn template_nics(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let template = work.inventory.templates.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?.clone();
    let nics = template.nics.iter().cloned().map(Arc::new).collect();
    Ok(Reply::list("nics", nics, move |_, nic, x| networks::template_nic(&template, nic, x)))
}

pub fn add_nic(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let element = call.element("nic")?;
    let class = if call.v3() { "NIC" } else { "Nic" };
    let name = element.value("name");
    let name = name.ok_or_else(|| Problem::incomplete(format!("{class} [name] required for add")))?;
    refuse_status(work, &vm, "add")?;
    if vm.nics.iter().any(|nic| nic.name == name) {
        return Err(Problem::conflict(
            "Cannot add Network Interface. Network interface name is already in use.",
        ));
    }
    let (mac, address) = work.inventory.next_address();
    let (profile, network) = attached_to(work, call, &vm, &element)?;
    let nic = Nic {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        mac: element.value("mac/address").map_or(mac, str::to_owned),
        interface: element.value("interface").unwrap_or("virtio").to_ascii_lowercase(),
        profile,
        network,
        plugged: element.parsed("plugged").unwrap_or(true),
        linked: element.parsed("linked").unwrap_or(true),
        address,
    };
    work.inventory.vms.update(vm.id, |vm| vm.nics.push(nic.clone()));
    let path = format!("vms/{}/nics/{}", vm.id, nic.id);
    Ok(work.created(call, false, &path, |view, x| networks::vm_nic(view, &vm, &nic, x)))
}

/// `AbstractVmInterfaceCommand`: NICs change while the machine is up or down, or its disks are locked.
fn refuse_status(work: &Work<'_>, vm: &Vm, verb: &str) -> Result<(), Problem> {
    let status = vm.status(work.now);
    if matches!(status, VmStatus::Up | VmStatus::Down | VmStatus::ImageLocked) {
        return Ok(());
    }
    let status = status.title();
    Err(Problem::conflict(format!("Cannot {verb} Interface because the VM is in {status} status.")))
}

/// The profile and network that a NIC's body names; else the first of the machine's data center.
fn attached_to(work: &Work<'_>, call: &Call, vm: &Vm, element: &Element) -> Result<(Uuid, Uuid), Problem> {
    let (inventory, now) = (&*work.inventory, work.now);
    let named =
        |element: &Element| element.value("id").or(element.value("name")).unwrap_or_default().to_owned();
    if let Some(reference) = element.child("vnic_profile").filter(|_| call.mode() >= Mode::V3_6) {
        let profile = lists::find(&inventory.profiles, Some(reference), now)
            .ok_or_else(|| Problem::unknown_entity(call.mode(), named(reference)))?;
        return Ok((profile.id, profile.network));
    }
    let center = inventory.clusters.get(vm.cluster, now).map(|cluster| cluster.data_center);
    let network = match element.child("network").filter(|_| call.v3()) {
        Some(reference) => lists::find(&inventory.networks, Some(reference), now)
            .ok_or_else(|| Problem::unknown_entity(call.mode(), named(reference)))?,
        None => {
            let first = inventory.networks.all(now).find(|network| Some(network.data_center) == center);
            first.cloned().ok_or_else(|| Problem::invalid("Cannot add Network Interface. No network."))?
        }
    };
    let profile = inventory.profiles.all(now).find(|profile| profile.network == network.id);
    Ok((profile.map(|profile| profile.id).unwrap_or_default(), network.id))
}

pub fn update_nic(work: &mut Work<'_>, call: &Call, id: &str, nic_id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let element = call.element("nic")?;
    let old = nic(call, &vm, nic_id)?.clone();
    let changes_device = ["interface", "mac"].iter().any(|member| element.child(member).is_some());
    if old.plugged && vm.status(work.now).runs() && changes_device {
        return Err(Problem::conflict(
            "Cannot edit Network Interface. Cannot update an active Network Interface. Please unplug it first.",
        ));
    }
    refuse_status(work, &vm, "edit")?;
    let moved = ["vnic_profile", "network"].iter().any(|member| element.child(member).is_some());
    let (profile, network) =
        if moved { attached_to(work, call, &vm, &element)? } else { (old.profile, old.network) };
    let new = Nic {
        name: element.value("name").map_or(old.name.clone(), str::to_owned),
        mac: element.value("mac/address").map_or(old.mac.clone(), str::to_owned),
        interface: element.value("interface").map_or(old.interface.clone(), str::to_ascii_lowercase),
        plugged: element.parsed("plugged").unwrap_or(old.plugged),
        linked: element.parsed("linked").unwrap_or(old.linked),
        profile,
        network,
        ..old
    };
    replace(work, vm.id, &new);
    Ok(Reply::resource(200, &work.view(call), |view, x| networks::vm_nic(view, &vm, &new, x)))
}

fn replace(work: &mut Work<'_>, vm: Uuid, new: &Nic) {
    work.inventory.vms.update(vm, |vm| {
        if let Some(nic) = vm.nics.iter_mut().find(|nic| nic.id == new.id) {
            *nic = new.clone();
        }
    });
}

pub fn remove_nic(work: &mut Work<'_>, call: &Call, id: &str, nic_id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let nic = nic(call, &vm, nic_id)?;
    if nic.plugged && vm.status(work.now).runs() {
        return Err(Problem::conflict(
            "Cannot remove Interface. The VM Network Interface is plugged to a running VM.",
        ));
    }
    work.inventory.vms.update(vm.id, |vm| vm.nics.retain(|other| other.id != nic.id));
    let now = work.now;
    let job = work.record(call, format!("Removing Network Interface {}", nic.name), Some(vm.id), now);
    Ok(work.deleted(call, job))
}

/// `activate` and `deactivate`.
pub fn plug(work: &mut Work<'_>, call: &Call, id: &str, nic_id: &str, plugged: bool) -> Answer {
    let vm = work.vm(call, id)?;
    let nic = nic(call, &vm, nic_id)?;
    replace(work, vm.id, &Nic { plugged, ..nic.clone() });
    let now = work.now;
    let job = work.record(call, format!("Plugging Network Interface {}", nic.name), Some(vm.id), now);
    Ok(work.acted(call, job, false, |_| {}))
}

pub fn reported_devices(work: &Work<'_>, call: &Call, id: &str, nic_id: Option<&str>) -> Answer {
    let vm = work.vm(call, id)?;
    let only = nic_id.map(|nic_id| nic(call, &vm, nic_id)).transpose()?.map(|nic| nic.id);
    Ok(Reply::resource(200, &work.view(call), |view, x| {
        x.group("reported_devices", |x| networks::reported_devices(view, &vm, only, x));
    }))
}

pub fn create(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("network")?;
    let name = element.value("name").ok_or_else(|| Problem::incomplete("Network [name] required for add"))?;
    let center = lists::find(&work.inventory.data_centers, element.child("data_center"), work.now)
        .ok_or_else(|| Problem::incomplete("Network [dataCenter.name|id] required for add"))?;
    let network = Network {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        description: element.value("description").unwrap_or_default().to_owned(),
        data_center: center.id,
        vlan: element.parsed("vlan/id"),
        mtu: element.parsed("mtu").unwrap_or(0),
    };
    let profile =
        VnicProfile { id: Uuid::new_v4(), name: name.to_owned(), network: network.id, port_mirroring: false };
    work.inventory.profiles.put(profile);
    work.inventory.networks.put(network.clone());
    Ok(work.created(call, false, &format!("networks/{}", network.id), |view, x| {
        networks::network(view, &network, x)
    }))
}

pub fn create_profile(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("vnic_profile")?;
    let name =
        element.value("name").ok_or_else(|| Problem::incomplete("VnicProfile [name] required for add"))?;
    let network = lists::find(&work.inventory.networks, element.child("network"), work.now)
        .ok_or_else(|| Problem::incomplete("VnicProfile [network.id] required for add"))?;
    let port_mirroring = element.parsed("port_mirroring").unwrap_or(false);
    let profile =
        VnicProfile { id: Uuid::new_v4(), name: name.to_owned(), network: network.id, port_mirroring };
    work.inventory.profiles.put(profile.clone());
    let path = format!("vnicprofiles/{}", profile.id);
    Ok(work.created(call, false, &path, |view, x| networks::profile(view, &profile, x)))
}

/// `GET networks/ID/vnicprofiles`.
pub fn profiles_of(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let network = work.inventory.networks.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?.id;
    let all = work.inventory.profiles.all(work.now).filter(|profile| profile.network == network);
    Ok(Reply::list("vnic_profiles", all.cloned().collect(), networks::profile))
}
