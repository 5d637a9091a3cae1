//! The front end as a whole: requests in, operations and documents out.

use std::{collections::BTreeSet, fs, path::PathBuf};

use bytes::{Bytes, BytesMut};
use http::{Method, Request};
use jiff::Timestamp;
use proptest::prelude::*;
use smallvec::smallvec;

use super::{Ec2, Settings, actions};
use crate::{
    frontends::{Arrival, Call, Frontend, Reply},
    model::{
        Action, Attachment, Capabilities, Count, Error, ErrorKind, Filter, Flow, HardwareProfile, Health,
        IdForm, Image, ImageState, Instance, InstanceSpec, InstanceState, Kind, NetworkInterface, Operation,
        Property, Realm, RealmState, Resource, Spec, Verb,
    },
};

const A: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const B: &str = "00000000-4f89-41d3-9a0c-0305e82c3302";
const A_SHOWN: &str = "i-3f2504e04f8941d39a0c0305e82c3301";

fn cloud(ids: IdForm) -> Capabilities {
    let operations = &[
        (Verb::List, Kind::Realm),
        (Verb::List, Kind::Image),
        (Verb::List, Kind::HardwareProfile),
        (Verb::List, Kind::Instance),
        (Verb::Show, Kind::Image),
        (Verb::Create, Kind::Instance),
        (Verb::Act, Kind::Instance),
        (Verb::Destroy, Kind::Instance),
    ];
    Capabilities { driver: "mock", operations, ids, user_data: Some(100) }
}

fn ec2() -> Ec2 {
    Ec2::new(Settings { region: None, only: false, token_key: [1; 32], instances_per_request: 100 })
}

fn arrival() -> Arrival {
    Arrival {
        request_id: "req-1".into(),
        now: "2026-11-23T11:05:44.5Z".parse().unwrap(),
        scheme: "http",
        host: "localhost:3001".into(),
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
        addresses: smallvec!["fe80::1".parse().unwrap()],
        interfaces: smallvec![NetworkInterface {
            id: B.into(),
            name: "nic1".into(),
            mac: Some("00:1a:4a:16:01:56".into()),
            network: Some(A.into()),
            addresses: smallvec!["169.254.0.1".parse().unwrap(), "10.0.0.5".parse().unwrap()],
        }],
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
    };
    let profile = HardwareProfile {
        id: "m1.small".into(),
        name: "m1.small".into(),
        cpus: Some(Property::Fixed(1)),
        memory: Some(Property::Fixed(2 << 30)),
        storage: None,
        architecture: None,
    };
    vec![
        Resource::Instance(instance(A)),
        Resource::Image(image),
        Resource::HardwareProfile(profile),
        Resource::Realm(Realm { id: A.into(), name: "Default".into(), state: RealmState::Available }),
    ]
}

fn of_kind(kind: Kind) -> Vec<Resource<'static>> {
    everything().into_iter().filter(|resource| resource.kind() == kind).collect()
}

/// Every row of the table of actions, by a request and what it asks of the cloud.
fn rows() -> Vec<(&'static str, String, Option<Operation>)> {
    let list = |kind, filter| Some(Operation::List(kind, filter));
    let act = |action| Some(Operation::Act(action, vec![A.into(), B.into()]));
    let both = format!("InstanceId.1={A_SHOWN}&InstanceId.2={B}");
    let spec = InstanceSpec {
        image: B.into(),
        realm: Some("Default".into()),
        hardware_profile: Some("m1.small".into()),
        cpus: None,
        memory: None,
        name: Some("web".into()),
        user_data: Some(b"#!/bin/sh\n".to_vec()),
        count: Count { min: 1, max: 2 },
        start: true,
    };
    let run = format!(
        "ImageId=ami-{}&MinCount=1&MaxCount=2&InstanceType=m1.small&UserData=IyEvYmluL3No%0ACg%3D%3D\
         &Placement.AvailabilityZone=Default&TagSpecification.1.ResourceType=volume\
         &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=disk\
         &TagSpecification.2.ResourceType=instance&TagSpecification.2.Tag.1.Key=a\
         &TagSpecification.2.Tag.1.Value=b&TagSpecification.2.Tag.2.Key=Name\
         &TagSpecification.2.Tag.2.Value=web",
        B.replace('-', "")
    );
    vec![
        ("DescribeRegions", String::new(), None),
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
        ("RunInstances", run, Some(Operation::Create(Box::new(Spec::Instance(spec))))),
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
        ("StartInstances", both.clone(), act(Action::Start)),
        ("StopInstances", format!("{both}&Force=true"), act(Action::Stop { force: true })),
        ("RebootInstances", both.clone(), act(Action::Reboot)),
        ("TerminateInstances", both, Some(Operation::Destroy(Kind::Instance, vec![A.into(), B.into()]))),
    ]
}

