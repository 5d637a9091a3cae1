//! CIMI, in either form.
//!
//! It says of a machine which volumes it has, and not of a volume which machine has it; so the door looks at the
//! machines.

use deltagate::model::{Action, Change, Id, Kind, Operation, Spec, Verb};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Door, Refused, Thing};
use crate::{
    bed::http::{Answer, Connection, basic},
    tree::Tree,
};

pub const XML: Door = Door {
    name: "CIMI in XML",
    expresses,
    perform: |address, user, operation| Client { address, user, media: "application/xml" }.perform(operation),
};
pub const JSON: Door = Door {
    name: "CIMI in JSON",
    expresses,
    perform: |address, user, operation| {
        Client { address, user, media: "application/json" }.perform(operation)
    },
};

const NAMESPACE: &str = "http://schemas.dmtf.org/cimi/1";
/// KiB of a GiB.
const GIB: u64 = 1 << 20;

fn expresses((verb, kind): (Verb, Kind)) -> bool {
    match kind {
        Kind::Instance => verb != Verb::Change,
        Kind::Image | Kind::HardwareProfile | Kind::Key | Kind::Volume | Kind::Snapshot => true,
        _other => false,
    }
}

struct Client<'a> {
    address: &'a str,
    user: (&'a str, &'a str),
    media: &'static str,
}

impl Client<'_> {
    fn perform(&self, operation: &Operation) -> Result<Vec<Thing>, Refused> {
        match operation {
            Operation::List(kind, _) => {
                let index = self.send("GET", collection(*kind).0, "")?;
                Ok(members(&index, *kind).into_iter().map(|tree| thing(tree, *kind)).collect())
            }
            Operation::Show(kind, id) => self.show(*kind, id),
            Operation::Destroy(kind, ids) => self.done("DELETE", &member(*kind, &ids[0]), ""),
            Operation::Act(action, ids) => self.act(*action, &ids[0]),
            Operation::Change(id, change) => self.change(id, change),
            Operation::Create(spec) => {
                let (name, wish) = wish(spec);
                let made = self.send("POST", collection(spec.kind()).0, &self.document(name, wish))?;
                Ok(vec![thing(&made, spec.kind())])
            }
            Operation::CreateWith(..) | Operation::Read(_) | Operation::Tag(..) | Operation::Note(..) => {
                panic!("CIMI has no words here for {operation:?}")
            }
        }
    }

    fn show(&self, kind: Kind, id: &Id) -> Result<Vec<Thing>, Refused> {
        let mut shown = thing(&self.send("GET", &member(kind, id), "")?, kind);
        match kind {
            Kind::Volume => {
                if let Some(machine) = self.machine_of(id)? {
                    shown.state = "in-use".to_owned();
                    shown.more.insert("instance", machine);
                }
            }
            Kind::Instance => {
                let volumes = self.send("GET", &format!("{}/volumes", member(kind, id)), "")?;
                let entries = volumes
                    .members()
                    .iter()
                    .chain(volumes.at("machineVolumes").map(Tree::members).into_iter().flatten());
                let ids: Vec<String> =
                    entries.filter_map(|entry| Some(last(entry.at("volume/href")?.own_text()))).collect();
                shown.more.insert("volumes", ids.join(" "));
            }
            _other => {}
        }
        Ok(vec![shown])
    }

    /// The machine that has a volume.
    fn machine_of(&self, volume: &Id) -> Result<Option<String>, Refused> {
        let machines =
            Client { media: "application/json", ..*self }.send("GET", "machines?$expand=volumes", "")?;
        let has = |machine: &&Tree| {
            let volumes = machine.at("volumes/machineVolumes").map(Tree::members).unwrap_or_default();
            volumes.iter().any(|entry| last(entry.text("volume/href")) == volume.as_str())
        };
        let machines = machines.at("machines").map(Tree::members).unwrap_or_default();
        Ok(machines.iter().find(has).map(|machine| last(machine.text("id"))))
    }

    fn act(&self, action: Action, id: &Id) -> Result<Vec<Thing>, Refused> {
        let (name, force) = match action {
            Action::Start => ("start", false),
            Action::Stop { force } => ("stop", force),
            Action::Reboot => ("restart", false),
        };
        let action = json!({"action": format!("{NAMESPACE}/action/{name}"), "force": force});
        let place = format!("{}/{name}", member(Kind::Instance, id));
        self.done("POST", &place, &self.document("Action", action))
    }

    fn change(&self, volume: &Id, change: &Change) -> Result<Vec<Thing>, Refused> {
        match change {
            Change::Attach { instance, device } => {
                let volume = format!("/cimi/{}", member(Kind::Volume, volume));
                let mut wish = json!({"volume": {"href": volume}});
                if let Some(device) = device {
                    wish["initialLocation"] = device.as_str().into();
                }
                let place = format!("{}/volume_attach", member(Kind::Instance, instance));
                self.done("POST", &place, &self.document("MachineVolume", wish))
            }
            Change::Detach => {
                let machine = self.machine_of(volume)?.ok_or(Refused::Missing)?;
                let machine = member(Kind::Instance, &Id::from(machine));
                self.done("DELETE", &format!("{machine}/volumes/{}", escape(volume.as_str())), "")
            }
            other => panic!("CIMI has no words for {other:?}"),
        }
    }

    /// Does something of which the answer says no more.
    fn done(&self, method: &str, path: &str, body: &str) -> Result<Vec<Thing>, Refused> {
        self.exchange(method, path, body).map(|_| Vec::new())
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Result<Tree, Refused> {
        let answer = self.exchange(method, path, body)?;
        assert_eq!(answer.header("content-type"), self.media, "{path}");
        Ok(Tree::read(self.media, &answer.body))
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> Result<Answer, Refused> {
        let authorization = basic(self.user.0, self.user.1);
        let headers =
            [("Authorization", authorization.as_str()), ("Accept", self.media), ("Content-Type", self.media)];
        let mut connection = Connection::open(self.address).unwrap();
        let answer = connection.send(method, &format!("/cimi/{path}"), &headers, body).unwrap();
        assert!(answer.complete, "{method} {path}: the answer was broken off");
        match answer.status {
            401 => Err(Refused::Unauthenticated),
            404 => Err(Refused::Missing),
            403 | 409 => Err(Refused::Conflict(answer.body)),
            400 => Err(Refused::Invalid(answer.body)),
            status if status >= 400 => Err(Refused::Other(status, answer.body)),
            _done => Ok(answer),
        }
    }

    /// A document of this type with these attributes.
    fn document(&self, name: &str, mut attributes: Value) -> String {
        if self.media == "application/json" {
            attributes["resourceURI"] = format!("{NAMESPACE}/{name}").into();
            return attributes.to_string();
        }
        format!("<{name} xmlns=\"{NAMESPACE}\">{}</{name}>", elements(&attributes))
    }
}

fn elements(attributes: &Value) -> String {
    let element = |(name, value): (&String, &Value)| match value {
        Value::Object(members) if members.contains_key("href") => {
            format!("<{name} href={}/>", members["href"])
        }
        Value::Object(_) => format!("<{name}>{}</{name}>", elements(value)),
        Value::String(text) => format!("<{name}>{text}</{name}>"),
        other => format!("<{name}>{other}</{name}>"),
    };
    attributes.as_object().unwrap().iter().map(element).collect()
}

/// What is to be made, and the name of the document that says so.
fn wish(spec: &Spec) -> (&'static str, Value) {
    let place = |kind, id: &Id| format!("/cimi/{}", member(kind, id));
    let mut wish = json!({});
    let mut name = |name: &Option<String>| {
        if let Some(name) = name {
            wish["name"] = name.as_str().into();
        }
    };
    match spec {
        Spec::Instance(spec) => {
            name(&spec.name);
            let mut template = json!({"machineImage": {"href": place(Kind::Image, &spec.image)}});
            if let Some(profile) = &spec.hardware_profile {
                template["machineConfig"] = json!({"href": place(Kind::HardwareProfile, profile)});
            }
            wish["machineTemplate"] = template;
            ("MachineCreate", wish)
        }
        Spec::Key(spec) => {
            name(&Some(spec.name.clone()));
            ("CredentialCreate", wish)
        }
        Spec::Image(spec) => {
            name(&spec.name);
            wish["imageLocation"] = place(Kind::Instance, &spec.instance).into();
            ("MachineImage", wish)
        }
        Spec::Volume(spec) => {
            name(&spec.name);
            let capacity = spec.size.unwrap_or(1 << 30) >> 10;
            wish["volumeTemplate"] = json!({"volumeConfig": {"capacity": capacity}});
            ("VolumeCreate", wish)
        }
        Spec::Snapshot(spec) => {
            name(&spec.name);
            wish["imageLocation"] = place(Kind::Volume, &spec.volume).into();
            ("VolumeImage", wish)
        }
        other => panic!("CIMI has no words for {other:?}"),
    }
}

/// The path of a collection, and what its members are called in each form.
fn collection(kind: Kind) -> (&'static str, [&'static str; 2]) {
    match kind {
        Kind::Image => ("machine_images", ["machineImages", "MachineImage"]),
        Kind::HardwareProfile => {
            ("machine_configurations", ["machineConfigurations", "MachineConfiguration"])
        }
        Kind::Instance => ("machines", ["machines", "Machine"]),
        Kind::Key => ("credentials", ["credentials", "Credential"]),
        Kind::Volume => ("volumes", ["volumes", "Volume"]),
        Kind::Snapshot => ("volume_images", ["volumeImages", "VolumeImage"]),
        other => panic!("CIMI has no words for a {other}"),
    }
}

