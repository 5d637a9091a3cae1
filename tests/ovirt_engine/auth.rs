//! Who asks: Basic credentials, persistent sessions, SSO tokens.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use uuid::Uuid;

use super::clock::Time;
use super::inventory::Inventory;
use super::mode::Mode;
use super::model::User;
use super::reply::{Reply, jboss_page, undertow_page};

/// Milliseconds that an idle session lives.
const IDLE: Time = 30 * 60_000;
/// What the SSO service grants with `ovirt-app-api`.
const SCOPE: &str = "ovirt-app-api ovirt-ext=token-info:authz-search ovirt-ext=token-info:public-authz-search \
                     ovirt-ext=token-info:validate ovirt-ext=token:password-access";

/// Sessions by cookie, tokens by themselves.
#[derive(Default)]
pub struct Sessions {
    cookies: HashMap<String, Session>,
    tokens: HashMap<String, Uuid>,
}

#[derive(Clone, Copy)]
struct Session {
    user: Uuid,
    ttl: Time,
    ends: Time,
}

/// Who asks, and the session to tell the client of.
pub struct Identity {
    pub user: Arc<User>,
    pub new_session: Option<String>,
}

impl Sessions {
    /// Forgets every session and every token.
    pub fn drop_all(&mut self) {
        self.cookies.clear();
        self.tokens.clear();
    }

    pub fn live(&self) -> usize {
        self.cookies.len() + self.tokens.len()
    }

    /// Finds out who sent `headers`; `None` is a 401.
    pub fn identify(
        &mut self,
        headers: &HeaderMap,
        mode: Mode,
        inventory: &Inventory,
        now: Time,
    ) -> Option<Identity> {
        let prefers = |word: &str| values(headers, "prefer").any(|value| value.eq_ignore_ascii_case(word));
        let persistent = prefers("persistent-auth");
        if let Some(user) = self.by_cookie(headers, persistent, now).filter(|_| !prefers("new-auth")) {
            let user = inventory.users.get(user, now)?.clone();
            return Some(Identity { user, new_session: None });
        }
        let authorization = headers.get("authorization")?.to_str().ok()?;
        let user = match authorization.split_once(' ')? {
            (scheme, token) if scheme.eq_ignore_ascii_case("bearer") && mode >= Mode::V4_1 => {
                inventory.users.get(*self.tokens.get(token.trim())?, now)?.clone()
            }
            (scheme, credentials) if scheme.eq_ignore_ascii_case("basic") => {
                basic(credentials, inventory, now)?
            }
            _ => return None,
        };
        let new_session = persistent.then(|| self.open(user.id, headers, now));
        Some(Identity { user, new_session })
    }

    /// The user of the cookie; a request that does not ask to keep the session ends it.
    fn by_cookie(&mut self, headers: &HeaderMap, persistent: bool, now: Time) -> Option<Uuid> {
        let cookie = values_of(headers, "cookie", ';').find_map(|pair| pair.strip_prefix("JSESSIONID="))?;
        let session = self.cookies.get_mut(cookie).filter(|session| now < session.ends);
        let user = session.map(|session| {
            session.ends = now + session.ttl;
            session.user
        })?;
        if !persistent {
            self.cookies.remove(cookie);
            return None;
        }
        Some(user)
    }

    fn open(&mut self, user: Uuid, headers: &HeaderMap, now: Time) -> String {
        let minutes =
            headers.get("session-ttl").and_then(|ttl| ttl.to_str().ok()?.trim().parse::<Time>().ok());
        let ttl = minutes.filter(|minutes| *minutes >= 1).map_or(IDLE, |minutes| minutes * 60_000);
        let id = Uuid::new_v4().simple().to_string();
        self.cookies.insert(id.clone(), Session { user, ttl, ends: now + ttl });
        id
    }

    /// `POST /ovirt-engine/sso/oauth/token`.
    pub fn token(
        &mut self,
        accept: &str,
        form: &[(String, String)],
        inventory: &Inventory,
        now: Time,
    ) -> Reply {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let scope = field("scope").unwrap_or_default();
        let refuse = |code: &str, message: String| {
            let app = scope.split(' ').any(|one| one == "ovirt-app-api");
            let (first, second) = if app { ("error_code", "error") } else { ("error", "error_description") };
            Reply::json(400, &json!({first: code, second: message}))
        };
        if accept != "application/json" {
            let message = "Missing parameter: 'Accept Header'";
            return Reply::json(400, &json!({"error_code": "invalid_request", "error": message}));
        }
        match field("grant_type") {
            None => return refuse("invalid_request", "Missing parameter: 'grant_type'".to_owned()),
            Some("password") => {}
            Some(other) => {
                return refuse("unsupported_grant_type", format!("Unsupported parameter: '{other}'"));
            }
        }
        let name = field("username").unwrap_or_default();
        if !name.contains('@') {
            let message =
                format!("Cannot authenticate user '{name}@N/A': No valid profile found in credentials..");
            return refuse("access_denied", message);
        }
        let Some(user) = user(name, field("password").unwrap_or_default(), inventory, now) else {
            return refuse(
                "access_denied",
                format!(
                    "Cannot authenticate user '{name}': Unable to log in. Verify your login information or contact the \
                 system administrator.."
                ),
            );
        };
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.tokens.insert(token.clone(), user.id);
        let exp = i64::MAX.to_string();
        Reply::json(200, &json!({"access_token": token, "scope": SCOPE, "exp": exp, "token_type": "bearer"}))
    }

    /// `sso-logout` and `revoke`: forgets the token.
    pub fn revoke(&mut self, form: &[(String, String)]) -> Reply {
        if let Some((_, token)) = form.iter().find(|(key, _)| key == "token") {
            self.tokens.remove(token);
        }
        Reply::json(200, &json!({}))
    }

    /// `token-info` with the scope that only validates.
    pub fn validate(&self, form: &[(String, String)]) -> Reply {
        let token = form.iter().find(|(key, _)| key == "token").map(|(_, value)| value.as_str());
        if token.is_some_and(|token| self.tokens.contains_key(token)) {
            return Reply::json(200, &json!({}));
        }
        Reply::json(
            400,
            &json!({"error": "invalid_grant", "error_description": "The provided authorization grant \
            has expired."}),
        )
    }
}

fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    values_of(headers, name, ',')
}

fn values_of<'a>(headers: &'a HeaderMap, name: &'a str, separator: char) -> impl Iterator<Item = &'a str> {
    let texts = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(move |text| text.split(separator)).map(str::trim)
}

fn basic(credentials: &str, inventory: &Inventory, now: Time) -> Option<Arc<User>> {
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    user(name, password, inventory, now)
}

fn user(name: &str, password: &str, inventory: &Inventory, now: Time) -> Option<Arc<User>> {
    inventory.users.named(name, now).filter(|user| user.password == password).cloned()
}

/// The 401 of the mode: a challenge and a page, never a fault.
pub fn unauthorized(mode: Mode) -> Reply {
    let page = match mode {
        Mode::V3_0 | Mode::V3_1 | Mode::V3_6 => {
            jboss_page(401, "This request requires HTTP authentication ().")
        }
        Mode::V4_1 | Mode::V4_4 => undertow_page(401, "Unauthorized"),
    };
    page.with("www-authenticate", format!("Basic realm=\"{}\"", mode.realm()))
}
