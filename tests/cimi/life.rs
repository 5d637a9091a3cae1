//! A whole life, by links from the entry point on: a machine is made, has a volume, is stopped, captured and deleted.

use serde_json::json;

use crate::{
    MOCK, SERVED, STRICT,
    bed::Gateway,
    client::{Client, Form, NAMESPACE},
};

/// A document of this type with these attributes: texts, references and objects.
fn document(form: Form, name: &str, attributes: &serde_json::Value) -> String {
    match form {
        Form::Json => {
            let mut document = attributes.clone();
            document["resourceURI"] = format!("{NAMESPACE}/{name}").into();
            document.to_string()
        }
        Form::Xml => format!("<{name} xmlns=\"{NAMESPACE}\">{}</{name}>", elements(attributes)),
    }
}

fn elements(attributes: &serde_json::Value) -> String {
    let element = |(name, value): (&String, &serde_json::Value)| match value {
        serde_json::Value::Object(members) if members.contains_key("href") => {
            format!("<{name} href={}/>", members["href"])
        }
        serde_json::Value::Object(_) => format!("<{name}>{}</{name}>", elements(value)),
        serde_json::Value::String(text) => format!("<{name}>{text}</{name}>"),
        other => format!("<{name}>{other}</{name}>"),
    };
    attributes.as_object().unwrap().iter().map(element).collect()
}

fn live(settings: &str, form: Form) {
    let client = Client::new(Gateway::start(settings), MOCK, form);
    let entry = client.get("/cimi/cloudEntryPoint");
    assert_eq!(client.text(&entry, "name"), "mock");
    assert!(client.text(&entry, "baseURI").ends_with("/cimi/"), "{}", entry.body);
    let first = |name: &str, key: &str| {
        let index = client.get(&client.href(&entry, name));
        client.ids(&index, key).remove(0)
    };
    let image = first("machineImages", "machineImages");
    let configuration = first("machineConfigs", "machineConfigurations");
    let machines = client.get(&client.href(&entry, "machines"));
    let count = client.text(&machines, "count");

    let wish = document(
        form,
        "MachineCreate",
        &json!({
            "name": "lived",
            "machineTemplate": {
                "initialState": "STOPPED",
                "machineConfig": {"href": configuration},
                "machineImage": {"href": image},
                "userData": "aGVsbG8=",
            },
        }),
    );
    let created = client.ask("POST", &client.offer(&machines, "add").unwrap(), &wish);
    assert_eq!(created.status, 201, "{}", created.body);
    let machine = created.header("location").to_owned();
    let shown = client.until(&machine, "STOPPED");
    assert!(client.offer(&shown, "stop").is_none(), "{}", shown.body);
    assert_eq!(client.act(&shown, "start").status, 202);
    let shown = client.until(&machine, "STARTED");
    assert!(client.offer(&shown, "delete").is_none() && client.offer(&shown, "start").is_none());
    let refused = client.ask("POST", &format!("{machine}/start"), &form.action("start"));
    assert_eq!(refused.status, 409, "{}", refused.body);

    let volumes = client.get(&client.href(&entry, "volumes"));
    let wish = document(
        form,
        "VolumeCreate",
        &json!({
            "name": "kept",
            "volumeTemplate": {"volumeConfig": {"capacity": 2_097_152}},
        }),
    );
    let made = client.ask("POST", &client.offer(&volumes, "add").unwrap(), &wish);
    assert_eq!(made.status, 201, "{}", made.body);
    let volume = made.header("location").to_owned();
    client.until(&volume, "AVAILABLE");

    let own = client.href(&shown, "volumes");
    let add = client.offer(&client.get(&own), "add").unwrap();
    let wish = document(
        form,
        "MachineVolume",
        &json!({
            "initialLocation": "/dev/sdf",
            "volume": {"href": volume},
        }),
    );
    let attached = client.ask("POST", &add, &wish);
    assert_eq!(attached.status, 201, "{}", attached.body);
    let place = attached.header("location").to_owned();
    assert!(place.starts_with(&own), "{place}");
    assert_eq!(client.ids(&client.get(&own), "machineVolumes"), std::slice::from_ref(&place));
    let member = client.get(&place);
    assert_eq!(client.href(&member, "volume"), volume);
    assert_eq!(client.text(&member, "initialLocation"), "/dev/sdf");
    let busy = client.get(&volume);
    assert!(client.offer(&busy, "delete").is_none(), "what a machine has cannot be deleted: {}", busy.body);
    let detached = client.ask("DELETE", &client.offer(&member, "delete").unwrap(), "");
    assert_eq!(detached.status, 200, "{}", detached.body);
    assert_eq!(client.text(&detached, "count"), "0", "{}", detached.body);
    assert_eq!(client.ask("GET", &place, "").status, 404);
    assert_eq!(client.ask("DELETE", &place, "").status, 404);
    let freed = client.until(&volume, "AVAILABLE");
    assert_eq!(client.ask("DELETE", &client.offer(&freed, "delete").unwrap(), "").status, 200);
    client.gone(&volume);

    assert_eq!(client.act(&shown, "restart").status, 202);
    let shown = client.until(&machine, "STARTED");
    assert_eq!(client.act(&shown, "stop").status, 202);
    let shown = client.until(&machine, "STOPPED");
    let wish = document(
        form,
        "MachineImage",
        &json!({"name": "captured", "type": "IMAGE", "imageLocation": machine}),
    );
    let captured = client.ask("POST", &client.offer(&shown, "capture").unwrap(), &wish);
    assert_eq!(captured.status, 201, "{}", captured.body);
    let image = captured.header("location").to_owned();
    let shown_image = client.until(&image, "AVAILABLE");
    assert_eq!(client.text(&shown_image, "name"), "captured");
    assert_eq!(client.ask("DELETE", &client.offer(&shown_image, "delete").unwrap(), "").status, 200);

    assert_eq!(client.ask("DELETE", &client.offer(&shown, "delete").unwrap(), "").status, 200);
    client.gone(&machine);
    let machines = client.get(&client.href(&entry, "machines"));
    assert_eq!(client.text(&machines, "count"), count, "nothing is left behind");
}

#[test]
fn in_json() {
    live(SERVED, Form::Json);
}

#[test]
fn in_xml() {
    live(SERVED, Form::Xml);
}

#[test]
fn in_json_as_specified() {
    live(STRICT, Form::Json);
}

#[test]
fn in_xml_as_specified() {
    live(STRICT, Form::Xml);
}

/// An edit or a deletion of something that was changed meanwhile loses.
#[test]
fn what_changed_meanwhile_is_not_deleted() {
    for form in Form::ALL {
        let client = Client::new(Gateway::start(SERVED), MOCK, form);
        let machine = "/cimi/machines/inst0";
        let before = client.get(machine);
        let tag = before.header("etag").to_owned();
        assert!(tag.starts_with('"'), "{tag}");
        assert_eq!(client.act(&before, "stop").status, 202);
        client.until(machine, "STOPPED");
        let lost = client.ask_with("DELETE", machine, &[("If-Match", &tag)], "");
        assert_eq!(lost.status, 412, "{}", lost.body);
        let tag = client.get(machine).header("etag").to_owned();
        let lists = format!("\"other\", {tag}");
        assert_eq!(client.ask_with("DELETE", machine, &[("If-Match", &lists)], "").status, 200);
        client.gone(machine);
    }
}
