//! What has to hold of every table and of every document, whatever the cloud.

use std::{collections::HashSet, sync::LazyLock};

use bytes::{Bytes, BytesMut};
use http::{Method, Request, header::CONTENT_TYPE};
use jiff::Timestamp;

use super::*;
use crate::{
    frontends::Choice,
    model::{
        Address, Attachment, Credential, Feature, HardwareProfile, IdForm, Image, ImageState, Instance,
        InstanceState, Key, Kind, Network, NetworkState, Property, Resource, Snapshot, SnapshotState, Tags,
        Verb, Volume, VolumeState,
    },
};

/// A cloud that can do everything but live.
static CLOUD: LazyLock<Capabilities> = LazyLock::new(|| {
    let verbs = [Verb::List, Verb::Show, Verb::Create, Verb::Read, Verb::Act, Verb::Change, Verb::Destroy];
    let all = Kind::ALL.into_iter().flat_map(|kind| verbs.map(|verb| (verb, kind)));
    Capabilities {
        driver: "mock",
        lacks: Default::default(),
        operations: Vec::leak(all.collect()),
        ids: IdForm::Opaque,
        user_data: Some(100),
        longest_name: None,
        features: &[Feature::ImportKey, Feature::InstanceKey, Feature::InstanceNetwork],
        life: &[],
    }
});

fn cloud() -> &'static Capabilities {
    &CLOUD
}

fn arrival() -> Arrival {
    Arrival {
        request_id: "r".to_owned(),
        now: Timestamp::UNIX_EPOCH,
        scheme: "http",
        host: "h:1".to_owned(),
        driver: "mock",
        choice: Choice::default(),
        caller: None,
    }
}

fn request(method: Method, target: &str, media: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(target).header("accept", media);
    request.header(CONTENT_TYPE, media).body(body.into()).unwrap()
}

/// The call that a request is.
fn decoded(dialect: Dialect, request: &Request<Bytes>) -> Result<Call, Reply> {
    Cimi::new(dialect).decode(request, &arrival(), cloud())
}

/// One thing of each kind that has a collection.
fn things() -> Vec<Resource<'static>> {
    let image = Image {
        id: "i".into(),
        name: "".into(),
        description: "d".into(),
        owner: "".into(),
        architecture: None,
        state: ImageState::Available,
        created: Some(Timestamp::UNIX_EPOCH),
        tags: Tags::default(),
    };
    let profile = HardwareProfile {
        id: "p".into(),
        name: "".into(),
        cpus: Some(Property::Fixed(2)),
        memory: Some(Property::Fixed(1 << 30)),
        storage: Some(Property::Fixed(1 << 30)),
        architecture: Some("x86_64".into()),
    };
    let mut instance = Instance::new("m", InstanceState::Running);
    instance.image = Some("i".into());
    instance.realm = Some("us".into());
    instance.attachments.push(Attachment {
        volume: "d".into(),
        device: Some("/dev/vda".into()),
        size: Some(1 << 30),
        boot: true,
        delete_on_termination: true,
    });
    let pair = Credential::Pair {
        fingerprint: "5e:ce".into(),
        public: None,
        private: Some("secret".to_owned().into()),
    };
    let volume = Volume {
        id: "v".into(),
        name: "".into(),
        description: "".into(),
        state: VolumeState::Available,
        size: Some(1 << 30),
        realm: None,
        snapshot: None,
        created: None,
        mount: None,
        tags: Tags::default(),
    };
    let snapshot = Snapshot {
        id: "s".into(),
        name: "".into(),
        description: "".into(),
        volume: Some("v".into()),
        state: SnapshotState::Completed,
        size: None,
        created: None,
        tags: Tags::default(),
    };
    let network = Network {
        id: "n".into(),
        name: "".into(),
        state: NetworkState::Up,
        address_blocks: ["10.0.0.0/16".into()].into_iter().collect(),
        subnets: ["a".into(), "b".into()].into_iter().collect(),
        tags: Tags::default(),
    };
    vec![
        Resource::Image(image),
        Resource::HardwareProfile(profile),
        Resource::Instance(instance),
        Resource::Key(Key {
            id: "k".into(),
            name: "k".into(),
            credential: pair,
            created: None,
            tags: Tags::default(),
        }),
        Resource::Volume(volume),
        Resource::Snapshot(snapshot),
        Resource::Network(network),
        Resource::Address(Address {
            id: "1.2.3.4".into(),
            ip: "1.2.3.4".parse().unwrap(),
            instance: None,
            tags: Tags::default(),
        }),
    ]
}

