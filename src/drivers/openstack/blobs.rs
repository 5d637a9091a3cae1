//! Blobs are Swift's objects. Their content goes through as it comes, either way.
//!
//! <https://docs.openstack.org/api-ref/object-store/>

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LAST_MODIFIED},
    response,
};
use jiff::{Timestamp, fmt::rfc2822};
use serde::Deserialize;

use super::{
    call::Call,
    catalogue::Service,
    pages::{emit, number},
    read::moment,
    session::{Session, about},
};
use crate::{
    exchange::Cloud,
    model::{Blob, BlobSpec, Error, ErrorKind, Flow, Id, Kind, Resource, Sink},
    wire::json::{self, Text},
};

/// What the names of header fields begin with that hold the user's own words.
const WORD: &str = "x-object-meta-";
/// What is lost with the words when they are replaced, unless it is said again; the content type stays.
const KEPT: [HeaderName; 3] = [CONTENT_ENCODING, CONTENT_DISPOSITION, HeaderName::from_static("x-delete-at")];

/// An object in the list of a container.
#[derive(Debug, Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    bytes: Option<u64>,
    #[serde(borrow)]
    content_type: Option<Text<'a>>,
    #[serde(borrow)]
    last_modified: Option<Text<'a>>,
}

/// Hands on an object of a container's list, and writes down its name.
pub(super) fn put_listed(
    bucket: &str,
    item: &[u8],
    sink: &mut dyn Sink,
    last: &mut String,
) -> Result<Flow, Error> {
    let object = json::read::<Object<'_>>(item)?;
    object.name.0.as_ref().clone_into(last);
    sink.put(&Resource::Blob(Blob {
        bucket: bucket.into(),
        name: object.name.0,
        size: object.bytes,
        content_type: object.content_type.map(Into::into),
        modified: object.last_modified.as_deref().and_then(moment),
        metadata: Vec::new(),
    }))
}

/// Where a blob is.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    bucket: &'a str,
    name: &'a str,
}

impl<'a> Place<'a> {
    fn of(id: &'a Id) -> Result<Self, Error> {
        let (bucket, name) = id.as_blob().unwrap_or_default();
        if bucket.is_empty() || name.is_empty() {
            return Err(Error::not_found(Kind::Blob, id.as_str()));
        }
        Ok(Place { bucket, name })
    }

    /// The slashes in a name stay what they are: there are proxies that let no encoded ones through.
    fn call(self, method: Method) -> Call {
        let path: Vec<&str> = [self.bucket].into_iter().chain(self.name.split('/')).collect();
        Call::get(Service::ObjectStore, &path).by(method)
    }

    /// The blob that the head of an answer about it describes.
    fn described(self, headers: &HeaderMap) -> Blob<'a> {
        Blob {
            size: number(headers, CONTENT_LENGTH.as_str()),
            content_type: text(headers, &CONTENT_TYPE).map(Into::into),
            metadata: words(headers).into_iter().map(|(name, word)| (name.into(), word.into())).collect(),
            ..self.blob(modified(headers))
        }
    }

    fn blob(self, modified: Option<Timestamp>) -> Blob<'a> {
        let (bucket, name) = (self.bucket.into(), self.name.into());
        Blob { bucket, name, size: None, content_type: None, modified, metadata: Vec::new() }
    }

    fn about(self, error: Error) -> Error {
        about(error, Kind::Blob, Id::of_blob(self.bucket, self.name).as_str())
    }
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let place = Place::of(id)?;
    let head = find(session, place).await?;
    emit(cloud, Resource::Blob(place.described(&head))).await
}

async fn find(session: &Session<'_>, place: Place<'_>) -> Result<HeaderMap, Error> {
    let found = session.answer(&place.call(Method::HEAD)).await.map_err(|error| place.about(error))?;
    Ok(found.into_parts().0.headers)
}

/// One call.
pub(super) async fn read(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let place = Place::of(id)?;
    let call = place.call(Method::GET).header(ACCEPT, HeaderValue::from_static("*/*"));
    let mut begin = |head: &response::Parts, sink: &mut dyn Sink| {
        sink.put(&Resource::Blob(place.described(&head.headers)))
    };
    session.download(cloud, &call, &mut begin).await.map_err(|error| place.about(error))
}

