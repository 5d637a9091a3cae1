//! Logins: what a user gets for his password, and sends instead of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE},
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    dialect::LoginForm,
    engine::{Engine, request, root},
    faults,
    session::Document,
};
use crate::{
    exchange::{Identity, Line},
    model::{Error, ErrorKind},
    wire::form,
};

/// Where the single sign-on is when the API is not where it usually is.
const USUAL_SINGLE_SIGN_ON: &str = "/ovirt-engine/sso/oauth/token";
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// Without it an engine ends the session after every request.
const PERSISTENT: HeaderValue = HeaderValue::from_static("persistent-auth");

/// What a user has after logging in.
pub(super) struct Login {
    /// Tells this login from every other: what is kept for a user is kept by it.
    pub(super) id: Uuid,
    credential: Credential,
}

/// What is sent with every request to show who sends it.
enum Credential {
    Authorization(HeaderValue),
    Cookie(HeaderValue),
}

impl Login {
    /// Shows who sends the request.
    pub(super) fn sign(&self, headers: &mut HeaderMap) {
        match &self.credential {
            Credential::Authorization(value) => headers.insert(AUTHORIZATION, value.clone()),
            Credential::Cookie(value) => {
                headers.insert("prefer", PERSISTENT);
                headers.insert(COOKIE, value.clone())
            }
        };
    }
}

/// Logs in; the password is checked by the engine whatever the form is.
///
/// # Errors
/// `Unauthenticated` when it is wrong.
pub(super) async fn log_in(engine: &Engine, line: Line<'_>) -> Result<Login, Error> {
    let credential = match engine.dialect.login {
        LoginForm::Basic => begin_session(engine, line, None).await?,
        LoginForm::Cookie => begin_session(engine, line, Some(PERSISTENT)).await?,
        LoginForm::Token => Credential::Authorization(access_token(engine, line).await?),
    };
    Ok(Login { id: Uuid::new_v4(), credential })
}

/// The password as it is sent with one request.
pub(super) fn basic(identity: &Identity) -> Result<HeaderValue, Error> {
    let pair = format!("{}:{}", identity.user, identity.password.expose_secret());
    secret(format!("Basic {}", STANDARD.encode(pair)))
}

fn secret(value: String) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(value).map_err(|_| {
        Error::new(ErrorKind::Unexpected, "the engine gave a credential that cannot be sent in a header")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Asks for the root of the API, which begins a persistent session where there are such; an engine that gives no
/// cookie for one gets the password every time.
async fn begin_session(
    engine: &Engine,
    line: Line<'_>,
    prefer: Option<HeaderValue>,
) -> Result<Credential, Error> {
    let password = basic(line.identity)?;
    let persistent = prefer.is_some();
    let response = root(line, &engine.base, password.clone(), prefer).await?;
    let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.filter_map(|cookie| cookie.split(';').next());
    let session = pairs.find(|pair| persistent && pair.starts_with("JSESSIONID=")).map(str::to_owned);
    Document::of(response, format!("GET {}", engine.base))?;
    session.map_or(Ok(Credential::Authorization(password)), |session| secret(session).map(Credential::Cookie))
}

/// Gets an access token of the single sign-on.
async fn access_token(engine: &Engine, line: Line<'_>) -> Result<HeaderValue, Error> {
    let uri = match engine.base.strip_suffix("/api") {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}/sso/oauth/token"),
        _ => USUAL_SINGLE_SIGN_ON.to_owned(),
    };
    let mut body = String::from("grant_type=password&scope=ovirt-app-api&username=");
    body.extend(form::encode(&line.identity.user));
    body.push_str("&password=");
    body.extend(form::encode(line.identity.password.expose_secret()));
    let mut request = request(Method::POST, &uri, body.into())?;
    // Anything else that is accepted is refused: the engine compares the text.
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(CONTENT_TYPE, FORM);
    let response = line.fetch(request).await?;
    granted(&response).map_err(|error| error.during(|| format!("POST {uri}")))
}

/// What the single sign-on answers; the code and the text of a refusal have two pairs of names.
#[derive(Deserialize)]
struct Grant {
    access_token: Option<String>,
    error: Option<String>,
    error_code: Option<String>,
    error_description: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Grants {
    One(Grant),
    Many(Vec<Grant>),
}

fn granted(response: &Response<Bytes>) -> Result<HeaderValue, Error> {
    let grant = match serde_json::from_slice(response.body()) {
        Ok(Grants::One(grant)) => Some(grant),
        Ok(Grants::Many(grants)) => grants.into_iter().next(),
        Err(_) => None,
    };
    match grant {
        Some(Grant { access_token: Some(token), .. }) if response.status().is_success() => {
            secret(format!("Bearer {token}"))
        }
        Some(Grant { error_code: Some(code), error: Some(text), .. })
        | Some(Grant { error: Some(code), error_description: Some(text), .. }) => Err(refused(&code, &text)),
        _ if response.status().is_success() => {
            Err(Error::new(ErrorKind::Unexpected, "the engine's single sign-on gave no token"))
        }
        _ => Err(faults::error(response)),
    }
}

fn refused(code: &str, text: &str) -> Error {
    let kind = match code {
        "access_denied" | "invalid_grant" => ErrorKind::Unauthenticated,
        _ => ErrorKind::Unexpected,
    };
    Error::new(kind, faults::readable(&format!("{}.", text.trim_end_matches('.')))).safe_to_repeat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
    }

    #[test]
    fn a_token_comes_alone_or_in_a_list() {
        for body in [r#"{"access_token":"abc","exp":"9"}"#, r#"[{"access_token":"abc"}]"#] {
            let header = granted(&answer(200, body)).unwrap();
            assert_eq!(header.to_str().unwrap(), "Bearer abc");
            assert!(header.is_sensitive());
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_engine() {
        let text = "Cannot authenticate user 'admin@internal': Unable to log in. Verify your login information or \
                    contact the system administrator";
        for body in [
            format!(r#"{{"error_code":"access_denied","error":"{text}.."}}"#),
            format!(r#"{{"error":"access_denied","error_description":"{text}.."}}"#),
        ] {
            let error = granted(&answer(400, &body)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated);
            assert_eq!(error.message(), format!("{text}."));
        }
    }

    #[test]
    fn what_is_no_grant_is_unexpected() {
        for (status, body) in [
            (200, "<html>"),
            (200, "{}"),
            (200, "[]"),
            (500, "{}"),
            (400, r#"{"error_code":"server_error","error":"x"}"#),
        ] {
            assert_eq!(
                granted(&answer(status, body)).unwrap_err().kind(),
                ErrorKind::Unexpected,
                "{status} {body}"
            );
        }
    }
}
