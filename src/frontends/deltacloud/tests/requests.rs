//! What requests mean.

use super::*;
use crate::{
    frontends::Claim,
    model::{Action, Count, Filter, Id, InstanceSpec, KeySpec, Operation, Spec},
    wire::form::encode,
};

fn operation(method: &str, target: &str) -> Operation {
    let call = decoded(method, target).map_err(|reply| reply.body).unwrap();
    call.operation.unwrap()
}

fn status(method: &str, target: &str) -> u16 {
    match decoded(method, target) {
        Ok(call) => panic!("{method} {target} is {}", call.action),
        Err(reply) => reply.head.status.as_u16(),
    }
}

#[test]
fn indexes_are_narrowed() {
    assert_eq!(operation("GET", "/api/realms"), Operation::List(Kind::Realm, Filter::default()));
    let filter = Filter { ids: vec![Id::from("inst1")], realm: Some(Id::from("us")), ..Filter::default() };
    let asked = operation("GET", "/api/instances?id=inst1&realm_id=us&state=stopped");
    assert_eq!(asked, Operation::List(Kind::Instance, filter));
}

#[test]
fn members_are_shown_and_acted_upon() {
    let id = || Id::from("a b/c");
    assert_eq!(operation("GET", "/api/images/a%20b%2Fc"), Operation::Show(Kind::Image, id()));
    assert_eq!(operation("HEAD", "/api/instances/a%20b%2Fc"), Operation::Show(Kind::Instance, id()));
    for (name, action) in
        [("start", Action::Start), ("stop", Action::Stop { force: false }), ("reboot", Action::Reboot)]
    {
        let call = decoded("POST", &format!("/api/instances/a%20b%2Fc/{name}")).ok().unwrap();
        assert_eq!(call.operation, Some(Operation::Act(action, vec![id()])));
        assert_eq!(call.before, [Operation::Show(Kind::Instance, id())], "the state is looked at");
        assert_eq!(call.action, format!("instances.{name}"));
    }
    let destroy = Operation::Destroy(Kind::Instance, vec![id()]);
    assert_eq!(operation("DELETE", "/api/instances/a%20b%2Fc"), destroy);
    assert_eq!(operation("POST", "/api/instances/a%20b%2Fc?_method=delete"), destroy);
}

#[test]
fn the_entry_point_says_how_long_a_name_may_be() {
    let written = |target: &str| {
        let call = front_end().decode(&request("GET", target), &arrival(), &complete()).ok().unwrap();
        answered(call, &[])
    };
    let xml = written("/api?format=xml");
    assert!(
        xml.contains("<param name=\"name\"></param><constraint name=\"max_length\">64</constraint>"),
        "{xml}"
    );
    let json = written("/api?format=json");
    assert!(json.contains("\"constraints\":{\"max_length\":\"64\"}"), "{json}");
}

#[test]
fn what_the_cloud_lacks_is_not_offered_and_is_refused_by_the_cloud() {
    let lacking = Capabilities { lacks: [Kind::Key].into_iter().collect(), ..cloud() };
    let decode =
        |target: &str| front_end().decode(&request("GET", target), &arrival(), &lacking).ok().unwrap();
    let entry = answered(decode("/api?format=xml"), &[]);
    assert!(entry.contains("rel=\"instances\"") && !entry.contains("rel=\"keys\""), "{entry}");
    assert_eq!(decode("/api/keys").operation, Some(Operation::List(Kind::Key, Filter::default())));
}

#[test]
fn instances_are_created() {
    let target = "/api/instances;image_id=img1?realm_id=us&hwp_id=m1&hwp_cpu=2&hwp_memory=1740.8&name=n\
                  &user_data=aGVsbG8&instance_count=3&keyname=&commit=ignored";
    let spec = InstanceSpec {
        realm: Some(Id::from("us")),
        hardware_profile: Some(Id::from("m1")),
        cpus: Some(2),
        memory: Some(1_825_361_100),
        name: Some("n".to_owned()),
        user_data: Some(b"hello".to_vec()),
        count: Count { min: 3, max: 3 },
        ..InstanceSpec::new("img1")
    };
    assert_eq!(operation("POST", target), Operation::Create(Box::new(Spec::Instance(spec))));
}

#[test]
fn an_instance_that_does_not_come_to_run_by_itself_is_not_started() {
    let cloud = Capabilities { life: &[], ..cloud() };
    let call = front_end().decode(&request("POST", "/api/instances?image_id=i"), &arrival(), &cloud);
    let Some(Operation::Create(spec)) = call.ok().unwrap().operation else { panic!("it creates nothing") };
    assert!(!spec.starts());
}

