//! Tags, by raw requests, on the mock cloud.

use crate::{
    MOCK,
    bed::{Gateway, http::Answer},
};

fn ask(gateway: &Gateway, query: &str) -> Answer {
    let answer = gateway.get(&format!("/ec2/?Action={query}"), MOCK.0, MOCK.1);
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer
}

#[track_caller]
fn refused(gateway: &Gateway, query: &str, code: &str) {
    let answer = gateway.get(&format!("/ec2/?Action={query}"), MOCK.0, MOCK.1);
    assert_eq!((answer.status, answer.text("Code")), (400, code), "{query}: {}", answer.body);
}

/// What is on what, in the order in which it is told.
fn told(gateway: &Gateway, filter: &str) -> Vec<(String, String, String)> {
    let answer = ask(gateway, &format!("DescribeTags{filter}"));
    let texts = |element| answer.texts(element).into_iter().map(str::to_owned);
    texts("resourceId")
        .zip(texts("key"))
        .zip(texts("value"))
        .map(|((id, key), value)| (id, key, value))
        .collect()
}

fn tag(id: &str, key: &str, value: &str) -> (String, String, String) {
    (id.to_owned(), key.to_owned(), value.to_owned())
}

/// What shows things of each kind, the parameter that names one, one that the mock begins with, and EC2's word for it.
const TAGGED: [(&str, &str, &str, &str); 9] = [
    ("DescribeInstances", "InstanceId", "inst1", "instance"),
    ("DescribeImages", "ImageId", "img1", "image"),
    ("DescribeVolumes", "VolumeId", "vol1", "volume"),
    ("DescribeSnapshots", "SnapshotId", "snap1", "snapshot"),
    ("DescribeVpcs", "VpcId", "net1", "vpc"),
    ("DescribeSubnets", "SubnetId", "subnet1", "subnet"),
    ("DescribeSecurityGroups", "GroupId", "default", "security-group"),
    ("DescribeAddresses", "PublicIp", "192.168.0.1", "elastic-ip"),
    ("DescribeKeyPairs", "KeyPairId", "key-test-key", "key-pair"),
];

#[test]
fn things_of_all_kinds_are_tagged_by_one_request() {
    let gateway = Gateway::mock();
    let ids: String =
        TAGGED.iter().zip(0..).map(|((_, _, id, _), n)| format!("&ResourceId.{n}={id}")).collect();
    ask(&gateway, &format!("CreateTags{ids}&Tag.0.Key=env&Tag.0.Value=dev&Tag.1.Key=bare"));
    for (action, parameter, id, word) in TAGGED {
        let shown = ask(&gateway, &format!("{action}&{parameter}.1={id}"));
        assert!(shown.body.contains("<key>env</key><value>dev</value>"), "{action}: {}", shown.body);
        for (filter, found) in [
            ("tag:env&Filter.1.Value=d*", true),
            ("tag:env&Filter.1.Value=dev", true),
            ("tag:env&Filter.1.Value=test", false),
            ("tag-key&Filter.1.Value=bare", true),
            ("tag-key&Filter.1.Value=other", false),
            ("tag-value&Filter.1.Value=dev", true),
        ] {
            let listed = ask(&gateway, &format!("{action}&Filter.1.Name={filter}"));
            assert_eq!(listed.body.contains("<key>env</key>"), found, "{action} {filter}");
        }
        let of_kind = told(&gateway, &format!("&Filter.1.Name=resource-type&Filter.1.Value={word}"));
        assert_eq!(of_kind, [tag(id, "bare", ""), tag(id, "env", "dev")], "{word}");
    }
}

#[test]
fn all_are_tagged_or_none() {
    let gateway = Gateway::mock();
    refused(
        &gateway,
        "CreateTags&ResourceId.1=inst1&ResourceId.2=nosuch&Tag.1.Key=a",
        "InvalidInstanceID.NotFound",
    );
    assert_eq!(told(&gateway, ""), []);
    let tags = |from: u32, to: u32| -> String { (from..to).map(|n| format!("&Tag.{n}.Key=k{n}")).collect() };
    ask(&gateway, &format!("CreateTags&ResourceId.1=inst1{}", tags(0, 50)));
    refused(&gateway, "CreateTags&ResourceId.1=vol1&ResourceId.2=inst1&Tag.1.Key=more", "TagLimitExceeded");
    assert_eq!(told(&gateway, "&Filter.1.Name=key&Filter.1.Value=more"), []);
    ask(&gateway, "CreateTags&ResourceId.1=inst1&Tag.1.Key=k1&Tag.1.Value=new");
    assert_eq!(told(&gateway, "&Filter.1.Name=value&Filter.1.Value=new"), [tag("inst1", "k1", "new")]);
}

#[test]
fn tags_are_taken_away_by_key_by_value_and_all() {
    let gateway = Gateway::mock();
    ask(
        &gateway,
        "CreateTags&ResourceId.1=inst1&Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=b&Tag.2.Value=2&Tag.3.Key=c",
    );
    ask(&gateway, "DeleteTags&ResourceId.1=inst1&Tag.1.Key=a&Tag.1.Value=other&Tag.2.Key=c&Tag.3.Key=nosuch");
    assert_eq!(told(&gateway, ""), [tag("inst1", "a", "1"), tag("inst1", "b", "2")]);
    ask(&gateway, "DeleteTags&ResourceId.1=inst1&Tag.1.Key=a&Tag.1.Value=1");
    assert_eq!(told(&gateway, ""), [tag("inst1", "b", "2")]);
    ask(&gateway, "DeleteTags&ResourceId.1=inst1");
    assert_eq!(told(&gateway, ""), []);
}

