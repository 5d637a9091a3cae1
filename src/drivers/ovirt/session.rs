//! Sessions: which engine it is, who is logged in, and how every request is sent.
//!
//! The engine is asked once which version it is, and again after a while: it may be upgraded under us. Users log in
//! once; what they get is kept per identity and renewed, once, when the engine refuses it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE},
};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{
    call::{Call, encoded},
    dialect::{Api, Details, Dialect, LoginForm, Version},
    faults,
    hardware_profiles::InstanceTypes,
    kept::Kept,
    places::Places,
};
use crate::{
    exchange::{Cloud, Identity, Level, Line, Logins, Provider},
    model::{Error, ErrorKind},
    wire::{
        Decode,
        xml::{self, Element, Malformed},
    },
};

/// How long it is believed that the engine is the version that it was.
const VERSION_BELIEVED: Duration = Duration::from_secs(3600);
/// Where the API is when the provider's URL does not say: since 3.4, and before.
const USUAL_BASES: &[&str] = &["/ovirt-engine/api", "/api"];
/// Where the single sign-on is when the API is not where it usually is.
const USUAL_SINGLE_SIGN_ON: &str = "/ovirt-engine/sso/oauth/token";
const XML: HeaderValue = HeaderValue::from_static("application/xml");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const PREFER: &str = "prefer";
const PERSISTENT: HeaderValue = HeaderValue::from_static("persistent-auth");

/// What is known of one provider's engine and of those who are logged in to it.
#[derive(Default)]
pub(super) struct Sessions {
    engine: Mutex<Option<(Instant, Arc<Engine>)>>,
    logins: Logins<Login>,
}

/// An engine, as it was detected.
#[derive(Debug)]
pub(super) struct Engine {
    base: String,
    pub(super) version: Version,
    pub(super) dialect: &'static Dialect,
}

/// What a user has after logging in.
pub(super) struct Login {
    credential: Credential,
    /// The data centers and clusters that he sees.
    pub(super) places: Kept<Places>,
    /// The instance types that he sees.
    pub(super) instance_types: Kept<InstanceTypes>,
}

/// What is sent with every request to show who sends it.
enum Credential {
    Authorization(HeaderValue),
    Cookie(HeaderValue),
}

/// A document that answered a call.
#[derive(Debug)]
pub(super) struct Document {
    body: Bytes,
    call: String,
}

/// One operation's way to the engine.
pub(super) struct Session<'a> {
    sessions: &'a Sessions,
    pub(super) engine: Arc<Engine>,
    pub(super) line: Line<'a>,
}

impl Sessions {
    /// The way to the engine for one operation.
    ///
    /// # Errors
    /// When the engine has to be asked for its version and does not say it.
    pub(super) async fn open<'a>(&'a self, line: Line<'a>) -> Result<Session<'a>, Error> {
        let engine = match self.believed() {
            Some(engine) => engine,
            // Everybody asks for himself: another one's wrong password is not his failure.
            None => self.believe(Box::pin(detect(line)).await?),
        };
        Ok(Session { sessions: self, engine, line })
    }

    fn believed(&self) -> Option<Arc<Engine>> {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, engine) = engine.as_ref()?;
        (since.elapsed() < VERSION_BELIEVED).then(|| engine.clone())
    }

    fn believe(&self, engine: Engine) -> Arc<Engine> {
        let engine = Arc::new(engine);
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), engine.clone()));
        engine
    }
}

