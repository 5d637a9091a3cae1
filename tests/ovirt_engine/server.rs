//! HTTP: from a request to a call, from a reply to bytes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Options;
use super::api::{Work, routes};
use super::auth::{self, Sessions};
use super::call::{self, Call, Place};
use super::clock::Clock;
use super::connection::{Connections, Line};
use super::control;
use super::follow::Follow;
use super::inventory::Inventory;
use super::json;
use super::listing::{Form, Listing};
use super::mangle::mangled;
use super::misbehaviour::{Kind, Misbehaviours};
use super::mode::{Api, Dialect, Mode};
use super::reply::{Body, Problem, Reply, Shown, View, undertow_page};
use super::seed;
use super::xml::DECLARATION;

/// Bytes of a request body that are read.
const MAX_BODY: usize = 4 << 20;
/// Requests that the record keeps.
const MAX_RECORDED: usize = 10_000;

/// A request as it came.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the connections of one engine share.
pub struct Core {
    pub mode: Mode,
    pub clock: Clock,
    pub misbehaviours: Misbehaviours,
    inventory: Mutex<Inventory>,
    sessions: Mutex<Sessions>,
    recorded: Mutex<VecDeque<Recorded>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    pub fn new(options: &Options) -> Core {
        let clock = Clock::new(options.speed);
        Core {
            mode: options.mode,
            inventory: Mutex::new(seed::inventory(options.mode, options.vms, clock.now())),
            clock,
            misbehaviours: Misbehaviours::default(),
            sessions: Mutex::default(),
            recorded: Mutex::default(),
        }
    }

    pub fn inventory(&self) -> MutexGuard<'_, Inventory> {
        locked(&self.inventory)
    }

    pub fn sessions(&self) -> MutexGuard<'_, Sessions> {
        locked(&self.sessions)
    }

    pub fn recorded(&self) -> Vec<Recorded> {
        locked(&self.recorded).iter().cloned().collect()
    }

    pub fn forget(&self) {
        locked(&self.recorded).clear();
    }

    fn record(&self, method: &str, target: &str, headers: &HeaderMap, body: &Bytes) {
        let header = |(name, value): (&axum::http::HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut recorded = locked(&self.recorded);
        if recorded.len() == MAX_RECORDED {
            recorded.pop_front();
        }
        recorded.push_back(Recorded {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(header).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }

    pub fn view<'v>(&'v self, inventory: &'v Inventory, shown: &'v Shown) -> View<'v> {
        let agent_lag = self.clock.scaled(super::clock::delays::GUEST_AGENT);
        View { inventory, now: self.clock.now(), agent_lag, creating: false, single: false, shown }
    }
}

/// Serves until `stopped`.
pub fn serve(core: Arc<Core>, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    let service =
        Router::new().fallback(respond).with_state(core).into_make_service_with_connect_info::<Line>();
    let stopped = async move {
        // A sender that is gone stops the server too.
        let _ = stopped.await;
    };
    tokio::spawn(
        async move { axum::serve(Connections(listener), service).with_graceful_shutdown(stopped).await },
    );
}

async fn respond(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response<HttpBody> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return send(&core, undertow_page(413, "Request Entity Too Large"), None, Form::Xml, false);
    };
    let target = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    if let Some(control) = head.uri.path().strip_prefix("/_engine/") {
        let reply = control::answer(&core, head.method.as_str(), control, &body);
        return send(&core, reply, None, Form::Xml, false);
    }
    core.record(head.method.as_str(), &target, &head.headers, &body);
    let kinds = core.misbehaviours.befalling(head.method.as_str(), &target);
    if let Some(response) = before(&core, &kinds).await {
        return response;
    }
    let response = carried_out(&core, &head, body, &kinds);
    if kinds.contains(&Kind::CloseWithoutAnswer) {
        line.cut();
        return std::future::pending().await;
    }
    mangled(response, &kinds, line)
}

/// What goes wrong before the request is looked at.
async fn before(core: &Arc<Core>, kinds: &[Kind]) -> Option<Response<HttpBody>> {
    for kind in kinds {
        match *kind {
            Kind::Html { status } => {
                return Some(send(
                    core,
                    undertow_page(status, "Service Unavailable"),
                    None,
                    Form::Xml,
                    false,
                ));
            }
            Kind::Delay { head_ms, .. } => tokio::time::sleep(Duration::from_millis(head_ms)).await,
            Kind::ForgetSessions => core.sessions().drop_all(),
            Kind::Hang => return std::future::pending().await,
            // Told once the request is known.
            Kind::Fault { .. }
            | Kind::Truncate { .. }
            | Kind::Malformed { .. }
            | Kind::CloseWithoutAnswer
            | Kind::CloseAfterAnswer
            | Kind::CloseOnReuse
            | Kind::Oversized { .. }
            | Kind::Endless => {}
        }
    }
    None
}

