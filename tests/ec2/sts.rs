//! STS: who the caller is, and temporary credentials in every place where a request may carry them.

use deltagate::wire::sign::{Credentials, Head, v2, v4};
use http::{Method, Request};
use jiff::{SignedDuration, Timestamp};

use crate::{
    MOCK,
    bed::{Gateway, http::Answer},
};

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const TOKEN: &str = "Action=GetSessionToken&Version=2011-06-15";
const IMAGES: &str = "Action=DescribeImages&Version=2016-11-15";

/// A key of the gateway's, or a session's.
struct Key {
    id: String,
    secret: String,
    token: Option<String>,
}

impl Key {
    fn mock() -> Self {
        Key { id: MOCK.0.to_owned(), secret: MOCK.1.to_owned(), token: None }
    }

    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = |name| answer.text(name).to_owned();
        Key { id: text("AccessKeyId"), secret: text("SecretAccessKey"), token: Some(text("SessionToken")) }
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials { access_key: &self.id, secret: self.secret.as_bytes(), token: self.token.as_deref() }
    }

    fn post(&self, gateway: &Gateway, path: &str, service: &str, form: &str) -> Answer {
        let request = Request::post(path).header("host", &gateway.address).header("content-type", FORM);
        let request = request.body(()).unwrap();
        let (payload, target) =
            (v4::Payload::Whole(form.as_bytes()), v4::Target { region: "us-east-1", service });
        let signed =
            v4::sign(Head::from(&request), payload, &self.credentials(), target, Timestamp::now()).unwrap();
        let mut headers = vec![("Content-Type", FORM)];
        headers.extend(signed.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())));
        gateway.send("POST", path, &headers, form)
    }
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.text("Code")), (status, code), "{}", answer.body);
    assert!(answer.body.contains("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"));
    assert_eq!(answer.text("RequestId"), answer.header("x-amzn-requestid"));
}

#[test]
fn callers_are_told_who_they_are() {
    let gateway = Gateway::mock();
    let key = Key::mock();
    let owner = key.post(&gateway, "/ec2", "ec2", IMAGES).text("imageOwnerId").to_owned();
    for (path, service) in [("/sts", "sts"), ("/sts/", "sts"), ("/", "sts"), ("/ec2", "sts"), ("/ec2", "ec2")]
    {
        let answer = key.post(&gateway, path, service, IDENTITY);
        assert_eq!(answer.status, 200, "{path} {service}: {}", answer.body);
        let namespace = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">";
        assert!(answer.body.contains(namespace), "{}", answer.body);
        assert_eq!((answer.text("Account"), answer.text("UserId")), (owner.as_str(), MOCK.0));
        assert_eq!(answer.text("Arn"), format!("arn:aws:iam::{owner}:user/{}", MOCK.0));
        assert_eq!(answer.text("RequestId"), answer.header("x-amzn-requestid"));
    }
    let by_password = gateway.get(&format!("/sts?{IDENTITY}"), MOCK.0, MOCK.1);
    assert_eq!((by_password.status, by_password.text("UserId")), (200, MOCK.0));
    refused(&gateway.get(&format!("/sts?{IDENTITY}"), MOCK.0, "wrong"), 401, "InvalidClientTokenId");
    refused(&gateway.get("/sts?Action=DescribeImages", MOCK.0, MOCK.1), 400, "InvalidAction");
    let wrong = Key { secret: "wrong".to_owned(), ..Key::mock() };
    refused(&wrong.post(&gateway, "/sts", "sts", IDENTITY), 401, "InvalidClientTokenId");
}

#[test]
fn a_session_is_its_holder_wherever_it_signs() {
    let gateway = Gateway::mock();
    let session = Key::of(&Key::mock().post(&gateway, "/sts", "sts", TOKEN));
    assert_eq!(session.post(&gateway, "/sts", "sts", IDENTITY).text("UserId"), MOCK.0);
    assert_eq!(session.post(&gateway, "/ec2", "ec2", IMAGES).status, 200);
    let parameters = [("Action", "DescribeImages"), ("Version", "2014-10-01")];
    let now = Timestamp::now();
    let query = v2::sign(&Method::GET, &gateway.address, "/ec2/", &parameters, &session.credentials(), now);
    let by_version_2 = gateway.send("GET", &format!("/ec2/?{query}"), &[], "");
    assert_eq!(by_version_2.status, 200, "{}", by_version_2.body);
    refused(&session.post(&gateway, "/sts", "sts", TOKEN), 403, "AccessDenied");
}

#[test]
fn a_session_needs_its_own_key_secret_and_token() {
    let gateway = Gateway::mock();
    let made = || Key::of(&Key::mock().post(&gateway, "/sts", "sts", TOKEN));
    let (one, other) = (made(), made());
    let wrong = [
        Key { token: None, ..made() },
        Key { token: other.token, ..made() },
        Key { id: MOCK.0.to_owned(), ..made() },
        Key { secret: MOCK.1.to_owned(), ..made() },
        Key { token: one.token.clone(), ..Key::mock() },
        Key { token: Some("TOKENEXAMPLE".to_owned()), ..made() },
    ];
    for key in wrong {
        let answer = key.post(&gateway, "/ec2", "ec2", IMAGES);
        assert_eq!((answer.status, answer.text("Code")), (401, "AuthFailure"), "{}", answer.body);
    }
    // Its key is the process's own: nobody else's token is worth anything.
    let stranger = Gateway::mock();
    assert_eq!(one.post(&stranger, "/ec2", "ec2", IMAGES).text("Code"), "AuthFailure");
}

#[test]
fn a_session_lasts_as_long_as_was_asked() {
    let gateway = Gateway::mock();
    let asked = |seconds: &str| {
        Key::mock().post(&gateway, "/sts", "sts", &format!("{TOKEN}&DurationSeconds={seconds}"))
    };
    for (seconds, lasts) in [("900", 900), ("129600", 129_600), ("", 43_200)] {
        let answer = asked(seconds);
        let end: Timestamp = answer.text("Expiration").parse().unwrap();
        let left = end.duration_since(Timestamp::now());
        let lasts = SignedDuration::from_secs(lasts);
        assert!(left <= lasts && left > lasts - SignedDuration::from_mins(1), "{seconds}: {left}");
    }
    for seconds in ["899", "129601", "0", "-1", "x"] {
        refused(&asked(seconds), 400, "InvalidParameterValue");
    }
    let with_mfa = format!("{TOKEN}&SerialNumber=GAHT12345678&TokenCode=123456");
    refused(&Key::mock().post(&gateway, "/sts", "sts", &with_mfa), 400, "UnsupportedOperation");
    let by_password = gateway.get(&format!("/sts?{TOKEN}"), MOCK.0, MOCK.1);
    refused(&by_password, 403, "AccessDenied");
}
