//! Failures: as the original's documents in the compatible dialect, as Jobs in the strict one (DSP0263, section 4.2.2).
//!
//! Decided otherwise than in the original: no back trace and no parameter is repeated, since both can hold secrets; what
//! is not there is 404, what cannot be read 400 and what is not possible now 409, where it failed with 500 or did
//! nothing.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{
    attribute::Resource,
    context::Context,
    dialect::{Dialect, type_uri},
    fields::Place,
    resources::job,
};
use crate::{
    frontends::{Head, Reply},
    model::{Error, ErrorKind},
    wire::{
        document::{Format, Node},
        xml::Writer,
    },
};

/// A failure in CIMI's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    /// What people read; it names the attribute that is to blame.
    pub(super) message: String,
    /// The methods that would have been right, for 405.
    pub(super) allow: Option<String>,
}

impl Fault {
    /// A failure with this status.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Fault { status, message: message.into(), allow: None }
    }

    /// What was asked makes no sense.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Fault::new(StatusCode::BAD_REQUEST, message)
    }

    /// An attribute is to blame.
    pub(super) fn attribute(name: &str, what: &str) -> Self {
        Fault::invalid(format!("Attribute '{name}' {what}"))
    }

    /// An attribute asks for what this cloud cannot do.
    pub(super) fn untaken(name: &str) -> Self {
        let message = format!("Attribute '{name}' asks for what this cloud, or its driver, cannot do");
        Fault::new(StatusCode::NOT_IMPLEMENTED, message)
    }

    /// There is nothing at this path.
    pub(super) fn nothing_there() -> Self {
        Fault::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// What the cloud, or its driver, cannot do at all: 412 in the original.
    pub(super) fn incapable(dialect: Dialect) -> Self {
        let message = "The required capability to execute this operation is missing";
        match dialect {
            Dialect::Compatible => Fault::new(StatusCode::PRECONDITION_FAILED, message),
            Dialect::Strict => Fault::new(StatusCode::NOT_IMPLEMENTED, message),
        }
    }

    /// Another method would have been right.
    pub(super) fn other_method(allow: String) -> Self {
        Fault { allow: Some(allow), ..Fault::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed") }
    }

    /// The whole answer.
    pub(super) fn reply(&self, context: &Context) -> Reply {
        let mut headers = context.headers();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.push(("www-authenticate", format!("Basic realm=\"{}-deltacloud\"", context.driver)));
        }
        headers.extend(self.allow.iter().map(|methods| ("allow", methods.clone())));
        let head = Head::new(self.status, context.format.content_type());
        let mut body = BytesMut::new();
        match context.dialect {
            Dialect::Compatible => self.write_compatible(context, &mut body),
            Dialect::Strict => self.write_job(context, &mut body),
        }
        Reply { head, headers, body: Bytes::from(body), outcome: class(self.status) }
    }

    fn write_compatible(&self, context: &Context, out: &mut BytesMut) {
        let code = self.status.as_str();
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
                let error = Node::object("error", parts).with("status", code).with("url", &*context.path);
                error.write_xml(Writer::new(out).declaration());
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
    }

    fn write_job(&self, context: &Context, out: &mut BytesMut) {
        let action = match context.method {
            http::Method::POST => type_uri("action/add"),
            http::Method::PUT => type_uri("action/edit"),
            http::Method::DELETE => type_uri("action/delete"),
            _ => String::new(),
        };
        let (target, code) = (context.target(), self.status.as_u16());
        let job = job::failed(target, &action, code, &self.message, context.now);
        write(&job::JOB, &job, context, out);
    }
}

/// Writes a document that stands by itself.
pub(super) fn write(
    resource: &Resource,
    fields: &super::fields::Fields<'_>,
    context: &Context,
    out: &mut BytesMut,
) {
    let node = resource.document(fields, context.dialect, Place::Root);
    match context.format {
        Format::Xml => node.write_xml(&mut Writer::new(out)),
        Format::Json => node.write_json(out),
    }
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        Fault::new(status(error.kind()), error.message())
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
        E::IncorrectState | E::Protected | E::Busy | E::AlreadyExists | E::Reused => StatusCode::CONFLICT,
        E::RateLimited | E::NoCapacity | E::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        E::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        E::Unreachable | E::Unexpected => StatusCode::BAD_GATEWAY,
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
        412 => "PreconditionFailed",
        413 => "ContentTooLarge",
        415 => "UnsupportedMediaType",
        501 => "NotImplemented",
        502 => "ProviderError",
        503 => "TooManyRequests",
        504 => "ProviderTimeout",
        _ => "BackendError",
    }
}
