//! Who is calling: HTTP Basic, a signature, or the header of a SOAP message.

use bytes::Bytes;
use http::{Request, StatusCode};

use super::{errors::Fault, soap};
use crate::{
    frontends::Claim,
    wire::{basic, sign},
};

/// Who the client says it is.
///
/// # Errors
/// When it says it in a way that cannot be read.
pub(super) fn claim(request: &Request<Bytes>) -> Result<Claim, Fault> {
    if let Some(basic) = basic::find(request.headers()) {
        let (user, password) = basic.decode().ok_or_else(malformed)?;
        return Ok(Claim::Password { user, password });
    }
    if soap::wants_wsdl(request) {
        return Ok(Claim::Public);
    }
    if let Some(signature) = sign::parse(request).map_err(|refusal| Fault::from(&refusal))? {
        return Ok(Claim::Signature(Box::new(signature)));
    }
    let message = soap::is_soap(request).then(|| soap::read(request.body())).transpose()?;
    let user = message.and_then(|message| message.user);
    Ok(user.map_or(Claim::Anonymous, |(user, password)| Claim::Password { user, password }))
}

/// What a request's signature says besides whose it is.
#[derive(Debug, Default)]
pub(super) struct Signer {
    /// Whether the client tried to sign.
    pub(super) signs: bool,
    /// The region that it signed for.
    pub(super) region: Option<String>,
    /// The service that it signed for.
    pub(super) service: Option<String>,
}

impl Signer {
    /// That of this request.
    pub(super) fn of(request: &Request<Bytes>) -> Self {
        if basic::find(request.headers()).is_some() {
            return Signer::default();
        }
        match sign::parse(request) {
            Ok(None) => Signer::default(),
            Err(_) => Signer { signs: true, ..Signer::default() },
            Ok(Some(signature)) => Signer {
                signs: true,
                region: signature.region().filter(|region| is_region(region)).map(str::to_owned),
                service: signature.service().map(str::to_owned),
            },
        }
    }
}

/// What `botocore` takes for a region: letters, digits and dashes, at most 63, and not digits alone. Older clients
/// that are given an address for a host sign for a region `0`.
fn is_region(text: &str) -> bool {
    let label = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    label && !digits && text.len() <= 63 && !text.starts_with('-') && !text.ends_with('-')
}

fn malformed() -> Fault {
    let message = "The Authorization header is not a user and a password in base64";
    Fault { code: "AuthFailure", status: StatusCode::UNAUTHORIZED, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;
    use secrecy::ExposeSecret;

    use super::*;

    fn with(authorization: &str) -> Request<Bytes> {
        Request::get("/ec2?Action=DescribeRegions")
            .header(AUTHORIZATION, authorization)
            .body(Bytes::new())
            .unwrap()
    }

    #[test]
    fn basic_is_a_password() {
        for scheme in ["Basic", "basic", "BASIC"] {
            let request = with(&format!("{scheme} YWRtaW5AaW50ZXJuYWw6YTpi"));
            let Ok(Claim::Password { user, password }) = claim(&request) else { panic!("{scheme}") };
            assert_eq!((user.as_str(), password.expose_secret()), ("admin@internal", "a:b"));
            assert!(!Signer::of(&request).signs);
        }
        for wrong in ["Basic !", "Basic YWRtaW4=", "Basic "] {
            assert_eq!(claim(&with(wrong)).unwrap_err().code, "AuthFailure", "{wrong}");
        }
    }

    #[test]
    fn nothing_is_nobody() {
        let request = Request::get("/ec2?Action=DescribeRegions").body(Bytes::new()).unwrap();
        assert!(matches!(claim(&request), Ok(Claim::Anonymous)));
        assert!(!Signer::of(&request).signs);
    }

    #[test]
    fn a_region_is_what_clients_take_for_one() {
        for (text, expected) in [
            ("us-east-1", true),
            ("RegionOne", true),
            ("0", false),
            ("", false),
            ("a_b", false),
            ("-a", false),
        ] {
            assert_eq!(is_region(text), expected, "{text}");
        }
    }
}
