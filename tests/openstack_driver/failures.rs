//! Clouds that are not as they should be: what they lack, where they point to, and what never ends.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use deltagate::{
    exchange::{Answer, Endpoint, Transport},
    model::{Error, ErrorKind, Filter, Kind, Operation, Verb},
};
use http::Request;

use crate::{harness::Harness, script::Recorded};

/// What the cloud answers to a call after the login: the number of the call, and its path with its query.
type Reply = fn(usize, &str) -> (u16, String);

/// A cloud whose catalogue has these addresses of services, in this region.
#[derive(Clone)]
struct Cloud {
    services: &'static [(&'static str, &'static str)],
    region: &'static str,
    reply: Reply,
    calls: Arc<AtomicUsize>,
    hosts: Arc<Mutex<Vec<String>>>,
}

impl Cloud {
    fn new(services: &'static [(&'static str, &'static str)], reply: Reply) -> Self {
        Cloud { services, region: "RegionOne", reply, calls: Arc::default(), hosts: Arc::default() }
    }

    async fn list(&self, kind: Kind) -> Result<Vec<String>, Error> {
        let harness = Harness::over(Arc::new(self.clone()));
        harness.perform("demo+demo", &Operation::List(kind, Filter::default())).await
    }

    fn token(&self) -> String {
        let services = self.services.iter().map(|(kind, url)| {
            serde_json::json!({"type": kind, "endpoints": [
                {"interface": "public", "region_id": self.region, "url": url},
            ]})
        });
        serde_json::json!({"token": {"catalog": services.collect::<Vec<_>>()}}).to_string()
    }
}

#[async_trait]
impl Transport for Cloud {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        self.hosts.lock().unwrap().push(endpoint.authority.clone());
        if request.uri().path() == "/v3/auth/tokens" {
            let token = [("x-subject-token".to_owned(), "token".to_owned())];
            return Ok(Box::new(Recorded::new(201, &token, self.token())));
        }
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let (status, body) = (self.reply)(call, &request.uri().path_and_query().unwrap().to_string());
        Ok(Box::new(Recorded::new(status, &[], body)))
    }
}

const NOVA: &[(&str, &str)] = &[("compute", "http://127.0.0.1:8774/v2.1")];

fn nothing(_: usize, target: &str) -> (u16, String) {
    panic!("{target} was asked for")
}

/// A page of one server, which links to `next`.
fn page(id: usize, next: &str) -> (u16, String) {
    let link = serde_json::json!([{"rel": "next", "href": format!("http://elsewhere.example.com/{next}")}]);
    let servers = serde_json::json!([{"id": format!("server-{id}"), "status": "ACTIVE"}]);
    (200, serde_json::json!({"servers": servers, "servers_links": link}).to_string())
}