#[test]
fn every_action_asks_for_what_it_says() {
    let rows = rows();
    let tested: BTreeSet<_> = rows.iter().map(|row| row.0).collect();
    assert_eq!(tested, actions().map(|(name, _)| name).collect());
    for (action, parameters, expected) in rows {
        let call = call(&format!("Action={action}&{parameters}"));
        assert_eq!(call.action, action);
        assert_eq!(call.operation, expected, "{action}");
    }
}

#[test]
fn the_talks_requests_work_verbatim() {
    assert_eq!(
        operation("Action=DescribeAvailabilityZones"),
        Operation::List(Kind::Realm, Filter::default())
    );
    assert_eq!(operation("Action=DescribeImages"), Operation::List(Kind::Image, Filter::default()));
    assert_eq!(operation("Action=DescribeInstances"), Operation::List(Kind::Instance, Filter::default()));
    let one = Filter { ids: vec![A.into()], ..Filter::default() };
    assert_eq!(
        operation(&format!("Action=DescribeInstances&InstanceId.1={A}")),
        Operation::List(Kind::Instance, one)
    );
    let run = operation(&format!("Action=RunInstances&Placement.AvailabilityZone={A}&ImageId={B}"));
    let Operation::Create(spec) = run else { panic!("{run:?}") };
    let Spec::Instance(spec) = *spec;
    assert_eq!((spec.image, spec.realm, spec.count), (B.into(), Some(A.into()), Count { min: 1, max: 1 }));
    let run = operation(&format!("Action=RunInstances&ImageId={B}&UserData=Pz8+Cg==&InstanceType=c2.m1024"));
    let Operation::Create(spec) = run else { panic!("{run:?}") };
    let Spec::Instance(spec) = *spec;
    assert_eq!((spec.user_data, spec.cpus, spec.memory), (Some(b"??>\n".to_vec()), Some(2), Some(1 << 30)));
    let ids = vec![A.into()];
    for (action, expected) in [
        ("StartInstances", Operation::Act(Action::Start, ids.clone())),
        ("StopInstances", Operation::Act(Action::Stop { force: false }, ids.clone())),
        ("TerminateInstances", Operation::Destroy(Kind::Instance, ids)),
    ] {
        assert_eq!(operation(&format!("Action={action}&InstanceId.1={A}")), expected);
    }
}

#[test]
fn filters_are_asked_of_the_cloud_where_they_are_exact() {
    let query = format!(
        "Action=DescribeInstances&Filter.1.Name=instance-state-name&Filter.1.Value.1=running&Filter.2.Name=image-id\
         &Filter.2.Value.1={B}&Filter.3.Name=tag:Name&Filter.3.Value.1=web&Filter.4.Name=availability-zone\
         &Filter.4.Value.1={A}&Filter.5.Name=instance-id&Filter.5.Value.1={A_SHOWN}&MaxResults=5"
    );
    let expected = Filter {
        ids: vec![A.into()],
        realm: Some(A.into()),
        image: Some(B.into()),
        name: Some("web".into()),
        states: vec![
            InstanceState::Running,
            InstanceState::Rebooting,
            InstanceState::Paused,
            InstanceState::Unknown,
        ],
        at_most: None,
    };
    assert_eq!(operation(&query), Operation::List(Kind::Instance, expected));
    let wild = "Action=DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1=web*";
    assert_eq!(operation(wild), Operation::List(Kind::Instance, Filter::default()));
}

