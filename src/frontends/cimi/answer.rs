//! Answers: collections, members and what becomes of what is done, an item at a time.

use bytes::BytesMut;
use http::StatusCode;

use super::{
    around::{Around, Members},
    checks::Checks,
    errors::Fault,
    fields::Place,
    query::{Count, Query, Sort},
    telling::Telling,
};
use crate::{
    frontends::{Call, Encode, Head, Reply},
    model::{Error, ErrorKind, Flow, Kind, Operation, Resource},
    wire::document::Format,
};

/// The media type of an answer without a document, as the original had it.
const NO_DOCUMENT: &str = "text/html;charset=utf-8";

/// What is around the items.
#[derive(Debug)]
pub(super) enum Frame {
    Collection(Around),
    /// One item: the one that is here, or the only one.
    Member(Option<String>),
    /// Nothing, not even the item.
    Nothing,
}

/// An answer that resources are written into.
pub(super) struct Answer {
    pub(super) telling: Telling,
    pub(super) frame: Frame,
    pub(super) status: StatusCode,
    pub(super) checks: Checks,
    /// What is created, whose place is said.
    pub(super) creates: Option<Kind>,
    pub(super) location: Option<String>,
    pub(super) members: Members,
}

impl Answer {
    /// An answer of this frame and status.
    pub(super) fn new(telling: Telling, frame: Frame, status: StatusCode) -> Self {
        let Query { window, order, .. } = &telling.query;
        let sort = (!order.is_any()).then(|| Sort::new(order.clone(), *window));
        let members =
            Members { passing: window.passing(Count::Said), sort, held: BytesMut::new(), written: 0 };
        let checks = Checks::default();
        Answer { telling, frame, status, checks, creates: None, location: None, members }
    }

    /// The call that does this.
    pub(super) fn call(
        self,
        action: &'static str,
        before: Vec<Operation>,
        operation: Option<Operation>,
    ) -> Call {
        Call { action, before, operation, idempotency: None, upload: None, encode: Box::new(self) }
    }

    fn format(&self) -> Format {
        self.telling.context.format
    }

    /// The failure that an error is in this answer: what the document names does not exist, where what the path names
    /// does.
    fn fault(&self, error: &Error) -> Fault {
        let mut fault = Fault::from(error);
        let is_owner = error.subject().is_some_and(|(_, id)| id.as_str() == self.telling.owner);
        if self.creates.is_some() && !is_owner && fault.status == StatusCode::NOT_FOUND {
            fault.status = StatusCode::BAD_REQUEST;
            let attribute = error.subject().map_or("", |(kind, _)| named(kind));
            if !attribute.is_empty() {
                fault.message = format!("Attribute '{attribute}' refers to nothing: {}", fault.message);
            }
        }
        fault
    }

    fn add_member(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<(), Error> {
        let (telling, members) = (&self.telling, &mut self.members);
        let Frame::Collection(around) = &self.frame else { return Ok(()) };
        for fields in telling.tell(resource) {
            if !telling.query.admits(&fields) {
                continue;
            }
            let written = |fields| {
                let mut bytes = BytesMut::new();
                telling.write(&telling.selected(fields), Place::Part, &mut bytes);
                bytes.freeze()
            };
            match &mut members.sort {
                Some(sort) => sort.put(&fields, || written(fields.clone()))?,
                None if members.passing.next_is_shown() => {
                    members.push(&written(fields), telling, around, out)?;
                }
                None => {}
            }
        }
        Ok(())
    }

    fn write_member(&mut self, resource: &Resource<'_>, out: &mut BytesMut) {
        let Frame::Member(wanted) = &self.frame else { return };
        let told = self.telling.tell(resource);
        let is_wanted = |id: &str| wanted.as_deref().is_none_or(|wanted| wanted == id);
        let Some(fields) = told.into_iter().find(|fields| is_wanted(fields.id())) else { return };
        if self.members.written > 0 {
            return;
        }
        self.location = self.creates.map(|_| fields.id().to_owned());
        self.telling.write(&self.telling.selected(fields), Place::Root, out);
        self.members.written += 1;
    }

    fn close_collection(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        let (telling, members) = (&self.telling, &mut self.members);
        let Frame::Collection(around) = &self.frame else { return Ok(()) };
        let count = match members.sort.take() {
            Some(sort) => {
                let count = sort.seen();
                for bytes in sort.shown() {
                    members.push(&bytes, telling, around, out)?;
                }
                count
            }
            None => members.passing.seen(),
        };
        match telling.context.format {
            Format::Xml => around.write_xml(count, &members.held, telling, out),
            Format::Json => around.end_json(count, members.written, telling, out),
        }
        Ok(())
    }
}

impl Encode for Answer {
    fn head(&self) -> Head {
        match self.frame {
            Frame::Nothing => Head::new(self.status, NO_DOCUMENT),
            Frame::Collection(_) | Frame::Member(_) => Head::new(self.status, self.format().content_type()),
        }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.telling.context.headers();
        headers.extend(self.location.iter().map(|location| ("location", location.clone())));
        headers
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.checks.note(resource, &mut self.telling)
    }

    fn decide(&mut self) -> Vec<Operation> {
        self.checks.decide(&self.telling)
    }

    fn open(&mut self, out: &mut BytesMut) {
        if let (Format::Json, Frame::Collection(around)) = (self.format(), &self.frame) {
            around.open_json(&self.telling, out);
        }
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        self.checks.item(resource, &self.telling)?;
        if self.checks.leaves_out(resource) {
            return Ok(Flow::More);
        }
        match self.frame {
            Frame::Collection(_) => self.add_member(resource, out)?,
            Frame::Member(_) => self.write_member(resource, out),
            Frame::Nothing => {}
        }
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        match self.frame {
            Frame::Member(_) if self.members.written == 0 && self.creates.is_some() => {
                Err(Error::new(ErrorKind::Unexpected, "the cloud does not show what it did"))
            }
            Frame::Member(_) if self.members.written == 0 => {
                Err(Error::new(ErrorKind::NotFound, "Not Found"))
            }
            Frame::Member(_) | Frame::Nothing => Ok(()),
            Frame::Collection(_) => self.close_collection(out),
        }
    }

    fn fail(&mut self, error: &Error) -> Reply {
        let fault = self.checks.failed.take().unwrap_or_else(|| self.fault(error));
        fault.reply(&self.telling.context)
    }
}

/// What a thing of this kind is called in the documents that refer to it.
fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "machineImage",
        Kind::HardwareProfile => "machineConfig",
        Kind::Key => "credential",
        Kind::Realm => "realm",
        Kind::Network | Kind::Subnet => "network",
        Kind::Volume => "volume",
        Kind::Snapshot => "volumeImage",
        Kind::Instance => "imageLocation",
        Kind::NetworkInterface | Kind::Address | Kind::Firewall | Kind::LoadBalancer => "",
        Kind::Bucket
        | Kind::Blob
        | Kind::Metric
        | Kind::Provider
        | Kind::Console
        | Kind::Tag
        | Kind::Note => "",
    }
}
