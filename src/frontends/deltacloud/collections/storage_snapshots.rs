//! Storage snapshots.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        errors::Fault,
        plan::Asked,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Kind, SnapshotSpec, Spec},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "storage_snapshots",
    about: "What volumes held at one moment",
    operations: &[
        Row::index("storage_snapshots.index", Kind::Snapshot, "Lists the snapshots", &[BY_ID]),
        Row::show("storage_snapshots.show", Kind::Snapshot, "Shows a snapshot"),
        Row::create(
            "storage_snapshots.create",
            Kind::Snapshot,
            snapshot,
            "Makes a snapshot of a volume",
            &[
                Parameter::new("volume_id", Value::Id(Kind::Volume), "The volume").required(),
                Parameter::new("name", Value::Text, "Its name"),
                Parameter::new("description", Value::Text, "What it is for"),
            ],
        ),
        Row::destroy("storage_snapshots.destroy", Kind::Snapshot, "Makes an end of a snapshot"),
    ],
};

fn snapshot(asked: &Asked<'_>) -> Result<Spec, Fault> {
    Ok(Spec::Snapshot(SnapshotSpec {
        volume: asked.required_id("volume_id")?,
        name: asked.text("name"),
        description: asked.text("description"),
    }))
}
