//! Disks, by themselves and attached.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::{Schedule, delays};
use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::{Attachment, Disk, Lock, Vm, VmStatus};
use super::super::render::storage;
use super::super::reply::{Problem, Reply, View};
use super::super::search;
use super::{Answer, Work, lists};

const FIELDS: &[&str] = &["name", "alias", "id", "status", "description", "number_of_vms"];

pub fn list(work: &Work<'_>, call: &Call) -> Answer {
    let all = work.inventory.disks.all(work.now).cloned().collect();
    // `DiskConditionFieldAutoCompleter` has the number of machines since 3.2.
    let known = if call.mode() >= Mode::V3_6 { FIELDS } else { &FIELDS[..5] };
    let disks = search::narrow(call, all, known, |disk: &Disk, field| match field {
        "id" => vec![disk.id.to_string()],
        "number_of_vms" => vec![storage::holders(work.inventory, work.now, disk.id).count().to_string()],
        "status" => vec![disk.status.at(work.now).word().to_owned()],
        "description" => vec![disk.description.clone()],
        _ => vec![disk.name.clone()],
    })?;
    Ok(Reply::list("disks", disks, storage::disk))
}

fn found(work: &Work<'_>, call: &Call, id: &str) -> Result<Arc<Disk>, Problem> {
    work.inventory.disks.get(call.id(id)?, work.now).cloned().ok_or(Problem::NotFound)
}

pub fn show(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let disk = found(work, call, id)?;
    let view = View { single: true, ..work.view(call) };
    Ok(Reply::resource(200, &view, |view, x| storage::disk(view, &disk, x)))
}

pub fn create(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("disk")?;
    let disk = made(work, call, &element, "floating", None)?;
    let path = format!("disks/{}", disk.id);
    Ok(work.created(call, !call.waits(), &path, |view, x| storage::disk(view, &disk, x)))
}

/// Makes the disk that `element` describes, locked for a while.
fn made(
    work: &mut Work<'_>,
    call: &Call,
    element: &Element,
    name: &str,
    cluster: Option<Uuid>,
) -> Result<Disk, Problem> {
    let size = element.parsed("provisioned_size").or_else(|| element.parsed("size"));
    let (Some(provisioned), Some(format)) = (size, element.value("format")) else {
        return Err(Problem::incomplete("Disk [provisionedSize, format] required for add"));
    };
    let reference = element.find("storage_domains/storage_domain");
    let default = cluster.and_then(|cluster| work.inventory.data_domain(cluster, work.now));
    let storage_domain = match reference {
        Some(reference) => lists::find(&work.inventory.storage_domains, Some(reference), work.now)
            .map(|domain| domain.id)
            .ok_or_else(|| Problem::invalid("Cannot add Virtual Disk. Storage Domain doesn't exist."))?,
        None => default
            .ok_or_else(|| Problem::incomplete("Disk [storageDomains.storageDomains] required for add"))?,
    };
    let ready = if call.waits() { work.now } else { work.after(delays::LOCK_DISK) };
    let disk = Disk {
        id: Uuid::new_v4(),
        name: element.value("name").or(element.value("alias")).unwrap_or(name).to_owned(),
        description: element.value("description").unwrap_or_default().to_owned(),
        image: Uuid::new_v4(),
        storage_domain,
        provisioned,
        actual: 0,
        format: format.to_ascii_lowercase(),
        sparse: element.parsed("sparse").unwrap_or(true),
        shareable: element.parsed("shareable").unwrap_or(false),
        status: Schedule::new(work.now, Lock::Locked).then(ready, Lock::Ok),
        gone: None,
    };
    work.inventory.disks.put(disk.clone());
    Ok(disk)
}

fn refuse_locked(work: &Work<'_>, disk: &Disk, verb: &str) -> Result<(), Problem> {
    match disk.status.at(work.now) {
        Lock::Ok => Ok(()),
        Lock::Locked => Err(Problem::conflict(format!(
            "Cannot {verb} Virtual Disk: Disk is locked. Please try again later."
        ))),
    }
}

pub fn update(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let disk = found(work, call, id)?;
    let element = call.element("disk")?;
    let disk = resized(work, &disk, &element)?;
    Ok(Reply::resource(200, &work.view(call), |view, x| storage::disk(view, &disk, x)))
}

fn resized(work: &mut Work<'_>, disk: &Disk, element: &Element) -> Result<Disk, Problem> {
    refuse_locked(work, disk, "edit")?;
    let changed = Disk {
        name: element.value("name").or(element.value("alias")).unwrap_or(&disk.name).to_owned(),
        description: element.value("description").unwrap_or(&disk.description).to_owned(),
        provisioned: element.parsed("provisioned_size").unwrap_or(disk.provisioned),
        ..disk.clone()
    };
    work.inventory.disks.put(changed.clone());
    Ok(changed)
}

pub fn remove(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let disk = found(work, call, id)?;
    refuse_removal(work, &disk)?;
    let job = destroyed(work, call, disk.id);
    Ok(work.deleted(call, job))
}

