//! Instances are VMs.

mod act;
mod create;
mod plan;
mod vm;

use std::{collections::HashSet, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};

pub(super) use act::{act, destroy};
pub(super) use create::create;
pub(super) use vm::{Vm, nic, vm};

use super::{
    CONCURRENCY,
    call::Call,
    dialect::Along,
    hardware_profiles::InstanceTypes,
    places::{Places, items},
    read::uuid,
    search,
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Instance, Kind, Resource, Sink},
    wire::xml::{self, Element},
};

/// How many VMs are searched by id with one call: a request's line stays well below the 8 KiB that engines take.
const BATCH: usize = 50;

/// What the provider's scope and the ids that were asked for leave of the VMs.
///
/// The engine is asked to narrow its lists too, but not trusted to: with the rights of a user, 3.1 to 3.5 ignore the
/// search.
struct View {
    types: Arc<InstanceTypes>,
    /// None when the VMs of all clusters are seen.
    places: Option<Arc<Places>>,
    ids: HashSet<String>,
}

impl View {
    async fn of(session: &Session<'_>, ids: &[Id]) -> Result<Self, Error> {
        let narrowed = session.provider().scope.is_some();
        Ok(View {
            types: InstanceTypes::recent(session).await?,
            places: if narrowed { Some(Places::recent(session).await?) } else { None },
            ids: ids.iter().filter_map(|id| uuid(id.as_str())).collect(),
        })
    }

    fn admits(&self, instance: &Instance<'_>) -> bool {
        let seen = self.places.as_ref().is_none_or(|places| {
            let realm = instance.realm.as_deref();
            places.clusters().iter().any(|known| Some(known.id.as_str()) == realm)
        });
        seen && (self.ids.is_empty() || self.ids.contains(instance.id.as_ref()))
    }

    fn put(&self, vm: Vm<'_>, sink: &mut dyn Sink) -> Result<Flow, Error> {
        let Vm { instance, .. } = vm.named(&self.types);
        if !self.admits(&instance) {
            return Ok(Flow::More);
        }
        sink.put(&Resource::Instance(instance))
    }
}

/// One call, or one for every fifty ids that are asked for; before 3.4, one for each id as long as they are few.
///
/// States narrow nothing here: what a client was promised of an instance is not what the engine says of it.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let view = View::of(session, &filter.ids).await?;
    if !filter.ids.is_empty() {
        return list_ids(session, &view, cloud).await;
    }
    let realm = match &filter.realm {
        Some(id) => Places::recent(session).await?.cluster(id.as_str()).map(|cluster| cluster.name.clone()),
        None => None,
    };
    let data_center = view.places.as_ref().and_then(|places| places.only_data_center());
    let narrowing =
        [("datacenter", data_center), ("cluster", realm.as_deref()), ("name", filter.name.as_deref())];
    let mut call = search::narrowed(Call::get(&["vms"]).with_details(), &narrowing);
    let drops_nothing = view.places.is_none() && filter.realm.is_none() && filter.name.is_none();
    if let Some(most) = filter.at_most.filter(|_| drops_nothing) {
        call = call.query("max", &most.to_string());
    }
    stream_vms(session, &view, call, cloud).await
}

async fn list_ids(session: &Session<'_>, view: &View, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let ids: Vec<&String> = view.ids.iter().collect();
    if session.dialect().searches_ids {
        for batch in ids.chunks(BATCH) {
            let call = Call::get(&["vms"]).with_details().query("search", &search::by_ids(batch));
            stream_vms(session, view, call, cloud).await?;
        }
        return Ok(());
    }
    if ids.len() > BATCH {
        return stream_vms(session, view, Call::get(&["vms"]).with_details(), cloud).await;
    }
    let shows: Vec<_> =
        ids.iter().map(|id| session.fetch_if_there(Call::get(&["vms", id]).with_details())).collect();
    let mut shown = stream::iter(shows).buffered(CONCURRENCY);
    while let Some(document) = shown.try_next().await? {
        let Some(document) = document else { continue };
        let Vm { instance, .. } = document.read(|root| Ok(vm(root)?.into_owned()))?.named(&view.types);
        if view.admits(&instance) && cloud.emit(&Resource::Instance(instance)).await? == Flow::Enough {
            break;
        }
    }
    Ok(())
}

async fn stream_vms(
    session: &Session<'_>,
    view: &View,
    call: Call,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let mut decode = xml::each("vms", "vm", |element, sink| view.put(vm(element)?, sink));
    session.stream(cloud, call, &mut decode).await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let instance = shown(session, id, Along::Devices).await?;
    cloud.emit(&Resource::Instance(instance)).await.map(|_| ())
}

