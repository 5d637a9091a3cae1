//! The protocol at the edge: negotiation, methods, credentials, choice of the back end, failures.

use serde_json::Value;

use crate::{
    MOCK, SERVED,
    bed::{
        Gateway,
        http::{Answer, basic},
    },
};

fn mock() -> Gateway {
    Gateway::start(SERVED)
}

fn get(gateway: &Gateway, target: &str, headers: &[(&str, &str)]) -> Answer {
    let authorization = basic(MOCK.0, MOCK.1);
    let mut all = vec![("Authorization", authorization.as_str())];
    all.extend(headers);
    gateway.send("GET", target, &all, "")
}

#[test]
fn the_entry_point_is_for_everybody() {
    let gateway = mock();
    let entry = gateway.send("GET", "/api", &[("Accept", "application/json"), ("Host", "my.cloud:99")], "");
    assert_eq!((entry.status, entry.header("content-type")), (200, "application/json"));
    assert_eq!(entry.header("server"), "Apache-Deltacloud/1.1.3");
    assert_eq!(entry.header("x-deltacloud-driver"), "mock");
    let json: Value = serde_json::from_str(&entry.body).unwrap();
    let rels: Vec<&str> =
        json["api"]["links"].as_array().unwrap().iter().map(|link| link["rel"].as_str().unwrap()).collect();
    assert_eq!(rels.len(), 17, "all that there is: {rels:?}");
    assert!(rels.is_sorted(), "{rels:?}");
    for (rel, link) in rels.iter().zip(json["api"]["links"].as_array().unwrap()) {
        assert_eq!(link["href"], format!("http://my.cloud:99/api/{rel}"));
        let authorization = basic(MOCK.0, MOCK.1);
        let answer = gateway.send("GET", &format!("/api/{rel}"), &[("Authorization", &authorization)], "");
        assert_eq!(answer.status, 200, "{rel}: {}", answer.body);
    }
    assert_eq!(gateway.send("GET", "/api?force_auth=1", &[], "").status, 401);
    assert_eq!(gateway.get("/api?force_auth=1", MOCK.0, "wrong").status, 401);
    assert_eq!(gateway.get("/api?force_auth=1", MOCK.0, MOCK.1).status, 200);
}

#[test]
fn everything_else_wants_credentials() {
    let gateway = mock();
    for target in ["/api/realms", "/api/images", "/api/instances/inst1", "/api/hardware_profiles"] {
        let nobody = gateway.send("GET", target, &[("Accept", "application/json")], "");
        assert_eq!(nobody.status, 401, "{target}");
        assert_eq!(nobody.header("www-authenticate"), "Basic realm=\"mock-deltacloud\"");
        let json: Value = serde_json::from_str(&nobody.body).unwrap();
        assert_eq!(json["error"], "Deltacloud::Exceptions::AuthenticationFailure");
        let wrong = gateway.get(target, MOCK.0, "wrong");
        assert_eq!(wrong.status, 401, "{target}: {}", wrong.body);
    }
    let bearer = gateway.send("GET", "/api/realms", &[("Authorization", "Bearer x")], "");
    assert_eq!(bearer.status, 401);
}

#[test]
fn head_is_get_without_its_body_and_options_tells_what_may_be_done() {
    let gateway = mock();
    let authorization = basic(MOCK.0, MOCK.1);
    let mut connection = crate::bed::http::Connection::open(&gateway.address).unwrap();
    let credentials = [("Authorization", authorization.as_str())];
    for target in ["/api", "/api/realms", "/api/instances/inst1", "/api/instances/nosuch"] {
        let head = connection.send("HEAD", target, &credentials, "").unwrap();
        let get = connection.send("GET", target, &credentials, "").unwrap();
        assert_eq!(head.status, get.status, "{target}");
        assert_eq!(head.header("content-length"), get.body.len().to_string(), "{target}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{target}");
    }
    let many = gateway.send("POST", "/api/instances?image_id=img1&instance_count=60", &credentials, "");
    assert_eq!(many.status, 201);
    let head = connection.send("HEAD", "/api/instances", &credentials, "").unwrap();
    assert_eq!((head.status, head.header("etag")), (200, ""), "a list that leaves before it is whole");
    let get = connection.send("GET", "/api/instances", &credentials, "").unwrap();
    assert!(get.complete && get.header("transfer-encoding") == "chunked", "{:?}", get.headers);
    assert_eq!(get.body.matches("<instance ").count(), 64, "the connection goes on after HEAD");
    let options = |target| gateway.send("OPTIONS", target, &[], "").header("allow").to_owned();
    assert_eq!(options("/api"), "OPTIONS,GET,HEAD,POST");
    assert_eq!(options("/api/instances"), "OPTIONS,GET,HEAD,POST,DELETE");
    assert!(options("/api/instances/create").starts_with("image_id:string:required,"));
}

#[test]
fn who_has_an_answer_is_not_given_it_again() {
    let gateway = mock();
    for target in ["/api", "/api/realms", "/api/instances", "/api/instances/inst1?format=json"] {
        let first = get(&gateway, target, &[]);
        let tag = first.header("etag").to_owned();
        assert!(tag.len() == 34 && tag.starts_with('"'), "{target}: {tag}");
        let again = get(&gateway, target, &[("If-None-Match", &tag)]);
        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
        let other = get(&gateway, target, &[("If-None-Match", "\"x\"")]);
        assert_eq!((other.status, other.header("etag")), (200, tag.as_str()));
    }
    assert_eq!(get(&gateway, "/api/realms/nosuch", &[]).header("etag"), "");
    let changed = gateway.send(
        "POST",
        "/api/instances/inst1/stop",
        &[("Authorization", &basic(MOCK.0, MOCK.1)), ("If-None-Match", "*")],
        "",
    );
    assert_eq!((changed.status, changed.header("etag")), (202, ""));
}

