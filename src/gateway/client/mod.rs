//! The client's side of a connection, as the client sees it: through the operator's own proxies, where there are any.
//!
//! What a proxy says about a client ([`forwarded`]) counts only when it comes from an address that the operator trusts;
//! from anybody else it is ignored, since everybody can write it.

mod forwarded;

use std::net::IpAddr;

use http::header;
use ipnet::IpNet;
use pingora_proxy::Session;

/// A client, and how it asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Client {
    /// Where it is: an IP address, with the port where that is known. Empty when nobody knows.
    pub(super) address: String,
    /// The same, as far as it is an IP address.
    pub(super) ip: Option<IpAddr>,
    /// Whether it used TLS.
    pub(super) secure: bool,
    /// The host and port that it asked, as it wrote them; empty when it did not say.
    pub(super) host: String,
}

impl Client {
    /// The client of a request, where proxies of these addresses are trusted to say who theirs is.
    pub(super) fn of(session: &Session, trusted: &[IpNet]) -> Self {
        let peer = session.client_addr();
        let mut client = Client {
            address: peer.map(ToString::to_string).unwrap_or_default(),
            ip: peer.and_then(|peer| peer.as_inet()).map(|address| address.ip().to_canonical()),
            secure: session.digest().is_some_and(|digest| digest.ssl_digest.is_some()),
            host: host(session).unwrap_or_default().to_owned(),
        };
        if let Some(ip) = client.ip.filter(|ip| forwarded::is_among(*ip, trusted)) {
            let hop = forwarded::last_untrusted(&session.req_header().headers, ip, trusted);
            client.correct(hop);
        }
        client
    }

    fn correct(&mut self, hop: forwarded::Hop) {
        if let Some(ip) = hop.client {
            self.ip = Some(ip);
            self.address = ip.to_string();
        }
        self.secure = hop.secure.unwrap_or(self.secure);
        self.host = hop.host.unwrap_or_else(|| std::mem::take(&mut self.host));
    }

    /// `http` or `https`, as the client used it.
    pub(super) fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

/// The host and port that were asked: the `Host` header, or HTTP/2's `:authority`.
fn host(session: &Session) -> Option<&str> {
    let head = session.req_header();
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.or_else(|| head.uri.authority().map(|authority| authority.as_str()))
}
