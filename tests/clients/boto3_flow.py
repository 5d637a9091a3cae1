"""What a program does with the stock boto3, from the first look to the last clean-up.

    boto3_flow.py http://localhost:3001/ec2

Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment.
"""
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

QUICK = {"Delay": 0.1, "MaxAttempts": 600}


def client(endpoint, **keys):
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60)
    return boto3.client("ec2", endpoint_url=endpoint, region_name="local", config=config, **keys)


def refused(code, call, *args, **kwargs):
    """The call has to fail with this code."""
    try:
        answer = call(*args, **kwargs)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return error
    raise AssertionError(f"{code} was expected, not {answer}")


def gone(code, call, **kwargs):
    """The call has to fail with this code before long: some clouds take their time to destroy."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            call(**kwargs)
        except ClientError as error:
            assert error.response["Error"]["Code"] == code, error
            return
        time.sleep(QUICK["Delay"])
    raise AssertionError(f"{code} does not come to pass")


def instances(ec2, **kwargs):
    pages = ec2.get_paginator("describe_instances").paginate(**kwargs)
    return [i for page in pages for r in page["Reservations"] for i in r["Instances"]]


def can(call, *args, **kwargs):
    """Whether the cloud can do that at all; what it cannot, it has to say so."""
    try:
        call(*args, DryRun=True, **kwargs)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert code in ("DryRunOperation", "UnsupportedOperation"), error
        return code == "DryRunOperation"
    raise AssertionError("a dry run has no answer")


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def key_pairs(ec2, image):
    if not can(ec2.create_key_pair, KeyName="boto3"):
        refused("UnsupportedOperation", ec2.run_instances, ImageId=image, MinCount=1, MaxCount=1, KeyName="boto3")
        return
    made = ec2.create_key_pair(KeyName="boto3")
    assert made["KeyMaterial"].startswith("-----BEGIN") and made["KeyFingerprint"] and made["KeyPairId"], made
    refused("InvalidKeyPair.Duplicate", ec2.create_key_pair, KeyName="boto3")
    ec2.get_waiter("key_pair_exists").wait(KeyNames=["boto3"], WaiterConfig=QUICK)
    [pair] = ec2.describe_key_pairs(KeyPairIds=[made["KeyPairId"]])["KeyPairs"]
    assert (pair["KeyName"], pair["KeyFingerprint"]) == ("boto3", made["KeyFingerprint"]), pair
    run_with_key(ec2, image)
    ec2.delete_key_pair(KeyName="boto3")
    ec2.delete_key_pair(KeyName="boto3")
    refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["boto3"])
    public = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4kX0q0m1vJ9xq1Yb7r1y6d3o3x8r0Zt8o0b7w7c4kQ boto3"
    assert ec2.import_key_pair(KeyName="boto3", PublicKeyMaterial=public)["KeyName"] == "boto3"
    ec2.delete_key_pair(KeyPairId=ec2.describe_key_pairs(KeyNames=["boto3"])["KeyPairs"][0]["KeyPairId"])


def run_with_key(ec2, image):
    try:
        [one] = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, KeyName="boto3")["Instances"]
    except ClientError as error:
        # Old engines have no way to tell a guest of keys.
        assert error.response["Error"]["Code"] == "UnsupportedOperation", error
        return
    found = instances(ec2, Filters=[{"Name": "key-name", "Values": ["bot*"]}])
    assert [(i["InstanceId"], i["KeyName"]) for i in found] == [(one["InstanceId"], "boto3")], found
    ec2.terminate_instances(InstanceIds=[one["InstanceId"]])


def volumes(ec2, zone, instance):
    try:
        made = ec2.create_volume(AvailabilityZone=zone, Size=2, TagSpecifications=named("volume", "boto3"))
    except ClientError as error:
        # Engines before 3.1 have no disks but those of their VMs.
        assert error.response["Error"]["Code"] == "UnsupportedOperation" and not can(ec2.allocate_address), error
        return None
    volume = made["VolumeId"]
    assert made["Size"] == 2 and made["SnapshotId"] == "" and made["State"] in ("creating", "available"), made
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig=QUICK)
    statuses = ec2.describe_volume_status(VolumeIds=[volume])["VolumeStatuses"]
    assert statuses[0]["VolumeStatus"]["Status"] == "ok", statuses
    attached = ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdh")
    assert (attached["VolumeId"], attached["InstanceId"]) == (volume, instance), attached
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume], WaiterConfig=QUICK)
    of_instance = [{"Name": "attachment.instance-id", "Values": [instance]}]
    assert volume in [v["VolumeId"] for v in ec2.describe_volumes(Filters=of_instance)["Volumes"]]
    refused("IncorrectState", ec2.detach_volume, VolumeId=volume, InstanceId="i-00000000000000000000000000000001")
    ec2.detach_volume(VolumeId=volume, InstanceId=instance)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig=QUICK)
    return volume


def snapshots(ec2, zone, volume):
    made = ec2.create_snapshot(VolumeId=volume, Description="boto3's")
    snapshot = made["SnapshotId"]
    assert (made["VolumeId"], made["VolumeSize"], made["Description"]) == (volume, 2, "boto3's"), made
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], OwnerIds=["self"], WaiterConfig=QUICK)
    of_volume = [{"Name": "volume-id", "Values": [volume]}]
    assert [s["SnapshotId"] for s in ec2.describe_snapshots(Filters=of_volume)["Snapshots"]] == [snapshot]
    copy = ec2.create_volume(AvailabilityZone=zone, SnapshotId=snapshot)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[copy], WaiterConfig=QUICK)
    ec2.delete_volume(VolumeId=copy)
    ec2.delete_snapshot(SnapshotId=snapshot)
    gone("InvalidSnapshot.NotFound", ec2.describe_snapshots, SnapshotIds=[snapshot])


def addresses(ec2, instance):
    if not can(ec2.allocate_address):
        assert ec2.describe_addresses()["Addresses"] == []
        return
    made = ec2.allocate_address(Domain="vpc")
    address, allocation = made["PublicIp"], made["AllocationId"]
    association = ec2.associate_address(AllocationId=allocation, InstanceId=instance)["AssociationId"]
    [shown] = ec2.describe_addresses(Filters=[{"Name": "instance-id", "Values": [instance]}])["Addresses"]
    assert (shown["PublicIp"], shown["AssociationId"]) == (address, association), shown
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=allocation)
    ec2.disassociate_address(AssociationId=association)
    ec2.release_address(AllocationId=allocation)
    refused("InvalidAddress.NotFound", ec2.describe_addresses, PublicIps=[address])


def groups(ec2, image):
    if not can(ec2.create_security_group, GroupName="boto3", Description="d"):
        [default] = ec2.describe_security_groups()["SecurityGroups"]
        assert default["GroupName"] == "default", default
        return
    group = ec2.create_security_group(GroupName="boto3", Description="boto3's")["GroupId"]
    refused("InvalidGroup.Duplicate", ec2.create_security_group, GroupName="boto3", Description="again")
    ec2.get_waiter("security_group_exists").wait(GroupIds=[group], WaiterConfig=QUICK)
    web = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "0.0.0.0/0"}]}
    itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    assert ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[web])["Return"]
    refused("InvalidPermission.Duplicate", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[web])
    [shown] = ec2.describe_security_groups(GroupNames=["boto3"])["SecurityGroups"]
    ranges = {r["CidrIp"] for p in shown["IpPermissions"] for r in p["IpRanges"]}
    assert (ranges, shown["Description"]) == ({"10.0.0.0/8", "0.0.0.0/0"}, "boto3's"), shown
    assert {(p["IpProtocol"], p["FromPort"], p["ToPort"]) for p in shown["IpPermissions"]} == {("tcp", 80, 81)}, shown
    assert ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[web])["Return"]
    refused("InvalidPermission.NotFound", ec2.revoke_security_group_ingress, GroupId=group, IpPermissions=[itself])
    [one] = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SecurityGroupIds=[group])["Instances"]
    assert [g["GroupId"] for g in one["SecurityGroups"]] == [group], one
    ec2.get_waiter("instance_running").wait(InstanceIds=[one["InstanceId"]], WaiterConfig=QUICK)
    [listed] = instances(ec2, Filters=[{"Name": "instance.group-id", "Values": [group]}])
    assert (listed["InstanceId"], len(listed["SecurityGroups"])) == (one["InstanceId"], 1), listed
    refused("InvalidGroup.InUse", ec2.delete_security_group, GroupId=group)
    ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[one["InstanceId"]], WaiterConfig=QUICK)
    ec2.delete_security_group(GroupName="boto3")
    refused("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=[group])


def networks(ec2, image):
    vpcs, subnets = ec2.describe_vpcs()["Vpcs"], ec2.describe_subnets()["Subnets"]
    assert {s["VpcId"] for s in subnets} <= {v["VpcId"] for v in vpcs}, (vpcs, subnets)
    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert all(i["Attachment"]["InstanceId"] and i["VpcId"] for i in interfaces), interfaces
    if not can(ec2.create_vpc, CidrBlock="10.99.0.0/16"):
        return
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc], WaiterConfig=QUICK)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.1.0/24")["Subnet"]["SubnetId"]
    ec2.get_waiter("subnet_available").wait(SubnetIds=[subnet], WaiterConfig=QUICK)
    [one] = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"]
    assert (one["VpcId"], one["SubnetId"]) == (vpc, subnet), one
    ec2.get_waiter("instance_running").wait(InstanceIds=[one["InstanceId"]], WaiterConfig=QUICK)
    of_subnet = [{"Name": "subnet-id", "Values": [subnet]}]
    [interface] = ec2.describe_network_interfaces(Filters=of_subnet)["NetworkInterfaces"]
    assert interface["Attachment"]["InstanceId"] == one["InstanceId"], interface
    [listed] = instances(ec2, Filters=of_subnet)
    assert (listed["InstanceId"], listed["VpcId"]) == (one["InstanceId"], vpc), listed
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[one["InstanceId"]], WaiterConfig=QUICK)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[vpc])


def capture(ec2, instance):
    made = ec2.create_image(InstanceId=instance, Name="boto3-image", NoReboot=True)["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[made], WaiterConfig=QUICK)
    ec2.deregister_image(ImageId=made)


def main(endpoint):
    ec2 = client(endpoint)

    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    zone = next(z["ZoneName"] for z in zones if z["State"] == "available")
    images = ec2.describe_images()["Images"]
    image = next(i for i in images if i["State"] == "available")
    assert ec2.describe_images(ImageIds=[image["ImageId"]])["Images"][0]["Name"] == image["Name"]
    types = ec2.describe_instance_types()["InstanceTypes"]
    sized = [t for t in types if "VCpuInfo" in t and "MemoryInfo" in t]
    assert sized and all(t["VCpuInfo"]["DefaultVCpus"] >= 1 and t["MemoryInfo"]["SizeInMiB"] >= 1 for t in sized), types
    assert ec2.describe_regions()["Regions"][0]["RegionName"]

    presigned = ec2.generate_presigned_url("describe_regions", HttpMethod="GET")
    with urllib.request.urlopen(presigned) as answer:
        assert answer.status == 200 and b"<regionName>" in answer.read()
    try:
        urllib.request.urlopen(presigned.replace("DescribeRegions", "DescribeImages"))
        raise AssertionError("a presigned URL that was changed is taken")
    except urllib.error.HTTPError as error:
        assert error.code == 401, error

    wanted = dict(ImageId=image["ImageId"], MinCount=2, MaxCount=2, Placement={"AvailabilityZone": zone})
    refused("DryRunOperation", ec2.run_instances, DryRun=True, **wanted)
    before = {i["InstanceId"] for i in instances(ec2)}

    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "boto3"}]}]
    made = ec2.run_instances(TagSpecifications=tags, UserData="#!/bin/sh\necho hello\n", **wanted)["Instances"]
    ids = [i["InstanceId"] for i in made]
    assert len(set(ids)) == 2 and not before & set(ids), (ids, before)
    assert {i["State"]["Name"] for i in made} <= {"pending", "running"}, made

    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=QUICK)
    running = instances(ec2, InstanceIds=ids)
    assert {i["InstanceId"] for i in running} == set(ids), running
    for i in running:
        assert i["State"] == {"Code": 16, "Name": "running"}, i
        assert i["ImageId"] == image["ImageId"] and i["Placement"]["AvailabilityZone"] == zone, i
        assert i["LaunchTime"] and i["InstanceType"], i
        assert any(t["Key"] == "Name" and t["Value"].startswith("boto3") for t in i["Tags"]), i
    by_filter = instances(ec2, Filters=[{"Name": "instance-id", "Values": ids},
                                        {"Name": "instance-state-name", "Values": ["running", "pending"]}])
    assert {i["InstanceId"] for i in by_filter} == set(ids), by_filter
    by_name = instances(ec2, Filters=[{"Name": "tag:Name", "Values": ["boto3*"]}])
    assert set(ids) <= {i["InstanceId"] for i in by_name}, by_name
    everything = {i["InstanceId"] for i in instances(ec2)}
    paged = [i["InstanceId"] for i in instances(ec2, PaginationConfig={"PageSize": 5})]
    assert set(paged) == everything and len(paged) == len(everything), (paged, everything)
    statuses = ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"]
    assert {s["InstanceState"]["Name"] for s in statuses} == {"running"}, statuses

    changes = ec2.stop_instances(InstanceIds=ids)["StoppingInstances"]
    assert {c["PreviousState"]["Name"] for c in changes} == {"running"}, changes
    ec2.get_waiter("instance_stopped").wait(InstanceIds=ids, WaiterConfig=QUICK)
    ec2.stop_instances(InstanceIds=ids)
    changes = ec2.start_instances(InstanceIds=ids)["StartingInstances"]
    assert {c["PreviousState"]["Name"] for c in changes} == {"stopped"}, changes
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=QUICK)
    ec2.reboot_instances(InstanceIds=ids)
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=QUICK)

    key_pairs(ec2, image["ImageId"])
    groups(ec2, image["ImageId"])
    networks(ec2, image["ImageId"])
    addresses(ec2, ids[0])
    if can(ec2.create_volume, AvailabilityZone=zone, Size=1) and (volume := volumes(ec2, zone, ids[0])):
        # oVirt, the one cloud here without addresses, takes snapshots of attached disks only, and images of stopped VMs.
        if can(ec2.allocate_address):
            snapshots(ec2, zone, volume)
            capture(ec2, ids[0])
        ec2.delete_volume(VolumeId=volume)

    refused("InvalidInstanceID.NotFound", ec2.stop_instances,
            InstanceIds=[ids[0], "i-00000000000000000000000000000001"])
    assert instances(ec2, InstanceIds=[ids[0]])[0]["State"]["Name"] == "running", "all or nothing"

    changes = ec2.terminate_instances(InstanceIds=ids)["TerminatingInstances"]
    assert {c["CurrentState"]["Name"] for c in changes} <= {"shutting-down", "terminated"}, changes
    ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig=QUICK)
    ec2.terminate_instances(InstanceIds=ids)
    left = {i["InstanceId"] for i in instances(ec2) if i["State"]["Name"] != "terminated"}
    assert not left & set(ids), left

    refused("InvalidAMIID.NotFound", ec2.run_instances, ImageId="ami-00000000000000000000000000000001",
            MinCount=1, MaxCount=1)
    refused("InvalidParameterValue", ec2.describe_instances, Filters=[{"Name": "no-such", "Values": ["x"]}])
    refused("InvalidParameterCombination", ec2.describe_instances, InstanceIds=ids, MaxResults=5)
    refused("AuthFailure", client(endpoint, aws_access_key_id="nobody", aws_secret_access_key="x").describe_instances)
    print("boto3_flow: ok")


main(*sys.argv[1:])