/// `RemoveDiskCommand`: not while it is locked, hangs on a machine that is not down, or belongs to a template.
fn refuse_removal(work: &Work<'_>, disk: &Disk) -> Result<(), Problem> {
    refuse_locked(work, disk, "remove")?;
    let holds = |vm: &&Arc<Vm>| vm.disks.iter().any(|attachment| attachment.disk == disk.id);
    if work.inventory.vms.all(work.now).filter(holds).any(|vm| vm.status(work.now) != VmStatus::Down) {
        let text = "Cannot remove Virtual Disk. At least one of the VMs is not down.";
        return Err(Problem::conflict(text));
    }
    let mut templates = work.inventory.templates.all(work.now);
    if templates.any(|template| template.disks.iter().any(|attachment| attachment.disk == disk.id)) {
        return Err(Problem::invalid(
            "Cannot remove Virtual Disk. A storage domain must be specified when deleting one of a template's disk's copies.",
        ));
    }
    Ok(())
}

fn destroyed(work: &mut Work<'_>, call: &Call, id: Uuid) -> Uuid {
    let gone = work.after(delays::DELETE_VM);
    let now = work.now;
    work.inventory.disks.update(id, |disk| {
        disk.status = Schedule::new(now, Lock::Locked);
        disk.gone = Some(gone);
    });
    let holders: Vec<Uuid> = holders(work, id);
    for holder in holders {
        work.inventory.vms.update(holder, |vm| vm.disks.retain(|attachment| attachment.disk != id));
    }
    work.record(call, "Removing Disk".to_owned(), None, gone)
}

fn holders(work: &Work<'_>, disk: Uuid) -> Vec<Uuid> {
    let holds = |vm: &&Arc<Vm>| vm.disks.iter().any(|attachment| attachment.disk == disk);
    work.inventory.vms.all(work.now).filter(holds).map(|vm| vm.id).collect()
}

/// `copy`, `move`, `export`, `sparsify`, `reduce`, `refreshlun`.
pub fn act(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let disk = found(work, call, id)?;
    call.element("action")?;
    refuse_locked(work, &disk, "move")?;
    let ends = work.after(delays::LOCK_DISK);
    let status = Schedule::new(work.now, Lock::Locked).then(ends, Lock::Ok);
    work.inventory.disks.update(disk.id, |disk| disk.status = status);
    let job = work.record(call, format!("Working on Disk {}", disk.name), None, ends);
    Ok(work.acted(call, job, true, |_| {}))
}

/// `diskattachments` of v4, `disks` of v3.
pub fn of_vm(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let disks = vm.disks.iter().cloned().map(Arc::new).collect();
    if call.v3() {
        return Ok(Reply::list("disks", disks, move |view, attachment, x| {
            storage::owned_disk_v3(view, ("vm", "vms", vm.id), attachment, x);
        }));
    }
    Ok(Reply::list("disk_attachments", disks, move |view, attachment, x| {
        let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
        storage::attachment(view, ("vm", &href, vm.id), attachment, &view.shown.follow, x);
    }))
}

pub fn of_template(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let template = work.inventory.templates.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?.clone();
    let disks = template.disks.iter().cloned().map(Arc::new).collect();
    if call.v3() {
        return Ok(Reply::list("disks", disks, move |view, attachment, x| {
            storage::owned_disk_v3(view, ("template", "templates", template.id), attachment, x);
        }));
    }
    Ok(Reply::list("disk_attachments", disks, move |view, attachment, x| {
        let href = format!("{}/templates/{}", x.dialect.prefix, template.id);
        storage::attachment(view, ("template", &href, template.id), attachment, &view.shown.follow, x);
    }))
}

fn attached<'v>(call: &Call, vm: &'v Vm, disk: &str) -> Result<&'v Attachment, Problem> {
    let id = call.id(disk)?;
    vm.disks.iter().find(|attachment| attachment.disk == id).ok_or(Problem::NotFound)
}

pub fn show_attached(work: &Work<'_>, call: &Call, id: &str, disk: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let attachment = attached(call, &vm, disk)?;
    Ok(shown(work, call, 200, &vm, attachment))
}

fn shown(work: &Work<'_>, call: &Call, status: u16, vm: &Vm, attachment: &Attachment) -> Reply {
    Reply::resource(status, &work.view(call), |view, x| {
        if x.dialect.v3() {
            return storage::owned_disk_v3(view, ("vm", "vms", vm.id), attachment, x);
        }
        let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
        storage::attachment(view, ("vm", &href, vm.id), attachment, &view.shown.follow, x);
    })
}

