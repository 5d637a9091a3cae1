//! EC2's [error codes](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html) and the document
//! that carries one.
//!
//! **Invariant:** a failure that lasts never has a status of 5xx, since clients repeat such a request by themselves.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{dialect::Dialect, ids};
use crate::{
    frontends::Reply,
    model::{Error, ErrorKind, Id, IdForm, Kind},
    wire::sign,
};

/// The media type of every answer.
pub(super) const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";

/// How much of a client's value is repeated in a message, in characters.
const LONGEST_QUOTE: usize = 100;

/// A failure in EC2's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The code, by which programs tell failures apart.
    pub(super) code: &'static str,
    /// The status.
    pub(super) status: StatusCode,
    /// What people read.
    pub(super) message: String,
}

impl Fault {
    /// A request that has to change, with the code for what is wrong with it.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Fault { code, status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    /// A parameter has a value that makes no sense.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Fault::bad("InvalidParameterValue", message)
    }

    /// Parameters that make no sense together.
    pub(super) fn combination(message: impl Into<String>) -> Self {
        Fault::bad("InvalidParameterCombination", message)
    }

    /// What cannot be done here at all.
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Fault::bad("UnsupportedOperation", message)
    }

    /// A parameter is not there.
    pub(super) fn missing(parameter: &str) -> Self {
        Fault::bad("MissingParameter", format!("The request must contain the parameter {parameter}"))
    }

    /// A parameter that the action does not know.
    pub(super) fn unknown_parameter(parameter: &str, action: &str) -> Self {
        let message = format!("The parameter {} is not recognized by {action}", quoted(parameter));
        Fault::bad("UnknownParameter", message)
    }

    /// What would have been done, had it not been a dry run.
    pub(super) fn dry_run() -> Self {
        let message = "Request would have succeeded, but DryRun flag is set.";
        Fault {
            code: "DryRunOperation",
            status: StatusCode::PRECONDITION_FAILED,
            message: message.to_owned(),
        }
    }

    /// The request says in no way who sends it. The code is AWS's for it; the status is 401, where AWS has 403, so
    /// that a browser or `curl --anyauth` answers the challenge that goes with it.
    pub(super) fn anonymous() -> Self {
        let message = "Request is missing authentication: sign it with an access key, or use HTTP Basic.";
        let code = "MissingAuthenticationToken";
        Fault { code, status: StatusCode::UNAUTHORIZED, message: message.to_owned() }
    }

    /// A failed operation, in the words of `action` and with identifiers as the client sees them.
    pub(super) fn of(error: &Error, action: &str, form: IdForm) -> Self {
        let (code, status) = code_of(error, action);
        Fault { code, status, message: message_of(error, action, form) }
    }

    /// The whole answer.
    pub(super) fn reply(&self, dialect: Dialect, request_id: &str, challenge: bool) -> Reply {
        let mut body = BytesMut::new();
        dialect.write(self, request_id, &mut body);
        let challenge = challenge && self.status == StatusCode::UNAUTHORIZED;
        Reply {
            head: dialect.head(self),
            headers: Vec::from_iter(
                challenge.then(|| ("www-authenticate", "Basic realm=\"deltagate\"".to_owned())),
            ),
            body: Bytes::from(body),
            outcome: dialect.outcome(self).0,
        }
    }
}

impl From<&sign::Refusal> for Fault {
    fn from(refusal: &sign::Refusal) -> Self {
        use sign::Refusal as R;
        let (code, status) = match refusal {
            R::Missing(_) | R::Malformed(_) | R::Unsupported(_) | R::Form(_) => {
                ("IncompleteSignature", StatusCode::BAD_REQUEST)
            }
            R::Mismatch | R::Payload | R::Exposed => ("AuthFailure", StatusCode::UNAUTHORIZED),
            R::Disabled => ("OptInRequired", StatusCode::FORBIDDEN),
            R::Skewed { .. } | R::Expired { .. } | R::Over { .. } => {
                ("RequestExpired", StatusCode::BAD_REQUEST)
            }
        };
        Fault { code, status, message: refusal.to_string() }
    }
}

/// A client's value, to be repeated in a message: short, and without what could disturb a terminal.
pub(super) fn quoted(value: &str) -> String {
    let printable = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let mut quote: String = value.chars().take(LONGEST_QUOTE).map(printable).collect();
    if quote.len() < value.len() {
        quote.push('…');
    }
    format!("'{quote}'")
}

