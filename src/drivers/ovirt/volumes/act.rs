//! What is done to volumes that are there: attach, detach, destroy.

use futures_util::{StreamExt, stream};

use super::{
    super::{CONCURRENCY, call::Call, dialect::Api, faults, instances, session::Session},
    Disk, find, require_disks,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Id, Kind, Mount, Resource, Volume, VolumeState},
};

/// Three calls or four. The engine chooses the device; it is known when the guest has told it.
pub(in super::super) async fn attach(
    session: &Session<'_>,
    id: &Id,
    instance: &Id,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    require_disks(session)?;
    let Disk { volume, .. } = find(session, id, cloud).await?;
    refuse_attached(&volume)?;
    let vm = instances::find_one(session, instance).await?.instance;
    let attached = session.fetch(attaching(session.dialect().api, &vm.id, &volume.id)).await;
    attached
        .and_then(|document| document.is_made_or_done(&["disk", "disk_attachment"]))
        .map_err(|error| faults::about(error, Kind::Volume, &volume.id))?;
    let mount = Some(Mount { instance: vm.id, device: None });
    let volume = Volume { state: VolumeState::InUse, mount, realm: vm.realm, ..volume };
    cloud.emit(&Resource::Volume(volume)).await.map(|_| ())
}

fn attaching(api: Api, vm: &str, disk: &str) -> Call {
    match api {
        Api::V3 => {
            let body = format!("<disk id=\"{disk}\"><active>true</active></disk>");
            Call::post(&["vms", vm, "disks"], body)
        }
        Api::V4 => {
            let body = format!(
                "<disk_attachment><active>true</active><bootable>false</bootable>\
                 <interface>virtio</interface><disk id=\"{disk}\"/></disk_attachment>"
            );
            Call::post(&["vms", vm, "diskattachments"], body)
        }
    }
}

/// Two calls or three. A disk of a VM that runs is unplugged first, by the engine itself (`DetachDiskFromVmCommand`).
pub(in super::super) async fn detach(
    session: &Session<'_>,
    id: &Id,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    require_disks(session)?;
    let Disk { volume, .. } = find(session, id, cloud).await?;
    let Some(mount) = &volume.mount else {
        let message = format!("volume '{}' is not attached", volume.id);
        return Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Volume, volume.id.as_ref()));
    };
    let call = detaching(session.dialect().api, &mount.instance, &volume.id);
    session.act(call).await.map_err(|error| faults::about(error, Kind::Volume, &volume.id))?;
    let volume = Volume { state: VolumeState::Available, mount: None, ..volume };
    cloud.emit(&Resource::Volume(volume)).await.map(|_| ())
}

/// Version 3 destroys a disk of which it is not told that it is to be kept.
fn detaching(api: Api, vm: &str, disk: &str) -> Call {
    match api {
        Api::V3 => Call::delete_as(&["vms", vm, "disks", disk], "<action><detach>true</detach></action>"),
        Api::V4 => Call::delete(&["vms", vm, "diskattachments", disk]).query("detach_only", "true"),
    }
}

/// All are found before any is destroyed, so that one wrong id leaves the others as they are; one call for each then.
///
/// An engine would destroy a disk together with its being one of a VM: that is refused here.
pub(in super::super) async fn destroy(
    session: &Session<'_>,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    require_disks(session)?;
    let mut volumes = Vec::with_capacity(ids.len());
    for id in ids {
        let Disk { volume, .. } = find(session, id, cloud).await?;
        refuse_attached(&volume)?;
        volumes.push(volume);
    }
    let goings: Vec<_> = volumes.into_iter().map(|volume| destroy_one(session, volume)).collect();
    let gone = stream::iter(goings).buffered(CONCURRENCY).collect().await;
    cloud.emit_all(gone, Resource::Volume).await
}

async fn destroy_one(session: &Session<'_>, volume: Volume<'static>) -> Result<Volume<'static>, Error> {
    match session.act(Call::delete(&["disks", &volume.id])).await {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error.about(Kind::Volume, volume.id.as_ref()))
        }
        Ok(()) | Err(_) => Ok(Volume { state: VolumeState::Deleting, ..volume }),
    }
}

fn refuse_attached(volume: &Volume<'_>) -> Result<(), Error> {
    let Some(mount) = &volume.mount else { return Ok(()) };
    let message = format!("volume '{}' is attached to instance '{}'", volume.id, mount.instance);
    Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Volume, volume.id.as_ref()))
}
