//! Every collection, used as its documents say: clients follow links, and build no paths of their own.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    MOCK, SERVED,
    bed::{
        Gateway,
        http::{Answer, basic},
    },
};

const FORM: &str = "application/x-www-form-urlencoded";
/// How long a thing may take to get where it is going.
const PATIENCE: Duration = Duration::from_secs(30);

struct Client(Gateway);

impl Client {
    fn new() -> Self {
        Client(Gateway::start(SERVED))
    }

    /// Sends a request to an absolute URL of the gateway, or to a path.
    fn ask(&self, method: &str, target: &str, media: &str, form: &str) -> Answer {
        let path = target.strip_prefix(&format!("http://{}", self.0.address)).unwrap_or(target);
        let authorization = basic(MOCK.0, MOCK.1);
        let headers = [("Authorization", authorization.as_str()), ("Accept", media), ("Content-Type", FORM)];
        self.0.send(&method.to_uppercase(), path, &headers, form)
    }

    /// The answer in JSON, which has this status.
    fn json(&self, method: &str, target: &str, form: &str, status: u16) -> Value {
        let answer = self.ask(method, target, "application/json", form);
        assert_eq!(answer.status, status, "{method} {target} {form}: {}", answer.body);
        if answer.body.is_empty() { Value::Null } else { serde_json::from_str(&answer.body).unwrap() }
    }

    fn get(&self, target: &str) -> Value {
        self.json("GET", target, "", 200)
    }

    /// Follows the link of this name among `actions`.
    fn follow(&self, thing: &Value, rel: &str, form: &str, status: u16) -> Value {
        let actions = thing["actions"].as_array().unwrap();
        let link = actions.iter().find(|link| link["rel"] == rel);
        let link = link.unwrap_or_else(|| panic!("no link {rel} in {thing}"));
        self.json(text(&link["method"]), text(&link["href"]), form, status)
    }

