//! Client tokens: what is sent again is not done again.

use std::thread;

use crate::{
    MOCK,
    bed::{Gateway, http::Answer},
};

const RUN: &str = "RunInstances&ImageId=img1&MinCount=2&MaxCount=2&ClientToken=";

fn ask(gateway: &Gateway, query: &str) -> Answer {
    gateway.get(&format!("/ec2/?Action={query}"), MOCK.0, MOCK.1)
}

fn instances(gateway: &Gateway) -> usize {
    ask(gateway, "DescribeInstances").texts("instanceId").len()
}

#[test]
fn a_request_that_is_sent_again_has_the_same_answer_and_makes_nothing() {
    let gateway = Gateway::mock();
    let before = instances(&gateway);
    let first = ask(&gateway, &format!("{RUN}one"));
    let again = ask(&gateway, &format!("{RUN}one"));
    assert_eq!((first.status, again.status), (200, 200), "{}", again.body);
    for element in ["instanceId", "reservationId", "imageId", "amiLaunchIndex"] {
        assert_eq!(first.texts(element), again.texts(element), "{element}");
    }
    assert_eq!(instances(&gateway), before + 2);
    let other = ask(&gateway, &format!("{RUN}two"));
    assert_ne!(first.texts("instanceId"), other.texts("instanceId"));
    assert_eq!(instances(&gateway), before + 4);
}

#[test]
fn a_token_stands_for_one_request() {
    let gateway = Gateway::mock();
    ask(&gateway, &format!("{RUN}one"));
    let other = ask(&gateway, "RunInstances&ImageId=img2&MinCount=2&MaxCount=2&ClientToken=one");
    assert_eq!((other.status, other.text("Code")), (400, "IdempotentParameterMismatch"), "{}", other.body);
    let stranger = gateway.get("/ec2/?Action=RunInstances&ImageId=img2&ClientToken=one", MOCK.0, "wrong");
    assert_eq!(stranger.status, 401, "who is not who he says is told of no token: {}", stranger.body);
    let volume = ask(&gateway, "CreateVolume&Size=1&AvailabilityZone=us&ClientToken=one");
    assert_eq!(volume.status, 200, "another action's tokens are others: {}", volume.body);
    let again = ask(&gateway, "CreateVolume&Size=1&AvailabilityZone=us&ClientToken=one");
    assert_eq!(volume.text("volumeId"), again.text("volumeId"));
    for token in ["a%20b", &"x".repeat(65)] {
        assert_eq!(ask(&gateway, &format!("{RUN}{token}")).text("Code"), "InvalidParameterValue", "{token}");
    }
}

#[test]
fn what_failed_and_what_was_rehearsed_can_be_asked_again() {
    let gateway = Gateway::mock();
    let before = instances(&gateway);
    let wrong = ask(&gateway, "RunInstances&ImageId=nosuch&MinCount=2&MaxCount=2&ClientToken=one");
    assert_eq!(wrong.text("Code"), "InvalidAMIID.NotFound");
    let dry = ask(&gateway, &format!("{RUN}one&DryRun=true"));
    assert_eq!(dry.text("Code"), "DryRunOperation");
    assert_eq!(ask(&gateway, &format!("{RUN}one")).status, 200);
    assert_eq!(instances(&gateway), before + 2);
    let stranger = gateway.get(&format!("/ec2/?Action={RUN}one"), MOCK.0, "wrong");
    assert_eq!(stranger.status, 401, "{}", stranger.body);
}

#[test]
fn of_many_at_once_one_is_done() {
    let gateway = Gateway::mock();
    let before = instances(&gateway);
    let answers: Vec<Vec<String>> = thread::scope(|scope| {
        let ask = || {
            ask(&gateway, &format!("{RUN}one")).texts("instanceId").into_iter().map(str::to_owned).collect()
        };
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|ids| ids.len() == 2 && *ids == answers[0]), "{answers:?}");
    assert_eq!(instances(&gateway), before + 2);
}