impl<'a> Session<'a> {
    /// How the engine is spoken to.
    pub(super) fn dialect(&self) -> &'static Dialect {
        self.engine.dialect
    }

    /// The account that is used.
    pub(super) fn provider(&self) -> &'a Provider {
        self.line.provider
    }

    /// The user's login, made now if there is none.
    ///
    /// # Errors
    /// When he cannot log in.
    pub(super) async fn login(&self) -> Result<Arc<Login>, Error> {
        self.sessions.logins.get(self.line.identity, self.log_in()).await
    }

    async fn log_in_again(&self, stale: &Arc<Login>) -> Result<Arc<Login>, Error> {
        self.sessions.logins.renew(self.line.identity, stale, self.log_in()).await
    }

    /// What is rarely done is boxed when it is done: it would make the future of every call several times as large.
    async fn log_in(&self) -> Result<Login, Error> {
        Box::pin(log_in(&self.engine, self.line)).await
    }

    /// Makes a call and reads the whole document that answers it.
    ///
    /// # Errors
    /// When the exchange fails, or what the engine's refusal means.
    pub(super) async fn fetch(&self, call: Call) -> Result<Document, Error> {
        let login = self.login().await?;
        let mut response = self.line.fetch(self.request(&call, &login)?).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let login = Box::pin(self.log_in_again(&login)).await?;
            response = self.line.fetch(self.request(&call, &login)?).await?;
        }
        Document::of(response, self.name(&call))
    }

    /// Makes a call and reads the whole document that answers it; none when there is nothing there.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub(super) async fn fetch_if_there(&self, call: Call) -> Result<Option<Document>, Error> {
        match self.fetch(call).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            document => document.map(Some),
        }
    }

    /// Makes a call and feeds what answers it to `decode`, as it comes.
    ///
    /// # Errors
    /// When the exchange fails, the answer makes no sense or the receiver fails, or what the engine's refusal means.
    pub(super) async fn stream(
        &self,
        cloud: &mut Cloud<'_>,
        call: Call,
        decode: &mut dyn Decode,
    ) -> Result<(), Error> {
        let login = self.login().await?;
        let mut response = cloud.stream(self.request(&call, &login)?, decode).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let login = Box::pin(self.log_in_again(&login)).await?;
            response = cloud.stream(self.request(&call, &login)?, decode).await?;
        }
        Document::of(response, self.name(&call)).map(|_| ())
    }

    /// Makes a call that is an action or a removal.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), or when the engine does not say that it took it on.
    pub(super) async fn act(&self, call: Call) -> Result<(), Error> {
        let Document { body, call } = self.fetch(call).await?;
        faults::taken_on(&body).map_err(|error| error.during(|| call))
    }

    fn name(&self, call: &Call) -> String {
        let path = call.target.split('?').next().unwrap_or_default();
        format!("{} {}{path}", call.method, self.engine.base)
    }

    fn request(&self, call: &Call, login: &Login) -> Result<Request<Bytes>, Error> {
        let Dialect { api, details, .. } = self.dialect();
        let (version, accept, follow) = match details {
            Details::Detail(what) if call.details => (Api::V3, detailed(what)?, None),
            Details::Follow(what) if call.details => (*api, XML, Some(what)),
            Details::Detail(_) | Details::Follow(_) => (*api, XML, None),
        };
        let call = match follow {
            Some(what) => &call.clone().query("follow", what),
            None => call,
        };
        let uri = format!("{}{}", self.engine.base, call.target);
        let mut request = request(call.method.clone(), &uri, call.body.clone())?;
        let headers = request.headers_mut();
        headers.insert("version", HeaderValue::from_static(version.header()));
        headers.insert(ACCEPT, accept);
        login.credential.add_to(headers);
        if !call.body.is_empty() {
            headers.insert(CONTENT_TYPE, XML);
        }
        with_rights_of(self.provider().level, headers);
        Ok(request)
    }
}

impl Credential {
    fn add_to(&self, headers: &mut HeaderMap) {
        match self {
            Credential::Authorization(value) => headers.insert(AUTHORIZATION, value.clone()),
            Credential::Cookie(value) => {
                headers.insert(PREFER, PERSISTENT);
                headers.insert(COOKIE, value.clone())
            }
        };
    }
}

/// A request as all are: faults are judged by their English texts where no status tells them apart.
fn request(method: Method, uri: &str, body: Bytes) -> Result<Request<Bytes>, Error> {
    let built = Request::builder().method(method).uri(uri).header(ACCEPT_LANGUAGE, "en-US").body(body);
    built.map_err(|error| Error::new(ErrorKind::Internal, "a request could not be built").with_source(error))
}

/// A user without an administrator's rights is refused whatever he does not ask to be filtered, even the root.
fn with_rights_of(level: Level, headers: &mut HeaderMap) {
    if level == Level::User {
        headers.insert("filter", HeaderValue::from_static("true"));
    }
}

fn detailed(what: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::try_from(format!("application/xml; detail={what}"));
    value.map_err(|error| Error::new(ErrorKind::Internal, "a header could not be built").with_source(error))
}

impl Document {
    /// The document that a response is, or what it means when it is no success; `call` is the native call.
    fn of(response: Response<Bytes>, call: String) -> Result<Self, Error> {
        if response.status().is_success() {
            return Ok(Document { body: response.into_body(), call });
        }
        Err(faults::error(&response).during(|| call))
    }

    /// Reads it; `read` is given its root, of whatever name.
    ///
    /// # Errors
    /// `Unexpected` when it is malformed or `read` finds something else than it looks for.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&mut Element<'_>) -> Result<T, Malformed>,
    ) -> Result<T, Error> {
        xml::document(&self.body, read)
            .map_err(|malformed| Error::from(malformed).during(|| self.call.clone()))
    }
}

