//! Answers: a document around what the cloud gives, an item at a time.

use bytes::{BufMut, Bytes, BytesMut};
use http::StatusCode;

use super::{
    collections::{self, buckets},
    context::Context,
    document::Node,
    errors::Fault,
    narrowing::Narrowing,
    negotiation::Format,
    states::{self, Deed},
};
use crate::{
    frontends::{Encode, Head, Reply},
    model::{Capabilities, Error, ErrorKind, Flow, InstanceState, Kind, Resource},
    wire::xml::Writer,
};

/// The most hardware profiles that an image is said to go with.
const MOST_PROFILES: usize = 1_000;

/// What is around the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A collection of this name.
    Index(&'static str),
    /// One item.
    Member,
    /// One item, without its name around it in JSON: what actions answer.
    Bare,
    /// Nothing, not even the item.
    Nothing,
}

/// What became of the latest thing: blobs that come after a bucket are its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Latest {
    /// It was no bucket.
    Whole,
    /// A bucket that the client does not want.
    Dropped,
    /// A bucket that is written but for its end, and so many of its blobs.
    Open(usize),
}

/// An answer that resources are written into.
pub(super) struct Answer {
    pub(super) context: Context,
    pub(super) cloud: Capabilities,
    pub(super) frame: Frame,
    pub(super) status: StatusCode,
    /// What an index is narrowed to.
    pub(super) narrowing: Narrowing,
    /// What has to be possible for the instance that was looked at before.
    pub(super) deed: Option<Deed>,
    /// The hardware profiles there are.
    pub(super) profiles: Vec<String>,
    /// What is created.
    pub(super) creates: Option<Kind>,
    pub(super) written: usize,
    pub(super) latest: Latest,
    /// Where the item that was created is.
    pub(super) location: Option<String>,
}

impl Answer {
    /// An answer of this frame and status.
    pub(super) fn new(context: &Context, cloud: &Capabilities, frame: Frame, status: StatusCode) -> Self {
        Answer {
            context: context.clone(),
            cloud: cloud.clone(),
            frame,
            status,
            narrowing: Narrowing::default(),
            deed: None,
            profiles: Vec::new(),
            creates: None,
            written: 0,
            latest: Latest::Whole,
            location: None,
        }
    }

    /// The document of a thing.
    pub(super) fn describe<'a>(&'a self, resource: &'a Resource<'_>) -> Node<'a> {
        collections::describe(resource, &self.profiles, &self.cloud, &self.context)
    }

    /// Whether a thing is in the answer.
    pub(super) fn admits(&self, resource: &Resource<'_>) -> bool {
        self.narrowing.admits(resource)
    }

    /// The failure that an error is in this answer.
    pub(super) fn fault(&self, error: &Error) -> Fault {
        let mut fault = Fault::from(error);
        let is_wrong_parameter = self.creates.is_some_and(|kind| !is_made_of_another(kind));
        if is_wrong_parameter && fault.status == StatusCode::NOT_FOUND {
            // What the parameters name does not exist; what the path names does.
            fault.status = StatusCode::BAD_REQUEST;
        }
        fault
    }

    fn write(&self, node: &Node<'_>, out: &mut BytesMut) {
        match (self.context.format, self.frame) {
            (_, Frame::Nothing) => {}
            (Format::Xml, _) => node.write_xml(&mut Writer::new(out)),
            (Format::Json, Frame::Member) => node.write_json_document(out),
            (Format::Json, Frame::Bare) => node.write_json(out),
            (Format::Json, Frame::Index(_)) => {
                if self.written > 0 {
                    out.put_u8(b',');
                }
                node.write_json(out);
            }
        }
    }
}

/// Buckets, which are left open for their blobs: there may be more of them than can be held.
impl Answer {
    fn write_open(&self, bucket: &Node<'_>, out: &mut BytesMut) {
        match (self.context.format, self.frame) {
            (_, Frame::Nothing) => return,
            (Format::Json, Frame::Member) => out.put_slice(b"{\"bucket\":"),
            (Format::Json, Frame::Index(_)) if self.written > 0 => out.put_u8(b','),
            (Format::Xml | Format::Json, Frame::Index(_) | Frame::Member | Frame::Bare) => {}
        }
        bucket.write_open("blob_list", self.context.format, out);
    }

    fn write_part(&mut self, blob: &Node<'_>, out: &mut BytesMut) {
        let Latest::Open(parts) = &mut self.latest else { return };
        match self.context.format {
            _ if self.frame == Frame::Nothing => {}
            Format::Xml => blob.write_xml(&mut Writer::new(out)),
            Format::Json => {
                if *parts > 0 {
                    out.put_u8(b',');
                }
                blob.write_json(out);
            }
        }
        *parts += 1;
    }

