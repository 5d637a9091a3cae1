//! Snapshots are disk snapshots: what one disk was written in until a snapshot of its VM was taken.
//!
//! oVirt takes snapshots of VMs, of all their disks or of some. A snapshot of a volume is one of its VM with that disk
//! alone; its id is that of the disk's image, which the snapshot leaves behind as it is (`CreateSnapshotCommand`) and
//! the engine lists under that id in the storage domain. Every disk of a snapshot that was taken of a whole VM shows in
//! the same way. So a volume that hangs on no VM cannot have a snapshot taken, and none becomes a volume.
//!
//! Removing the last disk snapshot of a VM's snapshot removes that, too: an empty one would be left otherwise.
//!
//! Storage domains list disk snapshots from 3.5 on; before, none of this can be done. Their names and dates are those of
//! the VMs' snapshots, which come with the VMs from 4.2 on; until then a snapshot is called as its disk is.

mod change;

use std::{borrow::Cow, collections::HashMap};

use jiff::Timestamp;
use uuid::Uuid;

pub(super) use change::{create, destroy};

use super::{
    call::Call,
    dialect::{Along, Details, Version},
    instances,
    places::Places,
    read::{id_of, moment, number, uuid, word},
    session::Session,
    states,
    storage::Domains,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Kind, Resource, Snapshot, SnapshotState},
    wire::xml::{self, Element, Malformed},
};

/// The most snapshots of VMs of which the names are kept while a list is read; the others' are not shown.
const MOST_NAMED: usize = 100_000;

/// A disk snapshot, with what the driver needs to know of it besides.
struct Found<'a> {
    snapshot: Snapshot<'a>,
    /// The snapshot of the VM that it is a part of.
    of_vm: Option<Uuid>,
}

/// What the snapshots of VMs say, by their ids.
type Told = HashMap<Uuid, (String, Option<Timestamp>)>;

/// A disk snapshot that is to go.
struct Going {
    snapshot: Snapshot<'static>,
    of_vm: Option<Uuid>,
    domain: String,
}

/// One call for each storage domain, and one for the names.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    require_disk_snapshots(session)?;
    let ids: Vec<String> = filter.ids.iter().filter_map(|id| uuid(id.as_str())).collect();
    if !filter.ids.is_empty() && ids.is_empty() {
        return Ok(());
    }
    let told = told(session, cloud).await?;
    let mut flow = Flow::More;
    for domain in domains(session).await? {
        let mut decode = xml::each("disk_snapshots", "disk_snapshot", |element, sink| {
            let snapshot = named(disk_snapshot(element)?, &told);
            if ids.is_empty() || ids.iter().any(|id| *id == *snapshot.id) {
                flow = sink.put(&Resource::Snapshot(snapshot))?;
            }
            Ok(flow)
        });
        session.stream(cloud, listing(&domain), &mut decode).await?;
        drop(decode);
        if flow == Flow::Enough {
            break;
        }
    }
    Ok(())
}

/// The storage domains in which disks are, as far as the provider's scope lets them be seen.
async fn domains(session: &Session<'_>) -> Result<Vec<String>, Error> {
    let places = Places::recent(session).await?;
    let domains = Domains::recent(session, &places).await?;
    Ok(domains.with_disks().map(str::to_owned).collect())
}

fn listing(domain: &str) -> Call {
    Call::get(&["storagedomains", domain, "disksnapshots"])
}

/// What the snapshots of the VMs say, where that is one call.
async fn told(session: &Session<'_>, cloud: &mut Cloud<'_>) -> Result<Told, Error> {
    let mut told = Told::new();
    if session.dialect().details == Details::Follow {
        instances::each(session, Along::Snapshots, cloud, |_, element, _| {
            element.children(|child| match child.name() {
                "snapshots" => child.children(|child| tell(child, &mut told)),
                _other => Ok(()),
            })?;
            Ok(Flow::More)
        })
        .await?;
    }
    Ok(told)
}

fn tell(element: &mut Element<'_>, told: &mut Told) -> Result<(), Malformed> {
    let id = Uuid::try_parse(&id_of(element)?);
    let (mut name, mut date) = (String::new(), None);
    element.children(|child| {
        match child.name() {
            "description" => name = child.text()?.into_owned(),
            "date" => date = moment(child)?,
            _other => {}
        }
        Ok(())
    })?;
    if let Some(id) = id.ok().filter(|_| told.len() < MOST_NAMED) {
        told.insert(id, (name, date));
    }
    Ok(())
}