#[test]
fn filters_decide_what_is_shown() {
    for (filter, shown) in [
        ("Name=tag:Name&Value=web*", true),
        ("Name=tag:Name&Value.1=db&Value.2=web%20%26%20co", true),
        ("Name=tag:Name&Value=web", false),
        ("Name=tag:env&Value=*", false),
        ("Name=tag-key&Value=Name", true),
        ("Name=instance-state-name&Value=running", true),
        ("Name=instance-state-code&Value=16", true),
        ("Name=instance-type&Value=c2.*", true),
        ("Name=private-ip-address&Value=10.0.0.5", true),
        ("Name=private-ip-address&Value=10.0.0.6", false),
        ("Name=image-id&Value=ami-00000000*", true),
        ("Name=architecture&Value=x86_64", true),
        ("Name=launch-time&Value=2026-01-03T*", true),
        ("Name=key-name&Value=*", false),
        ("Name=subnet-id", false),
    ] {
        let filter = filter.replace("Name=", "Filter.1.Name=").replace("Value", "Filter.1.Value");
        let filter =
            filter.replacen("tag-key&Filter.1.Value=Filter.1.Name=", "tag-key&Filter.1.Value=Name", 1);
        let body =
            answer(call(&format!("Action=DescribeInstances&{filter}")), &of_kind(Kind::Instance)).unwrap();
        assert_eq!(body.contains(A_SHOWN), shown, "{filter}");
    }
}

#[test]
fn requests_that_make_no_sense_have_their_code() {
    let malformed = format!("Action=StopInstances&InstanceId.1=ami-{}", A.replace('-', ""));
    for (query, code) in [
        ("", "MissingAction"),
        ("Action=Nonsense", "InvalidAction"),
        ("Action=describeinstances", "InvalidAction"),
        ("Action=RunInstances", "MissingParameter"),
        ("Action=StartInstances", "MissingParameter"),
        ("Action=DescribeInstances&InstanceId.1=x", "InvalidInstanceID.Malformed"),
        ("Action=DescribeInstances&InstanceId.1=i-12345678", "InvalidInstanceID.NotFound"),
        (&malformed, "InvalidInstanceID.Malformed"),
        ("Action=RunInstances&ImageId=x", "InvalidAMIID.Malformed"),
        ("Action=DescribeInstances&Filter.1.Name=nonsense&Filter.1.Value.1=x", "InvalidParameterValue"),
        ("Action=DescribeInstances&Filter.1.Value.1=x", "MissingParameter"),
        ("Action=DescribeInstances&MaxResults=4", "InvalidParameterValue"),
        ("Action=DescribeInstances&MaxResults=1001", "InvalidParameterValue"),
        ("Action=DescribeInstances&NextToken=bogus", "InvalidParameterValue"),
        ("Action=DescribeRegions&RegionName.1=mars", "InvalidParameterValue"),
        ("Action=DescribeRegions&Version=new", "NoSuchVersion"),
        ("Action=%zz", "InvalidParameterValue"),
    ] {
        assert_eq!(refused(query), (code, 400), "{query}");
    }
    for (parameters, code) in [
        ("MinCount=0", "InvalidParameterValue"),
        ("MinCount=2&MaxCount=1", "InvalidParameterValue"),
        ("MinCount=x", "InvalidParameterValue"),
        ("MaxCount=101", "InvalidParameterValue"),
        ("UserData=%21not-base64", "InvalidParameterValue"),
        ("DryRun=maybe", "InvalidParameterValue"),
    ] {
        let query = format!("Action=RunInstances&ImageId={B}&{parameters}");
        assert_eq!(refused(&query), (code, 400), "{query}");
    }
    let long = format!("Action=RunInstances&ImageId={B}&UserData={}", "AAAA".repeat(34));
    assert_eq!(refused(&long), ("InvalidParameterValue", 400));
    let paged = format!("Action=DescribeInstances&InstanceId.1={A}&MaxResults=5");
    assert_eq!(refused(&paged), ("InvalidParameterCombination", 400));
    assert_eq!(
        refused(&format!("Action=StopInstances&InstanceId={A}&Hibernate=true")),
        ("UnsupportedOperation", 400)
    );
    let many: String =
        (0..=1000).map(|n| format!("&InstanceId.{n}=00000000-0000-0000-0000-{n:012}")).collect();
    assert_eq!(refused(&format!("Action=StartInstances{many}")), ("InvalidParameterValue", 400));
}

#[test]
fn what_the_cloud_cannot_do_is_unsupported() {
    let cloud = Capabilities { operations: &[], user_data: None, ..cloud(IdForm::Opaque) };
    for query in [
        "Action=DescribeImages",
        "Action=RunInstances&ImageId=i",
        "Action=RunInstances&ImageId=i&UserData=AA==",
    ] {
        let reply = ec2().decode(&get(query), &arrival(), &cloud).err().unwrap();
        assert_eq!(reply.outcome, "UnsupportedOperation", "{query}");
    }
    assert!(ec2().decode(&get("Action=DescribeRegions"), &arrival(), &cloud).is_ok());
}

