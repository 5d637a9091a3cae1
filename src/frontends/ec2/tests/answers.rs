//! What is shown of what the cloud gives.

use std::collections::BTreeSet;

use super::*;
use crate::model::{Console, ErrorKind};

#[test]
fn filters_decide_what_is_shown() {
    for (filter, shown) in [
        ("Name=tag:Name&Value=web*", true),
        ("Name=tag:Name&Value.1=db&Value.2=web%20%26%20co", true),
        ("Name=tag:Name&Value=web", false),
        ("Name=tag:env&Value=*", false),
        ("Name=tag:role&Value=d?", true),
        ("Name=tag-value&Value=db", true),
        ("Name=tag-key&Value=role", true),
        ("Name=tag-key&Value=env", false),
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
        "<tagSet><item><key>role</key><value>db</value></item>\
         <item><key>Name</key><value>web &amp; co</value></item></tagSet>",
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
    let unsized_profile = HardwareProfile {
        id: "opaque".into(),
        name: "opaque".into(),
        cpus: None,
        memory: None,
        storage: None,
        architecture: None,
    };
    let opaque = [Resource::HardwareProfile(unsized_profile)];
    let body = answer(call("Action=DescribeInstanceTypes"), &opaque).unwrap();
    assert!(!body.contains("opaque"), "clients count on a size: {body}");
    let body = answer(call("Action=DescribeInstanceTypes&InstanceType=opaque"), &opaque).unwrap();
    assert!(body.contains("<instanceType>opaque</instanceType>"));
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
fn things_are_filtered_by_what_they_are() {
    for (action, filter, shown) in [
        ("DescribeKeyPairs", "Name=key-name&Value=w*", true),
        ("DescribeKeyPairs", "Name=key-pair-id&Value=key-web", true),
        ("DescribeKeyPairs", "Name=key-type&Value=ed25519", false),
        ("DescribeVolumes", "Name=status&Value=in-use", true),
        ("DescribeVolumes", "Name=size&Value=3", true),
        ("DescribeVolumes", "Name=attachment.instance-id&Value=i-00000000*", true),
        ("DescribeVolumes", "Name=attachment.device&Value=/dev/sda", false),
        ("DescribeVolumes", "Name=tag:Name&Value=disk", true),
        ("DescribeVolumeStatus", "Name=volume-status.status&Value=ok", true),
        ("DescribeVolumeStatus", "Name=volume-status.details-status&Value=failed", false),
        ("DescribeSnapshots", "Name=volume-id&Value=vol-00000000*", true),
        ("DescribeSnapshots", "Name=owner-alias&Value=*", false),
        ("DescribeSecurityGroups", "Name=group-name&Value=w*", true),
        ("DescribeSecurityGroups", "Name=ip-permission.cidr&Value=10.0.0.0/8", false),
        ("DescribeVpcs", "Name=cidr-block&Value=10.0.0.0/8", true),
        ("DescribeVpcs", "Name=isDefault&Value=true", true),
        ("DescribeSubnets", "Name=vpc-id&Value=vpc-3f25*", true),
        ("DescribeSubnets", "Name=vpc-id&Value=vpc-0000*", false),
        ("DescribeSubnets", "Name=tag:Name&Value=desks", true),
        ("DescribeNetworkInterfaces", "Name=subnet-id&Value=subnet-0000*", true),
        ("DescribeNetworkInterfaces", "Name=attachment.instance-id&Value=i-3f25*", false),
        ("DescribeNetworkInterfaces", "Name=addresses.private-ip-address&Value=10.0.0.5", true),
        ("DescribeAddresses", "Name=public-ip&Value=203.0.113.?", true),
        ("DescribeAddresses", "Name=instance-id&Value=i-1*", false),
    ] {
        let filter = filter.replacen("Name=", "Filter.1.Name=", 1).replacen("&Value", "&Filter.1.Value", 1);
        let call = call(&format!("Action={action}&{filter}"));
        let kind = call.operation.as_ref().unwrap().pair().1;
        let body = answer(call, &of_kind(kind)).unwrap();
        assert_eq!(body.contains("<item>"), shown, "{action} {filter}: {body}");
    }
}

#[test]
fn a_key_pair_that_is_not_there_is_destroyed_already() {
    let mut gone = call("Action=DeleteKeyPair&KeyName=nobody");
    let reply = gone.encode.fail(&Error::not_found(Kind::Key, "nobody"));
    assert_eq!((reply.outcome, reply.head.status.as_u16()), ("ok", 200));
    assert!(text(&reply.body).ends_with("<return>true</return></DeleteKeyPairResponse>"));
    let mut denied = call("Action=DeleteKeyPair&KeyName=nobody");
    assert_eq!(denied.encode.fail(&Error::new(ErrorKind::Denied, "no")).outcome, "UnauthorizedOperation");
}

#[test]
fn a_network_without_parts_is_the_one_part_of_itself() {
    let operations = &[(Verb::List, Kind::Network), (Verb::List, Kind::Instance)];
    let cloud = Capabilities { operations, ..cloud(IdForm::Uuid) };
    let decode = |query: &str| {
        let decoded = ec2().decode(&get(query), &arrival(), &cloud);
        decoded.unwrap_or_else(|reply| panic!("{query}: {}", text(&reply.body)))
    };
    let subnets = decode(&format!("Action=DescribeSubnets&SubnetId.1=subnet-{A}"));
    assert_eq!(subnets.operation.as_ref().unwrap().pair(), (Verb::List, Kind::Network));
    let body = answer(subnets, &of_kind(Kind::Network)).unwrap();
    let hex = A.replace('-', "");
    let shown = (between(&body, "subnetId"), between(&body, "vpcId"));
    assert_eq!(shown, (vec![format!("subnet-{hex}").as_str()], vec![format!("vpc-{hex}").as_str()]));
    let mut one = instance(A);
    one.interfaces[0].subnet = None;
    let body = answer(decode("Action=DescribeInstances"), &[Resource::Instance(one)]).unwrap();
    assert_eq!(between(&body, "subnetId"), vec![format!("subnet-{hex}"); 2]);
}

#[test]
fn of_what_the_cloud_lacks_there_is_the_default() {
    let lacking = Capabilities { lacks: [Kind::Firewall].into_iter().collect(), ..cloud(IdForm::Uuid) };
    let decoded = ec2().decode(&get("Action=DescribeSecurityGroups"), &arrival(), &lacking).ok().unwrap();
    assert_eq!(decoded.operation, None);
    assert_eq!(between(&answer(decoded, &[]).unwrap(), "groupId"), ["sg-00000000"]);
}

#[test]
fn a_console_is_shown_where_the_cloud_keeps_it() {
    let operations = &[(Verb::Show, Kind::Instance), (Verb::Show, Kind::Console)];
    let keeping = Capabilities { operations, ..cloud(IdForm::Uuid) };
    let silent = Capabilities { operations: &operations[..1], ..cloud(IdForm::Uuid) };
    let console = Console { id: A.into(), text: "a\nb".into() };
    for (cloud, resource, output) in
        [(&keeping, Resource::Console(console), "YQpi"), (&silent, Resource::Instance(instance(A)), "")]
    {
        let decoded =
            ec2().decode(&get(&format!("Action=GetConsoleOutput&InstanceId={A}")), &arrival(), cloud);
        let call = decoded.unwrap_or_else(|reply| panic!("{}", text(&reply.body)));
        assert_eq!(call.operation, Some(Operation::Show(resource.kind(), A.into())));
        let body = answer(call, &[resource]).unwrap();
        let id = format!("i-{}", A.replace('-', ""));
        assert_eq!(
            (between(&body, "instanceId"), between(&body, "output")),
            (vec![id.as_str()], vec![output])
        );
        assert_eq!(between(&body, "timestamp").len(), 1, "{body}");
    }
}

/// What is decided about the group of the tests.
fn decided(query: &str) -> Result<Vec<Operation>, &'static str> {
    let mut call = call(&format!("Action={query}"));
    assert_eq!((&call.operation, call.before.len()), (&None, 1));
    match call.encode.note(&Resource::Firewall(firewall())) {
        Ok(_) => Ok(call.encode.decide()),
        Err(error) => Err(call.encode.fail(&error).outcome),
    }
}

#[test]
fn permissions_are_found_by_what_they_let_in() {
    let revoke = |rule: &str| Operation::Change(A.into(), Change::Revoke { rule: rule.into() });
    let revoked = |what: &str| decided(&format!("RevokeSecurityGroupIngress&GroupName=web&{what}"));
    assert_eq!(revoked(SSH), Ok(vec![revoke("ssh")]));
    let inside = format!("IpPermissions.2.IpProtocol=-1&IpPermissions.2.Groups.1.GroupId=sg-{A}");
    assert_eq!(revoked(&format!("{SSH}&{inside}")), Ok(vec![revoke("ssh"), revoke("inside")]));
    let ping = "IpProtocol=icmp&FromPort=-1&ToPort=-1&CidrIpv6=fd00::1/8";
    assert_eq!(revoked(ping), Ok(vec![revoke("ping")]));
    let out = "IpProtocol=-1&CidrIp=0.0.0.0/0";
    for missing in [SSH.replace("22", "23"), SSH.replace("tcp", "udp"), out.into(), format!("{SSH}&{}", out)]
    {
        let found = revoked(&missing);
        assert_eq!(found == Err("InvalidPermission.NotFound"), !missing.starts_with(SSH), "{missing}");
    }
}

#[test]
fn a_permission_is_as_many_rules_as_it_has_sources() {
    let authorized = |what: &str| decided(&format!("AuthorizeSecurityGroupIngress&GroupName=web&{what}"));
    assert_eq!(authorized(SSH), Err("InvalidPermission.Duplicate"));
    let rule = |source: &str| {
        let sources = vec![RuleSource::Addresses(source.into())];
        let spec = RuleSpec { protocol: Protocol::Tcp, ports: Some((80, 81)), sources };
        Operation::Change(A.into(), Change::Authorize(spec))
    };
    let web = "IpPermissions.1.IpProtocol=6&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=81\
               &IpPermissions.1.IpRanges.1.CidrIp=10.1.2.3/8&IpPermissions.1.Ipv6Ranges.1.CidrIpv6=::/0";
    assert_eq!(authorized(web), Ok(vec![rule("10.0.0.0/8"), rule("::/0")]));
}

#[test]
fn a_public_key_is_shown_to_those_who_ask() {
    let asked = answer(call("Action=DescribeKeyPairs&IncludePublicKey=true"), &of_kind(Kind::Key)).unwrap();
    assert_eq!(between(&asked, "publicKey"), ["ssh-rsa AAAA web"]);
    assert_eq!(between(&asked, "createTime"), ["2026-01-02T03:04:05.000Z"]);
    let body = answer(call("Action=DescribeKeyPairs"), &of_kind(Kind::Key)).unwrap();
    assert!(!body.contains("publicKey"), "{body}");
}

#[test]
fn eucalyptus_describes_types_in_its_own_words() {
    for path in ["/services/Eucalyptus", "/services/Eucalyptus/", "/services/Cloud/", "/services/compute"] {
        let ask = |action: &str| {
            let uri = format!("{path}?Action={action}&AWSAccessKeyId=AKID");
            let request = http::Request::get(uri).header("host", "here").body(Default::default()).unwrap();
            assert!(ec2().claims(request.method(), request.uri()), "{path}");
            call_of(&request, IdForm::Uuid).unwrap_or_else(|reply| panic!("{}", text(&reply.body)))
        };
        let types = answer(ask("DescribeInstanceTypes"), &of_kind(Kind::HardwareProfile)).unwrap();
        assert!(types.contains("xmlns=\"http://msgs.eucalyptus.com/3.3.0\""), "{types}");
        let shown = ["name", "cpu", "disk", "memory"].map(|field| between(&types, field).concat());
        assert_eq!(shown, ["m1.small", "1", "0", "2048"], "{types}");
        let keys = answer(ask("DescribeKeyPairs"), &of_kind(Kind::Key)).unwrap();
        assert!(keys.contains("xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\""), "{keys}");
    }
    for other in ["/services", "/services/", "/services/other", "/services/compute/x", "/services/compute//"]
    {
        assert!(!ec2().claims(&http::Method::GET, &other.parse().unwrap()), "{other}");
    }
}

#[test]
fn a_private_key_is_shown_once() {
    let made = answer(call("Action=CreateKeyPair&KeyName=web"), &of_kind(Kind::Key)).unwrap();
    assert_eq!(between(&made, "keyMaterial"), ["PEM"]);
    for action in ["DescribeKeyPairs", "ImportKeyPair&KeyName=web&PublicKeyMaterial=AA=="] {
        let body = answer(call(&format!("Action={action}")), &of_kind(Kind::Key)).unwrap();
        assert!(!body.contains("PEM"), "{body}");
    }
}

#[test]
fn a_volume_is_detached_from_the_instance_that_has_it_and_no_other() {
    for (instance, admitted) in [(B, true), (A, false)] {
        let mut call = call(&format!("Action=DetachVolume&VolumeId={A}&InstanceId={instance}"));
        assert_eq!(call.before, [Operation::Show(Kind::Volume, A.into())]);
        assert_eq!(call.encode.note(&Resource::Volume(volume())).is_ok(), admitted, "{instance}");
    }
    assert!(call(&format!("Action=DetachVolume&VolumeId={A}")).before.is_empty());
}

#[test]
fn addresses_are_known_by_themselves() {
    let one = of_kind(Kind::Address);
    assert!(answer(call("Action=DescribeAddresses&PublicIp.1=203.0.113.7"), &one).is_ok());
    for (asked, code) in [
        ("PublicIp.1=203.0.113.8".to_owned(), "InvalidAddress.NotFound"),
        (format!("AllocationId.1={B}"), "InvalidAllocationID.NotFound"),
    ] {
        let query = format!("Action=DescribeAddresses&{asked}");
        let error = answer(call(&query), &one).unwrap_err();
        assert_eq!(call(&query).encode.fail(&error).outcome, code, "{asked}");
    }
    let release = operation("Action=ReleaseAddress&PublicIp=203.0.113.7");
    assert_eq!(release, Operation::Destroy(Kind::Address, vec!["203.0.113.7".into()]));
}

#[test]
fn what_the_cloud_does_not_tell_of_is_a_failure() {
    let error = answer(call("Action=AllocateAddress"), &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[test]
fn tags_lie_over_the_name_that_the_cloud_has() {
    let tagged = Instance { tags: vec![Tag::new("Name", "mine")].into(), ..instance(A) };
    let body = answer(call("Action=DescribeInstances"), &[Resource::Instance(tagged.clone())]).unwrap();
    assert!(body.contains("<tagSet><item><key>Name</key><value>mine</value></item></tagSet>"), "{body}");
    for (name, shown) in [("mine", true), ("web*", false)] {
        let query = format!("Action=DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1={name}");
        let body = answer(call(&query), &[Resource::Instance(tagged.clone())]).unwrap();
        assert_eq!(body.contains(A_SHOWN), shown, "{name}");
    }
}

#[test]
fn a_tag_says_what_it_is_on() {
    let tagging = |kind, on: &'static str| {
        Resource::Tagging(Tagging { id: on.into(), kind, on: on.into(), tag: Tag::new("role", "db") })
    };
    let all = [tagging(Kind::Instance, A), tagging(Kind::Key, "web"), tagging(Kind::Firewall, B)];
    let ask = |query: &str| answer(call(&format!("Action=DescribeTags{query}")), &all).unwrap();
    let body = ask("");
    assert!(body.contains(&format!(
        "<tagSet><item><resourceId>{A_SHOWN}</resourceId><resourceType>instance</resourceType><key>role</key>\
         <value>db</value></item>"
    )));
    assert_eq!(between(&body, "resourceType"), ["instance", "key-pair", "security-group"]);
    for (filter, number) in [
        (format!("resource-id&Filter.1.Value={A_SHOWN}"), 1),
        ("resource-id&Filter.1.Value=key-web".to_owned(), 1),
        ("resource-type&Filter.1.Value=security-group".to_owned(), 1),
        ("key&Filter.1.Value=r*".to_owned(), 3),
        ("value&Filter.1.Value=web".to_owned(), 0),
        ("tag:role&Filter.1.Value=db".to_owned(), 3),
    ] {
        let body = ask(&format!("&Filter.1.Name={filter}"));
        assert_eq!(between(&body, "value").len(), number, "{filter}");
    }
}
