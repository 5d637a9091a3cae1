//! The requests of the talk, as they were shown.

use serde_json::json;

use crate::{
    ADMIN, MOCK, SERVED,
    bed::{Gateway, Ovirt, ovirt::Mode},
    client::{Client, Form, NAMESPACE},
};

/// A machine of this image, as it is asked for.
fn wish(form: Form, image: &str) -> String {
    match form {
        Form::Json => json!({
            "resourceURI": format!("{NAMESPACE}/MachineCreate"),
            "name": "talk",
            "machineTemplate": {"machineImage": {"href": image}},
        })
        .to_string(),
        Form::Xml => format!(
            "<MachineCreate xmlns=\"{NAMESPACE}\"><name>talk</name><machineTemplate><machineImage href=\"{image}\"/>\
             </machineTemplate></MachineCreate>"
        ),
    }
}

/// `made` is the state in which a machine comes to be.
fn talk_with(client: &Client, made: &str) {
    let images = client.get("/cimi/machine_images");
    let ids = client.ids(&images, "machineImages");
    let usable = ids.into_iter().find(|id| client.text(&client.get(id), "state") == "AVAILABLE").unwrap();

    let created = client.ask("POST", "/cimi/machines", &wish(client.form, &usable));
    assert_eq!(created.status, 201, "{}", created.body);
    let place = created.header("location").to_owned();
    assert_eq!(client.text(&created, "id"), place, "{}", created.body);
    let id = place.rsplit('/').next().unwrap();
    let machine = format!("/cimi/machines/{id}");
    assert!(place.ends_with(&machine), "{place}");
    client.until(&machine, made);

    let act = |name: &str| {
        let answer = client.ask("POST", &format!("{machine}/{name}"), &client.form.action(name));
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{name}");
    };
    if made == "STOPPED" {
        act("start");
        client.until(&machine, "STARTED");
    }
    act("stop");
    client.until(&machine, "STOPPED");
    act("start");
    client.until(&machine, "STARTED");
    act("stop");
    client.until(&machine, "STOPPED");
    let deleted = client.ask("DELETE", &machine, "");
    assert_eq!((deleted.status, deleted.body.as_str()), (200, ""));
    client.gone(&machine);
}

fn ovirt(mode: Mode) {
    let engine = Ovirt::start(mode);
    let gateway = Gateway::before_ovirt_with(SERVED, &engine.base_url(), "");
    let client = Client::new(gateway, ADMIN, Form::Json);
    talk_with(&client, "STOPPED");
    talk_with(&client.speaking(Form::Xml), "STOPPED");
}

#[test]
fn to_the_mock_cloud() {
    let client = Client::new(Gateway::start(SERVED), MOCK, Form::Json);
    talk_with(&client, "STARTED");
    talk_with(&client.speaking(Form::Xml), "STARTED");
}

#[test]
fn to_rhevm_3_1() {
    ovirt(Mode::V3_1);
}

#[test]
fn to_ovirt_4_4() {
    ovirt(Mode::V4_4);
}

#[test]
fn the_flags_of_the_talk_are_taken() {
    let engine = Ovirt::start(Mode::V4_4);
    let url = engine.base_url();
    let gateway = Gateway::start_with(&["-i", "rhevm", "-P", &url, "-f", "cimi,ec2,deltacloud"]);
    let root = gateway.send("GET", "/", &[], "");
    for entry in ["/cimi", "/ec2", "/api"] {
        assert!(root.body.contains(entry), "{}", root.body);
    }
    let client = Client::new(gateway, ADMIN, Form::Json);
    assert_eq!(client.text(&client.get("/cimi/cloudEntryPoint"), "driver"), "ovirt");
    talk_with(&client, "STOPPED");
}
