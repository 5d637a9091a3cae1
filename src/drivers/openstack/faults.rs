//! What a service says when it refuses, in the model's kinds: the one place where a native failure is judged.
//!
//! The status decides wherever it can, and Neutron's types where it cannot. Nova, Cinder, Glance and Swift have no codes but the
//! status: whether their 400, 403 or 409 means a quota, a state or a taken name only the text says, and there, and only
//! there, it is looked at: see [`PHRASES`].

use bytes::Bytes;
use http::{
    Response,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    model::{Error, ErrorKind},
    wire::json::{self, Text, entries},
};

/// The longest text of a fault that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1000;
/// How many members an error document may have.
const MOST_MEMBERS: usize = 32;

/// What the types of Neutron's errors mean where it is not what their status means.
static TYPES: &[(&str, ErrorKind)] = &[
    ("OverQuota", ErrorKind::LimitReached),
    ("IpAddressGenerationFailure", ErrorKind::NoCapacity),
    ("ExternalIpAddressExhausted", ErrorKind::NoCapacity),
    ("NoNetworkAvailable", ErrorKind::NoCapacity),
    // The network of the address does not lead to the port: nothing that was named is missing.
    ("ExternalGatewayForFloatingIPNotFound", ErrorKind::IncorrectState),
];

/// What the ends of the types of Neutron's conflicts mean.
static ENDINGS: &[(&str, ErrorKind)] = &[
    ("Exists", ErrorKind::AlreadyExists),
    ("InUse", ErrorKind::IncorrectState),
    ("Exceeded", ErrorKind::LimitReached),
];

/// What the texts of Nova, Cinder and Glance mean where the status leaves it open: 400, 403 or 409.
static PHRASES: &[(u16, &str, ErrorKind)] = &[
    (400, "Invalid volume", ErrorKind::IncorrectState),
    (400, "Invalid snapshot", ErrorKind::IncorrectState),
    (400, "is already attached", ErrorKind::IncorrectState),
    (403, "uota", ErrorKind::LimitReached),
    (403, "Maximum number of", ErrorKind::LimitReached),
    (409, "task_state", ErrorKind::Busy),
    (409, "already exists", ErrorKind::AlreadyExists),
    (409, "uota", ErrorKind::LimitReached),
];

/// A document that says why a service refused.
#[derive(Debug, Default)]
struct Fault {
    /// Neutron's name of what is wrong; empty when it has none.
    kind: String,
    message: String,
}

/// A member of an error document.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Member<'a> {
    Fault {
        #[serde(borrow)]
        message: Text<'a>,
        #[serde(borrow, rename = "type")]
        kind: Option<Text<'a>>,
    },
    #[serde(borrow)]
    Text(Text<'a>),
    Other(IgnoredAny),
}

#[derive(Debug, Deserialize)]
struct Document<'a>(
    #[serde(borrow, deserialize_with = "entries::<_, _, _, _, MOST_MEMBERS>")] Vec<(Text<'a>, Member<'a>)>,
);

/// What a response that is no success means.
pub(super) fn error(response: &Response<Bytes>) -> Error {
    let status = response.status();
    let fault = parse(response.body());
    let kind = kind(response, fault.as_ref());
    let text = fault.map(|fault| fault.message).or_else(|| plain(response));
    let message = text.map(|text| readable(&text)).filter(|message| !message.is_empty());
    let error = Error::new(kind, message.unwrap_or_else(|| format!("the cloud answered {status}")));
    if status.is_client_error() { error.safe_to_repeat() } else { error }
}

/// The one native → neutral match.
fn kind(response: &Response<Bytes>, fault: Option<&Fault>) -> ErrorKind {
    let status = response.status().as_u16();
    let said = || fault.and_then(|fault| fault.means(status));
    match status {
        400 => said().unwrap_or(ErrorKind::Invalid),
        401 => ErrorKind::Unauthenticated,
        403 => said().unwrap_or(ErrorKind::Denied),
        404 => said().unwrap_or(ErrorKind::NotFound),
        // Swift's of a name that is no text.
        412 => ErrorKind::Invalid,
        405 | 501 => ErrorKind::Unsupported,
        409 => said().unwrap_or(ErrorKind::IncorrectState),
        // A quota, or too many requests: only what is over after a while says when to come back.
        413 if !has_to_wait(response) => ErrorKind::LimitReached,
        // The second is Swift's own.
        413 | 429 | 498 => ErrorKind::RateLimited,
        502 | 503 => ErrorKind::Unreachable,
        408 | 504 => ErrorKind::TimedOut,
        507 => ErrorKind::NoCapacity,
        _ => ErrorKind::Unexpected,
    }
}

