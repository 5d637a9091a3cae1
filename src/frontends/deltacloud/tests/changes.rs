//! What is made and changed on a cloud that can do everything, as requests ask for it.

use super::*;
use crate::model::{
    Change, Command, FirewallSpec, Id, ImageSpec, InstanceSpec, Listener, ListenerProtocol, LoadBalancerSpec,
    NetworkInterfaceSpec, NetworkSpec, Operation, Protocol, RuleSource, RuleSpec, SnapshotSpec, Spec,
    SubnetSpec, VolumeSpec,
};

fn call(method: &str, target: &str) -> Result<Call, Reply> {
    front_end().decode(&request(method, target), &arrival(), &complete())
}

/// What is done, and the status of the answer.
fn done(method: &str, target: &str) -> (Operation, u16) {
    let call = call(method, target).map_err(|reply| reply.body).unwrap();
    (call.operation.unwrap(), call.encode.head().status.as_u16())
}

fn created(target: &str) -> (Spec, u16) {
    match done("POST", target) {
        (Operation::Create(spec), status) => (*spec, status),
        (other, _) => panic!("{target} is {other:?}"),
    }
}

fn changed(method: &str, target: &str) -> (String, Change, u16) {
    match done(method, target) {
        (Operation::Change(id, change), status) => (id.to_string(), change, status),
        (other, _) => panic!("{target} is {other:?}"),
    }
}

