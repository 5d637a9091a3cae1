//! The front end as a whole: requests in, operations and documents out.

mod answers;
mod declared;
mod defaults;
mod disks;
mod recordings;
mod requests;
mod soap;

use bytes::{Bytes, BytesMut};
use http::Request;
use jiff::Timestamp;
use smallvec::smallvec;

use super::{Ec2, Settings};
use crate::{
    frontends::{Arrival, Call, Caller, Choice, Frontend, Reply},
    model::{
        Action, Address, Attachment, Capabilities, Change, Count, Credential, Direction, Error, Feature,
        Filter, Firewall, FirewallSpec, Flow, HardwareProfile, Health, IdForm, Image, ImageSpec, ImageState,
        Instance, InstanceSpec, InstanceState, Key, KeySpec, Kind, Kinds, Memo, Mount, Network,
        NetworkInterface, NetworkSpec, NetworkState, NoteChange, Operation, Property, Protocol, Realm,
        RealmState, Resource, Rule, RuleSource, RuleSpec, Snapshot, SnapshotSpec, SnapshotState, Source,
        Spec, Subnet, SubnetSpec, Tag, TagChange, TagPattern, Tagging, Thing, Verb, Volume, VolumeSpec,
        VolumeState,
    },
    wire::sign::session::{Issuer, SessionKey},
};

const A: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const B: &str = "00000000-4f89-41d3-9a0c-0305e82c3302";
/// That all may come to port 22.
const SSH: &str = "IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=22&IpPermissions.1.ToPort=22\
                   &IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0";
const A_SHOWN: &str = "i-3f2504e04f8941d39a0c0305e82c3301";

fn cloud(ids: IdForm) -> Capabilities {
    let operations = &[
        (Verb::List, Kind::Realm),
        (Verb::List, Kind::Image),
        (Verb::List, Kind::HardwareProfile),
        (Verb::List, Kind::Instance),
        (Verb::Show, Kind::Instance),
        (Verb::Show, Kind::Image),
        (Verb::Create, Kind::Instance),
        (Verb::Act, Kind::Instance),
        (Verb::Destroy, Kind::Instance),
        (Verb::Create, Kind::Image),
        (Verb::Destroy, Kind::Image),
        (Verb::List, Kind::Key),
        (Verb::Create, Kind::Key),
        (Verb::Destroy, Kind::Key),
        (Verb::List, Kind::Volume),
        (Verb::Show, Kind::Volume),
        (Verb::Create, Kind::Volume),
        (Verb::Change, Kind::Volume),
        (Verb::Destroy, Kind::Volume),
        (Verb::List, Kind::Snapshot),
        (Verb::Create, Kind::Snapshot),
        (Verb::Destroy, Kind::Snapshot),
        (Verb::List, Kind::Network),
        (Verb::Create, Kind::Network),
        (Verb::Destroy, Kind::Network),
        (Verb::List, Kind::Subnet),
        (Verb::Create, Kind::Subnet),
        (Verb::Destroy, Kind::Subnet),
        (Verb::List, Kind::NetworkInterface),
        (Verb::Destroy, Kind::NetworkInterface),
        (Verb::List, Kind::Firewall),
        (Verb::Show, Kind::Firewall),
        (Verb::Create, Kind::Firewall),
        (Verb::Change, Kind::Firewall),
        (Verb::Destroy, Kind::Firewall),
        (Verb::List, Kind::Address),
        (Verb::Create, Kind::Address),
        (Verb::Change, Kind::Address),
        (Verb::Destroy, Kind::Address),
        (Verb::List, Kind::Tag),
        (Verb::Change, Kind::Tag),
        (Verb::Show, Kind::Note),
        (Verb::Change, Kind::Note),
    ];
    let features = &[
        Feature::ImportKey,
        Feature::InstanceKey,
        Feature::InstanceFirewalls,
        Feature::InstanceNetwork,
        Feature::InstanceDisks,
        Feature::VolumeName,
    ];
    Capabilities {
        driver: "mock",
        operations,
        lacks: Kinds::NONE,
        ids,
        user_data: Some(100),
        longest_name: Some(64),
        features,
        life: &[],
    }
}

