//! Snapshots of a machine.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::{Schedule, delays};
use super::super::element::Element;
use super::super::inventory::Inventory;
use super::super::mode::Mode;
use super::super::model::{Lock, Snapshot, SnapshotImage, Vm, VmStatus};
use super::super::render::vm_v4;
use super::super::reply::{Problem, Reply};
use super::{Answer, Work, disk_snapshots};

pub fn list(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let now = work.now;
    let live = vm.snapshots.iter().filter(|snapshot| snapshot.gone.is_none_or(|gone| now < gone));
    let snapshots = live.cloned().map(Arc::new).collect();
    Ok(Reply::list("snapshots", snapshots, move |view, snapshot, x| vm_v4::snapshot(view, &vm, snapshot, x)))
}

fn found<'v>(work: &Work<'_>, call: &Call, vm: &'v Vm, id: &str) -> Result<&'v Snapshot, Problem> {
    let id = call.id(id)?;
    let live = |snapshot: &&Snapshot| snapshot.id == id && snapshot.gone.is_none_or(|gone| work.now < gone);
    vm.snapshots.iter().find(live).ok_or(Problem::NotFound)
}

pub fn show(work: &Work<'_>, call: &Call, id: &str, snapshot: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let snapshot = found(work, call, &vm, snapshot)?;
    Ok(Reply::resource(200, &work.view(call), |view, x| vm_v4::snapshot(view, &vm, snapshot, x)))
}

pub fn create(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let element = call.element("snapshot")?;
    let description = element.value("description");
    let description =
        description.ok_or_else(|| Problem::incomplete("Snapshot [description] required for add"))?;
    let status = vm.status(work.now);
    if matches!(status, VmStatus::ImageLocked | VmStatus::Suspended | VmStatus::Migrating) {
        let text = format!("Cannot create Snapshot because the VM is in {} status.", status.title());
        return Err(Problem::conflict(text));
    }
    let ends = work.after(delays::LOCK_SNAPSHOT);
    let images = split(work.inventory, &vm, &chosen(call, &vm, &element)?);
    let snapshot = Snapshot {
        id: Uuid::new_v4(),
        description: description.to_owned(),
        kind: "regular",
        date: work.now,
        status: Schedule::new(work.now, Lock::Locked).then(ends, Lock::Ok),
        gone: None,
        with_memory: element.parsed("persist_memorystate").unwrap_or(false),
        images,
    };
    work.inventory.vms.update(vm.id, |vm| vm.snapshots.push(snapshot.clone()));
    work.record(call, format!("Creating VM Snapshot {description} for VM {}", vm.name), Some(vm.id), ends);
    let path = format!("vms/{}/snapshots/{}", vm.id, snapshot.id);
    Ok(work.created(call, !call.waits(), &path, |view, x| vm_v4::snapshot(view, &vm, &snapshot, x)))
}

/// The disks that a snapshot is of: those that are named, since 3.4, else all.
fn chosen(call: &Call, vm: &Vm, element: &Element) -> Result<Vec<Uuid>, Problem> {
    let all = || vm.disks.iter().map(|attachment| attachment.disk).collect();
    let (list, item, disk) =
        if call.v3() { ("disks", "disk", "id") } else { ("disk_attachments", "disk_attachment", "disk/id") };
    let Some(list) = element.child(list).filter(|_| call.mode() >= Mode::V3_6) else { return Ok(all()) };
    let named = list.children(item).filter_map(|one| one.value(disk));
    let chosen: Vec<Uuid> = named.map(|id| call.id(id)).collect::<Result<_, _>>()?;
    if chosen.iter().all(|disk| vm.disks.iter().any(|attachment| attachment.disk == *disk)) {
        return Ok(chosen);
    }
    // `CreateSnapshotForVmCommand`, when a disk is none of the machine's.
    Err(Problem::invalid("Cannot create Snapshot. The specified disk does not exist."))
}

/// Leaves what the disks are written in to a snapshot; they go on in others.
pub fn split(inventory: &mut Inventory, vm: &Vm, disks: &[Uuid]) -> Vec<SnapshotImage> {
    let mut images = Vec::new();
    for disk in vm.disks.iter().map(|attachment| attachment.disk).filter(|disk| disks.contains(disk)) {
        inventory.disks.update(disk, |disk| {
            images.push(SnapshotImage { disk: disk.id, image: disk.image, gone: None });
            disk.image = Uuid::new_v4();
        });
    }
    images
}

fn refuse_locked(work: &Work<'_>, snapshot: &Snapshot, verb: &str) -> Result<(), Problem> {
    match snapshot.status.at(work.now) {
        Lock::Ok => Ok(()),
        Lock::Locked => Err(Problem::conflict(format!(
            "Cannot {verb} Snapshot: Snapshot is locked. Please try again later."
        ))),
    }
}

pub fn remove(work: &mut Work<'_>, call: &Call, id: &str, snapshot: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let snapshot = found(work, call, &vm, snapshot)?.clone();
    if snapshot.kind == "active" {
        return Err(Problem::conflict(
            "Cannot remove Snapshot. Removing the VM active Snapshot is not allowed.",
        ));
    }
    refuse_locked(work, &snapshot, "remove")?;
    disk_snapshots::refuse_merge(work, &vm)?;
    let (now, gone) = (work.now, work.after(delays::LOCK_SNAPSHOT));
    work.inventory.vms.update(vm.id, |vm| {
        if let Some(one) = vm.snapshots.iter_mut().find(|one| one.id == snapshot.id) {
            one.status = Schedule::new(now, Lock::Locked);
            one.gone = Some(gone);
        }
    });
    let job = work.record(call, format!("Removing Snapshot of VM {}", vm.name), Some(vm.id), gone);
    Ok(work.deleted(call, job))
}

/// `restore`, and the preview and commit of a snapshot.
pub fn restore(work: &mut Work<'_>, call: &Call, id: &str, snapshot: Option<&str>) -> Answer {
    let vm = work.vm(call, id)?;
    call.element("action")?;
    let snapshot = snapshot.map(|snapshot| found(work, call, &vm, snapshot)).transpose()?;
    if vm.status(work.now) != VmStatus::Down {
        return Err(Problem::conflict("Cannot restore Snapshot. VM is not down."));
    }
    if let Some(snapshot) = snapshot {
        refuse_locked(work, snapshot, "restore")?;
    }
    let ends = work.after(delays::LOCK_SNAPSHOT);
    let status = Schedule::new(work.now, VmStatus::ImageLocked).then(ends, VmStatus::Down);
    work.inventory.vms.update(vm.id, |vm| vm.status = status);
    let job = work.record(call, format!("Restoring VM {} from snapshot", vm.name), Some(vm.id), ends);
    Ok(work.acted(call, job, true, |_| {}))
}