#[test]
fn a_dry_run_asks_without_effect_and_says_so() {
    for (action, parameters, operation) in rows() {
        let call = call(&format!("Action={action}&{parameters}&DryRun=true"));
        assert_eq!(call.encode.head().status.as_u16(), 412, "{action}");
        let harmless = matches!(call.operation, None | Some(Operation::List(..)));
        assert!(harmless, "{action}: {:?}", call.operation);
        assert_eq!(call.operation.is_some(), operation.is_some(), "{action}");
        let mut found = of_kind(Kind::Instance);
        found.extend(of_kind(Kind::HardwareProfile));
        found.extend(of_kind(Kind::Image));
        found.push(Resource::Instance(instance(B)));
        let body = answer(call, &found).unwrap();
        assert!(body.contains("<Code>DryRunOperation</Code>"), "{body}");
    }
    let missing = call(&format!("Action=TerminateInstances&InstanceId.1={A}&DryRun=true"));
    assert_eq!(answer(missing, &[]).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn what_was_asked_for_by_id_has_to_come() {
    let query = format!("Action=DescribeInstances&InstanceId.1={B}&InstanceId.2={A}");
    assert!(
        answer(call(&query), &[Resource::Instance(instance(A)), Resource::Instance(instance(B))]).is_ok()
    );
    let mut unanswered = call(&query);
    let error = answer(call(&query), &of_kind(Kind::Instance)).unwrap_err();
    let reply = unanswered.encode.fail(&error);
    assert_eq!((reply.outcome, reply.head.status.as_u16()), ("InvalidInstanceID.NotFound", 400));
    let message = format!("The instance ID 'i-{}' does not exist", B.replace('-', ""));
    assert!(text(&reply.body).contains(&message));
}

#[test]
fn pages_follow_each_other_through_the_filters() {
    let ids: Vec<String> = (0..30).map(|n| format!("00000000-0000-0000-0000-{n:012}")).collect();
    let cloud: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let state = if n % 3 == 0 { InstanceState::Stopped } else { InstanceState::Running };
            Resource::Instance(Instance::new(id.as_str(), state))
        })
        .collect();
    let query =
        "Action=DescribeInstances&MaxResults=7&Filter.1.Name=instance-state-name&Filter.1.Value=running";
    let (mut seen, mut pages, mut token) = (Vec::new(), 0, String::new());
    loop {
        let body = answer(call(&format!("{query}{token}")), &cloud).unwrap();
        seen.extend(between(&body, "instanceId").into_iter().map(str::to_owned));
        pages += 1;
        match between(&body, "nextToken").as_slice() {
            [next] => token = format!("&NextToken={next}"),
            _ => break,
        }
    }
    assert_eq!((seen.len(), pages), (20, 3));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 20);
    let other = format!("Action=DescribeInstances&MaxResults=7{token}");
    assert_eq!(refused(&other), ("InvalidParameterValue", 400), "a token of other filters");
}

fn between<'b>(body: &'b str, element: &str) -> Vec<&'b str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    body.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}

#[test]
fn the_answer_has_the_version_that_was_asked_for() {
    for (version, shown) in [("", "2016-11-15"), ("&Version=2012-04-01", "2012-04-01")] {
        let body = answer(call(&format!("Action=DescribeRegions{version}")), &[]).unwrap();
        let root = format!("<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/{shown}/\">");
        assert!(body.contains(&root), "{body}");
    }
}

#[test]
fn one_action_reads_like_this() {
    let body = answer(
        call(&format!("Action=StopInstances&InstanceId.1={A}")),
        &[Resource::Instance(Instance {
            previous: Some(InstanceState::Running),
            ..Instance::new(A, InstanceState::Stopping)
        })],
    );
    let expected = format!(
        "<StopInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>req-1</requestId>\
         <instancesSet><item><instanceId>{A_SHOWN}</instanceId><currentState><code>64</code><name>stopping</name>\
         </currentState><previousState><code>16</code><name>running</name></previousState></item></instancesSet>\
         </StopInstancesResponse>"
    );
    assert_eq!(body.unwrap().split_once("?>").unwrap().1.trim_start(), expected);
    let body = answer(call(&format!("Action=RebootInstances&InstanceId.1={A}")), &of_kind(Kind::Instance));
    assert!(body.unwrap().ends_with("</requestId><return>true</return></RebootInstancesResponse>"));
}

