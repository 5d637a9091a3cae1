#!/usr/bin/env python3
"""Runs Swift: its proxy, and one account, container and object server with one folder to keep everything in.

All of them are in one process, as in Swift's own functional tests, and talk to each other over loopback as they would
anywhere. The rings are made at every start: with one device there is nothing to balance. The environment is that of
services.sh.
"""

import os
import sys

from swift.common import utils

ENV = os.environ
HOST, ETC, LIB = ENV["HOST"], ENV["ETC"], ENV["LIB"]
# Every server of Swift's reads this file, and no option tells it another place.
utils.SWIFT_CONF_FILE = f"{ETC}/swift.conf"
utils.monkey_patch()

import eventlet  # noqa: E402
import eventlet.wsgi  # noqa: E402
from swift.account.server import AccountController  # noqa: E402
from swift.common import wsgi  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

DEVICE = "disk"
PART_POWER = 4
STORES = {
    "account": (AccountController, int(ENV["SWIFT_ACCOUNT_PORT"])),
    "container": (ContainerController, int(ENV["SWIFT_CONTAINER_PORT"])),
    "object": (ObjectController, int(ENV["SWIFT_OBJECT_PORT"])),
}


def main():
    os.makedirs(f"{LIB}/swift/{DEVICE}", exist_ok=True)
    conf = {
        "devices": f"{LIB}/swift",
        "swift_dir": ETC,
        "mount_check": "false",
        "disable_fallocate": "true",
        "log_level": "WARNING",
    }
    logger = utils.get_logger(conf, "swift", log_to_console=True)
    utils.validate_configuration()
    utils.disable_fallocate()
    for name, (controller, port) in STORES.items():
        write_ring(name, port)
        serve(port, controller(conf, logger), logger)
    proxy = serve(int(ENV["SWIFT_PORT"]), wsgi.loadapp(f"{ETC}/swift-proxy.conf"), logger)
    proxy.wait()


def write_ring(name, port):
    builder = RingBuilder(PART_POWER, replicas=1, min_part_hours=0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": HOST, "port": port, "device": DEVICE})
    builder.rebalance(seed="deltagate")
    builder.get_ring().save(f"{ETC}/{name}.ring.gz")


def serve(port, app, logger):
    listener = eventlet.listen((HOST, port), reuse_port=False)
    log = utils.NullLogger()
    return eventlet.spawn(eventlet.wsgi.server, listener, app, log, protocol=SwiftHttpProtocol)


if __name__ == "__main__":
    sys.exit(main())
