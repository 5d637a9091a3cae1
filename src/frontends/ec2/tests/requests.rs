//! What requests ask for, and what is refused.

use std::collections::BTreeSet;

use http::Method;
use proptest::prelude::*;

use super::*;
use crate::{frontends::ec2::actions, model::ErrorKind};

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
    let (Operation::Create(spec) | Operation::CreateWith(spec, _)) = run else { panic!("{run:?}") };
    let Spec::Instance(spec) = *spec else { panic!("it makes no instance") };
    assert_eq!((spec.image, spec.realm, spec.count), (B.into(), Some(A.into()), Count { min: 1, max: 1 }));
    let run = operation(&format!("Action=RunInstances&ImageId={B}&UserData=Pz8+Cg==&InstanceType=c2.m1024"));
    let (Operation::Create(spec) | Operation::CreateWith(spec, _)) = run else { panic!("{run:?}") };
    let Spec::Instance(spec) = *spec else { panic!("it makes no instance") };
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
fn the_most_is_what_the_gateway_makes() {
    let run = operation(&format!("Action=RunInstances&ImageId={B}&MaxCount=1000"));
    let (Operation::Create(spec) | Operation::CreateWith(spec, _)) = run else { panic!("{run:?}") };
    let Spec::Instance(spec) = *spec else { panic!("it makes no instance") };
    assert_eq!(spec.count, Count { min: 1, max: 100 });
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
        name: None,
        states: vec![
            InstanceState::Running,
            InstanceState::Rebooting,
            InstanceState::Paused,
            InstanceState::Unknown,
        ],
        tags: vec![
            pattern("Name", &["web"]),
            pattern("env", &["dev", "test"]),
            pattern("role", &[]),
            pattern("team", &[]),
        ],
        at_most: None,
    };
    let tagged = "&Filter.6.Name=tag:env&Filter.6.Value.1=dev&Filter.6.Value.2=test&Filter.7.Name=tag:role\
                  &Filter.7.Value.1=d*&Filter.8.Name=tag-key&Filter.8.Value.1=team&Filter.9.Name=tag-value\
                  &Filter.9.Value.1=x";
    assert_eq!(operation(&format!("{query}{tagged}")), Operation::List(Kind::Instance, expected));
    let wild = "Action=DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1=web*";
    let any_name = Filter { tags: vec![pattern("Name", &[])], ..Filter::default() };
    assert_eq!(operation(wild), Operation::List(Kind::Instance, any_name));
}

