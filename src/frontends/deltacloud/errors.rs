//! Failures, with the statuses and the documents that Deltacloud's clients know.
//!
//! Decided otherwise than in the original: no back trace and no parameter is repeated, since both can hold secrets; an
//! action on an instance that is not there is 404, not 403; every 401 has a challenge; a name that is taken is 409, not
//! 403; what is not possible now, because a bucket has blobs or an address is in use, is 409 too, where the original
//! declared 403 and answered 500 (for an instance it is 405, as always). No client that is known tells these apart.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{context::Context, document::Node, html, negotiation::Format};
use crate::{
    frontends::{Head, Reply},
    model::{Error, ErrorKind, Kind},
    wire::xml::Writer,
};

/// A failure in Deltacloud's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The status, which is also the code.
    pub(super) status: StatusCode,
    /// What people read.
    pub(super) message: String,
    /// The methods that would have been right, for 405.
    pub(super) allow: Option<String>,
    /// The parameter that is to blame.
    pub(super) parameter: Option<String>,
}

impl Fault {
    /// A failure with this status.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Fault { status, message: message.into(), allow: None, parameter: None }
    }

    /// What was asked makes no sense.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Fault::new(StatusCode::BAD_REQUEST, message)
    }

    /// The same failure, for which this parameter is to blame.
    pub(super) fn of(self, parameter: impl Into<String>) -> Self {
        Fault { parameter: Some(parameter.into()), ..self }
    }

    /// There is nothing at this path.
    pub(super) fn nothing_there() -> Self {
        Fault::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// What the cloud, or its driver, cannot do at all.
    pub(super) fn incapable() -> Self {
        let message = "The required capability to execute this operation is missing";
        Fault::new(StatusCode::PRECONDITION_FAILED, message)
    }

    /// The whole answer.
    pub(super) fn reply(&self, context: &Context) -> Reply {
        let mut headers = context.headers();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.push(("www-authenticate", format!("Basic realm=\"{}-deltacloud\"", context.driver)));
        }
        headers.extend(self.allow.iter().map(|methods| ("allow", methods.clone())));
        let head = Head::new(self.status, context.content_type());
        Reply { head, headers, body: self.document(context), outcome: class(self.status) }
    }

    fn document(&self, context: &Context) -> Bytes {
        if let Some(visit) = &context.visit {
            return html::error_page(self, context, visit);
        }
        let code = self.status.as_str();
        let mut out = BytesMut::new();
        match context.format {
            Format::Xml => {
                let backend = Node::empty("backend")
                    .with("driver", context.driver)
                    .with("provider", context.provider.as_deref().unwrap_or("default"));
                let parts = vec![
                    backend,
                    Node::text("code", code),
                    Node::text("message", self.message.as_str()),
                    Node::text("backtrace", ""),
                    Node::object("request", Vec::new()),
                ];
                let error =
                    Node::object("error", parts).with("status", code).with("url", context.url.as_str());
                error.write_xml(Writer::new(&mut out).declaration());
            }
            Format::Json => {
                let error = serde_json::json!({
                    "code": self.status.as_u16(),
                    "message": self.message,
                    "error": format!("Deltacloud::Exceptions::{}", class(self.status)),
                });
                out.extend_from_slice(error.to_string().as_bytes());
            }
        }
        out.freeze()
    }
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let subject = error.subject().map(|(kind, _)| kind);
        let status = match error.kind() {
            ErrorKind::IncorrectState if subject.is_some_and(|kind| kind != Kind::Instance) => {
                StatusCode::CONFLICT
            }
            kind => status(kind),
        };
        Fault::new(status, error.message())
    }
}

fn status(kind: ErrorKind) -> StatusCode {
    use ErrorKind as E;
    match kind {
        E::NotFound => StatusCode::NOT_FOUND,
        E::Denied | E::LimitReached => StatusCode::FORBIDDEN,
        E::Unauthenticated | E::Expired => StatusCode::UNAUTHORIZED,
        E::Invalid => StatusCode::BAD_REQUEST,
        E::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        E::IncorrectState | E::Protected => StatusCode::METHOD_NOT_ALLOWED,
        E::Busy | E::AlreadyExists | E::Reused => StatusCode::CONFLICT,
        E::RateLimited | E::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        E::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        E::NoCapacity | E::Unreachable | E::Unexpected => StatusCode::BAD_GATEWAY,
        E::Unsupported => StatusCode::NOT_IMPLEMENTED,
        E::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The name that the original's exception of this status has.
fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "ValidationFailure",
        401 => "AuthenticationFailure",
        403 => "ForbiddenError",
        404 => "ObjectNotFound",
        405 => "MethodNotAllowed",
        406 => "UnknownMediaTypeError",
        409 => "Conflict",
        412 => "CapabilityMissing",
        413 => "ContentTooLarge",
        501 => "NotImplemented",
        502 => "ProviderError",
        503 => "TooManyRequests",
        504 => "ProviderTimeout",
        _ => "BackendError",
    }
}
