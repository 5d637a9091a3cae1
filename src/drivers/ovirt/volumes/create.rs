//! A volume is created as a disk in the storage domain that has the most room.

use bytes::BytesMut;

use super::{
    super::{
        call::Call,
        dialect::Api,
        names,
        places::Places,
        session::Session,
        storage::{self, Domain},
    },
    disk::disk,
    require_disks,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Resource, VolumeSpec, VolumeState},
    wire::xml::Writer,
};

/// The size of a volume of which none is said, in bytes.
const USUAL_SIZE: u64 = 1 << 30;
/// The longest alias of a disk, in characters (`BusinessEntitiesDefinitions.GENERAL_NAME_SIZE`).
const LONGEST_ALIAS: usize = 255;

/// Two calls, besides what is known of the places.
pub(in super::super) async fn create(
    session: &Session<'_>,
    spec: &VolumeSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    require_disks(session)?;
    if spec.snapshot.is_some() {
        return Err(Error::new(ErrorKind::Unsupported, "oVirt makes no volume from a snapshot"));
    }
    let size = spec.size.unwrap_or(USUAL_SIZE);
    if size == 0 {
        return Err(Error::new(ErrorKind::Invalid, "a volume has at least one byte"));
    }
    let places = Places::recent(session).await?;
    let cluster = places.wanted(spec.realm.as_ref())?;
    let Some(data_center) = &cluster.data_center else {
        return Err(Error::new(ErrorKind::NoCapacity, "the realm belongs to no data center"));
    };
    let domain = storage::roomiest(session, data_center).await?;
    let body = document(session.dialect().api, spec, size, &domain).freeze();
    let made = session.fetch(Call::post(&["disks"], body)).await?;
    let mut volume = made.read(|root| Ok(disk(root)?.volume.into_owned()))?;
    volume.state = VolumeState::Creating;
    volume.realm = places.only_cluster_of(data_center).map(|cluster| cluster.id.clone().into());
    cloud.emit(&Resource::Volume(volume)).await.map(|_| ())
}

/// The document from which the engine makes a disk. What cannot be sparse in the one format can be in the other
/// (`ImagesHandler.checkImageConfiguration`), so that no disk takes more room than is written to it.
fn document(api: Api, spec: &VolumeSpec, size: u64, domain: &Domain) -> BytesMut {
    let mut out = BytesMut::with_capacity(512);
    let mut writer = Writer::new(&mut out);
    writer.open("disk").text("alias", &names::one(spec.name.as_deref(), "volume", LONGEST_ALIAS));
    if let Some(description) = &spec.description {
        writer.text("description", description);
    }
    writer.open("storage_domains").open_with("storage_domain", &[("id", &domain.id)]);
    writer.close("storage_domain").close("storage_domains");
    if api == Api::V3 {
        writer.display("size", size).text("interface", "virtio");
    }
    writer.display("provisioned_size", size);
    writer.text("format", if domain.is_block { "cow" } else { "raw" }).text("sparse", "true").close("disk");
    out
}
