//! What is refused, and as what.

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use jiff::{SignedDuration, Timestamp};

use super::vectors::{samples, signed_v4};
use super::{ACCESS_KEY, FORM, SECRET, TOKEN, credentials, judge, now, request};
use crate::wire::form;
use crate::wire::sign::{DEFAULT_SKEW, Head, Refusal, parse, v2, v4};

const EC2: v4::Target<'static> = v4::Target { region: "us-east-1", service: "ec2" };
const URL: &str = "http://ec2.example.com:8788/?Action=DescribeRegions";
const CREDENTIAL: &str = "Credential=AKIDEXAMPLE/20260102/us-east-1/ec2/aws4_request";
const HEADERS: &str = "SignedHeaders=host;x-amz-date";
const SIGNATURE: &str = "Signature=0000000000000000000000000000000000000000000000000000000000000000";

fn refusal(request: &Request<Bytes>) -> Refusal {
    judge(request, now()).unwrap_err()
}

fn with_header(name: &'static str, value: &'static str) -> Request<Bytes> {
    let mut request = request("POST", URL, &[("Content-Type", FORM)], "a=1");
    request.headers_mut().insert(name, HeaderValue::from_static(value));
    sign(&mut request, v4::Payload::Whole(b"a=1"));
    request
}

fn sign(request: &mut Request<Bytes>, payload: v4::Payload<'_>) {
    for (name, value) in v4::sign(Head::from(&*request), payload, &credentials(None), EC2, now()).unwrap() {
        request.headers_mut().insert(name, value);
    }
}

#[test]
fn requests_without_a_signature_have_none() {
    for headers in
        [&[] as &[(&str, &str)], &[("Authorization", "Basic bW9jazptb2Nr")], &[("Authorization", "")]]
    {
        assert!(parse(&request("GET", URL, headers, "")).unwrap().is_none());
        assert!(parse(&request("POST", URL, headers, "Timestamp=2026-01-02T03:04:05Z")).unwrap().is_none());
    }
}

#[test]
fn an_authorization_header_has_its_three_parts_once() {
    let malformed = Refusal::Malformed("Authorization");
    for (authorization, expected) in [
        ("AWS4-HMAC-SHA256".to_owned(), malformed.clone()),
        (format!("AWS4-HMAC-SHA256 {HEADERS}, {SIGNATURE}"), Refusal::Missing("Credential")),
        (format!("AWS4-HMAC-SHA256 {CREDENTIAL}, {SIGNATURE}"), Refusal::Missing("SignedHeaders")),
        (format!("AWS4-HMAC-SHA256 {CREDENTIAL}, {HEADERS}"), Refusal::Missing("Signature")),
        (format!("AWS4-HMAC-SHA256 {CREDENTIAL},{HEADERS},{SIGNATURE},{SIGNATURE}"), malformed.clone()),
        (format!("AWS4-HMAC-SHA256 {CREDENTIAL},{HEADERS},{SIGNATURE},Other=1"), malformed),
        (format!("AWS4-ECDSA-P256-SHA256 {CREDENTIAL}"), Refusal::Unsupported("This Authorization scheme")),
        ("AWS AKIDEXAMPLE:abc=".to_owned(), Refusal::Unsupported("This Authorization scheme")),
    ] {
        let request =
            request("GET", URL, &[("Authorization", &authorization), ("X-Amz-Date", "20260102T030405Z")], "");
        assert_eq!(parse(&request).unwrap_err(), expected, "{authorization}");
    }
}

#[test]
fn each_part_of_a_version_4_signature_is_checked() {
    let wrong_day = Refusal::Malformed("the day in Credential, which is not the day of X-Amz-Date,");
    let open = Refusal::Missing("host, x-amz-security-token or x-amz-target in SignedHeaders");
    for (from, to, expected) in [
        ("AKIDEXAMPLE/", "/", Refusal::Malformed("Credential")),
        ("/us-east-1", "", Refusal::Malformed("Credential")),
        ("aws4_request", "aws4", Refusal::Malformed("Credential")),
        ("/20260102/", "/2026010x/", Refusal::Malformed("Credential")),
        ("/20260102/", "/20260103/", wrong_day),
        ("us-east-1", "", Refusal::Malformed("the region or the service")),
        ("host;x-amz-date", "x-amz-date", open),
        ("host;x-amz-date", "Host;x-amz-date", Refusal::Malformed("SignedHeaders")),
        ("host;x-amz-date", "", Refusal::Malformed("SignedHeaders")),
        ("Signature=0", "Signature=", Refusal::Malformed("Signature")),
        ("Signature=0", "Signature=F", Refusal::Malformed("Signature")),
        ("Signature=0", "Signature=f", Refusal::Mismatch),
        ("host;x-amz-date", "host;absent", Refusal::Missing("a header that SignedHeaders names")),
    ] {
        let authorization =
            format!("AWS4-HMAC-SHA256 {CREDENTIAL}, {HEADERS}, {SIGNATURE}").replacen(from, to, 1);
        let headers = [("Authorization", authorization.as_str()), ("X-Amz-Date", "20260102T030405Z")];
        assert_eq!(refusal(&request("GET", URL, &headers, "")), expected, "{from} -> {to}");
    }
}