#[test]
fn requests_that_make_no_sense_have_their_code() {
    let on_a = |action: &str, tags: &str| format!("Action={action}&ResourceId.1={A_SHOWN}{tags}");
    let of_a = |action: &str, more: &str| format!("Action={action}&InstanceId={A_SHOWN}{more}");
    let many: String = (0..51).map(|n| format!("&Tag.{n}.Key=k{n}")).collect();
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
        ("Action=DescribeAddresses&PublicIp.1=here", "InvalidAddress.Malformed"),
        ("Action=CreateSecurityGroup&GroupName=web", "MissingParameter"),
        ("Action=DeleteSecurityGroup", "MissingParameter"),
        ("Action=CreateTags&Tag.1.Key=a", "MissingParameter"),
        (&on_a("CreateTags", ""), "MissingParameter"),
        (&on_a("CreateTags", "&Tag.1.Value=a"), "MissingParameter"),
        (&on_a("DeleteTags", "&Tag.1.Value=a"), "MissingParameter"),
        (&on_a("CreateTags", "&Tag.1.Key=AWS:a"), "InvalidParameterValue"),
        (&on_a("CreateTags", "&Tag.1.Key=a&Tag.2.Key=a"), "InvalidParameterValue"),
        (&on_a("CreateTags", &format!("&Tag.1.Key={}", "k".repeat(128))), "InvalidParameterValue"),
        (
            &on_a("CreateTags", &format!("&Tag.1.Key=k&Tag.1.Value={}", "v".repeat(256))),
            "InvalidParameterValue",
        ),
        (&on_a("CreateTags", &many), "TagLimitExceeded"),
        ("Action=CreateTags&ResourceId.1=nonsense&Tag.1.Key=a", "InvalidID"),
        ("Action=CreateTags&ResourceId.1=i-nonsense&Tag.1.Key=a", "InvalidInstanceID.Malformed"),
        ("Action=CreateTags&ResourceId.1=vol-12345678&Tag.1.Key=a", "InvalidVolume.NotFound"),
        ("Action=AllocateAddress&TagSpecification.1.ResourceType=instance", "InvalidParameterValue"),
        ("Action=AllocateAddress&TagSpecification.1.Tag.1.Key=a", "MissingParameter"),
        (&of_a("DescribeInstanceAttribute", ""), "MissingParameter"),
        (&of_a("DescribeInstanceAttribute", "&Attribute=nonsense"), "InvalidParameterValue"),
        (&of_a("ModifyInstanceAttribute", ""), "InvalidParameterCombination"),
        (&of_a("ModifyInstanceAttribute", "&Attribute=nonsense&Value=x"), "InvalidParameterValue"),
        (&of_a("ModifyInstanceAttribute", "&InstanceType.Value=m1.small"), "UnsupportedOperation"),
        (&of_a("ModifyInstanceAttribute", "&GroupId.1=web"), "UnsupportedOperation"),
        (&of_a("ModifyInstanceAttribute", "&Attribute=sourceDestCheck&Value=false"), "UnsupportedOperation"),
        (&of_a("ModifyInstanceAttribute", "&Attribute=disableApiStop&Value=maybe"), "InvalidParameterValue"),
        (
            &of_a("ModifyInstanceAttribute", "&InstanceInitiatedShutdownBehavior.Value=x"),
            "InvalidParameterValue",
        ),
        ("Action=AuthorizeSecurityGroupIngress&GroupName=web", "MissingParameter"),
        ("Action=AuthorizeSecurityGroupIngress&GroupName=web&IpProtocol=tcp", "MissingParameter"),
        (
            "Action=AuthorizeSecurityGroupIngress&GroupName=web&IpProtocol=sctp&CidrIp=0.0.0.0/0",
            "InvalidParameterValue",
        ),
        (
            "Action=AuthorizeSecurityGroupIngress&GroupName=web&IpProtocol=tcp&FromPort=22&CidrIp=0.0.0.0/0",
            "InvalidParameterValue",
        ),
        (
            "Action=AuthorizeSecurityGroupIngress&GroupName=web&IpProtocol=-1&CidrIp=anywhere",
            "InvalidParameterValue",
        ),
        ("Action=ReleaseAddress", "MissingParameter"),
        ("Action=DeleteKeyPair", "MissingParameter"),
        ("Action=DeleteKeyPair&KeyPairId=web", "InvalidKeyPair.Format"),
        ("Action=CreateKeyPair&KeyName=web&KeyType=ed25519", "UnsupportedOperation"),
        ("Action=ImportKeyPair&KeyName=web&PublicKeyMaterial=%21", "InvalidKey.Format"),
        ("Action=CreateVolume&AvailabilityZone=a", "MissingParameter"),
        ("Action=CreateVolume&Size=-1", "InvalidParameterValue"),
        ("Action=CreateVolume&Size=1&Encrypted=true", "UnsupportedOperation"),
        ("Action=AttachVolume&VolumeId=vol-12345678", "InvalidVolume.NotFound"),
        ("Action=DeleteSnapshot&SnapshotId=x", "InvalidSnapshotID.Malformed"),
        ("Action=DescribeRegions&Version=new", "NoSuchVersion"),
        ("Action=%zz", "InvalidParameterValue"),
    ] {
        assert_eq!(refused(query), (code, 400), "{query}");
    }
    for (parameters, code) in [
        ("MinCount=0", "InvalidParameterValue"),
        ("MinCount=2&MaxCount=1", "InvalidParameterValue"),
        ("MinCount=x", "InvalidParameterValue"),
        ("MinCount=101&MaxCount=101", "InstanceLimitExceeded"),
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
    let cloud = Capabilities { operations: &[], user_data: None, features: &[], ..cloud(IdForm::Opaque) };
    for query in [
        "Action=DescribeImages",
        "Action=RunInstances&ImageId=i",
        "Action=RunInstances&ImageId=i&UserData=AA==",
        "Action=RunInstances&ImageId=i&KeyName=k",
        "Action=ImportKeyPair&KeyName=k&PublicKeyMaterial=AA==",
        "Action=AllocateAddress",
        "Action=RunInstances&ImageId=i&SecurityGroup=web",
        "Action=AuthorizeSecurityGroupIngress&GroupId=g&IpProtocol=tcp&FromPort=1&ToPort=1&CidrIp=10.0.0.0/8",
        "Action=CreateVpc&CidrBlock=10.0.0.0/8",
        "Action=RunInstances&ImageId=i&SubnetId=s",
        "Action=DetachVolume&VolumeId=v&InstanceId=i",
    ] {
        let reply = ec2().decode(&get(query), &arrival(), &cloud).err().unwrap();
        assert_eq!(reply.outcome, "UnsupportedOperation", "{query}");
    }
    for query in [
        "DescribeRegions",
        "DescribeAddresses",
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeSecurityGroups",
        "DescribeNetworkInterfaces",
    ] {
        let call = ec2()
            .decode(&get(&format!("Action={query}")), &arrival(), &cloud)
            .unwrap_or_else(|_| panic!("{query}"));
        assert_eq!(call.operation, None, "{query}");
    }
}

#[test]
fn a_dry_run_asks_without_effect_and_says_so() {
    for (action, parameters, operation) in rows() {
        let asks = operation.is_some() || !call(&format!("Action={action}&{parameters}")).before.is_empty();
        let call = call(&format!("Action={action}&{parameters}&DryRun=true"));
        assert_eq!(call.encode.head().status.as_u16(), 412, "{action}");
        let nothing = |change: &TagChange| matches!(change, TagChange::Set(tags) if tags.is_empty());
        let harmless = match &call.operation {
            None | Some(Operation::List(..)) => true,
            Some(Operation::Tag(_, change)) => nothing(change),
            Some(_other) => false,
        };
        assert!(harmless, "{action}: {:?}", call.operation);
        assert_eq!(call.operation.is_some(), asks, "{action}");
        let mut found = everything();
        found.push(Resource::Instance(instance(B)));
        let body = answer(call, &found).unwrap();
        assert!(body.contains("<Code>DryRunOperation</Code>"), "{body}");
    }
    let missing = call(&format!("Action=TerminateInstances&InstanceId.1={A}&DryRun=true"));
    assert_eq!(answer(missing, &[]).unwrap_err().kind(), ErrorKind::NotFound);
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
    for (method, uri, claimed) in [
        (Method::GET, "/ec2", true),
        (Method::GET, "/ec2/", true),
        (Method::POST, "/", true),
        (Method::GET, "/?Action=DescribeRegions", true),
        (Method::GET, "/", false),
        (Method::POST, "/ec2x", false),
        (Method::GET, "/ovirt-engine/api?x", false),
    ] {
        assert_eq!(ec2().claims(&method, &uri.parse().unwrap()), claimed, "{method} {uri}");
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
