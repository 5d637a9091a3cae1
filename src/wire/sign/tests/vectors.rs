//! The figures of botocore 1.44.5: we sign as it does, and accept what it signed.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request};

use super::{ACCESS_KEY, FORM, TOKEN, credentials, judge, now, request};
use crate::wire::sign::{Head, parse, v2, v4};

const LIST: &[(&str, &str)] = &[
    ("Action", "DescribeInstances"),
    ("Version", "2016-11-15"),
    ("Filter.1.Name", "tag:Name"),
    ("Filter.1.Value.1", "web é ~*/+ x"),
];
const REGIONS: &[(&str, &str)] = &[("Action", "DescribeRegions"), ("Version", "2016-11-15")];
const INSTANCES: &[(&str, &str)] = &[("Action", "DescribeInstances"), ("Version", "2016-11-15")];

struct V2 {
    method: Method,
    host: &'static str,
    path: &'static str,
    parameters: &'static [(&'static str, &'static str)],
    token: Option<&'static str>,
    signature: &'static str,
}

const V2: [V2; 5] = [
    V2 {
        method: Method::GET,
        host: "ec2.example.com:8788",
        path: "/",
        parameters: LIST,
        token: None,
        signature: "HB6dt8//Zksqnx9bW7u6D8f4HUWVtKbiBd5A3sudbCQ=",
    },
    V2 {
        method: Method::POST,
        host: "ec2.example.com:8788",
        path: "/",
        parameters: LIST,
        token: None,
        signature: "sh1qlcQ+DHVEW3sAzPGDwSV7o5K2XaxPLT5sNizPR5k=",
    },
    V2 {
        method: Method::GET,
        host: "ec2.example.com",
        path: "/",
        parameters: REGIONS,
        token: None,
        signature: "IRGjk6iaLmFPtWqcVj+RsdvWMvuRNAgDWBf1m2hgHvc=",
    },
    V2 {
        method: Method::GET,
        host: "ec2.example.com:8788",
        path: "/",
        parameters: REGIONS,
        token: Some(TOKEN),
        signature: "NcOK+tTkTa1WDMlef9ll4Ug9XIV6A7PHwZS7G0odn2E=",
    },
    V2 {
        method: Method::GET,
        host: "ec2.example.com:8773",
        path: "/services/Eucalyptus",
        parameters: INSTANCES,
        token: None,
        signature: "fV/KXTJXTG06wU5UtEEk34HoMNZGQdMGZx8Dpl6lBJk=",
    },
];

struct V4 {
    method: &'static str,
    url: &'static str,
    body: &'static str,
    token: Option<&'static str>,
    target: v4::Target<'static>,
    signature: &'static str,
}

const EC2: v4::Target<'static> = v4::Target { region: "us-east-1", service: "ec2" };
const LIST_FORM: &str = "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3AName\
    &Filter.1.Value.1=web+%C3%A9+~%2A%2F%2B+x";

const V4_HEADER: [V4; 6] = [
    V4 {
        method: "POST",
        url: "http://ec2.example.com:8788/",
        body: LIST_FORM,
        token: None,
        target: EC2,
        signature: "1c793c2e2b35875fd94cd070b7853949d6a7f0216547dd42fbca74686a30bde0",
    },
    V4 {
        method: "POST",
        url: "http://ec2.example.com:8788/",
        body: LIST_FORM,
        token: Some(TOKEN),
        target: EC2,
        signature: "d9a53cf43adbf3b95af3ded3e4de412f4bbcdf7e30f6cc70c5e4060103d7b156",
    },
    V4 {
        method: "GET",
        url: "http://ec2.example.com:8788/?Action=DescribeRegions&Version=2016-11-15",
        body: "",
        token: None,
        target: EC2,
        signature: "a315db16892ae5664a69abfdc4070c3c439339d0f8dbfdc605135afedf99569d",
    },
    V4 {
        method: "GET",
        url: "http://ec2.example.com:8788/?Action=DescribeInstances&Filter.1.Name=tag%3AName\
              &Filter.1.Value.1=web%20%C3%A9%20~%2A%2F%2B%20x&Version=2016-11-15",
        body: "",
        token: None,
        target: EC2,
        signature: "b4e7e3760a69012e1a5db12923b956d72eb34860345e2a94b30aa617e40226dc",
    },
    V4 {
        method: "POST",
        url: "http://127.0.0.1:7501/",
        body: "Action=DescribeRegions&Version=2014-10-01",
        token: None,
        target: v4::Target { region: "0", service: "127" },
        signature: "0fc394fdb3938868a19467c921c59aa8b4f885a5adb65d2a0493af5686e9e83a",
    },
    V4 {
        method: "POST",
        url: "http://ec2.example.com:8773/services/compute/",
        body: "Action=DescribeRegions&Version=2016-11-15",
        token: None,
        target: EC2,
        signature: "a59651a8cf71175f18de243038c38525e2ff0220745fd556527cf09e82a20c52",
    },
];

