"""botocore's own model of EC2 and STS judges every answer: ec2_model.py ENDPOINT STS_ENDPOINT ACTION...

The answer to each ACTION, as it is on the wire, has no element that the model does not know, every member that the model
requires, and texts of the model's types. An ACTION of which no request is known here is a failure, as is a request that is
none of the ACTIONs.
"""

import base64
import datetime
import re
import sys
import xml.etree.ElementTree as ET

import boto3
from botocore import xform_name
from botocore.config import Config

TYPES = {
    "boolean": re.compile(r"true|false"),
    "integer": re.compile(r"-?\d+"),
    "long": re.compile(r"-?\d+"),
    "double": re.compile(r"-?\d+(\.\d+)?"),
    "float": re.compile(r"-?\d+(\.\d+)?"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    "string": re.compile(r"[\s\S]*"),
    "blob": re.compile(r"[A-Za-z0-9+/=\s]*"),
}


def local(element):
    return element.tag.rpartition("}")[2]


def members(shape):
    """The members of a structure by the name that each has on the wire."""
    return {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}


def judge(element, shape, path, ignored=()):
    """What is wrong with an element of this shape."""
    if shape.type_name == "structure":
        known = members(shape)
        seen = set()
        for child in element:
            name = local(child)
            if name in ignored:
                continue
            if name not in known:
                yield f"{path}/{name} is not in the model"
                continue
            member, its_shape = known[name]
            if member in seen and not its_shape.serialization.get("flattened"):
                yield f"{path}/{name} is there twice"
            seen.add(member)
            yield from judge(child, its_shape, f"{path}/{name}")
        for member in shape.required_members:
            if member not in seen:
                yield f"{path} lacks {member}"
    elif shape.type_name == "list":
        if (element.text or "").strip():
            yield f"{path} is a list with a text in it"
        for child in element:
            if local(child) != shape.member.serialization.get("name", "item"):
                yield f"{path}/{local(child)} is no member of a list"
            yield from judge(child, shape.member, f"{path}/{local(child)}")
    else:
        if len(element):
            yield f"{path} has elements in it and is a {shape.type_name}"
        text = element.text or ""
        if not TYPES[shape.type_name].fullmatch(text):
            yield f"{path} is no {shape.type_name}: {text!r}"
        if shape.type_name == "timestamp":
            datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Judge:
    """A client whose answers are judged as they come."""

    def __init__(self, service, endpoint):
        config = Config(region_name="local", retries={"total_max_attempts": 1}, parameter_validation=True)
        self.client = boto3.client(service, endpoint_url=endpoint, config=config)
        self.model = self.client.meta.service_model
        self.body = None
        self.client.meta.events.register("before-parse", self.keep)

    def keep(self, response_dict, **_):
        self.body = response_dict["body"]

    def ask(self, action, **parameters):
        answer = getattr(self.client, xform_name(action))(**parameters)
        root, shape = ET.fromstring(self.body), self.model.operation_model(action).output_shape
        assert local(root) == f"{action}Response", root.tag
        assert root.tag.startswith("{http"), root.tag
        if self.model.service_name == "sts":
            [result] = [child for child in root if local(child) == f"{action}Result"]
            wrong = list(judge(result, shape, action))
        elif shape is None:
            wrong = [] if {local(child) for child in root} <= {"requestId", "return"} else ["it is not void"]
        else:
            ignored = ("requestId", "return", "ResponseMetadata")
            wrong = list(judge(root, shape, action, ignored))
        found.update(wrong)
        judged.add(action)
        return answer


judged = set()
found = set()


def sts(ask):
    ask("GetCallerIdentity")
    ask("GetSessionToken", DurationSeconds=900)


def places(ask):
    ask("DescribeRegions")
    ask("DescribeAvailabilityZones")
    ask("DescribeInstanceTypes")
    for kind in "region", "availability-zone", "availability-zone-id":
        assert ask("DescribeInstanceTypeOfferings", LocationType=kind)["InstanceTypeOfferings"]
    assert len(ask("DescribeAccountAttributes")["AccountAttributes"]) == 4


def keys(ask):
    ask("CreateKeyPair", KeyName="model")
    blobs = b"ssh-ed25519", bytes(32)
    public = base64.b64encode(b"".join(len(blob).to_bytes(4, "big") + blob for blob in blobs))
    ask("ImportKeyPair", KeyName="imported", PublicKeyMaterial=b"ssh-ed25519 " + public)
    assert ask("DescribeKeyPairs")["KeyPairs"]
    ask("DeleteKeyPair", KeyName="model")


def networks(ask):
    vpc = ask("CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ask("CreateSubnet", VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    assert any(found["IsDefault"] for found in ask("DescribeVpcs")["Vpcs"])
    for attribute in "enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics":
        ask("DescribeVpcAttribute", VpcId=vpc, Attribute=attribute)
    assert any(found["DefaultForAz"] for found in ask("DescribeSubnets")["Subnets"])
    ask("DeleteSubnet", SubnetId=subnet)
    ask("DeleteVpc", VpcId=vpc)


def groups(ask):
    group = ask("CreateSecurityGroup", GroupName="model", Description="d")["GroupId"]
    web = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    own = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    ask("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[web, own])
    assert ask("DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"]
    of_group = [{"Name": "group-id", "Values": [group]}]
    assert len(ask("DescribeSecurityGroupRules", Filters=of_group)["SecurityGroupRules"]) >= 2
    ask("RevokeSecurityGroupIngress", GroupId=group, IpPermissions=[web, own])
    ask("DeleteSecurityGroup", GroupId=group)


def instances(ask):
    image = ask("DescribeImages")["Images"][0]["ImageId"]
    attributes = "launchPermission", "description", "kernel", "ramdisk", "productCodes", "blockDeviceMapping"
    for attribute in attributes:
        ask("DescribeImageAttribute", ImageId=image, Attribute=attribute)
    made = ask("RunInstances", ImageId=image, MinCount=1, MaxCount=2, UserData="#!/bin/sh")
    ids = [instance["InstanceId"] for instance in made["Instances"]]
    ask("DescribeInstances", InstanceIds=ids)
    ask("DescribeInstances")
    ask("DescribeInstanceStatus", IncludeAllInstances=True)
    ask("MonitorInstances", InstanceIds=ids)
    ask("UnmonitorInstances", InstanceIds=ids)
    ask("DescribeInstanceCreditSpecifications")
    ask("DescribeIamInstanceProfileAssociations")
    ask("RebootInstances", InstanceIds=ids)
    ask("GetConsoleOutput", InstanceId=ids[0])
    ask("GetPasswordData", InstanceId=ids[0])
    tags(ask, ids[0])
    attributes_of(ask, ids[0])
    ask("StopInstances", InstanceIds=ids)
    copy = ask("CreateImage", InstanceId=ids[0], Name="model")["ImageId"]
    ask("DescribeImages")
    ask("StartInstances", InstanceIds=ids)
    addresses(ask, ids[0])
    volumes(ask, ids[0])
    interfaces = ask("DescribeNetworkInterfaces")["NetworkInterfaces"]
    ask("TerminateInstances", InstanceIds=ids)
    ask("DescribeInstances", InstanceIds=ids)
    ask("DeregisterImage", ImageId=copy)
    ask("DeleteNetworkInterface", NetworkInterfaceId=interfaces[0]["NetworkInterfaceId"])


def tags(ask, instance):
    written = [{"Key": "model", "Value": "v"}]
    ask("CreateTags", Resources=[instance], Tags=written)
    of_instance = [{"Name": "resource-id", "Values": [instance]}]
    assert "model" in [tag["Key"] for tag in ask("DescribeTags", Filters=of_instance)["Tags"]]
    ask("DescribeInstances", InstanceIds=[instance])
    ask("DeleteTags", Resources=[instance], Tags=written)


def attributes_of(ask, instance):
    known = "instanceType", "userData", "disableApiTermination", "disableApiStop", "rootDeviceName", "kernel"
    lists = "blockDeviceMapping", "groupSet", "productCodes", "instanceInitiatedShutdownBehavior"
    for attribute in known + lists + ("ramdisk", "sourceDestCheck", "ebsOptimized", "enaSupport", "sriovNetSupport"):
        ask("DescribeInstanceAttribute", InstanceId=instance, Attribute=attribute)
    ask("ModifyInstanceAttribute", InstanceId=instance, DisableApiStop={"Value": False})


def addresses(ask, instance):
    made = ask("AllocateAddress", Domain="vpc")
    led = ask("AssociateAddress", AllocationId=made["AllocationId"], InstanceId=instance)
    assert ask("DescribeAddresses")["Addresses"]
    ask("DisassociateAddress", AssociationId=led["AssociationId"])
    ask("ReleaseAddress", AllocationId=made["AllocationId"])


def volumes(ask, instance):
    zone = ask("DescribeAvailabilityZones")["AvailabilityZones"][0]["ZoneName"]
    volume = ask("CreateVolume", Size=1, AvailabilityZone=zone)["VolumeId"]
    ask("AttachVolume", VolumeId=volume, InstanceId=instance, Device="/dev/sdh")
    assert ask("DescribeVolumes", VolumeIds=[volume])["Volumes"]
    ask("DescribeVolumes")
    ask("DescribeVolumeStatus", VolumeIds=[volume])
    ask("DescribeVolumesModifications")
    snapshot = ask("CreateSnapshot", VolumeId=volume, Description="d")["SnapshotId"]
    assert ask("DescribeSnapshots", SnapshotIds=[snapshot])["Snapshots"]
    for attribute in "createVolumePermission", "productCodes":
        ask("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute=attribute)
    ask("DetachVolume", VolumeId=volume, InstanceId=instance)
    ask("DeleteSnapshot", SnapshotId=snapshot)
    ask("DeleteVolume", VolumeId=volume)


endpoint, sts_endpoint, *wanted = sys.argv[1:]
sts(Judge("sts", sts_endpoint).ask)
ec2 = Judge("ec2", endpoint)
for flow in places, keys, networks, groups, instances:
    flow(ec2.ask)
assert not found, "\n" + "\n".join(sorted(found))
assert judged == set(wanted), f"not asked: {set(wanted) - judged}; not known: {judged - set(wanted)}"