fn ec2() -> Ec2 {
    Ec2::new(Settings {
        region: None,
        token_key: [1; 32],
        default_network: "172.31.0.0/16".parse().unwrap(),
        strict_parameters: false,
        instances_per_request: 100,
    })
}

fn issuer() -> Issuer {
    Issuer {
        key: SessionKey::derived(b"operator").into(),
        access_key: "mockuser".into(),
        provider: None,
        secret: "mockpassword".into(),
    }
}

fn arrival() -> Arrival {
    Arrival {
        request_id: "req-1".into(),
        now: "2026-11-23T11:05:44.5Z".parse().unwrap(),
        scheme: "http",
        host: "localhost:3001".into(),
        driver: "mock",
        choice: Choice::default(),
        caller: Some(Caller { user: "mockuser".into(), issuer: Some(issuer()) }),
    }
}

fn get(query: &str) -> Request<Bytes> {
    Request::get(format!("/ec2/?{query}")).body(Bytes::new()).unwrap()
}

fn call_of(request: &Request<Bytes>, ids: IdForm) -> Result<Call, Reply> {
    ec2().decode(request, &arrival(), &cloud(ids))
}

fn call(query: &str) -> Call {
    call_of(&get(query), IdForm::Uuid).unwrap_or_else(|reply| panic!("{query}: {}", text(&reply.body)))
}

fn operation(query: &str) -> Operation {
    call(query).operation.unwrap()
}

fn refused(query: &str) -> (&'static str, u16) {
    let reply = call_of(&get(query), IdForm::Uuid).err().unwrap();
    (reply.outcome, reply.head.status.as_u16())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The whole answer when the cloud gives these.
fn answer(mut call: Call, resources: &[Resource<'_>]) -> Result<String, Error> {
    let mut out = BytesMut::new();
    call.encode.open(&mut out);
    for resource in resources {
        if call.encode.item(resource, &mut out)? == Flow::Enough {
            break;
        }
    }
    call.encode.close(&mut out)?;
    Ok(text(&out))
}

fn instance(id: &'static str) -> Instance<'static> {
    let moment = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    Instance {
        name: "web & co".into(),
        health: Health::Ok,
        image: Some(B.into()),
        realm: Some(A.into()),
        cpus: Some(2),
        memory: Some(4 << 30),
        created: moment("2026-01-02T03:04:05Z"),
        launched: moment("2026-01-03T03:04:05.7Z"),
        stopped: moment("2026-01-04T03:04:05Z"),
        host_name: Some("web.example".into()),
        firewalls: smallvec![A.into()],
        addresses: smallvec!["fe80::1".parse().unwrap()],
        interfaces: smallvec![NetworkInterface {
            id: B.into(),
            name: "nic1".into(),
            mac: Some("00:1a:4a:16:01:56".into()),
            network: Some(A.into()),
            subnet: Some(B.into()),
            instance: None,
            addresses: smallvec!["169.254.0.1".parse().unwrap(), "10.0.0.5".parse().unwrap()],
            tags: Default::default(),
        }],
        tags: vec![Tag::new("role", "db")].into(),
        attachments: smallvec![
            Attachment {
                volume: A.into(),
                device: None,
                size: None,
                boot: false,
                delete_on_termination: false
            },
            Attachment {
                volume: B.into(),
                device: None,
                size: None,
                boot: true,
                delete_on_termination: true
            },
        ],
        ..Instance::new(id, InstanceState::Running)
    }
}

fn everything() -> Vec<Resource<'static>> {
    let image = Image {
        id: B.into(),
        name: "fedora".into(),
        description: "".into(),
        owner: "".into(),
        architecture: None,
        state: ImageState::Available,
        created: Some(Timestamp::UNIX_EPOCH),
        tags: Default::default(),
    };
    let profile = HardwareProfile {
        id: "m1.small".into(),
        name: "m1.small".into(),
        cpus: Some(Property::Fixed(1)),
        memory: Some(Property::Fixed(2 << 30)),
        storage: None,
        architecture: None,
    };
    let interface =
        NetworkInterface { instance: Some(B.into()), ..instance(A).interfaces.into_iter().next().unwrap() };
    vec![
        Resource::Instance(instance(A)),
        Resource::Image(image),
        Resource::HardwareProfile(profile),
        Resource::Realm(Realm { id: A.into(), name: "Default".into(), state: RealmState::Available }),
        Resource::Key(key()),
        Resource::Volume(volume()),
        Resource::Snapshot(snapshot()),
        Resource::Firewall(firewall()),
        Resource::Network(network()),
        Resource::Subnet(subnet()),
        Resource::NetworkInterface(interface),
        Resource::Address(Address {
            id: A.into(),
            ip: [203, 0, 113, 7].into(),
            instance: Some(B.into()),
            tags: Default::default(),
        }),
    ]
}

fn key() -> Key<'static> {
    let (public, private) = (Some("ssh-rsa AAAA web".into()), Some("PEM".into()));
    let credential = Credential::Pair { fingerprint: "5e:ce".into(), public, private };
    let created = "2026-01-02T03:04:05Z".parse().ok();
    Key { id: "web".into(), name: "web".into(), credential, created, tags: Default::default() }
}

fn firewall() -> Firewall<'static> {
    let rule = |id: &'static str, protocol, ports, source| Rule {
        id: id.into(),
        direction: Direction::Ingress,
        protocol,
        ports,
        sources: vec![source],
    };
    let anywhere = || Source::Addresses("0.0.0.0/0".into());
    let itself = Source::Firewall { id: A.into(), owner: "me".into() };
    let out = Rule { direction: Direction::Egress, ..rule("out", Protocol::Any, None, anywhere()) };
    Firewall {
        id: A.into(),
        name: "web".into(),
        description: "what serves".into(),
        owner: "me".into(),
        rules: vec![
            rule("ssh", Protocol::Tcp, Some((22, 22)), anywhere()),
            rule("ping", Protocol::Icmp, None, Source::Addresses("fd00::/8".into())),
            rule("inside", Protocol::Any, None, itself),
            out,
        ],
        tags: Default::default(),
    }
}