#[test]
fn a_dry_run_tags_nothing() {
    let gateway = Gateway::mock();
    let dry = |id: &str| {
        let query = format!("/ec2/?Action=CreateTags&ResourceId.1={id}&Tag.1.Key=a&DryRun=true");
        gateway.get(&query, MOCK.0, MOCK.1)
    };
    assert_eq!(dry("vol1").text("Code"), "DryRunOperation");
    assert_eq!(dry("nosuch").text("Code"), "InvalidInstanceID.NotFound");
    assert_eq!(told(&gateway, ""), []);
}

#[test]
fn what_is_made_has_the_tags_that_it_is_made_with_until_it_is_gone() {
    let gateway = Gateway::mock();
    let with = |word: &str| {
        format!(
            "&TagSpecification.1.ResourceType={word}&TagSpecification.1.Tag.1.Key=made&TagSpecification.1.Tag.1.Value={word}"
        )
    };
    for (create, word, element, destroy) in [
        ("CreateVolume&Size=1&AvailabilityZone=us", "volume", "volumeId", "DeleteVolume&VolumeId"),
        ("CreateSnapshot&VolumeId=vol1", "snapshot", "snapshotId", "DeleteSnapshot&SnapshotId"),
        ("CreateKeyPair&KeyName=new", "key-pair", "keyPairId", "DeleteKeyPair&KeyPairId"),
        ("CreateVpc&CidrBlock=10.9.0.0/16", "vpc", "vpcId", "DeleteVpc&VpcId"),
        ("CreateSubnet&VpcId=net1&CidrBlock=192.168.9.0/24", "subnet", "subnetId", "DeleteSubnet&SubnetId"),
        (
            "CreateSecurityGroup&GroupName=g&GroupDescription=d",
            "security-group",
            "groupId",
            "DeleteSecurityGroup&GroupId",
        ),
        ("AllocateAddress", "elastic-ip", "allocationId", "ReleaseAddress&AllocationId"),
    ] {
        let made = ask(&gateway, &format!("{create}{}", with(word)));
        let id = made.text(element).to_owned();
        assert_eq!(told(&gateway, ""), [tag(&id, "made", word)], "{create}: {}", made.body);
        ask(&gateway, &format!("{destroy}={id}"));
        assert_eq!(told(&gateway, ""), [], "{destroy}");
    }
    let made = ask(&gateway, &format!("CreateImage&InstanceId=inst1&Name=golden{}", with("image")));
    assert_eq!(told(&gateway, ""), [tag(made.text("imageId"), "made", "image")]);
}

#[test]
fn a_terminated_instance_keeps_its_tags() {
    let gateway = Gateway::mock();
    let made = ask(
        &gateway,
        "RunInstances&ImageId=img1&MinCount=2&MaxCount=2&TagSpecification.1.ResourceType=instance\
         &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=both",
    );
    assert_eq!(made.texts("value"), ["both", "both"]);
    let ids = made.texts("instanceId");
    ask(&gateway, &format!("TerminateInstances&InstanceId.1={}", ids[0]));
    let listed = ask(&gateway, "DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value=both");
    assert_eq!(listed.texts("instanceId").len(), 2, "{}", listed.body);
    assert!(listed.body.contains("<name>terminated</name>"), "{}", listed.body);
}

#[test]
fn names_may_be_the_same_and_lie_over_those_of_the_cloud() {
    let gateway = Gateway::mock();
    ask(&gateway, "CreateTags&ResourceId.1=inst1&ResourceId.2=inst3&Tag.1.Key=Name&Tag.1.Value=twin");
    let listed = ask(&gateway, "DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value=twin");
    assert_eq!(listed.texts("instanceId"), ["inst1", "inst3"]);
    let own = ask(&gateway, "DescribeInstances&InstanceId.1=inst1").text("value").to_owned();
    assert_eq!(own, "twin");
    ask(&gateway, "DeleteTags&ResourceId.1=inst1&Tag.1.Key=Name");
    let again = ask(&gateway, "DescribeInstances&InstanceId.1=inst1");
    assert_ne!(again.text("value"), "twin", "the cloud's name is seen again");
}

#[test]
fn tags_are_told_in_pages_and_to_nobody_else() {
    let gateway = Gateway::mock();
    let tags: String = (0..7).map(|n| format!("&Tag.{n}.Key=k{n}")).collect();
    ask(&gateway, &format!("CreateTags&ResourceId.1=inst1&ResourceId.2=vol1{tags}"));
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let page = ask(&gateway, &format!("DescribeTags&MaxResults=5{token}"));
        all.extend(
            page.texts("resourceId")
                .into_iter()
                .zip(page.texts("key"))
                .map(|(id, key)| format!("{id} {key}")),
        );
        match page.texts("nextToken").first() {
            Some(next) => token = format!("&NextToken={next}"),
            None => break,
        }
    }
    assert_eq!(all.len(), 14, "{all:?}");
    assert!(all.is_sorted(), "{all:?}");
    let stranger = gateway.get("/ec2/?Action=DescribeTags", "stranger", "wrong");
    assert_eq!((stranger.status, stranger.text("Code")), (401, "AuthFailure"));
}
