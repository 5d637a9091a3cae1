//! Templates: list, show, make from a machine, remove.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::{Schedule, delays};
use super::super::model::{Attachment, Disk, Lock, Template, Vm, VmStatus};
use super::super::render::templates;
use super::super::reply::{Problem, Reply};
use super::super::search;
use super::{Answer, Work, lists};

const FIELDS: &[&str] = &[
    "name",
    "id",
    "status",
    "cluster",
    "datacenter",
    "tag",
    "description",
    "comment",
    "version_name",
    "vm.id",
];

pub fn list(work: &Work<'_>, call: &Call) -> Answer {
    let (inventory, now) = (&*work.inventory, work.now);
    let all = inventory.templates.all(now).cloned().collect();
    let values = |template: &Template, field: &str| match field {
        "name" => vec![template.name.clone()],
        "id" => vec![template.id.to_string()],
        "status" => vec![template.status.at(now).word().to_owned()],
        "cluster" => {
            let cluster = template.cluster.and_then(|cluster| inventory.clusters.get(cluster, now));
            cluster.map(|cluster| cluster.name.clone()).into_iter().collect()
        }
        "datacenter" => {
            let center = template.cluster.and_then(|cluster| inventory.data_center_of(cluster, now));
            center.map(|center| center.name.clone()).into_iter().collect()
        }
        "tag" => {
            template.tags.iter().filter_map(|tag| Some(inventory.tags.get(*tag, now)?.name.clone())).collect()
        }
        "vm.id" => users(work, template.id).iter().map(|vm| vm.id.to_string()).collect(),
        "description" => vec![template.machine.description.clone()],
        "comment" => vec![template.machine.comment.clone()],
        _ => vec![template.version_name.clone()],
    };
    let found = search::narrow(call, all, FIELDS, values)?;
    Ok(Reply::list("templates", found, templates::template))
}

/// Machines whose disks are layers on the template's.
fn users(work: &Work<'_>, template: Uuid) -> Vec<Arc<Vm>> {
    work.inventory.vms.all(work.now).filter(|vm| vm.template == template).cloned().collect()
}

fn found(work: &Work<'_>, call: &Call, id: &str) -> Result<Arc<Template>, Problem> {
    work.inventory.templates.get(call.id(id)?, work.now).cloned().ok_or(Problem::NotFound)
}

pub fn show(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let template = found(work, call, id)?;
    Ok(Reply::resource(200, &work.view(call), |view, x| templates::template(view, &template, x)))
}

pub fn create(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("template")?;
    let name =
        element.value("name").ok_or_else(|| Problem::incomplete("Template [name] required for add"))?;
    let vm = element.child("vm").and_then(|vm| vm.value("id").or(vm.value("name")));
    vm.ok_or_else(|| Problem::incomplete("Template [vm.id|name] required for add"))?;
    let vm = lists::find(&work.inventory.vms, element.child("vm"), work.now)
        .filter(|vm| vm.seen_by(&call.user))
        .ok_or_else(|| Problem::unknown_entity(call.mode(), vm.unwrap_or_default()))?;
    if vm.status(work.now) != VmStatus::Down {
        return Err(Problem::conflict(
            "Cannot add Template. VM is locked or still running, try again once VM is in the Down state.",
        ));
    }
    let base = lists::find(&work.inventory.templates, element.find("version/base_template"), work.now);
    if base.is_none() && work.inventory.templates.named(name, work.now).is_some() {
        return Err(Problem::conflict(
            "Cannot add Template. The Template name is already in use, please choose a unique name and try again.",
        ));
    }
    let template = made(work, call, name, &vm, &element, base.as_deref());
    let tasks = !template.disks.is_empty() && !call.waits();
    work.inventory.templates.put(template.clone());
    let ends = template.status.since(i64::MAX);
    work.record(call, format!("Creating Template {name} from VM {}", vm.name), Some(vm.id), ends);
    let path = format!("templates/{}", template.id);
    Ok(work.created(call, tasks, &path, |view, x| templates::template(view, &template, x)))
}

fn made(
    work: &mut Work<'_>,
    call: &Call,
    name: &str,
    vm: &Vm,
    element: &super::super::element::Element,
    base: Option<&Template>,
) -> Template {
    let id = Uuid::new_v4();
    let now = work.now;
    let ends = if vm.disks.is_empty() || call.waits() { now } else { work.after(delays::LOCK_TEMPLATE) };
    let status = Schedule::new(now, Lock::Locked).then(ends, Lock::Ok);
    let mut machine = vm.machine.clone();
    machine.description = element.value("description").unwrap_or_default().to_owned();
    let cluster = lists::find(&work.inventory.clusters, element.child("cluster"), now);
    let disks = disks(work, vm, name, &status);
    Template {
        id,
        name: base.map_or(name, |base| &base.name).to_owned(),
        machine,
        status,
        gone: None,
        creation: (!disks.is_empty()).then(|| (Uuid::new_v4(), ends)),
        cluster: Some(cluster.map_or(vm.cluster, |cluster| cluster.id)),
        created: now,
        version: base.map_or(1, |base| base.version + 1),
        version_name: element.value("version/version_name").unwrap_or("base version").to_owned(),
        base: base.map_or(id, |base| base.id),
        disks,
        nics: vm.nics.clone(),
        tags: Default::default(),
    }
}

fn disks(work: &mut Work<'_>, vm: &Vm, name: &str, status: &Schedule<Lock>) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    for attachment in &vm.disks {
        let Some(original) = work.inventory.disks.get(attachment.disk, work.now) else { continue };
        let disk = Disk {
            id: Uuid::new_v4(),
            name: format!("{name}_Disk{}", attachments.len() + 1),
            image: Uuid::new_v4(),
            status: status.clone(),
            ..original.as_ref().clone()
        };
        attachments.push(Attachment { disk: disk.id, ..attachment.clone() });
        work.inventory.disks.put(disk);
    }
    attachments
}

pub fn remove(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let template = found(work, call, id)?;
    if template.id.is_nil() {
        return Err(Problem::conflict("Cannot remove Template. Removing Blank Template is not allowed."));
    }
    if template.status.at(work.now) == Lock::Locked {
        return Err(Problem::conflict("Cannot remove Template. Template is locked. Please try again later."));
    }
    let users: Vec<String> = users(work, template.id).iter().map(|vm| vm.name.clone()).collect();
    if !users.is_empty() {
        let list = users.join(",");
        return Err(Problem::conflict(format!(
            "Cannot delete Template. Template is being used by the following VMs: {list}."
        )));
    }
    let (now, gone) = (work.now, work.after(delays::DELETE_VM));
    work.inventory.templates.update(template.id, |template| {
        template.status = Schedule::new(now, Lock::Locked);
        template.gone = Some(gone);
    });
    let job = work.record(call, format!("Removing Template {}", template.name), None, gone);
    Ok(work.deleted(call, job))
}

/// `export`, and whatever else a template can be told.
pub fn act(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let template = found(work, call, id)?;
    call.element("action")?;
    let now = work.now;
    let job = work.record(call, format!("Exporting Template {}", template.name), None, now);
    Ok(work.acted(call, job, true, |_| {}))
}