fn code_of(error: &Error, action: &str) -> (&'static str, StatusCode) {
    use ErrorKind as E;
    use StatusCode as S;
    let subject = error.subject().map(|(kind, _)| kind);
    match error.kind() {
        E::NotFound => (not_found(error.subject(), action), S::BAD_REQUEST),
        E::Denied => ("UnauthorizedOperation", S::FORBIDDEN),
        E::Unauthenticated => ("AuthFailure", S::UNAUTHORIZED),
        E::Expired => ("RequestExpired", S::BAD_REQUEST),
        E::Invalid if action == "ImportKeyPair" && subject == Some(Kind::Key) => {
            ("InvalidKey.Format", S::BAD_REQUEST)
        }
        E::Invalid | E::TooLong => ("InvalidParameterValue", S::BAD_REQUEST),
        E::IncorrectState | E::Busy => (incorrect_state(subject), S::BAD_REQUEST),
        E::AlreadyExists => (already_exists(subject, action), S::BAD_REQUEST),
        E::Protected => ("OperationNotPermitted", S::BAD_REQUEST),
        E::Reused => ("IdempotentParameterMismatch", S::BAD_REQUEST),
        E::LimitReached => (limit(action), S::BAD_REQUEST),
        E::NoCapacity => ("InsufficientInstanceCapacity", S::INTERNAL_SERVER_ERROR),
        E::RateLimited => ("RequestLimitExceeded", S::SERVICE_UNAVAILABLE),
        // Clients send again what is answered with a 5xx by themselves, and would make more instances than they want.
        E::TimedOut | E::Unreachable | E::Unexpected if is_unknown(error, action) => {
            ("Unavailable", S::BAD_REQUEST)
        }
        E::TimedOut | E::Unreachable | E::Unexpected => ("Unavailable", S::SERVICE_UNAVAILABLE),
        E::Unsupported => ("UnsupportedOperation", S::BAD_REQUEST),
        E::Unavailable => ("ServiceUnavailable", S::SERVICE_UNAVAILABLE),
        E::Internal => ("InternalError", S::INTERNAL_SERVER_ERROR),
    }
}

/// Whether instances may have been made of which the client is told nothing.
fn is_unknown(error: &Error, action: &str) -> bool {
    let lost = matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Unreachable | ErrorKind::Unexpected);
    lost && action == "RunInstances" && !error.is_safe_to_repeat()
}

fn not_found(subject: Option<(Kind, &Id)>, action: &str) -> &'static str {
    match subject {
        Some((Kind::HardwareProfile, _)) if action == "DescribeInstanceTypes" => "InvalidInstanceType",
        Some((Kind::Address, id)) if ids::read_address(id.as_str()).is_err() => {
            "InvalidAllocationID.NotFound"
        }
        Some((kind, _)) => ids::not_found_code(kind),
        None if action == "RevokeSecurityGroupIngress" => "InvalidPermission.NotFound",
        None => "InvalidParameterValue",
    }
}

/// A limit is on what would run, or on anything else: the length of an answer, say.
fn limit(action: &str) -> &'static str {
    match action {
        "RunInstances" | "StartInstances" => "InstanceLimitExceeded",
        "CreateTags" => "TagLimitExceeded",
        _ => "ResourceLimitExceeded",
    }
}

fn incorrect_state(subject: Option<Kind>) -> &'static str {
    match subject {
        Some(Kind::Instance) | None => "IncorrectInstanceState",
        Some(Kind::Image) => "InvalidAMIID.Unavailable",
        Some(Kind::Volume | Kind::Snapshot) => "IncorrectState",
        Some(Kind::Network | Kind::Subnet | Kind::NetworkInterface) => "DependencyViolation",
        Some(Kind::Address) => "InvalidIPAddress.InUse",
        Some(Kind::Firewall) => "InvalidGroup.InUse",
        Some(Kind::Bucket) => "BucketNotEmpty",
        Some(Kind::HardwareProfile | Kind::Key | Kind::Realm | Kind::LoadBalancer) => "IncorrectState",
        Some(Kind::Blob | Kind::Metric | Kind::Console) => "IncorrectState",
        Some(Kind::Provider | Kind::Tag | Kind::Note) => "IncorrectState",
    }
}

fn already_exists(subject: Option<Kind>, action: &str) -> &'static str {
    match subject {
        _ if action == "AuthorizeSecurityGroupIngress" => "InvalidPermission.Duplicate",
        Some(Kind::Image) => "InvalidAMIName.Duplicate",
        Some(Kind::Key) => "InvalidKeyPair.Duplicate",
        Some(Kind::Firewall) => "InvalidGroup.Duplicate",
        Some(Kind::LoadBalancer) => "DuplicateLoadBalancerName",
        Some(Kind::Bucket) => "BucketAlreadyExists",
        Some(Kind::Volume | Kind::Snapshot | Kind::Network | Kind::Subnet) => "InvalidParameterValue",
        Some(Kind::NetworkInterface | Kind::Address | Kind::Blob) => "InvalidParameterValue",
        Some(Kind::Metric | Kind::Console | Kind::Instance | Kind::HardwareProfile) => {
            "InvalidParameterValue"
        }
        Some(Kind::Realm | Kind::Provider | Kind::Tag | Kind::Note) => "InvalidParameterValue",
        None => "InvalidParameterValue",
    }
}

