//! Networks, their parts and interfaces, addresses, firewalls and load balancers.

use super::*;
use crate::model::{
    FirewallSpec, Listener, ListenerProtocol, LoadBalancerSpec, NetworkInterfaceSpec, NetworkSpec, Protocol,
    RuleSource, RuleSpec, SubnetSpec,
};

fn network(name: &str, block: &str) -> Operation {
    let (name, address_block) = (Some(name.to_owned()), Some(block.to_owned()));
    make(Spec::Network(NetworkSpec { name, address_block }))
}

fn subnet(network: &str, name: &str, block: &str) -> Operation {
    let (name, address_block) = (Some(name.to_owned()), block.to_owned());
    make(Spec::Subnet(SubnetSpec { network: network.into(), address_block, name }))
}

fn interface(instance: &str, network: &str, name: &str) -> Operation {
    let name = Some(name.to_owned());
    make(Spec::NetworkInterface(NetworkInterfaceSpec {
        instance: instance.into(),
        network: network.into(),
        name,
    }))
}

#[tokio::test]
async fn networks_have_parts_and_interfaces() {
    let mock = at_once();
    only(&mock, network("n", "10.1.0.0/16")).await;
    only(&mock, subnet("n", "s", "10.1.1.0/24")).await;
    let Resource::Network(whole) = only(&mock, show(Kind::Network, "n")).await else { panic!("no network") };
    assert_eq!(
        (whole.address_blocks.as_slice(), whole.subnets.as_slice()),
        (&["10.1.0.0/16".into()][..], &["s".into()][..])
    );
    let made = only(&mock, interface("inst1", "s", "i")).await;
    let Resource::NetworkInterface(made) = made else { panic!("no interface") };
    assert_eq!((made.network.as_deref(), made.subnet.as_deref()), (Some("n"), Some("s")));
    assert_eq!(
        (made.instance.as_deref(), made.addresses[0].to_string().as_str()),
        (Some("inst1"), "10.1.1.2")
    );
    let holder = instances(&mock, show(Kind::Instance, "inst1")).await.unwrap().remove(0);
    let names: Vec<_> = holder.interfaces.iter().map(|interface| interface.id.as_ref()).collect();
    assert_eq!(names, ["nic1", "i"]);
    let refused = [(Kind::Network, "n"), (Kind::Subnet, "s")];
    for (kind, id) in refused {
        let expected = (ErrorKind::IncorrectState, Some((kind, id.to_owned())));
        assert_eq!(failure(&mock, remove(kind, id)).await, expected);
    }
    for (kind, id) in [(Kind::NetworkInterface, "i"), (Kind::Subnet, "s"), (Kind::Network, "n")] {
        only(&mock, remove(kind, id)).await;
    }
    let holder = instances(&mock, show(Kind::Instance, "inst1")).await.unwrap().remove(0);
    assert_eq!(holder.interfaces.len(), 1);
}

#[tokio::test]
async fn what_makes_no_sense_of_networks_is_refused() {
    let mock = at_once();
    only(&mock, subnet("net2", "s", "10.9.0.0/30")).await;
    let cases = [
        (network("n", "10.0.0.0/33"), ErrorKind::Invalid),
        (network("n", "nonsense"), ErrorKind::Invalid),
        (network("net1", "10.0.0.0/8"), ErrorKind::AlreadyExists),
        (network("..", "10.0.0.0/8"), ErrorKind::Invalid),
        (subnet("nosuch", "x", "10.0.0.0/8"), ErrorKind::NotFound),
        (subnet("net2", "x", "11.0.0.0/16"), ErrorKind::Invalid),
        (subnet("net2", "x", "10.0.0.0/7"), ErrorKind::Invalid),
        (subnet("net2", "x", "10.1.2.0/24"), ErrorKind::Invalid),
        (subnet("net2", "s", "10.10.0.0/16"), ErrorKind::AlreadyExists),
        (interface("nosuch", "net1", "i"), ErrorKind::NotFound),
        (interface("inst0", "nosuch", "i"), ErrorKind::NotFound),
        (interface("inst0", "net1", "nic1"), ErrorKind::AlreadyExists),
    ];
    for (operation, expected) in cases {
        assert_eq!(failure(&mock, operation.clone()).await.0, expected, "{operation:?}");
    }
    only(&mock, interface("inst0", "s", "first")).await;
    assert_eq!(failure(&mock, interface("inst0", "s", "second")).await.0, ErrorKind::NoCapacity);
}

#[tokio::test]
async fn an_address_leads_to_one_instance() {
    let mock = at_once();
    let lead = |instance: &str| change("192.168.0.5", Change::Associate { instance: instance.into() });
    let refused = (ErrorKind::IncorrectState, Some((Kind::Address, "192.168.0.5".to_owned())));
    assert_eq!(only(&mock, make(Spec::Address)).await.id(), "192.168.0.5");
    assert_eq!(failure(&mock, change("192.168.0.5", Change::Disassociate)).await, refused);
    assert_eq!(failure(&mock, lead("nosuch")).await.1, Some((Kind::Instance, "nosuch".to_owned())));
    let Resource::Address(address) = only(&mock, lead("inst2")).await else { panic!("no address") };
    assert_eq!(address.instance.as_deref(), Some("inst2"));
    for operation in [lead("inst1"), remove(Kind::Address, "192.168.0.5")] {
        assert_eq!(failure(&mock, operation).await, refused);
    }
    let addresses = |mut all: Vec<Instance<'static>>| all.remove(0).all_addresses().count();
    assert_eq!(addresses(instances(&mock, show(Kind::Instance, "inst2")).await.unwrap()), 2);
    only(&mock, change("192.168.0.5", Change::Disassociate)).await;
    assert_eq!(addresses(instances(&mock, show(Kind::Instance, "inst2")).await.unwrap()), 1);
    only(&mock, remove(Kind::Address, "192.168.0.5")).await;
}

