//! Buckets and blobs: which calls are made to Swift, and what is read in its answers.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use deltagate::{
    exchange::{Answer, Endpoint, Transport},
    model::{BlobSpec, BucketSpec, Change, Error, ErrorKind as E, Filter, Id, Kind as K, Operation, Spec},
};
use http::Request;

use crate::{harness::Harness, script::Recorded};

/// A call, with the fields that it has besides those of every call, and what answers it.
struct Exchange {
    call: &'static str,
    status: u16,
    fields: &'static [(&'static str, &'static str)],
    body: String,
}

fn exchange(
    call: &'static str,
    status: u16,
    fields: &'static [(&'static str, &'static str)],
    body: impl Into<String>,
) -> Exchange {
    Exchange { call, status, fields, body: body.into() }
}

/// A Swift that is asked this, in this order, and nothing else.
struct Swift(Mutex<VecDeque<Exchange>>);

#[async_trait]
impl Transport for Swift {
    async fn send(&self, _: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        if request.uri().path() == "/v3/auth/tokens" {
            let token = [("x-subject-token".to_owned(), "token".to_owned())];
            let catalog = r#"{"token": {"catalog": [{"type": "object-store", "endpoints": [{"interface": "public",
                "region_id": "RegionOne", "url": "http://127.0.0.1:8080/v1/AUTH_p"}]}]}}"#;
            return Ok(Box::new(Recorded::new(201, &token, catalog.to_owned())));
        }
        let target = request.uri().path_and_query().unwrap().as_str().strip_prefix("/v1/AUTH_p").unwrap();
        let mut call = format!("{} {target}", request.method());
        for (name, value) in request.headers() {
            if !["accept", "x-auth-token"].contains(&name.as_str()) {
                call += &format!(" {name}={}", String::from_utf8_lossy(value.as_bytes()));
            }
        }
        let next = self.0.lock().unwrap().pop_front();
        let next = next.unwrap_or_else(|| panic!("{call}: nothing more was to be asked"));
        assert_eq!(call, next.call);
        let fields = next.fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Ok(Box::new(Recorded::new(next.status, &fields.collect::<Vec<_>>(), next.body)))
    }
}

/// What comes of an operation that makes these calls, all of them.
async fn perform(operation: Operation, exchanges: Vec<Exchange>) -> Result<Vec<String>, Error> {
    let swift = Arc::new(Swift(Mutex::new(exchanges.into())));
    let result =
        Harness::over(Arc::clone(&swift) as Arc<dyn Transport>).perform("demo+demo", &operation).await;
    let left: Vec<_> = swift.0.lock().unwrap().iter().map(|exchange| exchange.call).collect();
    assert!(left.is_empty(), "{operation:?}: {left:?} was not asked");
    result
}

async fn done(operation: Operation, exchanges: Vec<Exchange>) -> Vec<String> {
    perform(operation, exchanges).await.unwrap()
}

async fn failed(operation: Operation, exchanges: Vec<Exchange>) -> (E, String) {
    let error = perform(operation, exchanges).await.unwrap_err();
    (error.kind(), error.message().to_owned())
}

fn buckets(filter: Filter) -> Operation {
    Operation::List(K::Bucket, filter)
}

fn make(name: &str, location: Option<&str>) -> Operation {
    let spec = BucketSpec { name: name.to_owned(), location: location.map(str::to_owned) };
    Operation::Create(Box::new(Spec::Bucket(spec)))
}

fn store(bucket: &str, name: &str, words: &[(&str, &str)]) -> Operation {
    let metadata = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
    let (bucket, name) = (bucket.into(), name.to_owned());
    let spec = BlobSpec { bucket, name, content_type: None, size: None, metadata };
    Operation::Create(Box::new(Spec::Blob(spec)))
}

fn destroy(kind: K, ids: &[&str]) -> Operation {
    Operation::Destroy(kind, ids.iter().map(|id| Id::from(*id)).collect())
}

#[tokio::test]
async fn a_list_is_one_call_when_it_says_that_it_is_all() {
    let body = r#"[{"name": "a", "count": 2, "bytes": 7}, {"name": "\u00fc b", "count": 0, "bytes": 0}]"#;
    let all = vec![exchange("GET ?format=json", 200, &[("x-account-container-count", "2")], body)];
    assert_eq!(done(buckets(Filter::default()), all).await, ["a Some(2)", "\u{fc} b Some(0)"]);
    let none = vec![exchange("GET ?format=json", 204, &[], "")];
    assert!(done(buckets(Filter::default()), none).await.is_empty());
    let few = Filter { at_most: Some(2), ..Filter::default() };
    let counted =
        vec![exchange("GET ?format=json&limit=2", 200, &[("x-account-container-count", "2")], body)];
    assert_eq!(done(buckets(few), counted).await.len(), 2);
}

