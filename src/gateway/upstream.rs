//! Where a back end is: names resolved, trust loaded, every timeout set.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use moka::future::Cache;
use pingora::{
    protocols::{ALPN, l4::socket::SocketAddr as Address, tls::CaType},
    upstreams::peer::{HttpPeer, Scheme},
    utils::tls::{WrappedX509, parse_x509},
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tokio::time::timeout;

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
    /// A peer for each provider, complete but for where it is.
    peers: HashMap<String, HttpPeer>,
    names: Cache<(String, u16), Arc<[SocketAddr]>>,
}

impl Upstreams {
    /// The peers of these endpoints.
    ///
    /// # Errors
    /// `Internal` when a CA file cannot be used.
    pub(super) fn open<'a>(endpoints: impl Iterator<Item = &'a Endpoint>) -> Result<Self, Error> {
        let peer = |endpoint: &Endpoint| Ok((endpoint.provider.clone(), template(endpoint)?));
        let names = Cache::builder().max_capacity(MOST_NAMES).time_to_live(NAME_LIFETIME).build();
        Ok(Upstreams { peers: endpoints.map(peer).collect::<Result<_, Error>>()?, names })
    }

    /// The peers at `endpoint`, one for each address it has, in the order in which they are to be tried.
    ///
    /// # Errors
    /// `Unreachable` when its name does not resolve.
    pub(super) async fn peers(&self, endpoint: &Endpoint) -> Result<impl Iterator<Item = HttpPeer>, Error> {
        let template = self.peers.get(&endpoint.provider);
        let template =
            template.ok_or_else(|| Error::new(ErrorKind::Internal, "the back end is not known"))?;
        let mut template = template.clone();
        template.scheme = if endpoint.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        endpoint.host.clone_into(&mut template.sni);
        let addresses = self.resolve(endpoint).await?;
        Ok((0..addresses.len()).filter_map(move |nth| {
            let mut peer = template.clone();
            peer._address = Address::Inet(*addresses.get(nth)?);
            Some(peer)
        }))
    }

    async fn resolve(&self, endpoint: &Endpoint) -> Result<Arc<[SocketAddr]>, Error> {
        let (host, port) = (endpoint.host.as_str(), endpoint.port);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(Arc::from([SocketAddr::new(address, port)]));
        }
        let look_up = async {
            let found = timeout(endpoint.connect_timeout, tokio::net::lookup_host((host, port))).await;
            let found: Vec<_> = found.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??.collect();
            if found.is_empty() {
                Err(io::Error::other("the name has no address"))
            } else {
                Ok(Arc::from(found))
            }
        };
        self.names.try_get_with((host.to_owned(), port), look_up).await.map_err(|error| {
            let message = "the back end's name could not be resolved";
            let detail = format!("{host}: {error}");
            Error::new(ErrorKind::Unreachable, message).with_detail(detail).safe_to_repeat()
        })
    }
}

/// A peer at no address yet: what all services of a provider have in common.
fn template(endpoint: &Endpoint) -> Result<HttpPeer, Error> {
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let mut peer = HttpPeer::new(nowhere, endpoint.tls.is_some(), endpoint.host.clone());
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
        options.ca = tls.ca_file.as_deref().map(authorities).transpose()?;
    }
    Ok(peer)
}

/// The certificate authorities in a PEM file.
fn authorities(file: &Path) -> Result<Arc<CaType>, Error> {
    let unusable = |why: String| {
        Error::new(ErrorKind::Internal, format!("the CA file {} cannot be used: {why}", file.display()))
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