#[test]
fn headers_that_decide_are_given_once_and_readable() {
    for (name, shown) in [
        ("authorization", "Authorization"),
        ("x-amz-date", "X-Amz-Date"),
        ("x-amz-content-sha256", "X-Amz-Content-Sha256"),
        ("x-amz-security-token", "X-Amz-Security-Token"),
    ] {
        let mut request = signed_v4("GET", URL, "", Some(TOKEN), EC2);
        request.headers_mut().append(name, HeaderValue::from_static("UNSIGNED-PAYLOAD"));
        request.headers_mut().append(name, HeaderValue::from_static("UNSIGNED-PAYLOAD"));
        assert_eq!(refusal(&request), Refusal::Malformed(shown), "{name}");
    }
}

#[test]
fn a_token_or_target_cannot_be_slipped_in() {
    for name in ["x-amz-security-token", "x-amz-target"] {
        let mut request = signed_v4("GET", URL, "", None, EC2);
        request.headers_mut().insert(name, HeaderValue::from_static("other"));
        assert!(matches!(refusal(&request), Refusal::Missing(_)), "{name}");
    }
}

#[test]
fn a_signature_names_a_bounded_number_of_headers() {
    for (repeats, expected) in [(127, Refusal::Mismatch), (128, Refusal::Malformed("SignedHeaders"))] {
        let names = format!("SignedHeaders=host{}", ";x-amz-date".repeat(repeats));
        let authorization = format!("AWS4-HMAC-SHA256 {CREDENTIAL}, {names}, {SIGNATURE}");
        let headers = [("Authorization", authorization.as_str()), ("X-Amz-Date", "20260102T030405Z")];
        assert_eq!(refusal(&request("GET", URL, &headers, "")), expected, "{repeats}");
    }
}

/// It is left out of what it signs, but only where it is the signature.
#[test]
fn a_signed_header_does_not_let_a_presigned_signature_in() {
    let mut request = signed_v4("GET", URL, "", None, EC2);
    *request.uri_mut() = "/?Action=DescribeRegions&X-Amz-Signature=1".parse().unwrap();
    assert_eq!(refusal(&request), Refusal::Mismatch);
}

/// The figure is Python's `hmac` over the text that the documentation prescribes.
#[test]
fn the_date_header_stands_in_for_x_amz_date() {
    let authorization = format!(
        "AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=date;host, \
         Signature=651381d04c0de753ad40f181aad1345d65e5af61affe5bf802e32ec4197dd044"
    );
    let dated = |date| request("GET", URL, &[("Authorization", authorization.as_str()), ("Date", date)], "");
    assert_eq!(judge(&dated("Fri, 02 Jan 2026 03:04:05 GMT"), now()), Ok(()));
    assert_eq!(refusal(&dated("Fri, 02 Jan 2026 03:04:06 GMT")), Refusal::Mismatch);
    assert_eq!(refusal(&dated("yesterday")), Refusal::Malformed("Date"));
    let undated = request("GET", URL, &[("Authorization", authorization.as_str())], "");
    assert_eq!(refusal(&undated), Refusal::Missing("X-Amz-Date"));
}

#[test]
fn a_target_without_a_path_is_not_signed() {
    let query = v2::sign(&Method::POST, "h", "/", &[], &credentials(None), now());
    let mut version_2 = request("POST", "http://h/", &[], &query);
    let mut version_4 = signed_v4("POST", URL, "", None, EC2);
    for request in [&mut version_2, &mut version_4] {
        *request.uri_mut() = "h:1".parse().unwrap();
        assert_eq!(refusal(request), Refusal::Missing("a path in the request's target"));
    }
}

