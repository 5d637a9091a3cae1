//! Firewalls as security groups: `DescribeSecurityGroups`, `CreateSecurityGroup` and `DeleteSecurityGroup`.
//!
//! A group is named by its id or by its name, and is of no VPC: it is around instances wherever they are.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    listing::Listing,
    pages::Bounds,
    permissions,
    single::{Done, Single},
    tags,
};
use crate::{
    model::{Direction, FirewallSpec, Id, IdForm, Kind, Operation, Resource, Spec, Verb},
    wire::xml::Writer,
};

/// How long a page may be, as in EC2.
const PAGE: Bounds = Bounds { least: 5, most: 1000 };

/// `DescribeSecurityGroups`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::GROUPS)?;
    let mut ids = query.ids(Kind::Firewall, "GroupId")?;
    for name in query.parameters.list("GroupName") {
        ids.push(by_name(name)?);
    }
    let listing = Listing::items("securityGroupInfo", write);
    if query.cloud.offers(Verb::List, Kind::Firewall) {
        return query.listing(
            Kind::Firewall,
            query.narrow(Kind::Firewall, &ids, &filters),
            filters,
            Some(PAGE),
            ids,
            listing,
        );
    }
    query.with_defaults(Kind::Firewall, Kind::Firewall, filters, PAGE, ids, listing)
}

/// `CreateSecurityGroup`. The first years' clients send no VPC, and here there is no need of one.
pub(super) fn create(query: &Query<'_>) -> Result<Answer, Fault> {
    let spec = FirewallSpec {
        name: query.parameters.required("GroupName")?.to_owned(),
        description: query.parameters.required("GroupDescription")?.to_owned(),
    };
    let operation = Operation::creation(Spec::Firewall(spec), tags::memo(query, &[Kind::Firewall])?);
    Ok(query.answer(Some(operation), Single::new(write_made)))
}

/// `DeleteSecurityGroup`
pub(super) fn delete(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = named(query)?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Firewall, vec![id])), Done))
}

/// The group that is named by `GroupId` or by `GroupName`.
pub(super) fn named(query: &Query<'_>) -> Result<Id, Fault> {
    match (query.parameters.text("GroupId"), query.parameters.text("GroupName")) {
        (Some(id), _) => query.id(Kind::Firewall, id),
        (None, Some(name)) => by_name(name),
        (None, None) => Err(Fault::missing("GroupId")),
    }
}

/// The group of this name: a driver takes that for its identifier.
pub(super) fn by_name(name: &str) -> Result<Id, Fault> {
    ids::read(Kind::Firewall, name, IdForm::Opaque)
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Firewall(firewall) = resource else { return };
    xml.text("ownerId", &context.owner);
    xml.text("groupId", ids::show(ids::GROUP, &firewall.id, context.ids).as_str());
    xml.text("groupName", &firewall.name);
    xml.text("groupDescription", &firewall.description);
    xml.empty("vpcId");
    for (set, direction) in
        [("ipPermissions", Direction::Ingress), ("ipPermissionsEgress", Direction::Egress)]
    {
        xml.open(set);
        for rule in firewall.rules.iter().filter(|rule| rule.direction == direction) {
            permissions::write(rule, context, xml);
        }
        xml.close(set);
    }
    tags::write(&firewall.tags, "", xml);
}

fn write_made(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("return", "true");
    xml.text("groupId", ids::show(ids::GROUP, resource.id(), context.ids).as_str());
    let Resource::Firewall(firewall) = resource else { return };
    tags::write(&firewall.tags, "", xml);
}
