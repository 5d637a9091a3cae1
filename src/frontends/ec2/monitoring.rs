//! `MonitorInstances` and `UnmonitorInstances`, which change nothing: there is no detailed monitoring to turn on, and the
//! answer says so. And what there is none of on any cloud.

use super::{
    actions::{Answer, Query},
    envelope::{Body, Context},
    errors::Fault,
    ids,
    instances::MONITORING,
    listing::{Expected, Listing},
};
use crate::{
    model::{Error, Filter, Flow, Kind, Operation, Resource},
    wire::xml::Writer,
};

/// `MonitorInstances` and `UnmonitorInstances`
pub(super) fn leave(query: &Query<'_>) -> Result<Answer, Fault> {
    let ids = query.ids(Kind::Instance, "InstanceId")?;
    if ids.is_empty() {
        return Err(Fault::missing("InstanceId"));
    }
    let expected = Expected::new(Kind::Instance, &ids);
    let look = Operation::List(Kind::Instance, Filter { ids, ..Filter::default() });
    let listing = Listing { expected, ..Listing::items("instancesSet", write) };
    Ok(query.answer(Some(look), listing))
}

/// `DescribeIamInstanceProfileAssociations`
pub(super) fn instance_profiles(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(query.answer(None, NoneOf("iamInstanceProfileAssociationSet")))
}

/// `DescribeInstanceCreditSpecifications`
pub(super) fn credits(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(query.answer(None, NoneOf("instanceCreditSpecificationSet")))
}

/// `DescribeVolumesModifications`
pub(super) fn modifications(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(query.answer(None, NoneOf("volumeModificationSet")))
}

/// A set with nothing in it.
struct NoneOf(&'static str);

impl Body for NoneOf {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.empty(self.0);
        Ok(())
    }
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("instanceId", ids::show(ids::INSTANCE, resource.id(), context.ids).as_str());
    xml.open("monitoring");
    xml.text("state", MONITORING);
    xml.close("monitoring");
}
