//! `DescribeInstanceStatus`.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    instances::{list, write_state},
    listing::Listing,
    pages::Bounds,
    states::{self, Check, RUNNING},
};
use crate::{model::Resource, wire::xml::Writer};

/// How long a page may be, as in EC2.
const PAGE: Bounds = Bounds { least: 5, most: 1000 };

/// `DescribeInstanceStatus`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let mut filters = Filters::read(query.parameters, filters::STATUSES)?;
    if !query.parameters.flag("IncludeAllInstances")? {
        filters.and(&filters::STATE_NAME, [RUNNING.name].into_iter());
    }
    list(query, filters, PAGE, Listing::all("instanceStatusSet", write))
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Instance(instance) = resource else { return };
    let check = states::check(instance);
    xml.open("item");
    xml.text("instanceId", ids::show(ids::INSTANCE, &instance.id, context.ids).as_str());
    xml.text("availabilityZone", instance.realm.as_deref().unwrap_or_default());
    write_state("instanceState", states::shown(instance.state), xml);
    write_check("systemStatus", check, xml);
    write_check("instanceStatus", check, xml);
    xml.close("item");
}

fn write_check(element: &'static str, check: Check, xml: &mut Writer<'_>) {
    xml.open(element);
    xml.text("status", check.status);
    xml.open("details");
    if let Some(reachability) = check.reachability {
        xml.open("item");
        xml.text("name", "reachability");
        xml.text("status", reachability);
        xml.close("item");
    }
    xml.close("details");
    xml.close(element);
}
