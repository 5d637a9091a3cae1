//! *Relay*: a back end's own API, let through at the same edge by Pingora's phases.
//!
//! Bytes go through as they are; only the head is mended, so that the client, which knows the gateway's name, and the
//! back end, which knows its own, each see theirs: `Host`, redirects, links, cookies. Hop-by-hop headers are taken off
//! by Pingora.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use percent_encoding::percent_decode_str;
use pingora::{
    ErrorSource, ErrorType,
    http::{RequestHeader, ResponseHeader},
};

use super::{
    accounts::{Account, Accounts},
    client::Client,
};
use crate::{
    exchange::Provider,
    frontends::{Choice, Head, Reply},
};

/// The response headers that hold URLs of the back end.
const LINKS: [header::HeaderName; 3] = [header::LOCATION, header::CONTENT_LOCATION, header::LINK];

/// The account whose back end serves this path, when the operator lets its API through.
pub(super) fn account<'a>(accounts: &'a Accounts, request: &RequestHeader) -> Option<&'a Arc<Account>> {
    let chosen = accounts.chosen(&Choice::of(&request.headers)).ok()?.unwrap_or(accounts.default_account());
    let url = chosen.provider.url.as_ref()?;
    let open = chosen.provider.relay && serves(&url.path, request.uri.path());
    open.then_some(chosen)
}

/// Whether `path` is in the web application whose API is at `api`: `/ovirt-engine/sso` is where `/ovirt-engine/api` is.
fn serves(api: &str, path: &str) -> bool {
    let application = api.split('/').nth(1).filter(|name| !name.is_empty()).unwrap_or("ovirt-engine");
    let mut segments = path.split('/');
    segments.next() == Some("") && segments.next() == Some(application) && !segments.any(climbs)
}

/// Whether a segment leads out of the folder it is in, in any of the spellings that servers understand.
fn climbs(segment: &str) -> bool {
    let decoded = percent_decode_str(segment).decode_utf8_lossy();
    let name = decoded.split(';').next().unwrap_or_default();
    matches!(name, "." | "..") || decoded.contains(['/', '\\'])
}

/// Addresses the request to the back end, and tells it who the client is.
pub(super) fn rewrite_request(
    client: &Client,
    request: &mut RequestHeader,
    provider: &Provider,
) -> pingora::Result<()> {
    request.insert_header(header::HOST, provider.endpoint.authority.as_str())?;
    request.remove_header("x-deltacloud-driver");
    request.remove_header("x-deltacloud-provider");
    if !client.host.is_empty() {
        request.insert_header("x-forwarded-host", client.host.as_str())?;
    }
    request.insert_header("x-forwarded-proto", client.scheme())?;
    if let Some(ip) = client.ip {
        request.insert_header("x-forwarded-for", ip.to_string())?;
    }
    request.remove_header("forwarded");
    Ok(())
}

/// Lets the answer speak of the gateway where it spoke of the back end.
pub(super) fn rewrite_response(
    client: &Client,
    response: &mut ResponseHeader,
    provider: &Provider,
) -> pingora::Result<()> {
    if client.host.is_empty() {
        return Ok(());
    }
    let outside = format!("{}://{}", client.scheme(), client.host);
    for name in LINKS {
        rewrite_each(response, &name, |value| relinked(value, &provider.endpoint.authority, &outside))?;
    }
    rewrite_each(response, &header::SET_COOKIE, |cookie| {
        recooked(cookie, &provider.endpoint.host, client.secure)
    })
}

fn rewrite_each(
    response: &mut ResponseHeader,
    name: &header::HeaderName,
    rewrite: impl Fn(&str) -> String,
) -> pingora::Result<()> {
    let values: Vec<HeaderValue> = response.headers.get_all(name).iter().cloned().collect();
    if values.is_empty() {
        return Ok(());
    }
    response.remove_header(name);
    for value in values {
        match value.to_str() {
            Ok(text) => response.append_header(name.clone(), rewrite(text))?,
            Err(_) => response.append_header(name.clone(), value)?,
        };
    }
    Ok(())
}