/// The snapshot, with what is told of the VM's snapshot that it is a part of.
fn named<'a>(found: Found<'a>, told: &Told) -> Snapshot<'a> {
    let Found { mut snapshot, of_vm } = found;
    if let Some((name, date)) = of_vm.and_then(|id| told.get(&id)) {
        snapshot.name = Cow::Owned(name.clone());
        snapshot.created = *date;
    }
    snapshot
}

/// As many calls as a list: the engine says in which storage domain a disk snapshot is only by listing it.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    require_disk_snapshots(session)?;
    let told = told(session, cloud).await?;
    let (found, _) = find(session, std::slice::from_ref(id), cloud).await?;
    for Going { snapshot, of_vm, .. } in found {
        cloud.emit(&Resource::Snapshot(named(Found { snapshot, of_vm }, &told))).await?;
    }
    Ok(())
}

/// The disk snapshots with these ids, in the order of the ids, and how many each snapshot of a VM is made of.
///
/// # Errors
/// `NotFound` when one of them is not there, or the provider's scope does not let it be seen.
async fn find(
    session: &Session<'_>,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(Vec<Going>, HashMap<Uuid, usize>), Error> {
    let missing = |id: &Id| Error::not_found(Kind::Snapshot, id.as_str());
    let mut wanted = Vec::with_capacity(ids.len());
    for id in ids {
        wanted.push(uuid(id.as_str()).ok_or_else(|| missing(id))?);
    }
    let (mut found, mut parts) = (HashMap::new(), HashMap::new());
    for domain in domains(session).await? {
        let mut decode = xml::each("disk_snapshots", "disk_snapshot", |element, _| {
            let Found { snapshot, of_vm } = disk_snapshot(element)?;
            if let Some(of_vm) = of_vm {
                *parts.entry(of_vm).or_default() += 1;
            }
            if wanted.iter().any(|id| *id == *snapshot.id) {
                let snapshot = snapshot.into_owned();
                found.insert(snapshot.id.to_string(), Going { snapshot, of_vm, domain: domain.clone() });
            }
            Ok(Flow::More)
        });
        session.stream(cloud, listing(&domain), &mut decode).await?;
    }
    let mut ordered: Vec<Going> = Vec::with_capacity(ids.len());
    for (id, uuid) in ids.iter().zip(&wanted) {
        match found.remove(uuid) {
            Some(going) => ordered.push(going),
            None if ordered.iter().any(|known| known.snapshot.id == *uuid) => {}
            None => return Err(missing(id)),
        }
    }
    Ok((ordered, parts))
}

/// Reads a `disk_snapshot`.
fn disk_snapshot<'a>(element: &mut Element<'a>) -> Result<Found<'a>, Malformed> {
    let mut snapshot = Snapshot {
        id: id_of(element)?,
        name: Cow::Borrowed(""),
        description: Cow::Borrowed(""),
        volume: None,
        state: SnapshotState::Completed,
        size: None,
        created: None,
        tags: Default::default(),
    };
    let mut of_vm = None;
    element.children(|child| {
        match child.name() {
            "alias" => snapshot.name = child.text()?,
            "status" => snapshot.state = states::snapshot(&word(child)?),
            "provisioned_size" => snapshot.size = number(child)?,
            "disk" => snapshot.volume = child.attribute("id")?,
            "snapshot" => of_vm = child.attribute("id")?.and_then(|id| Uuid::try_parse(&id).ok()),
            _other => {}
        }
        Ok(())
    })?;
    Ok(Found { snapshot, of_vm })
}

/// # Errors
/// `Unsupported` with an engine whose storage domains do not list disk snapshots.
fn require_disk_snapshots(session: &Session<'_>) -> Result<(), Error> {
    if session.dialect().disk_snapshots {
        return Ok(());
    }
    let Version { major, minor } = session.engine.version;
    let message = format!("an oVirt engine {major}.{minor} knows no snapshots of disks: 3.5 or later");
    Err(Error::new(ErrorKind::Unsupported, message))
}
