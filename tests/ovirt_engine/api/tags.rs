//! Tags, and what carries them.

use uuid::Uuid;

use super::super::call::Call;
use super::super::model::{Tag, Template, Vm};
use super::super::render::log;
use super::super::reply::{Problem, Reply};
use super::{Answer, Work, lists};

/// Something that carries tags.
#[derive(Clone, Copy)]
pub enum Owner {
    Vm,
    Template,
}

pub fn create(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("tag")?;
    let name = element.value("name").ok_or_else(|| Problem::incomplete("Tag [name] required for add"))?;
    if work.inventory.tags.named(name, work.now).is_some() {
        return Err(Problem::conflict("Cannot add Tag. Tag name is already in use."));
    }
    let parent = element.find("parent/tag").or(element.child("parent"));
    let parent = lists::find(&work.inventory.tags, parent, work.now).map_or(Uuid::nil(), |tag| tag.id);
    let description = element.value("description").unwrap_or_default().to_owned();
    let tag = Tag { id: Uuid::new_v4(), name: name.to_owned(), description, parent: Some(parent) };
    work.inventory.tags.put(tag.clone());
    Ok(work.created(call, false, &format!("tags/{}", tag.id), |view, x| log::tag(view, &tag, x)))
}

pub fn remove(work: &mut Work<'_>, call: &Call, id: &str) -> Answer {
    let tag = work.inventory.tags.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?.clone();
    if tag.parent.is_none() {
        return Err(Problem::conflict("Cannot remove Tag. Removing the root tag is not allowed."));
    }
    work.inventory.tags.remove(tag.id);
    let now = work.now;
    let job = work.record(call, format!("Removing tag {}", tag.name), None, now);
    Ok(work.deleted(call, job))
}

fn carried(work: &Work<'_>, call: &Call, owner: Owner, id: &str) -> Result<(Uuid, Vec<Uuid>), Problem> {
    match owner {
        Owner::Vm => work.vm(call, id).map(|vm| (vm.id, vm.tags.clone())),
        Owner::Template => {
            let template = work.inventory.templates.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?;
            Ok((template.id, template.tags.clone()))
        }
    }
}

fn put(work: &mut Work<'_>, owner: Owner, id: Uuid, tags: Vec<Uuid>) {
    match owner {
        Owner::Vm => work.inventory.vms.update(id, |vm: &mut Vm| vm.tags = tags),
        Owner::Template => {
            work.inventory.templates.update(id, |template: &mut Template| template.tags = tags)
        }
    }
}

pub fn carried_by(work: &Work<'_>, call: &Call, owner: Owner, id: &str) -> Answer {
    let (_, tags) = carried(work, call, owner, id)?;
    let tags = tags.iter().filter_map(|tag| work.inventory.tags.get(*tag, work.now).cloned()).collect();
    Ok(Reply::list("tags", tags, log::tag))
}

pub fn attach(work: &mut Work<'_>, call: &Call, owner: Owner, id: &str) -> Answer {
    let element = call.element("tag")?;
    let (owner_id, mut tags) = carried(work, call, owner, id)?;
    let name = element.value("name").or(element.value("id")).unwrap_or_default();
    let tag = lists::find(&work.inventory.tags, Some(&element), work.now)
        .ok_or_else(|| Problem::unknown_entity(call.mode(), name))?;
    if !tags.contains(&tag.id) {
        tags.push(tag.id);
        put(work, owner, owner_id, tags);
    }
    let path = format!("{}/tags/{}", call.path[..2].join("/"), tag.id);
    Ok(work.created(call, false, &path, |view, x| log::tag(view, &tag, x)))
}

pub fn detach(work: &mut Work<'_>, call: &Call, owner: Owner, id: &str, tag: &str) -> Answer {
    let tag = call.id(tag)?;
    let (owner_id, mut tags) = carried(work, call, owner, id)?;
    let at = tags.iter().position(|carried| *carried == tag).ok_or(Problem::NotFound)?;
    tags.remove(at);
    put(work, owner, owner_id, tags);
    let now = work.now;
    let job = work.record(call, "Detaching tag".to_owned(), None, now);
    Ok(work.deleted(call, job))
}
