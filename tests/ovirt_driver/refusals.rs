//! What the driver makes of engines that refuse, forget or talk nonsense.

use std::sync::Arc;

use deltagate::model::{Count, Error, ErrorKind, Filter, InstanceSpec, Kind, Operation};

use crate::{
    for_every_mode,
    harness::{Harness, Received, create, engine, spec},
    ovirt_engine::Mode,
    transport::Canned,
};

fn everything() -> Operation {
    Operation::List(Kind::Instance, Filter::default())
}

for_every_mode! {
    async fn a_wrong_password_is_told(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wrong = Harness::new(&engine, "").named("admin@internal", "wrong");
        let error = wrong.perform(everything()).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        harness.list(Kind::Instance).await;
        let wrong = harness.named("admin@internal", "wrong");
        for kind in [Kind::Realm, Kind::Image, Kind::HardwareProfile] {
            let error = wrong.perform(Operation::List(kind, Filter::default())).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{kind}");
        }
        let later = wrong.perform(everything()).await.err().unwrap();
        assert_eq!(later.kind(), ErrorKind::Unauthenticated);
        assert!(!later.message().contains('<'), "{later}");
        if mode >= Mode::V4_1 {
            assert!(later.message().contains("Cannot authenticate user 'admin@internal'"), "{later}");
        }
    }

    async fn a_session_is_kept_and_renewed_once(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Instance).await;
        engine.forget_requests();
        harness.list(Kind::Instance).await;
        assert_eq!(engine.requests().len(), 1, "nobody logs in twice");
        let request = &engine.requests()[0];
        match mode {
            Mode::V3_0 => assert!(request.header("authorization").unwrap().starts_with("Basic ")),
            Mode::V3_1 | Mode::V3_6 => {
                assert!(request.header("cookie").unwrap().starts_with("JSESSIONID="));
                assert_eq!(request.header("prefer"), Some("persistent-auth"));
                assert_eq!(request.header("authorization"), None);
            }
            Mode::V4_1 | Mode::V4_4 => {
                assert!(request.header("authorization").unwrap().starts_with("Bearer "));
            }
        }
        engine.drop_sessions();
        harness.list(Kind::Instance).await;
        assert!(engine.requests().len() <= 4, "{:?}", engine.requests());
    }

    async fn an_explicit_path_is_used(mode: Mode) {
        let engine = engine(mode, 0).await;
        for base in mode.bases() {
            let harness = Harness::new(&engine, base);
            engine.forget_requests();
            harness.list(Kind::Instance).await;
            let requests = engine.requests();
            assert!(requests.iter().all(|request| request.target.starts_with(base) || request.target.contains("/sso/")));
        }
        let nowhere = Harness::new(&engine, "/elsewhere").perform(everything()).await.err().unwrap();
        assert_eq!(nowhere.kind(), ErrorKind::Unexpected);
        assert!(nowhere.message().contains("/elsewhere"), "{nowhere}");
    }
}

const ROOT: &str = r#"<api><product_info><version major="3" minor="0"/></product_info></api>"#;