#[tokio::test]
async fn a_service_that_is_missing_is_named() {
    let cloud = Cloud::new(NOVA, nothing);
    for (kind, name) in [
        (Kind::Volume, "block storage"),
        (Kind::Address, "network"),
        (Kind::Image, "image"),
        (Kind::Bucket, "object storage"),
    ] {
        let error = cloud.list(kind).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert_eq!(error.message(), format!("this cloud has no {name} service"));
    }
    let harness = Harness::over(Arc::new(Cloud::new(NOVA, |_, _| (200, r#"{"servers": []}"#.to_owned()))));
    assert!(harness.capabilities().offers(Verb::List, Kind::Volume));
    let list = Operation::List(Kind::Instance, Filter::default());
    harness.perform("demo+demo", &list).await.unwrap();
    let offered = |kind| harness.capabilities().offers(Verb::List, kind);
    assert!(offered(Kind::Instance) && !offered(Kind::Volume) && !offered(Kind::Address));
}

#[tokio::test]
async fn a_region_that_is_missing_is_told_with_those_there_are() {
    let cloud = Cloud { region: "RegionTwo", ..Cloud::new(NOVA, nothing) };
    let error = cloud.list(Kind::Instance).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("'RegionOne'; it has: RegionTwo"), "{error}");
}

#[tokio::test]
async fn no_host_is_talked_to_that_was_not_allowed() {
    for url in ["http://169.254.169.254/v2.1", "http://localhost:8774/v2.1", "http://127.0.0.2:8774/v2.1"] {
        let services: &'static [(&str, &str)] = Box::leak(Box::new([("compute", url)]));
        let cloud = Cloud::new(services, nothing);
        let error = cloud.list(Kind::Instance).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable, "{url}");
        assert!(error.message().contains("service_hosts"), "{error}");
        assert_eq!(*cloud.hosts.lock().unwrap(), ["127.0.0.1:18500"], "{url}");
    }
}

#[tokio::test]
async fn pages_are_followed_on_the_same_service_until_they_end() {
    let cloud = Cloud::new(NOVA, |call, target| match (call, target) {
        (0, "/v2.1/servers/detail") => page(1, "v2.1/secrets?marker=one"),
        (1, "/v2.1/servers/detail?marker=one") => page(2, "?marker=two"),
        (2, "/v2.1/servers/detail?marker=two") => (200, r#"{"servers": []}"#.to_owned()),
        other => panic!("{other:?}"),
    });
    assert_eq!(cloud.list(Kind::Instance).await.unwrap().len(), 2);
    assert!(cloud.hosts.lock().unwrap().iter().skip(1).all(|host| host == "127.0.0.1:8774"));
}

#[tokio::test]
async fn pages_that_never_end_are_given_up() {
    let same = Cloud::new(NOVA, |call, _| page(call, "?marker=same"));
    let other = Cloud::new(NOVA, |call, _| page(call, &format!("?marker={call}")));
    for cloud in [same, other] {
        let error = cloud.list(Kind::Instance).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{error}");
        assert!(error.message().contains("does not come to an end"), "{error}");
    }
}

#[tokio::test]
async fn an_empty_page_is_the_last_whatever_it_links_to() {
    let cloud = Cloud::new(NOVA, |_, _| {
        (200, r#"{"servers": [], "servers_links": [{"rel": "next", "href": "?marker=x"}]}"#.to_owned())
    });
    assert!(cloud.list(Kind::Instance).await.unwrap().is_empty());
    assert_eq!(cloud.calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn servers_are_told_while_the_network_service_is_down() {
    const WITH_NEUTRON: &[(&str, &str)] = &[NOVA[0], ("network", "http://127.0.0.1:9696")];
    let cloud = Cloud::new(WITH_NEUTRON, |_, target| match target {
        "/v2.1/servers/detail" => (200, r#"{"servers": [{"id": "x", "status": "ACTIVE"}]}"#.to_owned()),
        _ => (503, String::new()),
    });
    assert_eq!(cloud.list(Kind::Instance).await.unwrap().len(), 1);
    assert_eq!(cloud.list(Kind::Network).await.unwrap_err().kind(), ErrorKind::Unreachable);
}

#[tokio::test]
async fn nonsense_is_told_as_such() {
    for (reply, kind) in [
        ((|_, _| (200, "<html>".to_owned())) as Reply, ErrorKind::Unexpected),
        (|_, _| (200, r#"{"servers": [{"id": 7}]}"#.to_owned()), ErrorKind::Unexpected),
        (|_, _| (200, r#"{"servers": ["#.to_owned()), ErrorKind::Unexpected),
        (|_, _| (200, "{}".to_owned()), ErrorKind::Unexpected),
        (
            |_, _| (200, format!(r#"{{"servers": [{{"id": "{}"}}]}}"#, "x".repeat(5 << 20))),
            ErrorKind::Unexpected,
        ),
        (|_, _| (503, "<html>down</html>".to_owned()), ErrorKind::Unreachable),
        (|_, _| (429, String::new()), ErrorKind::RateLimited),
    ] {
        let error = Cloud::new(NOVA, reply).list(Kind::Instance).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.message().contains("<html>"), "{error}");
    }
}
