//! Volumes and snapshots.

use serde_json::json;

use super::*;
use crate::model::{Mount, Snapshot, SnapshotState, Volume, VolumeState};

fn volume(state: VolumeState) -> Volume<'static> {
    Volume {
        id: "v1".into(),
        name: "disk".into(),
        description: "".into(),
        state,
        size: Some(10 << 30),
        realm: Some("us".into()),
        snapshot: None,
        created: Some("2009-07-30T14:35:11Z".parse().unwrap()),
        mount: None,
        tags: Default::default(),
    }
}

#[test]
fn a_volume_that_nobody_has() {
    let (xml, json) = both("storage_volumes", Resource::Volume(volume(VolumeState::Available)));
    assert_eq!(
        xml,
        "<storage_volume href=\"API/storage_volumes/v1\" id=\"v1\"><created>Thu Jul 30 14:35:11 UTC 2009</created>\
         <capacity unit=\"GB\">10</capacity><name>disk</name><realm href=\"API/realms/us\" id=\"us\"></realm>\
         <realm_id>us</realm_id><state>AVAILABLE</state><actions>\
         <link href=\"API/storage_volumes/v1/attach\" method=\"post\" rel=\"attach\"></link>\
         <link href=\"API/storage_volumes/v1\" method=\"delete\" rel=\"destroy\"></link></actions></storage_volume>"
    );
    assert_eq!(
        json,
        json!({
            "href": "API/storage_volumes/v1", "id": "v1", "created": "Thu Jul 30 14:35:11 UTC 2009", "capacity": 10,
            "name": "disk", "description": null, "device": null, "kind": null, "state": "AVAILABLE", "instance": {},
            "realm": {"href": "API/realms/us", "id": "us", "rel": "realm"},
            "actions": [
                {"href": "API/storage_volumes/v1/attach", "method": "post", "rel": "attach"},
                {"href": "API/storage_volumes/v1", "method": "delete", "rel": "destroy"},
            ],
        })
    );
}

#[test]
fn a_volume_that_an_instance_has() {
    let mount = Mount { instance: "i1".into(), device: Some("/dev/sdc".into()) };
    let volume = Volume { mount: Some(mount), realm: None, created: None, ..volume(VolumeState::InUse) };
    let (xml, json) = both("storage_volumes", Resource::Volume(volume));
    assert_eq!(
        xml,
        "<storage_volume href=\"API/storage_volumes/v1\" id=\"v1\"><capacity unit=\"GB\">10</capacity>\
         <name>disk</name><device>/dev/sdc</device><state>IN-USE</state><mount>\
         <instance href=\"API/instances/i1\" id=\"i1\"></instance><device name=\"/dev/sdc\"></device></mount><actions>\
         <link href=\"API/storage_volumes/v1/detach\" method=\"post\" rel=\"detach\"></link></actions></storage_volume>"
    );
    assert_eq!(json["instance"], json!({"href": "API/instances/i1", "id": "i1", "rel": "instance"}));
    assert_eq!((&json["device"], &json["state"]), (&json!("/dev/sdc"), &json!("IN-USE")));
    assert!(json.get("realm").is_none());
}

#[test]
fn a_volume_without_a_name_is_called_by_its_id() {
    let nameless = Volume { name: "".into(), size: Some(3 << 29), ..volume(VolumeState::Creating) };
    let (xml, json) = both("storage_volumes", Resource::Volume(nameless));
    assert!(xml.contains("<capacity unit=\"GB\">1.5</capacity><name>v1</name>"), "{xml}");
    assert_eq!((&json["capacity"], &json["name"]), (&json!(1.5), &json!("v1")));
    assert_eq!(json["actions"], json!([]), "nothing can be done to what is being made");
}

#[test]
fn nothing_is_offered_that_the_cloud_cannot_do() {
    let cloud = Capabilities { operations: &[(Verb::Show, Kind::Volume)], ..complete() };
    for state in [VolumeState::Available, VolumeState::InUse, VolumeState::Error] {
        let (_, json) = shown("storage_volumes", Resource::Volume(volume(state)), &cloud);
        assert_eq!(json["actions"], json!([]));
    }
}

#[test]
fn a_snapshot() {
    let snapshot = Snapshot {
        id: "s1".into(),
        name: "".into(),
        description: "".into(),
        volume: Some("v1".into()),
        state: SnapshotState::Completed,
        size: None,
        created: Some("2009-07-29T18:15:24Z".parse().unwrap()),
        tags: Default::default(),
    };
    let (xml, json) = both("storage_snapshots", Resource::Snapshot(snapshot));
    assert_eq!(
        xml,
        "<storage_snapshot href=\"API/storage_snapshots/s1\" id=\"s1\"><name>s1</name>\
         <created>Wed Jul 29 18:15:24 UTC 2009</created><state>COMPLETED</state>\
         <storage_volume href=\"API/storage_volumes/v1\" id=\"v1\"></storage_volume><actions>\
         <link href=\"API/storage_snapshots/s1\" method=\"delete\" rel=\"destroy\"></link></actions></storage_snapshot>"
    );
    assert_eq!(
        json,
        json!({
            "href": "API/storage_snapshots/s1", "id": "s1", "name": "s1", "created": "Wed Jul 29 18:15:24 UTC 2009",
            "state": "COMPLETED",
            "storage_volume": {"href": "API/storage_volumes/v1", "id": "v1", "rel": "storage_volume"},
            "actions": [{"href": "API/storage_snapshots/s1", "method": "delete", "rel": "destroy"}],
        })
    );
}
