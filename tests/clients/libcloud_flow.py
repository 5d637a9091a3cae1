"""What a program does with the stock Apache Libcloud: its EC2 driver, by both versions of signatures, and its driver for
Eucalyptus.

    libcloud_flow.py http://localhost:3001/ec2

Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment.
"""
import os
import sys
import time
import urllib.parse

from libcloud.common.types import InvalidCredsError
from libcloud.compute.base import NodeImage
from libcloud.compute.providers import get_driver
from libcloud.compute.types import KeyPairDoesNotExistError, NodeState, Provider, StorageVolumeState

# Libcloud signs for this region by version 2, with GET, and for the other one by version 4.
OLD_REGION, NEW_REGION = "us-east-1", "eu-central-1"


def connect(driver, endpoint, secret=None, **options):
    url = urllib.parse.urlsplit(endpoint)
    return driver(
        os.environ["AWS_ACCESS_KEY_ID"],
        secret=secret or os.environ["AWS_SECRET_ACCESS_KEY"],
        secure=url.scheme == "https",
        host=url.hostname,
        port=url.port,
        **options,
    )


def amazon(endpoint, region, secret=None):
    path = urllib.parse.urlsplit(endpoint).path.rstrip("/") + "/"
    return connect(type("Here", (get_driver(Provider.EC2),), {"path": path}), endpoint, secret, region=region)


def until(look, timeout=60):
    """What is looked for, once it is there."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("this does not come to pass in time")


def in_state(ec2, node, state):
    return until(lambda: [n for n in ec2.list_nodes(ex_node_ids=[node.id]) if n.state == state])[0]


def refused(code, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except Exception as error:
        assert code in str(error), error
        return
    raise AssertionError(f"{code} was expected")


def look_around(ec2):
    [location, *_] = ec2.list_locations()
    [image, *_] = ec2.list_images()
    assert isinstance(image, NodeImage) and image.id, image
    assert ec2.list_images(ex_image_ids=[image.id])[0].id == image.id
    ec2.list_volumes(), ec2.ex_list_networks(), ec2.ex_list_subnets(), ec2.ex_describe_all_addresses()
    assert ec2.ex_list_security_groups() is not None
    return location, image


def size(ec2, image):
    """One that the cloud has: Libcloud's own list is Amazon's."""
    [any_size, *_] = ec2.list_sizes()
    any_size.id = "c1.m512"
    return any_size


def keys(ec2):
    if "libcloud" in [pair.name for pair in ec2.list_key_pairs()]:
        ec2.delete_key_pair(ec2.get_key_pair("libcloud"))
    pair = ec2.create_key_pair("libcloud")
    assert pair.private_key.startswith("-----BEGIN") and pair.fingerprint, pair
    assert ec2.get_key_pair("libcloud").fingerprint == pair.fingerprint
    return pair


def tags(ec2, node):
    assert ec2.ex_create_tags(node, {"flow": "libcloud"})
    assert ec2.ex_describe_tags(node).get("flow") == "libcloud"
    assert ec2.ex_delete_tags(node, {"flow": "libcloud"})
    assert "flow" not in ec2.ex_describe_tags(node)


def volumes(ec2, node, location):
    volume = ec2.create_volume(1, "libcloud", location=location, ex_volume_type=None)
    until(lambda: [v for v in ec2.list_volumes() if v.id == volume.id and v.state == StorageVolumeState.AVAILABLE])
    assert ec2.attach_volume(node, volume, "/dev/sdh")
    until(lambda: [v for v in ec2.list_volumes(node) if v.id == volume.id and v.state == StorageVolumeState.INUSE])
    snapshot = ec2.create_volume_snapshot(volume, "libcloud")
    until(lambda: [s for s in ec2.list_snapshots() if s.id == snapshot.id and s.extra["state"] == "completed"])
    assert ec2.destroy_volume_snapshot(snapshot)
    until(lambda: snapshot.id not in [s.id for s in ec2.list_snapshots()])
    assert ec2.detach_volume(volume)
    until(lambda: [v for v in ec2.list_volumes() if v.id == volume.id and v.state == StorageVolumeState.AVAILABLE])
    assert ec2.destroy_volume(volume)
    until(lambda: volume.id not in [v.id for v in ec2.list_volumes()])


def life(ec2):
    location, image = look_around(ec2)
    pair = keys(ec2)
    node = ec2.create_node(name="libcloud", image=image, size=size(ec2, image), location=location,
                           ex_keyname=pair.name, ex_userdata="#!/bin/sh\n", ex_metadata={"made": "here"})
    in_state(ec2, node, NodeState.RUNNING)
    assert node.id in [n.id for n in ec2.list_nodes(ex_filters={"tag:made": "he*"})]
    tags(ec2, node)
    assert ec2.reboot_node(node)
    in_state(ec2, node, NodeState.RUNNING)
    assert ec2.ex_stop_node(node) if hasattr(ec2, "ex_stop_node") else ec2.stop_node(node)
    in_state(ec2, node, NodeState.STOPPED)
    assert ec2.ex_start_node(node) if hasattr(ec2, "ex_start_node") else ec2.start_node(node)
    in_state(ec2, node, NodeState.RUNNING)
    assert "output" in ec2.ex_get_console_output(node)
    volumes(ec2, node, location)
    assert ec2.destroy_node(node)
    in_state(ec2, node, NodeState.TERMINATED)
    assert ec2.delete_key_pair(pair)
    try:
        ec2.get_key_pair("libcloud")
        raise AssertionError("a key pair that was deleted is there")
    except KeyPairDoesNotExistError:
        pass


def refusals(ec2, endpoint):
    [node, *_] = ec2.list_nodes()
    node.id = "i-00000000000000000000000000000001"
    refused("InvalidInstanceID.NotFound", ec2.start_node, node)
    try:
        amazon(endpoint, OLD_REGION, secret="wrong").list_nodes()
        raise AssertionError("a wrong secret is taken")
    except InvalidCredsError:
        pass


def eucalyptus(endpoint):
    """Its clients ask at a path of their own, and have sizes of their own."""
    cloud = connect(get_driver(Provider.EUCALYPTUS), endpoint)
    sizes, [image, *_] = cloud.list_sizes(), cloud.list_images()
    assert sizes and all(size.ram > 0 and size.extra["cpu"] > 0 for size in sizes), sizes
    node = cloud.create_node(name="libcloud", image=image, size=sizes[0])
    in_state(cloud, node, NodeState.RUNNING)
    assert cloud.destroy_node(node)
    in_state(cloud, node, NodeState.TERMINATED)


def main(endpoint):
    for region in (OLD_REGION, NEW_REGION):
        life(amazon(endpoint, region))
    refusals(amazon(endpoint, OLD_REGION), endpoint)
    eucalyptus(endpoint)
    print("libcloud_flow: ok")


main(*sys.argv[1:])