    fn end_bucket(&mut self, out: &mut BytesMut) {
        if matches!(self.latest, Latest::Open(_)) && self.frame != Frame::Nothing {
            Node::write_end("bucket", self.context.format, out);
            if (self.context.format, self.frame) == (Format::Json, Frame::Member) {
                out.put_u8(b'}');
            }
        }
        self.latest = Latest::Whole;
    }
}

impl Encode for Answer {
    fn head(&self) -> Head {
        Head::new(self.status, self.context.format.content_type())
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.context.headers();
        headers.extend(self.location.iter().map(|location| ("location", location.clone())));
        headers
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        match resource {
            Resource::HardwareProfile(profile) if self.profiles.len() < MOST_PROFILES => {
                self.profiles.push(profile.id.clone().into_owned());
                Ok(Flow::More)
            }
            Resource::HardwareProfile(_) => Ok(Flow::Enough),
            Resource::Instance(instance) => {
                let possible: Vec<Deed> = states::possible(&self.cloud, instance.state).collect();
                check(self.deed, &possible, &instance.id, instance.state)?;
                Ok(Flow::More)
            }
            _other => Ok(Flow::More),
        }
    }

    fn open(&mut self, out: &mut BytesMut) {
        match (self.context.format, self.frame) {
            (_, Frame::Nothing) => {}
            (Format::Xml, Frame::Index(name)) => {
                Writer::new(out).declaration().open(name);
            }
            (Format::Xml, Frame::Member | Frame::Bare) => {
                Writer::new(out).declaration();
            }
            (Format::Json, Frame::Index(name)) => out.put_slice(format!("{{\"{name}\":[").as_bytes()),
            (Format::Json, Frame::Member | Frame::Bare) => {}
        }
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        if let (Resource::Blob(blob), Latest::Open(_) | Latest::Dropped) = (resource, self.latest) {
            self.write_part(&buckets::link(blob, &self.context), out);
            return Ok(Flow::More);
        }
        self.end_bucket(out);
        let is_bucket = matches!(resource, Resource::Bucket(_));
        let alone = !matches!(self.frame, Frame::Index(_));
        if !self.narrowing.admits(resource) || (alone && self.written > 0) {
            self.latest = if is_bucket { Latest::Dropped } else { Latest::Whole };
            return Ok(Flow::More);
        }
        if self.creates.is_some() && alone {
            self.location = Some(self.context.href(&[collections::of(resource.kind()), resource.id()]));
        }
        if is_bucket {
            self.write_open(&self.describe(resource), out);
            self.latest = Latest::Open(0);
        } else {
            self.write(&self.describe(resource), out);
        }
        self.written += 1;
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        self.end_bucket(out);
        match (self.context.format, self.frame) {
            (Format::Xml, Frame::Index(name)) => {
                Writer::new(out).close(name);
            }
            (Format::Json, Frame::Index(_)) => out.put_slice(b"]}"),
            (_, Frame::Member | Frame::Bare) if self.written == 0 => {
                return Err(Error::new(ErrorKind::Unexpected, "the cloud does not show what it did"));
            }
            (_, Frame::Member | Frame::Bare | Frame::Nothing) => {}
        }
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        self.fault(error).reply(&self.context)
    }
}

/// Whether a thing of this kind is made of one that the client names. That there is none is 404, as in the original,
/// although a parameter names it.
fn is_made_of_another(kind: Kind) -> bool {
    matches!(kind, Kind::Image | Kind::Snapshot)
}

fn check(deed: Option<Deed>, possible: &[Deed], id: &str, state: InstanceState) -> Result<(), Error> {
    let Some(deed) = deed.filter(|deed| !possible.contains(deed)) else { return Ok(()) };
    let names: Vec<&str> = possible.iter().map(|deed| deed.name()).collect();
    let (name, word) = (deed.name(), states::word(state));
    let instead = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let message = format!("instance '{id}' is {word}: '{name}' is not possible now; what is: {instead}");
    Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Instance, id))
}

/// An answer that needs no cloud.
pub(super) struct Ready {
    pub(super) context: Context,
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

impl Encode for Ready {
    fn head(&self) -> Head {
        Head::new(self.status, self.content_type)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers().into_iter().chain(self.headers.iter().cloned()).collect()
    }

    fn open(&mut self, out: &mut BytesMut) {
        out.put_slice(&self.body);
    }

    fn item(&mut self, _: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}