/// Attaches a disk that exists, or makes one and attaches it.
pub fn attach(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let element = call.element(if call.v3() { "disk" } else { "disk_attachment" })?;
    let disk_element = element.child("disk").unwrap_or(&element);
    if vm.status(work.now) == VmStatus::ImageLocked {
        let text = "Cannot attach Virtual Disk because the VM is in Image Locked status.";
        return Err(Problem::conflict(text));
    }
    let existing = disk_element.value("id").filter(|id| !id.is_empty());
    let disk = match existing {
        Some(id) => {
            let disk = found(work, call, id).map_err(|_| Problem::unknown_entity(call.mode(), id))?;
            refuse_locked(work, &disk, "attach")?;
            if vm.disks.iter().any(|attachment| attachment.disk == disk.id) {
                let text = "Cannot attach Virtual Disk. The disk is already attached to VM.";
                return Err(Problem::conflict(text));
            }
            if !disk.shareable && storage::holders(work.inventory, work.now, disk.id).next().is_some() {
                let text =
                    "Cannot attach Virtual Disk. The disk is not shareable and is already attached to a VM.";
                return Err(Problem::conflict(text));
            }
            disk.as_ref().clone()
        }
        None => {
            let name = format!("{}_Disk{}", vm.name, vm.disks.len() + 1);
            made(work, call, disk_element, &name, Some(vm.cluster))?
        }
    };
    let attachment = Attachment {
        disk: disk.id,
        interface: element.value("interface").unwrap_or("virtio").to_ascii_lowercase(),
        bootable: element.parsed("bootable").unwrap_or(false),
        active: element.parsed("active").unwrap_or(call.mode() >= Mode::V3_1),
        read_only: element.parsed("read_only").unwrap_or(false),
    };
    work.inventory.vms.update(vm.id, |vm| vm.disks.push(attachment.clone()));
    let status = match (existing.is_some(), call.waits()) {
        (true, _) => 200,
        (false, true) => 201,
        (false, false) => 202,
    };
    Ok(shown(work, call, status, &vm, &attachment))
}

pub fn update_attached(work: &mut Work<'_>, call: &Call, id: &str, disk: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let element = call.element(if call.v3() { "disk" } else { "disk_attachment" })?;
    let old = attached(call, &vm, disk)?.clone();
    let described = if call.v3() { Some(&element) } else { element.child("disk") };
    if let Some(described) = described {
        let disk = found(work, call, disk)?;
        resized(work, &disk, described)?;
    }
    let new = Attachment {
        interface: element.value("interface").map_or(old.interface.clone(), str::to_ascii_lowercase),
        bootable: element.parsed("bootable").unwrap_or(old.bootable),
        active: element.parsed("active").unwrap_or(old.active),
        ..old
    };
    set_attachment(work, vm.id, &new);
    Ok(shown(work, call, 200, &vm, &new))
}

fn set_attachment(work: &mut Work<'_>, vm: Uuid, new: &Attachment) {
    work.inventory.vms.update(vm, |vm| {
        if let Some(attachment) = vm.disks.iter_mut().find(|attachment| attachment.disk == new.disk) {
            *attachment = new.clone();
        }
    });
}

/// Detaches, which is v4's default, or destroys, which is v3's.
pub fn detach(work: &mut Work<'_>, call: &Call, id: &str, disk: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let attachment = attached(call, &vm, disk)?.clone();
    let body = call.optional_element("action");
    let keeps = match (call.v3(), call.flag("detach_only")) {
        (true, _) => body.parsed("detach").unwrap_or(false),
        (false, asked) => asked.unwrap_or(true),
    };
    if keeps {
        refuse_detachment(work, &vm, attachment.disk)?;
    } else {
        refuse_removal(work, found(work, call, disk)?.as_ref())?;
    }
    let job = if keeps {
        work.inventory.vms.update(vm.id, |vm| vm.disks.retain(|other| other.disk != attachment.disk));
        let now = work.now;
        work.record(call, "Detaching Disk".to_owned(), Some(vm.id), now)
    } else {
        destroyed(work, call, attachment.disk)
    };
    Ok(work.deleted(call, job))
}

/// `DetachDiskFromVmCommand`: only from a machine that is up, which it is unplugged from, or down, and only without
/// snapshots.
fn refuse_detachment(work: &Work<'_>, vm: &Vm, disk: Uuid) -> Result<(), Problem> {
    let status = vm.status(work.now);
    if !matches!(status, VmStatus::Up | VmStatus::Down) {
        return Err(Problem::conflict(format!(
            "Cannot detach Virtual Disk because the VM is in {} status.",
            status.title()
        )));
    }
    if vm.snapshots.iter().any(|snapshot| snapshot.holds(disk, work.now)) {
        return Err(Problem::conflict(
            "Cannot detach Virtual Disk. The disk is already configured in a snapshot. In order to detach it, remove the disk's snapshots.",
        ));
    }
    Ok(())
}

/// v3's `activate` and `deactivate`.
pub fn plug(work: &mut Work<'_>, call: &Call, id: &str, disk: &str, active: bool) -> Answer {
    let vm = work.vm(call, id)?;
    let attachment = attached(call, &vm, disk)?.clone();
    set_attachment(work, vm.id, &Attachment { active, ..attachment });
    let now = work.now;
    let job = work.record(call, "Plugging Disk".to_owned(), Some(vm.id), now);
    Ok(work.acted(call, job, false, |_| {}))
}

/// `GET storagedomains/ID/disks`.
pub fn of_domain(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let domain = work.inventory.storage_domains.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?.id;
    let disks = work.inventory.disks.all(work.now).filter(|disk| disk.storage_domain == domain);
    Ok(Reply::list("disks", disks.cloned().collect(), storage::disk))
}