fn message_of(error: &Error, action: &str, form: IdForm) -> String {
    match (error.kind(), error.subject()) {
        _ if is_unknown(error, action) => {
            let advice = "whether instances were made is not known: look before you ask again";
            format!("{}; {advice}", error.message())
        }
        (ErrorKind::NotFound, Some((kind, id))) => ids::not_found(kind, id, form),
        _ => error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(error: Error) -> (&'static str, u16) {
        let fault = Fault::of(&error, "RunInstances", IdForm::Opaque);
        (fault.code, fault.status.as_u16())
    }

    #[test]
    fn the_subject_refines_the_code() {
        let missing = |kind| code(Error::not_found(kind, "x"));
        assert_eq!(missing(Kind::Instance), ("InvalidInstanceID.NotFound", 400));
        assert_eq!(missing(Kind::Image), ("InvalidAMIID.NotFound", 400));
        assert_eq!(missing(Kind::Realm), ("InvalidParameterValue", 400));
        assert_eq!(missing(Kind::Key), ("InvalidKeyPair.NotFound", 400));
        let taken = Error::new(ErrorKind::AlreadyExists, "taken").about(Kind::Key, "x");
        assert_eq!(code(taken), ("InvalidKeyPair.Duplicate", 400));
        assert_eq!(missing(Kind::HardwareProfile), ("InvalidParameterValue", 400));
        let fault =
            Fault::of(&Error::not_found(Kind::HardwareProfile, "x"), "DescribeInstanceTypes", IdForm::Opaque);
        assert_eq!(fault.code, "InvalidInstanceType");
        assert_eq!(code(Error::new(ErrorKind::LimitReached, "full")), ("InstanceLimitExceeded", 400));
        let busy = |kind| code(Error::new(ErrorKind::Busy, "busy").about(kind, "x"));
        assert_eq!(busy(Kind::Instance), ("IncorrectInstanceState", 400));
        assert_eq!(busy(Kind::Image), ("InvalidAMIID.Unavailable", 400));
    }

    #[test]
    fn what_the_client_must_change_is_never_repeated_by_itself() {
        use crate::model::Side;
        let kinds = [
            ErrorKind::NotFound,
            ErrorKind::Denied,
            ErrorKind::Unauthenticated,
            ErrorKind::Expired,
            ErrorKind::Invalid,
            ErrorKind::IncorrectState,
            ErrorKind::Busy,
            ErrorKind::AlreadyExists,
            ErrorKind::Reused,
            ErrorKind::Protected,
            ErrorKind::LimitReached,
            ErrorKind::Unsupported,
        ];
        for kind in kinds {
            assert_eq!(kind.side(), Side::Client);
            let (code, status) = code(Error::new(kind, ""));
            assert!((400..500).contains(&status), "{kind:?}: {code} {status}");
        }
    }

    #[test]
    fn the_document_is_the_one_that_clients_read_by_position() {
        let reply = Fault::bad("InvalidParameterValue", "a < b").reply(Dialect::Query, "req-1", true);
        let body = String::from_utf8(reply.body.to_vec()).unwrap();
        assert!(body.ends_with(
            "<Response><Errors><Error><Code>InvalidParameterValue</Code><Message>a &lt; b</Message></Error>\
             </Errors><RequestID>req-1</RequestID></Response>"
        ));
        assert!(reply.headers.is_empty());
    }

    #[test]
    fn only_a_401_challenges() {
        assert_eq!(Fault::anonymous().reply(Dialect::Query, "", true).headers.len(), 1);
        assert!(Fault::anonymous().reply(Dialect::Query, "", false).headers.is_empty());
    }

    #[test]
    fn what_the_operator_reads_stays_with_him() {
        let error = Error::new(ErrorKind::Unexpected, "nonsense")
            .with_detail("java.lang.Boom")
            .during(|| "GET /x".into());
        assert_eq!(Fault::of(&error, "", IdForm::Uuid).message, "nonsense");
    }

    #[test]
    fn a_quote_is_short_and_harmless() {
        assert_eq!(quoted("a\u{1b}b"), "'a\u{fffd}b'");
        assert_eq!(quoted(&"é".repeat(101)), format!("'{}…'", "é".repeat(100)));
    }
}
