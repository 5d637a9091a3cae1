//! Answers about one thing, whose fields stand directly below the root; and the answer that says only that it was done.

use super::{
    envelope::{Body, Context},
    listing::Write,
};
use crate::{
    model::{Error, ErrorKind, Flow, Resource},
    wire::xml::Writer,
};

/// The fields of the one thing that the operation gives.
pub(super) struct Single {
    around: Option<&'static str>,
    write: Write,
    is_written: bool,
}

impl Single {
    /// These fields.
    pub(super) fn new(write: Write) -> Self {
        Single { around: None, write, is_written: false }
    }

    /// These fields, in an element of their own.
    pub(super) fn within(around: &'static str, write: Write) -> Self {
        Single { around: Some(around), ..Single::new(write) }
    }
}

impl Body for Single {
    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        if let Some(element) = self.around {
            xml.open(element);
        }
        (self.write)(resource, context, xml);
        if let Some(element) = self.around {
            xml.close(element);
        }
        self.is_written = true;
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &Context, _: &mut Writer<'_>) -> Result<(), Error> {
        let message = "the cloud does not say what became of it";
        if self.is_written { Ok(()) } else { Err(Error::new(ErrorKind::Unexpected, message)) }
    }
}

/// Says that it was done. Clients take an answer without `return` for a failure.
pub(super) struct Done;

impl Body for Done {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.text("return", "true");
        Ok(())
    }
}
