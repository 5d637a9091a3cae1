//! What signing does besides giving the published figures.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderValue, Method};

use super::vectors::signed_v4;
use super::{SECRET, credentials, judge, now, request};
use crate::wire::sign::{Credentials, Head, Refusal, v2, v4};

const EC2: v4::Target<'static> = v4::Target { region: "us-east-1", service: "ec2" };
const URL: &str = "http://ec2.example.com:8788/?Action=DescribeRegions";

#[test]
fn the_host_may_stand_in_the_target_alone() {
    let mut signed = signed_v4("GET", URL, "", None, EC2);
    signed.headers_mut().remove(HOST);
    assert_eq!(judge(&signed, now()), Err(Refusal::Missing("a header that SignedHeaders names")));
    *signed.uri_mut() = URL.parse().unwrap();
    assert_eq!(judge(&signed, now()), Ok(()));
}

#[test]
fn version_4_refuses_what_no_header_can_hold() {
    let request = request("GET", URL, &[], "");
    let sign = |credentials: &Credentials<'_>, region, service| {
        let target = v4::Target { region, service };
        v4::sign(Head::from(&request), v4::Payload::Whole(b""), credentials, target, now()).unwrap_err()
    };
    let scope = Refusal::Malformed("the region or the service");
    let key = Refusal::Malformed("the credentials");
    let broken = |access_key, token| Credentials { access_key, secret: SECRET, token };
    assert_eq!(sign(&credentials(None), "us/east", "ec2"), scope);
    assert_eq!(sign(&credentials(None), "us-east-1", ""), scope);
    assert_eq!(sign(&broken("a\nb", None), "r", "s"), key);
    assert_eq!(sign(&broken("a", Some("b\r\nc")), "r", "s"), key);
}

#[test]
fn version_4_signs_again_over_an_older_signature() {
    let mut signed = signed_v4("GET", URL, "", None, EC2);
    signed.headers_mut().insert("x-amz-date", HeaderValue::from_static("19990101T000000Z"));
    let again = v4::Target { region: "other", service: "ec2" };
    let added =
        v4::sign(Head::from(&signed), v4::Payload::Whole(b""), &credentials(None), again, now()).unwrap();
    for (name, value) in added {
        signed.headers_mut().insert(name, value);
    }
    assert_eq!(judge(&signed, now()), Ok(()));
    assert!(signed.headers()[AUTHORIZATION].to_str().unwrap().contains("/other/ec2/"));
}

#[test]
fn version_2_signs_the_host_in_lower_case() {
    let lower = v2::sign(&Method::GET, "ec2.example.com", "/", &[], &credentials(None), now());
    let upper = v2::sign(&Method::GET, "EC2.Example.com", "/", &[], &credentials(None), now());
    assert_eq!(lower, upper);
}
