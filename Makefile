# Does the set-up that a fresh machine needs (Rust, a C compiler and Python are enough), then calls cargo.
# Where everything is there already, plain `cargo run` and `cargo test` do the same.

TOOLS := $(CURDIR)/target/tools
CLIENTS := $(CURDIR)/target/clients
export PATH := $(PATH):$(TOOLS)/bin

.PHONY: run test bench tools packages clients openstack openstack-down

## The gateway on localhost:3001, with a mock cloud behind it.
run: tools
	cargo run -- $(ARGS)

## Every test, with the real clients; DELTAGATE_OPENSTACK names the folder of an OpenStack that is up.
test: tools clients
	@[ -n "$$DELTAGATE_OPENSTACK" ] || \
	  echo 'DELTAGATE_OPENSTACK is not set: no real OpenStack in the tests, recorded answers only (see make openstack)'
	DELTAGATE_PYTHON=$(CLIENTS)/bin/python DELTAGATE_REQUIRE_CLIENTS=1 cargo test

## Every bench; benches/README.md says what they measure.
bench: tools clients
	DELTAGATE_PYTHON=$(CLIENTS)/bin/python cargo bench

# Pingora's compression library is built with cmake.
tools:
	@command -v cmake >/dev/null || { \
	  echo 'cmake is missing: installing it below target/' && \
	  { python3 -m venv $(TOOLS) || { apt-get install -qq -y python3-venv && python3 -m venv $(TOOLS); }; } && \
	  $(TOOLS)/bin/pip install --quiet --disable-pip-version-check cmake==4.4.4; }

packages:
	@tests/clients/install $(CLIENTS)

# The client in Rust stands apart from the crate, and takes minutes the first time.
clients: packages
	@cargo build --quiet --locked --manifest-path tests/clients/rust/Cargo.toml --target-dir $(CLIENTS)/rust

## A real OpenStack on loopback, in target/openstack: a few minutes the first time, one afterwards.
openstack:
	@tests/openstack/up.sh $(ARGS)

## Stops it and keeps what is in it; `make openstack ARGS=--reset` brings back what was there at first.
openstack-down:
	@tests/openstack/down.sh
