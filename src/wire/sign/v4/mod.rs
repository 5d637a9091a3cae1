//! AWS Signature Version 4, in the `Authorization` header and in the query.
//!
//! Source: "Create a signed AWS API request" in the
//! [IAM user guide](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
//! A form in the body is covered by the body's hash; it is not folded into the canonical query.

mod canonical;
mod claim;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

pub(super) use claim::Claim;

use super::digest::{hex, hmac_sha256, sha256_hex};
use super::head::Head;
use super::refusal::Refusal;
use super::{Credentials, instant};

/// The one algorithm that is spoken.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What every scope ends with.
const TERMINATOR: &str = "aws4_request";
/// Stands for the hash of a body that is deliberately not covered.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// The query parameter that cannot be part of what it signs.
const SIGNATURE: &str = "X-Amz-Signature";

const X_AMZ_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// The body to be covered by a signature.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// The whole body.
    Whole(&'a [u8]),
    /// A body that streams and is not covered: only over TLS, and only where the service allows it.
    Unsigned,
}

/// Whom a signature is for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The region, such as `us-east-1`.
    pub region: &'a str,
    /// The service, such as `ec2`.
    pub service: &'a str,
}

/// The headers that sign a request: set each of them, replacing what was there. They cover the host,
/// `content-type` and all `x-amz-*` headers that `head` has, so a request that was signed by somebody else
/// must lose those of its own first.
///
/// # Errors
/// `Missing` without a host in the header or the target, `Form` for a query that cannot be read, `Malformed`
/// for credentials or a target that cannot stand in a header.
pub fn sign(
    head: Head<'_>,
    payload: Payload<'_>,
    credentials: &Credentials<'_>,
    target: Target<'_>,
    now: Timestamp,
) -> Result<Vec<(HeaderName, HeaderValue)>, Refusal> {
    let moment = instant::to_basic(now);
    let mut added = vec![(X_AMZ_DATE, header_value(&moment)?)];
    if let Some(token) = credentials.token {
        added.push((X_AMZ_SECURITY_TOKEN, header_value(token)?));
    }
    if matches!(payload, Payload::Unsigned) {
        added.push((X_AMZ_CONTENT_SHA256, HeaderValue::from_static(UNSIGNED_PAYLOAD)));
    }
    let mut headers = head.headers.clone();
    for (name, value) in &added {
        headers.insert(name, value.clone());
    }
    let terms = Terms {
        scope: Scope::new(&moment, target)?,
        moment,
        signed_headers: names_to_sign(&headers),
        place: Place::Header,
    };
    let head = Head { headers: &headers, ..head };
    let signature = terms.signature(head, &payload.hash(), credentials.secret)?;
    let authorization = format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={signature}",
        credentials.access_key, terms.scope, terms.signed_headers
    );
    added.push((AUTHORIZATION, header_value(&authorization)?));
    Ok(added)
}

/// Whether these headers say that the body is not covered by the signature.
pub(super) fn leaves_body_open(headers: &HeaderMap) -> bool {
    headers.get_all(X_AMZ_CONTENT_SHA256).iter().any(|value| value == UNSIGNED_PAYLOAD)
}

/// Where a signature stands, and with it which part of the query it covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Header,
    Query,
}

/// The day, region and service for which a signing key is good.
struct Scope {
    /// `YYYYMMDD`.
    day: String,
    region: String,
    service: String,
}

/// All that decides about a signature besides the request and the secret.
struct Terms {
    scope: Scope,
    /// When the request was signed, `YYYYMMDDTHHMMSSZ`.
    moment: String,
    /// The names of the covered headers, joined by `;` in the order in which they are covered.
    signed_headers: String,
    place: Place,
}

impl Terms {
    /// The signature of a request, in hexadecimal digits.
    fn signature(&self, head: Head<'_>, payload_hash: &str, secret: &[u8]) -> Result<String, Refusal> {
        let omitted = (self.place == Place::Query).then_some(SIGNATURE);
        let request = canonical::request(head, &self.signed_headers, omitted, payload_hash)?;
        let to_sign = format!("{ALGORITHM}\n{}\n{}\n{}", self.moment, self.scope, sha256_hex(&request));
        Ok(hex(&hmac_sha256(&self.scope.key(secret), to_sign.as_bytes())))
    }
}

impl Scope {
    fn new(moment: &str, target: Target<'_>) -> Result<Self, Refusal> {
        for part in [target.region, target.service] {
            if part.is_empty() || part.contains('/') {
                return Err(Refusal::Malformed("the region or the service"));
            }
        }
        let day = moment.get(..8).unwrap_or_default().to_owned();
        Ok(Self { day, region: target.region.to_owned(), service: target.service.to_owned() })
    }

    fn key(&self, secret: &[u8]) -> Vec<u8> {
        let secret = [b"AWS4", secret].concat();
        [&self.day, &self.region, &self.service, TERMINATOR]
            .iter()
            .fold(secret, |key, part| hmac_sha256(&key, part.as_bytes()))
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}/{TERMINATOR}", self.day, self.region, self.service)
    }
}

impl Payload<'_> {
    fn hash(&self) -> String {
        match self {
            Self::Whole(body) => sha256_hex(body),
            Self::Unsigned => UNSIGNED_PAYLOAD.to_owned(),
        }
    }
}

/// The sorted names of the headers that a signature of ours covers.
fn names_to_sign(headers: &HeaderMap) -> String {
    let covered = |name: &str| name == CONTENT_TYPE.as_str() || name.starts_with("x-amz-");
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).filter(|name| covered(name)).collect();
    names.push(HOST.as_str());
    names.sort_unstable();
    names.join(";")
}

fn header_value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|_| Refusal::Malformed("the credentials"))
}