fn carried_out(core: &Arc<Core>, head: &Parts, body: Bytes, kinds: &[Kind]) -> Response<HttpBody> {
    let query = call::pairs(head.uri.query().unwrap_or_default(), '&');
    match call::locate(core.mode, head.uri.path()) {
        Some(place) => api(core, head, place, query, body, kinds),
        None => {
            let reply = service(core, head.uri.path(), &head.headers, query, &body);
            send(core, reply, None, Form::Xml, false)
        }
    }
}

/// What the engine offers beside its API: SSO and health.
fn service(
    core: &Core,
    path: &str,
    headers: &HeaderMap,
    query: Vec<(String, String)>,
    body: &Bytes,
) -> Reply {
    let mut form = query;
    form.extend(call::pairs(&String::from_utf8_lossy(body), '&'));
    let accept = headers.get("accept").and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let sso = core.mode >= Mode::V4_1;
    match path {
        "/ovirt-engine/sso/oauth/token" if sso => {
            core.sessions().token(accept, &form, &core.inventory(), core.clock.now())
        }
        "/ovirt-engine/services/sso-logout" | "/ovirt-engine/sso/oauth/revoke" if sso => {
            core.sessions().revoke(&form)
        }
        "/ovirt-engine/sso/oauth/token-info" if sso => core.sessions().validate(&form),
        "/ovirt-engine/services/health" => Reply::text(200, "text/html", "DB Up!Welcome to Health Status!"),
        _ if core.mode <= Mode::V3_1 => Problem::NotFound.reply(&plain_dialect(core.mode), false),
        _ => undertow_page(404, "Not Found"),
    }
}

fn plain_dialect(mode: Mode) -> Dialect {
    Dialect { mode, api: mode.default_api(), prefix: mode.bases()[0].to_owned() }
}

/// Answers a request to the API.
fn api(
    core: &Arc<Core>,
    head: &Parts,
    place: Place,
    query: Vec<(String, String)>,
    body: Bytes,
    kinds: &[Kind],
) -> Response<HttpBody> {
    let (method, headers) = (head.method.as_str(), &head.headers);
    let now = core.clock.now();
    let identity = core.sessions().identify(headers, core.mode, &core.inventory(), now);
    let Some(identity) = identity else {
        return send(core, auth::unauthorized(core.mode), None, Form::Xml, false);
    };
    let version = headers.get("version").and_then(|version| version.to_str().ok());
    let Ok(api) = call::choose_api(core.mode, place.version, version) else {
        return send(core, undertow_page(400, "Bad Request"), None, Form::Xml, false);
    };
    let dialect = Dialect { mode: core.mode, api, prefix: place.prefix.clone() };
    if !core.mode.speaks(api) {
        return send(core, Problem::MethodNotAllowed.reply(&dialect, false), None, Form::Xml, false);
    }
    let call = prepared(method, headers, place, query, body, dialect, &identity);
    let form = if !call.v3() && asks_json(&call) { Form::Json } else { Form::Xml };
    let outcome = {
        let mut inventory = core.inventory();
        let mut work = Work { inventory: &mut inventory, clock: &core.clock, now };
        let allowed = refuse_at_will(kinds)
            .and_then(|()| refuse_other_types(&call))
            .and_then(|()| refuse_unfiltered(&call));
        allowed.and_then(|()| routes::answer(&mut work, &call))
    };
    let mut reply = outcome.unwrap_or_else(|problem| problem.reply(&call.shown.dialect, call.is_action()));
    if core.mode >= Mode::V4_1 {
        reply = reply.with("correlation-id", call.correlation.clone());
    }
    if let Some(session) = identity.new_session {
        reply = session_headers(reply, core.mode, &session, &call.shown.dialect.prefix);
    }
    send(core, reply, Some(call.shown), form, kinds.contains(&Kind::Endless))
}

fn session_headers(reply: Reply, mode: Mode, session: &str, prefix: &str) -> Reply {
    let reply = reply.with("set-cookie", format!("JSESSIONID={session}; Path={prefix}; HttpOnly"));
    if mode == Mode::V3_6 { reply.with("jsessionid", session) } else { reply }
}