#[test]
fn failures_have_a_status_and_a_document() {
    let gateway = mock();
    let authorization = basic(MOCK.0, MOCK.1);
    let long = format!("/api/realms/{}", "a".repeat(2_000));
    for (method, target, status) in [
        ("GET", "/api/realms/nosuch", 404),
        ("GET", "/api/nosuch", 404),
        ("GET", "/api/realms?format=yaml", 406),
        ("GET", "/api/realms/%00", 400),
        ("GET", "/api/realms/..%2F..%2Fetc", 404),
        ("GET", "/api/instances/inst1/stop", 405),
        ("GET", long.as_str(), 400),
        ("PUT", "/api/instances/inst1", 405),
        ("PATCH", "/api/instances/inst1", 405),
        ("POST", "/api/instances", 400),
        ("POST", "/api/instances?image_id=nosuch", 400),
        ("POST", "/api/instances/inst1/start", 405),
        ("POST", "/api/keys", 400),
        ("POST", "/api/keys?name=..", 400),
        ("POST", "/api/keys?name=test-key", 409),
        ("POST", "/api/keys?name=k&public_key=none", 400),
        ("DELETE", "/api/keys/nosuch", 404),
        ("DELETE", "/api/keys", 405),
        ("POST", "/api/instances/nosuch/stop", 404),
        ("DELETE", "/api/instances/inst1", 405),
    ] {
        let answer = gateway.send(method, target, &[("Authorization", &authorization)], "");
        assert_eq!(answer.status, status, "{method} {target}: {}", answer.body);
        assert_eq!(answer.text("code"), status.to_string(), "{method} {target}: {}", answer.body);
        assert!(!answer.text("message").is_empty());
    }
    let nowhere = crate::bed::http::Connection::open(&gateway.address).and_then(|mut connection| {
        connection.send_raw(b"GET /api HTTP/1.0\r\n\r\n")?;
        connection.answer(false)
    });
    assert_eq!(nowhere.unwrap().status, 400, "links need a host");
    let wrong = gateway.send("POST", "/api/realms", &[("Authorization", &authorization)], "");
    assert_eq!((wrong.status, wrong.header("allow")), (405, "OPTIONS,GET,HEAD"));
}

#[test]
fn the_client_chooses_the_form() {
    let gateway = mock();
    for (accept, media) in [
        ("application/json", "application/json"),
        ("text/xml", "application/xml"),
        ("application/xml;q=0.2, application/json;q=0.3", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html;charset=utf-8"),
        ("*/*", "application/xml"),
    ] {
        let answer = get(&gateway, "/api/realms", &[("Accept", accept)]);
        assert_eq!((answer.status, answer.header("content-type")), (200, media), "{accept}");
    }
    assert_eq!(get(&gateway, "/api/realms", &[("Accept", "image/gif")]).status, 406);
    let json = get(&gateway, "/api/instances?format=json&id=inst1", &[("Accept", "application/xml")]);
    let json: Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(json["instances"][0]["name"], "MockUserInstance");
}

#[test]
fn the_path_and_the_headers_choose_the_back_end() {
    let gateway = Gateway::start(&format!(
        "{SERVED}provider = \"one\"\nallowed_providers = [\"two\"]\n\
         [[providers]]\nname = \"one\"\ndriver = \"mock\"\n[[providers]]\nname = \"two\"\ndriver = \"mock\"\n\
         [[providers]]\nname = \"three\"\ndriver = \"mock\"\n"
    ));
    let entry = get(&gateway, "/api;driver=mock;provider=two", &[]);
    assert!(entry.body.contains("provider=\"two\""), "{}", entry.body);
    assert_eq!(entry.header("x-deltacloud-provider"), "two");
    assert_eq!(get(&gateway, "/api;driver=MOCK/realms", &[("X-Deltacloud-Driver", "nosuch")]).status, 200);
    assert_eq!(get(&gateway, "/api/realms", &[("X-Deltacloud-Provider", "two")]).status, 200);
    for (target, headers) in [
        ("/api;provider=three/realms", &[][..]),
        ("/api;driver=nosuch", &[]),
        ("/api;provider=%C3%A9%22%3C/realms", &[]),
        ("/api;provider=http:%2F%2F127.0.0.1:1%2Fapi/realms", &[]),
        ("/api/realms", &[("X-Deltacloud-Provider", "three")]),
    ] {
        let answer = get(&gateway, target, headers);
        assert_eq!(answer.status, 400, "{target}: {}", answer.body);
    }
    let made = gateway.send(
        "POST",
        "/api;provider=two/instances?image_id=img1&name=only-in-two",
        &[("Authorization", &basic(MOCK.0, MOCK.1))],
        "",
    );
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(!get(&gateway, "/api/instances", &[]).body.contains("only-in-two"));
    assert!(get(&gateway, "/api;provider=two/instances", &[]).body.contains("only-in-two"));
}

#[test]
fn it_is_served_beside_ec2() {
    let both = Gateway::mock();
    assert_eq!(both.get("/ec2?Action=DescribeImages", MOCK.0, MOCK.1).status, 200);
    assert_eq!(get(&both, "/api/images", &[]).status, 200);
    let ec2 = Gateway::start("frontends = [\"ec2\"]\n");
    assert_eq!(get(&ec2, "/api/images", &[]).status, 404, "it was not named");
    let deleted = ec2.send("DELETE", "/ec2?Action=DescribeImages", &[], "");
    assert_eq!(deleted.status, 400, "EC2 knows GET and POST");
}
