//! `DescribeAddresses`, `AllocateAddress`, `ReleaseAddress`, `AssociateAddress` and `DisassociateAddress`.
//!
//! An address is named by the id of its allocation, by that of its association while it leads to an instance, or by
//! itself. Where the cloud has none, the set of them is empty: some clients ask whenever they list instances.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    listing::Listing,
    scalars,
    single::{Done, Single},
    tags,
};
use crate::{
    model::{Change, Id, Kind, Operation, Resource, Spec},
    wire::xml::Writer,
};

/// All addresses are of networks of the user's own, as opposed to those of EC2's first years.
pub(super) const DOMAIN: &str = "vpc";

/// `DescribeAddresses`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::ADDRESSES)?;
    let mut ids = query.ids(Kind::Address, "AllocationId")?;
    for text in query.parameters.list("PublicIp") {
        ids.push(ids::read_address(text)?);
    }
    query.listing_if_any(Kind::Address, filters, None, ids, Listing::items("addressesSet", write))
}

/// `AllocateAddress`
pub(super) fn allocate(query: &Query<'_>) -> Result<Answer, Fault> {
    let operation = Operation::creation(Spec::Address, tags::memo(query, &[Kind::Address])?);
    Ok(query.answer(Some(operation), Single::new(write_fields)))
}

/// `ReleaseAddress`
pub(super) fn release(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = named(query, "AllocationId", ids::ALLOCATION)?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Address, vec![id])), Done))
}

/// `AssociateAddress`
pub(super) fn associate(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = named(query, "AllocationId", ids::ALLOCATION)?;
    let instance = query.required_id(Kind::Instance, "InstanceId")?;
    let operation = Operation::Change(id, Change::Associate { instance });
    Ok(query.answer(Some(operation), Single::new(write_association)))
}

/// `DisassociateAddress`
pub(super) fn disassociate(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = named(query, "AssociationId", ids::ASSOCIATION)?;
    Ok(query.answer(Some(Operation::Change(id, Change::Disassociate)), Done))
}

/// The address that is named by an identifier with this prefix, or by itself.
fn named(query: &Query<'_>, parameter: &'static str, prefix: ids::Prefix) -> Result<Id, Fault> {
    match (query.parameters.text(parameter), query.parameters.text("PublicIp")) {
        (Some(text), _) if prefix == ids::ASSOCIATION => {
            ids::read_behind(Kind::Address, prefix, text, query.context.ids)
        }
        (Some(text), _) => query.id(Kind::Address, text),
        (None, Some(address)) => ids::read_address(address),
        (None, None) => Err(Fault::missing(parameter)),
    }
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    write_fields(resource, context, xml);
    if let Resource::Address(address) = resource {
        tags::write(&address.tags, "", xml);
    }
}

/// What is told of an address already when it is made.
fn write_fields(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Address(address) = resource else { return };
    xml.text("publicIp", scalars::address(address.ip).as_str());
    xml.text("allocationId", ids::show(ids::ALLOCATION, &address.id, context.ids).as_str());
    xml.text("domain", DOMAIN);
    if let Some(instance) = &address.instance {
        xml.text("instanceId", ids::show(ids::INSTANCE, instance, context.ids).as_str());
        xml.display("associationId", ids::behind(ids::ASSOCIATION, &address.id, context.ids));
    }
}

fn write_association(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("return", "true");
    xml.display("associationId", ids::behind(ids::ASSOCIATION, resource.id(), context.ids));
}