/// Whether the answer says when the same may be asked again, other than at once.
fn has_to_wait(response: &Response<Bytes>) -> bool {
    let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    after.is_some_and(|after| after.trim() != "0")
}

impl Fault {
    fn means(&self, status: u16) -> Option<ErrorKind> {
        if !self.kind.is_empty() {
            let exact = TYPES.iter().find(|(name, _)| *name == self.kind);
            let ending = || ENDINGS.iter().find(|(ending, _)| status == 409 && self.kind.ends_with(ending));
            return exact.or_else(ending).map(|(_, kind)| *kind);
        }
        let said = PHRASES.iter().find(|(of, phrase, _)| *of == status && self.message.contains(phrase));
        said.map(|(_, _, kind)| *kind)
    }
}

/// The fault in a body; none when it holds none (an HTML page, nothing at all).
fn parse(body: &[u8]) -> Option<Fault> {
    let Document(members) = json::read(body).ok()?;
    let mut fault = None;
    for (name, member) in members {
        match member {
            // Keystone, Nova, Cinder and Neutron wrap it, under names of which there are many.
            Member::Fault { message, kind } => {
                let kind = kind.map(|kind| kind.0.into_owned()).unwrap_or_default();
                return Some(Fault { kind, message: message.0.into_owned() });
            }
            // Glance, and what refuses before a service is reached, do not; Neutron may have a bare text.
            Member::Text(text) if matches!(&*name, "message" | "NeutronError") => {
                fault = Some(Fault { kind: String::new(), message: text.0.into_owned() });
            }
            Member::Text(_) | Member::Other(_) => {}
        }
    }
    fault
}

/// What Swift says where it says something.
fn plain(response: &Response<Bytes>) -> Option<String> {
    let media = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    media.starts_with("text/").then(|| String::from_utf8_lossy(response.body()).into_owned())
}

