#!/usr/bin/env python3
"""Boots a server, gives it a volume and an address, makes an image of it, keeps an object, and leaves nothing behind.

Proves that the test cloud works before anything is tested with it, and takes the services' slow first calls on
itself. The environment is that of services.sh; what is wrong ends up in the exit code and on standard error.
"""

import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import openstack  # noqa: E402
from openstack.exceptions import SDKException  # noqa: E402

NAME = "smoke"
PATIENCE = 180  # seconds


def main():
    demo = openstack.connect(cloud="demo")
    sweep(demo)
    try:
        exercise(demo)
    finally:
        sweep(demo)


def exercise(demo):
    keep_object(demo.object_store)
    server = boot(demo)
    borrow_volume(demo, server)
    borrow_address(demo, server)
    demo.compute.create_server_image(server, NAME)
    until("its image is active", lambda: any(i.status == "active" for i in demo.image.images(name=NAME)))
    until("it is idle", lambda: demo.compute.get_server(server.id).task_state is None)
    demo.compute.stop_server(server)
    until("it is stopped", lambda: demo.compute.get_server(server.id).status == "SHUTOFF")


def keep_object(store):
    store.create_container(name=NAME)
    store.upload_object(NAME, NAME, data=NAME.encode())
    if store.download_object(NAME, container=NAME) != NAME.encode():
        sys.exit("openstack: an object holds something else than was put into it")


def boot(demo):
    server = demo.compute.create_server(
        name=NAME,
        image_id=demo.image.find_image("tiny").id,
        flavor_id="1",
        availability_zone=os.environ["ZONE"],
        networks=[{"uuid": demo.network.find_network("private").id}],
    )
    return demo.compute.wait_for_server(server, interval=0.2, wait=PATIENCE)


def borrow_volume(demo, server):
    storage = demo.block_storage
    volume = storage.create_volume(name=NAME, size=1, availability_zone=os.environ["ZONE"])
    storage.wait_for_status(volume, "available", interval=0.2, wait=PATIENCE)
    demo.compute.create_volume_attachment(server, volume_id=volume.id)
    storage.wait_for_status(volume, "in-use", interval=0.2, wait=PATIENCE)
    demo.compute.delete_volume_attachment(server, volume.id)
    storage.wait_for_status(volume, "available", interval=0.2, wait=PATIENCE)


def borrow_address(demo, server):
    port = next(demo.network.ports(device_id=server.id))
    address = demo.network.create_ip(floating_network_id=demo.network.find_network("public").id, port_id=port.id)
    try:
        until("its floating address is shown", lambda: address.floating_ip_address in addresses(demo, server))
    finally:
        demo.network.delete_ip(address)


def addresses(demo, server):
    networks = demo.compute.get_server(server.id).addresses.values()
    return [address["addr"] for network in networks for address in network]


def sweep(demo):
    for server in demo.compute.servers(name=f"^{NAME}$"):
        demo.compute.delete_server(server)
        demo.compute.wait_for_delete(server, interval=0.2, wait=PATIENCE)
    for image in demo.image.images(name=NAME):
        demo.image.delete_image(image)
    for volume in demo.block_storage.volumes(name=NAME):
        demo.block_storage.delete_volume(volume)
        demo.block_storage.wait_for_delete(volume, interval=0.2, wait=PATIENCE)
    sweep_objects(demo.object_store)


def sweep_objects(store):
    if any(container.name == NAME for container in store.containers()):
        for kept in store.objects(NAME):
            store.delete_object(kept, container=NAME)
        store.delete_container(NAME)


def until(what, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"openstack: the server was made, but not until {PATIENCE} s later {what}")
        time.sleep(0.2)


if __name__ == "__main__":
    os.environ["OS_CLIENT_CONFIG_FILE"] = f"{os.environ['ROOT']}/clouds.yaml"
    try:
        main()
    except SDKException as error:
        sys.exit(f"openstack: the smoke test failed: {error}")
