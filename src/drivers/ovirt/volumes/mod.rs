//! Volumes are disks: those that hang on VMs, and those that hang on none. The disks of templates are a part of their
//! images and no volumes.
//!
//! A disk is in a storage domain of a data center, which may have several clusters: an attached one is in the realm of
//! its VM, another in the only realm of its data center, or in none that can be told. Engines 3.0 know disks only as a
//! part of a VM, and nothing can be done with them alone.

mod act;
mod create;
mod disk;

use std::{collections::HashSet, sync::Arc};

use uuid::Uuid;

pub(super) use act::{attach, destroy, detach};
pub(super) use create::create;
pub(super) use disk::{Disk, disk};

use disk::disks_of_vm;

use super::{
    call::Call,
    dialect::{Along, Version},
    places::Places,
    read::uuid,
    search,
    session::Session,
    storage::Domains,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Kind, Resource, Sink},
    wire::xml,
};

/// What the provider's scope and the ids that were asked for leave of the disks.
struct View {
    places: Arc<Places>,
    domains: Arc<Domains>,
    /// Whether only what is in these places is seen.
    narrowed: bool,
    ids: HashSet<String>,
}

impl View {
    async fn of(session: &Session<'_>, ids: &[Id]) -> Result<Self, Error> {
        let places = Places::recent(session).await?;
        Ok(View {
            domains: Domains::recent(session, &places).await?,
            places,
            narrowed: session.provider().scope.is_some(),
            ids: ids.iter().filter_map(|id| uuid(id.as_str())).collect(),
        })
    }

    fn admits(&self, disk: &Disk<'_>) -> bool {
        let seen = !self.narrowed
            || match (&disk.volume.realm, &disk.domain) {
                (Some(cluster), _) => self.places.clusters().iter().any(|known| known.id == **cluster),
                (None, Some(domain)) => self.domains.data_center_of(domain).is_some(),
                (None, None) => false,
            };
        seen && disk.holds_data && (self.ids.is_empty() || self.ids.contains(disk.volume.id.as_ref()))
    }

    /// The same disk, which hangs on no VM, with the realm that it is in.
    fn placed<'d>(&self, mut disk: Disk<'d>) -> Disk<'d> {
        let center = disk.domain.as_deref().and_then(|domain| self.domains.data_center_of(domain));
        let cluster = center.and_then(|center| self.places.only_cluster_of(center));
        disk.volume.realm = cluster.map(|cluster| cluster.id.clone().into());
        disk
    }
}

/// Two calls: the VMs with their disks, and the disks without a VM. What is known of the places besides is kept.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let view = View::of(session, &filter.ids).await?;
    if !filter.ids.is_empty() && view.ids.is_empty() {
        return Ok(());
    }
    let (mut seen, mut flow) = (HashSet::new(), Flow::More);
    list_attached(session, &view, cloud, &mut |disk, sink| {
        // One that several VMs share is shown once.
        let new = Uuid::try_parse(&disk.volume.id).is_ok_and(|id| seen.insert(id.as_u128()));
        if new && view.admits(&disk) {
            flow = sink.put(&Resource::Volume(disk.volume))?;
        }
        Ok(flow)
    })
    .await?;
    if flow == Flow::Enough || !session.dialect().disks {
        return Ok(());
    }
    list_free(session, &view, &seen, cloud).await
}

