//! Firewalls, load balancers, metrics, images and keys.

use serde_json::json;

use super::*;
use crate::model::{
    Credential, Direction, Firewall, Image, ImageState, Key, Listener, ListenerProtocol, LoadBalancer,
    Metric, Protocol, Rule, Sample, Series, Source, Unit,
};

#[test]
fn a_firewall_and_its_rules() {
    let firewall = Firewall {
        id: "web".into(),
        name: "web".into(),
        description: "<all>".into(),
        owner: "me".into(),
        rules: vec![Rule {
            id: "r/1".into(),
            direction: Direction::Ingress,
            protocol: Protocol::Tcp,
            ports: Some((80, 81)),
            sources: vec![
                Source::Addresses("10.0.0.0/8".into()),
                Source::Firewall { id: "ssh".into(), owner: "me".into() },
            ],
        }],
        tags: Default::default(),
    };
    let (xml, json) = both("firewalls", Resource::Firewall(firewall));
    assert_eq!(
        xml,
        "<firewall href=\"API/firewalls/web\" id=\"web\"><actions>\
         <link href=\"API/firewalls/web\" method=\"delete\" rel=\"destroy\"></link>\
         <link href=\"API/firewalls/web/rules\" method=\"post\" rel=\"update\"></link>\
         <link href=\"API/firewalls/web/rules\" method=\"post\" rel=\"add_rule\"></link></actions><name>web</name>\
         <description>&lt;all&gt;</description><owner_id>me</owner_id><rules>\
         <rule href=\"API/firewalls/web/r%2F1\" id=\"r/1\"><actions>\
         <link href=\"API/firewalls/web/r%2F1\" method=\"delete\" rel=\"destroy\"></link></actions>\
         <allow_protocol>tcp</allow_protocol><port_from>80</port_from><port_to>81</port_to>\
         <direction>ingress</direction><sources>\
         <source address=\"10.0.0.0\" family=\"ipv4\" prefix=\"8\" type=\"address\"></source>\
         <source name=\"ssh\" owner=\"me\" type=\"group\"></source></sources></rule></rules></firewall>"
    );
    let rule = &json["rules"][0];
    assert_eq!((&rule["id"], &rule["port_to"]), (&json!("r/1"), &json!("81")));
    let address = json!({"address": "10.0.0.0", "family": "ipv4", "prefix": "8", "type": "address"});
    assert_eq!(rule["sources"], json!([address, {"name": "ssh", "owner": "me", "type": "group"}]));
}

#[test]
fn a_load_balancer() {
    let balancer = LoadBalancer {
        id: "lb".into(),
        realm: Some("us".into()),
        addresses: vec!["lb.example".into()],
        created: Some("2009-07-29T18:15:24Z".parse().unwrap()),
        listeners: vec![Listener { protocol: ListenerProtocol::Tcp, port: 80, instance_port: 8080 }],
        instances: vec!["i 1".into()],
    };
    let (xml, json) = both("load_balancers", Resource::LoadBalancer(balancer));
    assert_eq!(
        xml,
        "<load_balancer href=\"API/load_balancers/lb\" id=\"lb\"><actions>\
         <link href=\"API/load_balancers/lb\" method=\"delete\" rel=\"destroy\"></link>\
         <link href=\"API/load_balancers/lb/register\" method=\"post\" rel=\"register\"></link></actions>\
         <public_addresses><address>lb.example</address></public_addresses>\
         <created_at>Wed Jul 29 18:15:24 UTC 2009</created_at><realm href=\"API/realms/us\" id=\"us\"></realm>\
         <listeners><listener protocol=\"TCP\"><load_balancer_port>80</load_balancer_port>\
         <instance_port>8080</instance_port></listener></listeners><instances>\
         <instance href=\"API/instances/i%201\" id=\"i 1\">\
         <link href=\"API/load_balancers/lb/unregister;instance_id=i%201\" method=\"post\" rel=\"unregister\"></link>\
         </instance></instances></load_balancer>"
    );
    assert_eq!(json["listeners"][0]["load_balancer_port"], "80");
    assert_eq!(json["instances"][0]["actions"][0]["rel"], "unregister");
}

#[test]
fn a_metric_has_series_of_samples() {
    let sample = |at: &str, average| Sample { at: at.parse().unwrap(), minimum: 0.5, maximum: 2.0, average };
    let series = |name: &'static str, samples| Series { name: name.into(), unit: Unit::Percent, samples };
    let metric = Metric {
        id: "i1".into(),
        entity: "one".into(),
        series: vec![
            series("cpuUtilization", vec![sample("2026-11-23T11:17:26Z", 1.25)]),
            series("9 <lives>", Vec::new()),
        ],
    };
    let (xml, json) = both("metrics", Resource::Metric(metric));
    assert_eq!(
        xml,
        "<metric href=\"API/metrics/i1\" id=\"i1\"><entity>one</entity><properties><cpuUtilization><sample>\
         <property name=\"minimum\" value=\"0.5\"></property><property name=\"maximum\" value=\"2\"></property>\
         <property name=\"average\" value=\"1.25\"></property><property name=\"timestamp\" value=\"1795432646\">\
         </property><property name=\"unit\" value=\"Percent\"></property></sample></cpuUtilization>\
         <_9__lives_></_9__lives_></properties></metric>"
    );
    assert_eq!(
        json["properties"],
        json!([
            {"name": "cpuUtilization", "values": [
                {"minimum": 0.5, "maximum": 2, "average": 1.25, "timestamp": 1_795_432_646, "unit": "Percent"},
            ]},
            {"name": "9 <lives>", "values": null},
        ])
    );
}

#[test]
fn an_image_offers_what_can_be_done_with_it() {
    let image = |state| {
        Resource::Image(Image {
            id: "i1".into(),
            name: "".into(),
            description: "".into(),
            owner: "me".into(),
            architecture: None,
            state,
            created: None,
            tags: Default::default(),
        })
    };
    let rels = |state, cloud: &Capabilities| {
        let (_, json) = shown("images", image(state), cloud);
        let actions = json["actions"].as_array().unwrap().iter();
        actions.map(|link| link["rel"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rels(ImageState::Available, &complete()), ["create_instance", "destroy_image"]);
    assert_eq!(rels(ImageState::Pending, &complete()), ["destroy_image"]);
    assert_eq!(rels(ImageState::Available, &cloud()), ["create_instance"]);
}

#[test]
fn a_key_that_stays_is_not_offered_to_go() {
    let credential = Credential::Pair { fingerprint: "5e".into(), public: None, private: None };
    let (id, name) = ("k".into(), "k".into());
    let key = Resource::Key(Key { id, name, credential, created: None, tags: Default::default() });
    let reading = Capabilities { operations: &[(Verb::Show, Kind::Key)], ..complete() };
    assert_eq!(shown("keys", key, &reading).1["actions"], json!([]));
}