#[test]
fn an_instance_is_shown_as_amazon_shows_it() {
    let body = answer(call("Action=DescribeInstances"), &of_kind(Kind::Instance)).unwrap();
    for expected in [
        "<reservationId>r-3f2504e04f8941d39a0c0305e82c3301</reservationId>",
        "<imageId>ami-000000004f8941d39a0c0305e82c3302</imageId>",
        "<instanceState><code>16</code><name>running</name></instanceState>",
        "<instanceType>c2.m4096</instanceType><launchTime>2026-01-03T03:04:05.000Z</launchTime>",
        "<availabilityZone>3f2504e0-4f89-41d3-9a0c-0305e82c3301</availabilityZone>",
        "<privateIpAddress>10.0.0.5</privateIpAddress><ipAddress>10.0.0.5</ipAddress>",
        "<tagSet><item><key>Name</key><value>web &amp; co</value></item></tagSet>",
        "<rootDeviceName>/dev/sda1</rootDeviceName>",
        "<deviceName>/dev/sdb</deviceName><ebs><volumeId>vol-3f2504e04f8941d39a0c0305e82c3301</volumeId>",
        "<deviceName>/dev/sda1</deviceName><ebs><volumeId>vol-000000004f8941d39a0c0305e82c3302</volumeId>",
        "<networkInterfaceId>eni-000000004f8941d39a0c0305e82c3302</networkInterfaceId>",
        "<deviceIndex>0</deviceIndex>",
    ] {
        assert!(body.contains(expected), "{expected}\n{body}");
    }
}

#[test]
fn what_is_gone_has_nothing_left() {
    let gone = Instance { state: InstanceState::Terminated, ..instance(A) };
    let body = answer(call("Action=DescribeInstances"), &[Resource::Instance(gone)]).unwrap();
    assert!(body.contains("<code>48</code><name>terminated</name>"));
    assert!(body.contains("<reason>User initiated (2026-01-04 03:04:05 GMT)</reason>"));
    for absent in ["privateIpAddress", "<volumeId>", "<networkInterfaceId>", "web.example"] {
        assert!(!body.contains(absent), "{absent}\n{body}");
    }
}

#[test]
fn a_launch_is_one_reservation() {
    let two = [Resource::Instance(instance(A)), Resource::Instance(instance(B))];
    let body = answer(call(&format!("Action=RunInstances&ImageId={B}&MaxCount=2")), &two).unwrap();
    assert_eq!(between(&body, "reservationId"), ["r-3f2504e04f8941d39a0c0305e82c3301"]);
    assert_eq!(between(&body, "amiLaunchIndex"), ["0", "1"]);
    let none = answer(call(&format!("Action=RunInstances&ImageId={B}")), &[]);
    assert_eq!(none.unwrap_err().kind(), ErrorKind::Unexpected);
}

#[test]
fn status_is_of_what_runs_unless_all_are_wanted() {
    let stopped = Resource::Instance(Instance::new(B, InstanceState::Stopped));
    let cloud = [Resource::Instance(instance(A)), stopped];
    let body = answer(call("Action=DescribeInstanceStatus"), &cloud).unwrap();
    assert_eq!(between(&body, "instanceId"), [A_SHOWN]);
    let body = answer(call("Action=DescribeInstanceStatus&IncludeAllInstances=true"), &cloud).unwrap();
    assert_eq!(between(&body, "instanceId").len(), 2);
    assert!(body.contains("not-applicable"));
}

#[test]
fn a_size_is_an_instance_type() {
    let synthetic = call("Action=DescribeInstanceTypes&InstanceType.1=c2.m4096");
    assert_eq!(synthetic.operation, None);
    let body = answer(synthetic, &[]).unwrap();
    assert!(body.contains("<instanceType>c2.m4096</instanceType>"));
    assert!(body.contains("<sizeInMiB>4096</sizeInMiB>"));
    let unknown = call("Action=DescribeInstanceTypes&InstanceType.1=nonsense");
    let mut encode = call("Action=DescribeInstanceTypes").encode;
    let reply = encode.fail(&answer(unknown, &[]).unwrap_err());
    assert_eq!(reply.outcome, "InvalidInstanceType");
}

