//! Logins, versions, statuses and parameters, as the releases differ in them.

use crate::http::{ADMIN, Answer, ask, ask_as, ask_form};
use crate::ovirt_engine::element::Element;
use crate::ovirt_engine::{Engine, Mode, Options, VmStatus, seed};

/// Login of user@internal, who is no administrator.
const USER: &str = "Authorization: Basic dXNlckBpbnRlcm5hbDpzZWNyZXQ=";
const NOBODY: &str = "Authorization: Basic bm9ib2R5QGludGVybmFsOng=";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

async fn engine(mode: Mode) -> Engine {
    Engine::start(Options { mode, vms: 30, ..Options::default() }).await
}

fn api(mode: Mode) -> &'static str {
    mode.bases()[0]
}

#[tokio::test]
async fn refuses_strangers_with_a_page_and_a_challenge() {
    for (mode, realm) in Mode::ALL.into_iter().zip(["ENGINE", "ENGINE", "ENGINE", "RESTAPI", "RESTAPI"]) {
        let engine = engine(mode).await;
        let answer = ask_as(&engine, NOBODY, "GET", api(mode), &[], "").await;
        let challenge = format!("Basic realm=\"{realm}\"");
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, Some(challenge.as_str())),
            "{mode:?}"
        );
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{mode:?}");
    }
}

#[tokio::test]
async fn chooses_the_representation() {
    for (mode, path, header, expected) in [
        (Mode::V3_1, "", "Version: 4", Ok("v3")),
        (Mode::V3_6, "/v3", "X: 0", Ok("v3")),
        (Mode::V4_1, "", "X: 0", Ok("v4")),
        (Mode::V4_1, "", "Version: 3", Ok("v3")),
        (Mode::V4_1, "/v3", "Version: 4", Ok("v3")),
        (Mode::V4_1, "/v4", "X: 0", Ok("v4")),
        (Mode::V4_1, "", "Version: 9", Err(400)),
        (Mode::V4_4, "", "Version: 4", Ok("v4")),
        (Mode::V4_4, "", "Version: 3", Err(405)),
    ] {
        let engine = engine(mode).await;
        let path = format!("{}{path}/vms;max=1", api(mode));
        let answer = ask(&engine, "GET", &path, &[header], "").await;
        let found = match answer.status {
            200 if answer.xml().find("vm/status/state").is_some() => Ok("v3"),
            200 => Ok("v4"),
            other => Err(other),
        };
        assert_eq!(found, expected, "{mode:?} {path} {header}");
        if found.is_ok() {
            let href = answer.xml().value("vm/href").unwrap().to_owned();
            assert!(
                href.starts_with(path.split("/vms").next().unwrap()),
                "{href} keeps the prefix of {path}"
            );
        }
    }
}

#[tokio::test]
async fn gives_and_takes_back_tokens() {
    let engine = engine(Mode::V4_4).await;
    let token = "/ovirt-engine/sso/oauth/token";
    let login = "grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=";
    let accept = ["Accept: application/json", FORM];
    let granted = ask_form(&engine, token, &accept, &format!("{login}secret")).await;
    let granted: serde_json::Value = serde_json::from_str(&granted.body).unwrap();
    assert_eq!((&granted["token_type"], &granted["exp"]), (&"bearer".into(), &"9223372036854775807".into()));
    let bearer = format!("Authorization: Bearer {}", granted["access_token"].as_str().unwrap());
    assert_eq!(ask_as(&engine, &bearer, "GET", api(Mode::V4_4), &[], "").await.status, 200);
    let form = format!("scope=ovirt-app-api&token={}", granted["access_token"].as_str().unwrap());
    assert_eq!(ask_form(&engine, "/ovirt-engine/services/sso-logout", &accept, &form).await.body, "{}");
    assert_eq!(ask_as(&engine, &bearer, "GET", api(Mode::V4_4), &[], "").await.status, 401);
    for (headers, form, code) in [
        (&accept[..], format!("{login}wrong"), "access_denied"),
        (&accept[..], login.replace("password&scope", "magic&scope"), "unsupported_grant_type"),
        (&[FORM][..], format!("{login}secret"), "invalid_request"),
    ] {
        let refused = ask_form(&engine, token, headers, &form).await;
        let body: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
        assert_eq!((refused.status, &body["error_code"]), (400, &code.into()), "{form}");
    }
}

