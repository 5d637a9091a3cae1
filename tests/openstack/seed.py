#!/usr/bin/env python3
"""Fills the test cloud, and waits for it.

    seed.py identity    users, projects and the catalogue; Keystone alone must answer
    seed.py await       returns when a server could be booted and a volume made
    seed.py cloud       flavors, a zone, an image, networks, a key, quotas
    seed.py openrc      writes down the address, the users and what is seeded

Each adds only what is missing. The environment is that of services.sh.
"""

import os
import subprocess
import sys
import time
import warnings
from datetime import datetime, timezone

warnings.filterwarnings("ignore")

import openstack  # noqa: E402
from openstack.exceptions import SDKException  # noqa: E402

ENV = os.environ
PASSWORD, REGION, ZONE = ENV["PASSWORD"], ENV["REGION"], ENV["ZONE"]
KEYSTONE = f"http://{ENV['HOST']}:{ENV['KEYSTONE_PORT']}/v3"

PATIENCE = 180  # seconds

# What Nova, Cinder and the rest log in as, and two customers who do not see each other.
USERS = {
    "service": ("service", ["admin", "service"]),
    "demo": ("demo", ["member", "reader"]),
    "alt": ("alt", ["member", "reader"]),
}
# Type, name, address; Cinder is in the catalogue under its old type and its new one.
CATALOGUE = [
    ("image", "glance", f"{ENV['GLANCE_PORT']}"),
    ("compute", "nova", f"{ENV['NOVA_PORT']}/v2.1"),
    ("placement", "placement", f"{ENV['PLACEMENT_PORT']}"),
    ("network", "neutron", f"{ENV['NEUTRON_PORT']}"),
    ("volumev3", "cinderv3", f"{ENV['CINDER_PORT']}/v3/$(project_id)s"),
    ("block-storage", "cinder", f"{ENV['CINDER_PORT']}/v3/$(project_id)s"),
    ("object-store", "swift", f"{ENV['SWIFT_PORT']}/v1/AUTH_$(project_id)s"),
]
# Id, name, memory in MiB, disk in GiB, processors.
FLAVORS = [
    ("1", "m1.tiny", 512, 1, 1),
    ("2", "m1.small", 2048, 20, 1),
    ("3", "m1.medium", 4096, 40, 2),
    ("4", "m1.large", 8192, 80, 4),
]
IMAGE, IMAGE_BYTES = "tiny", 64 * 1024
KEY = "seedkey"
APPLICATION_CREDENTIAL = "deltagate"
VOLUME_TYPE = "fake"
NETWORKS = {"demo": ("private", "10.10.0.0/24"), "alt": ("alt-net", "10.20.0.0/24")}
PUBLIC, PUBLIC_RANGE = "public", "203.0.113.0/24"
# Tests run side by side: none of them is to meet a limit by chance. The user alt meets his with the second server.
COMPUTE_QUOTA = {"instances": 500, "cores": 2000, "ram": 4_000_000, "key_pairs": 500}
VOLUME_QUOTA = {"volumes": 500, "snapshots": 500, "gigabytes": 100_000}
NETWORK_QUOTA = {
    "floating_ips": 200,
    "networks": 200,
    "subnets": 200,
    "ports": 2000,
    "security_groups": 500,
    "security_group_rules": 2000,
}


def connect(user):
    return openstack.connect(
        auth_url=KEYSTONE,
        username=user,
        password=PASSWORD,
        project_name=user,
        user_domain_name="Default",
        project_domain_name="Default",
        region_name=REGION,
        interface="public",
        load_yaml_config=False,
        load_envvars=False,
    )


def identity():
    keystone = connect("admin").identity
    roles = {role.name: role for role in keystone.roles()}
    for name in ("service", "member", "reader"):
        if name not in roles:
            roles[name] = keystone.create_role(name=name)
    for user, (project, granted) in USERS.items():
        project = keystone.find_project(project) or keystone.create_project(name=project, domain_id="default")
        user = keystone.find_user(user) or keystone.create_user(
            name=user, password=PASSWORD, domain_id="default", default_project_id=project.id
        )
        for role in granted:
            keystone.assign_project_role_to_user(project, user, roles[role])
    known = {service.type for service in keystone.services()}
    for kind, name, address in CATALOGUE:
        if kind not in known:
            service = keystone.create_service(type=kind, name=name)
            for interface in ("public", "internal", "admin"):
                keystone.create_endpoint(
                    service_id=service.id,
                    interface=interface,
                    url=f"http://{ENV['HOST']}:{address}",
                    region_id=REGION,
                )


def await_services():
    admin = connect("admin")
    for binary, services in (
        ("nova-compute", admin.compute.services),
        ("nova-scheduler", admin.compute.services),
        ("cinder-volume", admin.block_storage.services),
        ("cinder-scheduler", admin.block_storage.services),
    ):
        since = started(binary)
        until(binary, lambda: any(s.binary == binary and (s.updated_at or "") >= since for s in services()))
    until("cinder-scheduler", lambda: any(admin.block_storage.backend_pools()))


def started(binary):
    """When the process started: a sign of life that is older tells of the one before it."""
    at = os.stat(pid_file(binary)).st_mtime
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def until(binary, is_ready):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if is_ready():
                return
            seen = "not ready"
        except SDKException as error:
            seen = error
        with open(pid_file(binary)) as file:
            if not os.path.exists(f"/proc/{file.read().strip()}"):
                give_up(binary, "ended")
        if time.monotonic() > deadline:
            give_up(binary, seen)
        time.sleep(0.3)


def pid_file(binary):
    return f"{ENV['STATE']}/run/{binary}.pid"


