//! What real clients sent, byte for byte: each request is accepted at the time at which it was signed.
//!
//! Read from `$DELTAGATE_WIRE`, else `../shared/wire` beside the crate; without it these tests say so and
//! pass.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{ACCESS_KEY, FORM, judge, now, request};
use crate::wire::form;
use crate::wire::sign::{Refusal, parse};

/// A folder or file of the EC2 recordings, or `None` after saying that it is absent.
fn recorded(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let root = std::env::var_os("DELTAGATE_WIRE").map_or_else(beside, PathBuf::from);
    let path = root.join("ec2").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: no recordings at {}", path.display());
    None
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}

/// Reads a request as it was on the wire.
fn from_wire(bytes: &[u8]) -> Request<Bytes> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (head, rest) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let first: Vec<_> = lines.next().unwrap().split(' ').collect();
    let mut builder = Request::builder().method(first[0]).uri(first[1]);
    let mut length = 0;
    for (name, value) in lines.map(|line| line.split_once(':').unwrap()) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
        builder = builder.header(name, value.trim());
    }
    builder.body(Bytes::copy_from_slice(&rest.as_bytes()[..length])).unwrap()
}

/// The time that a request says it was signed at.
fn signed_at(request: &Request<Bytes>) -> Timestamp {
    if let Some(date) = request.headers().get("x-amz-date") {
        return date.to_str().unwrap().parse().unwrap();
    }
    let query = form::pairs(request.uri().query().unwrap()).map(Result::unwrap);
    let (_, timestamp) = query.into_iter().find(|(name, _)| name == "Timestamp").unwrap();
    timestamp.parse().unwrap()
}

#[test]
fn requests_of_real_clients_are_accepted() {
    let Some(folder) = recorded("requests") else { return };
    let mut versions = [0, 0];
    for file in files_under(&folder) {
        let request = from_wire(&fs::read(&file).unwrap());
        let signature = parse(&request).unwrap_or_else(|refusal| panic!("{}: {refusal}", file.display()));
        let signature = signature.unwrap_or_else(|| panic!("{}: no signature found", file.display()));
        assert_eq!(signature.access_key(), ACCESS_KEY, "{}", file.display());
        versions[usize::from(signature.region().is_some())] += 1;

        let signed = signed_at(&request);
        assert_eq!(judge(&request, signed), Ok(()), "{}", file.display());
        let late = signed + SignedDuration::from_mins(16);
        assert_eq!(judge(&request, late), Err(Refusal::Skewed { signed, now: late }), "{}", file.display());
    }
    assert!(versions.iter().all(|&count| count > 0), "both versions are recorded: {versions:?}");
}

/// The vectors as they were written down, not as we would have built them.
#[test]
fn recorded_vectors_are_accepted() {
    let Some(file) = recorded("vectors/vectors.json") else { return };
    let document: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let vectors = document["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 13);
    for vector in vectors {
        assert_eq!(judge(&of_vector(vector), now()), Ok(()), "{}", vector["name"]);
    }
}

fn of_vector(vector: &Value) -> Request<Bytes> {
    let (method, url) = (vector["method"].as_str().unwrap(), vector["url"].as_str().unwrap());
    let Some(parameters) = vector["params"].as_object() else {
        let headers: Vec<_> = strings(&vector["headers"]);
        return request(method, url, &headers, vector["body"].as_str().unwrap());
    };
    let encoded: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", form::encode(name), form::encode(value.as_str().unwrap())))
        .collect();
    match (method, encoded.join("&").replace("%20", "+")) {
        ("POST", body) => request(method, url, &[("Content-Type", FORM)], &body),
        (_, query) => request(method, &format!("{url}?{query}"), &[], ""),
    }
}

fn strings(object: &Value) -> Vec<(&str, &str)> {
    object.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
}
