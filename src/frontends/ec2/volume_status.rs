//! `DescribeVolumeStatus`: a volume is well unless the cloud says that it is broken.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    listing::Listing,
    volumes,
};
use crate::{
    model::{Resource, Volume, VolumeState},
    wire::xml::Writer,
};

/// `DescribeVolumeStatus`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::VOLUME_STATUSES)?;
    volumes::list(query, filters, Listing::items("volumeStatusSet", write))
}

/// How a volume does, and whether it can be read and written, in EC2's words.
pub(super) fn check(volume: &Volume<'_>) -> (&'static str, &'static str) {
    match volume.state {
        VolumeState::Available | VolumeState::InUse | VolumeState::Locked => ("ok", "passed"),
        VolumeState::Creating | VolumeState::Deleting => ("insufficient-data", "insufficient-data"),
        VolumeState::Error => ("impaired", "failed"),
    }
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Volume(volume) = resource else { return };
    let (status, enabled) = check(volume);
    xml.text("volumeId", ids::show(ids::VOLUME, &volume.id, context.ids).as_str());
    xml.text("availabilityZone", volume.realm.as_deref().unwrap_or_default());
    xml.open("volumeStatus");
    xml.text("status", status);
    xml.open("details");
    xml.open("item");
    xml.text("name", "io-enabled");
    xml.text("status", enabled);
    xml.close("item");
    xml.close("details");
    xml.close("volumeStatus");
    xml.empty("eventsSet");
    xml.empty("actionsSet");
}