/// What is done with the disks of VMs.
type Visit<'v> = &'v mut (dyn FnMut(Disk<'_>, &mut dyn Sink) -> Result<Flow, Error> + Send);

async fn list_attached(
    session: &Session<'_>,
    view: &View,
    cloud: &mut Cloud<'_>,
    visit: Visit<'_>,
) -> Result<(), Error> {
    let data_center = view.places.only_data_center().filter(|_| view.narrowed);
    let call = search::narrowed(Call::get(&["vms"]).along(Along::Disks), &[("datacenter", data_center)]);
    let mut decode = xml::each("vms", "vm", |element, sink| {
        for disk in disks_of_vm(element)? {
            if visit(disk, sink)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    });
    session.stream(cloud, call, &mut decode).await
}

/// Disks that hang on nothing, not even on a template; `attached` are those that are known to hang on a VM, where the
/// engine does not search for the others.
async fn list_free(
    session: &Session<'_>,
    view: &View,
    attached: &HashSet<u128>,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let mut call = Call::get(&["disks"]);
    if session.dialect().searches_free_disks {
        call = call.query("search", "number_of_vms=0");
    }
    let mut decode = xml::each("disks", "disk", |element, sink| {
        let disk = view.placed(disk(element)?);
        let free = Uuid::try_parse(&disk.volume.id).is_ok_and(|id| !attached.contains(&id.as_u128()));
        if !free || !disk.vms.is_empty() || !view.admits(&disk) {
            return Ok(Flow::More);
        }
        sink.put(&Resource::Volume(disk.volume))
    });
    session.stream(cloud, call, &mut decode).await
}

/// Two calls, and one before 3.6 that goes through the disks of all VMs.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let disk = find(session, id, cloud).await?;
    cloud.emit(&Resource::Volume(disk.volume)).await.map(|_| ())
}

/// The disk with this id.
///
/// # Errors
/// `NotFound` when there is none, or none that the provider's scope lets be seen.
pub(super) async fn find(
    session: &Session<'_>,
    id: &Id,
    cloud: &mut Cloud<'_>,
) -> Result<Disk<'static>, Error> {
    let missing = || Error::not_found(Kind::Volume, id.as_str());
    let view = View::of(session, std::slice::from_ref(id)).await?;
    let Some(uuid) = view.ids.iter().next() else { return Err(missing()) };
    let disk = if session.dialect().disks_name_vms {
        named(session, &view, uuid).await?
    } else {
        searched(session, &view, uuid, cloud).await?
    };
    disk.filter(|disk| view.admits(disk)).ok_or_else(missing)
}

/// The disk says itself which VM has it, and the VM how.
async fn named(session: &Session<'_>, view: &View, id: &str) -> Result<Option<Disk<'static>>, Error> {
    let Some(disk) = by_itself(session, view, id).await? else { return Ok(None) };
    let Some(vm) = disk.vms.first().and_then(|vm| super::read::uuid(vm)) else { return Ok(Some(disk)) };
    let Some(document) = session.fetch_if_there(Call::get(&["vms", &vm]).along(Along::Disks)).await? else {
        return Ok(Some(disk.mounted(vm.into(), None)));
    };
    let attached = document.read(|root| {
        let found = disks_of_vm(root)?.into_iter().find(|disk| disk.volume.id == id);
        Ok(found.map(Disk::into_owned))
    })?;
    Ok(Some(attached.unwrap_or(disk)))
}

/// No disk says which VM has it: all VMs are gone through.
async fn searched(
    session: &Session<'_>,
    view: &View,
    id: &str,
    cloud: &mut Cloud<'_>,
) -> Result<Option<Disk<'static>>, Error> {
    let mut found = None;
    list_attached(session, view, cloud, &mut |disk, _| {
        if disk.volume.id == id {
            found = Some(disk.into_owned());
            return Ok(Flow::Enough);
        }
        Ok(Flow::More)
    })
    .await?;
    if found.is_some() || !session.dialect().disks {
        return Ok(found);
    }
    // What hangs on something else than a VM is a template's.
    Ok(by_itself(session, view, id).await?.filter(|disk| disk.vms.is_empty()))
}

async fn by_itself(session: &Session<'_>, view: &View, id: &str) -> Result<Option<Disk<'static>>, Error> {
    let Some(document) = session.fetch_if_there(Call::get(&["disks", id])).await? else { return Ok(None) };
    document.read(|root| Ok(Some(view.placed(disk(root)?).into_owned())))
}

/// # Errors
/// `Unsupported` with an engine that knows disks only as a part of a VM.
fn require_disks(session: &Session<'_>) -> Result<(), Error> {
    if session.dialect().disks {
        return Ok(());
    }
    let Version { major, minor } = session.engine.version;
    let message = format!("an oVirt engine {major}.{minor} has no disks but those of its VMs: 3.1 or later");
    Err(Error::new(ErrorKind::Unsupported, message))
}