/// As much of a service's text as is passed on, on one line, without the mark-up that Glance appends.
fn readable(text: &str) -> String {
    let text = text.split("<br").next().unwrap_or_default();
    let lines = text.split(char::is_control).map(str::trim).filter(|line| !line.is_empty());
    let line: String = lines.collect::<Vec<_>>().join(" ");
    if line.contains('<') || line.contains("Traceback") {
        return String::new();
    }
    line.chars().take(LONGEST_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use ErrorKind as E;

    use super::*;

    fn answer(status: u16, retry_after: Option<&str>, body: &str) -> Response<Bytes> {
        let mut response = Response::builder().status(status);
        if let Some(after) = retry_after {
            response = response.header(RETRY_AFTER, after);
        }
        response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
    }

    /// Status, body, kind, message.
    static FAULTS: &[(u16, &str, ErrorKind, &str)] = &[
        (
            400,
            r#"{"badRequest": {"code": 400, "message": "Can not find requested image"}}"#,
            E::Invalid,
            "Can not find requested image",
        ),
        (
            400,
            r#"{"badRequest": {"code": 400, "message": "Invalid volume: Volume status must be available or error"}}"#,
            E::IncorrectState,
            "Invalid volume: Volume status must be available or error",
        ),
        (
            401,
            r#"{"error": {"code": 401, "title": "Unauthorized", "message": "Who?"}}"#,
            E::Unauthenticated,
            "Who?",
        ),
        (
            403,
            r#"{"forbidden": {"code": 403, "message": "Quota exceeded for instances"}}"#,
            E::LimitReached,
            "Quota exceeded for instances",
        ),
        (
            403,
            r#"{"forbidden": {"code": 403, "message": "Policy doesn't allow it"}}"#,
            E::Denied,
            "Policy doesn't allow it",
        ),
        (
            404,
            r#"{"itemNotFound": {"code": 404, "message": "Flavor x could not be found."}}"#,
            E::NotFound,
            "Flavor x could not be found.",
        ),
        (
            404,
            r#"{"message": "No image found with ID x<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}"#,
            E::NotFound,
            "No image found with ID x",
        ),
        (
            409,
            r#"{"conflictingRequest": {"code": 409, "message": "Cannot 'stop' instance x while it is in vm_state stopped"}}"#,
            E::IncorrectState,
            "Cannot 'stop' instance x while it is in vm_state stopped",
        ),
        (
            409,
            r#"{"conflictingRequest": {"code": 409, "message": "Cannot 'stop' instance x while it is in task_state rebooting"}}"#,
            E::Busy,
            "Cannot 'stop' instance x while it is in task_state rebooting",
        ),
        (
            409,
            r#"{"conflictingRequest": {"code": 409, "message": "Key pair 'k' already exists."}}"#,
            E::AlreadyExists,
            "Key pair 'k' already exists.",
        ),
        (
            409,
            r#"{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded", "detail": ""}}"#,
            E::LimitReached,
            "Quota exceeded",
        ),
        (
            409,
            r#"{"NeutronError": {"type": "SecurityGroupRuleExists", "message": "exists", "detail": ""}}"#,
            E::AlreadyExists,
            "exists",
        ),
        (
            409,
            r#"{"NeutronError": {"type": "SecurityGroupInUse", "message": "in use", "detail": ""}}"#,
            E::IncorrectState,
            "in use",
        ),
        (
            409,
            r#"{"NeutronError": {"type": "IpAddressGenerationFailure", "message": "full", "detail": ""}}"#,
            E::NoCapacity,
            "full",
        ),
        (
            404,
            r#"{"NeutronError": {"type": "NetworkNotFound", "message": "gone", "detail": ""}}"#,
            E::NotFound,
            "gone",
        ),
        (
            404,
            r#"{"NeutronError": {"type": "ExternalGatewayForFloatingIPNotFound", "message": "no way", "detail": ""}}"#,
            E::IncorrectState,
            "no way",
        ),
        (
            400,
            r#"{"NeutronError": {"type": "InvalidInput", "message": "already exists", "detail": ""}}"#,
            E::Invalid,
            "already exists",
        ),
        (400, r#"{"NeutronError": "Bad request"}"#, E::Invalid, "Bad request"),
        (
            500,
            r#"{"computeFault": {"code": 500, "message": "Unexpected API Error."}}"#,
            E::Unexpected,
            "Unexpected API Error.",
        ),
        (
            406,
            r#"{"computeFault": {"code": 406, "message": "Version 2.999 is not supported"}}"#,
            E::Unexpected,
            "Version 2.999 is not supported",
        ),
        (
            503,
            "<html><title>Service Unavailable</title></html>",
            E::Unreachable,
            "the cloud answered 503 Service Unavailable",
        ),
        (504, "", E::TimedOut, "the cloud answered 504 Gateway Timeout"),
        (501, "[]", E::Unsupported, "the cloud answered 501 Not Implemented"),
        (300, "{}", E::Unexpected, "the cloud answered 300 Multiple Choices"),
        (
            404,
            r#"{"itemNotFound": {"message": "<script>"}}"#,
            E::NotFound,
            "the cloud answered 404 Not Found",
        ),
    ];

    #[test]
    fn every_shape_of_a_fault_is_read() {
        for (status, body, kind, message) in FAULTS {
            let error = error(&answer(*status, None, body));
            assert_eq!((error.kind(), error.message()), (*kind, *message), "{status} {body}");
            assert_eq!(error.is_safe_to_repeat(), (400..500).contains(status), "{status}");
        }
    }

    #[test]
    fn only_what_is_over_after_a_while_says_when_to_come_back() {
        let quota = r#"{"overLimit": {"code": 413, "message": "quota", "retryAfter": "0"}}"#;
        for (status, after, kind) in [
            (413, Some("0"), E::LimitReached),
            (413, None, E::LimitReached),
            (413, Some("55"), E::RateLimited),
            (429, Some("55"), E::RateLimited),
            (429, None, E::RateLimited),
        ] {
            assert_eq!(error(&answer(status, after, quota)).kind(), kind, "{status} {after:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_and_put_on_one_line() {
        let body = format!(r#"{{"badRequest": {{"message": "a\nb {}"}}}}"#, "x".repeat(5000));
        let error = error(&answer(400, None, &body));
        assert!(error.message().starts_with("a b x") && error.message().len() == LONGEST_MESSAGE);
    }
}
