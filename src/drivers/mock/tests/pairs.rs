//! What is declared can be performed, and nothing else.

use super::*;
use crate::model::{
    BlobSpec, BucketSpec, Command, FirewallSpec, ImageSpec, KeySpec, Listener, ListenerProtocol,
    LoadBalancerSpec, NetworkInterfaceSpec, NetworkSpec, Protocol, RuleSource, RuleSpec, SnapshotSpec,
    SubnetSpec, VolumeSpec,
};

/// One operation, or more, for every pair that can be said.
fn operations() -> Vec<Operation> {
    let text = str::to_owned;
    let lists = Kind::ALL.map(list);
    let shows = Kind::ALL.map(|kind| show(kind, "nosuch"));
    let destroys = Kind::ALL.map(|kind| remove(kind, "nosuch"));
    let listener = Listener { protocol: ListenerProtocol::Tcp, port: 1, instance_port: 2 };
    let interface = NetworkInterfaceSpec { instance: "inst0".into(), network: "net1".into(), name: None };
    let subnet = SubnetSpec { network: "net2".into(), address_block: text("10.3.0.0/16"), name: None };
    let balancer = LoadBalancerSpec { name: text("lb"), realm: "us".into(), listener };
    let blob = BlobSpec {
        bucket: "bucket1".into(),
        name: text("b"),
        content_type: None,
        size: None,
        metadata: Vec::new(),
    };
    let creates = [
        Spec::Instance(InstanceSpec::new("img1")),
        Spec::Key(KeySpec::new("k", None)),
        Spec::Image(ImageSpec { instance: "inst0".into(), name: None, description: None }),
        Spec::Volume(VolumeSpec::default()),
        Spec::Snapshot(SnapshotSpec { volume: "vol1".into(), name: None, description: None }),
        Spec::Network(NetworkSpec::default()),
        Spec::Subnet(subnet),
        Spec::NetworkInterface(interface),
        Spec::Address,
        Spec::Firewall(FirewallSpec { name: text("f"), description: String::new() }),
        Spec::LoadBalancer(balancer),
        Spec::Bucket(BucketSpec { name: text("b"), location: None }),
        Spec::Blob(blob),
    ];
    let rule = RuleSpec {
        protocol: Protocol::Tcp,
        ports: Some((22, 22)),
        sources: vec![RuleSource::Addresses(text("192.168.0.0/16"))],
    };
    let command =
        Command { text: text("true"), private_key: None, password: None, address: None, port: None };
    let inst0 = || Id::from("inst0");
    let changes = [
        change("inst0", Change::Run(command)),
        change("vol1", Change::Attach { instance: inst0(), device: None }),
        change("vol1", Change::Detach),
        change("192.168.0.1", Change::Associate { instance: inst0() }),
        change("192.168.0.1", Change::Disassociate),
        change("lb", Change::Register { instance: inst0() }),
        change("lb", Change::Unregister { instance: inst0() }),
        change("default", Change::Authorize(rule)),
        change("default", Change::Revoke { rule: "mockuser~tcp~22~22~@ipv4,192.168.0.0,16".into() }),
        change("bucket1/blob1", Change::SetMetadata(Vec::new())),
    ];
    let others = [act(Action::Reboot, &["inst0"]), Operation::Read("bucket1/blob1".into())];
    let all = lists.into_iter().chain(shows).chain(destroys);
    all.chain(creates.map(make)).chain(changes).chain(others).collect()
}

#[tokio::test]
async fn every_declared_pair_can_be_performed_and_no_other() {
    let mock = at_once();
    let mut performed = Vec::new();
    for operation in operations() {
        let (verb, kind) = operation.pair();
        let declared = mock.capabilities().supports(verb, kind);
        let outcome = all(&mock, operation).await.map_err(|error| error.kind());
        let expected = match (declared, verb) {
            (true, Verb::Show | Verb::Destroy) => matches!(outcome, Err(ErrorKind::NotFound)),
            (true, _) => outcome.is_ok(),
            (false, _) => matches!(outcome, Err(ErrorKind::Unsupported)),
        };
        assert!(expected, "{verb:?} {kind}: {outcome:?}");
        performed.push((verb, kind));
    }
    for pair in mock.capabilities().operations {
        assert!(performed.contains(pair), "{pair:?} was not tried");
    }
}
