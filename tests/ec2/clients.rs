//! The stock AWS command line and boto3 run their whole flows.

use crate::{
    ADMIN, MOCK,
    bed::{Client, Gateway, OpenStack, Ovirt, ovirt::Mode},
};

fn flows(gateway: &Gateway, key: &str, secret: &str) {
    let Some(client) = Client::find() else { return };
    client.boto3_flow(&gateway.ec2(), key, secret);
    client.aws_cli_flow(&gateway.ec2(), key, secret);
}

fn flows_on(mode: Mode) {
    let engine = Ovirt::start(mode);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    flows(&gateway, "AKID", "SECRET");
}

#[test]
fn every_answer_is_what_botocores_model_says() {
    let Some(client) = Client::find() else { return };
    let gateway = Gateway::mock();
    let actions: Vec<_> = deltagate::frontends::ec2::actions().map(|(name, _)| name).collect();
    client.ec2_model(&gateway.ec2(), &gateway.sts(), &actions, MOCK.0, MOCK.1);
}

#[test]
fn a_soap_client_on_the_mock() {
    let Some(client) = Client::find() else { return };
    client.soap_flow(&Gateway::mock().ec2(), MOCK.0, MOCK.1);
}

#[test]
fn a_soap_client_on_ovirt() {
    let Some(client) = Client::find() else { return };
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    client.soap_flow(&gateway.ec2(), ADMIN.0, ADMIN.1);
}

#[test]
fn on_the_mock() {
    flows(&Gateway::mock(), MOCK.0, MOCK.1);
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
fn on_ovirt_4_4() {
    flows_on(Mode::V4_4);
}

#[test]
fn on_openstack() {
    match OpenStack::find("") {
        Ok(cloud) => flows(&cloud.gateway, "AKID", "SECRET"),
        Err(why) => eprintln!("skipped: there is no OpenStack: {why}"),
    }
}
