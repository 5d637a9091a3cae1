//! Storage snapshots.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links, measures,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Capabilities, Kind, Snapshot, SnapshotSpec, SnapshotState, Spec, Verb},
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

/// The document of a snapshot. One that has no name is called by its id, as all were in the original.
pub(super) fn describe<'a>(snapshot: &'a Snapshot<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let name = if snapshot.name.is_empty() { &snapshot.id } else { &snapshot.name };
    let mut parts = vec![Node::text("name", name.as_ref())];
    if !snapshot.description.is_empty() {
        parts.push(Node::text("description", snapshot.description.as_ref()));
    }
    parts.extend(snapshot.created.map(|moment| Node::text("created", measures::time(moment))));
    parts.push(Node::text("state", word(snapshot.state)));
    let volume = snapshot.volume.as_deref();
    parts.extend(volume.map(|id| links::reference("storage_volume", Kind::Volume, id, context)));
    let destroy = cloud.supports(Verb::Destroy, Kind::Snapshot);
    let destroy = destroy.then(|| links::destroy(Kind::Snapshot, &snapshot.id, context));
    parts.push(Node::list("actions", Vec::from_iter(destroy)));
    Node::object("storage_snapshot", parts)
        .with("href", context.href(&["storage_snapshots", &snapshot.id]))
        .with("id", snapshot.id.as_ref())
}

fn word(state: SnapshotState) -> &'static str {
    match state {
        SnapshotState::Pending => "PENDING",
        SnapshotState::Completed => "COMPLETED",
        SnapshotState::Deleting => "DELETING",
        SnapshotState::Error => "ERROR",
    }
}