#[test]
fn an_announced_hash_must_be_the_bodys() {
    // SHA-256 of "a=1" and of "a=2".
    let right = "c22fea5d7428e5cf47ef6354c97c9223c95d6dcdc3e0d2300ff79056b1ff3d85";
    let wrong = "d3043f41a0385109cbbaae1ea3c1c31674886be47b073f40681f2ef6d2603c41";
    assert_eq!(judge(&with_header("x-amz-content-sha256", right), now()), Ok(()));
    assert_eq!(refusal(&with_header("x-amz-content-sha256", wrong)), Refusal::Payload);
    assert_eq!(refusal(&with_header("x-amz-content-sha256", "")), Refusal::Payload);
    let chunked = with_header("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    assert_eq!(refusal(&chunked), Refusal::Unsupported("A body signed in chunks"));
}

#[test]
fn an_unsigned_payload_is_one_only_if_the_signature_says_so() {
    let mut unsigned = request("POST", URL, &[("Content-Type", FORM)], "a=1");
    sign(&mut unsigned, v4::Payload::Unsigned);
    assert_eq!(judge(&unsigned, now()), Ok(()));

    let mut signed = signed_v4("POST", URL, "a=1", None, EC2);
    signed.headers_mut().insert("x-amz-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    assert_eq!(refusal(&signed), Refusal::Mismatch);
}

#[test]
fn a_presigned_request_is_complete_and_short_lived() {
    let whole = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fr%2Fec2%2Faws4_request\
        &X-Amz-Date=20260102T030405Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host";
    let zeros = "0".repeat(64);
    for (from, to, expected) in [
        ("AWS4-HMAC-SHA256", "AWS4-X", Refusal::Unsupported("This X-Amz-Algorithm")),
        ("X-Amz-Algorithm=", "x=", Refusal::Missing("X-Amz-Algorithm")),
        ("X-Amz-Credential=", "x=", Refusal::Missing("X-Amz-Credential")),
        ("X-Amz-Date=", "x=", Refusal::Missing("X-Amz-Date")),
        ("X-Amz-Expires=", "x=", Refusal::Missing("X-Amz-Expires")),
        ("X-Amz-SignedHeaders=", "x=", Refusal::Missing("X-Amz-SignedHeaders")),
        ("X-Amz-SignedHeaders=", "X-Amz-Date=&X-Amz-SignedHeaders=", Refusal::Malformed("X-Amz-Date")),
        ("Expires=300", "Expires=0", Refusal::Malformed("X-Amz-Expires")),
        ("Expires=300", "Expires=604801", Refusal::Malformed("X-Amz-Expires")),
        ("Expires=300", "Expires=-1", Refusal::Malformed("X-Amz-Expires")),
        ("Expires=300", "Expires=604800", Refusal::Mismatch),
        ("20260102T030405Z", "20260102T0304Z", Refusal::Malformed("X-Amz-Date")),
        ("Expires=300", "Expires=%3", Refusal::Form(form::Malformed::Escape(4))),
    ] {
        let url = format!("http://h/?{}&X-Amz-Signature={zeros}", whole.replacen(from, to, 1));
        assert_eq!(refusal(&request("GET", &url, &[], "")), expected, "{from} -> {to}");
    }
}

#[test]
fn each_part_of_a_version_2_signature_is_checked() {
    let whole = "AWSAccessKeyId=AKIDEXAMPLE&SignatureVersion=2&SignatureMethod=HmacSHA256\
        &Timestamp=2026-01-02T03%3A04%3A05Z&Signature=AAAA";
    let both = Refusal::Malformed("the pair of Timestamp and Expires, of which one is allowed,");
    for (from, to, expected) in [
        ("AWSAccessKeyId=", "x=", Refusal::Missing("AWSAccessKeyId")),
        ("AKIDEXAMPLE", "", Refusal::Malformed("AWSAccessKeyId")),
        ("SignatureVersion=2", "SignatureVersion=1", Refusal::Unsupported("This SignatureVersion")),
        ("SignatureVersion=", "x=", Refusal::Missing("SignatureVersion")),
        ("HmacSHA256", "HmacMD5", Refusal::Unsupported("This SignatureMethod")),
        ("Timestamp=", "x=", Refusal::Missing("Timestamp or Expires")),
        ("&Timestamp=", "&Expires=2027-01-01T00:00:00Z&Timestamp=", both),
        ("2026-01-02T", "now", Refusal::Malformed("Timestamp")),
        ("Timestamp=2026-01-02T", "Expires=now", Refusal::Malformed("Expires")),
        ("Signature=AAAA", "Signature=AAA", Refusal::Malformed("Signature")),
        ("Signature=AAAA", "x", Refusal::Missing("Signature")),
        ("Signature=AAAA", "Signature=AAAA&Signature=AAAA", Refusal::Malformed("Signature")),
        ("Signature=AAAA", "Signature=AAAA", Refusal::Mismatch),
        ("Signature=AAAA", "Signature=", Refusal::Mismatch),
    ] {
        let text = whole.replacen(from, to, 1);
        assert_eq!(
            refusal(&request("GET", &format!("http://h/?{text}"), &[], "")),
            expected,
            "{from} -> {to}"
        );
        assert_eq!(refusal(&request("POST", "http://h/", &[], &text)), expected, "{from} -> {to}");
    }
}

#[test]
fn version_2_covers_no_body_but_a_form() {
    let signed = v2::sign(&Method::POST, "h", "/", &[], &credentials(None), now());
    let url = format!("http://h/?{signed}");
    assert_eq!(judge(&request("POST", &url, &[], ""), now()), Ok(()));
    assert_eq!(refusal(&request("POST", &url, &[], "Action=TerminateInstances")), Refusal::Mismatch);
    let json = request("POST", &url, &[("Content-Type", "application/json")], "{}");
    assert_eq!(refusal(&json), Refusal::Unsupported("A version 2 signature with a body that is not a form"));
}

#[test]
fn version_2_forgives_a_port_that_only_one_side_wrote() {
    for (signed, received, accepted) in [
        ("h", "H:8788", true),
        ("h:443", "h", true),
        ("h:80", "h", true),
        ("h:8788", "h", false),
        ("h:8788", "h:8789", false),
        ("h", "i", false),
    ] {
        let query = v2::sign(&Method::GET, signed, "/", &[], &credentials(None), now());
        let request = request("GET", &format!("http://{received}/?{query}"), &[], "");
        assert_eq!(judge(&request, now()).is_ok(), accepted, "{signed} {received}");
    }
}

/// Figures made with Python's `hmac` over the same text, for HmacSHA1 and for Expires.
#[test]
fn version_2_speaks_sha1_and_expires() {
    let url = "http://ec2.example.com:8788/?Action=DescribeRegions&AWSAccessKeyId=AKIDEXAMPLE&SignatureVersion=2\
        &SignatureMethod=HmacSHA1&Expires=2026-01-02T03%3A10%3A00Z&Signature=2kFs%2BB6YLCbg8s0vaygM%2BfYxFx0%3D";
    let request = request("GET", url, &[], "");
    let end: Timestamp = "2026-01-02T03:10:00Z".parse().unwrap();
    assert_eq!(judge(&request, now()), Ok(()));
    assert_eq!(judge(&request, end), Ok(()));
    let late = end + SignedDuration::from_secs(1);
    assert_eq!(judge(&request, late), Err(Refusal::Expired { end, now: late }));
}

#[test]
fn clocks() {
    let [.., presigned, _with_token] = &samples()[..] else { panic!("two samples are presigned") };
    let header = signed_v4("GET", URL, "", None, EC2);
    let query = v2::sign(&Method::GET, "h", "/", &[], &credentials(None), now());
    let version_2 = request("GET", &format!("http://h/?{query}"), &[], "");

    let skewed = |now| Err(Refusal::Skewed { signed: super::now(), now });
    let expired = |now| Err(Refusal::Expired { end: super::now() + SignedDuration::from_secs(300), now });
    for (seconds, in_header, in_query) in [
        (-901, false, "skewed"),
        (-900, true, ""),
        (0, true, ""),
        (300, true, ""),
        (301, true, "expired"),
        (900, true, "expired"),
        (901, false, "expired"),
    ] {
        let at = now() + SignedDuration::from_secs(seconds);
        for request in [&header, &version_2] {
            assert_eq!(judge(request, at), if in_header { Ok(()) } else { skewed(at) }, "{seconds}");
        }
        let expected = match in_query {
            "skewed" => skewed(at),
            "expired" => expired(at),
            _ => Ok(()),
        };
        assert_eq!(judge(presigned, at), expected, "{seconds}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let request = signed_v4("GET", URL, "", Some(TOKEN), EC2);
    let signature = parse(&request).unwrap().unwrap();
    let shown = format!("{signature:?} {:?}", credentials(Some(TOKEN)));
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let (_, right) = authorization.rsplit_once('=').unwrap();
    let refusal = signature.verify(&request, b"wrong", now(), DEFAULT_SKEW).unwrap_err();
    assert_eq!(refusal, Refusal::Mismatch);
    for secret in [std::str::from_utf8(SECRET).unwrap(), TOKEN, right] {
        assert!(!shown.contains(secret) && !refusal.to_string().contains(secret), "{shown}");
    }
    assert!(shown.contains(ACCESS_KEY));
}