async fn answered(answers: &[(u16, &'static str)]) -> Error {
    let transport =
        Arc::new(Canned::new([(200, ROOT), (200, ROOT)].into_iter().chain(answers.iter().copied())));
    let harness = Harness::over("http://engine.example.com/api", transport);
    harness.perform(everything()).await.err().unwrap()
}

#[tokio::test]
async fn nonsense_is_told_and_never_repeated() {
    const TRACE: &str =
        "<fault><reason>Operation Failed</reason><detail>java.lang.X\n\tat a.b</detail></fault>";
    for (status, body, kind) in [
        (200, "<html><body>Log in</body></html>", ErrorKind::Unexpected),
        (200, "<!DOCTYPE html><html></html>", ErrorKind::Unexpected),
        (200, "", ErrorKind::Unexpected),
        (200, "<vms><vm id=\"a\"><name>x</na", ErrorKind::Unexpected),
        (200, "<vms><vm><name>x</name></vm></vms>", ErrorKind::Unexpected),
        (302, "", ErrorKind::Unexpected),
        (403, "<html>no</html>", ErrorKind::Denied),
        (500, TRACE, ErrorKind::Unexpected),
        (503, "<html><body>down for maintenance</body></html>", ErrorKind::Unreachable),
    ] {
        let error = answered(&[(status, body)]).await;
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert!(!error.message().contains("maintenance") && !error.message().contains("java"), "{error}");
        assert_eq!(error.call(), Some("GET /api/vms"), "{status} {body}");
    }
}

/// What creating from a template asks an engine of 3.0 before it posts anything.
const BEFORE: [(u16, &str); 5] = [
    (200, ROOT),
    (200, ROOT),
    (200, r#"<template id="13054ffb-ae62-49e3-9ec7-9ad426f62fae"><cluster id="c"/></template>"#),
    (
        200,
        r#"<data_centers><data_center id="d"><status><state>up</state></status></data_center></data_centers>"#,
    ),
    (200, r#"<clusters><cluster id="c"><data_center id="d"/></cluster></clusters>"#),
];
const MADE: (u16, &str) = (
    202,
    r#"<vm id="4c5ecdbb-5b52-4578-a619-3b9a4bf2024b"><status><state>image_locked</state></status></vm>"#,
);
const FULL: (u16, &str) = (
    409,
    "<fault><reason>Operation Failed</reason><detail>[Low disk space on Storage Domain x.]</detail></fault>",
);

async fn created(count: Count, answers: &[(u16, &'static str)]) -> (Harness, Result<Received, Error>) {
    let transport = Arc::new(Canned::new(BEFORE.into_iter().chain(answers.iter().copied())));
    let harness = Harness::over("http://engine.example.com/api", transport);
    let wanted = InstanceSpec { count, ..spec("13054ffb-ae62-49e3-9ec7-9ad426f62fae") };
    let result = harness.perform(create(wanted)).await;
    (harness, result)
}

#[tokio::test]
async fn fewer_than_wanted_are_enough_when_they_are_as_many_as_needed() {
    let (harness, result) = created(Count { min: 1, max: 3 }, &[MADE, FULL, FULL]).await;
    assert_eq!(result.unwrap().instances.len(), 1);
    assert_eq!(harness.promised().await, 1);
}

#[tokio::test]
async fn too_few_are_destroyed_again() {
    let (harness, result) = created(Count { min: 2, max: 3 }, &[MADE, FULL, FULL]).await;
    assert_eq!(result.err().unwrap().kind(), ErrorKind::NoCapacity);
    let id = "4c5ecdbb-5b52-4578-a619-3b9a4bf2024b";
    let view = harness.promises.view("admin@internal").await.unwrap();
    assert!(view.departed().iter().any(|instance| instance.id == id), "it is promised to go");
}

#[tokio::test]
async fn only_a_missing_template_is_about_the_image() {
    for (detail, kind, subject) in [
        ("[Cannot add VM. The relevant Template doesn't exist.]", ErrorKind::NotFound, Some(Kind::Image)),
        ("Entity not found: Template: name=x", ErrorKind::NotFound, Some(Kind::Image)),
        ("[Cannot add VM. The Storage Domain doesn't exist.]", ErrorKind::Invalid, None),
    ] {
        let fault = format!("<fault><reason>Operation Failed</reason><detail>{detail}</detail></fault>");
        let (_, result) = created(Count::default(), &[(400, String::leak(fault))]).await;
        let error = result.err().unwrap();
        assert_eq!((error.kind(), error.subject().map(|(kind, _)| kind)), (kind, subject), "{detail}");
    }
}

#[tokio::test]
async fn a_refused_renewal_is_the_end() {
    let error = answered(&[(401, "<html>Unauthorized</html>"), (401, "<html>Unauthorized</html>")]).await;
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn an_engine_that_is_too_old_is_told() {
    let root = r#"<api><product_info><version major="2" minor="2"/></product_info></api>"#;
    let harness = Harness::over("http://engine.example.com/api", Arc::new(Canned::new([(200, root)])));
    let error = harness.perform(everything()).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("2.2"));
}
