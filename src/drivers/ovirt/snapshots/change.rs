//! Snapshots are taken of the VM that has the disk, and merged away.

use std::borrow::Cow;

use bytes::BytesMut;

use super::{
    super::{call::Call, dialect::Api, faults::about, names, session::Session, volumes},
    Going, Told, find, require_disk_snapshots, tell,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Id, Kind, Resource, Snapshot, SnapshotSpec, SnapshotState},
    wire::xml::Writer,
};

/// The longest name that a snapshot is given, in characters.
const LONGEST_NAME: usize = 255;

/// The calls that find the volume, and one.
pub(in super::super) async fn create(
    session: &Session<'_>,
    spec: &SnapshotSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    require_disk_snapshots(session)?;
    let volumes::Disk { volume, image, .. } = volumes::find(session, &spec.volume, cloud).await?;
    let Some(mount) = &volume.mount else {
        let message = format!("volume '{}' is not attached: oVirt takes snapshots of instances", volume.id);
        return Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Volume, volume.id.as_ref()));
    };
    let image = image.ok_or_else(|| Error::new(ErrorKind::Unexpected, "the disk does not say its image"))?;
    let name = spec.name.as_deref().or(spec.description.as_deref());
    let name = name.map_or_else(
        || names::one(None, "snapshot", LONGEST_NAME),
        |name| name.chars().take(LONGEST_NAME).collect(),
    );
    let body = document(session.dialect().api, &name, &volume.id).freeze();
    let taken = session.fetch(Call::post(&["vms", &mount.instance, "snapshots"], body)).await;
    let taken = taken.map_err(|error| about(error, Kind::Volume, &volume.id))?;
    let mut told = Told::new();
    taken.read(|root| tell(root, &mut told))?;
    let snapshot = Snapshot {
        id: image,
        name: name.into(),
        description: Cow::Borrowed(""),
        volume: Some(volume.id),
        state: SnapshotState::Pending,
        size: volume.size,
        created: told.into_values().find_map(|(_, date)| date),
        tags: Default::default(),
    };
    cloud.emit(&Resource::Snapshot(snapshot)).await.map(|_| ())
}

/// The document from which the engine takes a snapshot of a VM with this disk alone (3.4 and later).
fn document(api: Api, name: &str, disk: &str) -> BytesMut {
    let mut out = BytesMut::with_capacity(512);
    let mut writer = Writer::new(&mut out);
    writer.open("snapshot").text("description", name).text("persist_memorystate", "false");
    match api {
        Api::V3 => {
            writer.open("disks").open_with("disk", &[("id", disk)]).close("disk").close("disks");
        }
        Api::V4 => {
            writer.open("disk_attachments").open("disk_attachment").open_with("disk", &[("id", disk)]);
            writer.close("disk").close("disk_attachment").close("disk_attachments");
        }
    }
    writer.close("snapshot");
    out
}

/// All are found before any is destroyed; then one call for each, and those that find its volume.
pub(in super::super) async fn destroy(
    session: &Session<'_>,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    require_disk_snapshots(session)?;
    let (goings, parts) = find(session, ids, cloud).await?;
    let mut outcome = Ok(());
    for going in goings {
        let alone = going.of_vm.is_some_and(|of_vm| parts.get(&of_vm) == Some(&1));
        let call = removal(session, &going, alone, cloud).await?;
        match session.act(call).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                outcome = outcome.and(Err(error.about(Kind::Snapshot, going.snapshot.id.as_ref())));
            }
            Ok(()) | Err(_) => _ = cloud.emit(&Resource::Snapshot(going.snapshot)).await?,
        }
    }
    outcome
}

/// Removes the VM's snapshot when it is made of this one `alone`.
async fn removal(
    session: &Session<'_>,
    going: &Going,
    alone: bool,
    cloud: &mut Cloud<'_>,
) -> Result<Call, Error> {
    let Going { snapshot, of_vm, domain } = going;
    if let (true, Some(of_vm), Some(volume)) = (alone, of_vm, &snapshot.volume) {
        let volume = match volumes::find(session, &Id::from(volume.as_ref()), cloud).await {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            found => Some(found?.volume),
        };
        if let Some(mount) = volume.and_then(|volume| volume.mount) {
            return Ok(Call::delete(&["vms", &mount.instance, "snapshots", &of_vm.to_string()]));
        }
    }
    Ok(Call::delete(&["storagedomains", domain, "disksnapshots", &snapshot.id]))
}
