//! Logins: the token that Keystone gives for a password, and the catalogue that comes with it.
//!
//! A user is `USER`, `USER+PROJECT`, or either part with its domain before it: `DOMAIN/USER+DOMAIN/PROJECT`. Without a
//! project it is the user's default one. `application_credential+ID`, with the credential's secret for a password, logs
//! in with an application credential, which has its project in it.
//!
//! <https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization>

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    call::Object,
    catalogue::{Catalogue, Entry},
    faults,
    read::moment,
};
use crate::{
    exchange::{Identity, Line, ProviderUrl},
    model::{Error, ErrorKind},
    wire::json::{self, Text},
};

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The domain of users and projects of which none is said.
const DEFAULT_DOMAIN: &str = "Default";
/// The user's name with which an application credential is given.
const APPLICATION_CREDENTIAL: &str = "application_credential";
/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is good of which the end cannot be read.
const USUAL_LIFETIME: Duration = Duration::from_secs(600);

/// What a user has after logging in.
pub(super) struct Login {
    /// Tells this login from every other: what is kept for a user is kept by it.
    pub(super) id: Uuid,
    /// What is sent with every request to show who sends it.
    pub(super) token: HeaderValue,
    pub(super) catalogue: Catalogue,
    /// When another token should be got.
    until: Instant,
}

impl Login {
    /// Whether its token is about to end.
    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

/// What Keystone answers besides the token itself.
#[derive(Deserialize)]
struct Granted<'a> {
    #[serde(borrow)]
    expires_at: Option<Text<'a>>,
    #[serde(borrow)]
    issued_at: Option<Text<'a>>,
    #[serde(borrow)]
    catalog: Option<Vec<Entry<'a>>>,
}

/// Logs in; the password is checked by Keystone.
///
/// # Errors
/// `Unauthenticated` when it is wrong, `Invalid` when there is no such region.
pub(super) async fn log_in(line: Line<'_>) -> Result<Login, Error> {
    let base = line.provider.url.as_ref().map(identity_base).unwrap_or_default();
    let uri = format!("{base}/auth/tokens");
    let request = Request::builder()
        .method(Method::POST)
        .uri(&uri)
        .header(CONTENT_TYPE, JSON)
        .body(Bytes::from(json!({"auth": claim(line.identity)}).to_string()))
        .map_err(|error| {
            Error::new(ErrorKind::Internal, "a request could not be built").with_source(error)
        })?;
    let began = Instant::now();
    let response = line.fetch(request).await?;
    let (region, interface) = (line.provider.scope.as_deref(), line.provider.services.interface);
    let login = granted(&response, began, |entries| Catalogue::read(entries, region, interface));
    login.map_err(|error| error.during(|| format!("POST {uri}")))
}

/// Where version 3 of the API is: what stands in the URL, instead of version 2.0 or below a root.
fn identity_base(url: &ProviderUrl) -> String {
    match url.path.rsplit_once('/') {
        Some((_, "v3")) => url.path.clone(),
        Some((prefix, "v2.0")) => format!("{prefix}/v3"),
        _ => format!("{}/v3", url.path),
    }
}

/// The project that the identity logs in to. Of one that names none only who he is can be told: he may not pass for
/// somebody in the project that is called as he is.
pub(super) fn tenant(identity: &Identity) -> String {
    let in_domain = |text| {
        let (domain, name) = domain_and_name(text);
        format!("{domain}/{name}")
    };
    match parts(identity) {
        (APPLICATION_CREDENTIAL, Some(id)) => format!("credential {id}"),
        (_, Some(project)) => format!("project {}", in_domain(project)),
        (user, None) => format!("user {}", in_domain(user)),
    }
}

/// The user and his project.
fn parts(identity: &Identity) -> (&str, Option<&str>) {
    match identity.user.rsplit_once('+') {
        Some((user, project)) => (user, Some(project)),
        None => (&identity.user, None),
    }
}

/// Who wants to log in, and for which project.
fn claim(identity: &Identity) -> Value {
    let (user, project) = parts(identity);
    let password = identity.password.expose_secret();
    match project {
        Some(id) if user == APPLICATION_CREDENTIAL => json!({
            "identity": {"methods": [APPLICATION_CREDENTIAL], APPLICATION_CREDENTIAL: {"id": id, "secret": password}},
        }),
        _ => {
            let user = named(user).with("password", password);
            let identity = json!({"methods": ["password"], "password": {"user": Value::from(user)}});
            let scope = project.map(|project| Object::default().with("project", named(project)));
            Object::default().with("identity", identity).maybe("scope", scope).into()
        }
    }
}

/// A user or a project by name, in its domain.
fn named(text: &str) -> Object {
    let (domain, name) = domain_and_name(text);
    Object::default().with("name", name).with("domain", json!({"name": domain}))
}

fn domain_and_name(text: &str) -> (&str, &str) {
    text.split_once('/').unwrap_or((DEFAULT_DOMAIN, text))
}

