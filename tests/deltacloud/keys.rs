//! Keys: made, imported, shown and destroyed by following what the answers link to.

use serde_json::Value;

use crate::{
    ADMIN, MOCK, SERVED,
    bed::{
        Gateway, Ovirt,
        http::{Answer, basic},
        ovirt::Mode,
    },
    ovirt_engine,
};

const FORM: &str = "application/x-www-form-urlencoded";
/// A public key of the type `ssh-ed25519`, of 32 zeros.
const PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me@here";

/// Sends a request to an absolute URL of the gateway, or to a path.
fn ask(gateway: &Gateway, method: &str, target: &str, media: &str, form: &str) -> Answer {
    let path = target.strip_prefix(&format!("http://{}", gateway.address)).unwrap_or(target);
    let authorization = basic(MOCK.0, MOCK.1);
    let headers = [("Authorization", authorization.as_str()), ("Accept", media), ("Content-Type", FORM)];
    gateway.send(method, path, &headers, form)
}

fn json(gateway: &Gateway, method: &str, target: &str, form: &str) -> Value {
    let answer = ask(gateway, method, target, "application/json", form);
    assert!(matches!(answer.status, 200 | 201), "{target}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn names(gateway: &Gateway) -> Vec<String> {
    let index = json(gateway, "GET", "/api/keys", "");
    index["keys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_key_is_made_shown_and_destroyed() {
    let gateway = Gateway::start(SERVED);
    assert_eq!(names(&gateway), ["test-key"]);
    let made = ask(&gateway, "POST", "/api/keys", "application/xml", "name=a+key");
    assert_eq!(made.status, 201, "{}", made.body);
    let place = made.header("location").to_owned();
    assert_eq!(place, format!("http://{}/api/keys/a%20key", gateway.address));
    assert!(made.text("pem").starts_with("-----BEGIN RSA PRIVATE KEY-----"), "{}", made.body);

    let shown = ask(&gateway, "GET", &place, "application/xml", "");
    assert_eq!((shown.status, shown.text("name")), (200, made.text("name")));
    assert_eq!(shown.text("fingerprint"), made.text("fingerprint"));
    for target in [place.as_str(), "/api/keys", "/api/keys?id=a+key"] {
        for media in ["application/xml", "application/json"] {
            let again = ask(&gateway, "GET", target, media, "");
            assert!(again.body.contains("a key") && !again.body.contains("PRIVATE"), "{}", again.body);
        }
    }
    assert_eq!(names(&gateway), ["a key", "test-key"]);

    let taken = ask(&gateway, "POST", "/api/keys", "application/json", "name=a+key");
    assert_eq!(taken.status, 409, "{}", taken.body);
    let key = json(&gateway, "GET", &place, "")["key"].clone();
    let destroy = &key["actions"][0];
    assert_eq!((&destroy["rel"], &destroy["method"]), (&"destroy".into(), &"delete".into()));
    let gone = ask(&gateway, "DELETE", destroy["href"].as_str().unwrap(), "application/xml", "");
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    assert_eq!(ask(&gateway, "GET", &place, "application/xml", "").status, 404);
    assert_eq!(ask(&gateway, "DELETE", &place, "application/xml", "").status, 404);
    assert_eq!(names(&gateway), ["test-key"]);
}

#[test]
fn a_public_key_is_imported_where_that_is_a_feature() {
    let gateway = Gateway::start(SERVED);
    let entry = ask(&gateway, "GET", "/api", "application/xml", "");
    let feature = "<feature name=\"import_key\" rel=\"create\"><param name=\"public_key\">";
    assert!(entry.body.contains(feature), "{}", entry.body);
    let form = format!("name=mine&public_key={}", PUBLIC.replace(' ', "+"));
    let made = json(&gateway, "POST", "/api/keys", &form);
    assert_eq!(made["key"]["credential_type"], "key");
    assert!(made["key"]["pem_rsa_key"].is_null(), "nobody but the user has the private key: {made}");
    let shown = json(&gateway, "GET", "/api/keys/mine", "");
    assert_eq!(shown, made);
}

/// The first attribute of this name.
fn attribute<'b>(body: &'b str, name: &str) -> &'b str {
    let (_, rest) = body.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{name}: {body}"));
    rest.split('"').next().unwrap()
}

#[test]
fn a_cloud_without_keys_has_those_that_are_kept_for_it() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt_with(SERVED, &engine.base_url(), "");
    let authorization = basic(ADMIN.0, ADMIN.1);
    let headers = [("Authorization", authorization.as_str()), ("Accept", "application/xml")];
    let ask = |method: &str, target: &str| gateway.send(method, target, &headers, "");
    let entry = ask("GET", "/api");
    for word in ["rel=\"keys\"", "\"import_key\"", "\"authentication_key\""] {
        assert!(entry.body.contains(word), "{word}: {}", entry.body);
    }
    assert_eq!(ask("GET", "/api/keys/mine").status, 404);
    let made = ask("POST", "/api/keys?name=mine");
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.body.contains("-----BEGIN RSA PRIVATE KEY-----"), "{}", made.body);
    let image = ovirt_engine::seed::RHEL_TEMPLATE;
    let run = ask("POST", &format!("/api/instances?image_id={image}&keyname=mine"));
    assert_eq!(run.status, 201, "{}", run.body);
    let vm = engine.vm(attribute(&run.body, "id").parse().unwrap()).unwrap();
    let keys = vm.machine.initialization.unwrap();
    let keys = keys.value("authorized_ssh_keys").unwrap();
    assert!(keys.starts_with("ssh-rsa ") && keys.ends_with(" mine"), "{keys}");
    let missing = ask("POST", &format!("/api/instances?image_id={image}&keyname=other"));
    assert_eq!(missing.status, 400, "{}", missing.body);
    assert_eq!(gateway.get("/api/keys", ADMIN.0, "wrong").status, 401);
}
