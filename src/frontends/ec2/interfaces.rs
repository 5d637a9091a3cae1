//! `DescribeNetworkInterfaces` and `DeleteNetworkInterface`: the interfaces of all instances. An interface without an instance is not known here.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    instances::write_interface,
    listing::Listing,
    networks::PAGE,
    scalars,
    single::Done,
    tags,
};
use crate::{
    model::{Kind, Operation, Resource},
    wire::xml::Writer,
};

/// `DescribeNetworkInterfaces`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::INTERFACES)?;
    let ids = query.ids(Kind::NetworkInterface, "NetworkInterfaceId")?;
    let listing = Listing::items("networkInterfaceSet", write);
    query.listing_if_any(Kind::NetworkInterface, filters, Some(PAGE), ids, listing)
}

/// `DeleteNetworkInterface`
pub(super) fn delete(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::NetworkInterface, "NetworkInterfaceId")?;
    Ok(query.answer(Some(Operation::Destroy(Kind::NetworkInterface, vec![id])), Done))
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::NetworkInterface(interface) = resource else { return };
    write_interface(
        interface,
        interface.instance.as_deref(),
        0,
        "",
        scalars::timestamp(context.now),
        context,
        xml,
    );
    xml.empty("availabilityZone");
    xml.text("requesterManaged", "false");
    xml.text("interfaceType", "interface");
    tags::write(&interface.tags, &interface.name, xml);
}