#[tokio::test]
async fn ends_a_session_that_is_not_asked_to_persist() {
    let engine = engine(Mode::V3_6).await;
    let prefer = ["Prefer: persistent-auth"];
    let first = ask(&engine, "GET", api(Mode::V3_6), &prefer, "").await;
    let id = first.header("jsessionid").unwrap().to_owned();
    assert!(first.header("link").is_some_and(|link| link.contains("/vms?search={query}>; rel=vms/search")));
    let cookie = format!("Cookie: a=b; JSESSIONID={id}");
    assert_eq!(ask_as(&engine, &cookie, "GET", api(Mode::V3_6), &prefer, "").await.status, 200);
    assert_eq!(ask_as(&engine, &cookie, "GET", api(Mode::V3_6), &[], "").await.status, 401);
    assert_eq!(ask_as(&engine, &cookie, "GET", api(Mode::V3_6), &prefer, "").await.status, 401);
}

#[tokio::test]
async fn shows_users_what_they_may_see() {
    for (mode, unfiltered) in [(Mode::V3_1, 400), (Mode::V3_6, 400), (Mode::V4_1, 200), (Mode::V4_4, 200)] {
        let engine = engine(mode).await;
        let vms = format!("{}/vms", api(mode));
        assert_eq!(ask_as(&engine, USER, "GET", &vms, &[], "").await.status, unfiltered, "{mode:?}");
        let filtered = ask_as(&engine, USER, "GET", &vms, &["Filter: true"], "").await.xml();
        assert_eq!(names(&filtered), ["web"], "{mode:?}");
        assert!(filtered.find("vm/host").is_none(), "{mode:?} hides hosts");
        let hidden = format!("{vms}/{}", seed::DB_VM);
        assert_eq!(
            ask_as(&engine, USER, "GET", &hidden, &["Filter: true"], "").await.status,
            404,
            "{mode:?}"
        );
        let start = format!("{vms}/{}/start", seed::WEB_VM);
        let refused = ask_as(&engine, USER, "POST", &start, &["Filter: false"], "<action/>").await;
        assert_eq!(refused.status, 403, "{mode:?}");
    }
}

fn names(list: &Element) -> Vec<&str> {
    list.children("vm").filter_map(|vm| vm.value("name")).collect()
}

/// What is asked, and the status that 3.0, 3.1, 3.6, 4.1 and 4.4 give.
const STATUSES: [(&str, &str, &str, [u16; 5]); 10] = [
    ("GET", "/vms/31573c08-717b-43e0-825f-69a36fb0e1a9", "", [404; 5]),
    ("GET", "/vms/i-00000000", "", [404, 404, 400, 400, 400]),
    ("GET", "/vms?search=colour%3Dred", "", [400; 5]),
    ("GET", "/nothing", "", [404; 5]),
    ("DELETE", "/vms/WEB", "", [400, 400, 409, 409, 409]),
    ("POST", "/vms/WEB/start", "<action/>", [400, 400, 409, 409, 409]),
    ("POST", "/vms/DB/stop", "<action/>", [400, 400, 409, 409, 409]),
    ("POST", "/vms", "<vm><name>x</name></vm>", [400; 5]),
    ("POST", "/vms", "<vm", [400; 5]),
    ("DELETE", "/vms/DB", "", [204, 200, 200, 200, 200]),
];

#[tokio::test]
async fn gives_the_status_of_the_release() {
    for (number, mode) in Mode::ALL.into_iter().enumerate() {
        let engine = engine(mode).await;
        for (method, path, body, statuses) in STATUSES {
            let path = path.replace("WEB", &seed::WEB_VM.to_string()).replace("DB", &seed::DB_VM.to_string());
            let answer = ask(&engine, method, &format!("{}{path}", api(mode)), &[], body).await;
            assert_eq!(answer.status, statuses[number], "{mode:?} {method} {path}: {}", answer.body);
            check_body(mode, &answer, path.ends_with("start") || path.ends_with("stop"));
        }
    }
}

/// 404 is a page before 3.6 and nothing after; other refusals are faults, in an action where one failed.
fn check_body(mode: Mode, answer: &Answer, action: bool) {
    match answer.status {
        404 if mode <= Mode::V3_1 => assert!(answer.body.starts_with("<html>")),
        404 => assert_eq!(answer.body, ""),
        400..=499 => {
            let document = answer.xml();
            let fault = if action { document.child("fault") } else { Some(&document) };
            let fault = fault.unwrap_or_else(|| panic!("no fault: {}", answer.body));
            assert_eq!(fault.name, "fault");
            assert!(fault.value("reason").is_some() && fault.value("detail").is_some());
        }
        _ => {}
    }
}

