//! Bad input at the edge: what is wrong is said in EC2's own words, and nothing hangs.

use std::time::{Duration, Instant};

use crate::{
    MOCK,
    bed::{
        Gateway,
        http::{Answer, Connection, basic},
    },
};

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.text("Code")), (status, code), "{answer:?}");
    assert!(answer.header("content-type").starts_with("text/xml"), "{answer:?}");
}

fn ask(gateway: &Gateway, query: &str) -> Answer {
    gateway.get(&format!("/ec2?{query}"), MOCK.0, MOCK.1)
}

#[test]
fn wrong_requests_are_refused_by_name() {
    let gateway = Gateway::mock();
    for (query, status, code) in [
        ("", 400, "MissingAction"),
        ("Action=", 400, "MissingAction"),
        ("Action=NoSuchAction", 400, "InvalidAction"),
        ("Action=RunInstances", 400, "MissingParameter"),
        ("Action=RunInstances&ImageId=img1&MinCount=2&MaxCount=1", 400, "InvalidParameterValue"),
        ("Action=RunInstances&ImageId=img1&MaxCount=many", 400, "InvalidParameterValue"),
        ("Action=RunInstances&ImageId=img1&MinCount=0", 400, "InvalidParameterValue"),
        ("Action=RunInstances&ImageId=img1&MinCount=1000000&MaxCount=1000000", 400, "InstanceLimitExceeded"),
        ("Action=RunInstances&ImageId=img1&UserData=%21%21", 400, "InvalidParameterValue"),
        ("Action=RunInstances&ImageId=nosuch", 400, "InvalidAMIID.NotFound"),
        ("Action=StartInstances", 400, "MissingParameter"),
        ("Action=StopInstances&InstanceId.1=nosuch", 400, "InvalidInstanceID.NotFound"),
        ("Action=DescribeInstances&InstanceId.1=nosuch", 400, "InvalidInstanceID.NotFound"),
        ("Action=DescribeInstances&Filter.1.Name=nosuch&Filter.1.Value.1=x", 400, "InvalidParameterValue"),
        ("Action=DescribeInstances&MaxResults=2", 400, "InvalidParameterValue"),
        ("Action=DescribeInstances&NextToken=forged", 400, "InvalidParameterValue"),
        ("Action=DescribeImages&DryRun=true", 412, "DryRunOperation"),
        ("Action=DescribeImages&x=%ff", 400, "InvalidParameterValue"),
    ] {
        let answer = ask(&gateway, query);
        assert_eq!((answer.status, answer.text("Code")), (status, code), "{query}: {}", answer.body);
        refused(&answer, status, code);
    }
}

#[test]
fn what_is_too_long_is_refused_and_the_next_request_served() {
    let gateway = Gateway::mock();
    let long = format!("Action=DescribeImages&x={}", "x".repeat(2 << 20));
    let authorization = basic(MOCK.0, MOCK.1);
    let headers = [("Authorization", authorization.as_str())];
    let mut connection = Connection::open(&gateway.address).unwrap();
    if let Ok(answer) = connection.send("POST", "/ec2", &headers, &long) {
        refused(&answer, 400, "InvalidParameterValue");
    }
    let long = format!("/ec2?Action=DescribeImages&x={}", "x".repeat(40 << 10));
    let answer = gateway.send("GET", &long, &headers, "");
    refused(&answer, 400, "InvalidParameterValue");
    let huge = "x".repeat(100 << 10);
    let answer = gateway.send("GET", "/ec2?Action=DescribeImages", &[headers[0], ("X-Long", &huge)], "");
    refused(&answer, 400, "InvalidParameterValue");
    assert_eq!(ask(&gateway, "Action=DescribeImages").status, 200);
}

#[test]
fn other_methods_and_paths_are_refused() {
    let gateway = Gateway::mock();
    let authorization = basic(MOCK.0, MOCK.1);
    let headers = [("Authorization", authorization.as_str())];
    let answer = gateway.send("DELETE", "/ec2", &headers, "");
    assert!((400..500).contains(&answer.status) && !answer.text("Code").is_empty(), "{answer:?}");
    assert_eq!(gateway.send("GET", "/nothing/here", &headers, "").status, 404);
    assert_eq!(gateway.send("GET", "/ovirt-engine/api", &headers, "").status, 404);
}

