//! Who is calling: HTTP Basic ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)) alone.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, header::AUTHORIZATION};
use secrecy::SecretString;

/// The user's name and password; none when there are none, or none that can be read.
pub(super) fn credentials(request: &Request<Bytes>) -> Option<(String, SecretString)> {
    let header = request.headers().get(AUTHORIZATION)?.as_bytes();
    let (scheme, rest) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim_ascii()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), SecretString::from(password)))
}
