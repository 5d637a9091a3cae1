//! Virtual machines: list, show, create, change, remove.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::{Schedule, delays};
use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::*;
use super::super::render;
use super::super::reply::{Problem, Reply, View};
use super::super::{search, seed};
use super::{Answer, Work, lists, machines};

/// Fields by which machines are searched.
const FIELDS: &[&str] = &[
    "name",
    "status",
    "cluster",
    "datacenter",
    "template",
    "tag",
    "id",
    "host",
    "description",
    "comment",
    "memory",
    "type",
    "os",
    "creationdate",
    "vcpus",
    "ip",
    "mac",
    "fqdn",
    "user",
];

pub fn list(work: &Work<'_>, call: &Call) -> Answer {
    let now = work.now;
    let all = work.inventory.vms.all(now).filter(|vm| vm.seen_by(&call.user)).cloned().collect();
    let vms = search::narrow(call, all, FIELDS, |vm, field| values(work, vm, field))?;
    Ok(Reply::list("vms", vms, render::vms::vm))
}

fn values(work: &Work<'_>, vm: &Vm, field: &str) -> Vec<String> {
    let (inventory, now) = (&*work.inventory, work.now);
    let one = |value: Option<String>| value.into_iter().collect();
    match field {
        "name" => vec![vm.name.clone()],
        "id" => vec![vm.id.to_string()],
        "status" => search_statuses(vm.status(now)),
        "cluster" => one(inventory.clusters.get(vm.cluster, now).map(|cluster| cluster.name.clone())),
        "datacenter" => one(inventory.data_center_of(vm.cluster, now).map(|center| center.name.clone())),
        "template" => one(inventory.templates.get(vm.template, now).map(|template| template.name.clone())),
        "host" if vm.status(now).runs() => {
            one(inventory.hosts.get(vm.host, now).map(|host| host.name.clone()))
        }
        "tag" => vm.tags.iter().filter_map(|tag| Some(inventory.tags.get(*tag, now)?.name.clone())).collect(),
        "memory" => vec![(vm.machine.memory >> 20).to_string()],
        "vcpus" => vec![(vm.machine.cores * vm.machine.sockets * vm.machine.threads).to_string()],
        "creationdate" => vec![vm.created.to_string()],
        "mac" => vm.nics.iter().map(|nic| nic.mac.clone()).collect(),
        "ip" => vm.nics.iter().map(|nic| nic.address.to_string()).collect(),
        "fqdn" => vec![format!("{}.example.com", vm.name)],
        "description" => vec![vm.machine.description.clone()],
        "comment" => vec![vm.machine.comment.clone()],
        "type" => vec![vm.machine.kind.clone()],
        "os" => vec![vm.machine.os.clone()],
        "user" => {
            vm.users.iter().filter_map(|user| Some(inventory.users.get(*user, now)?.name.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// The engine's own names of a state, of which some share one word of the API.
fn search_statuses(status: VmStatus) -> Vec<String> {
    match status {
        VmStatus::Migrating => vec!["migratingfrom".to_owned(), "migratingto".to_owned()],
        other => vec![other.word().replace('_', "")],
    }
}

pub fn show(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let view = View { single: true, ..work.view(call) };
    Ok(Reply::resource(200, &view, |view, x| render::vms::vm(view, &vm, x)))
}

pub fn create(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("vm")?;
    let vm = described(work, call, &element)?;
    let tasks = vm.creation.is_some() && !call.waits();
    let (id, ends) = (vm.id, vm.creation.map_or(work.now, |(_, ends)| ends));
    work.record(call, format!("Creating VM {}", vm.name), Some(id), ends);
    work.inventory.vms.put(vm.clone());
    Ok(work.created(call, tasks, &format!("vms/{id}"), |view, x| render::vms::vm(view, &vm, x)))
}

/// The machine that a creation describes, its disks made.
fn described(work: &mut Work<'_>, call: &Call, element: &Element) -> Result<Vm, Problem> {
    let mode = call.mode();
    let name = required(call, element.value("name"), "name")?;
    let (cluster, template) = places(work, call, element)?;
    if work.inventory.vms.named(name, work.now).is_some() {
        let text = "Cannot add VM. The VM name is already in use, please choose a unique name and try again.";
        return Err(Problem::conflict(text));
    }
    let kind = lists::instance_type_named(work, element.child("instance_type"), mode)?;
    let base = match &kind {
        Some(kind) => Machine {
            memory: kind.machine.memory,
            guaranteed: kind.machine.guaranteed,
            max_memory: kind.machine.max_memory,
            cores: kind.machine.cores,
            sockets: kind.machine.sockets,
            ..template.machine.clone()
        },
        None => template.machine.clone(),
    };
    let machine = machines::changed(Machine { description: String::new(), ..base }, element, mode)?;
    let id = element.value("id").and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_else(Uuid::new_v4);
    let status =
        if template.disks.is_empty() { Schedule::new(work.now, VmStatus::Down) } else { locked(work, call) };
    let creation = (!template.disks.is_empty()).then(|| (Uuid::new_v4(), status.since(i64::MAX)));
    let disks = copied_disks(work, &template.disks, name, cluster.id, call.waits());
    let nics = copied_nics(work, &template.nics);
    Ok(Vm {
        id,
        name: name.to_owned(),
        machine,
        status,
        gone: None,
        creation,
        cluster: cluster.id,
        template: if call.flag("clone") == Some(true) { Uuid::nil() } else { template.id },
        original_template: template.id,
        instance_type: kind.map(|kind| kind.id),
        host: work.inventory.host_of(cluster.id, work.now).unwrap_or_default(),
        created: work.now,
        started: None,
        stopped: None,
        stop_reason: None,
        run_once: false,
        next_run: false,
        start_initialization: None,
        disks,
        nics,
        snapshots: vec![seed::active_snapshot(Uuid::new_v4(), work.now)],
        tags: Default::default(),
        users: if call.user.admin { Vec::new() } else { vec![call.user.id] },
    })
}

/// Image locked until the disks are there; a client that waits finds them there at once.
fn locked(work: &Work<'_>, call: &Call) -> Schedule<VmStatus> {
    if call.waits() {
        return Schedule::new(work.now, VmStatus::Down);
    }
    Schedule::new(work.now, VmStatus::ImageLocked).then(work.after(delays::CREATE_VM), VmStatus::Down)
}

fn required<'a>(call: &Call, value: Option<&'a str>, member: &str) -> Result<&'a str, Problem> {
    let class = if call.v3() { "VM" } else { "Vm" };
    let missing = || Problem::incomplete(format!("{class} [{member}] required for add"));
    value.filter(|value| !value.is_empty()).ok_or_else(missing)
}

/// Cluster and template, each by id or name.
fn places(work: &Work<'_>, call: &Call, element: &Element) -> Result<(Arc<Cluster>, Arc<Template>), Problem> {
    let mode = call.mode();
    let reference = |kind: &str| {
        let found = element.child(kind);
        found.and_then(|reference| reference.value("id").or(reference.value("name")))
    };
    let of_snapshot = template_of_snapshot(work, element);
    if of_snapshot.is_none() {
        required(call, reference("template"), "template.id|name")?;
    }
    required(call, reference("cluster"), "cluster.id|name")?;
    let cluster = lists::find(&work.inventory.clusters, element.child("cluster"), work.now)
        .ok_or_else(|| not_found(mode, "Cluster", element.child("cluster")))?;
    let template = of_snapshot
        .or_else(|| lists::find(&work.inventory.templates, element.child("template"), work.now))
        .ok_or_else(|| not_found(mode, "Template", element.child("template")))?;
    if template.status.at(work.now) == Lock::Locked {
        return Err(Problem::conflict(
            "Cannot add VM. VM's Image is locked. Please try again in a few minutes.",
        ));
    }
    Ok((cluster, template))
}

/// The template of the machine whose snapshot the body names.
fn template_of_snapshot(work: &Work<'_>, element: &Element) -> Option<Arc<Template>> {
    let id: Uuid = element.find("snapshots/snapshot")?.parsed("id")?;
    let has = |vm: &&Arc<Vm>| vm.snapshots.iter().any(|snapshot| snapshot.id == id);
    let vm = work.inventory.vms.all(work.now).find(has)?;
    work.inventory.templates.get(vm.template, work.now).cloned()
}

fn not_found(mode: Mode, kind: &str, reference: Option<&Element>) -> Problem {
    let by_name = reference.and_then(|one| one.value("name")).map(|name| format!("{kind}: name={name}"));
    let by_id = || reference.and_then(|one| one.value("id")).unwrap_or_default().to_owned();
    Problem::unknown_entity(mode, by_name.unwrap_or_else(by_id))
}

/// Copies of the disks for the machine called `vm`, locked until it is unlocked.
pub fn copied_disks(
    work: &mut Work<'_>,
    originals: &[Attachment],
    vm: &str,
    cluster: Uuid,
    at_once: bool,
) -> Vec<Attachment> {
    let unlocked = if at_once { work.now } else { work.after(delays::CREATE_VM) };
    let mut attachments = Vec::new();
    for (number, attachment) in originals.iter().enumerate() {
        let Some(original) = work.inventory.disks.get(attachment.disk, work.now) else { continue };
        let disk = Disk {
            id: Uuid::new_v4(),
            name: format!("{vm}_Disk{}", number + 1),
            image: Uuid::new_v4(),
            storage_domain: work.inventory.data_domain(cluster, work.now).unwrap_or(original.storage_domain),
            status: Schedule::new(work.now, Lock::Locked).then(unlocked, Lock::Ok),
            ..original.as_ref().clone()
        };
        attachments.push(Attachment { disk: disk.id, ..attachment.clone() });
        work.inventory.disks.put(disk);
    }
    attachments
}

/// The same NICs with addresses of their own.
pub fn copied_nics(work: &mut Work<'_>, nics: &[Nic]) -> Vec<Nic> {
    let copy = |nic: &Nic| {
        let (mac, address) = work.inventory.next_address();
        Nic { id: Uuid::new_v4(), mac, address, ..nic.clone() }
    };
    nics.iter().map(copy).collect()
}

pub fn update(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let element = call.element("vm")?;
    let vm = work.vm(call, id)?;
    if element.value("id").is_some_and(|id| id != vm.id.to_string()) {
        let detail = "Attempt to set immutable field: id".to_owned();
        return Err(Problem::Fault(409, "Broken immutability constraint".to_owned(), detail));
    }
    let name = element.value("name").unwrap_or(&vm.name).to_owned();
    if name != vm.name && work.inventory.vms.named(&name, work.now).is_some() {
        return Err(Problem::conflict(
            "Cannot edit VM. The VM name is already in use, please choose a unique name and try again.",
        ));
    }
    let machine = machines::changed(vm.machine.clone(), &element, call.mode())?;
    let cluster = lists::find(&work.inventory.clusters, element.child("cluster"), work.now);
    let next_run = call.flag("next_run") == Some(true) && vm.status(work.now).runs();
    let changed = Vm {
        name,
        machine,
        cluster: cluster.map_or(vm.cluster, |cluster| cluster.id),
        next_run: vm.next_run || next_run,
        ..vm.as_ref().clone()
    };
    work.inventory.vms.put(changed.clone());
    Ok(Reply::resource(200, &work.view(call), |view, x| render::vms::vm(view, &changed, x)))
}

pub fn remove(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let body = call.optional_element("action");
    let status = vm.status(work.now);
    refuse_removal(&vm, status)?;
    let v3_detach = body.parsed("vm/disks/detach_only");
    let keep_disks = call.flag("detach_only").or(v3_detach) == Some(true);
    let gone = if vm.disks.is_empty() || keep_disks { work.now } else { work.after(delays::DELETE_VM) };
    if !keep_disks {
        for attachment in &vm.disks {
            work.inventory.disks.update(attachment.disk, |disk| disk.gone = Some(gone));
        }
    }
    let locked = work.after(delays::LOCK_FOR_DELETE);
    work.inventory.vms.update(vm.id, |vm| {
        vm.status = vm.status.clone().then(locked, VmStatus::ImageLocked);
        vm.gone = Some(gone);
    });
    let job = work.record(call, format!("Removing VM {}", vm.name), Some(vm.id), gone);
    Ok(work.deleted(call, job))
}

fn refuse_removal(vm: &Vm, status: VmStatus) -> Result<(), Problem> {
    if vm.gone.is_some() {
        let text = "Cannot remove VM. Related operation is currently in progress. Please try again later.";
        return Err(Problem::conflict(text));
    }
    if status == VmStatus::ImageLocked {
        return Err(Problem::conflict("Cannot remove VM: VM is locked. Please try again in a few minutes."));
    }
    if status == VmStatus::Suspended {
        let text = "Cannot remove VM that its state is not down.\n-Please stop the VM first.";
        return Err(Problem::conflict(text));
    }
    if status != VmStatus::Down {
        return Err(Problem::conflict("Cannot remove VM. VM is running."));
    }
    if vm.machine.delete_protected {
        return Err(Problem::conflict(
            "Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.",
        ));
    }
    Ok(())
}

/// `GET vms/ID/creation_status/TASK`.
pub fn creation_status(work: &Work<'_>, call: &Call, id: &str, task: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let (task_id, ends) =
        vm.creation.filter(|(known, _)| known.to_string() == task).ok_or(Problem::NotFound)?;
    let status = if work.now < ends { "in_progress" } else { "complete" };
    let href = format!("{}/vms/{id}/creation_status/{task}", call.shown.dialect.prefix);
    Ok(Reply::resource(200, &work.view(call), |_, x| {
        x.resource("creation", &href, task_id, |x| x.state("status", status));
    }))
}