#[test]
fn what_the_cloud_does_not_take_is_refused_whatever_it_is_called() {
    for untaken in ["keyname", "key_name", "firewalls1", "firewalls2", "firewalls[]", "metrics", "network_id"]
    {
        let target = format!("/api/instances?image_id=i&{}=x", encode(untaken));
        let reply = decoded("POST", &target).err().unwrap_or_else(|| panic!("{untaken} is passed over"));
        assert_eq!(reply.head.status, 400, "{untaken}");
        let asked = front_end().decode(&request("POST", &target), &arrival(), &complete());
        assert!(asked.is_ok(), "{untaken} is not taken where it is known");
    }
    let empty = "/api/instances?image_id=i&firewalls%5B%5D=&key_name=&firewalls=x&firewallsX=x";
    assert!(matches!(operation("POST", empty), Operation::Create(_)));
}

#[test]
fn keys_are_created_imported_and_destroyed() {
    let create = |public_key: Option<&str>| {
        let spec = KeySpec::new("k 1", public_key.map(str::to_owned));
        Operation::Create(Box::new(Spec::Key(spec)))
    };
    assert_eq!(operation("POST", "/api/keys?name=k+1"), create(None));
    assert_eq!(operation("POST", "/api/keys?name=k+1&public_key=ssh-rsa+A"), create(Some("ssh-rsa A")));
    let call = decoded("DELETE", "/api/keys/k%201").ok().unwrap();
    assert_eq!(call.operation, Some(Operation::Destroy(Kind::Key, vec![Id::from("k 1")])));
    assert_eq!(call.before, [], "a key has no state that could forbid it");
    let cloud = Capabilities { features: &[], ..cloud() };
    let asked = request("POST", "/api/keys?name=k&public_key=ssh-rsa+A");
    let refused = front_end().decode(&asked, &arrival(), &cloud).err().unwrap();
    assert_eq!(refused.head.status, 400);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (target, expected) in [
        ("/api/instances", 400),
        ("/api/instances?image_id=", 400),
        ("/api/instances?image_id=i&hwp_cpu=many", 400),
        ("/api/instances?image_id=i&hwp_memory=-1", 400),
        ("/api/instances?image_id=i&instance_count=0", 400),
        ("/api/instances?image_id=i&instance_count=11", 400),
        ("/api/instances?image_id=i&user_data=%21", 400),
        ("/api/instances?image_id=%zz", 400),
        ("/api/instances/a%00b/stop", 400),
        ("/api/instances/i/explode", 404),
        ("/api/nosuch", 404),
        ("/api/keys", 400),
        ("/api/keys?public_key=k", 400),
        ("/api/addresses", 412),
        ("/api/realms", 405),
        ("/api/instances?image_id=i&format=yaml", 406),
    ] {
        assert_eq!(status("POST", target), expected, "{target}");
    }
    let none = Capabilities { operations: &[], ..cloud() };
    let reply = front_end().decode(&request("GET", "/api/realms"), &arrival(), &none).err().unwrap();
    assert_eq!(reply.head.status, 412);
}

#[test]
fn what_is_wrong_with_a_format_is_said_in_the_form_that_is_accepted() {
    for (accept, expected) in [
        ("application/json", "application/json"),
        ("text/html", "text/html;charset=utf-8"),
        ("application/xml", "application/xml"),
        ("image/png", "application/xml"),
    ] {
        for target in ["/api/realms?format=yaml", "/api/instances/new?format=yaml"] {
            let mut request = request("GET", target);
            request.headers_mut().insert("accept", accept.parse().unwrap());
            let reply = front_end().decode(&request, &arrival(), &cloud()).err().unwrap();
            assert_eq!((reply.head.status.as_u16(), &*reply.head.content_type), (406, expected), "{target}");
        }
    }
}

#[test]
fn only_what_needs_no_cloud_is_for_everybody() {
    let claim = |method: &str, target: &str| {
        let request = Request::builder().method(method).uri(target).body(Bytes::new()).unwrap();
        front_end().identify(&request, &arrival()).unwrap()
    };
    for target in ["/api", "/api/drivers", "/api/drivers/mock", "/api/instance_states", "/api/nosuch"] {
        assert!(matches!(claim("GET", target), Claim::Public), "{target}");
    }
    assert!(matches!(claim("OPTIONS", "/api/instances"), Claim::Public));
    for target in ["/api?force_auth=1", "/api/realms", "/api/instances/i", "/api;driver=mock/images"] {
        assert!(matches!(claim("GET", target), Claim::Anonymous), "{target}");
    }
    let known = front_end().identify(&request("GET", "/api/realms"), &arrival()).unwrap();
    assert!(matches!(known, Claim::Password { user, .. } if user == "m"));
}

#[test]
fn the_path_chooses_before_the_headers() {
    let mut request = request("GET", "/api;driver=ovirt/realms");
    request.headers_mut().insert("x-deltacloud-driver", "mock".parse().unwrap());
    request.headers_mut().insert("x-deltacloud-provider", "Two".parse().unwrap());
    let Choice { driver, provider } = front_end().choice(&request);
    assert_eq!((driver.as_deref(), provider.as_deref()), (Some("ovirt"), Some("Two")));
}