#[tokio::test]
async fn pages_begin_after_the_last_name() {
    let names: Vec<_> = (0..1000).map(|n| format!(r#"{{"name": "n&{n}", "count": 1}}"#)).collect();
    let long = format!("[{}]", names.join(","));
    let all = vec![
        exchange("GET ?format=json", 200, &[("x-account-container-count", "1000")], long),
        exchange("GET ?format=json&marker=n%26999", 200, &[], r#"[{"name": "z"}]"#),
        exchange("GET ?format=json&marker=z", 200, &[], "[]"),
    ];
    assert_eq!(done(buckets(Filter::default()), all).await.len(), 1001);
}

#[tokio::test]
async fn pages_that_never_end_are_given_up() {
    let page = || r#"[{"name": "same"}]"#;
    let all = vec![
        exchange("GET ?format=json", 200, &[], page()),
        exchange("GET ?format=json&marker=same", 200, &[], page()),
    ];
    let (kind, message) = failed(buckets(Filter::default()), all).await;
    assert_eq!(kind, E::Unexpected);
    assert!(message.contains("does not come to an end"), "{message}");
}

#[tokio::test]
async fn those_that_are_named_are_asked_for_one_by_one() {
    let count = &[("x-container-object-count", "3")];
    let heads = || vec![exchange("HEAD /a", 204, count, ""), exchange("HEAD /b", 404, &[], "")];
    let ids = vec!["a".into(), "b".into(), "no/bucket".into()];
    assert_eq!(done(buckets(Filter { ids, ..Filter::default() }), heads()).await, ["a Some(3)"]);
    let name = Some("a".to_owned());
    let head = vec![exchange("HEAD /a", 204, count, "")];
    assert_eq!(done(buckets(Filter { name, ..Filter::default() }), head).await, ["a Some(3)"]);
}

#[tokio::test]
async fn a_bucket_comes_with_its_blobs() {
    let body = r#"[{"name": "a/b", "bytes": 5, "content_type": "text/plain", "hash": "x",
        "last_modified": "2026-11-23T12:17:06.123450"}, {"name": "c"}]"#;
    let fields = &[("x-container-object-count", "2")];
    let shown = done(
        Operation::Show(K::Bucket, "some bucket".into()),
        vec![exchange("GET /some%20bucket?format=json", 200, fields, body)],
    );
    let blobs = ["some bucket/a/b Some(5) text/plain 2026-11-23T12:17:06.12345Z ", "some bucket/c None - - "];
    assert_eq!(shown.await, ["some bucket Some(2)", blobs[0], blobs[1]]);
    let missing = vec![exchange("GET /x?format=json", 404, &[], "")];
    assert_eq!(failed(Operation::Show(K::Bucket, "x".into()), missing).await.0, E::NotFound);
}

#[tokio::test]
async fn a_name_that_would_lead_elsewhere_is_never_sent() {
    for name in ["a/b", "..", ".", "", "a\nb"] {
        assert_eq!(failed(make(name, None), vec![]).await.0, E::Invalid, "{name:?}");
        assert_eq!(failed(Operation::Show(K::Bucket, name.into()), vec![]).await.0, E::NotFound, "{name:?}");
        assert_eq!(failed(destroy(K::Bucket, &[name]), vec![]).await.0, E::NotFound, "{name:?}");
    }
    for blob in ["", "bucket", "bucket/", "/name"] {
        assert_eq!(failed(Operation::Show(K::Blob, blob.into()), vec![]).await.0, E::NotFound, "{blob:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_there_is_not_made_again() {
    assert_eq!(done(make("b", None), vec![exchange("PUT /b", 201, &[], "")]).await, ["b Some(0)"]);
    let again = failed(make("b", None), vec![exchange("PUT /b", 202, &[], "")]).await;
    assert_eq!(again, (E::AlreadyExists, "there is a bucket 'b' already".to_owned()));
    assert_eq!(failed(make("b", Some("elsewhere")), vec![]).await.0, E::Unsupported);
}

#[tokio::test]
async fn only_an_empty_bucket_goes_and_none_if_one_is_missing() {
    let gone = vec![exchange("HEAD /b", 204, &[], ""), exchange("DELETE /b", 204, &[], "")];
    assert_eq!(done(destroy(K::Bucket, &["b"]), gone).await, ["b None"]);
    let html = "<html><h1>Conflict</h1></html>";
    let full = vec![exchange("HEAD /b", 204, &[], ""), exchange("DELETE /b", 409, &[], html)];
    let expected = (E::IncorrectState, "bucket 'b' is not empty".to_owned());
    assert_eq!(failed(destroy(K::Bucket, &["b"]), full).await, expected);
    let missing = vec![exchange("HEAD /b", 204, &[], ""), exchange("HEAD /c", 404, &[], "")];
    assert_eq!(failed(destroy(K::Bucket, &["b", "c"]), missing).await.0, E::NotFound);
}

const HEAD: &[(&str, &str)] = &[
    ("content-length", "5"),
    ("content-type", "text/plain"),
    ("last-modified", "Mon, 23 Nov 2026 12:17:06 GMT"),
    ("x-object-meta-shape", "round"),
    ("x-object-meta-colour", "r\u{f6}t"),
    ("x-delete-at", "1900000000"),
    ("etag", "x"),
];
const TOLD: &str = "b/a b/../c?d Some(5) text/plain 2026-11-23T12:17:06Z colour=r\u{f6}t,shape=round";
const BLOB: &str = "b/a b/../c?d";

#[tokio::test]
async fn a_blob_is_told_by_its_head_alone() {
    let head = || exchange("HEAD /b/a%20b/%2E%2E/c%3Fd", 200, HEAD, "");
    assert_eq!(done(Operation::Show(K::Blob, BLOB.into()), vec![head()]).await, [TOLD]);
    let read = vec![exchange("GET /b/a%20b/%2E%2E/c%3Fd", 200, HEAD, "hello")];
    assert_eq!(done(Operation::Read(BLOB.into()), read).await, [TOLD, "hello"]);
    let gone = vec![head(), exchange("DELETE /b/a%20b/%2E%2E/c%3Fd", 204, &[], "")];
    assert_eq!(done(destroy(K::Blob, &[BLOB]), gone).await, [TOLD]);
    for operation in [Operation::Show(K::Blob, "b/x".into()), destroy(K::Blob, &["b/x"])] {
        assert_eq!(failed(operation, vec![exchange("HEAD /b/x", 404, &[], "")]).await.0, E::NotFound);
    }
    let missing = vec![exchange("GET /b/x", 404, &[], "<html></html>")];
    assert_eq!(failed(Operation::Read("b/x".into()), missing).await.0, E::NotFound);
}

#[tokio::test]
async fn words_are_replaced_and_nothing_else() {
    let change = |words: &[(&str, &str)]| {
        let words = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
        Operation::Change(BLOB.into(), Change::SetMetadata(words))
    };
    let head = || exchange("HEAD /b/a%20b/%2E%2E/c%3Fd", 200, HEAD, "");
    let post = "POST /b/a%20b/%2E%2E/c%3Fd x-object-meta-size=gro\u{df} x-delete-at=1900000000";
    let changed = done(change(&[("size", "gro\u{df}")]), vec![head(), exchange(post, 202, &[], ""), head()]);
    assert_eq!(changed.await, [TOLD]);
    for words in [("", "x"), ("a b", "x"), ("a", "x\r\ny: z"), ("\u{fc}", "x")] {
        assert_eq!(failed(change(&[words]), vec![]).await.0, E::Invalid, "{words:?}");
        assert_eq!(failed(store("b", "n", &[words]), vec![]).await.0, E::Invalid, "{words:?}");
    }
}

#[tokio::test]
async fn what_swift_says_is_passed_on_where_it_is_text() {
    for (status, media, body, kind, message) in [
        (400, "text/plain", "Metadata name too long: x", E::Invalid, "Metadata name too long: x"),
        (400, "text/html", "<html>no</html>", E::Invalid, "the cloud answered 400 Bad Request"),
        (507, "text/html", "", E::NoCapacity, "the cloud answered 507 Insufficient Storage"),
        (498, "text/plain", "Slow down", E::RateLimited, "Slow down"),
        (412, "text/plain", "Invalid UTF8 or contains NULL", E::Invalid, "Invalid UTF8 or contains NULL"),
        (408, "text/html", "", E::TimedOut, "the cloud answered 408 Request Timeout"),
        (503, "text/html", "", E::Unreachable, "the cloud answered 503 Service Unavailable"),
    ] {
        let fields: &'static [(&str, &str)] = Box::leak(Box::new([("content-type", media)]));
        let made = failed(make("b", None), vec![exchange("PUT /b", status, fields, body)]).await;
        assert_eq!(made, (kind, message.to_owned()), "{status}");
    }
}