/// `value` with every `http(s)://authority` in it, as a whole authority, replaced by `outside`.
fn relinked(value: &str, authority: &str, outside: &str) -> String {
    let mut out = value.to_owned();
    for scheme in ["https://", "http://"] {
        let inside = format!("{scheme}{authority}");
        let mut rest = std::mem::take(&mut out);
        while let Some(at) = rest.find(&inside) {
            let after = rest.split_off(at + inside.len());
            rest.truncate(at);
            let whole = !after
                .starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '.' | ':' | '-'));
            out.push_str(&rest);
            out.push_str(if whole { outside } else { &inside });
            rest = after;
        }
        out.push_str(&rest);
    }
    out
}

/// A cookie that the client will send back to the gateway: not bound to the back end's name, nor to TLS where the
/// client has none.
fn recooked(cookie: &str, host: &str, secure: bool) -> String {
    let kept = cookie.split(';').filter(|attribute| {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let name = name.trim();
        let bound =
            name.eq_ignore_ascii_case("domain") && host.ends_with(value.trim().trim_start_matches('.'));
        !bound && (secure || !name.eq_ignore_ascii_case("secure"))
    });
    kept.collect::<Vec<_>>().join(";")
}

/// The status that a failed relay is answered with; 0 when the client is gone and none is.
pub(super) fn status_of(error: &pingora::Error) -> u16 {
    match (error.etype(), error.esource()) {
        (ErrorType::HTTPStatus(status), _) => *status,
        (ErrorType::ConnectTimedout | ErrorType::ReadTimedout, ErrorSource::Upstream) => 504,
        (_, ErrorSource::Upstream) => 502,
        (
            ErrorType::WriteError | ErrorType::ReadError | ErrorType::ConnectionClosed,
            ErrorSource::Downstream,
        ) => 0,
        (_, ErrorSource::Downstream) => 400,
        _ => 500,
    }
}

/// The answer to a request that could not be relayed.
pub(super) fn failure(status: StatusCode) -> Reply {
    let text = match status {
        StatusCode::GATEWAY_TIMEOUT => "The back end did not answer in time.\n",
        StatusCode::BAD_GATEWAY => "The back end cannot be reached, or its answer is broken.\n",
        StatusCode::SERVICE_UNAVAILABLE => "The gateway is working on as many requests as it may.\n",
        _ => "The request could not be relayed.\n",
    };
    let head = Head::new(status, "text/plain; charset=utf-8");
    Reply { head, headers: Vec::new(), body: Bytes::from_static(text.as_bytes()), outcome: "relay_failed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_engines_own_application_is_let_through() {
        for path in
            ["/ovirt-engine/api", "/ovirt-engine/", "/ovirt-engine/sso/oauth/token", "/ovirt-engine/a..b/c.d"]
        {
            assert!(serves("/ovirt-engine/api", path), "{path}");
        }
        for path in [
            "/",
            "/api",
            "/ovirt-engineer/x",
            "/ovirt-engine/../manager",
            "/ovirt-engine/..",
            "/ovirt-engine/%2e%2e/manager",
            "/ovirt-engine/..;/manager",
            "/ovirt-engine/a/%2E%2e;x=1/b",
            "/ovirt-engine/..%2fmanager",
            "/ovirt-engine/..%5cmanager",
        ] {
            assert!(!serves("/ovirt-engine/api", path), "{path}");
        }
    }

    #[test]
    fn links_to_the_back_end_become_links_to_the_gateway() {
        let (inside, outside) = ("engine:8443", "http://edge");
        for (value, expected) in [
            ("https://engine:8443/api/vms/1", "http://edge/api/vms/1"),
            (
                "<https://engine:8443/a>; rel=a,<http://engine:8443/b>; rel=b",
                "<http://edge/a>; rel=a,<http://edge/b>; rel=b",
            ),
            ("https://engine:84430/x", "https://engine:84430/x"),
            ("/relative", "/relative"),
            ("https://elsewhere/?to=https://engine:8443", "https://elsewhere/?to=http://edge"),
        ] {
            assert_eq!(relinked(value, inside, outside), expected);
        }
    }

    #[test]
    fn cookies_are_the_gateways() {
        let cookie = "JSESSIONID=1; path=/ovirt-engine; Domain=.engine.example.com; HttpOnly; Secure";
        let host = "engine.example.com";
        assert_eq!(recooked(cookie, host, true), "JSESSIONID=1; path=/ovirt-engine; HttpOnly; Secure");
        assert_eq!(recooked(cookie, host, false), "JSESSIONID=1; path=/ovirt-engine; HttpOnly");
    }
}