/// One call. What is longer than Swift takes at once, 5 GiB by default, it refuses before anything is sent.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &BlobSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let place = Place { bucket: spec.bucket.as_str(), name: &spec.name };
    if place.bucket.is_empty() || place.bucket.contains('/') {
        return Err(Error::not_found(Kind::Bucket, place.bucket));
    }
    if place.name.is_empty() {
        return Err(invalid("a blob has a name"));
    }
    let mut call = said(place.call(Method::PUT), &spec.metadata)?;
    if let Some(media) = &spec.content_type {
        let media = HeaderValue::from_str(media).map_err(|_| invalid("this is no content type"))?;
        call = call.header(CONTENT_TYPE, media);
    }
    let stored = session.upload(cloud, &call, spec.size).await;
    let stored = stored.map_err(|error| refused(error, place))?;
    let blob = Blob {
        size: Some(cloud.taken()),
        content_type: spec.content_type.as_deref().map(Into::into),
        metadata: spec.metadata.iter().map(|(name, word)| (name.into(), word.into())).collect(),
        ..place.blob(modified(stored.headers()))
    };
    emit(cloud, Resource::Blob(blob)).await
}

/// What is not there when something is stored is the container.
fn refused(error: Error, place: Place<'_>) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::not_found(Kind::Bucket, place.bucket),
        // Of its quotas Swift speaks as of what it never takes.
        ErrorKind::LimitReached if !error.message().contains("uota") => place.about(
            Error::new(ErrorKind::TooLong, "the cloud does not take so much at once").safe_to_repeat(),
        ),
        _ => place.about(error),
    }
}

/// Three calls: the words are replaced together with other things, which are said again.
pub(super) async fn set_metadata(
    session: &Session<'_>,
    id: &Id,
    words: &[(String, String)],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let place = Place::of(id)?;
    let mut call = said(place.call(Method::POST), words)?;
    let head = find(session, place).await?;
    for name in KEPT {
        if let Some(value) = head.get(&name) {
            call = call.header(name, value.clone());
        }
    }
    session.answer(&call).await.map_err(|error| place.about(error))?;
    show(session, id, cloud).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let mut going = Vec::new();
    for id in ids {
        let place = Place::of(id)?;
        going.push((place, find(session, place).await?));
    }
    for (place, head) in going {
        session.answer(&place.call(Method::DELETE)).await.map_err(|error| place.about(error))?;
        emit(cloud, Resource::Blob(place.described(&head))).await?;
    }
    Ok(())
}

/// The call, with the user's own words.
///
/// # Errors
/// `Invalid` when they cannot stand in a header.
fn said(mut call: Call, words: &[(String, String)]) -> Result<Call, Error> {
    for (name, word) in words {
        let field = HeaderName::from_bytes(format!("{WORD}{name}").as_bytes());
        let field = field.ok().filter(|_| !name.is_empty());
        let field = field.ok_or_else(|| invalid("the name of metadata is letters, digits and dashes"))?;
        let word = HeaderValue::from_bytes(word.as_bytes());
        call = call.header(field, word.map_err(|_| invalid("metadata is text on one line"))?);
    }
    Ok(call)
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::Invalid, message).safe_to_repeat()
}

/// The user's own words, by name.
fn words(headers: &HeaderMap) -> Vec<(String, String)> {
    let word = |(name, value): (&HeaderName, &HeaderValue)| {
        let name = name.as_str().strip_prefix(WORD)?.to_owned();
        Some((name, String::from_utf8_lossy(value.as_bytes()).into_owned()))
    };
    let mut words: Vec<_> = headers.iter().filter_map(word).collect();
    words.sort_unstable();
    words
}

fn modified(headers: &HeaderMap) -> Option<Timestamp> {
    let moment = rfc2822::parse(&text(headers, &LAST_MODIFIED)?).ok()?;
    Some(moment.timestamp())
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
