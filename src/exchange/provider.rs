//! A provider: one account of one back end, as the operator configured it.

use std::{borrow::Cow, fmt, net::Ipv6Addr, path::PathBuf, time::Duration};

use http::Uri;

use crate::model::{Error, ErrorKind};

/// One back end as an operator named it.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// The name by which a request may choose it, and by which metrics and logs call it.
    pub name: String,
    /// The driver that speaks to it.
    pub driver: &'static str,
    /// Where its API is; none for a driver that has no back end.
    pub url: Option<ProviderUrl>,
    /// The part of the back end that is seen: an oVirt data center's id, an OpenStack region. All of it, or its first,
    /// when none.
    pub scope: Option<String>,
    /// With whose rights the API is used.
    pub level: Level,
    /// The services that a back end of several has.
    pub services: Services,
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

/// The services of a back end that says itself, in a catalogue, where they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Services {
    /// Which of a service's addresses is used.
    pub interface: Interface,
    /// The hosts that may be named besides the provider's own, in lower case and without brackets.
    pub hosts: Vec<String>,
}

/// Which of the addresses is used that a service has for different networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interface {
    /// The one for everybody.
    #[default]
    Public,
    /// The one for the cloud's own network.
    Internal,
    /// The one for administrators.
    Admin,
}

impl Interface {
    /// The interface of this name.
    pub fn read(word: &str) -> Option<Self> {
        let all = [Interface::Public, Interface::Internal, Interface::Admin];
        all.into_iter().find(|interface| interface.name().eq_ignore_ascii_case(word))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Interface::Public => "public",
            Interface::Internal => "internal",
            Interface::Admin => "admin",
        }
    }
}

impl Provider {
    /// Where a request to `uri` goes: to the provider's own endpoint when it names no host; otherwise to a service that
    /// the back end has named, which is reached as the provider is.
    ///
    /// # Errors
    /// `Unreachable` when the operator has not allowed the host, or when it would be spoken to without TLS although the
    /// provider is spoken to with it: a token would go there in the clear.
    pub fn endpoint_for(&self, uri: &Uri) -> Result<Cow<'_, Endpoint>, Error> {
        if uri.authority().is_none() {
            return Ok(Cow::Borrowed(&self.endpoint));
        }
        let refused = |why: String| Error::new(ErrorKind::Unreachable, why).safe_to_repeat();
        let url = ProviderUrl::of(uri)
            .map_err(|_| refused("a service of the back end has no usable URL".to_owned()))?;
        let own = self.url.as_ref().is_some_and(|own| own.host == url.host);
        if !own && !self.services.hosts.contains(&url.host) {
            let why = format!(
                "the back end names a service at '{}', a host that is not among the provider's service_hosts",
                url.host
            );
            return Err(refused(why));
        }
        if self.endpoint.tls.is_some() && !url.tls {
            let why = format!(
                "the back end names a service at '{url}', which has no TLS although the provider has"
            );
            return Err(refused(why));
        }
        let tls = url.tls.then(|| self.endpoint.tls.clone().unwrap_or_default());
        let authority = url.authority();
        Ok(Cow::Owned(Endpoint { tls, host: url.host, port: url.port, authority, ..self.endpoint.clone() }))
    }
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
    /// Reads a URL as an operator writes it; slashes at its end are dropped.
    ///
    /// # Errors
    /// What is wrong with it, in words that do not repeat it: it may hold a password that should not be there.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.contains('#') {
            return Err("a provider's URL has no fragment".to_owned());
        }
        if !text.is_ascii() {
            return Err("a provider's URL is written in ASCII, other characters percent-encoded".to_owned());
        }
        let uri: Uri = text.parse().map_err(|error| format!("this is not a URL: {error}"))?;
        if uri.query().is_some() {
            return Err("a provider's URL has no query".to_owned());
        }
        ProviderUrl::of(&uri)
    }

    fn of(uri: &Uri) -> Result<Self, String> {
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("a provider's URL starts with https:// or http://".to_owned()),
        };
        let (host, port) = host_and_port(uri)?;
        let port = port.unwrap_or(if tls { 443 } else { 80 });
        Ok(ProviderUrl { tls, host, port, path: uri.path().trim_end_matches('/').to_owned() })
    }

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

fn host_and_port(uri: &Uri) -> Result<(String, Option<u16>), String> {
    let authority = uri.authority().ok_or("a provider's URL names a host")?;
    if authority.as_str().contains('@') {
        return Err("a provider's URL has no user and no password: clients bring their own".to_owned());
    }
    let host = bare_host(authority.host()).ok_or("this URL's host is no host name and no address")?;
    let port = match authority.as_str().strip_prefix(authority.host()) {
        Some("") => None,
        _ => match authority.port_u16() {
            None | Some(0) => return Err("this URL's port is not a number from 1 to 65535".to_owned()),
            port => port,
        },
    };
    Ok((host, port))
}

