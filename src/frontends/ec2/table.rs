//! The actions, one row each: the dispatch, the documentation and the tests go by this table.

use super::{
    actions::Action, addresses, attributes, changes, consoles, group_rules, groups, images,
    instance_attributes, instance_types, instances, interfaces, keys, monitoring, networks, offerings,
    regions, rules, run, snapshots, status, tags, volume_status, volumes, zones,
};

/// Every action there is.
pub(super) const ACTIONS: &[Action] = &[
    Action { name: "DescribeRegions", summary: "the region that the gateway is", decode: regions::describe },
    Action {
        name: "DescribeAvailabilityZones",
        summary: "the places in which instances run",
        decode: zones::describe,
    },
    Action { name: "DescribeImages", summary: "what instances are made from", decode: images::describe },
    Action {
        name: "DescribeInstanceTypes",
        summary: "the sizes that instances have; any `c<cpus>.m<MiB>` is one too",
        decode: instance_types::describe,
    },
    Action { name: "RunInstances", summary: "make instances and let them run", decode: run::run },
    Action {
        name: "DescribeInstances",
        summary: "instances, by id, filter and page",
        decode: instances::describe,
    },
    Action {
        name: "DescribeInstanceStatus",
        summary: "how the instances that run do",
        decode: status::describe,
    },
    Action { name: "StartInstances", summary: "let stopped instances run", decode: changes::start },
    Action {
        name: "StopInstances",
        summary: "shut instances down, or with `Force` take their power away",
        decode: changes::stop,
    },
    Action { name: "RebootInstances", summary: "let instances start again", decode: changes::reboot },
    Action {
        name: "TerminateInstances",
        summary: "destroy instances and their disks",
        decode: changes::terminate,
    },
    Action {
        name: "GetConsoleOutput",
        summary: "what an instance wrote on its console; nothing where the cloud does not keep it",
        decode: consoles::output,
    },
    Action {
        name: "GetPasswordData",
        summary: "the password that the cloud made for an instance: none, they make none",
        decode: consoles::password,
    },
    Action { name: "CreateImage", summary: "make an image of an instance", decode: images::create },
    Action { name: "DeregisterImage", summary: "destroy an image", decode: images::deregister },
    Action { name: "DescribeKeyPairs", summary: "the keys that let into instances", decode: keys::describe },
    Action {
        name: "CreateKeyPair",
        summary: "make a key pair; its private key is in the answer and kept nowhere",
        decode: keys::create,
    },
    Action {
        name: "ImportKeyPair",
        summary: "make a key pair of a public key that the user has",
        decode: keys::import,
    },
    Action {
        name: "DeleteKeyPair",
        summary: "destroy a key pair; one that is not there is destroyed already",
        decode: keys::delete,
    },
    Action { name: "DescribeVolumes", summary: "volumes, by id, filter and page", decode: volumes::describe },
    Action { name: "DescribeVolumeStatus", summary: "how the volumes do", decode: volume_status::describe },
    Action {
        name: "CreateVolume",
        summary: "make a volume, empty or of a snapshot",
        decode: volumes::create,
    },
    Action { name: "DeleteVolume", summary: "destroy a volume", decode: volumes::delete },
    Action { name: "AttachVolume", summary: "make a volume a disk of an instance", decode: volumes::attach },
    Action { name: "DetachVolume", summary: "take a volume from its instance", decode: volumes::detach },
    Action {
        name: "DescribeSnapshots",
        summary: "snapshots, by id, filter and page",
        decode: snapshots::describe,
    },
    Action { name: "CreateSnapshot", summary: "make a snapshot of a volume", decode: snapshots::create },
    Action { name: "DeleteSnapshot", summary: "destroy a snapshot", decode: snapshots::delete },
    Action {
        name: "DescribeAddresses",
        summary: "the addresses of the user's own; none where the cloud has none",
        decode: addresses::describe,
    },
    Action { name: "AllocateAddress", summary: "get an address", decode: addresses::allocate },
    Action { name: "ReleaseAddress", summary: "give an address back", decode: addresses::release },
    Action {
        name: "AssociateAddress",
        summary: "let an address lead to an instance",
        decode: addresses::associate,
    },
    Action {
        name: "DisassociateAddress",
        summary: "let an address lead nowhere",
        decode: addresses::disassociate,
    },
    Action { name: "DescribeVpcs", summary: "networks", decode: networks::describe_vpcs },
    Action { name: "CreateVpc", summary: "make a network", decode: networks::create_vpc },
    Action { name: "DeleteVpc", summary: "destroy a network", decode: networks::delete_vpc },
    Action {
        name: "DescribeSubnets",
        summary: "the parts of networks; a network itself where it has none",
        decode: networks::describe_subnets,
    },
    Action { name: "CreateSubnet", summary: "make a part of a network", decode: networks::create_subnet },
    Action { name: "DeleteSubnet", summary: "destroy a part of a network", decode: networks::delete_subnet },
    Action {
        name: "DescribeNetworkInterfaces",
        summary: "the network interfaces of instances",
        decode: interfaces::describe,
    },
    Action {
        name: "DescribeSecurityGroups",
        summary: "firewalls, and what they let in",
        decode: groups::describe,
    },
    Action {
        name: "CreateSecurityGroup",
        summary: "make a firewall that lets nothing in",
        decode: groups::create,
    },
    Action { name: "DeleteSecurityGroup", summary: "destroy a firewall", decode: groups::delete },
    Action {
        name: "AuthorizeSecurityGroupIngress",
        summary: "let a firewall let something in",
        decode: group_rules::authorize,
    },
    Action {
        name: "RevokeSecurityGroupIngress",
        summary: "let a firewall let something in no more",
        decode: group_rules::revoke,
    },
    Action {
        name: "DescribeInstanceAttribute",
        summary: "one attribute of an instance",
        decode: instance_attributes::describe,
    },
    Action {
        name: "ModifyInstanceAttribute",
        summary: "protect an instance, or keep other user data of it",
        decode: instance_attributes::modify,
    },
    Action { name: "CreateTags", summary: "write something on things, of any kinds", decode: tags::create },
    Action { name: "DeleteTags", summary: "take off what was written on things", decode: tags::delete },
    Action {
        name: "DescribeTags",
        summary: "what was written on things, by filter and page",
        decode: tags::describe,
    },
    Action {
        name: "DescribeSecurityGroupRules",
        summary: "what firewalls let through, rule by rule",
        decode: rules::describe,
    },
    Action {
        name: "DeleteNetworkInterface",
        summary: "take a network interface from its instance and destroy it",
        decode: interfaces::delete,
    },
    Action {
        name: "DescribeInstanceTypeOfferings",
        summary: "where which sizes are to be had: everywhere",
        decode: offerings::describe,
    },
    Action {
        name: "DescribeAccountAttributes",
        summary: "the default VPC, and how many instances one request makes",
        decode: attributes::of_account,
    },
    Action {
        name: "DescribeVpcAttribute",
        summary: "one attribute of a network",
        decode: attributes::of_vpc,
    },
    Action {
        name: "DescribeImageAttribute",
        summary: "one attribute of an image",
        decode: attributes::of_image,
    },
    Action {
        name: "DescribeSnapshotAttribute",
        summary: "one attribute of a snapshot",
        decode: attributes::of_snapshot,
    },
    Action {
        name: "MonitorInstances",
        summary: "nothing: there is no detailed monitoring, as the answer says",
        decode: monitoring::leave,
    },
    Action {
        name: "UnmonitorInstances",
        summary: "nothing: there is no detailed monitoring, as the answer says",
        decode: monitoring::leave,
    },
    Action {
        name: "DescribeIamInstanceProfileAssociations",
        summary: "none: there are no instance profiles",
        decode: monitoring::instance_profiles,
    },
    Action {
        name: "DescribeInstanceCreditSpecifications",
        summary: "none: no instance lives on credits",
        decode: monitoring::credits,
    },
    Action {
        name: "DescribeVolumesModifications",
        summary: "none: volumes are not modified",
        decode: monitoring::modifications,
    },
];

/// What clients ask and is done on no cloud, and why.
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("AuthorizeSecurityGroupEgress", "security groups let everything out, and say only what comes in"),
    ("RevokeSecurityGroupEgress", "security groups let everything out, and say only what comes in"),
    ("ModifyVolume", "a volume keeps its size: make a snapshot, and a larger volume of it"),
    ("ModifyImageAttribute", "everybody who has an account may use an image, and its description stays"),
    ("ResetImageAttribute", "everybody who has an account may use an image, and its description stays"),
    ("ModifySnapshotAttribute", "snapshots are not shared"),
    ("CopyImage", "there is one region, and an image is in all of it"),
    ("RegisterImage", "images are made of instances, with CreateImage"),
    ("CreateNetworkInterface", "network interfaces come with their instances, in RunInstances"),
    ("AttachNetworkInterface", "network interfaces come with their instances, in RunInstances"),
    ("DetachNetworkInterface", "a network interface stays with its instance: DeleteNetworkInterface"),
    ("GetConsoleScreenshot", "no cloud shows the screens of its instances"),
];