#[test]
fn opaque_identifiers_stay_as_they_are() {
    let request = get("Action=DescribeInstances&InstanceId.1=inst1");
    let call = call_of(&request, IdForm::Opaque).unwrap_or_else(|reply| panic!("{}", text(&reply.body)));
    let body = answer(call, &[Resource::Instance(Instance::new("inst1", InstanceState::Running))]).unwrap();
    assert!(body.contains("<reservationId>r-inst1</reservationId>"));
    assert!(body.contains("<instanceId>inst1</instanceId>"));
}

#[test]
fn nobody_is_challenged_and_a_signer_is_not() {
    let error = Error::new(ErrorKind::Unauthenticated, "who are you?");
    let reply = ec2().refuse(&get("Action=DescribeInstances"), &arrival(), &error);
    assert_eq!((reply.outcome, reply.head.status.as_u16()), ("MissingAuthenticationToken", 401));
    assert_eq!(reply.headers.len(), 1);
    let signed =
        get("Action=DescribeInstances&AWSAccessKeyId=a&SignatureVersion=2&SignatureMethod=HmacSHA256\
         &Timestamp=2026-01-02T03%3A04%3A05Z&Signature=eA%3D%3D");
    let reply = ec2().refuse(&signed, &arrival(), &error);
    assert_eq!((reply.outcome, reply.head.status.as_u16()), ("AuthFailure", 401));
    assert!(reply.headers.is_empty());
}

#[test]
fn paths_are_claimed() {
    let only = Ec2::new(Settings { only: true, ..ec2().settings.clone() });
    for (path, shared) in [("/ec2", true), ("/ec2/", true), ("/", false), ("/api", false), ("/ec2x", false)] {
        assert_eq!(ec2().claims(path), shared, "{path}");
        assert!(only.claims(path), "{path}");
    }
}

#[test]
fn settings_keep_their_key() {
    assert!(!format!("{:?}", ec2()).contains("1, 1"));
}

proptest! {
    #[test]
    fn no_parameters_make_it_panic(
        action in proptest::sample::select(actions().map(|(name, _)| name).collect::<Vec<_>>()),
        names in proptest::collection::vec("(InstanceId|ImageId|Filter|Owner|MaxResults|NextToken|UserData|MinCount|TagSpecification|InstanceType|DryRun|Version)(\\.[0-9]{1,2})?(\\.(Name|Value|Tag|Key))?(\\.[0-9])?", 0..6),
        values in proptest::collection::vec(".{0,12}|[0-9]{1,12}|i-[0-9a-f]{0,40}|true|c[0-9]{0,12}.m[0-9]{0,12}", 6),
    ) {
        let pairs: String = names
            .iter()
            .zip(&values)
            .map(|(name, value)| format!("&{name}={}", crate::wire::form::encode(value)))
            .collect();
        let body = Bytes::from(format!("Action={action}{pairs}"));
        let request = Request::builder().method(Method::POST).uri("/ec2").body(body).unwrap();
        match call_of(&request, IdForm::Uuid) {
            Ok(call) => drop(answer(call, &everything())),
            Err(reply) => prop_assert_eq!(reply.head.status.as_u16(), 400),
        }
    }
}

/// The paths of `name[name[..] name{..}]`, lists with their `item`.
fn paths(tree: &str) -> BTreeSet<String> {
    let (mut above, mut found, mut name) = (Vec::new(), BTreeSet::new(), String::new());
    for character in tree.chars().chain([' ']) {
        match character {
            '[' | '{' | ']' | '}' | ' ' => {
                if !name.is_empty() {
                    let depth: String = above.iter().map(|name| format!("/{name}")).collect();
                    found.insert(format!("{depth}/{name}"));
                }
                match character {
                    '[' => above.push(format!("{name}/item")),
                    '{' => above.push(name.clone()),
                    ']' | '}' => drop(above.pop()),
                    _ => {}
                }
                name.clear();
            }
            letter => name.push(letter),
        }
    }
    found
}

/// The paths of the elements below the root of a document.
fn elements(document: &str) -> BTreeSet<String> {
    let (mut above, mut found) = (Vec::new(), BTreeSet::new());
    for tag in document.split('<').skip(1) {
        let name = tag.split(['>', ' ']).next().unwrap();
        if name.starts_with('?') {
            continue;
        }
        if name.starts_with('/') {
            above.pop();
            continue;
        }
        let (name, empty) = name.strip_suffix('/').map_or((name, false), |name| (name, true));
        above.push(name);
        found.insert(format!("/{}", above.get(1..).unwrap_or_default().join("/")));
        if empty {
            above.pop();
        }
    }
    found
}

