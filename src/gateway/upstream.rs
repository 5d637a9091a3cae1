//! Where a back end is: names resolved, trust loaded, every timeout set.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use moka::future::Cache;
use pingora::{
    protocols::{ALPN, tls::CaType},
    upstreams::peer::HttpPeer,
    utils::tls::{WrappedX509, parse_x509},
};
use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::{
    exchange::Endpoint,
    model::{Error, ErrorKind},
};

/// How long a resolved name is used before it is asked again.
const NAME_LIFETIME: Duration = Duration::from_secs(30);
/// How many names are remembered.
const MOST_NAMES: u64 = 1_000;
/// How long an idle connection is kept: below the 60 seconds after which common servers close theirs.
const IDLE: Duration = Duration::from_secs(50);

/// Makes Pingora's peers of endpoints. There is no other place where one is made.
pub(super) struct Upstreams {
    names: Cache<(String, u16), SocketAddr>,
    trust: Cache<std::path::PathBuf, Arc<CaType>>,
}

impl Default for Upstreams {
    fn default() -> Self {
        let names = Cache::builder().max_capacity(MOST_NAMES).time_to_live(NAME_LIFETIME).build();
        Upstreams { names, trust: Cache::new(MOST_NAMES) }
    }
}

impl Upstreams {
    /// The peer at `endpoint`.
    ///
    /// # Errors
    /// `Unreachable` when its name does not resolve, `Internal` when its CA file cannot be read.
    pub(super) async fn peer(&self, endpoint: &Endpoint) -> Result<HttpPeer, Error> {
        let address = self.resolve(&endpoint.host, endpoint.port).await?;
        let mut peer = HttpPeer::new(address, endpoint.tls.is_some(), endpoint.host.clone());
        peer.group_key = trust_group(endpoint);
        let options = &mut peer.options;
        options.alpn = ALPN::H1;
        options.connection_timeout = Some(endpoint.connect_timeout);
        options.total_connection_timeout = Some(endpoint.connect_timeout);
        options.read_timeout = Some(endpoint.read_timeout);
        options.write_timeout = Some(endpoint.read_timeout);
        options.idle_timeout = Some(IDLE);
        if let Some(tls) = &endpoint.tls {
            options.verify_cert = !tls.insecure;
            options.verify_hostname = !tls.insecure;
            if let Some(file) = &tls.ca_file {
                options.ca = Some(self.authorities(file).await?);
            }
        }
        Ok(peer)
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<SocketAddr, Error> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(SocketAddr::new(address, port));
        }
        let look_up = async {
            let mut found = tokio::net::lookup_host((host, port)).await?;
            found.next().ok_or_else(|| std::io::Error::other("the name has no address"))
        };
        self.names.try_get_with((host.to_owned(), port), look_up).await.map_err(|error| {
            let message = "the back end's name could not be resolved";
            Error::new(ErrorKind::Unreachable, message)
                .with_detail(format!("{host}: {error}"))
                .safe_to_repeat()
        })
    }

    async fn authorities(&self, file: &Path) -> Result<Arc<CaType>, Error> {
        let load = async { authorities(file) };
        self.trust.try_get_with(file.to_owned(), load).await.map_err(|error| Error::clone(&error))
    }
}

/// The certificate authorities in a PEM file.
///
/// # Errors
/// `Internal` when it cannot be read, or holds none.
pub(super) fn authorities(file: &Path) -> Result<Arc<CaType>, Error> {
    let unusable = |why: String| {
        Error::new(ErrorKind::Internal, "the back end's CA file cannot be used")
            .with_detail(format!("{}: {why}", file.display()))
    };
    let found = CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))?;
    let mut authorities = Vec::new();
    for certificate in found {
        let der = certificate.map_err(|error| unusable(error.to_string()))?.to_vec();
        // Pingora's own reader panics on what is not a certificate, so it is read once before.
        x509_parser::parse_x509_certificate(&der).map_err(|error| unusable(error.to_string()))?;
        authorities.push(WrappedX509::new(der, parse_x509));
    }
    if authorities.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    Ok(Arc::from(authorities))
}

/// Pingora's pool does not look at the CA with which a connection was verified, so connections that trust
/// differently are kept apart by this.
fn trust_group(endpoint: &Endpoint) -> u64 {
    let mut hasher = DefaultHasher::new();
    endpoint.provider.hash(&mut hasher);
    if let Some(tls) = &endpoint.tls {
        (tls.insecure, &tls.ca_file).hash(&mut hasher);
    }
    hasher.finish()
}
