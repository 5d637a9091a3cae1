//! Network interfaces are the NICs of VMs. The engine has them below their VMs and finds none by its id, so that one is
//! looked for among those of all VMs.

use std::collections::{HashMap, HashSet};

use bytes::BytesMut;

use super::{
    call::Call,
    dialect::Along,
    faults::about,
    instances, names, networks,
    places::items,
    read::{id_of, uuid},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{
        Error, ErrorKind, Filter, Flow, Id, Instance, InstanceState, Kind, NetworkInterface,
        NetworkInterfaceSpec, Resource,
    },
    wire::xml::Writer,
};

/// The longest name of a NIC, in characters (`BusinessEntitiesDefinitions.NETWORK_NAME_SIZE` of the older engines).
const LONGEST_NAME: usize = 50;

/// An interface that was looked for, and what it is known of its VM.
struct Found {
    interface: NetworkInterface<'static>,
    vm: String,
    runs: bool,
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let ids: HashSet<String> = filter.ids.iter().filter_map(|id| uuid(id.as_str())).collect();
    if !filter.ids.is_empty() && ids.is_empty() {
        return Ok(());
    }
    instances::each(session, Along::Interfaces, cloud, |instance, _, sink| {
        for interface in of(instance) {
            let asked_for = ids.is_empty() || ids.contains(interface.id.as_ref());
            if asked_for && sink.put(&Resource::NetworkInterface(interface))? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    })
    .await
}

/// The interfaces of a VM, each with whose it is.
fn of(instance: Instance<'_>) -> impl Iterator<Item = NetworkInterface<'_>> {
    let Instance { id, interfaces, .. } = instance;
    interfaces.into_iter().map(move |interface| NetworkInterface { instance: Some(id.clone()), ..interface })
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for found in find(session, std::slice::from_ref(id), cloud).await? {
        cloud.emit(&Resource::NetworkInterface(found.interface)).await?;
    }
    Ok(())
}

/// The interfaces with these ids, in the order of the ids: one call.
///
/// # Errors
/// `NotFound` when one of them is not there, or the provider's scope does not let it be seen.
async fn find(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<Vec<Found>, Error> {
    let wanted: HashSet<String> = ids.iter().filter_map(|id| uuid(id.as_str())).collect();
    let mut found: HashMap<String, Found> = HashMap::new();
    if !wanted.is_empty() {
        instances::each(session, Along::Interfaces, cloud, |instance, _, _| {
            let runs = instance.state != InstanceState::Stopped;
            for interface in of(instance) {
                if wanted.contains(interface.id.as_ref()) {
                    let vm = interface.instance.as_deref().unwrap_or_default().to_owned();
                    let interface = interface.into_owned();
                    found.insert(interface.id.to_string(), Found { interface, vm, runs });
                }
            }
            Ok(if found.len() == wanted.len() { Flow::Enough } else { Flow::More })
        })
        .await?;
    }
    let mut ordered = Vec::with_capacity(ids.len());
    for id in ids {
        let missing = || Error::not_found(Kind::NetworkInterface, id.as_str());
        let uuid = uuid(id.as_str()).ok_or_else(missing)?;
        match found.remove(&uuid) {
            Some(one) => ordered.push(one),
            None if ordered.iter().any(|one| one.interface.id == uuid) => {}
            None => return Err(missing()),
        }
    }
    Ok(ordered)
}

/// Three calls: the network, the VM with its interfaces, and the new one.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &NetworkInterfaceSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let network = networks::find(session, &spec.network).await?;
    let vm = instances::shown(session, &spec.instance, Along::Interfaces).await?;
    let name = match &spec.name {
        Some(name) => names::one(Some(name), "nic", LONGEST_NAME),
        None => free_name(&vm),
    };
    let body = document(session, Some(&name), &network.id).freeze();
    let made = session.fetch(Call::post(&["vms", &vm.id, "nics"], body)).await;
    let made = made.map_err(|error| about(error, Kind::Instance, &vm.id))?;
    let mut interface = made.read(|root| Ok(instances::nic(root)?.into_owned()))?;
    interface.instance = Some(vm.id);
    cloud.emit(&Resource::NetworkInterface(interface)).await.map(|_| ())
}

/// `nic1`, or the first after it that the VM does not have.
fn free_name(vm: &Instance<'_>) -> String {
    let taken = |name: &String| vm.interfaces.iter().any(|interface| interface.name == *name);
    let mut names = (1_u32..).map(|number| format!("nic{number}"));
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// The document from which the engine makes a NIC or, when it has no name, changes one.
fn document(session: &Session<'_>, name: Option<&str>, network: &str) -> BytesMut {
    let mut out = BytesMut::with_capacity(256);
    let mut writer = Writer::new(&mut out);
    let on = if session.dialect().vnic_profiles { "vnic_profile" } else { "network" };
    writer.open("nic");
    if let Some(name) = name {
        writer.text("name", name).text("interface", "virtio");
    }
    writer.open_with(on, &[("id", network)]).close(on).close("nic");
    out
}

/// Puts the first interface of a VM on this network; it gets one when it has none. Two calls.
pub(super) async fn connect(session: &Session<'_>, vm: &str, network: &str) -> Result<(), Error> {
    let document_of = |name| document(session, name, network).freeze();
    let nics = session.fetch(Call::get(&["vms", vm, "nics"])).await?;
    let nics = nics.read(|root| items(root, "nics", "nic", |nic| Ok(id_of(nic)?.into_owned())))?;
    let call = match nics.first() {
        Some(first) => Call::put(&["vms", vm, "nics", first], document_of(None)),
        None => Call::post(&["vms", vm, "nics"], document_of(Some("nic1"))),
    };
    session.fetch(call).await.map(drop)
}

/// All are found before any is destroyed, with one call, and one or three for each then.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let mut outcome = Ok(());
    for found in find(session, ids, cloud).await? {
        match remove(session, &found).await {
            Ok(()) => _ = cloud.emit(&Resource::NetworkInterface(found.interface)).await?,
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    outcome
}

/// Removes an interface; the engine takes none from a VM that runs before it is unplugged, which 3.0 cannot do.
async fn remove(session: &Session<'_>, found: &Found) -> Result<(), Error> {
    let nic = ["vms", &found.vm, "nics", &found.interface.id];
    let told = |error: Error| error.about(Kind::NetworkInterface, found.interface.id.as_ref());
    let refusal = match session.act(Call::delete(&nic)).await {
        Err(error) if error.kind() == ErrorKind::IncorrectState && found.runs => error,
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(told(error)),
        Ok(()) | Err(_) => return Ok(()),
    };
    let [vms, vm, nics, id] = nic;
    match session.act(Call::post(&[vms, vm, nics, id, "deactivate"], "<action/>")).await {
        Ok(()) => session.act(Call::delete(&nic)).await.map_err(told),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(told(refusal)),
        Err(error) => Err(told(error)),
    }
}
