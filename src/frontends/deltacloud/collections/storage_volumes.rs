//! Storage volumes.

use http::StatusCode;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        errors::Fault,
        measures::GB,
        plan::Asked,
        table::{Collection, How, Need, Parameter, Row, Value},
    },
    model::{Change, Feature, Kind, Spec, VolumeSpec},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "storage_volumes",
    about: "Disks that live by themselves, and may be an instance's for a time",
    operations: &[
        Row::index("storage_volumes.index", Kind::Volume, "Lists the volumes", &[BY_ID]),
        Row::show("storage_volumes.show", Kind::Volume, "Shows a volume"),
        Row::create("storage_volumes.create", Kind::Volume, volume, "Makes a volume", VOLUME),
        Row::destroy("storage_volumes.destroy", Kind::Volume, "Makes an end of a volume"),
        Row::action(
            "storage_volumes.attach",
            How::Change(Kind::Volume, attach, Frame::Member, StatusCode::ACCEPTED),
            "Makes a volume a disk of an instance",
            &[
                Parameter::new("instance_id", Value::Id(Kind::Instance), "The instance").required(),
                Parameter::new("device", Value::Text, "Its name in the guest (/dev/sdc)").required(),
            ],
        ),
        Row::action(
            "storage_volumes.detach",
            How::Change(Kind::Volume, |_| Ok(Change::Detach), Frame::Member, StatusCode::ACCEPTED),
            "Takes a volume from the instance that has it",
            &[],
        ),
    ],
};

const VOLUME: &[Parameter] = &[
    Parameter::new("snapshot_id", Value::Id(Kind::Snapshot), "The snapshot that it is made from"),
    Parameter::new("capacity", Value::Number, "Its size in GB; 1 when left out"),
    Parameter::new("realm_id", Value::Id(Kind::Realm), "Where it is to be"),
    Parameter::new("name", Value::Text, "Its name")
        .needs(Need::Feature(Feature::VolumeName))
        .feature("volume_name"),
    Parameter::new("description", Value::Text, "What it is for")
        .needs(Need::Feature(Feature::VolumeDescription))
        .feature("volume_description"),
];

fn volume(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let snapshot = asked.id_in("snapshot_id");
    let size = asked.measure("capacity", GB)?;
    Ok(Spec::Volume(VolumeSpec {
        name: asked.text("name"),
        description: asked.text("description"),
        // What is made from a snapshot is as large as that.
        size: size.or(snapshot.is_none().then_some(GB)),
        realm: asked.id_in("realm_id"),
        snapshot,
    }))
}

fn attach(asked: &Asked<'_>) -> Result<Change, Fault> {
    let instance = asked.required_id("instance_id")?;
    Ok(Change::Attach { instance, device: Some(asked.parameters.required("device")?.to_owned()) })
}
