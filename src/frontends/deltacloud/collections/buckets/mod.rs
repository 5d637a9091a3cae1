//! Buckets, and the blobs in them.
//!
//! A bucket's document has all its blobs, which come after it one by one: it stays open until they are through. Decided
//! otherwise than in the original: a blob's document in JSON has a link to its content, as in XML, and not the content
//! itself; a blob that is not there cannot be destroyed, which is 404; a stored page cannot act in our name when a browser
//! shows it.

mod blobs;
mod content;
mod metadata;
mod upload;

use http::Method;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        negotiation::Format,
        table::{Collection, How, Need, Parameter, Place, Row, Sent, Value},
    },
    model::{Blob, Bucket, BucketSpec, Feature, Kind, Spec, Verb},
};

pub(super) use blobs::describe as describe_blob;
pub(in crate::frontends::deltacloud) use upload::{before_the_file, intake};

/// The longest name of a bucket, in bytes.
const LONGEST_NAME: usize = 255;

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "buckets",
    about: "What holds blobs: named sequences of bytes",
    operations: &[
        Row::index("buckets.index", Kind::Bucket, "Lists the buckets and their blobs", &[BY_ID]),
        Row::show("buckets.show", Kind::Bucket, "Shows a bucket and its blobs"),
        Row::create(
            "buckets.create",
            Kind::Bucket,
            bucket,
            "Makes a bucket",
            &[
                Parameter::new("name", Value::Text, "Its name").required(),
                Parameter::new("location", Value::Text, "Where it is to be")
                    .needs(Need::Feature(Feature::BucketLocation))
                    .feature("bucket_location"),
            ],
        ),
        Row::destroy("buckets.destroy", Kind::Bucket, "Makes an end of a bucket that is empty"),
        Row {
            action: "buckets.create_blob",
            method: Method::POST,
            place: Place::Member,
            about: "Stores a blob that comes in a form of several parts, the file last or followed by metadata",
            parameters: &[
                BUCKET,
                Parameter::new("blob_id", Value::Text, "Its name").required(),
                META_NAME,
                META_VALUE,
                Parameter::new("blob_data", Value::File, "What it holds").required(),
            ],
            answer: How::Upload(Sent::Form, upload::form),
        },
        part("buckets.show_blob", Method::GET, "Shows a blob", How::Own(Verb::Show, Kind::Blob, blobs::show)),
        part(
            "buckets.head_blob",
            Method::HEAD,
            "Says in its head what is remembered about a blob",
            How::Own(Verb::Show, Kind::Blob, blobs::head),
        ),
        part(
            "buckets.put_blob",
            Method::PUT,
            "Stores a blob; X-Deltacloud-Blobmeta-NAME says what to remember about it",
            How::Upload(Sent::Bytes, upload::bytes),
        ),
        Row {
            action: "buckets.update_blob",
            method: Method::POST,
            place: Place::Part,
            about: "Lets what X-Deltacloud-Blobmeta-NAME says be all that is remembered about a blob",
            parameters: &[BUCKET, BLOB, META_NAME, META_VALUE],
            answer: How::Own(Verb::Change, Kind::Blob, blobs::remember),
        },
        part(
            "buckets.destroy_blob",
            Method::DELETE,
            "Makes an end of a blob",
            How::Own(Verb::Destroy, Kind::Blob, blobs::destroy),
        ),
        Row {
            action: "buckets.content",
            method: Method::GET,
            place: Place::PartAction,
            about: "Gives what a blob holds",
            parameters: &[BUCKET, BLOB],
            answer: How::Own(Verb::Read, Kind::Blob, content::read),
        },
    ],
};

const BUCKET: Parameter = Parameter::new("id", Value::Id(Kind::Bucket), "The bucket").required();
const BLOB: Parameter = Parameter::new("blob_id", Value::Text, "The blob").required();
const META_NAME: Parameter =
    Parameter::new("meta_nameN", Value::Text, "The name of something to remember about it");
const META_VALUE: Parameter = Parameter::new("meta_valueN", Value::Text, "What is to be remembered");

const fn part(action: &'static str, method: Method, about: &'static str, answer: How) -> Row {
    Row { action, method, place: Place::Part, about, parameters: &[BUCKET, BLOB], answer }
}

fn bucket(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let name = asked.parameters.required("name")?;
    let is_path = name == "." || name == ".." || name.contains('/');
    if is_path || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        let message = format!("a bucket's name has up to {LONGEST_NAME} bytes, and no slash");
        return Err(Fault::invalid(message).of("name"));
    }
    Ok(Spec::Bucket(BucketSpec { name: name.to_owned(), location: asked.text("location") }))
}

/// The document of a bucket, without its blobs.
pub(super) fn describe<'a>(bucket: &'a Bucket<'_>, context: &Context) -> Node<'a> {
    let mut parts = vec![Node::text("name", bucket.name.as_ref())];
    parts.extend(bucket.size.map(|size| Node::number("size", size as f64)));
    parts.extend(bucket.location.as_deref().map(|location| Node::text("location", location)));
    Node::object("bucket", parts)
        .with("href", context.href(&["buckets", &bucket.id]))
        .with("id", bucket.id.as_ref())
}

/// A blob, in the document of its bucket.
pub(in crate::frontends::deltacloud) fn link<'a>(blob: &'a Blob<'_>, context: &Context) -> Node<'a> {
    Node::empty("blob")
        .with_only(Format::Json, "rel", "blob")
        .with("href", blobs::href(blob, context))
        .with("id", blob.name.as_ref())
}
