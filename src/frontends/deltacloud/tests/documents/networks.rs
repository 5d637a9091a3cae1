//! Networks, subnets, interfaces and addresses.

use serde_json::json;

use super::*;
use crate::model::{Address, Network, NetworkInterface, NetworkState, Subnet};

#[test]
fn a_network() {
    let network = Network {
        id: "n1".into(),
        name: "net".into(),
        state: NetworkState::Up,
        address_blocks: ["10.0.0.0/8".into()].into_iter().collect(),
        subnets: ["s1".into()].into_iter().collect(),
        tags: Default::default(),
    };
    let (xml, json) = both("networks", Resource::Network(network));
    assert_eq!(
        xml,
        "<network href=\"API/networks/n1\" id=\"n1\"><name>net</name><state>UP</state><address_blocks>\
         <address_block>10.0.0.0/8</address_block></address_blocks><subnets>\
         <subnet href=\"API/subnets/s1\" id=\"s1\"></subnet></subnets><actions>\
         <link href=\"API/networks/n1\" method=\"delete\" rel=\"destroy\"></link></actions></network>"
    );
    assert_eq!(
        json,
        json!({
            "href": "API/networks/n1", "id": "n1", "name": "net", "state": "UP", "address_blocks": ["10.0.0.0/8"],
            "subnets": [{"href": "API/subnets/s1", "id": "s1", "rel": "subnet"}],
            "actions": [{"href": "API/networks/n1", "method": "delete", "rel": "destroy"}],
        })
    );
}

#[test]
fn a_subnet() {
    let subnet = Subnet {
        id: "s1".into(),
        name: "sub".into(),
        state: NetworkState::Pending,
        network: Some("n1".into()),
        address_block: Some("10.1.0.0/16".into()),
        tags: Default::default(),
    };
    let (xml, json) = both("subnets", Resource::Subnet(subnet));
    assert_eq!(
        xml,
        "<subnet href=\"API/subnets/s1\" id=\"s1\"><name>sub</name><state>PENDING</state>\
         <address_block>10.1.0.0/16</address_block><network href=\"API/networks/n1\" id=\"n1\">n1</network><actions>\
         <link href=\"API/subnets/s1\" method=\"delete\" rel=\"destroy\"></link></actions></subnet>"
    );
    assert_eq!(json["network"], json!({"href": "API/networks/n1", "id": "n1", "rel": "network"}));
    assert_eq!((&json["type"], &json["address_block"]), (&json!(null), &json!("10.1.0.0/16")));
}

#[test]
fn an_interface_is_on_a_subnet_or_else_on_a_network() {
    let interface = |subnet: Option<&'static str>| NetworkInterface {
        id: "e1".into(),
        name: "eth0".into(),
        mac: Some("00:1a:4a:16:01:56".into()),
        network: Some("n1".into()),
        subnet: subnet.map(Into::into),
        instance: Some("i1".into()),
        addresses: ["10.1.0.2".parse().unwrap()].into_iter().collect(),
        tags: Default::default(),
    };
    let (xml, json) = both("network_interfaces", Resource::NetworkInterface(interface(Some("s1"))));
    assert_eq!(
        xml,
        "<network_interface href=\"API/network_interfaces/e1\" id=\"e1\"><name>eth0</name>\
         <ip_address>10.1.0.2</ip_address><mac_address>00:1a:4a:16:01:56</mac_address>\
         <network href=\"API/subnets/s1\" id=\"s1\" rel=\"subnet\">s1</network>\
         <instance href=\"API/instances/i1\" id=\"i1\" rel=\"instance\">i1</instance><actions>\
         <link href=\"API/network_interfaces/e1\" method=\"delete\" rel=\"destroy\"></link></actions>\
         </network_interface>"
    );
    assert_eq!(json["network"], json!({"href": "API/subnets/s1", "id": "s1", "rel": "subnet"}));
    assert_eq!(json["instance"], json!({"href": "API/instances/i1", "id": "i1", "rel": "instance"}));
    assert_eq!(json["ip_address"], "10.1.0.2");
    let (xml, _) = both("network_interfaces", Resource::NetworkInterface(interface(None)));
    assert!(
        xml.contains("<network href=\"API/networks/n1\" id=\"n1\" rel=\"network\">n1</network>"),
        "{xml}"
    );
}

#[test]
fn an_address_is_associated_or_not() {
    let address = |instance: Option<&'static str>| {
        let (id, ip) = ("192.168.0.1".into(), "192.168.0.1".parse().unwrap());
        Resource::Address(Address { id, ip, instance: instance.map(Into::into), tags: Default::default() })
    };
    let (xml, json) = both("addresses", address(None));
    assert_eq!(
        xml,
        "<address href=\"API/addresses/192.168.0.1\" id=\"192.168.0.1\"><ip>192.168.0.1</ip><actions>\
         <link href=\"API/addresses/192.168.0.1\" method=\"delete\" rel=\"destroy\"></link>\
         <link href=\"API/addresses/192.168.0.1/associate\" method=\"post\" rel=\"associate\"></link></actions>\
         </address>"
    );
    assert_eq!((&json["associated"], &json["ip"]), (&json!(false), &json!("192.168.0.1")));
    assert!(json.get("instance_id").is_none());
    let (xml, json) = both("addresses", address(Some("i1")));
    assert!(xml.ends_with("<instance href=\"API/instances/i1\" id=\"i1\"></instance></address>"), "{xml}");
    assert!(xml.contains("/disassociate\" method=\"post\" rel=\"disassociate\""), "{xml}");
    assert_eq!((&json["associated"], &json["instance_id"]), (&json!(true), &json!("i1")));
}
