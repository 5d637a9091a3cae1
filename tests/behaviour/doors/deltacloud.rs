//! Deltacloud's API, in either form.

use std::fmt::Write;

use deltagate::model::{
    Action, Change, Id, KeySource, Kind, ListenerProtocol, Operation, Protocol, RuleSource, Spec, Verb,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Door, Refused, Thing};
use crate::{
    bed::http::{Answer, Connection, basic},
    tree::Tree,
};

pub const XML: Door = Door {
    name: "deltacloud in XML",
    expresses,
    perform: |address, user, operation| perform(address, user, operation, "application/xml"),
};
pub const JSON: Door = Door {
    name: "deltacloud in JSON",
    expresses,
    perform: |address, user, operation| perform(address, user, operation, "application/json"),
};

fn expresses((verb, kind): (Verb, Kind)) -> bool {
    match kind {
        // They are a part of their driver's document.
        Kind::Provider => verb == Verb::List,
        // They are a part of their bucket's document.
        Kind::Blob => verb != Verb::List,
        Kind::Console | Kind::Tag | Kind::Note => false,
        _other => true,
    }
}

/// A request, in the protocol's words.
struct Said {
    method: &'static str,
    path: String,
    /// A form, or the content of a blob.
    body: String,
    headers: Vec<(String, String)>,
}

