//! Blobs: their documents, and what is remembered about them.

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Request, StatusCode};

use super::metadata;
use crate::{
    frontends::{
        Call, Encode, Head, Reply,
        deltacloud::{
            answer::{Answer, Frame},
            asked::Asked,
            context::Context,
            document::Node,
            errors::Fault,
            measures,
            negotiation::Format,
        },
    },
    model::{Blob, Change, Error, ErrorKind, Flow, Id, Kind, Operation, Resource},
};

/// The document of a blob.
pub(in crate::frontends::deltacloud::collections) fn describe<'a>(
    blob: &'a Blob<'_>,
    context: &Context,
) -> Node<'a> {
    let bucket = || context.href(&["buckets", &blob.bucket]);
    let mut parts = vec![
        Node::text("bucket", blob.bucket.as_ref()).only(Format::Xml),
        Node::empty("bucket")
            .with("rel", "bucket")
            .with("href", bucket())
            .with("id", blob.bucket.as_ref())
            .only(Format::Json),
    ];
    parts.extend(blob.size.map(|size| Node::number("content_length", size as f64)));
    parts.extend(blob.content_type.as_deref().map(|media| Node::text("content_type", media)));
    parts.extend(blob.modified.map(|moment| Node::text("last_modified", measures::date(moment))));
    let elements = blob
        .metadata
        .iter()
        .map(|(name, text)| Node::text("entry", text.as_ref()).with("key", name.as_ref()));
    let members = blob.metadata.iter().map(|(name, text)| Node::text(name.as_ref(), text.as_ref()));
    parts.push(Node::list("user_metadata", elements.collect()).only(Format::Xml));
    parts.push(Node::object("user_metadata", members.collect()).only(Format::Json));
    let content = context.href(&["buckets", &blob.bucket, &blob.name, "content"]);
    parts.push(Node::empty("content").with("href", content).with("rel", "blob_content"));
    Node::object("blob", parts).with("href", href(blob, context)).with("id", blob.name.as_ref())
}

/// Where a blob is.
pub(super) fn href(blob: &Blob<'_>, context: &Context) -> String {
    context.href(&["buckets", &blob.bucket, &blob.name])
}

/// The id of the blob that the path names.
pub(super) fn id(asked: &Asked<'_>) -> Id {
    Id::of_blob(asked.id.unwrap_or_default(), asked.part.unwrap_or_default())
}

/// `GET /buckets/BUCKET/BLOB`
pub(super) fn show(asked: &Asked<'_>, _: &Request<Bytes>) -> Result<Call, Fault> {
    let answer = Answer::new(asked.context, asked.cloud, Frame::Member, StatusCode::OK);
    Ok(Call::of("buckets.show_blob", Operation::Show(Kind::Blob, id(asked)), answer))
}

/// `HEAD /buckets/BUCKET/BLOB`
pub(super) fn head(asked: &Asked<'_>, _: &Request<Bytes>) -> Result<Call, Fault> {
    let answer = Remembered { context: asked.context.clone(), fields: None };
    Ok(Call::of("buckets.head_blob", Operation::Show(Kind::Blob, id(asked)), answer))
}

/// `POST /buckets/BUCKET/BLOB`
pub(super) fn remember(asked: &Asked<'_>, request: &Request<Bytes>) -> Result<Call, Fault> {
    let mut metadata = metadata::of_head(request.headers())?;
    metadata.extend(metadata::of_fields(|name| asked.parameters.text(name))?);
    metadata::check(&metadata)?;
    let answer = Remembered { context: asked.context.clone(), fields: None };
    let operation = Operation::Change(id(asked), Change::SetMetadata(metadata));
    Ok(Call::of("buckets.update_blob", operation, answer))
}

/// `DELETE /buckets/BUCKET/BLOB`
pub(super) fn destroy(asked: &Asked<'_>, _: &Request<Bytes>) -> Result<Call, Fault> {
    let answer = Answer::new(asked.context, asked.cloud, Frame::Nothing, StatusCode::NO_CONTENT);
    Ok(Call::of("buckets.destroy_blob", Operation::Destroy(Kind::Blob, vec![id(asked)]), answer))
}

/// An answer whose head says what is remembered about a blob.
struct Remembered {
    context: Context,
    fields: Option<Vec<(HeaderName, HeaderValue)>>,
}

impl Encode for Remembered {
    fn head(&self) -> Head {
        Head::new(StatusCode::NO_CONTENT, self.context.format.content_type())
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers()
    }

    fn fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        self.fields.clone().unwrap_or_default()
    }

    fn open(&mut self, _: &mut BytesMut) {}

    fn item(&mut self, resource: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        if let Resource::Blob(blob) = resource {
            self.fields = Some(metadata::fields(&blob.metadata).collect());
        }
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        let nothing = || Error::new(ErrorKind::Unexpected, "the cloud does not show the blob");
        self.fields.is_some().then_some(()).ok_or_else(nothing)
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}