#[test]
fn paths_are_found() {
    let expected = BTreeSet::from(["/a", "/a/item/b", "/a/item/b/c", "/d"].map(str::to_owned));
    assert_eq!(paths("a[b{c}] d"), expected);
    let document = "<?xml version=\"1.0\"?><R><a><item><b><c>1</c></b></item></a><d/></R>";
    assert!(elements(document).is_superset(&expected));
}

/// The recordings of what real clients sent and need; none where they are not at hand.
fn wire() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let directory = std::env::var_os("DELTAGATE_WIRE").map_or_else(beside, PathBuf::from).join("ec2");
    if directory.is_dir() {
        return Some(directory);
    }
    println!("skipped: no recordings at {}", directory.display());
    None
}

fn recorded(directory: PathBuf, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            recorded(path, found);
        } else if path.extension().is_some_and(|extension| extension == "http") {
            found.push(path);
        }
    }
}

fn parse(raw: &[u8]) -> Request<Bytes> {
    let raw = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let (head, body) = raw.split_once("\n\n").unwrap_or((&raw, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let mut request = Request::builder().method(words.next().unwrap()).uri(words.next().unwrap());
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        request = request.header(name.trim(), value.trim());
    }
    request.body(Bytes::from(body.to_owned())).unwrap()
}

/// Recorded requests that are wrong, on purpose or here, and the code that each gets.
const REFUSED: [(&str, &str); 2] =
    [("NextToken=", "InvalidParameterValue"), ("Hibernate=true", "UnsupportedOperation")];

#[test]
fn every_recorded_request_of_these_actions_is_understood() {
    let Some(directory) = wire() else { return };
    let mut files = Vec::new();
    recorded(directory.join("requests"), &mut files);
    let known: BTreeSet<_> = actions().map(|(name, _)| name).collect();
    let mut understood = 0;
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Some(action) = name.split('-').nth(1).filter(|action| known.contains(action)) else { continue };
        let request = parse(&fs::read(&file).unwrap());
        let reply = call_of(&request, IdForm::Opaque).err();
        let code = reply.as_ref().map(|reply| reply.outcome);
        let sent = text(&[request.uri().query().unwrap_or_default().as_bytes(), request.body()].concat());
        let refused = REFUSED.iter().find(|(part, _)| sent.contains(part));
        let expected = refused.map(|(_, code)| *code);
        assert_eq!(code, expected, "{action} {}: {:?}", file.display(), reply.map(|reply| text(&reply.body)));
        understood += 1;
    }
    assert!(understood > 100, "only {understood} recorded requests");
    println!("{understood} recorded requests");
}

/// What clients were seen to be satisfied with and is not here: there are no security groups, and an image's disks
/// are not known.
const ABSENT: [&str; 4] =
    ["groupSet/item/groupId", "groupSet/item/groupName", "ebs/snapshotId", "ebs/volumeSize"];
/// The same, where only a page that is not the last or an instance that does not run has it.
const ELSEWHERE: [&str; 4] = ["/nextToken", "/stateReason", "/stateReason/code", "/stateReason/message"];

#[test]
fn answers_have_what_clients_were_satisfied_with() {
    let Some(directory) = wire() else { return };
    let emitted = fs::read_to_string(directory.join("emitted-fields.txt")).unwrap();
    let rows = rows();
    let mut compared = 0;
    for (action, tree) in emitted.lines().filter_map(|line| line.split_once(": ")) {
        let Some((_, parameters, _)) = rows.iter().find(|row| row.0 == action) else { continue };
        let call = call(&format!("Action={action}&{parameters}"));
        let kind = call.operation.as_ref().map_or(Kind::Realm, |operation| operation.pair().1);
        let mut resources = of_kind(kind);
        resources.push(Resource::Instance(instance(B)));
        let shown = elements(&answer(call, &resources).unwrap());
        let missing: Vec<_> = paths(tree.trim())
            .difference(&shown)
            .filter(|path| !ABSENT.iter().chain(&ELSEWHERE).any(|known| path.ends_with(known)))
            .filter(|path| !path.ends_with("/ebs/volumeType"))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "{action} lacks {missing:?}");
        compared += 1;
    }
    assert_eq!(compared, rows.len());
}
