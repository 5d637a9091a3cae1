//! Why a signature is refused.

use std::fmt;

use jiff::Timestamp;

use crate::wire::form;

/// Why a signature is refused. Its text tells the client's user what to do; it never holds a secret, a
/// signature that would have been right, or anything else that helps to forge one.
///
/// EC2 answers `Missing`, `Malformed`, `Unsupported` and `Form` with `IncompleteSignature` (400), `Mismatch`,
/// `Payload` and `Exposed` with `AuthFailure` (401), `Skewed`, `Expired` and `Over` with `RequestExpired` (400).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A part of the signature, or something that it must cover, is absent.
    Missing(&'static str),
    /// A part of the signature is present and cannot be read, or contradicts another part.
    Malformed(&'static str),
    /// The request is signed in a way that is not spoken here.
    Unsupported(&'static str),
    /// The parameters to be signed cannot be read.
    Form(form::Malformed),
    /// The signature is not the one that this secret gives to this request.
    Mismatch,
    /// The signature is right, and the access key was turned off.
    Disabled,
    /// The body is not the one that `X-Amz-Content-Sha256` announces.
    Payload,
    /// The signature does not cover the body, and nothing else keeps it from being changed on its way.
    Exposed,
    /// The request was signed too long ago, or in the future.
    Skewed {
        /// When the client says that it signed.
        signed: Timestamp,
        /// The time by which it was judged.
        now: Timestamp,
    },
    /// The end of validity that the client chose has passed.
    Expired {
        /// The last instant at which the request was valid.
        end: Timestamp,
        /// The time by which it was judged.
        now: Timestamp,
    },
    /// The session has ended that the client's temporary credentials are of.
    Over {
        /// When it ended.
        end: Timestamp,
        /// The time by which it was judged.
        now: Timestamp,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "The signature is incomplete: {what} is missing."),
            Self::Malformed(what) => write!(f, "The signature cannot be read: {what} is malformed."),
            Self::Unsupported(what) => {
                write!(f, "{what} is not supported. Sign with AWS Signature Version 4, or Version 2.")
            }
            Self::Form(error) => write!(f, "The signed parameters cannot be read: {error}."),
            Self::Mismatch => f.write_str(
                "The signature does not match the request. Check the access key and its secret, and that \
                 nothing between client and server changes the host, the path or the parameters.",
            ),
            Self::Disabled => f.write_str("The access key is disabled."),
            Self::Payload => f.write_str("The body does not have the hash that X-Amz-Content-Sha256 gives."),
            Self::Exposed => {
                f.write_str("UNSIGNED-PAYLOAD is only for requests over TLS: sign the body, or use https.")
            }
            Self::Skewed { signed, now } => {
                write!(
                    f,
                    "Request has expired: signed at {signed}, received at {now}. Check the client's clock."
                )
            }
            Self::Expired { end, now } => {
                write!(f, "Request has expired: valid until {end}, received at {now}. Sign it again.")
            }
            Self::Over { end, now } => {
                write!(
                    f,
                    "Request has expired: the session ended at {end}, it is {now}. Ask GetSessionToken for another."
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl From<form::Malformed> for Refusal {
    fn from(error: form::Malformed) -> Self {
        Self::Form(error)
    }
}