/// What each presigned vector has between its usual parameters and its signature, its token, its signature.
const V4_QUERY: [(&str, Option<&str>, &str); 2] = [
    ("", None, "9eaa6e2cd9ecc4fa21648cdc512915319a6659b984b7dca3c89ccd8e0c61272a"),
    (
        "&X-Amz-Security-Token=TOKENEXAMPLE%2F%2F%2B%3D",
        Some(TOKEN),
        "f65efc75faa4eeccf00c2a199395bdf1303b342082bc04723d29193f535133c8",
    ),
];

/// A request that is signed with version 2, with its parameters where its method has them.
fn v2_request(method: &Method, host: &str, path: &str, signed: &str) -> Request<Bytes> {
    if *method == Method::POST {
        return request("POST", &format!("http://{host}{path}"), &[("Content-Type", FORM)], signed);
    }
    request(method.as_str(), &format!("http://{host}{path}?{signed}"), &[], "")
}

pub(super) fn signed_v4(
    method: &str,
    url: &str,
    body: &str,
    token: Option<&'static str>,
    target: v4::Target<'_>,
) -> Request<Bytes> {
    let headers: &[_] = if method == "POST" { &[("Content-Type", FORM)] } else { &[] };
    let mut request = request(method, url, headers, body);
    let payload = v4::Payload::Whole(body.as_bytes());
    let added = v4::sign(Head::from(&request), payload, &credentials(token), target, now()).unwrap();
    for (name, value) in added {
        request.headers_mut().insert(name, value);
    }
    request
}

/// One accepted request of every kind: version 2 in query and form, version 4 in header and query.
pub(super) fn samples() -> Vec<Request<Bytes>> {
    let v2 = V2.iter().map(|v| {
        let signed = v2::sign(&v.method, v.host, v.path, v.parameters, &credentials(v.token), now());
        v2_request(&v.method, v.host, v.path, &signed)
    });
    let header = V4_HEADER.iter().map(|v| signed_v4(v.method, v.url, v.body, v.token, v.target));
    let query = V4_QUERY.iter().map(|(extra, _, signature)| presigned(extra, signature));
    v2.chain(header).chain(query).collect()
}

fn presigned(extra: &str, signature: &str) -> Request<Bytes> {
    let url = format!(
        "http://ec2.example.com:8788/?Action=DescribeRegions&Version=2016-11-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-east-1%2Fec2%2Faws4_request&X-Amz-Date=20260102T030405Z\
         &X-Amz-Expires=300&X-Amz-SignedHeaders=host{extra}&X-Amz-Signature={signature}"
    );
    request("GET", &url, &[], "")
}

#[test]
fn version_2_signs_as_botocore_does() {
    for v in &V2 {
        let signed = v2::sign(&v.method, v.host, v.path, v.parameters, &credentials(v.token), now());
        let (_, given) = signed.rsplit_once("&Signature=").unwrap();
        assert_eq!(given, crate::wire::form::encode(v.signature).to_string(), "{} {}", v.method, v.path);

        let request = v2_request(&v.method, v.host, v.path, &signed);
        assert_eq!(judge(&request, now()), Ok(()), "{} {}", v.method, v.path);
        let signature = parse(&request).unwrap().unwrap();
        assert_eq!((signature.access_key(), signature.token()), (ACCESS_KEY, v.token));
        assert_eq!((signature.region(), signature.service()), (None, None));
    }
}

#[test]
fn version_4_signs_as_botocore_does() {
    for v in &V4_HEADER {
        let request = signed_v4(v.method, v.url, v.body, v.token, v.target);
        let authorization = request.headers()[AUTHORIZATION].to_str().unwrap();
        assert_eq!(authorization.rsplit_once("Signature=").unwrap().1, v.signature, "{} {}", v.method, v.url);

        assert_eq!(judge(&request, now()), Ok(()), "{} {}", v.method, v.url);
        let signature = parse(&request).unwrap().unwrap();
        assert_eq!((signature.access_key(), signature.token()), (ACCESS_KEY, v.token));
        assert_eq!(
            (signature.region(), signature.service()),
            (Some(v.target.region), Some(v.target.service))
        );
    }
}

#[test]
fn presigned_requests_of_botocore_are_accepted() {
    for (extra, token, signature) in V4_QUERY {
        let request = presigned(extra, signature);
        assert_eq!(judge(&request, now()), Ok(()), "{extra}");
        let signature = parse(&request).unwrap().unwrap();
        assert_eq!((signature.access_key(), signature.token()), (ACCESS_KEY, token));
        assert_eq!((signature.region(), signature.service()), (Some("us-east-1"), Some("ec2")));
    }
}