fn rule(sources: Vec<RuleSource>, ports: (u16, u16)) -> Operation {
    change("f", Change::Authorize(RuleSpec { protocol: Protocol::Tcp, ports: Some(ports), sources }))
}

fn block(text: &str) -> RuleSource {
    RuleSource::Addresses(text.to_owned())
}

fn behind(firewall: &str, owner: Option<&str>) -> RuleSource {
    RuleSource::Firewall { firewall: firewall.into(), owner: owner.map(str::to_owned) }
}

#[tokio::test]
async fn firewalls_have_rules() {
    let mock = at_once();
    let spec = |name: &str| FirewallSpec { name: name.to_owned(), description: "d".to_owned() };
    only(&mock, make(Spec::Firewall(spec("f")))).await;
    only(&mock, make(Spec::Firewall(spec("g")))).await;
    let sources = || vec![block("192.0.2.0/24"), behind("g", None)];
    let Resource::Firewall(firewall) = only(&mock, rule(sources(), (22, 80))).await else { panic!("none") };
    let id = firewall.rules[0].id.to_string();
    assert_eq!(id, "mockuser~tcp~22~80~@ipv4,192.0.2.0,24@group,mockuser,g");
    assert_eq!((firewall.rules[0].ports, firewall.rules[0].sources.len()), (Some((22, 80)), 2));
    let cases = [
        (rule(sources(), (22, 80)), ErrorKind::AlreadyExists),
        (rule(sources(), (80, 22)), ErrorKind::Invalid),
        (rule(Vec::new(), (1, 2)), ErrorKind::Invalid),
        (rule(vec![block("nonsense")], (1, 2)), ErrorKind::Invalid),
        (rule(vec![behind("nosuch", None)], (1, 2)), ErrorKind::NotFound),
        (rule(vec![behind("g", Some("somebody"))], (1, 2)), ErrorKind::NotFound),
        (remove(Kind::Firewall, "default"), ErrorKind::IncorrectState),
        (remove(Kind::Firewall, "g"), ErrorKind::IncorrectState),
        (make(Spec::Firewall(spec("f"))), ErrorKind::AlreadyExists),
        (change("f", Change::Revoke { rule: "nosuch".into() }), ErrorKind::NotFound),
    ];
    for (operation, expected) in cases {
        assert_eq!(failure(&mock, operation.clone()).await.0, expected, "{operation:?}");
    }
    let Resource::Firewall(firewall) = only(&mock, change("f", Change::Revoke { rule: id.into() })).await
    else {
        panic!("no firewall")
    };
    assert!(firewall.rules.is_empty());
    only(&mock, remove(Kind::Firewall, "g")).await;
    instances(&mock, create(|spec| spec.firewalls = vec!["f".into()])).await.unwrap();
    assert_eq!(failure(&mock, remove(Kind::Firewall, "f")).await.0, ErrorKind::IncorrectState);
}

#[tokio::test]
async fn a_load_balancer_sends_to_who_is_registered() {
    let mock = at_once();
    let spec = |realm: &str, port| {
        let listener = Listener { protocol: ListenerProtocol::Http, port, instance_port: 8080 };
        make(Spec::LoadBalancer(LoadBalancerSpec { name: "lb".to_owned(), realm: realm.into(), listener }))
    };
    assert_eq!(failure(&mock, spec("nosuch", 80)).await.0, ErrorKind::NotFound);
    assert_eq!(failure(&mock, spec("us", 0)).await.0, ErrorKind::Invalid);
    let Resource::LoadBalancer(made) = only(&mock, spec("us", 80)).await else { panic!("no load balancer") };
    assert_eq!((made.realm.as_deref(), made.listeners[0].port), (Some("us"), 80));
    let register = |instance: &str| change("lb", Change::Register { instance: instance.into() });
    let unregister = || change("lb", Change::Unregister { instance: "inst0".into() });
    assert_eq!(failure(&mock, unregister()).await.0, ErrorKind::IncorrectState);
    assert_eq!(failure(&mock, register("nosuch")).await.0, ErrorKind::NotFound);
    let Resource::LoadBalancer(one) = only(&mock, register("inst0")).await else {
        panic!("no load balancer")
    };
    assert_eq!(one.instances, ["inst0"]);
    assert_eq!(failure(&mock, register("inst0")).await.0, ErrorKind::IncorrectState);
    let Resource::LoadBalancer(none) = only(&mock, unregister()).await else { panic!("no load balancer") };
    assert!(none.instances.is_empty());
    only(&mock, remove(Kind::LoadBalancer, "lb")).await;
}
