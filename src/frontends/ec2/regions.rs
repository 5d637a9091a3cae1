//! `DescribeRegions`: the one region that there is. No cloud is asked.

use super::{
    actions::{Answer, Query},
    envelope::{Body, Context},
    errors::{Fault, quoted},
    filters::{self, Filters},
    zones::OPT_IN,
};
use crate::{
    model::{Error, Flow, Resource},
    wire::xml::Writer,
};

/// `DescribeRegions`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::REGIONS)?;
    let mut others = query.parameters.list("RegionName").filter(|name| *name != query.context.region);
    if let Some(name) = others.next() {
        return Err(Fault::invalid(format!("Invalid region provided: {}", quoted(name))));
    }
    Ok(query.answer(None, Regions(filters)))
}

struct Regions(Filters);

impl Body for Regions {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.open("regionInfo");
        if self.0.admit(None, context) {
            xml.open("item");
            xml.text("regionName", &context.region);
            xml.text("regionEndpoint", &context.endpoint);
            xml.text("optInStatus", OPT_IN);
            xml.close("item");
        }
        xml.close("regionInfo");
        Ok(())
    }
}
