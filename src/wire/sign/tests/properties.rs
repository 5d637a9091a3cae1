//! What holds for every request: signing and verifying agree, tampering is seen, nothing panics.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue, Method, Request};
use proptest::collection::vec;
use proptest::prelude::*;

use super::vectors::samples;
use super::{ACCESS_KEY, FORM, SECRET, credentials, judge, now, request};
use crate::wire::form;
use crate::wire::sign::{DEFAULT_SKEW, Head, Refusal, parse, v2, v4};

const AUTHORIZATION_SAMPLE: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/ec2/aws4_request, \
    SignedHeaders=host;x-amz-date, Signature=a315db16892ae5664a69abfdc4070c3c439339d0f8dbfdc605135afedf99569d";

/// Parameter names as clients have them; signature parameters are not among them.
fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    vec(("[A-Z][a-z]{0,5}(\\.[0-9]{1,2})?x", ".{0,12}"), 0..6)
}

fn encoded(parameters: &[(String, String)], space: &str) -> String {
    let pairs: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", form::encode(name), form::encode(value)))
        .collect();
    pairs.join("&").replace("%20", space)
}

fn set(request: &mut Request<Bytes>, added: Vec<(HeaderName, HeaderValue)>) {
    for (name, value) in added {
        request.headers_mut().insert(name, value);
    }
}

/// Whether the owner of the key pair would be let in. The key itself is not signed, but it selects the
/// secret.
fn accepted(request: &Request<Bytes>) -> bool {
    let signature = parse(request).ok().flatten().filter(|signature| signature.access_key() == ACCESS_KEY);
    signature.is_some_and(|signature| signature.verify(request, SECRET, now(), DEFAULT_SKEW).is_ok())
}

/// Every request that differs from `request` in one bit of what the signature covers.
fn tampered(request: &Request<Bytes>) -> Vec<Request<Bytes>> {
    let mut all = vec![{
        let mut other = request.clone();
        *other.method_mut() = if request.method() == Method::GET { Method::POST } else { Method::GET };
        other
    }];
    let target = request.uri().to_string();
    all.extend(flipped(target.as_bytes()).filter_map(|bytes| {
        let mut other = request.clone();
        *other.uri_mut() = std::str::from_utf8(&bytes).ok()?.parse().ok()?;
        Some(other)
    }));
    all.extend(flipped(request.body()).map(|bytes| request.clone().map(|_| bytes.into())));
    let covers_headers = request.headers().contains_key(AUTHORIZATION);
    for (name, value) in request.headers().iter().filter(|(name, _)| covers_headers || *name == HOST) {
        all.extend(flipped(value.as_bytes()).filter_map(|bytes| {
            let mut other = request.clone();
            other.headers_mut().insert(name, HeaderValue::from_bytes(&bytes).ok()?);
            Some(other)
        }));
    }
    all
}

/// `bytes` with the lowest bit of each byte turned in turn. It never turns a letter's case.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).map(|at| {
        let mut other = bytes.to_vec();
        other[at] ^= 1;
        other
    })
}

#[test]
fn one_bit_anywhere_breaks_every_kind_of_signature() {
    for sample in samples() {
        assert_eq!(judge(&sample, now()), Ok(()));
        for other in tampered(&sample) {
            assert!(!accepted(&other), "{} {} {:?}", other.method(), other.uri(), other.headers());
        }
    }
}

proptest! {
    #[test]
    fn version_4_accepts_what_it_signed(
        given in parameters(),
        headers in vec(("x-amz-[a-z]{1,8}", "[ -~\t]{0,20}"), 0..5),
        path in "(/[a-z0-9.%20~]{0,4}){1,4}",
        secret in vec(any::<u8>(), 0..100),
        region in "[a-z0-9-]{1,12}",
        post in any::<bool>(),
    ) {
        let target = if post { path } else { format!("{path}?{}", encoded(&given, "+")) };
        let body = if post { encoded(&given, "+") } else { String::new() };
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let method = if post { "POST" } else { "GET" };
        let mut request = request(method, &format!("http://h:1{target}"), &headers, &body);
        let credentials = crate::wire::sign::Credentials { secret: &secret, ..credentials(None) };
        let to = v4::Target { region: &region, service: "ec2" };
        let payload = v4::Payload::Whole(body.as_bytes());
        let added = v4::sign(Head::from(&request), payload, &credentials, to, now()).unwrap();
        set(&mut request, added);

        let signature = parse(&request).unwrap().unwrap();
        prop_assert_eq!(signature.verify(&request, &secret, now(), DEFAULT_SKEW), Ok(()));
        prop_assert_eq!(signature.region(), Some(region.as_str()));
        let wrong = [&secret[..], b"x"].concat();
        prop_assert_eq!(signature.verify(&request, &wrong, now(), DEFAULT_SKEW), Err(Refusal::Mismatch));
    }

    #[test]
    fn version_2_accepts_what_it_signed(
        given in parameters(),
        path in "(/[a-z0-9.]{0,4}){1,3}",
        secret in vec(any::<u8>(), 0..100),
        post in any::<bool>(),
    ) {
        let pairs: Vec<_> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let credentials = crate::wire::sign::Credentials { secret: &secret, ..credentials(None) };
        let method = if post { Method::POST } else { Method::GET };
        let signed = v2::sign(&method, "h:1", &path, &pairs, &credentials, now());
        let request = if post {
            let form = signed.replace("%20", "+");
            request("POST", &format!("http://h:1{path}"), &[("Content-Type", FORM)], &form)
        } else {
            request("GET", &format!("http://h:1{path}?{signed}"), &[], "")
        };

        let signature = parse(&request).unwrap().unwrap();
        prop_assert_eq!(signature.verify(&request, &secret, now(), DEFAULT_SKEW), Ok(()));
        let wrong = [&secret[..], b"x"].concat();
        prop_assert_eq!(signature.verify(&request, &wrong, now(), DEFAULT_SKEW), Err(Refusal::Mismatch));
    }

    #[test]
    fn no_bytes_make_it_panic(
        authorization in vec(any::<u8>(), 0..120),
        query in "[ -~&&[^#<>\"`{} ]]{0,80}",
        body in vec(any::<u8>(), 0..80),
    ) {
        let builder = Request::builder().method("POST").uri(format!("/?{query}"));
        let request = match HeaderValue::from_bytes(&authorization) {
            Ok(value) => builder.header("authorization", value),
            Err(_) => builder,
        };
        let request = request.body(Bytes::from(body)).unwrap();
        prop_assert!(!accepted(&request));
    }

    #[test]
    fn no_almost_right_bytes_make_it_panic(
        at in 0..AUTHORIZATION_SAMPLE.len(),
        cut in 0usize..30,
        junk in "[ -~]{0,12}",
        date in "[0-9TZ:-]{0,20}",
        name in "X-Amz-(Algorithm|Credential|Date|Expires|Signature)|AWSAccessKeyId|Signature|Timestamp",
        value in "[a-zA-Z0-9%/-]{0,20}",
    ) {
        let end = (at + cut).min(AUTHORIZATION_SAMPLE.len());
        let mut authorization = AUTHORIZATION_SAMPLE.to_owned();
        authorization.replace_range(at..end, &junk);
        let headers = [("authorization", authorization.as_str()), ("x-amz-date", date.as_str())];
        for headers in [&headers[..], &headers[1..]] {
            let request = request("GET", &format!("http://h/?{name}={value}"), headers, "");
            prop_assert!(!accepted(&request));
        }
    }
}
