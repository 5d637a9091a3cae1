//! Buckets are Swift's containers, whose names are their ids.
//!
//! <https://docs.openstack.org/api-ref/object-store/>

use http::{HeaderMap, Method, StatusCode, response};
use serde::Deserialize;

use super::{
    blobs,
    call::Call,
    catalogue::Service,
    pages::{self, emit, number},
    session::{Session, about},
};
use crate::{
    exchange::Cloud,
    model::{Bucket, BucketSpec, Error, ErrorKind, Filter, Flow, Id, Kind, Resource, Sink},
    wire::json::{self, Text},
};

/// The longest name of a container, in bytes.
const LONGEST_NAME: usize = 256;
/// Up to so many names fit on one page, whatever the cloud's limit is.
const SMALL_PAGE: usize = 1000;
/// How many containers an account has.
const CONTAINERS: &str = "x-account-container-count";
/// How many objects a container has.
const OBJECTS: &str = "x-container-object-count";

#[derive(Debug, Deserialize)]
struct Container<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    count: Option<u64>,
}

impl<'a> Container<'a> {
    fn bucket(self) -> Bucket<'a> {
        Bucket { id: self.name.0.clone(), name: self.name.0, size: self.count, location: None }
    }
}

/// The bucket that the head of an answer about it describes.
fn described<'a>(name: &'a str, headers: &HeaderMap) -> Bucket<'a> {
    Bucket { id: name.into(), name: name.into(), size: number(headers, OBJECTS), location: None }
}

/// One call; one for each that is asked for.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    if !filter.ids.is_empty() || filter.name.is_some() {
        return list_some(session, filter, cloud).await;
    }
    let mut call = Call::get(Service::ObjectStore, &[]).query("format", "json");
    if let Some(most) = filter.at_most.filter(|most| (1..=SMALL_PAGE).contains(most)) {
        call = call.query("limit", &most.to_string());
    }
    let begin = &mut |_: &_, _: &mut dyn Sink| Ok(Flow::More);
    pages::by_name(session, cloud, call, CONTAINERS, begin, |item, sink, last| {
        let bucket = json::read::<Container<'_>>(item)?.bucket();
        bucket.id.as_ref().clone_into(last);
        sink.put(&Resource::Bucket(bucket))
    })
    .await
}

/// Those of the buckets that the filter names that are there.
async fn list_some(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let own = filter.name.as_deref();
    let ids = filter.ids.iter().map(Id::as_str).filter(|id| own.is_none_or(|name| name == *id));
    for name in ids.chain(own.filter(|_| filter.ids.is_empty())) {
        match find(session, name).await {
            Ok(bucket) => emit(cloud, Resource::Bucket(bucket)).await?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The bucket and its blobs: one call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let name = known(id.as_str())?;
    let call = Call::get(Service::ObjectStore, &[name]).query("format", "json");
    let begin = &mut |head: &response::Parts, sink: &mut dyn Sink| {
        sink.put(&Resource::Bucket(described(name, &head.headers)))
    };
    let shown = pages::by_name(session, cloud, call, OBJECTS, begin, |item, sink, last| {
        blobs::put_listed(name, item, sink, last)
    });
    shown.await.map_err(|error| about(error, Kind::Bucket, name))
}

async fn find<'a>(session: &Session<'_>, name: &'a str) -> Result<Bucket<'a>, Error> {
    let call = Call::head(Service::ObjectStore, &[known(name)?]);
    let found = session.answer(&call).await.map_err(|error| about(error, Kind::Bucket, name))?;
    Ok(described(name, found.headers()))
}

/// One call. A second container of the same name is no failure for Swift: it says only that it had it.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &BucketSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let name = spec.name.as_str();
    if !is_name(name) {
        let message = format!("the name of a bucket is text of 1 to {LONGEST_NAME} bytes without a slash");
        return Err(Error::new(ErrorKind::Invalid, message).safe_to_repeat());
    }
    if spec.location.is_some() {
        let message = "the cloud's object storage has one location";
        return Err(Error::new(ErrorKind::Unsupported, message).safe_to_repeat());
    }
    let call = Call::get(Service::ObjectStore, &[name]).by(Method::PUT);
    let made = session.answer(&call).await.map_err(|error| error.about(Kind::Bucket, name))?;
    if made.status() == StatusCode::ACCEPTED {
        let message = format!("there is a bucket '{name}' already");
        return Err(Error::new(ErrorKind::AlreadyExists, message).about(Kind::Bucket, name).safe_to_repeat());
    }
    let bucket = Bucket { id: name.into(), name: name.into(), size: Some(0), location: None };
    emit(cloud, Resource::Bucket(bucket)).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let mut going = Vec::new();
    for id in ids {
        going.push(find(session, id.as_str()).await?);
    }
    for bucket in going {
        let call = Call::delete(Service::ObjectStore, &[&bucket.id]);
        session.answer(&call).await.map_err(|error| refused(error, &bucket.id))?;
        emit(cloud, Resource::Bucket(bucket)).await?;
    }
    Ok(())
}

/// A container that cannot go has something in it: nothing else makes a conflict.
fn refused(error: Error, name: &str) -> Error {
    match error.kind() {
        ErrorKind::IncorrectState => {
            let message = format!("bucket '{name}' is not empty");
            Error::new(ErrorKind::IncorrectState, message).about(Kind::Bucket, name).safe_to_repeat()
        }
        _ => about(error, Kind::Bucket, name),
    }
}

/// The name, if a bucket can have it.
///
/// # Errors
/// `NotFound`
fn known(name: &str) -> Result<&str, Error> {
    if is_name(name) { Ok(name) } else { Err(Error::not_found(Kind::Bucket, name)) }
}

/// Whether a bucket can have this name. Of those with dots alone the path would be another one on its way.
fn is_name(name: &str) -> bool {
    let fits = (1..=LONGEST_NAME).contains(&name.len());
    fits && !matches!(name, "." | "..") && !name.contains(|c: char| c == '/' || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_a_path_can_have() {
        for name in ["a", "a b?c#d;e", "\u{fc}", "...", &"x".repeat(256)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "/", "a\nb", "a\0", &"x".repeat(257)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