/// Asks for the root of the API, which says the version in both representations.
async fn detect(line: Line<'_>) -> Result<Engine, Error> {
    let url = line.provider.url.as_ref();
    let path = url.map(|url| url.path.as_str()).unwrap_or_default();
    let bases = if path.is_empty() { USUAL_BASES } else { &[path] };
    let mut answer = None;
    for base in bases {
        let response = root(line, base, basic(line.identity)?, false).await?;
        let found = response.status() != StatusCode::NOT_FOUND;
        answer = Some((base, response));
        if found {
            break;
        }
    }
    let (base, response) = answer.ok_or_else(|| Error::new(ErrorKind::Internal, "an API has no base"))?;
    let call = format!("GET {base}");
    if response.status() == StatusCode::NOT_FOUND {
        let message = format!("there is no oVirt API at '{base}': check the provider's URL");
        return Err(Error::new(ErrorKind::Unexpected, message).during(|| call));
    }
    let version = Document::of(response, call)?.read(version_of_root)?;
    tracing::info!(provider = %line.provider.name, base, major = version.major, minor = version.minor, "oVirt engine");
    Ok(Engine { base: (*base).to_owned(), version, dialect: version.dialect()? })
}

async fn root(
    line: Line<'_>,
    base: &str,
    authorization: HeaderValue,
    persistent: bool,
) -> Result<Response<Bytes>, Error> {
    let mut request = request(Method::GET, base, Bytes::new())?;
    request.headers_mut().insert(ACCEPT, XML);
    request.headers_mut().insert(AUTHORIZATION, authorization);
    if persistent {
        request.headers_mut().insert(PREFER, PERSISTENT);
    }
    let level = line.provider.level;
    with_rights_of(level, request.headers_mut());
    line.fetch(request).await
}

fn version_of_root(root: &mut Element<'_>) -> Result<Version, Malformed> {
    let mut version = None;
    if root.name() != "api" {
        return Err(Malformed::new("it is not the root of an oVirt API"));
    }
    root.children(|child| match child.name() {
        "product_info" => child.children(|child| {
            if child.name() == "version" {
                version = Some(read_version(child)?);
            }
            Ok(())
        }),
        _other => Ok(()),
    })?;
    version.ok_or_else(|| Malformed::new("the root of the API does not say the engine's version"))
}

/// A version: attributes in version 3, children in version 4.
pub(super) fn read_version(element: &mut Element<'_>) -> Result<Version, Malformed> {
    let number = |text: &str| text.trim().parse().map_err(|_| Malformed::new("a version is not a number"));
    let mut version = Version::new(0, 0);
    if let Some(major) = element.attribute("major")? {
        version.major = number(&major)?;
    }
    if let Some(minor) = element.attribute("minor")? {
        version.minor = number(&minor)?;
    }
    element.children(|child| {
        match child.name() {
            "major" => version.major = number(&child.text()?)?,
            "minor" => version.minor = number(&child.text()?)?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(version)
}

async fn log_in(engine: &Engine, line: Line<'_>) -> Result<Login, Error> {
    let credential = match engine.dialect.login {
        LoginForm::Basic => Credential::Authorization(basic(line.identity)?),
        LoginForm::Cookie => begin_session(engine, line).await?,
        LoginForm::Token => Credential::Authorization(access_token(engine, line).await?),
    };
    Ok(Login { credential, places: Kept::default(), instance_types: Kept::default() })
}

fn basic(identity: &Identity) -> Result<HeaderValue, Error> {
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

/// Begins a persistent session; an engine that gives no cookie gets the password every time.
async fn begin_session(engine: &Engine, line: Line<'_>) -> Result<Credential, Error> {
    let password = basic(line.identity)?;
    let response = root(line, &engine.base, password.clone(), true).await?;
    let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.filter_map(|cookie| cookie.split(';').next());
    let session = pairs.find(|pair| pair.starts_with("JSESSIONID=")).map(str::to_owned);
    Document::of(response, format!("GET {}", engine.base))?;
    session.map_or(Ok(Credential::Authorization(password)), |session| secret(session).map(Credential::Cookie))
}

/// Gets an access token of the single sign-on.
async fn access_token(engine: &Engine, line: Line<'_>) -> Result<HeaderValue, Error> {
    let uri = match engine.base.strip_suffix("/api") {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}/sso/oauth/token"),
        _ => USUAL_SINGLE_SIGN_ON.to_owned(),
    };
    let mut form = String::from("grant_type=password&scope=ovirt-app-api&username=");
    form.extend(encoded(&line.identity.user));
    form.push_str("&password=");
    form.extend(encoded(line.identity.password.expose_secret()));
    let mut request = request(Method::POST, &uri, form.into())?;
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

    #[test]
    fn the_root_says_the_version_in_both_representations() {
        let v3 = r#"<api><product_info><name>RHEVM</name><version major="3" minor="1" build="0"/></product_info></api>"#;
        let v4 = "<api><product_info><version><build>10</build><major>4</major><minor>4</minor></version></product_info></api>";
        assert_eq!(xml::document(v3.as_bytes(), version_of_root).unwrap(), Version::new(3, 1));
        assert_eq!(xml::document(v4.as_bytes(), version_of_root).unwrap(), Version::new(4, 4));
        assert!(xml::document(b"<html><body/></html>", version_of_root).is_err());
    }
}
