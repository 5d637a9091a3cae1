//! What a client can find its way by: drivers, the choice of one, the documentation, the life of an instance drawn.

use serde_json::Value;

use crate::{
    MOCK, SERVED,
    bed::{Gateway, http::Answer},
};

/// Two clouds that may be chosen, and one that may not.
const CLOUDS: &str = "frontends = [\"deltacloud\", \"ec2\"]\nprovider = \"home\"\nallowed_providers = [\"other\"]\n\
     [[providers]]\nname = \"home\"\ndriver = \"mock\"\n\
     [[providers]]\nname = \"other\"\ndriver = \"ovirt\"\nurl = \"https://secret.example/ovirt-engine/api\"\n\
     [[providers]]\nname = \"hidden\"\ndriver = \"ovirt\"\nurl = \"https://hidden.example/ovirt-engine/api\"\n";

fn get(gateway: &Gateway, target: &str) -> Answer {
    gateway.send("GET", target, &[], "")
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn drivers_that_may_be_chosen_are_listed_and_nothing_of_where_they_are() {
    let gateway = Gateway::start(CLOUDS);
    let index = get(&gateway, "/api/drivers?format=json");
    let drivers = json(&index);
    assert_eq!(drivers["mock"]["providers"], serde_json::json!([{"id": "home"}]), "{drivers}");
    assert_eq!(drivers["ovirt"]["providers"], serde_json::json!([{"id": "other"}]), "{drivers}");
    let shown = get(&gateway, "/api/drivers/RHEVM").body;
    assert!(
        shown.contains("/api/drivers/ovirt\" id=\"ovirt\"><name>Ovirt</name><provider id=\"other\">"),
        "{shown}"
    );
    for answer in [&index.body, &shown, &get(&gateway, "/api/drivers").body] {
        assert!(!answer.contains("example") && !answer.contains("hidden"), "{answer}");
    }
    let missing = get(&gateway, "/api/drivers/nosuch");
    assert_eq!((missing.status, missing.text("code")), (404, "404"), "{}", missing.body);
}

#[test]
fn who_says_who_he_is_sees_the_parts_of_the_cloud() {
    let gateway = Gateway::start(SERVED);
    let known = gateway.get("/api/drivers/mock", MOCK.0, MOCK.1);
    assert_eq!((known.status, known.body.matches("<provider id=").count()), (200, 1), "{}", known.body);
    let wrong = gateway.get("/api/drivers/mock", MOCK.0, "wrong");
    assert_eq!((wrong.status, wrong.body.matches("<provider id=").count()), (200, 0), "{}", wrong.body);
    let nobody = get(&gateway, "/api/drivers/mock");
    assert_eq!(nobody.body, wrong.body);
}

#[test]
fn the_root_leads_to_what_is_served() {
    let gateway = Gateway::start("frontends = [\"deltacloud\", \"ec2\"]\n");
    for (accept, media, link) in [
        ("text/html,*/*;q=0.8", "text/html; charset=utf-8", "<a href=\"/api\">deltacloud</a>"),
        ("application/json", "application/json", "{\"href\":\"/ec2\",\"name\":\"ec2\"}"),
        ("application/xml", "application/xml", "<frontend href=\"/api\" name=\"deltacloud\"></frontend>"),
        ("image/png", "text/plain; charset=utf-8", "deltacloud: /api"),
    ] {
        let answer = gateway.send("GET", "/", &[("Accept", accept)], "");
        assert_eq!((answer.status, answer.header("content-type")), (200, media));
        assert!(answer.body.contains(link), "{}", answer.body);
    }
    assert_eq!(get(&gateway, "/nosuch").status, 404);
}

#[test]
fn a_form_leads_to_the_back_end_that_it_chooses() {
    let gateway = Gateway::start(SERVED);
    let post = |target: &str, body: &str| {
        let fields = [("Host", "h:1"), ("Content-Type", "application/x-www-form-urlencoded")];
        let answer = gateway.send("POST", target, &fields, body);
        (answer.status, answer.header("location").to_owned())
    };
    let to = |pairs: &str| (301, format!("http://h:1/api{pairs}"));
    assert_eq!(post("/api", "driver=openstack"), to(";driver=openstack"));
    assert_eq!(post("/api", "provider=a%0d%0ab%2F%3B"), to(";provider=a%0D%0Ab%2F%3B"));
    assert_eq!(post("/api;driver=mock", "provider=p1"), to(";driver=mock;provider=p1"));
    assert_eq!(post("/api", "x=1").0, 400);
    assert_eq!(get(&gateway, "/api;driver=mock").status, 200);
}

#[test]
fn the_documentation_says_what_there_is() {
    let gateway = Gateway::start(SERVED);
    let all = json(&get(&gateway, "/api/docs?format=json"));
    let collections = all["docs"]["collections"].as_array().unwrap();
    assert!(collections.len() > 10, "{all}");
    for collection in collections {
        let id = collection["id"].as_str().unwrap();
        let told = json(&get(&gateway, &format!("/api/docs/{id}?format=json")));
        for operation in told["collection"]["operations"].as_array().unwrap() {
            let name = operation["id"].as_str().unwrap();
            let told = get(&gateway, &format!("/api/docs/{id}/{name}"));
            assert_eq!(
                (told.status, told.text("method")),
                (200, operation["method"].as_str().unwrap()),
                "{id} {name}"
            );
        }
    }
    let content = get(&gateway, "/api/docs/buckets/content");
    assert_eq!(content.text("path"), "/api/buckets/:id/:blob_id/content");
    let create = get(&gateway, "/api/docs/instances/create").body;
    assert!(create.contains("<parameter name=\"image_id\" type=\"id\" presence=\"required\">"), "{create}");
    for missing in ["/api/docs/nosuch", "/api/docs/keys/nosuch", "/api/docs/keys/create/more"] {
        assert_eq!(get(&gateway, missing).status, 404, "{missing}");
    }
    assert_eq!(gateway.send("PUT", "/api/docs", &[], "").status, 405);
}

#[test]
fn the_life_of_an_instance_is_drawn() {
    let gateway = Gateway::start(SERVED);
    let target = "/api/instance_states";
    for (format, media, begins) in [
        ("gv", "application/ghostscript", "digraph"),
        ("svg", "image/svg+xml", "<svg "),
        ("png", "image/png", "\u{fffd}PNG"),
    ] {
        let by_name = get(&gateway, &format!("{target}?format={format}"));
        let by_type = gateway.send("GET", target, &[("Accept", media)], "");
        for answer in [by_name, by_type] {
            assert_eq!((answer.status, answer.header("content-type")), (200, media));
            assert!(answer.body.starts_with(begins), "{format}: {:?}", answer.body.get(..20));
            assert!(!answer.header("etag").is_empty());
        }
    }
    assert_eq!(get(&gateway, &format!("{target}?format=gif")).status, 406);
    assert_eq!(gateway.send("GET", "/api/realms?format=png", &[], "").status, 401);
    assert_eq!(gateway.get("/api/realms?format=png", MOCK.0, MOCK.1).status, 406);
    let both = gateway.send("GET", target, &[("Accept", "image/png, application/xml")], "");
    assert_eq!(both.header("content-type"), "application/xml");
}
