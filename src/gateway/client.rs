//! The client's side of a connection, as the client sees it.

use http::header;
use pingora_proxy::Session;

/// `http` or `https`, as the client used it.
pub(super) fn scheme(session: &Session) -> &'static str {
    let tls = session.digest().is_some_and(|digest| digest.ssl_digest.is_some());
    if tls { "https" } else { "http" }
}

/// The host and port that the client asked: the `Host` header, or HTTP/2's `:authority`.
pub(super) fn host(session: &Session) -> Option<&str> {
    let head = session.req_header();
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.or_else(|| head.uri.authority().map(|authority| authority.as_str()))
}