fn network() -> Network<'static> {
    Network {
        id: A.into(),
        name: "lan".into(),
        state: NetworkState::Up,
        address_blocks: smallvec!["10.0.0.0/8".into()],
        subnets: smallvec![B.into()],
        tags: Default::default(),
    }
}

fn subnet() -> Subnet<'static> {
    Subnet {
        id: B.into(),
        name: "desks".into(),
        state: NetworkState::Up,
        network: Some(A.into()),
        address_block: Some("10.1.0.0/16".into()),
        tags: Default::default(),
    }
}

fn volume() -> Volume<'static> {
    Volume {
        id: A.into(),
        name: "disk".into(),
        description: "".into(),
        state: VolumeState::InUse,
        size: Some((3 << 30) - 1),
        realm: Some("Default".into()),
        snapshot: Some(B.into()),
        created: Some(Timestamp::UNIX_EPOCH),
        mount: Some(Mount { instance: B.into(), device: Some("/dev/sdh".into()) }),
        tags: Default::default(),
    }
}

fn snapshot() -> Snapshot<'static> {
    Snapshot {
        id: A.into(),
        name: "before".into(),
        description: "d".into(),
        volume: Some(B.into()),
        state: SnapshotState::Completed,
        size: Some(3 << 30),
        created: Some(Timestamp::UNIX_EPOCH),
        tags: Default::default(),
    }
}

fn pattern(key: &str, values: &[&str]) -> TagPattern {
    TagPattern { key: key.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
}

fn of_kind(kind: Kind) -> Vec<Resource<'static>> {
    let tagging =
        Tagging { id: "t".into(), kind: Kind::Instance, on: A.into(), tag: Tag::new("role", "web") };
    let all = everything().into_iter().chain([Resource::Tagging(tagging)]);
    all.filter(|resource| resource.kind() == kind).collect()
}

