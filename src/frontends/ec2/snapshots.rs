//! `DescribeSnapshots`, `CreateSnapshot` and `DeleteSnapshot`.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    listing::Listing,
    pages::Bounds,
    scalars,
    single::{Done, Single},
    tags,
    volumes::gib,
};
use crate::{
    model::{Kind, Operation, Resource, SnapshotSpec, SnapshotState, Spec},
    wire::xml::Writer,
};

/// How long a page may be, as in EC2.
const PAGE: Bounds = Bounds { least: 5, most: 1000 };

/// `DescribeSnapshots`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let mut filters = Filters::read(query.parameters, filters::SNAPSHOTS)?;
    filters.and(filters::SNAPSHOT_OWNERS, query.parameters.list("Owner"));
    let ids = query.ids(Kind::Snapshot, "SnapshotId")?;
    let filter = query.narrow(Kind::Snapshot, &ids, &filters);
    query.listing(Kind::Snapshot, filter, filters, Some(PAGE), ids, Listing::items("snapshotSet", write))
}

/// `CreateSnapshot`
pub(super) fn create(query: &Query<'_>) -> Result<Answer, Fault> {
    let spec = SnapshotSpec {
        volume: query.required_id(Kind::Volume, "VolumeId")?,
        name: tags::name(query.parameters, Kind::Snapshot).map(str::to_owned),
        description: query.parameters.text("Description").map(str::to_owned),
    };
    let operation = Operation::creation(Spec::Snapshot(spec), tags::memo(query, &[Kind::Snapshot])?);
    Ok(query.answer(Some(operation), Single::new(write)))
}

/// `DeleteSnapshot`
pub(super) fn delete(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Snapshot, "SnapshotId")?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Snapshot, vec![id])), Done))
}

/// Whether a snapshot is whole, and how much of it is written, in EC2's words.
pub(super) fn state(state: SnapshotState) -> (&'static str, &'static str) {
    match state {
        SnapshotState::Pending => ("pending", "0%"),
        SnapshotState::Completed => ("completed", "100%"),
        // EC2 has no word for it: it is not usable, and not broken.
        SnapshotState::Deleting => ("pending", "0%"),
        SnapshotState::Error => ("error", "0%"),
    }
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Snapshot(snapshot) = resource else { return };
    let (status, progress) = state(snapshot.state);
    let volume = snapshot.volume.as_deref().map(|id| ids::show(ids::VOLUME, id, context.ids));
    xml.text("snapshotId", ids::show(ids::SNAPSHOT, &snapshot.id, context.ids).as_str());
    xml.text("volumeId", volume.as_ref().map_or("", ids::Shown::as_str));
    xml.text("status", status);
    xml.text("startTime", scalars::timestamp(snapshot.created.unwrap_or(context.now)).as_str());
    xml.text("progress", progress);
    xml.text("ownerId", &context.owner);
    if let Some(size) = snapshot.size {
        xml.text("volumeSize", gib(size).as_str());
    }
    xml.text("description", &snapshot.description);
    xml.text("encrypted", "false");
    tags::write(&snapshot.tags, &snapshot.name, xml);
}