#[tokio::test]
async fn searches_and_pages() {
    let engine = engine(Mode::V4_4).await;
    for (query, expected) in [
        ("search=name%3Dvm-*+sortby+name+asc+page+2&max=3", vec!["vm-000004", "vm-000005", "vm-000006"]),
        ("search=name%3Dvm-*+page+99&max=3", vec![]),
        ("search=datacenter%3DLab+and+name!%3Dvm-*", vec!["lab-vm"]),
        ("search=template.name%3Dfedora+and+status%3Ddown+and+name%3Dd*", vec!["db"]),
        ("max=1&search=", vec!["db"]),
    ] {
        let answer = ask(&engine, "GET", &format!("{}/vms?{query}", api(Mode::V4_4)), &[], "").await;
        assert_eq!(names(&answer.xml()), expected, "{query}");
    }
    engine.set_vm_status(seed::DB_VM, VmStatus::PoweringUp);
    let answer =
        ask(&engine, "GET", &format!("{}/vms?search=status%3Dpoweringup", api(Mode::V4_4)), &[], "").await;
    assert_eq!(names(&answer.xml()), ["db"]);
}

#[tokio::test]
async fn inlines_what_detail_and_follow_ask_for() {
    let detail = "Accept: application/xml; detail=disks; detail=nics";
    for (mode, query, header, inlined) in [
        (Mode::V3_0, "", detail, "disks/disk"),
        (Mode::V3_1, ";detail=nics+disks", "X: 0", "nics/nic"),
        (Mode::V4_1, ";detail=disks", "Version: 3", "disks/disk"),
        (
            Mode::V4_4,
            "?follow=disk_attachments.disk",
            "X: 0",
            "disk_attachments/disk_attachment/disk/provisioned_size",
        ),
        (
            Mode::V4_4,
            "?follow=NICs.reportedDevices",
            "X: 0",
            "nics/nic/reported_devices/reported_device/ips/ip",
        ),
    ] {
        let engine = engine(mode).await;
        let path = format!("{}/vms/{}{query}", api(mode), seed::WEB_VM);
        let answer = ask(&engine, "GET", &path, &[header], "").await;
        assert!(answer.xml().find(inlined).is_some(), "{mode:?} {query}: {}", answer.body);
    }
    let engine = engine(Mode::V4_4).await;
    let unknown = ask(&engine, "GET", &format!("{}/vms?follow=colours", api(Mode::V4_4)), &[], "").await;
    assert_eq!(unknown.status, 500);
}

#[tokio::test]
async fn keeps_what_starts_a_guest() {
    let engine = engine(Mode::V3_1).await;
    let body = format!(
        "<vm><name>p</name><cluster id=\"{}\"/><template id=\"{}\"/><payloads><payload type=\"floppy\">\
         <file name=\"deltacloud-user-data.txt\"><content>some data</content></file></payload></payloads></vm>",
        seed::DEFAULT_CLUSTER,
        seed::RHEL_TEMPLATE
    );
    assert_eq!(ask(&engine, "POST", "/api/vms", &[], &body).await.status, 202);
    let payloads = engine.vm_named("p").unwrap().machine.payloads;
    assert_eq!(payloads[0].files, [("deltacloud-user-data.txt".to_owned(), "some data".to_owned())]);
    let large = body.replace("some data", &"x".repeat(8193)).replace(">p<", ">q<");
    assert_eq!(ask(&engine, "POST", "/api/vms", &[], &large).await.status, 400);
}

#[tokio::test]
async fn echoes_correlation_ids() {
    let engine = engine(Mode::V4_4).await;
    let headers = ["Correlation-Id: a b/c_1-2"];
    let answer = ask_as(&engine, ADMIN, "GET", api(Mode::V4_4), &headers, "").await;
    assert_eq!(answer.header("correlation-id"), Some("abc_1-2"));
}

#[tokio::test]
async fn answers_in_json() {
    let engine = engine(Mode::V4_4).await;
    let accept = ["Accept: application/json"];
    let list = ask(&engine, "GET", &format!("{}/vms?max=2", api(Mode::V4_4)), &accept, "").await;
    let list: serde_json::Value = serde_json::from_str(&list.body).unwrap();
    assert_eq!((list["vm"].as_array().unwrap().len(), &list["vm"][0]["memory"]), (2, &"1073741824".into()));
    assert!(list["vm"][0]["creation_time"].is_number());
    let none = ask(&engine, "GET", &format!("{}/vms?search=name%3Dnone", api(Mode::V4_4)), &accept, "").await;
    assert_eq!(none.body, "{ }");
}