#[test]
fn no_table_has_a_name_twice() {
    for kind in resources::TYPES {
        let (mut names, mut elements) = (HashSet::new(), HashSet::new());
        for attribute in kind.all() {
            assert!(names.insert(attribute.name), "{}: {}", kind.name, attribute.name);
            assert!(elements.insert(attribute.element), "{}: {}", kind.name, attribute.element);
        }
    }
}

#[test]
fn whatever_is_told_is_in_its_table() {
    let mut told = 0;
    for dialect in [Dialect::Compatible, Dialect::Strict] {
        let context =
            Context::of(&request(Method::GET, "/cimi", "application/json", ""), &arrival(), dialect);
        let scene = resources::Scene { context: &context, cloud: cloud(), owner: "m", part: "" };
        for collection in collections::COLLECTIONS {
            for thing in &things() {
                for fields in (collection.describe)(thing, &scene) {
                    let known =
                        |name: &str| collection.resource.all().any(|attribute| attribute.name == name);
                    assert!(fields.names().all(known), "{}: {fields:?}", collection.path);
                    told += 1;
                }
            }
        }
    }
    assert_eq!(told, 2 * (things().len() + 1), "a network of several parts is two things");
}

/// A list of any length passes through in JSON: what is written is not kept.
#[test]
fn a_collection_in_json_streams_and_one_in_xml_is_held() {
    for (media, streams) in [("application/json", true), ("application/xml", false)] {
        let call = decoded(Dialect::Compatible, &request(Method::GET, "/cimi/machines", media, ""));
        let mut encode = call.unwrap_or_else(|reply| panic!("{reply:?}")).encode;
        let mut out = BytesMut::new();
        encode.open(&mut out);
        let opened = out.split().len();
        for thing in things().iter().filter(|thing| matches!(thing, Resource::Instance(_))) {
            encode.item(thing, &mut out).unwrap();
        }
        assert_eq!((opened > 0, !out.is_empty()), (streams, streams), "{media}");
        encode.close(&mut out).unwrap();
        let text = String::from_utf8(out.to_vec()).unwrap();
        assert!(text.contains(if streams { "\"count\":1}" } else { "<count>1</count>" }), "{text}");
    }
}

/// Dead machines are not told, though the gateway remembers them for other protocols.
#[test]
fn a_machine_that_is_gone_is_not_there() {
    let gone = Resource::Instance(Instance::new("m", InstanceState::Terminated));
    let call = decoded(Dialect::Strict, &request(Method::GET, "/cimi/machines/m", "application/json", ""));
    let mut encode = call.unwrap_or_else(|reply| panic!("{reply:?}")).encode;
    let mut out = BytesMut::new();
    encode.item(&gone, &mut out).unwrap();
    let error = encode.close(&mut out).unwrap_err();
    assert_eq!(encode.fail(&error).head.status, StatusCode::NOT_FOUND);
}

#[test]
fn no_secret_is_in_a_failure() {
    let body = r#"{"name": "k", "credentialTemplate": {"key": {"geheim": "geheim"}}, "x": "geheim"}"#;
    for dialect in [Dialect::Compatible, Dialect::Strict] {
        let refused = decoded(dialect, &request(Method::POST, "/cimi/credentials", "application/json", body));
        let reply = refused.err().unwrap();
        assert_eq!(reply.head.status, StatusCode::BAD_REQUEST);
        assert!(!String::from_utf8_lossy(&reply.body).contains("geheim"), "{reply:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(body in "[\\[\\]{}<>/\":=a-z0-9 &;,!?-]{0,120}", json: bool, strict: bool) {
        let media = if json { "application/json" } else { "application/xml" };
        let dialect = if strict { Dialect::Strict } else { Dialect::Compatible };
        for target in ["/cimi/machines", "/cimi/volumes", "/cimi/machines/1/start", "/cimi/machines/1/volumes"] {
            let _ = decoded(dialect, &request(Method::POST, target, media, body.clone()));
        }
    }

    #[test]
    fn no_target_makes_it_panic(path in "/cimi[/a-z_%0-9.;]{0,60}", query in "[$a-z=&'\\[\\]0-9%]{0,40}") {
        let Ok(uri) = format!("{path}?{query}").parse::<http::Uri>() else { return Ok(()) };
        for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS] {
            let _ = decoded(Dialect::Compatible, &request(method, &uri.to_string(), "application/xml", ""));
        }
    }
}