    /// Waits until the thing has the state, and gives its document.
    fn until(&self, thing: &Value, name: &str, state: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.get(text(&thing["href"]))[name].clone();
            if shown["state"] == state {
                return shown;
            }
            assert!(Instant::now() < deadline, "it is not {state}: {shown}");
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The names of what can be done.
fn rels(thing: &Value) -> Vec<&str> {
    thing["actions"].as_array().unwrap().iter().map(|link| text(&link["rel"])).collect()
}

#[test]
fn every_member_of_every_collection_is_where_its_link_says() {
    let client = Client::new();
    let mut seen = 0;
    for link in client.get("/api")["api"]["links"].as_array().unwrap() {
        let (name, href) = (text(&link["rel"]), text(&link["href"]));
        let index = client.get(href);
        let Some(members) = index[name].as_array() else { continue };
        for member in members {
            let (place, id) = (text(&member["href"]), text(&member["id"]));
            let shown = client.get(place);
            let (singular, inner) = shown.as_object().unwrap().iter().next().unwrap();
            assert_eq!((&inner["id"], &inner["href"]), (&member["id"], &member["href"]), "{place}");
            let narrowed = client.get(&format!("{href}?id={id}"));
            assert_eq!(narrowed[name].as_array().unwrap().len(), 1, "{href}?id={id}");
            let xml = client.ask("GET", place, "application/xml", "");
            assert!(xml.body.contains(&format!("<{singular} ")), "{place}: {}", xml.body);
            seen += 1;
        }
    }
    assert!(seen > 30, "there are only {seen} things");
}

#[test]
fn a_firewall_is_made_opened_closed_and_destroyed() {
    let client = Client::new();
    let made = client.json("POST", "/api/firewalls", "name=web&description=the+web", 201)["firewall"].clone();
    assert_eq!(
        (&made["name"], &made["description"], &made["rules"]),
        (&"web".into(), &"the web".into(), &Value::Array(Vec::new()))
    );
    let rule = "protocol=tcp&port_from=80&port_to=81&ip_address1=10.0.0.0%2F8&ip_address2=192.168.0.0%2F16";
    let opened = client.follow(&made, "update", rule, 201)["firewall"].clone();
    let rules = opened["rules"].as_array().unwrap();
    let sources: Vec<&Value> = rules.iter().flat_map(|rule| rule["sources"].as_array().unwrap()).collect();
    assert_eq!(sources.len(), 2, "{opened}");
    assert_eq!((text(&sources[0]["address"]), text(&sources[0]["prefix"])), ("10.0.0.0", "8"));
    assert_eq!((text(&rules[0]["port_from"]), text(&rules[0]["port_to"])), ("80", "81"));
    for rule in rules {
        client.follow(rule, "destroy", "", 204);
        client.follow(rule, "destroy", "", 404);
    }
    let closed = client.get(text(&made["href"]));
    assert_eq!(closed["firewall"]["rules"], Value::Array(Vec::new()));
    client.follow(&made, "destroy", "", 204);
    client.json("GET", text(&made["href"]), "", 404);
}

#[test]
fn a_load_balancer_sends_to_instances_while_they_are_registered() {
    let client = Client::new();
    let form =
        "name=front&realm_id=us&listener_protocol=HTTP&listener_balancer_port=80&listener_instance_port=8080";
    let made = client.json("POST", "/api/load_balancers", form, 201)["load_balancer"].clone();
    assert_eq!(made["listeners"][0]["instance_port"], "8080");
    let sends = client.follow(&made, "register", "instance_id=inst1", 200)["load_balancer"].clone();
    assert_eq!(sends["instances"][0]["id"], "inst1");
    let rests = client.follow(&sends["instances"][0], "unregister", "", 200)["load_balancer"].clone();
    assert_eq!(rests["instances"], Value::Array(Vec::new()));
    client.follow(&made, "destroy", "", 204);
}

#[test]
fn a_volume_goes_from_instance_to_instance() {
    let client = Client::new();
    let made =
        client.json("POST", "/api/storage_volumes", "capacity=2&name=disk", 201)["storage_volume"].clone();
    let free = client.until(&made, "storage_volume", "AVAILABLE");
    assert_eq!(rels(&free), ["attach", "destroy"]);
    for instance in ["inst1", "inst2"] {
        let form = format!("instance_id={instance}&device=%2Fdev%2Fsdx");
        client.follow(&free, "attach", &form, 202);
        let used = client.until(&made, "storage_volume", "IN-USE");
        assert_eq!((text(&used["instance"]["id"]), rels(&used)), (instance, vec!["detach"]));
        client.follow(&free, "attach", &form, 409);
        client.follow(&free, "destroy", "", 409);
        client.follow(&used, "detach", "", 202);
        client.until(&made, "storage_volume", "AVAILABLE");
    }
    let snapshot = format!("volume_id={}&name=s", text(&made["id"]));
    let snapshot = client.json("POST", "/api/storage_snapshots", &snapshot, 201)["storage_snapshot"].clone();
    let snapshot = client.until(&snapshot, "storage_snapshot", "COMPLETED");
    let copy = format!("snapshot_id={}", text(&snapshot["id"]));
    let copy = client.json("POST", "/api/storage_volumes", &copy, 201)["storage_volume"].clone();
    assert_eq!(copy["capacity"], 2, "as large as what it was made from");
    client.follow(&snapshot, "destroy", "", 204);
    client.follow(&free, "destroy", "", 204);
}

#[test]
fn an_instance_is_on_a_network_of_its_own_and_becomes_an_image() {
    let client = Client::new();
    let network =
        client.json("POST", "/api/networks", "name=n1&address_block=10.9.0.0%2F16", 200)["network"].clone();
    let subnet = format!("network_id={}&address_block=10.9.1.0%2F24&name=s1", text(&network["id"]));
    let subnet = client.json("POST", "/api/subnets", &subnet, 200)["subnet"].clone();
    let interface = format!("instance=inst2&network={}", text(&subnet["id"]));
    let interface =
        client.json("POST", "/api/network_interfaces", &interface, 200)["network_interface"].clone();
    assert_eq!(interface["network"]["href"], subnet["href"]);
    let instance = client.get(text(&interface["instance"]["href"]))["instance"].clone();
    assert_eq!(instance["network_interfaces"][0]["href"], interface["href"]);
    for thing in [&interface, &subnet, &network] {
        client.follow(thing, "destroy", "", 204);
    }
    let image = client.follow(&instance, "create_image", "name=golden", 201)["image"].clone();
    assert_eq!(rels(&client.until(&image, "image", "AVAILABLE")), ["create_instance", "destroy_image"]);
    let copy = client.follow(&client.until(&image, "image", "AVAILABLE"), "create_instance", "", 201);
    assert_eq!(copy["instance"]["image"]["href"], image["href"]);
    let outcome = client.follow(&instance, "run", "cmd=uptime&password=secret", 200)["instance"].clone();
    assert_eq!((&outcome["command"], &outcome["id"]), (&"uptime".into(), &"inst2".into()));
    client.follow(&image, "destroy_image", "", 204);
}

#[test]
fn what_is_wrong_with_a_change_is_told_apart() {
    let client = Client::new();
    for (target, form, status) in [
        ("/api/storage_volumes/nosuch/attach", "instance_id=inst1&device=%2Fdev%2Fsdx", 404),
        ("/api/storage_volumes/vol1/attach", "instance_id=inst1", 400),
        ("/api/storage_volumes/vol1/detach", "", 409),
        ("/api/addresses/192.168.0.1/disassociate", "", 409),
        ("/api/firewalls/nosuch/rules", "protocol=tcp&port_from=1&port_to=2&ip_address1=10.0.0.0%2F8", 404),
        ("/api/firewalls/default/rules", "protocol=tcp&port_from=1&port_to=2", 400),
        ("/api/load_balancers/nosuch/register", "instance_id=inst1", 404),
        ("/api/instances/nosuch/run", "cmd=uptime", 404),
        ("/api/images", "instance_id=nosuch", 404),
        ("/api/images", "instance_id=inst3", 405),
        ("/api/instances", "image_id=img1&keyname=nosuch", 400),
        ("/api/subnets", "network_id=nosuch&address_block=10.0.0.0%2F8", 400),
    ] {
        let answer = client.json("POST", target, form, status);
        assert_eq!(answer["code"], status, "{target} {form}");
    }
}