fn perform(
    address: &str,
    (user, password): (&str, &str),
    operation: &Operation,
    accept: &str,
) -> Result<Vec<Thing>, Refused> {
    let said = say(operation);
    let authorization = basic(user, password);
    let mut headers = vec![("Authorization", authorization.as_str()), ("Accept", accept)];
    headers.extend(said.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    if !said.headers.iter().any(|(name, _)| name == "Content-Type") {
        headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    }
    let mut connection = Connection::open(address).unwrap();
    let target = format!("/api/{}", said.path);
    let answer = connection.send(said.method, &target, &headers, &said.body).unwrap();
    if answer.status >= 400 {
        return Err(refused(&answer));
    }
    assert!(answer.complete, "{} {target}: the answer was broken off", said.method);
    if let Operation::Read(_) = operation {
        let mut thing = Thing { name: "content".to_owned(), ..Thing::default() };
        thing.more.insert("content", answer.body);
        thing.more.insert(
            "content_type",
            answer
                .headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
        );
        return Ok(vec![thing]);
    }
    if answer.body.trim().is_empty() {
        return Ok(Vec::new());
    }
    assert_eq!(answer.header("content-type"), accept, "{target}");
    Ok(things(&Tree::read(accept, &answer.body), operation))
}

fn say(operation: &Operation) -> Said {
    let plain = |method, path| Said { method, path, body: String::new(), headers: Vec::new() };
    match operation {
        Operation::List(kind, _) => plain("GET", collection(*kind).to_owned()),
        Operation::Show(kind, id) => plain("GET", member(*kind, id)),
        Operation::Read(id) => plain("GET", format!("{}/content", member(Kind::Blob, id))),
        Operation::Destroy(kind, ids) => plain("DELETE", member(*kind, &ids[0])),
        Operation::Act(action, ids) => {
            let name = match action {
                Action::Start => "start",
                Action::Stop { .. } => "stop",
                Action::Reboot => "reboot",
            };
            plain("POST", format!("{}/{name}", member(Kind::Instance, &ids[0])))
        }
        Operation::Change(id, change) => say_change(id, change),
        Operation::Create(spec) | Operation::CreateWith(spec, _) => say_create(spec),
        Operation::Tag(..) | Operation::Note(..) => panic!("Deltacloud has no words for {operation:?}"),
    }
}

fn say_change(id: &Id, change: &Change) -> Said {
    let post = |name: &str, form: Vec<(&str, String)>| Said {
        method: "POST",
        path: format!("{}/{name}", member(change.kind(), id)),
        body: encode(&form),
        headers: Vec::new(),
    };
    let instance = |instance: &Id| vec![("instance_id", instance.to_string())];
    match change {
        Change::Run(command) => {
            post("run", vec![("cmd", command.text.clone()), ("password", "x".to_owned())])
        }
        Change::Attach { instance: id, device } => {
            let device = device.clone().unwrap_or_else(|| "/dev/sdc".to_owned());
            post("attach", [instance(id), vec![("device", device)]].concat())
        }
        Change::Detach => post("detach", Vec::new()),
        Change::Associate { instance: id } => post("associate", instance(id)),
        Change::Disassociate => post("disassociate", Vec::new()),
        Change::Register { instance: id } => post("register", instance(id)),
        Change::Unregister { instance: id } => post("unregister", instance(id)),
        Change::Authorize(rule) => {
            let protocol = match rule.protocol {
                Protocol::Tcp => "tcp",
                Protocol::Udp => "udp",
                Protocol::Icmp => "icmp",
                Protocol::Any => "any",
            };
            let (first, last) = rule.ports.unwrap();
            let mut form = vec![
                ("protocol", protocol.to_owned()),
                ("port_from", first.to_string()),
                ("port_to", last.to_string()),
            ];
            for source in &rule.sources {
                match source {
                    RuleSource::Addresses(block) => form.push(("ip_address1", block.clone())),
                    RuleSource::Firewall { firewall, .. } => form.push(("group1", firewall.to_string())),
                }
            }
            post("rules", form)
        }
        Change::Revoke { rule } => {
            let path = format!("{}/{}", member(Kind::Firewall, id), escape(rule.as_str()));
            Said { method: "DELETE", path, body: String::new(), headers: Vec::new() }
        }
        Change::SetMetadata(words) => Said {
            method: "POST",
            path: member(Kind::Blob, id),
            body: String::new(),
            headers: metadata(words),
        },
    }
}

fn say_create(spec: &Spec) -> Said {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let id = |value: &Option<Id>| value.as_ref().map(Id::to_string).unwrap_or_default();
    let gigabytes = |bytes: Option<u64>| bytes.map(|bytes| (bytes >> 30).to_string()).unwrap_or_default();
    let form = match spec {
        Spec::Instance(spec) => vec![
            ("image_id", spec.image.to_string()),
            ("name", text(&spec.name)),
            ("hwp_id", id(&spec.hardware_profile)),
            ("realm_id", id(&spec.realm)),
            ("keyname", id(&spec.key)),
        ],
        Spec::Key(spec) => {
            let public_key = match &spec.source {
                KeySource::Imported(public_key) => public_key.clone(),
                KeySource::Made(_) => String::new(),
            };
            vec![("name", spec.name.clone()), ("public_key", public_key)]
        }
        Spec::Image(spec) => vec![
            ("instance_id", spec.instance.to_string()),
            ("name", text(&spec.name)),
            ("description", text(&spec.description)),
        ],
        Spec::Volume(spec) => vec![
            ("name", text(&spec.name)),
            ("capacity", gigabytes(spec.size)),
            ("snapshot_id", id(&spec.snapshot)),
        ],
        Spec::Snapshot(spec) => vec![("volume_id", spec.volume.to_string()), ("name", text(&spec.name))],
        Spec::Network(spec) => vec![("name", text(&spec.name)), ("address_block", text(&spec.address_block))],
        Spec::Subnet(spec) => vec![
            ("network_id", spec.network.to_string()),
            ("address_block", spec.address_block.clone()),
            ("name", text(&spec.name)),
        ],
        Spec::NetworkInterface(spec) => vec![
            ("instance", spec.instance.to_string()),
            ("network", spec.network.to_string()),
            ("name", text(&spec.name)),
        ],
        Spec::Address => Vec::new(),
        Spec::Firewall(spec) => vec![("name", spec.name.clone()), ("description", spec.description.clone())],
        Spec::LoadBalancer(spec) => vec![
            ("name", spec.name.clone()),
            ("realm_id", spec.realm.to_string()),
            (
                "listener_protocol",
                match spec.listener.protocol {
                    ListenerProtocol::Http => "HTTP".to_owned(),
                    ListenerProtocol::Tcp => "TCP".to_owned(),
                },
            ),
            ("listener_balancer_port", spec.listener.port.to_string()),
            ("listener_instance_port", spec.listener.instance_port.to_string()),
        ],
        Spec::Bucket(spec) => vec![("name", spec.name.clone())],
        Spec::Blob(spec) => {
            let mut headers = metadata(&spec.metadata);
            headers.push(("Content-Type".to_owned(), spec.content_type.clone().unwrap()));
            // What a blob holds is, here, its name.
            return Said {
                method: "PUT",
                path: member(Kind::Blob, &Id::of_blob(spec.bucket.as_str(), &spec.name)),
                body: spec.name.clone(),
                headers,
            };
        }
    };
    let path = collection(spec.kind()).to_owned();
    Said { method: "POST", path, body: encode(&form), headers: Vec::new() }
}

fn metadata(words: &[(String, String)]) -> Vec<(String, String)> {
    words.iter().map(|(name, value)| (format!("X-Deltacloud-Blobmeta-{name}"), value.clone())).collect()
}

fn collection(kind: Kind) -> &'static str {
    match kind {
        Kind::Realm => "realms",
        Kind::Image => "images",
        Kind::HardwareProfile => "hardware_profiles",
        Kind::Instance | Kind::Console => "instances",
        Kind::Key => "keys",
        Kind::Volume => "storage_volumes",
        Kind::Snapshot => "storage_snapshots",
        Kind::Network => "networks",
        Kind::Subnet => "subnets",
        Kind::NetworkInterface => "network_interfaces",
        Kind::Address => "addresses",
        Kind::Firewall => "firewalls",
        Kind::LoadBalancer => "load_balancers",
        Kind::Bucket | Kind::Blob => "buckets",
        Kind::Metric => "metrics",
        Kind::Provider => "drivers",
        Kind::Tag | Kind::Note => panic!("Deltacloud has no words for a {kind}"),
    }
}

