//! What an operator sees: metrics that Prometheus takes, and a log line for each request, without secrets.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    ADMIN, MOCK,
    bed::{Gateway, Ovirt, ovirt::Mode},
};

#[test]
fn requests_and_back_end_calls_are_counted() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    for _ in 0..3 {
        assert_eq!(gateway.get("/ec2?Action=DescribeInstances", ADMIN.0, ADMIN.1).status, 200);
    }
    gateway.get("/ec2?Action=DescribeInstances", ADMIN.0, "wrong");
    let described = ["frontend=\"ec2\"", "operation=\"DescribeInstances\"", "driver=\"ovirt\""];
    let with = |outcome: &'static str| [&described[..], &[outcome]].concat();
    // A request is counted when its answer has gone, which its client may know first.
    let deadline = Instant::now() + Duration::from_secs(10);
    while gateway.sample("deltagate_request_seconds_count", &described) < 4.0 {
        assert!(Instant::now() < deadline, "{}", gateway.scrape());
    }
    assert_eq!(gateway.sample("deltagate_requests_total", &with("outcome=\"ok\"")), 3.0);
    assert_eq!(gateway.sample("deltagate_requests_total", &with("outcome=\"AuthFailure\"")), 1.0);
    assert_eq!(gateway.sample("deltagate_request_seconds_count", &described), 4.0);
    assert!(
        gateway.sample("deltagate_backend_calls_total", &["provider=\"engine\"", "status=\"200\""]) >= 4.0
    );
    assert!(gateway.sample("deltagate_backend_connections_total", &["kind=\"made\""]) >= 1.0);
    assert!(gateway.sample("deltagate_backend_connections_total", &["kind=\"reused\""]) >= 2.0);
    assert!(gateway.sample("deltagate_bytes_total", &["direction=\"from_backend\""]) > 0.0);
    assert!(gateway.sample("deltagate_bytes_total", &["direction=\"to_client\""]) > 0.0);
    assert_eq!(gateway.sample("deltagate_in_flight", &[]), 0.0);
    assert_eq!(gateway.sample("deltagate_build_info", &["version="]), 1.0);
}

#[test]
fn a_list_is_one_call_to_a_modern_engine() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    let calls = || gateway.sample("deltagate_backend_calls_total", &[]);
    assert_eq!(gateway.get("/ec2?Action=DescribeInstances", ADMIN.0, ADMIN.1).status, 200);
    let before = calls();
    assert_eq!(gateway.get("/ec2?Action=DescribeInstances", ADMIN.0, ADMIN.1).status, 200);
    assert_eq!(
        calls() - before,
        1.0,
        "{:#?}",
        engine.requests().iter().map(|r| &r.target).collect::<Vec<_>>()
    );
}

#[test]
fn an_access_log_line_says_who_did_what_and_no_secret() {
    let gateway = Gateway::mock();
    let answer = gateway.get("/ec2?Action=DescribeInstances", MOCK.0, MOCK.1);
    let line = gateway.logged(&["deltagate::access", answer.header("x-amzn-requestid")]);
    for part in [
        "user=\"mockuser\"",
        "operation=\"DescribeInstances\"",
        "driver=\"mock\"",
        "outcome=\"ok\"",
        "status=200",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    gateway.get("/ec2?Action=DescribeInstances", MOCK.0, "a-wrong-secret");
    gateway.logged(&["AuthFailure"]);
    let log = gateway.log();
    assert!(!log.contains("mockpassword") && !log.contains("a-wrong-secret"), "{log}");
}

#[test]
fn promtool_finds_nothing_wrong() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    gateway.get("/ec2?Action=DescribeInstances", ADMIN.0, ADMIN.1);
    let text = gateway.scrape();
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("skipped: promtool cannot be run ({error})");
            return;
        }
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
}
