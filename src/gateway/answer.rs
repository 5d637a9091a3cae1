//! The client's answer as it comes to be: held back until it is known to be good, then streamed.

use std::collections::HashSet;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, StatusCode, Version, header};
use pingora::http::ResponseHeader;
use pingora_proxy::Session;

use super::{
    intake::{self, Incoming},
    journey::Journey,
};
use crate::{
    exchange::{Receiver, View},
    frontends::{Encode, Head, Reply},
    model::{Error, ErrorKind, Flow, Id, Instance, InstanceState, Kind, Operation, Resource, Sink, Spec},
};

/// How many bytes are gathered before they are sent: one TLS record's worth.
const GATHERED: usize = 16 << 10;
/// The room that an answer has at first, in bytes: enough for an instance or two, as most answers are.
const ROOM: usize = 4 << 10;
/// The longest answer that is held back whole, in bytes.
const HELD_CAP: usize = 16 << 20;

/// One answer on its way.
///
/// A list's head leaves with its first [`GATHERED`] bytes. Everything else is held until it is whole, because its
/// truth is at its end: a missing id, an instance of several that could not be created. What is shorter than
/// [`GATHERED`] leaves in one write, with its length.
pub(super) struct Answer<'a> {
    session: &'a mut Session,
    journey: &'a Journey,
    /// What the client sends along.
    incoming: Option<Incoming>,
    encode: Box<dyn Encode>,
    manner: Manner,
    view: View,
    out: BytesMut,
    opened: bool,
    begun: bool,
    /// The encoder wants nothing more.
    enough: bool,
    /// The instances that were put: those of which the user was told something, and those that were acted on.
    seen: HashSet<String>,
    /// Instances that this operation has made an end of.
    pub(super) terminated: Vec<Instance<'static>>,
    /// What this operation has made.
    pub(super) made: Vec<Id>,
}

/// How the operation that is answered treats the answer.
#[derive(Debug, Clone, Copy)]
struct Manner {
    /// It is held until whole.
    held: bool,
    /// It shows instances as they are, so what was promised of them goes over it.
    amended: bool,
    /// It makes instances that will be started as soon as they can be.
    starting: bool,
    /// It makes things of this kind.
    creating: Option<Kind>,
    /// It makes an end of instances.
    destroying: bool,
    /// It does something to instances that are there.
    acting: bool,
}

impl Manner {
    fn of(operation: Option<&Operation>) -> Self {
        let starting = operation.and_then(Operation::creates).is_some_and(Spec::starts);
        Manner {
            held: !streams(operation),
            amended: matches!(operation, Some(Operation::List(..) | Operation::Show(..))),
            starting,
            creating: operation.and_then(Operation::creates).map(Spec::kind),
            destroying: matches!(operation, Some(Operation::Destroy(..))),
            acting: matches!(operation, Some(Operation::Act(..) | Operation::Destroy(..))),
        }
    }
}

/// Whether the answer leaves as it comes to be: all of a kind, the blobs of a bucket, or the content of a blob.
fn streams(operation: Option<&Operation>) -> bool {
    match operation {
        Some(Operation::List(_, filter)) => filter.ids.is_empty(),
        Some(Operation::Show(Kind::Bucket, _) | Operation::Read(_)) => true,
        _ => false,
    }
}

impl<'a> Answer<'a> {
    pub(super) fn new(
        session: &'a mut Session,
        journey: &'a Journey,
        encode: Box<dyn Encode>,
        operation: Option<&Operation>,
        view: View,
    ) -> Self {
        Answer {
            session,
            journey,
            incoming: None,
            encode,
            manner: Manner::of(operation),
            view,
            out: BytesMut::with_capacity(ROOM),
            opened: false,
            begun: false,
            enough: false,
            seen: HashSet::new(),
            terminated: Vec::new(),
            made: Vec::new(),
        }
    }

    /// The same answer, to a request whose body is taken up as the operation wants it.
    pub(super) fn taking(self, incoming: Option<Incoming>) -> Self {
        Answer { incoming, ..self }
    }

    /// What is to be done yet because of what the client sent after the content.
    pub(super) fn after(&mut self) -> Option<Operation> {
        self.incoming.as_mut()?.after.take()
    }

