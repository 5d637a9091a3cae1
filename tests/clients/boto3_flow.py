"""What a program does with the stock boto3, from the first look to the last clean-up.

    boto3_flow.py http://localhost:3001/ec2

Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment.
"""
import sys
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


def instances(ec2, **kwargs):
    pages = ec2.get_paginator("describe_instances").paginate(**kwargs)
    return [i for page in pages for r in page["Reservations"] for i in r["Instances"]]


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


main(sys.argv[1])