/// The host, in lower case and without the brackets of an IPv6 address; none when it is no host.
pub fn bare_host(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        return Some(address.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?.to_string());
    }
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (!host.is_empty() && host.bytes().all(is_host)).then(|| host.to_ascii_lowercase())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_read_can_be_printed_and_read_again(
            text in prop_oneof![
                any::<String>(),
                "(https?|ftp)?:?/?/?[a-z0-9.:@\\[\\]_%-]{0,12}(:[0-9]{0,6})?(/[a-z0-9/;?#%.]{0,12})?",
            ]
        ) {
            if let Ok(url) = ProviderUrl::parse(&text) {
                prop_assert!(url.port > 0 && !url.host.is_empty());
                prop_assert_eq!(ProviderUrl::parse(&url.to_string()), Ok(url));
            }
        }
    }

    fn provider(url: &str, hosts: &[&str]) -> Provider {
        let url = ProviderUrl::parse(url).unwrap();
        let endpoint = Endpoint {
            provider: "cloud".to_owned(),
            tls: url.tls.then_some(Tls { insecure: true, ca_file: None }),
            host: url.host.clone(),
            port: url.port,
            authority: url.authority(),
            connect_timeout: Duration::from_secs(1),
            read_timeout: Duration::from_secs(2),
            operation_timeout: Duration::from_secs(3),
            pool_size: 4,
        };
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Provider {
            name: "cloud".to_owned(),
            driver: "openstack",
            url: Some(url),
            scope: None,
            level: Level::default(),
            services: Services { interface: Interface::Public, hosts },
            relay: false,
            endpoint,
        }
    }

    #[test]
    fn a_service_is_reached_as_the_provider_is() {
        let provider = provider("https://keystone:5000/v3", &["nova.example.com", "2001:db8::1"]);
        let endpoint = |uri: &str| provider.endpoint_for(&uri.parse().unwrap()).unwrap().into_owned();
        assert_eq!(endpoint("/v3/auth/tokens"), provider.endpoint);
        for (uri, host, port, authority) in [
            ("https://Keystone:8774/v2.1?x=1", "keystone", 8774, "keystone:8774"),
            ("https://nova.example.com/v2.1", "nova.example.com", 443, "nova.example.com"),
            ("https://[2001:db8::1]:81/", "2001:db8::1", 81, "[2001:db8::1]:81"),
        ] {
            let Endpoint { provider: name, .. } = provider.endpoint.clone();
            let expected = Endpoint {
                provider: name,
                host: host.to_owned(),
                port,
                authority: authority.to_owned(),
                ..provider.endpoint.clone()
            };
            assert_eq!(endpoint(uri), expected, "{uri}");
        }
    }

    #[test]
    fn no_other_host_is_reached_and_none_without_the_providers_tls() {
        let secure = provider("https://keystone:5000/v3", &["nova"]);
        let plain = provider("http://keystone:5000/v3", &[]);
        for (provider, uri) in [
            (&secure, "https://169.254.169.254/latest"),
            (&secure, "https://keystone.evil.example.com/"),
            (&secure, "https://nova.example.com/"),
            (&secure, "http://keystone:8774/v2.1"),
            (&secure, "http://nova/v2.1"),
            (&secure, "ftp://nova/"),
            (&plain, "http://localhost:5000/"),
            (&plain, "http://127.0.0.1:22/"),
        ] {
            let error = provider.endpoint_for(&uri.parse().unwrap()).unwrap_err();
            assert_eq!((error.kind(), error.is_safe_to_repeat()), (ErrorKind::Unreachable, true), "{uri}");
        }
        assert!(plain.endpoint_for(&"https://keystone/".parse().unwrap()).unwrap().tls.is_some());
    }

    #[test]
    fn a_url_is_taken_apart() {
        let cases = [
            (
                "https://engine.example.com/ovirt-engine/api",
                true,
                "engine.example.com",
                443,
                "/ovirt-engine/api",
            ),
            ("http://engine/api/", false, "engine", 80, "/api"),
            ("https://Engine.Example.com", true, "engine.example.com", 443, ""),
            ("https://engine:8443//", true, "engine", 8443, ""),
            ("http://192.0.2.7:8080/api", false, "192.0.2.7", 8080, "/api"),
            ("https://[2001:db8::1]:444/api", true, "2001:db8::1", 444, "/api"),
        ];
        for (text, tls, host, port, path) in cases {
            let expected = ProviderUrl { tls, host: host.to_owned(), port, path: path.to_owned() };
            assert_eq!(ProviderUrl::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_printed_reads_back() {
        for text in ["https://engine/api", "http://engine:81/api", "https://[2001:db8::1]/a/b", "https://e"] {
            let url = ProviderUrl::parse(text).unwrap();
            assert_eq!(url.to_string(), text);
            assert_eq!(ProviderUrl::parse(&url.to_string()), Ok(url));
        }
    }

    #[test]
    fn a_wrong_url_is_refused_without_being_repeated() {
        let cases = [
            ("", "not a URL"),
            ("engine.example.com", "starts with https"),
            ("/ovirt-engine/api", "starts with https"),
            ("ftp://engine/api", "starts with https"),
            ("https://", "not a URL"),
            ("https://engine/api?detail=1", "no query"),
            ("https://engine/api#top", "no fragment"),
            ("https://admin:geheim@engine/api", "no user"),
            ("https://engine:0/api", "port"),
            ("https://engine:99999/api", "port"),
            ("https://engine:/api", "port"),
            ("https://[zz]/api", "no host name"),
            ("https://[1::2::3]/api", "no host name"),
            ("https://en gine/api", "not a URL"),
            ("https://engine/\u{e4}pi", "ASCII"),
            ("https://engine/a\r\nX: y", "not a URL"),
        ];
        for (text, expected) in cases {
            let message = ProviderUrl::parse(text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
            assert!(!message.contains("geheim"), "{message}");
        }
    }
}
