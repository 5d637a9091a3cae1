//! Whole requests, decoded and answered without a gateway.

mod answers;
mod buckets;
mod changes;
mod documents;
mod requests;

use std::sync::LazyLock;

use bytes::{Bytes, BytesMut};
use http::Request;

use super::Deltacloud;
use crate::{
    frontends::{Arrival, Call, Choice, Frontend, Reply},
    model::{Capabilities, Cause, Feature, IdForm, Kind, Kinds, Resource, Stage, Transition, Verb},
};

const OPERATIONS: &[(Verb, Kind)] = &[
    (Verb::List, Kind::Realm),
    (Verb::Show, Kind::Realm),
    (Verb::List, Kind::Image),
    (Verb::Show, Kind::Image),
    (Verb::List, Kind::HardwareProfile),
    (Verb::Show, Kind::HardwareProfile),
    (Verb::List, Kind::Instance),
    (Verb::Show, Kind::Instance),
    (Verb::Create, Kind::Instance),
    (Verb::Act, Kind::Instance),
    (Verb::Destroy, Kind::Instance),
    (Verb::List, Kind::Key),
    (Verb::Show, Kind::Key),
    (Verb::Create, Kind::Key),
    (Verb::Destroy, Kind::Key),
    (Verb::List, Kind::Bucket),
    (Verb::Show, Kind::Bucket),
    (Verb::Create, Kind::Bucket),
    (Verb::Destroy, Kind::Bucket),
    (Verb::Show, Kind::Blob),
    (Verb::Create, Kind::Blob),
    (Verb::Read, Kind::Blob),
    (Verb::Change, Kind::Blob),
    (Verb::Destroy, Kind::Blob),
];

const LIFE: &[Transition] = &[
    Transition::new(Stage::Start, Cause::Create, Stage::Pending),
    Transition::new(Stage::Pending, Cause::Auto, Stage::Running),
    Transition::new(Stage::Running, Cause::Stop, Stage::Stopped),
    Transition::new(Stage::Stopped, Cause::Start, Stage::Running),
    Transition::new(Stage::Stopped, Cause::Destroy, Stage::Finish),
];

fn cloud() -> Capabilities {
    Capabilities {
        driver: "mock",
        operations: OPERATIONS,
        lacks: Kinds::NONE,
        ids: IdForm::Opaque,
        user_data: Some(100),
        longest_name: Some(64),
        features: &[Feature::ImportKey],
        life: LIFE,
    }
}

/// A cloud that can do everything.
fn complete() -> Capabilities {
    static EVERYTHING: LazyLock<Vec<(Verb, Kind)>> = LazyLock::new(|| {
        let verbs =
            [Verb::List, Verb::Show, Verb::Create, Verb::Read, Verb::Act, Verb::Change, Verb::Destroy];
        let of = |kind: Kind| verbs.map(|verb| (verb, kind));
        Kind::ALL.into_iter().flat_map(of).collect()
    });
    const FEATURES: &[Feature] = &[
        Feature::ImportKey,
        Feature::InstanceKey,
        Feature::InstanceFirewalls,
        Feature::InstanceNetwork,
        Feature::InstanceMetrics,
        Feature::InstanceStorage,
        Feature::VolumeName,
        Feature::VolumeDescription,
    ];
    Capabilities { operations: &EVERYTHING, features: FEATURES, ..cloud() }
}

fn arrival() -> Arrival {
    Arrival {
        request_id: "req-1".into(),
        now: "2026-11-23T11:05:44.5Z".parse().unwrap(),
        scheme: "https",
        host: "cloud.example:3001".into(),
        driver: "mock",
        choice: Choice::default(),
        caller: None,
    }
}

fn front_end() -> Deltacloud {
    Deltacloud::new(10)
}

fn request(method: &str, target: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(target);
    request.header("authorization", "Basic bTpw").body(Bytes::new()).unwrap()
}

fn decoded(method: &str, target: &str) -> Result<Call, Reply> {
    front_end().decode(&request(method, target), &arrival(), &cloud())
}

/// The answer to a request, given what the cloud says.
fn answered(call: Call, resources: &[Resource<'_>]) -> String {
    let Call { mut encode, .. } = call;
    let mut out = BytesMut::new();
    encode.open(&mut out);
    for resource in resources {
        encode.item(resource, &mut out).unwrap();
    }
    encode.close(&mut out).unwrap();
    String::from_utf8(out.to_vec()).unwrap()
}