/// Every row of the table of actions, by a request and what it asks of the cloud.
fn rows() -> Vec<(&'static str, String, Option<Operation>)> {
    let list = |kind, filter| Some(Operation::List(kind, filter));
    let act = |action| Some(Operation::Act(action, vec![A.into(), B.into()]));
    let create = |spec| Some(Operation::Create(Box::new(spec)));
    let create_with = |spec, tags| Some(Operation::creation(spec, Memo { tags, ..Memo::default() }));
    let things = || vec![Thing(vec![(Kind::Instance, A.into())]), Thing(vec![(Kind::Volume, B.into())])];
    let tag = |change| Some(Operation::Tag(things(), change));
    let word = |key: &str, value: &str| Tag::new(key, value);
    let destroy = |kind, id: &str| Some(Operation::Destroy(kind, vec![id.into()]));
    let show = |kind, id: &str| Some(Operation::Show(kind, id.into()));
    let change = |change| Some(Operation::Change(A.into(), change));
    let one = |id: &str| Filter { ids: vec![id.into()], ..Filter::default() };
    let both = format!("InstanceId.1={A_SHOWN}&InstanceId.2={B}");
    let spec = InstanceSpec {
        realm: Some("Default".into()),
        hardware_profile: Some("m1.small".into()),
        name: Some("web".into()),
        user_data: Some(b"#!/bin/sh\n".to_vec()),
        key: Some("web".into()),
        firewalls: vec![A.into(), "web".into()],
        network: Some(A.into()),
        count: Count { min: 1, max: 2 },
        ..InstanceSpec::new(B)
    };
    let run = format!(
        "ImageId=ami-{}&MinCount=1&MaxCount=2&InstanceType=m1.small&UserData=IyEvYmluL3No%0ACg%3D%3D\
         &SecurityGroupId.1=sg-{A}&SecurityGroup.1=web&KeyName=web&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId={A}&Placement.AvailabilityZone=Default&TagSpecification.1.ResourceType=volume\
         &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=disk\
         &TagSpecification.2.ResourceType=instance&TagSpecification.2.Tag.1.Key=a\
         &TagSpecification.2.Tag.1.Value=b&TagSpecification.2.Tag.2.Key=Name\
         &TagSpecification.2.Tag.2.Value=web&DisableApiTermination=true&ClientToken=t",
        B.replace('-', "")
    );
    vec![
        ("DescribeRegions", String::new(), None),
        ("DescribeAddresses", "PublicIp.1=203.0.113.7".into(), list(Kind::Address, one("203.0.113.7"))),
        ("AllocateAddress", "Domain=vpc".into(), create(Spec::Address)),
        ("ReleaseAddress", format!("AllocationId=eipalloc-{A}"), destroy(Kind::Address, A)),
        (
            "AssociateAddress",
            format!("AllocationId={A}&InstanceId={B}"),
            change(Change::Associate { instance: B.into() }),
        ),
        ("DisassociateAddress", format!("AssociationId=eipassoc-{A}"), change(Change::Disassociate)),
        (
            "CreateImage",
            format!("InstanceId={A_SHOWN}&Name=golden&Description=d&NoReboot=true"),
            create(Spec::Image(ImageSpec {
                instance: A.into(),
                name: Some("golden".into()),
                description: Some("d".into()),
            })),
        ),
        ("DeregisterImage", format!("ImageId={B}"), destroy(Kind::Image, B)),
        ("DescribeKeyPairs", "KeyPairId.1=key-web".into(), list(Kind::Key, one("web"))),
        ("CreateKeyPair", "KeyName=web&KeyType=rsa".into(), create(Spec::Key(KeySpec::new("web", None)))),
        (
            "ImportKeyPair",
            "KeyName=web&PublicKeyMaterial=c3NoLXJzYQ%3D%3D".into(),
            create(Spec::Key(KeySpec::new("web", Some("ssh-rsa".into())))),
        ),
        ("DeleteKeyPair", "KeyName=web".into(), destroy(Kind::Key, "web")),
        ("DescribeVolumes", format!("VolumeId.1=vol-{A}"), list(Kind::Volume, one(A))),
        ("DescribeVolumeStatus", format!("VolumeId.1={A}"), list(Kind::Volume, one(A))),
        (
            "CreateVolume",
            format!(
                "AvailabilityZone=Default&Size=3&SnapshotId={B}&TagSpecification.1.ResourceType=volume\
                 &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=disk"
            ),
            create_with(
                Spec::Volume(VolumeSpec {
                    name: Some("disk".into()),
                    description: None,
                    size: Some(3 << 30),
                    realm: Some("Default".into()),
                    snapshot: Some(B.into()),
                }),
                vec![(Kind::Volume, vec![word("Name", "disk")])],
            ),
        ),
        ("DeleteVolume", format!("VolumeId={A}"), destroy(Kind::Volume, A)),
        (
            "AttachVolume",
            format!("VolumeId={A}&InstanceId={B}&Device=/dev/sdh"),
            change(Change::Attach { instance: B.into(), device: Some("/dev/sdh".into()) }),
        ),
        ("DetachVolume", format!("VolumeId={A}&InstanceId={B}"), change(Change::Detach)),
        ("DescribeSnapshots", "Owner.1=self&MaxResults=5".into(), list(Kind::Snapshot, Filter::default())),
        (
            "CreateSnapshot",
            format!("VolumeId={A}&Description=d"),
            create(Spec::Snapshot(SnapshotSpec {
                volume: A.into(),
                name: None,
                description: Some("d".into()),
            })),
        ),
        ("DescribeVpcs", format!("VpcId.1=vpc-{A}"), list(Kind::Network, one(A))),
        (
            "CreateVpc",
            "CidrBlock=10.0.0.0/8".into(),
            create(Spec::Network(NetworkSpec { name: None, address_block: Some("10.0.0.0/8".into()) })),
        ),
        ("DeleteVpc", format!("VpcId={A}"), destroy(Kind::Network, A)),
        (
            "DescribeSubnets",
            "MaxResults=5".into(),
            list(Kind::Subnet, Filter { at_most: Some(6), ..Filter::default() }),
        ),
        (
            "CreateSubnet",
            format!("VpcId={A}&CidrBlock=10.1.0.0/16"),
            create(Spec::Subnet(SubnetSpec {
                network: A.into(),
                address_block: "10.1.0.0/16".into(),
                name: None,
            })),
        ),
        ("DeleteSubnet", format!("SubnetId=subnet-{B}"), destroy(Kind::Subnet, B)),
        (
            "DescribeNetworkInterfaces",
            format!("NetworkInterfaceId.1={B}"),
            list(Kind::NetworkInterface, one(B)),
        ),
        ("DescribeSecurityGroups", format!("GroupId.1=sg-{A}"), list(Kind::Firewall, one(A))),
        (
            "CreateSecurityGroup",
            format!("GroupName=web&GroupDescription=d&VpcId={A}"),
            create(Spec::Firewall(FirewallSpec { name: "web".into(), description: "d".into() })),
        ),
        ("DeleteSecurityGroup", "GroupName=web".into(), destroy(Kind::Firewall, "web")),
        ("AuthorizeSecurityGroupIngress", format!("GroupId={A}&{SSH}"), None),
        ("RevokeSecurityGroupIngress", format!("GroupId={A}&{SSH}"), None),
        ("DeleteSnapshot", format!("SnapshotId=snap-{A}"), destroy(Kind::Snapshot, A)),
        ("DescribeAvailabilityZones", String::new(), list(Kind::Realm, Filter::default())),
        (
            "DescribeImages",
            format!("Owner.1=self&ImageId.1={B}"),
            list(Kind::Image, Filter { ids: vec![B.into()], ..Filter::default() }),
        ),
        (
            "DescribeInstanceTypes",
            "InstanceType.1=m1.small&InstanceType.2=c2.m1024".into(),
            list(Kind::HardwareProfile, Filter { ids: vec!["m1.small".into()], ..Filter::default() }),
        ),
        (
            "RunInstances",
            run,
            Some(Operation::creation(
                Spec::Instance(spec),
                Memo {
                    tags: vec![
                        (Kind::Instance, vec![word("a", "b"), word("Name", "web")]),
                        (Kind::Volume, vec![word("Name", "disk")]),
                    ],
                    note: Some(NoteChange { stays: Some(true), ..NoteChange::default() }),
                    token: Some("t".into()),
                },
            )),
        ),
        (
            "DescribeInstanceAttribute",
            format!("InstanceId={A_SHOWN}&Attribute=userData"),
            Some(Operation::Show(Kind::Note, A.into())),
        ),
        (
            "ModifyInstanceAttribute",
            format!("InstanceId={A_SHOWN}&DisableApiStop.Value=true&SourceDestCheck.Value=true"),
            Some(Operation::Note(A.into(), NoteChange { runs_on: Some(true), ..NoteChange::default() })),
        ),
        (
            "CreateTags",
            format!("ResourceId.0={A_SHOWN}&ResourceId.1=vol-{B}&Tag.0.Key=a&Tag.0.Value=b&Tag.1.Key=c"),
            tag(TagChange::Set(vec![word("a", "b"), word("c", "")])),
        ),
        (
            "DeleteTags",
            format!("ResourceId.1={A_SHOWN}&ResourceId.2=vol-{B}&Tag.1.Key=a&Tag.2.Key=c&Tag.2.Value=d"),
            tag(TagChange::Remove(vec![pattern("a", &[]), pattern("c", &["d"])])),
        ),
        (
            "DescribeTags",
            "MaxResults=5".into(),
            list(Kind::Tag, Filter { at_most: Some(6), ..Filter::default() }),
        ),
        (
            "DescribeInstances",
            both.clone(),
            list(Kind::Instance, Filter { ids: vec![A.into(), B.into()], ..Filter::default() }),
        ),
        (
            "DescribeInstanceStatus",
            "MaxResults=5&IncludeAllInstances=true".into(),
            list(Kind::Instance, Filter { at_most: Some(6), ..Filter::default() }),
        ),
        ("GetConsoleOutput", format!("InstanceId.1={A}&Latest=true"), show(Kind::Instance, A)),
        ("GetPasswordData", format!("InstanceId={A}"), show(Kind::Instance, A)),
        ("StartInstances", both.clone(), act(Action::Start)),
        ("StopInstances", format!("{both}&Force=true"), act(Action::Stop { force: true })),
        ("RebootInstances", both.clone(), act(Action::Reboot)),
        ("TerminateInstances", both, Some(Operation::Destroy(Kind::Instance, vec![A.into(), B.into()]))),
        ("DescribeSecurityGroupRules", String::new(), list(Kind::Firewall, Filter::default())),
        ("DeleteNetworkInterface", format!("NetworkInterfaceId={A}"), destroy(Kind::NetworkInterface, A)),
        (
            "DescribeInstanceTypeOfferings",
            "LocationType=region".into(),
            list(Kind::HardwareProfile, Filter::default()),
        ),
        ("DescribeAccountAttributes", String::new(), None),
        (
            "DescribeVpcAttribute",
            format!("VpcId={A}&Attribute=enableDnsSupport"),
            list(Kind::Network, one(A)),
        ),
        (
            "DescribeImageAttribute",
            format!("ImageId={B}&Attribute=launchPermission"),
            list(Kind::Image, one(B)),
        ),
        (
            "DescribeSnapshotAttribute",
            format!("SnapshotId={A}&Attribute=createVolumePermission"),
            list(Kind::Snapshot, one(A)),
        ),
        ("MonitorInstances", format!("InstanceId.1={A}"), list(Kind::Instance, one(A))),
        ("UnmonitorInstances", format!("InstanceId.1={A}"), list(Kind::Instance, one(A))),
        ("DescribeIamInstanceProfileAssociations", String::new(), None),
        ("DescribeInstanceCreditSpecifications", String::new(), None),
        ("DescribeVolumesModifications", String::new(), None),
        ("GetCallerIdentity", "Version=2011-06-15".into(), None),
        ("GetSessionToken", "Version=2011-06-15&DurationSeconds=900".into(), None),
    ]
}

fn between<'b>(body: &'b str, element: &str) -> Vec<&'b str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    body.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}