    /// The instances that are gone from the cloud but still expected to be seen in what `operation` lists.
    pub(super) fn departed(&self, operation: &Operation) -> Vec<Instance<'static>> {
        if self.view.is_empty() || self.enough {
            return Vec::new();
        }
        let wanted = |instance: &Instance<'_>| match operation {
            Operation::List(Kind::Instance, filter) => {
                filter.ids.is_empty() || filter.ids.iter().any(|id| id.as_str() == instance.id)
            }
            _ => false,
        };
        let is_missing = |instance: &Instance<'_>| !self.seen.contains(instance.id.as_ref());
        self.view.departed().into_iter().filter(wanted).filter(is_missing).collect()
    }

    /// Adds those.
    ///
    /// # Errors
    /// What the encoder fails with.
    pub(super) fn put_departed(&mut self, departed: Vec<Instance<'static>>) -> Result<(), Error> {
        for instance in departed {
            if self.encode(&Resource::Instance(instance))? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }

    /// Whether the instance with this id was put.
    pub(super) fn has_shown(&self, id: &str) -> bool {
        self.seen.contains(id)
    }

    /// Sends what is left: the operation has succeeded.
    ///
    /// # Errors
    /// When the encoder finds that something is missing, or the client is gone.
    pub(super) async fn finish(mut self) -> Result<Finished, Error> {
        self.open();
        if let Err(error) = self.encode.close(&mut self.out) {
            return self.fail(&error).await;
        }
        let body = self.out.split().freeze();
        if self.begun {
            write(self.session, body, true).await?;
        } else {
            let head = self.head()?;
            whole(self.session, head, body).await?;
        }
        Ok(Finished { status: self.encode.head().status.as_u16(), outcome: "ok" })
    }

    /// Says that the operation has failed; when part of the answer has gone already, breaks the transfer off.
    ///
    /// # Errors
    /// When the transfer had to be broken off.
    pub(super) async fn fail(mut self, error: &Error) -> Result<Finished, Error> {
        if self.begun {
            return Err(error.clone());
        }
        let reply = self.encode.fail(error);
        send(self.session, self.journey, &reply).await
    }

    fn open(&mut self) {
        if !self.opened {
            self.opened = true;
            self.encode.open(&mut self.out);
        }
    }

    fn encode(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.open();
        let flow = self.encode.item(resource, &mut self.out)?;
        self.enough |= flow == Flow::Enough;
        Ok(flow)
    }

    async fn begin(&mut self) -> Result<(), Error> {
        self.begun = true;
        let mut head = self.head()?;
        if head.headers.contains_key(header::CONTENT_LENGTH) {
            // It says itself where it ends.
        } else if self.session.req_header().version == Version::HTTP_10 {
            self.session.set_keepalive(None);
        } else {
            head.insert_header(header::TRANSFER_ENCODING, "chunked").map_err(unwritable)?;
        }
        self.session.write_response_header(Box::new(head), false).await.map_err(gone)
    }
}

impl Answer<'_> {
    /// The head of a successful answer.
    fn head(&self) -> Result<ResponseHeader, Error> {
        let mut head = native(self.journey, self.encode.head(), &self.encode.headers())?;
        for (name, value) in self.encode.fields() {
            head.append_header(name, value).map_err(unwritable)?;
        }
        Ok(head)
    }
}

impl Sink for Answer<'_> {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        if self.manner.creating == Some(resource.kind()) {
            self.made.push(resource.id().into());
        }
        let Resource::Instance(instance) = resource else { return self.encode(resource) };
        if self.manner.acting {
            self.seen.insert(instance.id.to_string());
        }
        let was_gone = instance.previous == Some(InstanceState::Terminated);
        if self.manner.destroying && instance.state == InstanceState::Terminated && !was_gone {
            self.terminated.push(instance.clone().into_owned());
        }
        match self.shown(instance) {
            Some(shown) => self.encode(&Resource::Instance(shown)),
            None => self.encode(resource),
        }
    }
}

