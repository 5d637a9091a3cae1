//! The one error: a closed set of kinds, a message for the client, and detail for the operator.

use std::{error, fmt, sync::Arc};

use super::{Id, Kind};

/// Why an operation failed.
///
/// `message` may be shown to the client; `detail`, the native call and the source are for the operator's log.
/// Neither ever holds a secret.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    subject: Option<(Kind, Id)>,
    detail: Option<String>,
    call: Option<String>,
    safe_to_repeat: bool,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
}

/// What went wrong, in the words that every front end has codes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// There is no such thing.
    NotFound,
    /// The caller is known and may not.
    Denied,
    /// The caller could not be told who he is, or is not who he says.
    Unauthenticated,
    /// The request was signed for another time than now.
    Expired,
    /// What was asked makes no sense.
    Invalid,
    /// What was sent is longer than it may be.
    TooLong,
    /// It cannot be done to something in that state.
    IncorrectState,
    /// Its user has decided that it is not to be done to it.
    Protected,
    /// It can be done later: something else is going on with the thing.
    Busy,
    /// There is one already.
    AlreadyExists,
    /// What the client calls this request, it called another one.
    Reused,
    /// The caller has as much as he may have.
    LimitReached,
    /// The cloud has no room for it at present.
    NoCapacity,
    /// Too many requests; later.
    RateLimited,
    /// The cloud did not answer in time.
    TimedOut,
    /// The cloud could not be talked to.
    Unreachable,
    /// The cloud, or the driver, cannot do that at all.
    Unsupported,
    /// The cloud answered something that makes no sense.
    Unexpected,
    /// The gateway's own store cannot be used at present; nothing was done.
    Unavailable,
    /// The gateway itself is at fault.
    Internal,
}

/// Whose side an error is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The request has to change.
    Client,
    /// The cloud has to.
    Cloud,
    /// The gateway has to.
    Gateway,
}

impl ErrorKind {
    /// Whose side it is on.
    pub fn side(self) -> Side {
        use ErrorKind as E;
        match self {
            E::NotFound | E::Denied | E::Unauthenticated | E::Expired | E::Invalid | E::IncorrectState => {
                Side::Client
            }
            E::Protected | E::TooLong | E::Busy | E::AlreadyExists | E::Reused | E::LimitReached => {
                Side::Client
            }
            E::RateLimited | E::Unsupported => Side::Client,
            E::NoCapacity | E::TimedOut | E::Unreachable | E::Unexpected => Side::Cloud,
            E::Unavailable | E::Internal => Side::Gateway,
        }
    }

    /// A short name for metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::NotFound => "not_found",
            ErrorKind::Denied => "denied",
            ErrorKind::Unauthenticated => "unauthenticated",
            ErrorKind::Expired => "expired",
            ErrorKind::Invalid => "invalid",
            ErrorKind::TooLong => "too_long",
            ErrorKind::IncorrectState => "incorrect_state",
            ErrorKind::Protected => "protected",
            ErrorKind::Busy => "busy",
            ErrorKind::AlreadyExists => "already_exists",
            ErrorKind::Reused => "reused",
            ErrorKind::LimitReached => "limit_reached",
            ErrorKind::NoCapacity => "no_capacity",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::TimedOut => "timed_out",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Unexpected => "unexpected",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Internal => "internal",
        }
    }
}

impl Error {
    /// An error with a message that the client may see.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            subject: None,
            detail: None,
            call: None,
            safe_to_repeat: false,
            source: None,
        }))
    }

    /// There is no `kind` with this id.
    pub fn not_found(kind: Kind, id: impl Into<Id>) -> Self {
        let id = id.into();
        Error::new(ErrorKind::NotFound, format!("there is no {kind} '{id}'")).about(kind, id)
    }

    /// The same error, about this resource; a front end can then use its code for that kind.
    #[must_use]
    pub fn about(mut self, kind: Kind, id: impl Into<Id>) -> Self {
        self.0.subject = Some((kind, id.into()));
        self
    }

    /// The same error, with what only the operator should read.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same error, with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error, with the native call that met it (`GET /ovirt-engine/api/vms`), unless one is named already.
    #[must_use]
    pub fn during(mut self, call: impl FnOnce() -> String) -> Self {
        self.0.call.get_or_insert_with(call);
        self
    }

    /// The same error, known to have had no effect on the cloud.
    #[must_use]
    pub fn safe_to_repeat(mut self) -> Self {
        self.0.safe_to_repeat = true;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the client may read.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The resource it is about, when it is about one.
    pub fn subject(&self) -> Option<(Kind, &Id)> {
        self.0.subject.as_ref().map(|(kind, id)| (*kind, id))
    }

    /// What the operator may read besides.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The native call that met it.
    pub fn call(&self) -> Option<&str> {
        self.0.call.as_deref()
    }

    /// Whether the call had no effect on the cloud, so that the same may be sent again.
    pub fn is_safe_to_repeat(&self) -> bool {
        self.0.safe_to_repeat
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.name(), self.0.message)?;
        if let Some(call) = &self.0.call {
            write!(f, " (during {call})")?;
        }
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn error::Error + 'static))
    }
}
