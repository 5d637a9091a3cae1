//! A set of things: what every `Describe…` answers, and what is answered about instances that something was done to.

use super::{
    envelope::{Body, Context},
    filters::Filters,
    pages::{Page, Place},
    scalars,
};
use crate::{
    model::{Error, Flow, Id, Kind, Resource},
    wire::xml::Writer,
};

/// Writes one `item` of a set.
pub(super) type Write = fn(&Resource<'_>, &Context, &mut Writer<'_>);

/// A set, one page of it or all of it.
pub(super) struct Listing {
    /// The element around the items (`reservationSet`).
    pub(super) set: &'static str,
    /// The element around each item, where `write` does not write it itself.
    pub(super) around: Option<&'static str>,
    /// Writes one item.
    pub(super) write: Write,
    /// What has to come, because the client asked for it by its identifier.
    pub(super) expected: Expected,
    /// What of it is shown.
    pub(super) filters: Filters,
    /// Where the page begins and ends.
    pub(super) page: Page,
}

impl Listing {
    /// All of a set.
    pub(super) fn all(set: &'static str, write: Write) -> Self {
        Listing {
            set,
            around: None,
            write,
            expected: Expected::default(),
            filters: Filters::default(),
            page: Page::default(),
        }
    }

    /// All of a set, each item of which has these fields.
    pub(super) fn items(set: &'static str, fields: Write) -> Self {
        Listing { around: Some("item"), ..Listing::all(set, fields) }
    }

    fn write(&self, resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
        if let Some(element) = self.around {
            xml.open(element);
        }
        (self.write)(resource, context, xml);
        if let Some(element) = self.around {
            xml.close(element);
        }
    }
}

impl Body for Listing {
    fn open(&mut self, _context: &Context, xml: &mut Writer<'_>) {
        xml.open(self.set);
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        self.expected.met(resource);
        if self.page.is_before(resource.id()) || !self.filters.admit(Some(resource), context) {
            return Ok(Flow::More);
        }
        match self.page.place(resource.id()) {
            Place::On => self.write(resource, context, xml),
            Place::Beyond => return Ok(Flow::Enough),
        }
        Ok(Flow::More)
    }

    fn close(&mut self, _context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        self.expected.all_met()?;
        xml.close(self.set);
        if let Some(token) = self.page.next_token() {
            xml.text("nextToken", &token);
        }
        Ok(())
    }
}

/// Resources that have to come.
#[derive(Debug, Default)]
pub(super) struct Expected(Option<(Kind, Vec<Id>)>);

impl Expected {
    /// Expects these.
    pub(super) fn new(kind: Kind, ids: &[Id]) -> Self {
        Expected((!ids.is_empty()).then(|| (kind, ids.to_vec())))
    }

    /// This one came. They come in about the order in which they were asked for, so it is found near the front.
    pub(super) fn met(&mut self, resource: &Resource<'_>) {
        let Some((_, missing)) = &mut self.0 else { return };
        if let Some(at) = missing.iter().position(|expected| answers_to(resource, expected.as_str())) {
            missing.remove(at);
        }
    }

    /// Whether all came.
    ///
    /// # Errors
    /// `NotFound` about the first that did not.
    pub(super) fn all_met(&self) -> Result<(), Error> {
        let missing = self.0.as_ref().and_then(|(kind, missing)| Some((*kind, missing.first()?)));
        missing.map_or(Ok(()), |(kind, id)| Err(Error::not_found(kind, id.as_str())))
    }
}

/// Whether it is what `id` says: an address is also known by itself, and a firewall by its name.
fn answers_to(resource: &Resource<'_>, id: &str) -> bool {
    let also = match resource {
        Resource::Address(address) => scalars::address(address.ip).as_str() == id,
        Resource::Firewall(firewall) => firewall.name == id,
        _other => false,
    };
    also || resource.id() == id
}
