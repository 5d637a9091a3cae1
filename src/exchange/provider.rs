//! A provider: one account of one back end, as the operator configured it.

use std::{fmt, path::PathBuf, time::Duration};

/// One back end as an operator named it.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// The name by which a request may choose it, and by which metrics and logs call it.
    pub name: String,
    /// The driver that speaks to it.
    pub driver: &'static str,
    /// Where its API is; none for a driver that has no back end.
    pub url: Option<ProviderUrl>,
    /// The part of the back end that is seen: an oVirt data center's id. All of it when none.
    pub scope: Option<String>,
    /// With whose rights the API is used.
    pub level: Level,
    /// Whether the back end's own API is let through.
    pub relay: bool,
    /// How it is reached.
    pub endpoint: Endpoint,
}

/// With whose rights a back end's API is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// An administrator's: everything is seen.
    #[default]
    Admin,
    /// A user's: what his permissions allow.
    User,
}

/// The URL of a back end's API, checked: `http` or `https`, a host, no user, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderUrl {
    /// Whether it is `https`.
    pub tls: bool,
    /// A host name, or an address without brackets.
    pub host: String,
    /// The port, the scheme's own when none was written.
    pub port: u16,
    /// The path without a slash at its end: empty or `/ovirt-engine/api`.
    pub path: String,
}

impl ProviderUrl {
    /// The value of a `Host` header: the port only when it is not the scheme's own.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.tls, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for ProviderUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

/// How a back end is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// The provider's name, for errors, metrics and logs.
    pub provider: String,
    /// Whether TLS is spoken.
    pub tls: Option<Tls>,
    /// A host name, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The value of the `Host` header.
    pub authority: String,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long the back end may be silent.
    pub read_timeout: Duration,
    /// How long one operation may take in all, a client's wait included, but not the streaming of a long list.
    pub operation_timeout: Duration,
    /// How many idle connections are kept.
    pub pool_size: usize,
}

/// How TLS is spoken to a back end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// Whether the certificate is not checked. Only ever set by the operator, for this back end.
    pub insecure: bool,
    /// The certificate authorities to trust instead of the system's, as a PEM file.
    pub ca_file: Option<PathBuf>,
}