fn member(kind: Kind, id: &Id) -> String {
    format!("{}/{}", collection(kind).0, escape(id.as_str()))
}

fn members(index: &Tree, kind: Kind) -> Vec<&Tree> {
    let [key, element] = collection(kind).1;
    let in_json = index.at(key).map(Tree::members).unwrap_or_default();
    in_json.iter().chain(index.members().iter().filter(|tree| tree.name() == element)).collect()
}

fn thing(tree: &Tree, kind: Kind) -> Thing {
    let state = match tree.text("state") {
        "STARTED" => "running".to_owned(),
        "CREATING" if kind == Kind::Snapshot => "pending".to_owned(),
        other => other.to_lowercase(),
    };
    let name = tree.text("name").to_owned();
    let mut thing = Thing { id: last(tree.text("id")), name, state, ..Thing::default() };
    let capacity =
        tree.text("capacity").parse::<u64>().map(|kib| (kib / GIB).to_string()).unwrap_or_default();
    thing.more = [
        ("image", last(tree.text("machineImage/href"))),
        ("volume", last(tree.text("imageLocation/href"))),
        ("capacity", capacity),
        ("secret", tree.text("key").to_owned()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect();
    thing
}

/// The id at the end of a place.
fn last(href: &str) -> String {
    let id = href.rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(id).decode_utf8().unwrap().into_owned()
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
