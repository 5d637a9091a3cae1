//! `DescribeVolumes`, `CreateVolume`, `DeleteVolume`, `AttachVolume` and `DetachVolume`.

use super::{
    actions::{Answer, Query},
    envelope::{Body, Context},
    errors::Fault,
    filters::{self, Filters},
    ids,
    listing::Listing,
    pages::Bounds,
    scalars,
    single::{Done, Single},
    tags,
};
use crate::{
    model::{
        Change, Error, ErrorKind, Feature, Flow, Id, Kind, Mount, Operation, Resource, Spec, Volume,
        VolumeSpec, VolumeState,
    },
    wire::xml::Writer,
};

/// The type of all volumes, in EC2's words: the one of which it promises least.
pub(super) const VOLUME_TYPE: &str = "standard";
/// How long a page may be, as in EC2.
pub(super) const PAGE: Bounds = Bounds { least: 5, most: 1000 };
/// The unit of sizes, in bytes.
const GIB: u64 = 1 << 30;

/// `DescribeVolumes`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::VOLUMES)?;
    list(query, filters, Listing::items("volumeSet", write))
}

/// A list of volumes, narrowed as far as the cloud may be able to.
pub(super) fn list(query: &Query<'_>, filters: Filters, listing: Listing) -> Result<Answer, Fault> {
    let ids = query.ids(Kind::Volume, "VolumeId")?;
    let filter = query.narrow(Kind::Volume, &ids, &filters);
    query.listing(Kind::Volume, filter, filters, Some(PAGE), ids, listing)
}

/// `CreateVolume`
pub(super) fn create(query: &Query<'_>) -> Result<Answer, Fault> {
    if query.parameters.flag("Encrypted")? {
        return Err(query.incapable("encrypt volumes"));
    }
    let size = query.parameters.number("Size")?.map(|gib| u64::from(gib) * GIB);
    let snapshot = query.optional_id(Kind::Snapshot, "SnapshotId")?;
    if size.is_none() && snapshot.is_none() {
        return Err(Fault::missing("Size"));
    }
    let name = tags::name(query.parameters, Kind::Volume).filter(|_| query.cloud.has(Feature::VolumeName));
    let spec = VolumeSpec {
        name: name.map(str::to_owned),
        description: None,
        size,
        realm: query.optional_id(Kind::Realm, "AvailabilityZone")?,
        snapshot,
    };
    let operation = Operation::creation(Spec::Volume(spec), tags::memo(query, &[Kind::Volume])?);
    Ok(query.answer(Some(operation), Single::new(write)))
}

/// `DeleteVolume`
pub(super) fn delete(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Volume, "VolumeId")?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Volume, vec![id])), Done))
}

/// `AttachVolume`
pub(super) fn attach(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Volume, "VolumeId")?;
    let instance = query.required_id(Kind::Instance, "InstanceId")?;
    let device = query.parameters.text("Device").map(str::to_owned);
    let change = Change::Attach { instance: instance.clone(), device: device.clone() };
    let body =
        Attached { instance: Some(instance), device, words: ("attaching", "attached"), is_written: false };
    Ok(query.answer(Some(Operation::Change(id, change)), body))
}

/// `DetachVolume`. A volume that another instance has than the one that is named stays where it is.
pub(super) fn detach(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Volume, "VolumeId")?;
    let instance = query.optional_id(Kind::Instance, "InstanceId")?;
    let look = instance.is_some().then(|| Operation::Show(Kind::Volume, id.clone()));
    let device = query.parameters.text("Device").map(str::to_owned);
    let body = Attached { instance, device, words: ("detached", "detaching"), is_written: false };
    let answer = query.answer(Some(Operation::Change(id, Change::Detach)), body);
    Ok(match look {
        Some(look) => answer.after(look),
        None => answer,
    })
}