/// The instance with this id, with what is wanted besides: one call.
///
/// # Errors
/// `NotFound` when it is not there, or the provider's scope does not let it be seen.
pub(super) async fn shown(session: &Session<'_>, id: &Id, along: Along) -> Result<Instance<'static>, Error> {
    let missing = || Error::not_found(Kind::Instance, id.as_str());
    let view = View::of(session, std::slice::from_ref(id)).await?;
    let Some(uuid) = view.ids.iter().next() else { return Err(missing()) };
    let document =
        session.fetch_if_there(Call::get(&["vms", uuid]).along(along)).await?.ok_or_else(missing)?;
    let Vm { instance, .. } = document.read(|root| Ok(vm(root)?.into_owned()))?.named(&view.types);
    if view.admits(&instance) { Ok(instance) } else { Err(missing()) }
}

/// Goes through all VMs that the provider's scope lets be seen, with what is wanted of each besides: one call. `visit` is
/// given the instance and the element that it was read from.
pub(super) async fn each<V>(
    session: &Session<'_>,
    along: Along,
    cloud: &mut Cloud<'_>,
    mut visit: V,
) -> Result<(), Error>
where
    V: for<'e> FnMut(Instance<'e>, &mut Element<'e>, &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    let view = View::of(session, &[]).await?;
    let data_center = view.places.as_ref().and_then(|places| places.only_data_center());
    let call = search::narrowed(Call::get(&["vms"]).along(along), &[("datacenter", data_center)]);
    let mut decode = xml::each("vms", "vm", |element, sink| {
        let Vm { instance, .. } = vm(&mut element.clone())?;
        if view.admits(&instance) { visit(instance, element, sink) } else { Ok(Flow::More) }
    });
    session.stream(cloud, call, &mut decode).await
}

/// All VMs with these ids, in the order of the ids, without their interfaces and disks: one call for every fifty.
///
/// # Errors
/// `NotFound` when one of them is not there, or the provider's scope does not let it be seen.
async fn find(session: &Session<'_>, ids: &[Id]) -> Result<Vec<Vm<'static>>, Error> {
    let view = View::of(session, ids).await?;
    let found = found(session, &view).await?;
    let mut vms = Vec::with_capacity(ids.len());
    for id in ids {
        let is_it = |vm: &&Vm<'_>| vm.instance.id.eq_ignore_ascii_case(id.as_str());
        let vm = found.iter().find(is_it).ok_or_else(|| Error::not_found(Kind::Instance, id.as_str()))?;
        let known = vms.iter().any(|known: &Vm<'_>| known.instance.id == vm.instance.id);
        if !known {
            vms.push(vm.clone());
        }
    }
    Ok(vms)
}

/// The VM with this id, without its interfaces and disks: one call.
///
/// # Errors
/// As [`find`].
pub(super) async fn find_one(session: &Session<'_>, id: &Id) -> Result<Vm<'static>, Error> {
    let found = find(session, std::slice::from_ref(id)).await?.pop();
    found.ok_or_else(|| Error::not_found(Kind::Instance, id.as_str()))
}

async fn found(session: &Session<'_>, view: &View) -> Result<Vec<Vm<'static>>, Error> {
    let ids: Vec<&String> = view.ids.iter().collect();
    let calls: Vec<Call> = if session.dialect().searches_ids {
        let search = |batch: &[&String]| Call::get(&["vms"]).query("search", &search::by_ids(batch));
        ids.chunks(BATCH).map(search).collect()
    } else {
        ids.iter().map(|id| Call::get(&["vms", id])).collect()
    };
    let finds: Vec<_> = calls.into_iter().map(|call| session.fetch_if_there(call)).collect();
    let documents: Vec<_> = stream::iter(finds).buffered(CONCURRENCY).try_collect().await?;
    // A list is always there, even when nothing is in it: this is the answer of a server that is not the engine.
    if session.dialect().searches_ids && documents.iter().any(Option::is_none) {
        return Err(Error::new(ErrorKind::Unexpected, "there is no list of VMs where the engine has it"));
    }
    let mut found = Vec::with_capacity(ids.len());
    for document in documents.iter().flatten() {
        let vms = document.read(|root| match root.name() {
            "vm" => Ok(vec![vm(root)?.into_owned()]),
            _list => items(root, "vms", "vm", |element| Ok(vm(element)?.into_owned())),
        })?;
        found.extend(vms.into_iter().filter(|vm| view.admits(&vm.instance)).map(|vm| vm.named(&view.types)));
    }
    Ok(found)
}
