//! Published and recorded figures, tampering, clocks and properties, all through the module's own interface.

mod properties;
mod recordings;
mod refusals;
mod signing;
mod vectors;

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;

use super::{Credentials, DEFAULT_SKEW, Refusal, parse};

/// The key pair of AWS's own documentation, with which the vectors and the recordings were made.
pub(super) const ACCESS_KEY: &str = "AKIDEXAMPLE";
pub(super) const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(super) const TOKEN: &str = "TOKENEXAMPLE//+=";
pub(super) const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// When the vectors were signed.
pub(super) fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

pub(super) fn credentials(token: Option<&'static str>) -> Credentials<'static> {
    Credentials { access_key: ACCESS_KEY, secret: SECRET, token }
}

/// Builds a request as a server sees it: a relative target and the host in its header.
pub(super) fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let (_, rest) = url.split_once("://").unwrap();
    let (host, target) = rest.split_at(rest.find('/').unwrap());
    let builder = Request::builder().method(method).uri(target).header("Host", host);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

/// Parses and verifies; a request without a signature is an error of the test.
pub(super) fn judge(request: &Request<Bytes>, now: Timestamp) -> Result<(), Refusal> {
    let signature = parse(request)?.expect("the request carries a signature");
    signature.verify(request, SECRET, now, DEFAULT_SKEW)
}