fn member(kind: Kind, id: &Id) -> String {
    match (kind, id.as_blob()) {
        (Kind::Blob, Some((bucket, name))) => format!("buckets/{}/{}", escape(bucket), escape(name)),
        _ => format!("{}/{}", collection(kind), escape(id.as_str())),
    }
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn encode(form: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in form.iter().filter(|(_, value)| !value.is_empty()) {
        let and = if text.is_empty() { "" } else { "&" };
        write!(text, "{and}{name}={}", escape(value)).unwrap();
    }
    text
}

/// What a document shows: an index's members, or the one it is about.
fn things(tree: &Tree, operation: &Operation) -> Vec<Thing> {
    let kind = operation.pair().1;
    if kind == Kind::Provider {
        return providers(tree);
    }
    let is_index = |tree: &Tree| tree.name() == collection(kind);
    if is_index(tree) {
        return tree.members().iter().map(thing).collect();
    }
    // In JSON the name is around it, except for what actions answer.
    match tree.members() {
        [only] if tree.name().is_empty() && is_index(only) => only.members().iter().map(thing).collect(),
        [only] if tree.name().is_empty() && !only.members().is_empty() => vec![thing(only)],
        _ => vec![thing(tree)],
    }
}

/// The providers of all drivers: elements of their own in XML, a list in JSON.
fn providers(drivers: &Tree) -> Vec<Thing> {
    let in_driver = |driver: &Tree| -> Vec<Thing> {
        let list = driver.at("providers").map_or(driver.members(), Tree::members);
        let providers = list.iter().filter(|item| matches!(item.name(), "provider" | "item"));
        providers.map(thing).collect()
    };
    // In JSON a name is around them.
    let drivers = if drivers.name().is_empty() { &drivers.members()[0] } else { drivers };
    drivers.members().iter().flat_map(in_driver).collect()
}

fn thing(tree: &Tree) -> Thing {
    let first = |paths: &[&str]| {
        let texts = paths.iter().map(|path| tree.text(path));
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    };
    let mut thing = Thing {
        id: tree.text("id").to_owned(),
        name: tree.text("name").to_owned(),
        state: tree.text("state").to_lowercase(),
        ..Thing::default()
    };
    let ids = |paths: &[&str]| {
        let list = paths.iter().find_map(|path| tree.at(path)).map(Tree::members).unwrap_or_default();
        let ids: Vec<&str> = list.iter().map(|item| item.text("id")).filter(|id| !id.is_empty()).collect();
        ids.join(" ")
    };
    thing.more = [
        ("image", first(&["image/id"])),
        ("instance", first(&["mount/instance/id", "instance/id", "instance_id"])),
        ("volume", first(&["storage_volume/id"])),
        ("network", first(&["network/id", "network"])),
        ("capacity", first(&["capacity", "capacity/capacity", "capacity/value"])),
        ("secret", first(&["pem", "pem_rsa_key"])),
        ("content_type", first(&["content_type"])),
        ("content_length", first(&["content_length"])),
        ("output", first(&["output"])),
        ("rules", ids(&["rules"])),
        ("instances", ids(&["instances"])),
        ("volumes", ids(&["storage_volumes"])),
        ("blobs", blobs(tree)),
        ("metadata", words(tree)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect();
    thing
}

/// The names of a bucket's blobs: elements of their own in XML, a list in JSON.
fn blobs(tree: &Tree) -> String {
    let list = tree.at("blob_list").map_or(tree.members(), Tree::members);
    let blobs = list.iter().filter(|item| matches!(item.name(), "blob" | "item"));
    blobs.map(|blob| blob.text("id")).collect::<Vec<_>>().join(" ")
}

/// The user's words about a blob: `key=value`.
fn words(tree: &Tree) -> String {
    let entries = tree.at("user_metadata").map(Tree::members).unwrap_or_default();
    let word = |entry: &Tree| match entry.text("key") {
        "" => format!("{}={}", entry.name(), entry.own_text()),
        key => format!("{key}={}", entry.own_text()),
    };
    entries.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn refused(answer: &Answer) -> Refused {
    let body = answer.body.clone();
    match answer.status {
        401 => Refused::Unauthenticated,
        404 => Refused::Missing,
        403 | 405 | 409 => Refused::Conflict(body),
        400 => Refused::Invalid(body),
        status => Refused::Other(status, body),
    }
}