#[test]
fn ec2_answers_at_the_root() {
    let gateway = Gateway::mock();
    assert_eq!(gateway.get("/?Action=DescribeRegions", MOCK.0, MOCK.1).status, 200);
    let authorization = basic(MOCK.0, MOCK.1);
    let headers =
        [("Authorization", authorization.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let posted = gateway.send("POST", "/", &headers, "Action=DescribeRegions");
    assert_eq!(posted.status, 200, "{}", posted.body);
}

#[test]
fn a_connection_is_kept_across_answers_and_refusals() {
    let gateway = Gateway::mock();
    let authorization = basic(MOCK.0, MOCK.1);
    let headers = [("Authorization", authorization.as_str())];
    let mut connection = Connection::open(&gateway.address).unwrap();
    for _ in 0..3 {
        let good = connection.send("GET", "/ec2?Action=DescribeInstances", &headers, "").unwrap();
        assert_eq!(good.status, 200, "{good:?}");
        let bad = connection.send("POST", "/ec2", &headers, "Action=NoSuchAction").unwrap();
        refused(&bad, 400, "InvalidAction");
        let nobody = connection.send("POST", "/ec2", &[], "Action=DescribeInstances").unwrap();
        assert!(nobody.status >= 400, "{nobody:?}");
    }
}

#[test]
fn a_body_can_be_announced_first() {
    let gateway = Gateway::mock();
    let authorization = basic(MOCK.0, MOCK.1);
    let body = "Action=DescribeRegions";
    let mut connection = Connection::open(&gateway.address).unwrap();
    let head = format!(
        "POST /ec2 HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    connection.send_raw(head.as_bytes()).unwrap();
    assert_eq!(connection.head().unwrap().0, 100);
    connection.send_raw(body.as_bytes()).unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 200);
}

#[test]
fn http_1_0_gets_no_chunks() {
    let gateway = Gateway::mock();
    let authorization = basic(MOCK.0, MOCK.1);
    let mut connection = Connection::open(&gateway.address).unwrap();
    let request =
        format!("GET /ec2?Action=DescribeInstances HTTP/1.0\r\nAuthorization: {authorization}\r\n\r\n");
    connection.send_raw(request.as_bytes()).unwrap();
    let answer = connection.answer(false).unwrap();
    assert_eq!((answer.status, answer.header("transfer-encoding")), (200, ""), "{answer:?}");
    assert!(answer.body.ends_with("</DescribeInstancesResponse>"), "{answer:?}");
    assert!(connection.answer(false).is_err(), "a client that did not ask for it keeps no connection");
}

#[test]
fn a_body_that_does_not_come_gives_its_place_to_others() {
    let gateway = Gateway::start("[limits]\nbody_timeout = 1\nrequests_in_flight = 1\n");
    let authorization = basic(MOCK.0, MOCK.1);
    let mut slow = Connection::open(&gateway.address).unwrap();
    let head = format!(
        "POST /ec2 HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nContent-Length: 100\r\n\r\n"
    );
    slow.send_raw(head.as_bytes()).unwrap();
    slow.send_raw(b"Action=").unwrap();
    let answer = slow.answer(false).unwrap();
    refused(&answer, 400, "InvalidParameterValue");
    let deadline = Instant::now() + Duration::from_secs(10);
    while ask(&gateway, "Action=DescribeImages").status != 200 {
        assert!(Instant::now() < deadline, "its place is not given back");
    }
}

#[test]
fn more_requests_than_are_allowed_are_turned_away() {
    let gateway = Gateway::start("[limits]\nrequests_in_flight = 1\n");
    let mut slow = Connection::open(&gateway.address).unwrap();
    slow.send_raw(b"POST /ec2 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
        .unwrap();
    assert_eq!(slow.head().unwrap().0, 100, "it has its place now");
    refused(&ask(&gateway, "Action=DescribeImages"), 503, "RequestLimitExceeded");
}
