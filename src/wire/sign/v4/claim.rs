//! A version 4 signature as a request claims it: read, then checked.

use http::header::{AUTHORIZATION, DATE};
use http::{HeaderMap, HeaderName};
use jiff::{SignedDuration, Timestamp};

use super::{
    ALGORITHM, Place, Scope, TERMINATOR, Target, Terms, UNSIGNED_PAYLOAD, X_AMZ_CONTENT_SHA256, X_AMZ_DATE,
    X_AMZ_SECURITY_TOKEN,
};
use crate::wire::sign::digest::{same, sha256_hex};
use crate::wire::sign::head::Head;
use crate::wire::sign::instant;
use crate::wire::sign::parameters::Parameters;
use crate::wire::sign::refusal::Refusal;

/// The longest time for which a presigned request may be valid, in seconds: seven days.
const MAX_EXPIRES_SECONDS: u32 = 604_800;
/// The most headers that a signature may name.
const MAX_SIGNED_HEADERS: usize = 128;
/// Besides the host, headers that change what a request does or for whom: left open, they may be an
/// attacker's.
const MUST_BE_SIGNED: [&str; 2] = ["x-amz-security-token", "x-amz-target"];
/// The parameters by which a presigned request is known.
const PRESIGNED: [&str; 3] = ["X-Amz-Algorithm", "X-Amz-Credential", super::SIGNATURE];

/// A signature that was read and not yet checked.
pub(in crate::wire::sign) struct Claim {
    access_key: String,
    token: Option<String>,
    terms: Terms,
    signature: String,
    signed: Timestamp,
    /// How long after `signed` a presigned request is valid; a header has no end of its own.
    expires: Option<SignedDuration>,
}

impl Claim {
    /// Reads the `Authorization` header; `None` when it is absent or of a scheme that is not AWS's.
    pub(in crate::wire::sign) fn from_header(head: Head<'_>) -> Result<Option<Self>, Refusal> {
        let Some(authorization) = only_header(head.headers, &AUTHORIZATION, "Authorization")? else {
            return Ok(None);
        };
        let (scheme, fields) = authorization.split_once(' ').unwrap_or((authorization, ""));
        if scheme != ALGORITHM {
            let is_ours = scheme.starts_with("AWS");
            return if is_ours { Err(Refusal::Unsupported("This Authorization scheme")) } else { Ok(None) };
        }
        let [credential, signed_headers, signature] = fields_of(fields)?;
        let (moment, signed) = moment_of(head.headers)?;
        let token = only_header(head.headers, &X_AMZ_SECURITY_TOKEN, "X-Amz-Security-Token")?;
        Self::new(head, Place::Header, credential, signed_headers, signature, (moment, signed), token)
            .map(Some)
    }

    /// Reads the parameters of a presigned request; `None` when there are none of them.
    pub(in crate::wire::sign) fn from_query(
        head: Head<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<Option<Self>, Refusal> {
        if !parameters.any(&PRESIGNED) {
            return Ok(None);
        }
        if parameters.need("X-Amz-Algorithm")? != ALGORITHM {
            return Err(Refusal::Unsupported("This X-Amz-Algorithm"));
        }
        let date = parameters.need("X-Amz-Date")?;
        let signed = instant::from_basic(date).ok_or(Refusal::Malformed("X-Amz-Date"))?;
        let expires = expires_of(parameters.need("X-Amz-Expires")?)?;
        let claim = Self::new(
            head,
            Place::Query,
            parameters.need("X-Amz-Credential")?,
            parameters.need("X-Amz-SignedHeaders")?,
            parameters.need(super::SIGNATURE)?,
            (date.to_owned(), signed),
            parameters.get("X-Amz-Security-Token")?,
        )?;
        Ok(Some(Self { expires: Some(expires), ..claim }))
    }

    fn new(
        head: Head<'_>,
        place: Place,
        credential: &str,
        signed_headers: &str,
        signature: &str,
        (moment, signed): (String, Timestamp),
        token: Option<&str>,
    ) -> Result<Self, Refusal> {
        let (access_key, scope) = credential_of(credential)?;
        if !moment.starts_with(&scope.day) {
            return Err(Refusal::Malformed("the day in Credential, which is not the day of X-Amz-Date,"));
        }
        check_signed_headers(head, signed_headers)?;
        if signature.len() != 64 || !signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Refusal::Malformed("Signature"));
        }
        Ok(Self {
            access_key: access_key.to_owned(),
            token: token.map(str::to_owned),
            terms: Terms { scope, moment, signed_headers: signed_headers.to_owned(), place },
            signature: signature.to_owned(),
            signed,
            expires: None,
        })
    }

    pub(in crate::wire::sign) fn access_key(&self) -> &str {
        &self.access_key
    }

    pub(in crate::wire::sign) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(in crate::wire::sign) fn region(&self) -> &str {
        &self.terms.scope.region
    }

    pub(in crate::wire::sign) fn service(&self) -> &str {
        &self.terms.scope.service
    }

    pub(in crate::wire::sign) fn verify(
        &self,
        head: Head<'_>,
        body: &[u8],
        secret: &[u8],
        now: Timestamp,
        skew: SignedDuration,
    ) -> Result<(), Refusal> {
        self.check_time(now, skew)?;
        let expected = self.terms.signature(head, &payload_hash(head.headers, body)?, secret)?;
        same(self.signature.as_bytes(), expected.as_bytes())
    }

    fn check_time(&self, now: Timestamp, skew: SignedDuration) -> Result<(), Refusal> {
        let Some(expires) = self.expires else { return instant::check_signed(self.signed, now, skew) };
        instant::check_begun(self.signed, now, skew)?;
        instant::check_end(self.signed.checked_add(expires).unwrap_or(Timestamp::MAX), now)
    }
}

