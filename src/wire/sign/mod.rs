//! AWS signatures, versions 2 and 4: one implementation signs towards clouds and verifies what clients sign.
//!
//! [`parse`] finds a signature and [`Signature::verify`] checks it against the secret that belongs to its
//! access key; [`v4::sign`] and [`v2::sign`] make new ones. Nothing here looks at a clock: the caller says
//! what time it is.
//!
//! **Invariants**
//! - What is checked is the request as it was received: raw path, raw query, raw headers, whole body.
//! - A parameter or header that decides about a signature may be given only once.
//! - Signatures are compared in constant time, and no error and no `Debug` shows a secret or a signature.

mod digest;
mod head;
mod instant;
mod parameters;
mod refusal;
pub mod session;
pub mod v2;
pub mod v4;

#[cfg(test)]
mod tests;

use std::fmt;

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};

pub use head::Head;
use parameters::Parameters;
pub use refusal::Refusal;

/// How far a client's clock may be from ours, either way, unless the operator says otherwise. AWS's own
/// [limit](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html), 15 minutes.
pub const DEFAULT_SKEW: SignedDuration = SignedDuration::from_mins(15);

/// The signature of a request: read, not yet verified.
pub struct Signature(Version);

enum Version {
    V2(v2::Claim),
    V4(v4::Claim),
}

/// Whose signature to make.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The public half.
    pub access_key: &'a str,
    /// The secret half.
    pub secret: &'a [u8],
    /// The session token of temporary credentials.
    pub token: Option<&'a str>,
}

/// Finds the signature of a request: version 4 in the `Authorization` header, else version 4 in the query,
/// else version 2 in the query or the form. `None` means that the request carries none; another scheme of
/// `Authorization`, such as Basic, is not one.
///
/// # Errors
/// Everything but `Mismatch`, `Payload`, `Skewed` and `Expired`: a signature is there and cannot be used. A
/// query or a form that cannot be read is an error too, since it may hide one.
pub fn parse(request: &Request<Bytes>) -> Result<Option<Signature>, Refusal> {
    let head = Head::from(request);
    if let Some(claim) = v4::Claim::from_header(head)? {
        return Ok(Some(Signature(Version::V4(claim))));
    }
    if let Some(claim) = v4::Claim::from_query(head, &Parameters::of_query(request.uri().query())?)? {
        return Ok(Some(Signature(Version::V4(claim))));
    }
    let claim = v2::Claim::from_parameters(&Parameters::of_request(request)?)?;
    Ok(claim.map(|claim| Signature(Version::V2(claim))))
}

impl Signature {
    /// Checks that `request`, the one that was parsed, was signed with `secret` and is valid at `now`, give
    /// or take `skew`. A request that names its own end of validity is not valid beyond it.
    ///
    /// For an access key that nobody has, verify with any secret and refuse whatever comes out: the time it
    /// takes then does not tell which keys exist.
    ///
    /// # Errors
    /// `Skewed` or `Expired` first, then `Payload`, then `Mismatch`; `Missing` for a covered header that is
    /// absent.
    pub fn verify(
        &self,
        request: &Request<Bytes>,
        secret: &[u8],
        now: Timestamp,
        skew: SignedDuration,
    ) -> Result<(), Refusal> {
        match &self.0 {
            Version::V2(claim) => claim.verify(request, secret, now, skew),
            Version::V4(claim) => claim.verify(Head::from(request), request.body(), secret, now, skew),
        }
    }

    /// Whether the body may be another than the client sent, because it says that its signature does not cover it.
    pub fn leaves_body_open(&self, request: &Request<Bytes>) -> bool {
        match &self.0 {
            Version::V2(_) => false,
            Version::V4(_) => v4::leaves_body_open(request.headers()) && !request.body().is_empty(),
        }
    }

    /// The access key that the client claims to have the secret of.
    pub fn access_key(&self) -> &str {
        match &self.0 {
            Version::V2(claim) => claim.access_key(),
            Version::V4(claim) => claim.access_key(),
        }
    }

    /// The session token that the client sends with temporary credentials.
    pub fn token(&self) -> Option<&str> {
        match &self.0 {
            Version::V2(claim) => claim.token(),
            Version::V4(claim) => claim.token(),
        }
    }

    /// The region that the client signed for; version 2 has none.
    pub fn region(&self) -> Option<&str> {
        match &self.0 {
            Version::V2(_) => None,
            Version::V4(claim) => Some(claim.region()),
        }
    }

    /// The service that the client signed for, in its own words; version 2 has none.
    pub fn service(&self) -> Option<&str> {
        match &self.0 {
            Version::V2(_) => None,
            Version::V4(claim) => Some(claim.service()),
        }
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("access_key", &self.access_key()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}