impl Answer<'_> {
    /// The instance as the user was told that it is; none when it is so.
    fn shown<'a>(&mut self, instance: &Instance<'a>) -> Option<Instance<'a>> {
        let waits = matches!(instance.state, InstanceState::Locked | InstanceState::Stopped);
        if self.manner.starting && waits {
            return Some(Instance { state: InstanceState::Starting, ..instance.clone() });
        }
        if !self.manner.amended || !self.view.knows(&instance.id) {
            return None;
        }
        self.seen.insert(instance.id.to_string());
        self.view.amend(instance)
    }
}

#[async_trait]
impl Receiver for Answer<'_> {
    async fn flush(&mut self) -> Result<(), Error> {
        if self.manner.held {
            let message = "the answer is too long to be held back: ask for fewer at a time";
            let fits = self.out.len() <= HELD_CAP;
            return if fits { Ok(()) } else { Err(Error::new(ErrorKind::LimitReached, message)) };
        }
        if self.out.len() < GATHERED {
            return Ok(());
        }
        if !self.begun {
            self.begin().await?;
        }
        let bytes = self.out.split().freeze();
        write(self.session, bytes, false).await
    }

    fn has_begun(&self) -> bool {
        self.begun
    }

    async fn body(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.incoming {
            Some(incoming) => incoming.next(self.session).await,
            None => Ok(None),
        }
    }
}

/// How an answer ended, for metrics and the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finished {
    pub(super) status: u16,
    pub(super) outcome: &'static str,
}

/// Sends a whole answer.
///
/// # Errors
/// When the client is gone.
pub(super) async fn send(session: &mut Session, journey: &Journey, reply: &Reply) -> Result<Finished, Error> {
    let head = native(journey, reply.head.clone(), &reply.headers)?;
    whole(session, head, reply.body.clone()).await?;
    Ok(Finished { status: reply.head.status.as_u16(), outcome: reply.outcome })
}

async fn whole(session: &mut Session, mut head: ResponseHeader, body: Bytes) -> Result<(), Error> {
    let sends = intake::leave(session).await;
    // The answer to `HEAD` may know a length without having the body.
    let is_told =
        session.req_header().method == Method::HEAD && head.headers.contains_key(header::CONTENT_LENGTH);
    if has_body(head.status) && !is_told {
        head.insert_header(header::CONTENT_LENGTH, HeaderValue::from(body.len())).map_err(unwritable)?;
    }
    session.write_response_header(Box::new(head), false).await.map_err(gone)?;
    write(session, body, true).await?;
    if sends {
        intake::hear_out(session).await;
    }
    Ok(())
}

fn native(
    journey: &Journey,
    head: Head,
    headers: &[(&'static str, String)],
) -> Result<ResponseHeader, Error> {
    let mut native = ResponseHeader::build(head.status, Some(6)).map_err(unwritable)?;
    if has_body(head.status) {
        native.insert_header(header::CONTENT_TYPE, head.content_type.as_ref()).map_err(unwritable)?;
    }
    native.insert_header(journey.request_id_header, journey.request_id.as_str()).map_err(unwritable)?;
    native.insert_header(header::DATE, journey.date()).map_err(unwritable)?;
    native.insert_header(header::SERVER, "Deltagate").map_err(unwritable)?;
    for (name, value) in headers {
        native.insert_header(*name, value.as_str()).map_err(unwritable)?;
    }
    Ok(native)
}

/// Whether an answer of this status has a body, and fields that speak of it.
fn has_body(status: StatusCode) -> bool {
    !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// Sends a part of the body, which an answer to `HEAD` has none of.
async fn write(session: &mut Session, bytes: Bytes, last: bool) -> Result<(), Error> {
    let bodiless = session.response_written().is_some_and(|head| !has_body(head.status));
    let bytes = if bodiless || session.req_header().method == Method::HEAD { Bytes::new() } else { bytes };
    session.write_response_body(Some(bytes), last).await.map_err(gone)
}

fn unwritable(error: Box<pingora::Error>) -> Error {
    Error::new(ErrorKind::Internal, "the answer's head cannot be written").with_detail(error.to_string())
}

fn gone(error: Box<pingora::Error>) -> Error {
    Error::new(ErrorKind::Internal, "the client is gone").with_detail(error.to_string())
}