/// Credential, SignedHeaders and Signature of an `Authorization` header, each exactly once, with or without
/// blanks.
fn fields_of(fields: &str) -> Result<[&str; 3], Refusal> {
    const NAMES: [&str; 3] = ["Credential", "SignedHeaders", "Signature"];
    let mut values = [None; 3];
    for field in fields.split(',') {
        let (name, value) = field.trim().split_once('=').ok_or(Refusal::Malformed("Authorization"))?;
        let place = NAMES.iter().zip(&mut values).find(|(known, _)| **known == name);
        let (_, slot) = place.ok_or(Refusal::Malformed("Authorization"))?;
        if slot.replace(value).is_some() {
            return Err(Refusal::Malformed("Authorization"));
        }
    }
    let [credential, signed_headers, signature] = values;
    Ok([
        credential.ok_or(Refusal::Missing("Credential"))?,
        signed_headers.ok_or(Refusal::Missing("SignedHeaders"))?,
        signature.ok_or(Refusal::Missing("Signature"))?,
    ])
}

/// The access key and the scope, read from the right because only the key may hold anything.
fn credential_of(credential: &str) -> Result<(&str, Scope), Refusal> {
    let mut parts = credential.rsplitn(5, '/');
    let malformed = Refusal::Malformed("Credential");
    let (Some(TERMINATOR), Some(service), Some(region), Some(day), Some(access_key)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed);
    };
    if access_key.is_empty() || day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed);
    }
    Ok((access_key, Scope::new(day, Target { region, service })?))
}

/// When a request with an `Authorization` header was signed, as it goes into the signature and as an instant.
fn moment_of(headers: &HeaderMap) -> Result<(String, Timestamp), Refusal> {
    if let Some(date) = only_header(headers, &X_AMZ_DATE, "X-Amz-Date")? {
        let signed = instant::from_basic(date).ok_or(Refusal::Malformed("X-Amz-Date"))?;
        return Ok((date.to_owned(), signed));
    }
    let date = only_header(headers, &DATE, "Date")?.ok_or(Refusal::Missing("X-Amz-Date"))?;
    let signed = instant::from_date_header(date).ok_or(Refusal::Malformed("Date"))?;
    Ok((instant::to_basic(signed), signed))
}

fn expires_of(text: &str) -> Result<SignedDuration, Refusal> {
    let seconds = text.parse().ok().filter(|seconds| (1..=MAX_EXPIRES_SECONDS).contains(seconds));
    seconds
        .map(|seconds| SignedDuration::from_secs(i64::from(seconds)))
        .ok_or(Refusal::Malformed("X-Amz-Expires"))
}

/// Requires lower-case names, not too many, and among them those that must not be left open.
fn check_signed_headers(head: Head<'_>, signed_headers: &str) -> Result<(), Refusal> {
    let names: Vec<_> = signed_headers.split(';').take(MAX_SIGNED_HEADERS + 1).collect();
    let is_name = |name: &str| HeaderName::from_lowercase(name.as_bytes()).is_ok();
    if names.len() > MAX_SIGNED_HEADERS || !names.iter().all(|name| is_name(name)) {
        return Err(Refusal::Malformed("SignedHeaders"));
    }
    let open = |name: &str| head.values(name).is_some() && !names.contains(&name);
    if !names.contains(&"host") || MUST_BE_SIGNED.iter().any(|name| open(name)) {
        return Err(Refusal::Missing("host, x-amz-security-token or x-amz-target in SignedHeaders"));
    }
    Ok(())
}

/// The hash that the signature covers. One that the client announces must be the body's.
fn payload_hash(headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    match only_header(headers, &X_AMZ_CONTENT_SHA256, "X-Amz-Content-Sha256")? {
        None => Ok(sha256_hex(body)),
        Some(UNSIGNED_PAYLOAD) => Ok(UNSIGNED_PAYLOAD.to_owned()),
        Some(marker) if marker.starts_with("STREAMING-") => {
            Err(Refusal::Unsupported("A body signed in chunks"))
        }
        Some(hash) if hash.eq_ignore_ascii_case(&sha256_hex(body)) => Ok(hash.to_owned()),
        Some(_other) => Err(Refusal::Payload),
    }
}

/// The text of a header that may be given only once.
fn only_header<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    shown: &'static str,
) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Refusal::Malformed(shown)),
        (Some(_), Some(_)) => Err(Refusal::Malformed(shown)),
    }
}
