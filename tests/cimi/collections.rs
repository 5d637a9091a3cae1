//! Everything that the entry point names is there, in both forms, and queries are answered.

use serde_json::Value;

use crate::{
    ADMIN, MOCK, SERVED,
    bed::{Gateway, Ovirt, ovirt::Mode},
    client::{Client, Form, NAMESPACE, json},
};

/// Every link of the entry point leads to a collection that counts its members, each of which is there.
fn all_is_there(client: &Client) {
    let entry = json(&client.get("/cimi/cloudEntryPoint"));
    let links = entry.as_object().unwrap().iter().filter_map(|(_, value)| value["href"].as_str());
    let mut seen = 0;
    for href in links {
        let collection = json(&client.get(href));
        assert_eq!(collection["id"], href);
        let uri = collection["resourceURI"].as_str().unwrap();
        assert!(uri.ends_with("Collection"), "{uri}");
        let members = collection.as_object().unwrap().values().filter_map(Value::as_array);
        let members: Vec<&Value> = members.flatten().filter(|member| member.get("id").is_some()).collect();
        assert_eq!(collection["count"], members.len(), "{collection}");
        for member in members {
            let id = member["id"].as_str().unwrap();
            assert!(id.starts_with(&format!("{href}/")), "{id}");
            let shown = json(&client.get(id));
            assert_eq!((&shown["id"], &shown["name"]), (&member["id"], &member["name"]));
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} members");
}

#[test]
fn on_the_mock_cloud() {
    all_is_there(&Client::new(Gateway::start(SERVED), MOCK, Form::Json));
}

#[test]
fn on_ovirt_4_4() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt_with(SERVED, &engine.base_url(), "");
    let client = Client::new(gateway, ADMIN, Form::Json);
    all_is_there(&client);
    let machines = json(&client.get("/cimi/machines"));
    for machine in machines["machines"].as_array().unwrap() {
        for part in ["disks", "volumes", "networkInterfaces", "snapshots"] {
            let part = json(&client.get(machine[part]["href"].as_str().unwrap()));
            assert!(part["count"].is_u64(), "{part}");
        }
    }
    let interface = machines["machines"].as_array().unwrap().iter().find_map(|machine| {
        let interfaces = json(&client.get(machine["networkInterfaces"]["href"].as_str().unwrap()));
        interfaces["networkInterfaces"].get(0).cloned()
    });
    let addresses = interface.expect("no machine has an interface")["addresses"]["href"].clone();
    assert!(json(&client.get(addresses.as_str().unwrap()))["count"].is_u64());
    assert_eq!(client.ask("GET", "/cimi/addresses", "").status, 412, "oVirt has no addresses");
    assert_eq!(client.ask("GET", "/cimi/credentials", "").status, 200, "keys are kept for it");
}

#[test]
fn the_root_leads_to_the_entry_point_and_that_is_for_everybody() {
    let gateway = Gateway::start(SERVED);
    let root = gateway.send("GET", "/cimi", &[], "");
    let entry = format!("http://{}/cimi/cloudEntryPoint", gateway.address);
    assert_eq!((root.status, root.header("location")), (301, entry.as_str()));
    for public in ["/cimi/cloudEntryPoint", "/cimi/resource_metadata", "/cimi/resource_metadata/machine"] {
        assert_eq!(gateway.send("GET", public, &[], "").status, 200, "{public}");
    }
    for known in
        ["/cimi/machines", "/cimi/cloudEntryPoint?$expand=machines", "/cimi/cloudEntryPoint?force_auth=1"]
    {
        let refused = gateway.send("GET", known, &[], "");
        assert_eq!(refused.status, 401, "{known}");
        assert!(refused.header("www-authenticate").starts_with("Basic realm="));
    }
}

