//! `DescribeAddresses`: there are no elastic addresses. No cloud is asked; libcloud asks whenever it lists instances.

use super::{
    actions::{Answer, Query},
    envelope::{Body, Context},
    errors::{Fault, quoted},
};
use crate::{
    model::{Error, Flow, Resource},
    wire::xml::Writer,
};

/// The parameters that ask for one address, and the code that says that it is not there.
const BY_NAME: [(&str, &str); 2] =
    [("PublicIp", "InvalidAddress.NotFound"), ("AllocationId", "InvalidAllocationID.NotFound")];

/// `DescribeAddresses`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    for (parameter, code) in BY_NAME {
        if let Some(name) = query.parameters.text(parameter) {
            return Err(Fault::bad(code, format!("Address {} not found", quoted(name))));
        }
    }
    Ok(query.answer(None, NoAddresses))
}

struct NoAddresses;

impl Body for NoAddresses {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.empty("addressesSet");
        Ok(())
    }
}
