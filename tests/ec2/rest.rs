//! Raw requests about all that is not an instance, on the mock cloud.

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

#[test]
fn what_the_mock_begins_with_is_shown() {
    let gateway = Gateway::mock();
    for (action, element, expected) in [
        ("DescribeKeyPairs", "keyPairId", vec!["key-test-key"]),
        ("DescribeVolumes", "instanceId", vec!["inst1"]),
        ("DescribeVolumeStatus", "volumeId", vec!["vol1", "vol2", "vol3"]),
        ("DescribeSnapshots", "snapshotId", vec!["snap1", "snap2", "snap3"]),
        ("DescribeSecurityGroups", "groupName", vec!["default"]),
        ("DescribeVpcs", "cidrBlock", vec!["192.168.0.0/16", "10.0.0.0/8", "172.31.0.0/16"]),
        ("DescribeSubnets", "vpcId", vec!["net1", "net1", "net2", "net2", "vpc-00000000", "vpc-00000000"]),
        ("DescribeNetworkInterfaces", "instanceId", vec!["inst1", "inst3"]),
    ] {
        assert_eq!(ask(&gateway, action).texts(element), expected, "{action}");
    }
    assert_eq!(ask(&gateway, "DescribeAddresses").texts("publicIp").len(), 4);
}

#[test]
fn a_dry_run_changes_nothing() {
    let gateway = Gateway::mock();
    for query in [
        "DeleteVolume&VolumeId=vol1",
        "DeleteKeyPair&KeyName=test-key",
        "ReleaseAddress&PublicIp=192.168.0.1",
        "AuthorizeSecurityGroupIngress&GroupName=default&IpProtocol=-1&CidrIp=0.0.0.0/0",
    ] {
        let answer = gateway.get(&format!("/ec2/?Action={query}&DryRun=true"), MOCK.0, MOCK.1);
        assert_eq!((answer.status, answer.text("Code")), (412, "DryRunOperation"), "{query}");
    }
    assert!(ask(&gateway, "DescribeVolumes&VolumeId=vol1").body.contains("vol1"));
    assert_eq!(ask(&gateway, "DescribeSecurityGroups").texts("cidrIp").len(), 0);
}

#[test]
fn a_group_lets_in_what_is_asked_or_nothing() {
    let gateway = Gateway::mock();
    let rules = |ports: &[u16]| -> String {
        let rule = |(n, port)| {
            format!(
                "&IpPermissions.{n}.IpProtocol=tcp&IpPermissions.{n}.FromPort={port}&IpPermissions.{n}.ToPort={port}\
                 &IpPermissions.{n}.IpRanges.1.CidrIp=0.0.0.0/0"
            )
        };
        (1..).zip(ports).map(rule).collect()
    };
    let shown = || {
        let answer = ask(&gateway, "DescribeSecurityGroups&GroupName.1=default");
        answer.texts("fromPort").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let change =
        |verb: &str, ports: &[u16]| format!("{verb}SecurityGroupIngress&GroupName=default{}", rules(ports));
    assert_eq!(ask(&gateway, &change("Authorize", &[22, 80])).text("return"), "true");
    assert_eq!(shown(), ["22", "80"]);
    refused(&gateway, &change("Authorize", &[443, 22]), "InvalidPermission.Duplicate");
    refused(&gateway, &change("Revoke", &[22, 443]), "InvalidPermission.NotFound");
    assert_eq!(shown(), ["22", "80"]);
    assert_eq!(ask(&gateway, &change("Revoke", &[80, 22])).text("return"), "true");
    assert_eq!(shown(), Vec::<String>::new());
    refused(&gateway, "DeleteSecurityGroup&GroupName=default", "InvalidGroup.InUse");
    refused(&gateway, &change("Authorize", &[22]).replace("default", "nobody"), "InvalidGroup.NotFound");
}

#[test]
fn a_volume_goes_from_instance_to_instance() {
    let gateway = Gateway::mock();
    refused(&gateway, "AttachVolume&VolumeId=vol1&InstanceId=nobody", "InvalidInstanceID.NotFound");
    let attached = ask(&gateway, "AttachVolume&VolumeId=vol1&InstanceId=inst0&Device=/dev/sdh");
    assert_eq!((attached.text("status"), attached.text("device")), ("attached", "/dev/sdh"));
    refused(&gateway, "AttachVolume&VolumeId=vol1&InstanceId=inst2", "IncorrectState");
    refused(&gateway, "DetachVolume&VolumeId=vol1&InstanceId=inst2", "IncorrectState");
    refused(&gateway, "DeleteVolume&VolumeId=vol1", "IncorrectState");
    assert_eq!(ask(&gateway, "DetachVolume&VolumeId=vol1").text("status"), "detached");
    assert_eq!(ask(&gateway, "DeleteVolume&VolumeId=vol1").text("return"), "true");
    refused(&gateway, "DescribeVolumes&VolumeId=vol1", "InvalidVolume.NotFound");
}
