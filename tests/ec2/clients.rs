//! The stock clients run their whole flows.

use crate::{
    ADMIN, MOCK,
    bed::{Client, Gateway, OpenStack, Ovirt, openstack, ovirt::Mode},
};

/// The oldest clients of all, on each release of the engine.
fn flows_on(mode: Mode) {
    let Some(client) = Client::find() else { return };
    let engine = Ovirt::start(mode);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    client.boto3_flow(&gateway.ec2(), "AKID", "SECRET");
    client.aws_cli_flow(&gateway.ec2(), "AKID", "SECRET");
}

#[test]
fn on_rhevm_3_0() {
    flows_on(Mode::V3_0);
}

#[test]
fn on_rhevm_3_1() {
    flows_on(Mode::V3_1);
}

#[test]
fn on_ovirt_3_6() {
    flows_on(Mode::V3_6);
}

#[test]
fn on_ovirt_4_1() {
    flows_on(Mode::V4_1);
}

#[test]
fn every_answer_is_what_botocores_model_says() {
    let Some(client) = Client::find() else { return };
    let gateway = Gateway::mock();
    let actions: Vec<_> = deltagate::frontends::ec2::actions().map(|(name, _)| name).collect();
    client.ec2_model(&gateway.ec2(), &gateway.sts(), &actions, MOCK.0, MOCK.1);
}

/// A cloud behind a gateway.
struct Before {
    gateway: Gateway,
    key: (&'static str, &'static str),
    /// A user of the cloud and his password.
    person: (&'static str, &'static str),
    /// An instance type that it has.
    size: &'static str,
    /// What playbooks have to be told that it has not.
    lacks: &'static [&'static str],
    /// What is behind the gateway and ends with it.
    _engine: Option<Ovirt>,
}

fn the_mock() -> Option<Before> {
    Some(Before {
        gateway: Gateway::mock(),
        key: MOCK,
        person: MOCK,
        size: "c1.m512",
        lacks: &[],
        _engine: None,
    })
}

fn ovirt() -> Option<Before> {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    Some(Before {
        gateway,
        key: ("AKID", "SECRET"),
        person: ADMIN,
        size: "c1.m512",
        // The engine chooses a disk's device, and the module finds a volume by the one that it asked for.
        lacks: &["groups", "volumes"],
        _engine: Some(engine),
    })
}

fn the_openstack() -> Option<Before> {
    match OpenStack::find("") {
        Ok(cloud) => Some(Before {
            gateway: cloud.gateway,
            key: ("AKID", "SECRET"),
            person: openstack::USER,
            size: "m1.tiny",
            // Nova tells the groups of a server only when it is plugged in, and the playbook looks at once; its fake
            // hypervisor chooses a volume's device, and the module finds a volume by the one that it asked for.
            lacks: &["groups", "volumes"],
            _engine: None,
        }),
        Err(why) => {
            eprintln!("skipped: there is no OpenStack: {why}");
            None
        }
    }
}

/// Every client on one cloud, each in a test of its own.
macro_rules! every_client {
    ($on:ident, $cloud:path) => {
        mod $on {
            use super::*;

            fn with(flow: impl FnOnce(&Client, &Before)) {
                let Some(client) = Client::find() else { return };
                let Some(before) = $cloud() else { return };
                flow(&client, &before);
            }

            #[test]
            fn boto3() {
                with(|client, Before { gateway, key, .. }| client.boto3_flow(&gateway.ec2(), key.0, key.1));
            }

            #[test]
            fn aws_cli() {
                with(|client, Before { gateway, key, .. }| client.aws_cli_flow(&gateway.ec2(), key.0, key.1));
            }

            #[test]
            fn a_soap_client() {
                with(|client, Before { gateway, person, .. }| {
                    client.soap_flow(&gateway.ec2(), person.0, person.1);
                });
            }

            #[test]
            fn libcloud() {
                with(|client, Before { gateway, key, .. }| {
                    client.libcloud_flow(&gateway.ec2(), key.0, key.1)
                });
            }

            #[test]
            fn ansible() {
                with(|client, Before { gateway, key, size, lacks, .. }| {
                    client.ansible_flow(&gateway.ec2(), key.0, key.1, size, lacks);
                });
            }

            #[test]
            fn the_sdk_for_javascript() {
                with(|client, Before { gateway, key, .. }| client.js_flow(&gateway.ec2(), key.0, key.1));
            }

            #[test]
            fn the_sdk_for_rust() {
                with(|client, Before { gateway, key, .. }| client.rust_flow(&gateway.ec2(), key.0, key.1));
            }
        }
    };
}

every_client!(on_the_mock, the_mock);
every_client!(on_ovirt_4_4, ovirt);
every_client!(on_openstack, the_openstack);
