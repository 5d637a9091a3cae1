//! The requests of the talk, as they were shown: HTTP Basic, GET, raw UUIDs.

use std::time::{Duration, Instant};

use crate::{
    ADMIN,
    bed::{Gateway, Ovirt, http::Answer, ovirt::Mode},
};

/// How long an instance may take to get where it is going.
const PATIENCE: Duration = Duration::from_secs(30);

struct Talk {
    gateway: Gateway,
}

impl Talk {
    fn ask(&self, query: &str) -> Answer {
        let answer = self.gateway.get(&format!("/ec2/?Action={query}"), ADMIN.0, ADMIN.1);
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        assert!(
            answer.body.contains("xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\""),
            "{}",
            answer.body
        );
        assert_eq!(answer.text("requestId"), answer.header("x-amzn-requestid"));
        answer
    }

    fn state(&self, uuid: &str) -> String {
        let answer = self.ask(&format!("DescribeInstances&InstanceId.1={uuid}"));
        let state = answer.texts("instanceState");
        assert_eq!(state.len(), 1, "{}", answer.body);
        state[0].split("<name>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    }

    fn until(&self, uuid: &str, wanted: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let state = self.state(uuid);
            if state == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{uuid} is {state}, not {wanted}");
        }
    }
}

/// `i-5f411ae4...` as the engine writes it: with dashes, without the prefix.
fn uuid(id: &str) -> String {
    let hex = id.split_once('-').unwrap().1;
    assert_eq!(hex.len(), 32, "{id}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn talk_with(mode: Mode) {
    let engine = Ovirt::start(mode);
    let talk = Talk { gateway: Gateway::before_ovirt(&engine.base_url(), "") };

    let zones = talk.ask("DescribeAvailabilityZones");
    let zone = zones.texts("zoneName")[0].to_owned();
    assert_eq!(zone.len(), 36, "the talk names zones by UUID: {zone}");
    let images = talk.ask("DescribeImages");
    let available =
        images.texts("item").into_iter().find(|image| image.contains("<imageState>available<")).unwrap();
    let image = uuid(available.split("<imageId>").nth(1).unwrap().split('<').next().unwrap());

    let run = format!("RunInstances&Placement.AvailabilityZone={zone}&ImageId={image}");
    let plain = talk.ask(&run);
    assert_eq!(plain.texts("instanceId").len(), 1, "{}", plain.body);
    let full = talk.ask(&format!("{run}&UserData=I2Nsb3VkLWNvbmZpZwo%3D&InstanceType=SERVER"));
    let id = uuid(full.text("instanceId"));
    assert!(full.body.contains("<name>pending</name>"), "{}", full.body);

    let all = talk.ask("DescribeInstances");
    assert!(all.body.contains(&full.text("instanceId").to_owned()), "{}", all.body);
    talk.until(&id, "running");
    talk.ask(&format!("StopInstances&InstanceId.1={id}"));
    talk.until(&id, "stopped");
    talk.ask(&format!("StartInstances&InstanceId.1={id}"));
    talk.until(&id, "running");
    talk.ask(&format!("TerminateInstances&InstanceId.1={id}"));
    talk.until(&id, "terminated");
    assert!(engine.vm(id.parse().unwrap()).is_none(), "the engine still has it");
}

#[test]
fn to_rhevm_3_0() {
    talk_with(Mode::V3_0);
}

#[test]
fn to_rhevm_3_1() {
    talk_with(Mode::V3_1);
}

#[test]
fn to_ovirt_3_6() {
    talk_with(Mode::V3_6);
}

#[test]
fn to_ovirt_4_1() {
    talk_with(Mode::V4_1);
}

#[test]
fn to_ovirt_4_4() {
    talk_with(Mode::V4_4);
}
