//! Small resources that the engine keeps as they were sent: permissions, affinity groups and labels, transfers.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::element::Element;
use super::super::mode::Mode;
use super::super::reply::{Problem, Reply};
use super::super::xml::Xml;
use super::{Answer, Work};

/// A resource as it was sent, and where it is below the API's base.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: Uuid,
    pub collection: String,
    pub element: Element,
}

/// Collections that take such resources, with the element of an item and the first mode that has them.
const COLLECTIONS: [(&str, &str, Mode); 6] = [
    ("permissions", "permission", Mode::V3_0),
    ("affinitygroups", "affinity_group", Mode::V3_6),
    ("affinitylabels", "affinity_label", Mode::V4_1),
    ("imagetransfers", "image_transfer", Mode::V4_1),
    ("vms", "vm", Mode::V3_6),
    ("quotas", "quota", Mode::V3_6),
];

/// What is kept in the collection of the path.
pub fn all(work: &Work<'_>, call: &Call) -> Vec<Arc<Kept>> {
    let collection = call.path.join("/");
    work.inventory.kept.iter().filter(|kept| kept.collection == collection).cloned().collect()
}

pub fn show(work: &Work<'_>, call: &Call) -> Answer {
    let kept = found(work, call)?;
    Ok(Reply::resource(200, &work.view(call), |_, x| write(&kept, x)))
}

fn found(work: &Work<'_>, call: &Call) -> Result<Arc<Kept>, Problem> {
    let (id, collection) = call.path.split_last().ok_or(Problem::NotFound)?;
    let (id, collection) = (call.id(id)?, collection.join("/"));
    let matches = |kept: &&Arc<Kept>| kept.id == id && kept.collection == collection;
    work.inventory.kept.iter().find(matches).cloned().ok_or(Problem::NotFound)
}

pub fn create(work: &mut Work<'_>, call: &Call) -> Answer {
    let last = call.path.last().map(String::as_str).unwrap_or_default();
    let row = COLLECTIONS.iter().find(|(name, _, since)| *name == last && call.mode() >= *since);
    let (_, item, _) = row.ok_or(Problem::NotFound)?;
    let element = call.element(item)?;
    let reference = element.value("id").and_then(|id| Uuid::parse_str(id).ok());
    let id = reference.unwrap_or_else(Uuid::new_v4);
    let kept = Arc::new(Kept { id, collection: call.path.join("/"), element });
    work.inventory.kept.push(kept.clone());
    let path = format!("{}/{id}", kept.collection);
    Ok(work.created(call, false, &path, |_, x| write(&kept, x)))
}

pub fn remove(work: &mut Work<'_>, call: &Call) -> Answer {
    let kept = found(work, call)?;
    work.inventory.kept.retain(|other| !Arc::ptr_eq(other, &kept));
    let now = work.now;
    let job = work.record(call, format!("Removing {}", kept.element.name), None, now);
    Ok(work.deleted(call, job))
}

/// Writes the resource with its address.
pub fn write(kept: &Kept, x: &mut Xml<'_>) {
    let href = format!("{}/{}/{}", x.dialect.prefix, kept.collection, kept.id);
    x.resource(&kept.element.name, &href, kept.id, |x| {
        kept.element.children.iter().for_each(|child| echo(child, x))
    });
}

/// Writes an element as it was sent.
pub fn echo(element: &Element, x: &mut Xml<'_>) {
    let attributes: Vec<(&str, &str)> =
        element.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    if element.children.is_empty() && (attributes.is_empty() || !element.text.trim().is_empty()) {
        return x.text_with(&element.name, &attributes, element.text.trim());
    }
    x.element(&element.name, &attributes, |x| element.children.iter().for_each(|child| echo(child, x)));
}