/// What can be done with a volume, in EC2's words. It has none for one that is being worked on.
pub(super) fn state(volume: &Volume<'_>) -> &'static str {
    match volume.state {
        VolumeState::Locked if volume.mount.is_some() => "in-use",
        VolumeState::Creating | VolumeState::Locked => "creating",
        VolumeState::Available => "available",
        VolumeState::InUse => "in-use",
        VolumeState::Deleting => "deleting",
        VolumeState::Error => "error",
    }
}

/// Bytes in whole GiB, as much as is needed to hold them.
pub(super) fn gib(bytes: u64) -> scalars::Short {
    scalars::number(bytes.div_ceil(GIB))
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Volume(volume) = resource else { return };
    xml.text("volumeId", ids::show(ids::VOLUME, &volume.id, context.ids).as_str());
    if let Some(size) = volume.size {
        xml.text("size", gib(size).as_str());
    }
    let snapshot = volume.snapshot.as_deref().map(|id| ids::show(ids::SNAPSHOT, id, context.ids));
    xml.text("snapshotId", snapshot.as_ref().map_or("", ids::Shown::as_str));
    xml.text("availabilityZone", volume.realm.as_deref().unwrap_or_default());
    xml.text("status", state(volume));
    xml.text("createTime", scalars::timestamp(volume.created.unwrap_or(context.now)).as_str());
    xml.open("attachmentSet");
    if let Some(mount) = &volume.mount {
        xml.open("item");
        write_mount(volume, mount, context, xml);
        xml.close("item");
    }
    xml.close("attachmentSet");
    xml.text("volumeType", VOLUME_TYPE);
    xml.text("encrypted", "false");
    xml.text("multiAttachEnabled", "false");
    tags::write(&volume.tags, &volume.name, xml);
}

fn write_mount(volume: &Volume<'_>, mount: &Mount<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("volumeId", ids::show(ids::VOLUME, &volume.id, context.ids).as_str());
    xml.text("instanceId", ids::show(ids::INSTANCE, &mount.instance, context.ids).as_str());
    xml.text("device", mount.device.as_deref().unwrap_or_default());
    xml.text("status", "attached");
    xml.text("attachTime", scalars::timestamp(volume.created.unwrap_or(context.now)).as_str());
    xml.text("deleteOnTermination", "false");
}

/// What became of a volume's being a disk of an instance.
struct Attached {
    /// The instance that the client named.
    instance: Option<Id>,
    /// The device that the client named.
    device: Option<String>,
    /// What it is called while no instance has the volume, and while one has.
    words: (&'static str, &'static str),
    is_written: bool,
}

impl Body for Attached {
    fn note(&mut self, resource: &Resource<'_>) -> Result<(), Error> {
        let (Resource::Volume(volume), Some(named)) = (resource, &self.instance) else { return Ok(()) };
        if volume.mount.as_ref().is_some_and(|mount| mount.instance == named.as_str()) {
            return Ok(());
        }
        let message = "the volume is not attached to the instance";
        Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Volume, volume.id.as_ref()))
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        let Resource::Volume(volume) = resource else { return Ok(Flow::More) };
        let mount = volume.mount.as_ref();
        let instance = mount.map(|mount| mount.instance.as_ref());
        let instance = instance.or_else(|| self.instance.as_ref().map(Id::as_str));
        let device = mount.and_then(|mount| mount.device.as_deref()).or(self.device.as_deref());
        xml.text("volumeId", ids::show(ids::VOLUME, &volume.id, context.ids).as_str());
        if let Some(instance) = instance {
            xml.text("instanceId", ids::show(ids::INSTANCE, instance, context.ids).as_str());
        }
        xml.text("device", device.unwrap_or_default());
        xml.text("status", if mount.is_some() { self.words.1 } else { self.words.0 });
        xml.text("attachTime", scalars::timestamp(context.now).as_str());
        xml.text("deleteOnTermination", "false");
        self.is_written = true;
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &Context, _: &mut Writer<'_>) -> Result<(), Error> {
        let message = "the cloud does not say what became of the volume";
        if self.is_written { Ok(()) } else { Err(Error::new(ErrorKind::Unexpected, message)) }
    }
}
