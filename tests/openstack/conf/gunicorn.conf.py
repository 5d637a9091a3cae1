# How gunicorn serves Keystone, Placement and Neutron.
import sys

workers = 1
threads = 8
keepalive = 30
loglevel = "warning"


def post_fork(server, worker):
    """The services read the command line for options of their own, and gunicorn's are not theirs."""
    del sys.argv[1:]