#[test]
fn queries_narrow_order_cut_and_expand() {
    let client = Client::new(Gateway::start(SERVED), MOCK, Form::Json);
    let ids = |query: &str| -> Vec<String> {
        let listed = client.get(&format!("/cimi/machines?{query}"));
        let ids = client.ids(&listed, "machines");
        ids.into_iter().map(|id| id.rsplit('/').next().unwrap().to_owned()).collect()
    };
    let count =
        |query: &str| json(&client.get(&format!("/cimi/machines?{query}")))["count"].as_u64().unwrap();
    let all = ids("");
    let some = all.len();
    assert!(some >= 3, "{all:?}");
    assert_eq!(ids("$filter=name='MockUserInstance'"), ["inst1"]);
    assert_eq!(ids("$filter=name=MockUserInstance"), ["inst1"], "bare words, as the original took them");
    assert_eq!(ids("$filter=name='MockUserInstance'&$filter=state='STOPPED'"), [""; 0]);
    assert_eq!(
        ids("$filter=(name='MockUserInstance'%20or%20name='AnotherInstance')%20and%20cpu%3E=1").len(),
        2
    );
    assert_eq!(ids("$filter=memory%3E2000000").len(), some - ids("$filter=memory%3C=2000000").len());
    assert_eq!(ids("$filter=machineImage/href='nowhere'"), [""; 0]);
    let mut backwards = all.clone();
    backwards.reverse();
    assert_eq!(ids("$orderby=id:desc"), backwards);
    assert_eq!(ids("$orderby=id:desc&$last=1"), [backwards[0].clone()]);
    assert_eq!(ids("$first=2&$last=3"), all[1..3]);
    assert_eq!(ids("$first=3&$last=2"), [""; 0]);
    assert_eq!(count("$first=2&$last=2"), some as u64, "it counts all that there are");
    assert_eq!(count("$filter=name='MockUserInstance'&$first=9"), 1);
    let selected = json(&client.get("/cimi/machines?$select=name,state&$filter=name='AnotherInstance'"));
    let expected = serde_json::json!([{"name": "AnotherInstance", "state": "STARTED"}]);
    assert_eq!(selected["machines"], expected);
    let own = json(&client.get("/cimi/machines?$select=count"));
    assert_eq!((own["count"].as_u64(), own.get("machines"), own.get("id")), (Some(some as u64), None, None));
    let member = json(&client.get("/cimi/machines/inst1?$select=name"));
    assert_eq!(member.as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "resourceURI"]);
    let expanded = json(&client.get("/cimi/machines?$expand=volumes&$filter=name='MockUserInstance'"));
    assert_eq!(expanded["machines"][0]["volumes"]["count"], 1, "{expanded}");
    assert!(expanded["machines"][0]["disks"].get("count").is_none());
    let entry = json(&client.get("/cimi/cloudEntryPoint?$expand=*"));
    assert_eq!(entry["machines"]["machines"].as_array().unwrap().len(), some);
    let xml = client.ask_with("GET", "/cimi/machines?$format=XML&$last=1", &[], "");
    assert_eq!(xml.header("content-type"), "application/xml");
    assert_eq!(
        (xml.texts("Machine").len(), xml.text("count")),
        (1, some.to_string().as_str()),
        "{}",
        xml.body
    );
}

#[test]
fn metadata_says_what_the_tables_say() {
    let client = Client::new(Gateway::start(crate::STRICT), MOCK, Form::Json);
    let list = json(&client.get("/cimi/resource_metadata"));
    let pages = list["resourceMetadata"].as_array().unwrap();
    assert_eq!(list["count"], pages.len());
    for page in pages {
        let shown = json(&client.get(page["id"].as_str().unwrap()));
        assert_eq!(shown["attributes"], page["attributes"]);
        let attributes = page["attributes"].as_array().unwrap();
        assert!(attributes.iter().all(|attribute| attribute["namespace"].is_string()), "{page}");
        assert!(attributes.iter().any(|attribute| attribute["name"] == "name"), "{page}");
    }
    let machine = json(&client.get("/cimi/resource_metadata/machine"));
    let realm = machine["attributes"].as_array().unwrap().iter().find(|one| one["name"] == "realm").unwrap();
    assert_eq!(realm["constraints"][0]["value"], "us", "{machine}");
    let states =
        machine["capabilities"].as_array().unwrap().iter().find(|one| one["name"] == "InitialStates");
    assert_eq!(states.unwrap()["value"], "STARTED,STOPPED");
}

/// What a client writes on its things is kept where no cloud does, and is found again.
#[test]
fn properties_are_kept() {
    for form in Form::ALL {
        let client = Client::new(Gateway::start(SERVED), MOCK, form);
        let wish = match form {
            Form::Json => "{\"name\": \"p\", \"properties\": {\"tier\": \"front\"}}".to_owned(),
            Form::Xml => format!(
                "<VolumeCreate xmlns=\"{NAMESPACE}\"><name>p</name><property key=\"tier\">front</property></VolumeCreate>"
            ),
        };
        let made = client.ask("POST", "/cimi/volumes", &wish);
        assert_eq!(made.status, 201, "{}", made.body);
        let client = client.speaking(Form::Json);
        let place = made.header("location");
        let shown = json(&client.get(place));
        assert_eq!((&shown["name"], &shown["properties"]["tier"]), (&"p".into(), &"front".into()), "{shown}");
        let found = client.get("/cimi/volumes?$filter=property['tier']='front'");
        assert_eq!(client.ids(&found, "volumes"), [place]);
        assert_eq!(client.ask("DELETE", place, "").status, 200);
        let many: serde_json::Map<_, _> = (0..51).map(|number| (number.to_string(), "x".into())).collect();
        let refused =
            client.ask("POST", "/cimi/volumes", &serde_json::json!({"properties": many}).to_string());
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
}
