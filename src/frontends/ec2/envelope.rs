//! What is around every answer, in the dialect of its request, and the error document in its place when the operation
//! fails.

use std::sync::Arc;

use bytes::BytesMut;
use http::StatusCode;
use ipnet::Ipv4Net;
use jiff::Timestamp;

use super::{
    dialect::{Dialect, Heading},
    errors::{CONTENT_TYPE, Fault},
    listing::Expected,
};
use crate::{
    frontends::{Encode, Head, Reply},
    model::{Error, Flow, IdForm, Operation, Resource},
    wire::xml::Writer,
};

/// What an answer must know of its request.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// How the request is written.
    pub(super) dialect: Dialect,
    /// The action, from the table of actions.
    pub(super) action: &'static str,
    /// The API version that the client asked for, a date.
    pub(super) version: String,
    /// The request's id.
    pub(super) request_id: String,
    /// The name of the one region there is.
    pub(super) region: String,
    /// Host and port as the client wrote them.
    pub(super) endpoint: String,
    /// The account that everything belongs to: 12 digits.
    pub(super) owner: String,
    /// How the cloud writes identifiers.
    pub(super) ids: IdForm,
    /// The addresses of the default VPC.
    pub(super) default_network: Ipv4Net,
    /// Whether the cloud has firewalls.
    pub(super) has_firewalls: bool,
    /// Whether the cloud's networks have parts; each is the one part of itself where not.
    pub(super) networks_have_parts: bool,
    /// When the request arrived.
    pub(super) now: Timestamp,
    /// Whether the client may be asked for a password.
    pub(super) challenge: bool,
}

impl Context {
    fn fail(&self, error: &Error) -> Reply {
        Fault::of(error, self.action, self.ids).reply(self.dialect, &self.request_id, self.challenge)
    }

    fn heading(&self) -> Heading<'_> {
        Heading { action: self.action, version: &self.version, request_id: &self.request_id }
    }
}

/// What is inside an answer.
pub(super) trait Body: Send {
    /// Takes note of what had to be known before.
    ///
    /// # Errors
    /// When the operation must not be done because of it.
    fn note(&mut self, _resource: &Resource<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// What is to be done by what was noted, in this order; the answer is made of what the last one gives.
    fn decide(&mut self) -> Vec<Operation> {
        Vec::new()
    }

    /// Whether the answer is the same after this failure: what was asked is so already.
    fn forgives(&self, _error: &Error) -> bool {
        false
    }

    /// Writes what comes before the first resource.
    fn open(&mut self, _context: &Context, _xml: &mut Writer<'_>) {}

    /// Writes one resource, or drops it.
    ///
    /// # Errors
    /// When the answer has to be a failure because of it.
    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error>;

    /// Writes what comes after the last resource.
    ///
    /// # Errors
    /// When something that had to come did not.
    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error>;
}

/// An answer: a body in its envelope.
pub(super) struct Envelope<B> {
    pub(super) context: Arc<Context>,
    pub(super) body: B,
}

impl<B: Body> Encode for Envelope<B> {
    fn head(&self) -> Head {
        Head::new(StatusCode::OK, CONTENT_TYPE)
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.body.note(resource).map(|()| Flow::More)
    }

    fn decide(&mut self) -> Vec<Operation> {
        self.body.decide()
    }

    fn open(&mut self, out: &mut BytesMut) {
        let mut xml = Writer::new(out);
        self.context.dialect.open(self.context.heading(), &mut xml);
        self.body.open(&self.context, &mut xml);
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        self.body.item(resource, &self.context, &mut Writer::new(out))
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        let mut xml = Writer::new(out);
        self.body.close(&self.context, &mut xml)?;
        self.context.dialect.close(self.context.heading(), &mut xml);
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        let forgiven = self.body.forgives(error).then(|| self.whole()).and_then(Result::ok);
        forgiven.unwrap_or_else(|| self.context.fail(error))
    }
}

impl<B: Body> Envelope<B> {
    /// The answer when the cloud gives nothing.
    fn whole(&mut self) -> Result<Reply, Error> {
        let mut out = BytesMut::new();
        self.open(&mut out);
        self.close(&mut out)?;
        Ok(Reply { head: self.head(), headers: Vec::new(), body: out.freeze(), outcome: "ok" })
    }
}

/// The answer to a dry run: EC2's error that says that it would have worked.
pub(super) struct Rehearsal {
    pub(super) context: Arc<Context>,
    pub(super) expected: Expected,
}

impl Encode for Rehearsal {
    fn head(&self) -> Head {
        self.context.dialect.head(&Fault::dry_run())
    }

    fn open(&mut self, _out: &mut BytesMut) {}

    fn item(&mut self, resource: &Resource<'_>, _out: &mut BytesMut) -> Result<Flow, Error> {
        self.expected.met(resource);
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        self.expected.all_met()?;
        self.context.dialect.write(&Fault::dry_run(), &self.context.request_id, out);
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        self.context.fail(error)
    }
}