def give_up(binary, why):
    with open(f"{ENV['STATE']}/log/{binary}.log") as log:
        sys.exit(f"openstack: {binary}: {why}\n" + "".join(log.readlines()[-40:]))


def cloud():
    admin, demo, alt = connect("admin"), connect("demo"), connect("alt")
    places(admin)
    wares(admin)
    networks(admin, demo, alt)
    quotas(admin)
    credentials(demo)


def places(admin):
    """Tells Nova of its one hypervisor, and puts it into a zone."""
    subprocess.run(
        [f"{ENV['VENV']}/bin/nova-manage", "--config-file", f"{ENV['ETC']}/nova.conf", "cell_v2", "discover_hosts"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if not any(group.name == ZONE for group in admin.compute.aggregates()):
        group = admin.compute.create_aggregate(name=ZONE, availability_zone=ZONE)
        admin.compute.add_host_to_aggregate(group, "hypervisor")


def wares(admin):
    for flavor_id, name, memory, disk, processors in FLAVORS:
        admin.compute.find_flavor(name) or admin.compute.create_flavor(
            id=flavor_id, name=name, ram=memory, disk=disk, vcpus=processors
        )
    if not admin.image.find_image(IMAGE):
        image = admin.image.create_image(
            name=IMAGE, disk_format="raw", container_format="bare", visibility="public", architecture="x86_64"
        )
        image.data = bytes(IMAGE_BYTES)
        image.upload(admin.image)
    if not any(kind.name == VOLUME_TYPE for kind in admin.block_storage.types()):
        admin.block_storage.create_type(name=VOLUME_TYPE)


def networks(admin, demo, alt):
    public = admin.network.find_network(PUBLIC) or admin.network.create_network(
        name=PUBLIC,
        is_router_external=True,
        provider_network_type="flat",
        provider_physical_network=PUBLIC,
    )
    subnet(admin, public, PUBLIC_RANGE, is_dhcp_enabled=False)
    for user, connection in (("demo", demo), ("alt", alt)):
        name, addresses = NETWORKS[user]
        network = connection.network.find_network(name, ignore_missing=True, project_id=connection.current_project_id)
        network = network or connection.network.create_network(name=name)
        inner = subnet(connection, network, addresses)
        router(connection, f"{name}-router", public, inner)


def subnet(connection, network, addresses, **more):
    name = f"{network.name}-subnet"
    return connection.network.find_subnet(name) or connection.network.create_subnet(
        name=name, network_id=network.id, ip_version=4, cidr=addresses, **more
    )


def router(connection, name, outer, inner):
    if not connection.network.find_router(name):
        made = connection.network.create_router(name=name, external_gateway_info={"network_id": outer.id})
        connection.network.add_interface_to_router(made, subnet_id=inner.id)


def quotas(admin):
    admin.set_compute_quotas("demo", **COMPUTE_QUOTA)
    admin.set_volume_quotas("demo", **VOLUME_QUOTA)
    demo = admin.identity.find_project("demo")
    admin.network.update_quota(demo.id, **NETWORK_QUOTA)
    admin.set_compute_quotas("alt", instances=1)


def credentials(demo):
    demo.compute.find_keypair(KEY) or demo.compute.create_keypair(name=KEY)
    if not application_credential(demo):
        demo.identity.create_application_credential(
            user=demo.current_user_id, name=APPLICATION_CREDENTIAL, secret=PASSWORD
        )


def application_credential(demo):
    known = demo.identity.application_credentials(user=demo.current_user_id)
    return next((one for one in known if one.name == APPLICATION_CREDENTIAL), None)


def openrc():
    demo = connect("demo")
    network, addresses = NETWORKS["demo"]
    lines = {
        "OS_AUTH_URL": KEYSTONE,
        "OS_REGION_NAME": REGION,
        "OS_INTERFACE": "public",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_USERNAME": "demo",
        "OS_PROJECT_NAME": "demo",
        "OS_PASSWORD": PASSWORD,
        "OS_CLIENT_CONFIG_FILE": f"{ENV['ROOT']}/clouds.yaml",
        "SEED_OTHER_USER": "alt",
        "SEED_IMAGE": IMAGE,
        "SEED_IMAGE_ID": demo.image.find_image(IMAGE).id,
        "SEED_FLAVORS": " ".join(name for _, name, *_ in FLAVORS),
        "SEED_ZONE": ZONE,
        "SEED_KEY": KEY,
        "SEED_APPLICATION_CREDENTIAL_ID": application_credential(demo).id,
        "SEED_APPLICATION_CREDENTIAL_SECRET": PASSWORD,
        "SEED_VOLUME_TYPE": VOLUME_TYPE,
        "SEED_NETWORK": network,
        "SEED_NETWORK_ID": demo.network.find_network(network).id,
        "SEED_NETWORK_RANGE": addresses,
        "SEED_PUBLIC_NETWORK": PUBLIC,
        "SEED_PUBLIC_NETWORK_ID": demo.network.find_network(PUBLIC).id,
        "SEED_PUBLIC_RANGE": PUBLIC_RANGE,
    }
    path = f"{ENV['ROOT']}/openrc"
    with open(f"{path}.part", "w") as file:
        file.write(
            "# The OpenStack of the tests. The users demo, alt and admin have projects of their names and the same\n"
            "# password; alt may have one server only. SEED_ tells what there is for demo.\n"
        )
        file.writelines(f"export {name}='{value}'\n" for name, value in lines.items())
    os.replace(f"{path}.part", path)


STEPS = {"identity": identity, "await": await_services, "cloud": cloud, "openrc": openrc}

if __name__ == "__main__":
    STEPS[sys.argv[1]]()
