//! Who is calling: HTTP Basic, signatures of both versions, and every way in which they can be wrong.

use deltagate::wire::sign::{self, Credentials, Head, v2, v4};
use http::{Method, Request};
use jiff::{SignedDuration, Timestamp};

use crate::{
    MOCK,
    bed::{
        Gateway,
        http::{Answer, basic},
    },
};

const FORM: &str = "Action=DescribeInstances&Version=2016-11-15";

fn credentials<'a>(key: &'a str, secret: &'a str) -> Credentials<'a> {
    Credentials { access_key: key, secret: secret.as_bytes(), token: None }
}

/// A POST signed with version 4 at `now`, of which `sent` is sent instead of what was signed.
fn v4_post(gateway: &Gateway, key: &str, secret: &str, now: Timestamp, sent: &str) -> Answer {
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let request =
        Request::post("/ec2").header("host", &gateway.address).header("content-type", form).body(()).unwrap();
    let (payload, target) =
        (v4::Payload::Whole(FORM.as_bytes()), v4::Target { region: "local", service: "ec2" });
    let signed = v4::sign(Head::from(&request), payload, &credentials(key, secret), target, now).unwrap();
    let mut headers = vec![("Content-Type", form)];
    headers.extend(signed.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())));
    gateway.send("POST", "/ec2", &headers, sent)
}

fn v2_get(gateway: &Gateway, key: &str, secret: &str, now: Timestamp) -> String {
    let parameters = [("Action", "DescribeImages"), ("Version", "2014-10-01")];
    v2::sign(&Method::GET, &gateway.address, "/ec2/", &parameters, &credentials(key, secret), now)
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.text("Code")), (status, code), "{}", answer.body);
    assert!(!answer.text("Message").is_empty(), "{}", answer.body);
    assert_eq!(answer.text("RequestID"), answer.header("x-amzn-requestid"));
}

#[test]
fn basic_passes_through() {
    let gateway = Gateway::mock();
    assert_eq!(gateway.get("/ec2?Action=DescribeImages", MOCK.0, MOCK.1).status, 200);
    refused(&gateway.get("/ec2?Action=DescribeImages", MOCK.0, "wrong"), 401, "AuthFailure");
    refused(&gateway.get("/ec2?Action=DescribeImages", "nobody", MOCK.1), 401, "AuthFailure");
    assert_eq!(gateway.get("/ec2?Action=DescribeRegions", MOCK.0, MOCK.1).status, 200);
    refused(&gateway.get("/ec2?Action=DescribeRegions", MOCK.0, "wrong"), 401, "AuthFailure");
}

#[test]
fn nobody_is_told_how_to_say_who_he_is() {
    let gateway = Gateway::mock();
    let answer = gateway.send("GET", "/ec2?Action=DescribeImages", &[], "");
    assert!(answer.status >= 400 && answer.body.contains("<Code>"), "{answer:?}");
    assert!(answer.header("www-authenticate").starts_with("Basic"), "{answer:?}");
    let broken = gateway.send("GET", "/ec2?Action=DescribeImages", &[("Authorization", "Basic !!!")], "");
    assert!((400..500).contains(&broken.status) && broken.body.contains("<Code>"), "{broken:?}");
}

#[test]
fn version_4_is_verified() {
    let gateway = Gateway::mock();
    let now = Timestamp::now();
    assert_eq!(v4_post(&gateway, MOCK.0, MOCK.1, now, FORM).status, 200);
    refused(&v4_post(&gateway, MOCK.0, "wrong", now, FORM), 401, "AuthFailure");
    refused(&v4_post(&gateway, "nobody", MOCK.1, now, FORM), 401, "AuthFailure");
    let tampered = FORM.replace("DescribeInstances", "DescribeInstanceX");
    refused(&v4_post(&gateway, MOCK.0, MOCK.1, now, &tampered), 401, "AuthFailure");
    for minutes in [-16, 16] {
        let then = now + SignedDuration::from_mins(minutes);
        refused(&v4_post(&gateway, MOCK.0, MOCK.1, then, FORM), 400, "RequestExpired");
    }
    let authorization = [("Authorization", "AWS4-HMAC-SHA256 Credential=AKID")];
    refused(&gateway.send("POST", "/ec2", &authorization, FORM), 400, "IncompleteSignature");
}

#[test]
fn version_2_is_verified() {
    let gateway = Gateway::mock();
    let now = Timestamp::now();
    let get = |query: &str| gateway.send("GET", &format!("/ec2/?{query}"), &[], "");
    let signed = v2_get(&gateway, MOCK.0, MOCK.1, now);
    assert_eq!(get(&signed).status, 200);
    refused(&get(&signed.replace("DescribeImages", "DescribeImagez")), 401, "AuthFailure");
    refused(&get(&v2_get(&gateway, MOCK.0, "wrong", now)), 401, "AuthFailure");
    let late = now - sign::DEFAULT_SKEW - SignedDuration::from_secs(60);
    refused(&get(&v2_get(&gateway, MOCK.0, MOCK.1, late)), 400, "RequestExpired");
}

#[test]
fn an_access_key_stands_for_one_user_at_one_provider() {
    let gateway = Gateway::start(
        "provider = \"one\"\nallowed_providers = [\"two\"]\n\
         [[providers]]\nname = \"one\"\ndriver = \"mock\"\n[[providers]]\nname = \"two\"\ndriver = \"mock\"\n\
         [[access_keys]]\nid = \"AKID\"\nsecret = \"SECRET\"\nprovider = \"two\"\nuser = \"mockuser\"\npassword = \"mockpassword\"\n",
    );
    let query = v2_get(&gateway, "AKID", "SECRET", Timestamp::now());
    let target = format!("/ec2/?{query}");
    assert_eq!(gateway.send("GET", &target, &[], "").status, 200);
    assert_eq!(gateway.send("GET", &target, &[("X-Deltacloud-Provider", "two")], "").status, 200);
    let elsewhere = gateway.send("GET", &target, &[("X-Deltacloud-Provider", "one")], "");
    refused(&elsewhere, 403, "UnauthorizedOperation");
}

#[test]
fn a_header_cannot_name_a_back_end_that_was_not_allowed() {
    let gateway = Gateway::start(
        "provider = \"one\"\nallowed_providers = [\"two\"]\n\
         [[providers]]\nname = \"one\"\ndriver = \"mock\"\n[[providers]]\nname = \"two\"\ndriver = \"mock\"\n\
         [[providers]]\nname = \"three\"\ndriver = \"mock\"\n",
    );
    let with = |headers: &[(&str, &str)]| {
        let authorization = basic(MOCK.0, MOCK.1);
        let mut all = vec![("Authorization", authorization.as_str())];
        all.extend(headers);
        gateway.send("GET", "/ec2?Action=DescribeImages", &all, "")
    };
    assert_eq!(with(&[("X-Deltacloud-Provider", "two")]).status, 200);
    assert_eq!(with(&[("X-Deltacloud-Driver", "mock"), ("X-Deltacloud-Provider", "one")]).status, 200);
    for provider in ["three", "http://127.0.0.1:1/api", "no such", ""] {
        let answer = with(&[("X-Deltacloud-Provider", provider)]);
        refused(&answer, 400, "InvalidParameterValue");
    }
    refused(&with(&[("X-Deltacloud-Driver", "rhevm")]), 400, "InvalidParameterValue");
    refused(&with(&[("X-Deltacloud-Driver", "nosuch")]), 400, "InvalidParameterValue");
}