/// The message of a refusal, which is a 400.
fn refused(method: &str, target: &str) -> String {
    let reply = call(method, target).err().unwrap_or_else(|| panic!("{target} is accepted"));
    assert_eq!(reply.head.status, 400, "{target}");
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    let (_, message) = text.split_once("<message>").unwrap();
    message.split_once("</message>").unwrap().0.to_owned()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn instances_take_all_that_the_cloud_does() {
    let target = "/api/instances?image_id=i&keyname=k&hwp_storage=850&metrics=true&network_id=net1\
                  &firewalls%5B%5D=a&firewalls%5B%5D=b&firewalls1=c&firewalls2=d&firewalls4=never";
    let spec = InstanceSpec {
        key: Some(Id::from("k")),
        storage: Some(850 << 30),
        monitored: true,
        network: Some(Id::from("net1")),
        firewalls: ["a", "b", "c", "d"].map(Id::from).to_vec(),
        ..InstanceSpec::new("i")
    };
    assert_eq!(created(target), (Spec::Instance(spec), 201));
    let named_otherwise = InstanceSpec { key: Some(Id::from("k")), ..InstanceSpec::new("i") };
    assert_eq!(
        created("/api/instances?image_id=i&key_name=k&metrics=false").0,
        Spec::Instance(named_otherwise)
    );
}

#[test]
fn what_a_cloud_does_not_take_is_refused_by_name() {
    for parameter in ["keyname", "hwp_storage", "metrics", "network_id", "firewalls1", "user_data"] {
        let cloud = Capabilities { features: &[], user_data: None, ..complete() };
        let asked = request("POST", &format!("/api/instances?image_id=i&{parameter}=1"));
        let reply = front_end().decode(&asked, &arrival(), &cloud).err().unwrap();
        assert_eq!(reply.head.status, 400, "{parameter}");
        assert!(String::from_utf8_lossy(&reply.body).contains(&format!("'{parameter}'")), "{parameter}");
        let empty = request("POST", &format!("/api/instances?image_id=i&{parameter}="));
        assert!(front_end().decode(&empty, &arrival(), &cloud).is_ok(), "an empty {parameter} says nothing");
    }
}

#[test]
fn things_are_created() {
    let size = |gigabytes: u64| Some(gigabytes << 30);
    let volume = |size| VolumeSpec { size, ..VolumeSpec::default() };
    let listener = Listener { protocol: ListenerProtocol::Http, port: 80, instance_port: 8080 };
    let expected = [
        (
            "/api/images?instance_id=i&name=n&description=d",
            Spec::Image(ImageSpec { instance: Id::from("i"), name: text("n"), description: text("d") }),
            201,
        ),
        ("/api/storage_volumes", Spec::Volume(volume(size(1))), 201),
        (
            "/api/storage_volumes?capacity=10&realm_id=us&name=n&description=d",
            Spec::Volume(VolumeSpec {
                name: text("n"),
                description: text("d"),
                realm: Some(Id::from("us")),
                ..volume(size(10))
            }),
            201,
        ),
        (
            "/api/storage_volumes?snapshot_id=s",
            Spec::Volume(VolumeSpec { snapshot: Some(Id::from("s")), ..volume(None) }),
            201,
        ),
        (
            "/api/storage_snapshots?volume_id=v&name=n",
            Spec::Snapshot(SnapshotSpec { volume: Id::from("v"), name: text("n"), description: None }),
            201,
        ),
        (
            "/api/networks?address_block=10.0.0.0%2F8&name=n",
            Spec::Network(NetworkSpec { name: text("n"), address_block: text("10.0.0.0/8") }),
            200,
        ),
        (
            "/api/subnets?network_id=net1&address_block=10.1.0.0%2F16",
            Spec::Subnet(SubnetSpec {
                network: Id::from("net1"),
                address_block: "10.1.0.0/16".to_owned(),
                name: None,
            }),
            200,
        ),
        (
            "/api/network_interfaces?instance=i&network=net1&name=n",
            Spec::NetworkInterface(NetworkInterfaceSpec {
                instance: Id::from("i"),
                network: Id::from("net1"),
                name: text("n"),
            }),
            200,
        ),
        ("/api/addresses", Spec::Address, 201),
        (
            "/api/firewalls?name=n&description=d",
            Spec::Firewall(FirewallSpec { name: "n".to_owned(), description: "d".to_owned() }),
            201,
        ),
        (
            "/api/load_balancers?name=n&realm_id=us&listener_protocol=http&listener_balancer_port=80\
             &listener_instance_port=8080",
            Spec::LoadBalancer(LoadBalancerSpec { name: "n".to_owned(), realm: Id::from("us"), listener }),
            201,
        ),
    ];
    for (target, spec, status) in expected {
        assert_eq!(created(target), (spec, status), "{target}");
    }
}

#[test]
fn things_are_changed() {
    let instance = || Id::from("i");
    let rule = RuleSpec {
        protocol: Protocol::Udp,
        ports: Some((53, 54)),
        sources: vec![
            RuleSource::Addresses("10.0.0.0/8".to_owned()),
            RuleSource::Firewall { firewall: Id::from("g"), owner: text("me") },
            RuleSource::Firewall { firewall: Id::from("h"), owner: None },
        ],
    };
    let command = Command {
        text: "uptime -p".to_owned(),
        private_key: Some("secret".into()),
        password: None,
        address: text("10.0.0.1"),
        port: Some(2222),
    };
    let expected = [
        (
            "/api/storage_volumes/a%2Fb/attach?instance_id=i&device=%2Fdev%2Fsdc",
            Change::Attach { instance: instance(), device: text("/dev/sdc") },
            202,
        ),
        ("/api/storage_volumes/a%2Fb/detach", Change::Detach, 202),
        ("/api/addresses/a%2Fb/associate?instance_id=i", Change::Associate { instance: instance() }, 202),
        ("/api/addresses/a%2Fb/disassociate", Change::Disassociate, 202),
        ("/api/load_balancers/a%2Fb/register?instance_id=i", Change::Register { instance: instance() }, 200),
        (
            "/api/load_balancers/a%2Fb/unregister;instance_id=i",
            Change::Unregister { instance: instance() },
            200,
        ),
        (
            "/api/firewalls/a%2Fb/rules?protocol=UDP&port_from=53&port_to=54&ip_address1=10.0.0.0%2F8&group1=g\
             &group1owner=me&group2=h",
            Change::Authorize(rule),
            201,
        ),
        (
            "/api/instances/a%2Fb/run;id=x?cmd=uptime+-p&private_key=secret&ip=10.0.0.1&port=2222",
            Change::Run(command),
            200,
        ),
    ];
    for (target, change, status) in expected {
        assert_eq!(changed("POST", target), ("a/b".to_owned(), change, status), "{target}");
    }
    let all = RuleSpec {
        protocol: Protocol::Icmp,
        ports: None,
        sources: vec![
            RuleSource::Addresses("10.0.0.1/32".to_owned()),
            RuleSource::Addresses("fe80::/10".to_owned()),
        ],
    };
    let target = "/api/firewalls/f/rules?protocol=icmp&port_from=-1&port_to=-1&ip-address1=10.0.0.1\
                  &ip-address2=fe80%3A%3A%2F10";
    assert_eq!(changed("POST", target), ("f".to_owned(), Change::Authorize(all), 201));
    let revoke = Change::Revoke { rule: Id::from("me~tcp~1") };
    assert_eq!(changed("DELETE", "/api/firewalls/default/me~tcp~1"), ("default".to_owned(), revoke, 204));
}

#[test]
fn what_is_wrong_is_said_by_name() {
    for (target, parameter) in [
        ("/api/images", "instance_id"),
        ("/api/storage_volumes?capacity=much", "capacity"),
        ("/api/storage_snapshots?name=n", "volume_id"),
        ("/api/subnets?network_id=n", "address_block"),
        ("/api/network_interfaces?instance=i", "network"),
        ("/api/firewalls?name=n", "description"),
        ("/api/firewalls/f/rules?protocol=smtp&port_from=1&port_to=2", "protocol"),
        ("/api/firewalls/f/rules?protocol=tcp&port_from=1&port_to=65536", "port_to"),
        ("/api/firewalls/f/rules?protocol=tcp&port_from=1&port_to=2", "ip_address1"),
        ("/api/firewalls/f/rules?protocol=tcp&port_from=1&port_to=2&ip_address1=everywhere", "ip_address1"),
        ("/api/networks?address_block=10.0.0.0%2F33", "address_block"),
        ("/api/subnets?network_id=n&address_block=all", "address_block"),
        ("/api/load_balancers?name=n&realm_id=r&listener_protocol=FTP", "listener_protocol"),
        ("/api/storage_volumes/v/attach?instance_id=i", "device"),
        ("/api/addresses/a/associate", "instance_id"),
        ("/api/instances/i/run", "cmd"),
        ("/api/instances/i/run?cmd=w&port=ssh", "port"),
        ("/api/instances?image_id=i&hwp_storage=-1", "hwp_storage"),
    ] {
        assert!(refused("POST", target).contains(&format!("'{parameter}'")), "{target}");
    }
}

#[test]
fn ids_in_parameters_are_as_the_cloud_writes_them() {
    let cloud = Capabilities { ids: IdForm::Uuid, ..complete() };
    let (upper, name) = ("ABCDEF00-0000-4000-8000-00000000DEAD", "Some-Name");
    let target = format!("/api/storage_volumes/{upper}/attach?instance_id={name}&device=%2Fdev%2FSDA");
    let call = front_end().decode(&request("POST", &target), &arrival(), &cloud).ok().unwrap();
    let attach = Change::Attach { instance: Id::from(name), device: text("/dev/SDA") };
    assert_eq!(call.operation, Some(Operation::Change(Id::from(upper.to_lowercase()), attach)));
}
