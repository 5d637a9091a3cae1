//! HTTP Basic: a user and a password in a header ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use secrecy::SecretString;

/// Credentials as a client has sent them: encoded, and not known to be readable.
#[derive(Clone, Copy)]
pub struct Basic<'a>(&'a [u8]);

/// The credentials in the `Authorization` header; none when there is none, or it is of another scheme.
pub fn find(headers: &HeaderMap) -> Option<Basic<'_>> {
    let header = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, rest) = header.split_at_checked(6)?;
    scheme.eq_ignore_ascii_case(b"basic ").then(|| Basic(rest.trim_ascii()))
}

impl Basic<'_> {
    /// The user's name and the password; none when they cannot be read.
    pub fn decode(self) -> Option<(String, SecretString)> {
        let text = String::from_utf8(STANDARD.decode(self.0).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), SecretString::from(password)))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use secrecy::ExposeSecret;

    use super::*;

    fn decoded(header: &'static str) -> Option<Option<(String, String)>> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(header))]);
        let decoded = find(&headers)?.decode();
        Some(decoded.map(|(user, password)| (user, password.expose_secret().to_owned())))
    }

    #[test]
    fn a_user_and_a_password_are_read() {
        let expected = Some(Some(("mockuser".to_owned(), "mock:password".to_owned())));
        assert_eq!(decoded("Basic bW9ja3VzZXI6bW9jazpwYXNzd29yZA=="), expected);
        assert_eq!(decoded("bAsIc  bW9ja3VzZXI6bW9jazpwYXNzd29yZA== "), expected);
    }

    #[test]
    fn what_cannot_be_read_is_told_from_what_is_not_there() {
        assert_eq!(decoded("Bearer token"), None);
        assert_eq!(decoded("Basic"), None);
        for unreadable in ["Basic !!!", "Basic bm9jb2xvbg==", "Basic /////w==", "Basic "] {
            assert_eq!(decoded(unreadable), Some(None), "{unreadable}");
        }
    }
}
