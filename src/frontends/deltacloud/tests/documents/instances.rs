//! Instances, and what came of commands.

use serde_json::json;

use super::*;
use crate::model::{Attachment, Instance, InstanceState, NetworkInterface, Run};

fn attachment(volume: &'static str, device: Option<&'static str>, boot: bool) -> Attachment<'static> {
    Attachment {
        volume: volume.into(),
        device: device.map(Into::into),
        size: Some(850 << 30),
        boot,
        delete_on_termination: boot,
    }
}

fn instance(state: InstanceState) -> Instance<'static> {
    let interface = NetworkInterface {
        id: "nic1".into(),
        name: "eth0".into(),
        mac: None,
        network: None,
        subnet: None,
        instance: None,
        addresses: ["192.168.1.2".parse().unwrap()].into_iter().collect(),
        tags: Default::default(),
    };
    Instance {
        name: "one".into(),
        owner: "me".into(),
        image: Some("img1".into()),
        realm: Some("us".into()),
        hardware_profile: Some("m1".into()),
        cpus: Some(2),
        memory: Some(10_240 << 20),
        launched: Some("2026-11-23T11:17:26Z".parse().unwrap()),
        interfaces: [interface].into_iter().collect(),
        attachments: [attachment("d0", None, true), attachment("v3", Some("/dev/sdc"), false)]
            .into_iter()
            .collect(),
        key: Some("k1".into()),
        firewalls: ["web".into()].into_iter().collect(),
        can_be_captured: true,
        ..Instance::new("i1", state)
    }
}

#[test]
fn an_instance_says_all_that_is_known_of_it() {
    let (xml, json) = both("instances", Resource::Instance(instance(InstanceState::Running)));
    assert_eq!(
        xml,
        "<instance href=\"API/instances/i1\" id=\"i1\"><name>one</name><owner_id>me</owner_id>\
         <image href=\"API/images/img1\" id=\"img1\"></image><realm href=\"API/realms/us\" id=\"us\"></realm>\
         <state>RUNNING</state><hardware_profile href=\"API/hardware_profiles/m1\" id=\"m1\">\
         <property kind=\"fixed\" name=\"cpu\" unit=\"count\" value=\"2\"></property>\
         <property kind=\"fixed\" name=\"memory\" unit=\"MB\" value=\"10240\"></property>\
         <property kind=\"fixed\" name=\"storage\" unit=\"GB\" value=\"850\"></property></hardware_profile><actions>\
         <link href=\"API/instances/i1/stop\" method=\"post\" rel=\"stop\"></link>\
         <link href=\"API/instances/i1/run;id=i1\" method=\"post\" rel=\"run\"></link>\
         <link href=\"API/images;instance_id=i1\" method=\"post\" rel=\"create_image\"></link></actions>\
         <launch_time>Mon Nov 23 11:17:26 UTC 2026</launch_time>\
         <public_addresses><address type=\"ipv4\">192.168.1.2</address></public_addresses>\
         <private_addresses><address type=\"ipv4\">192.168.1.2</address></private_addresses>\
         <firewalls><firewall href=\"API/firewalls/web\" id=\"web\"></firewall></firewalls><storage_volumes>\
         <storage_volume href=\"API/storage_volumes/v3\" id=\"v3\" device=\"/dev/sdc\"></storage_volume>\
         </storage_volumes><authentication type=\"key\"><login><keyname>k1</keyname></login></authentication>\
         <network_interfaces><network_interface href=\"API/network_interfaces/nic1\" id=\"nic1\">\
         </network_interface></network_interfaces></instance>"
    );
    assert_eq!(json["owner"], "me");
    assert_eq!(
        json["hardware_profile"]["properties"],
        json!({"cpu": "2", "memory": "10240", "storage": "850"})
    );
    assert_eq!(json["storage_volumes"][0]["device"], "/dev/sdc");
    assert_eq!(json["authentication_type"], "key");
    assert_eq!(json["authentication"], json!({"keyname": "k1"}));
    assert_eq!(json["network_interfaces"][0]["id"], "nic1");
    assert_eq!(json["firewalls"][0]["rel"], "firewall");
    assert_eq!(json["create_image"], true);
}

#[test]
fn what_the_cloud_does_not_have_is_not_linked_to() {
    let plain = Capabilities { features: &[], ..cloud() };
    let mut instance = instance(InstanceState::Running);
    (instance.key, instance.firewalls) = (None, Default::default());
    let (xml, json) = shown("instances", Resource::Instance(instance), &plain);
    for absent in
        ["storage_volumes/", "network_interface", "authentication", "firewall", "run", "create_image"]
    {
        assert!(!xml.contains(absent), "{absent}: {xml}");
    }
    assert!(xml.contains("<storage_volumes></storage_volumes>"), "{xml}");
    assert_eq!(json["create_image"], false);
}

#[test]
fn what_does_not_run_executes_nothing() {
    let (xml, _) = both("instances", Resource::Instance(instance(InstanceState::Stopped)));
    assert!(!xml.contains("rel=\"run\""), "{xml}");
    assert!(xml.contains("rel=\"create_image\""), "{xml}");
}

#[test]
fn keys_that_are_not_known_are_told_apart_from_clouds_without_keys() {
    let keyless = Instance { key: None, ..instance(InstanceState::Running) };
    let (xml, json) = both("instances", Resource::Instance(keyless));
    assert!(xml.contains("<authentication type=\"key\"></authentication>"), "{xml}");
    assert_eq!((&json["authentication_type"], json.get("authentication")), (&json!("key"), None));
}

#[test]
fn what_came_of_a_command() {
    let run = Run {
        instance: "i1".into(),
        address: "10.0.0.1".into(),
        command: "echo <a>".into(),
        output: "<a>\n".into(),
    };
    let (xml, json) = both("instances", Resource::Run(run));
    assert_eq!(
        xml,
        "<instance href=\"API/instances/i1\" id=\"i1\"><public_address>10.0.0.1</public_address>\
         <command>echo &lt;a&gt;</command><output>&lt;a&gt;\n</output></instance>"
    );
    let expected = json!({
        "href": "API/instances/i1", "id": "i1", "public_address": "10.0.0.1", "command": "echo <a>",
        "output": "<a>\n",
    });
    assert_eq!(json, expected);
}
