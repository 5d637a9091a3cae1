//! The engine's own API, let through at the same edge.

use crate::{
    ADMIN,
    bed::{
        Gateway, Ovirt,
        http::{Connection, basic},
        ovirt::Mode,
    },
};

#[test]
fn the_engines_api_is_let_through_only_where_the_operator_says_so() {
    let engine = Ovirt::start(Mode::V4_4);
    let closed = Gateway::before_ovirt(&engine.base_url(), "");
    assert_eq!(closed.get("/ovirt-engine/api", ADMIN.0, ADMIN.1).status, 404);
    let open = Gateway::before_ovirt(&engine.base_url(), "relay = true");
    let root = open.get("/ovirt-engine/api", ADMIN.0, ADMIN.1);
    assert_eq!(root.status, 200, "{root:?}");
    assert!(root.body.contains("<product_info>"), "{}", root.body);
    assert_eq!(open.get("/ovirt-engine/api", ADMIN.0, "wrong").status, 401);
    assert_eq!(open.get("/elsewhere", ADMIN.0, ADMIN.1).status, 404);
}

#[test]
fn each_side_sees_its_own_name() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "relay = true");
    let authorization = basic(ADMIN.0, ADMIN.1);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Prefer", "persistent-auth"),
        ("Host", "cloud.example.com"),
        ("Connection", "X-Private"),
        ("X-Private", "1"),
        ("X-Deltacloud-Provider", "engine"),
    ];
    let root = gateway.send("GET", "/ovirt-engine/api", &headers, "");
    assert_eq!(root.status, 200, "{root:?}");
    assert!(
        root.header("link").contains("http://cloud.example.com/ovirt-engine/api/vms"),
        "{}",
        root.header("link")
    );
    assert!(!root.header("link").contains(&engine.address().to_string()), "{}", root.header("link"));
    assert!(root.header("set-cookie").contains("JSESSIONID"), "{root:?}");
    let seen = engine.requests().pop().unwrap();
    assert_eq!(seen.header("host"), Some(engine.address().to_string().as_str()));
    assert_eq!(seen.header("x-forwarded-host"), Some("cloud.example.com"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("http"));
    assert_eq!(seen.header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(seen.header("x-private"), None);
    assert_eq!(seen.header("x-deltacloud-provider"), None);
}

#[test]
fn what_a_client_says_of_itself_is_not_passed_on() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "relay = true");
    let mut connection = Connection::open(&gateway.address).unwrap();
    let request = "GET /ovirt-engine/api HTTP/1.0\r\nX-Forwarded-Host: evil\r\nX-Forwarded-For: 6.6.6.6\r\n\
                   Forwarded: host=evil\r\n\r\n";
    connection.send_raw(request.as_bytes()).unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 401);
    let seen = engine.requests().pop().unwrap();
    assert_eq!((seen.header("x-forwarded-host"), seen.header("forwarded")), (None, None));
    assert_eq!(seen.header("x-forwarded-for"), Some("127.0.0.1"));
}

#[test]
fn bodies_go_both_ways() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "relay = true");
    let authorization = basic(ADMIN.0, ADMIN.1);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/xml")];
    let body = "<tag><name>relayed</name></tag>";
    let made = gateway.send("POST", "/ovirt-engine/api/tags", &headers, body);
    assert_eq!(made.status, 201, "{made:?}");
    let tags = gateway.send("GET", "/ovirt-engine/api/tags", &headers, "");
    assert!(tags.body.contains("<name>relayed</name>"), "{tags:?}");
}

#[test]
fn an_engine_that_is_down_is_a_bad_gateway() {
    let address = {
        let engine = Ovirt::start(Mode::V4_4);
        engine.base_url()
    };
    let gateway = Gateway::before_ovirt(&address, "relay = true");
    assert_eq!(gateway.get("/ovirt-engine/api", ADMIN.0, ADMIN.1).status, 502);
}