fn prepared(
    method: &str,
    headers: &HeaderMap,
    place: Place,
    mut params: Vec<(String, String)>,
    body: Bytes,
    dialect: Dialect,
    identity: &auth::Identity,
) -> Call {
    params.extend(place.matrix);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let param = |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let flag = |name: &str| param(name).or(header(name)).and_then(call::truth);
    let mode = dialect.mode;
    let by_default = !identity.user.admin && mode >= Mode::V4_1;
    let mut follow = Follow::default();
    if dialect.api == Api::V4 && mode >= Mode::V4_4 {
        follow = Follow::parse(param("follow").unwrap_or_default());
    }
    if dialect.v3() {
        details(header("accept"), &params, &mut follow);
    }
    let all_content = mode >= Mode::V3_6
        && header("all-content")
            .or(param("all_content").filter(|_| mode >= Mode::V4_1))
            .and_then(call::truth)
            == Some(true);
    let shown = Shown { follow, all_content, filtered: flag("filter").unwrap_or(by_default), dialect };
    let asked = header("correlation-id").or(param("correlation_id"));
    let correlation = asked.map_or_else(|| Uuid::new_v4().to_string(), cleaned);
    let user = identity.user.clone();
    let headers = headers.clone();
    Call { method: method.to_owned(), path: place.segments, params, headers, body, shown, user, correlation }
}

/// v3's `detail`: parameters of the Accept header, query and matrix parameters.
fn details(accept: Option<&str>, params: &[(String, String)], follow: &mut Follow) {
    let in_accept = accept.into_iter().flat_map(|accept| accept.split(';')).filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        (name.trim() == "detail").then_some(value)
    });
    in_accept.for_each(|value| follow.add_details(value));
    params.iter().filter(|(name, _)| name == "detail").for_each(|(_, value)| follow.add_details(value));
}

fn cleaned(correlation: &str) -> String {
    correlation.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(36).collect()
}

fn asks_json(call: &Call) -> bool {
    let accept = call.param("accept").or(call.header("accept")).unwrap_or_default();
    accept.trim_start().starts_with("application/json")
}

/// A client must take XML or JSON.
fn refuse_other_types(call: &Call) -> Result<(), Problem> {
    let accept = call.param("accept").or(call.header("accept")).unwrap_or("*/*").to_ascii_lowercase();
    let acceptable =
        ["*/*", "application/*", "application/xml", "text/xml", "application/json", "x-virt-viewer"];
    let found = accept.trim().is_empty() || acceptable.iter().any(|one| accept.contains(one));
    if found { Ok(()) } else { Err(Problem::NotAcceptable) }
}

/// Refuses what a switch wants refused.
fn refuse_at_will(kinds: &[Kind]) -> Result<(), Problem> {
    let fault = kinds.iter().find_map(|kind| match kind {
        Kind::Fault { status, reason, detail } => {
            Some(Problem::Fault(*status, reason.clone(), detail.clone()))
        }
        _ => None,
    });
    fault.map_or(Ok(()), Err)
}

/// A user who is no administrator must ask for the filtered view.
fn refuse_unfiltered(call: &Call) -> Result<(), Problem> {
    if call.user.admin || call.shown.filtered {
        return Ok(());
    }
    if call.method == "GET" {
        let detail = "Query execution failed due to insufficient permissions.";
        return Err(Problem::bad("Operation Failed", detail));
    }
    Err(Problem::denied())
}

fn send(
    core: &Arc<Core>,
    reply: Reply,
    shown: Option<Shown>,
    form: Form,
    endless: bool,
) -> Response<HttpBody> {
    let wants_json = form == Form::Json;
    let (content_type, body) = match (reply.body, shown) {
        (Body::Empty, _) => (None, HttpBody::empty()),
        (Body::Text(content_type, text), _) => (Some(content_type), HttpBody::from(text)),
        (Body::Xml(xml), _) if wants_json => (Some("application/json"), HttpBody::from(json_document(&xml))),
        (Body::Xml(xml), shown) => {
            let content_type = shown.map_or("application/xml", |shown| shown.dialect.content_type());
            (Some(content_type), HttpBody::from(format!("{DECLARATION}{xml}")))
        }
        (Body::List(root, next), Some(shown)) => {
            let content_type = if wants_json { "application/json" } else { shown.dialect.content_type() };
            (Some(content_type), Listing::new(core.clone(), shown, root, next, form, endless).into_body())
        }
        (Body::List(..), None) => (None, HttpBody::empty()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers =
        reply.headers.into_iter().chain(content_type.map(|value| ("content-type", value.to_owned())));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn json_document(xml: &str) -> String {
    json::from_xml(xml).map_or_else(String::new, |(_, value)| format!("{value:#}"))
}
