//! AWS Signature Version 2, in the query or in a form.
//!
//! Source: "Signature Version 2 signing process" in the AWS General Reference, which Eucalyptus, boto 2 and
//! libcloud follow. It covers the method, the host, the path and every parameter, but no header and no other
//! body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request};
use jiff::{SignedDuration, Timestamp};

use super::digest::{hmac_sha1, hmac_sha256, same};
use super::head::Head;
use super::parameters::{Parameters, canonical, is_form};
use super::refusal::Refusal;
use super::{Credentials, instant};

/// The parameter that cannot be part of what it signs.
const SIGNATURE: &str = "Signature";
/// The ports that clients leave out of the host, or put there although it is usual to leave them out.
const DEFAULT_PORTS: [&str; 2] = [":80", ":443"];

/// Signs `parameters` and returns all of them with the signature, encoded, as the query of a GET or the form
/// of a POST.
///
/// `host` is the `Host` header's value with its port, `path` the target's path as it will be written.
pub fn sign(
    method: &Method,
    host: &str,
    path: &str,
    parameters: &[(&str, &str)],
    credentials: &Credentials<'_>,
    now: Timestamp,
) -> String {
    let timestamp = instant::to_extended(now);
    let mut all = parameters.to_vec();
    all.extend([
        ("AWSAccessKeyId", credentials.access_key),
        ("SignatureVersion", "2"),
        ("SignatureMethod", Algorithm::HmacSha256.name()),
        ("Timestamp", timestamp.as_str()),
    ]);
    all.extend(credentials.token.map(|token| ("SecurityToken", token)));
    let canonical = canonical(&all);
    let to_sign = string_to_sign(method, &host.to_ascii_lowercase(), path, &canonical);
    let signature = STANDARD.encode(Algorithm::HmacSha256.sign(credentials.secret, &to_sign));
    format!("{canonical}&{SIGNATURE}={}", crate::wire::form::encode(&signature))
}

/// A signature that was read and not yet checked.
pub(super) struct Claim {
    access_key: String,
    token: Option<String>,
    algorithm: Algorithm,
    moment: Moment,
    signature: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    HmacSha256,
    HmacSha1,
}

/// The one of two times that a client may give.
enum Moment {
    Signed(Timestamp),
    End(Timestamp),
}

impl Claim {
    /// Reads the parameters of a signature; `None` when there are none of them.
    pub(super) fn from_parameters(parameters: &Parameters<'_>) -> Result<Option<Self>, Refusal> {
        if !parameters.any(&["AWSAccessKeyId", SIGNATURE]) {
            return Ok(None);
        }
        let access_key = parameters.need("AWSAccessKeyId")?;
        if access_key.is_empty() {
            return Err(Refusal::Malformed("AWSAccessKeyId"));
        }
        if parameters.need("SignatureVersion")? != "2" {
            return Err(Refusal::Unsupported("This SignatureVersion"));
        }
        let signature = STANDARD.decode(parameters.need(SIGNATURE)?);
        Ok(Some(Self {
            access_key: access_key.to_owned(),
            token: parameters.get("SecurityToken")?.map(str::to_owned),
            algorithm: Algorithm::named(parameters.need("SignatureMethod")?)?,
            moment: Moment::of(parameters)?,
            signature: signature.map_err(|_| Refusal::Malformed(SIGNATURE))?,
        }))
    }

    pub(super) fn access_key(&self) -> &str {
        &self.access_key
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(super) fn verify(
        &self,
        request: &Request<Bytes>,
        secret: &[u8],
        now: Timestamp,
        skew: SignedDuration,
    ) -> Result<(), Refusal> {
        match self.moment {
            Moment::Signed(signed) => instant::check_signed(signed, now, skew)?,
            Moment::End(end) => instant::check_end(end, now)?,
        }
        if !request.body().is_empty() && !is_form(request) {
            return Err(Refusal::Unsupported("A version 2 signature with a body that is not a form"));
        }
        let head = Head::from(request);
        let canonical = Parameters::of_request(request)?.canonical(Some(SIGNATURE));
        let path = head.path()?;
        let host = head.host().ok_or(Refusal::Missing("the Host header"))?;
        let matches = |host: &String| {
            let to_sign = string_to_sign(head.method, host, path, &canonical);
            same(&self.signature, &self.algorithm.sign(secret, &to_sign)).is_ok()
        };
        if spellings(&host).iter().any(matches) { Ok(()) } else { Err(Refusal::Mismatch) }
    }
}

impl Algorithm {
    fn named(name: &str) -> Result<Self, Refusal> {
        [Self::HmacSha256, Self::HmacSha1]
            .into_iter()
            .find(|known| known.name() == name)
            .ok_or(Refusal::Unsupported("This SignatureMethod"))
    }

    fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HmacSHA256",
            Self::HmacSha1 => "HmacSHA1",
        }
    }

    fn sign(self, secret: &[u8], to_sign: &str) -> Vec<u8> {
        match self {
            Self::HmacSha256 => hmac_sha256(secret, to_sign.as_bytes()),
            Self::HmacSha1 => hmac_sha1(secret, to_sign.as_bytes()),
        }
    }
}

impl Moment {
    fn of(parameters: &Parameters<'_>) -> Result<Self, Refusal> {
        let read = |text, name| instant::from_extended(text).ok_or(Refusal::Malformed(name));
        match (parameters.get("Timestamp")?, parameters.get("Expires")?) {
            (Some(text), None) => read(text, "Timestamp").map(Self::Signed),
            (None, Some(text)) => read(text, "Expires").map(Self::End),
            (None, None) => Err(Refusal::Missing("Timestamp or Expires")),
            (Some(_), Some(_)) => {
                Err(Refusal::Malformed("the pair of Timestamp and Expires, of which one is allowed,"))
            }
        }
    }
}

fn string_to_sign(method: &Method, host: &str, path: &str, canonical: &str) -> String {
    format!("{method}\n{host}\n{path}\n{canonical}")
}

/// The host as received first, then as a client may have signed it: clients and proxies disagree about the
/// port.
fn spellings(host: &str) -> Vec<String> {
    let has_port =
        |(_, port): &(&str, &str)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let others = match host.rsplit_once(':').filter(has_port) {
        Some((bare, _)) => vec![bare.to_owned()],
        None => DEFAULT_PORTS.iter().map(|port| format!("{host}{port}")).collect(),
    };
    std::iter::once(host.to_owned()).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_few_spellings() {
        assert_eq!(spellings("ec2.example.com:8788"), ["ec2.example.com:8788", "ec2.example.com"]);
        assert_eq!(spellings("example.com"), ["example.com", "example.com:80", "example.com:443"]);
        assert_eq!(spellings("[::1]:3001"), ["[::1]:3001", "[::1]"]);
        assert_eq!(spellings("[::1]"), ["[::1]", "[::1]:80", "[::1]:443"]);
    }
}
