//! `DescribeAvailabilityZones`: a realm is a zone.
//!
//! A zone's name is the realm's identifier, which is unique; its id is the realm's name, which is not always. Either
//! places an instance.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    listing::Listing,
};
use crate::{
    model::{Kind, Realm, RealmState, Resource},
    wire::xml::Writer,
};

/// A zone proper, as opposed to a local zone or an outpost.
pub(super) const ZONE_TYPE: &str = "availability-zone";
/// Nobody has to ask for a zone or a region to be opened to him.
pub(super) const OPT_IN: &str = "opt-in-not-required";

/// `DescribeAvailabilityZones`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let mut filters = Filters::read(query.parameters, filters::ZONES)?;
    filters.and(&filters::ZONE_ID, query.parameters.list("ZoneId"));
    let ids = query.ids(Kind::Realm, "ZoneName")?;
    let filter = query.narrow(Kind::Realm, &ids, &filters);
    query.listing(Kind::Realm, filter, filters, None, ids, Listing::all("availabilityZoneInfo", write))
}

/// The zone's id, in EC2's sense.
pub(super) fn zone_id<'r>(realm: &'r Realm<'_>) -> &'r str {
    if realm.name.is_empty() { &realm.id } else { &realm.name }
}

/// Whether a zone can be used, in EC2's words.
pub(super) fn state(state: RealmState) -> &'static str {
    match state {
        RealmState::Available => "available",
        RealmState::Unavailable => "unavailable",
    }
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Realm(realm) = resource else { return };
    xml.open("item");
    xml.text("zoneName", &realm.id);
    xml.text("zoneState", state(realm.state));
    xml.text("regionName", &context.region);
    xml.empty("messageSet");
    xml.text("zoneId", zone_id(realm));
    xml.text("groupName", &context.region);
    xml.text("networkBorderGroup", &context.region);
    xml.text("zoneType", ZONE_TYPE);
    xml.text("optInStatus", OPT_IN);
    xml.close("item");
}
