//! How answers are written.

use super::*;
use crate::model::{
    Credential, Error, ErrorKind, HardwareProfile, Image, ImageState, Instance, InstanceState, Key, Realm,
    RealmState,
};

fn realm(id: &'static str) -> Resource<'static> {
    Resource::Realm(Realm { id: id.into(), name: "<R>".into(), state: RealmState::Available })
}

fn instance(state: InstanceState) -> Resource<'static> {
    Resource::Instance(Instance::new("i;1", state))
}

fn call(method: &str, target: &str) -> Call {
    decoded(method, target).map_err(|reply| reply.body).unwrap()
}

#[test]
fn an_index_is_written_in_both_forms() {
    let resources = [realm("us"), realm("eu")];
    let xml = answered(call("GET", "/api/realms?id=eu"), &resources);
    let one = "<realm href=\"https://cloud.example:3001/api/realms/eu\" id=\"eu\"><name>&lt;R&gt;</name>\
               <state>AVAILABLE</state></realm>";
    assert_eq!(xml, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<realms>{one}</realms>"));
    let json = answered(call("GET", "/api/realms?format=json"), &resources);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["realms"].as_array().unwrap().len(), 2);
    assert_eq!(json["realms"][1]["name"], "<R>");
    let none = answered(call("GET", "/api/realms?format=json"), &[]);
    assert_eq!(none, "{\"realms\":[]}");
}

#[test]
fn an_index_is_narrowed_to_states_by_their_words() {
    use InstanceState as S;
    let index = |target: &str| {
        let all: Vec<_> = S::ALL.into_iter().map(instance).collect();
        answered(call("GET", target), &all).matches("<instance ").count()
    };
    assert_eq!(index("/api/instances"), S::ALL.len() - 1, "all but what is gone");
    assert_eq!(index("/api/instances?state=STOPPED"), 3, "stopped, suspended and paused");
    assert_eq!(index("/api/instances?state=running"), 3, "running, rebooting and unknown");
    assert_eq!(index("/api/instances?state=nosuch"), 0);
}

#[test]
fn actions_are_bare_in_json_and_shows_are_not() {
    let resources = [instance(InstanceState::Running)];
    let json = |call| serde_json::from_str::<serde_json::Value>(&answered(call, &resources)).unwrap();
    assert_eq!(json(call("GET", "/api/instances/i?format=json"))["instance"]["id"], "i;1");
    assert_eq!(json(call("POST", "/api/instances/i/stop?format=json"))["id"], "i;1");
}