fn granted(
    response: &Response<Bytes>,
    began: Instant,
    catalogue: impl FnOnce(&[Entry<'_>]) -> Result<Catalogue, Error>,
) -> Result<Login, Error> {
    match response.status() {
        status if status.is_success() => {}
        StatusCode::UNAUTHORIZED => {
            let message = "the cloud does not accept the user's name, his project or the password";
            return Err(Error::new(ErrorKind::Unauthenticated, message).safe_to_repeat());
        }
        StatusCode::NOT_FOUND | StatusCode::MULTIPLE_CHOICES => {
            let message = "there is no Keystone with version 3 of its API there: check the provider's URL";
            return Err(Error::new(ErrorKind::Unexpected, message));
        }
        _ => return Err(faults::error(response)),
    }
    let unexpected = |message| Error::new(ErrorKind::Unexpected, message);
    let token =
        response.headers().get("x-subject-token").ok_or_else(|| unexpected("Keystone gave no token"))?;
    let mut token = token.clone();
    token.set_sensitive(true);
    let granted: Granted<'_> = json::member(response.body(), "token")?;
    let entries = granted.catalog.as_deref().ok_or_else(|| {
        let message = "the user has no project of his own: log in as USER+PROJECT";
        Error::new(ErrorKind::Unauthenticated, message)
    })?;
    let until = began + lifetime(&granted).unwrap_or(USUAL_LIFETIME);
    Ok(Login { id: Uuid::new_v4(), token, catalogue: catalogue(entries)?, until })
}

/// How long the token is used: by Keystone's own clock, so that ours may be wrong.
fn lifetime(granted: &Granted<'_>) -> Option<Duration> {
    let ends = granted.expires_at.as_deref().and_then(moment)?;
    let begins = granted.issued_at.as_deref().and_then(moment)?;
    let lifetime = Duration::try_from(ends.duration_since(begins)).ok()?;
    Some(lifetime.saturating_sub(MARGIN.min(lifetime / 4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(user: &str) -> Identity {
        Identity { user: user.to_owned(), password: "geheim".into() }
    }

    #[test]
    fn a_user_has_a_project_and_both_have_domains() {
        let in_domain = |name: &str, domain: &str| json!({"name": name, "domain": {"name": domain}});
        for (text, user, project) in [
            ("demo+demo", in_domain("demo", "Default"), Some(in_domain("demo", "Default"))),
            ("acme/me@x+acme/web", in_domain("me@x", "acme"), Some(in_domain("web", "acme"))),
            ("a+b+c", in_domain("a+b", "Default"), Some(in_domain("c", "Default"))),
            ("demo", in_domain("demo", "Default"), None),
        ] {
            let claim = claim(&identity(text));
            let mut expected = user;
            expected["password"] = "geheim".into();
            assert_eq!(claim["identity"]["password"]["user"], expected, "{text}");
            assert_eq!(claim["identity"]["methods"], json!(["password"]));
            assert_eq!(
                claim.get("scope"),
                project.map(|project| json!({"project": project})).as_ref(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_tenant_is_the_project_that_is_logged_in_to() {
        let tenant = |user| tenant(&identity(user));
        for same in ["me+web", "you+web", "a+b+web", "acme/me+web", "me+Default/web"] {
            assert_eq!(tenant(same), tenant("me+web"), "{same}");
        }
        for other in ["web", "me+acme/web", "application_credential+web", "Default/web", "web+web2"] {
            assert_ne!(tenant(other), tenant("me+web"), "{other}");
        }
        assert_ne!(tenant("me"), tenant("you"));
    }

    #[test]
    fn an_application_credential_brings_its_project() {
        let claim = claim(&identity("application_credential+21dced0fd20347869b93710d2b98aae0"));
        let expected = json!({"identity": {
            "methods": ["application_credential"],
            "application_credential": {"id": "21dced0fd20347869b93710d2b98aae0", "secret": "geheim"},
        }});
        assert_eq!(claim, expected);
    }

    #[test]
    fn version_3_is_beside_version_2() {
        for (url, base) in [
            ("http://k:5000/v3", "/v3"),
            ("http://k:5000/v2.0", "/v3"),
            ("http://k:5000", "/v3"),
            ("http://k/identity", "/identity/v3"),
            ("http://k/identity/v2.0/", "/identity/v3"),
        ] {
            assert_eq!(identity_base(&ProviderUrl::parse(url).unwrap()), base, "{url}");
        }
    }

    fn answer(status: u16, token: Option<&str>, body: &str) -> Result<Login, Error> {
        let mut response = Response::builder().status(status);
        if let Some(token) = token {
            response = response.header("X-Subject-Token", token);
        }
        let response = response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        granted(&response, Instant::now(), |_| Ok(Catalogue::default()))
    }

    #[test]
    fn a_token_is_used_until_shortly_before_it_ends() {
        let body = |ends: &str| {
            format!(
                r#"{{"token": {{"issued_at": "2026-11-23T12:16:53.000000Z", "expires_at": "{ends}", "catalog": []}}}}"#
            )
        };
        let login = answer(201, Some("t"), &body("2026-11-23T13:16:53.000000Z")).unwrap();
        assert!(login.token.is_sensitive() && !login.is_over());
        assert!(login.until <= Instant::now() + Duration::from_secs(3540));
        assert!(answer(201, Some("t"), &body("2026-11-23T12:16:53.000000Z")).unwrap().is_over());
        assert!(!answer(201, Some("t"), &body("someday")).unwrap().is_over());
    }

    #[test]
    fn a_refusal_is_told_apart_from_nonsense() {
        for (status, token, body, kind) in [
            (
                401,
                None,
                r#"{"error":{"code":401,"message":"x","title":"Unauthorized"}}"#,
                ErrorKind::Unauthenticated,
            ),
            (201, Some("t"), r#"{"token": {}}"#, ErrorKind::Unauthenticated),
            (201, None, r#"{"token": {"catalog": []}}"#, ErrorKind::Unexpected),
            (201, Some("t"), "<html>", ErrorKind::Unexpected),
            (300, None, "{}", ErrorKind::Unexpected),
            (404, None, "", ErrorKind::Unexpected),
            (503, None, "", ErrorKind::Unreachable),
        ] {
            assert_eq!(answer(status, token, body).err().unwrap().kind(), kind, "{status} {body}");
        }
    }
}
