//! What stands in for what a cloud has not, and what is the same everywhere.

use super::*;

/// A cloud that has instances and zones, and nothing around them.
fn bare() -> Capabilities {
    let operations =
        &[(Verb::List, Kind::Realm), (Verb::List, Kind::Instance), (Verb::Create, Kind::Instance)];
    Capabilities { operations, features: &[], ..cloud(IdForm::Opaque) }
}

fn realm(id: &'static str) -> Resource<'static> {
    Resource::Realm(Realm { id: id.into(), name: "".into(), state: RealmState::Available })
}

fn ask(query: &str, cloud: &Capabilities) -> Call {
    let call = ec2().decode(&get(query), &arrival(), cloud);
    call.unwrap_or_else(|reply| panic!("{query}: {}", text(&reply.body)))
}

/// The answer when zones `a` and `b` were noted and the cloud gives these.
fn answered(query: &str, cloud: &Capabilities, resources: &[Resource<'_>]) -> String {
    let mut call = ask(query, cloud);
    if !call.before.is_empty() {
        for zone in ["a", "b"] {
            call.encode.note(&realm(zone)).unwrap();
        }
    }
    answer(call, resources).unwrap()
}

#[test]
fn a_default_vpc_has_a_subnet_in_every_zone() {
    let cloud = bare();
    let vpcs = answered("Action=DescribeVpcs&Filter.1.Name=isDefault&Filter.1.Value=true", &cloud, &[]);
    assert_eq!(between(&vpcs, "vpcId"), ["vpc-00000000"]);
    assert_eq!(between(&vpcs, "cidrBlock"), ["172.31.0.0/16"]);
    let subnets = answered("Action=DescribeSubnets", &cloud, &[]);
    assert_eq!(between(&subnets, "subnetId"), ["subnet-default-a", "subnet-default-b"]);
    assert_eq!(between(&subnets, "availabilityZone"), ["a", "b"]);
    assert_eq!(between(&subnets, "cidrBlock"), ["172.31.0.0/20", "172.31.16.0/20"]);
    assert_eq!(between(&subnets, "availableIpAddressCount"), ["4091", "4091"]);
    for (parameters, expected) in [
        ("Filter.1.Name=availability-zone&Filter.1.Value=b", &["subnet-default-b"][..]),
        ("Filter.1.Name=default-for-az&Filter.1.Value=false", &[]),
        ("Filter.1.Name=vpc-id&Filter.1.Value=vpc-00000000", &["subnet-default-a", "subnet-default-b"]),
        ("SubnetId.1=subnet-default-a", &["subnet-default-a"]),
    ] {
        let subnets = answered(&format!("Action=DescribeSubnets&{parameters}"), &cloud, &[]);
        assert_eq!(between(&subnets, "subnetId"), expected, "{parameters}");
    }
    let gone = answer(ask("Action=DescribeSubnets&SubnetId.1=subnet-default-z", &cloud), &[]);
    assert_eq!(gone.unwrap_err().kind(), crate::model::ErrorKind::NotFound);
}

#[test]
fn defaults_stand_beside_what_the_cloud_has() {
    let networks = of_kind(Kind::Network);
    let vpcs = answered("Action=DescribeVpcs", &cloud(IdForm::Uuid), &networks);
    let ids = between(&vpcs, "vpcId");
    assert_eq!(ids.len(), networks.len() + 1, "{vpcs}");
    assert_eq!(ids.last(), Some(&"vpc-00000000"));
    // Only what stands in is asked for: the cloud is not.
    for query in
        ["Action=DescribeVpcs&VpcId.1=vpc-00000000", "Action=DescribeSubnets&SubnetId.1=subnet-default-a"]
    {
        assert_eq!(ask(query, &cloud(IdForm::Uuid)).operation, None, "{query}");
    }
    let attribute = "Action=DescribeVpcAttribute&VpcId=vpc-00000000&Attribute=enableDnsSupport";
    assert_eq!(between(&answered(attribute, &bare(), &[]), "value"), ["true"]);
}

#[test]
fn pages_go_through_the_defaults() {
    let query = "Action=DescribeVpcs&MaxResults=5";
    let of = |id: &'static str| {
        Resource::Network(Network {
            id: id.into(),
            name: "".into(),
            state: NetworkState::Up,
            address_blocks: smallvec![],
            subnets: smallvec![],
            tags: crate::model::Tags::default(),
        })
    };
    let networks: Vec<_> = ["a", "b", "c", "d", "e"].into_iter().map(of).collect();
    let cloud = cloud(IdForm::Opaque);
    let first = answered(query, &cloud, &networks);
    assert_eq!(between(&first, "vpcId"), ["a", "b", "c", "d", "e"]);
    let [token] = between(&first, "nextToken")[..] else { panic!("{first}") };
    let second = answered(&format!("{query}&NextToken={token}"), &cloud, &networks);
    assert_eq!(between(&second, "vpcId"), ["vpc-00000000"]);
    assert!(between(&second, "nextToken").is_empty());
}

#[test]
fn an_instance_in_a_default_subnet_is_where_the_cloud_puts_it() {
    let cloud = bare();
    let run = "Action=RunInstances&ImageId=i&NetworkInterface.1.DeviceIndex=0\
               &NetworkInterface.1.SubnetId=subnet-default-b&SecurityGroupId.1=sg-00000000";
    let Some(Operation::Create(spec)) = ask(run, &cloud).operation else { panic!("it makes nothing") };
    let Spec::Instance(spec) = *spec else { panic!("it makes no instance") };
    assert_eq!((spec.realm, spec.network, spec.firewalls), (Some("b".into()), None, vec![]));
    let mut bare_instance = Instance::new("x", InstanceState::Running);
    bare_instance.realm = Some("b".into());
    let shown = answered("Action=DescribeInstances", &cloud, &[Resource::Instance(bare_instance)]);
    assert_eq!(between(&shown, "subnetId"), ["subnet-default-b"]);
    assert_eq!(between(&shown, "vpcId"), ["vpc-00000000"]);
    assert_eq!(
        (between(&shown, "groupId"), between(&shown, "groupName")[0]),
        (vec!["sg-00000000"], "default")
    );
}

#[test]
fn a_default_group_stands_only_where_there_are_none() {
    let groups = answered("Action=DescribeSecurityGroups&GroupName.1=default", &bare(), &[]);
    assert_eq!(between(&groups, "groupId"), ["sg-00000000"]);
    let rules = answered("Action=DescribeSecurityGroupRules", &bare(), &[]);
    assert_eq!(between(&rules, "isEgress"), ["false", "true"]);
    let others = answered("Action=DescribeSecurityGroups", &cloud(IdForm::Uuid), &of_kind(Kind::Firewall));
    assert!(!between(&others, "groupId").contains(&"sg-00000000"), "{others}");
}

#[test]
fn types_are_to_be_had_everywhere() {
    let profiles = of_kind(Kind::HardwareProfile);
    let offered = |parameters: &str| {
        let query = format!("Action=DescribeInstanceTypeOfferings&{parameters}");
        let answer = answered(&query, &cloud(IdForm::Uuid), &profiles);
        between(&answer, "location").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(offered(""), vec!["us-east-1"; profiles.len()]);
    assert_eq!(offered("LocationType=availability-zone"), ["a", "b"].repeat(profiles.len()));
    let one = "LocationType=availability-zone&Filter.1.Name=location&Filter.1.Value=b";
    assert_eq!(offered(one), vec!["b"; profiles.len()]);
    assert!(offered("Filter.1.Name=instance-type&Filter.1.Value=none").is_empty());
    assert_eq!(refused("Action=DescribeInstanceTypeOfferings&LocationType=moon").0, "InvalidParameterValue");
}

#[test]
fn what_is_done_nowhere_says_why() {
    for (action, why) in crate::frontends::ec2::table::REFUSED {
        let reply = call_of(&get(&format!("Action={action}")), IdForm::Uuid).err().unwrap();
        assert_eq!(reply.outcome, "UnsupportedOperation", "{action}");
        assert!(text(&reply.body).contains(why), "{action}");
    }
}