#[test]
fn the_declared_life_says_what_is_offered() {
    let rels = |state| -> Vec<String> {
        let json = answered(call("GET", "/api/instances/i?format=json"), &[instance(state)]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let actions = json["instance"]["actions"].as_array().unwrap().iter();
        actions.map(|link| link["rel"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(rels(InstanceState::Running), ["stop"]);
    assert_eq!(rels(InstanceState::Stopped), ["start", "destroy"]);
    assert_eq!(rels(InstanceState::Suspended), ["start"]);
    assert!(rels(InstanceState::Creating).is_empty());
}

#[test]
fn what_is_not_offered_is_not_done() {
    let mut destroy = call("DELETE", "/api/instances/i");
    let error = destroy.encode.note(&instance(InstanceState::Running)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IncorrectState);
    let reply = destroy.encode.fail(&error);
    assert_eq!(reply.head.status, 405);
    assert!(String::from_utf8_lossy(&reply.body).contains("what is: stop<"), "{:?}", reply.body);
    assert!(call("DELETE", "/api/instances/i").encode.note(&instance(InstanceState::Stopped)).is_ok());
}

#[test]
fn what_was_created_has_a_place() {
    let mut create = call("POST", "/api/instances?image_id=i");
    let mut out = BytesMut::new();
    create.encode.open(&mut out);
    create.encode.item(&instance(InstanceState::Creating), &mut out).unwrap();
    create.encode.close(&mut out).unwrap();
    assert_eq!(create.encode.head().status, 201);
    let location = ("location", "https://cloud.example:3001/api/instances/i%3B1".to_owned());
    assert!(create.encode.headers().contains(&location), "{:?}", create.encode.headers());
    let two = call("POST", "/api/instances?image_id=i&instance_count=2");
    let xml = answered(two, &[instance(InstanceState::Creating), instance(InstanceState::Creating)]);
    assert_eq!(xml.matches("<instance ").count(), 2);
    assert!(xml.ends_with("</instances>"), "{xml}");
    let nothing = call("POST", "/api/instances?image_id=i").encode.close(&mut out);
    assert_eq!(nothing.unwrap_err().kind(), ErrorKind::Unexpected);
}

#[test]
fn an_image_goes_with_the_profiles_that_there_are() {
    let mut index = call("GET", "/api/images?owner_id=self&architecture=x86_64");
    let profile = HardwareProfile {
        id: "m1".into(),
        name: "m1".into(),
        cpus: None,
        memory: None,
        storage: None,
        architecture: None,
    };
    index.encode.note(&Resource::HardwareProfile(profile)).unwrap();
    let image = |id: &'static str, owner: &'static str, architecture: &'static str| {
        Resource::Image(Image {
            id: id.into(),
            name: "".into(),
            description: "".into(),
            owner: owner.into(),
            architecture: Some(architecture.into()),
            state: ImageState::Available,
            created: None,
            tags: Default::default(),
        })
    };
    let xml =
        answered(index, &[image("a", "m", "x86_64"), image("b", "n", "x86_64"), image("c", "m", "i386")]);
    assert_eq!(xml.matches("<image ").count(), 1, "{xml}");
    assert!(xml.contains("hardware_profiles/m1\" id=\"m1\" rel=\"hardware_profile\""), "{xml}");
    assert!(xml.contains("/api/instances;image_id=a\""), "{xml}");
}

#[test]
fn a_key_is_a_pair_or_a_password() {
    let key = |credential| {
        let (id, name) = ("k/1".into(), "k/1".into());
        [Resource::Key(Key { id, name, credential, created: None, tags: Default::default() })]
    };
    let pair = |private: Option<&str>| {
        key(Credential::Pair { fingerprint: "5e:ce".into(), public: None, private: private.map(Into::into) })
    };
    let xml = |resources: &[Resource<'_>]| answered(call("GET", "/api/keys/k"), resources);
    let json = |resources: &[Resource<'_>]| {
        let text = answered(call("GET", "/api/keys/k?format=json"), resources);
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["key"].clone()
    };
    let href = "https://cloud.example:3001/api/keys/k%2F1";
    let link = format!("<actions><link href=\"{href}\" method=\"delete\" rel=\"destroy\"></link></actions>");
    let document = |kind: &str, inner: &str| {
        format!(
            "<key href=\"{href}\" id=\"k/1\" type=\"{kind}\"><name>k/1</name>{link}{inner}<state></state></key>"
        )
    };
    let shown = document("key", "<fingerprint>5e:ce</fingerprint>");
    assert!(xml(&pair(None)).ends_with(&shown), "{}", xml(&pair(None)));
    let made = document("key", "<fingerprint>5e:ce</fingerprint><pem>-----BEGIN</pem>");
    assert!(xml(&pair(Some("-----BEGIN"))).ends_with(&made), "{}", xml(&pair(Some("-----BEGIN"))));
    let (shown, made) = (json(&pair(None)), json(&pair(Some("-----BEGIN"))));
    assert_eq!((&shown["credential_type"], &shown["fingerprint"]), (&"key".into(), &"5e:ce".into()));
    for absent in ["username", "password", "state", "pem_rsa_key"] {
        assert!(shown.get(absent).is_some_and(serde_json::Value::is_null), "{absent}: {shown}");
    }
    assert_eq!(made["pem_rsa_key"], "-----BEGIN");

    let password = key(Credential::Password { user: "me".into(), password: "<p>".into() });
    let shown = document("password", "<username>me</username><password>&lt;p&gt;</password>");
    assert!(xml(&password).ends_with(&shown), "{}", xml(&password));
    let shown = json(&password);
    assert_eq!((&shown["username"], &shown["password"]), (&"me".into(), &"<p>".into()));
    assert!(shown.get("pem_rsa_key").is_some_and(serde_json::Value::is_null), "{shown}");
}

#[test]
fn failures_are_documents_of_the_asked_form() {
    let error = Error::not_found(Kind::Realm, "x").with_detail("a secret");
    let xml = call("GET", "/api/realms/x").encode.fail(&error);
    assert_eq!((xml.head.status.as_u16(), xml.head.content_type.as_ref()), (404, "application/xml"));
    let text = String::from_utf8(xml.body.to_vec()).unwrap();
    assert!(text.contains("<error status=\"404\" url=\"/api/realms/x\">"), "{text}");
    assert!(text.contains("<message>there is no realm 'x'</message>"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let json = call("GET", "/api/realms/x?format=json").encode.fail(&error);
    let json: serde_json::Value = serde_json::from_slice(&json.body).unwrap();
    assert_eq!(json["code"], 404);
    assert_eq!(json["error"], "Deltacloud::Exceptions::ObjectNotFound");
    let create = call("POST", "/api/instances?image_id=x").encode.fail(&error);
    assert_eq!(create.head.status, 400, "what a parameter names is not what the path names");
}

#[test]
fn who_says_nothing_is_challenged() {
    let nobody = Request::get("/api/realms").body(Bytes::new()).unwrap();
    let error = Error::new(ErrorKind::Unauthenticated, "sign");
    let reply = front_end().refuse(&nobody, &arrival(), &error);
    assert_eq!(reply.head.status, 401);
    assert!(
        reply.headers.iter().any(|(name, value)| *name == "www-authenticate" && value.starts_with("Basic "))
    );
    assert!(!String::from_utf8_lossy(&reply.body).contains("sign"));
}
