//! Where the gateway listens: its own addresses and the metrics'.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use http::{Response, StatusCode, header};
use pingora::{
    apps::http_app::ServeHttp,
    listeners::{L4BufferSettings, ListenerConfig, TcpSocketOptions, tls::TlsSettings},
    protocols::http::ServerSession,
    proxy::http_proxy,
    server::{Server, configuration::ServerConf},
    services::listening::Service,
};
use tokio::net::TcpSocket;

use super::{accounts::Accounts, guard::Guard, proxy::Gateway};
use crate::{
    config::{Config, Listener},
    telemetry::Metrics,
};

/// Buffers of a client's connection, in bytes: an answer's head and a short body leave in one write.
const BUFFERS: (usize, usize) = (8 << 10, 16 << 10);
/// How often Pingora may start a relayed request again on another connection.
const RELAY_RETRIES: usize = 2;

/// A server that listens, not yet running.
pub(super) fn serve(
    config: &Config,
    gateway: Gateway,
    accounts: Arc<Accounts>,
    metrics: Arc<Metrics>,
) -> Result<Server, Box<dyn std::error::Error>> {
    let conf = ServerConf {
        threads: config.threads,
        grace_period_seconds: Some(config.grace.as_secs()),
        graceful_shutdown_timeout_seconds: Some(config.grace.as_secs().max(1)),
        max_retries: RELAY_RETRIES,
        upstream_keepalive_pool_size: config.providers.iter().map(|p| p.endpoint.pool_size).sum(),
        ..ServerConf::default()
    };
    let mut server = Server::new_with_opt_and_conf(None, conf);
    let mut proxy = http_proxy(&server.configuration, gateway);
    proxy.handle_init_modules();
    let mut edge = Service::new("edge".to_owned(), Guard { proxy: Arc::new(proxy) });
    for listener in &config.listeners {
        let reserved = Reserved::new(listener.address)?;
        edge.add_listener(reserved.listener(listener)?);
        let scheme = if listener.tls.is_some() { "https" } else { "http" };
        announce(scheme, reserved, "");
    }
    server.add_service(edge);
    if let Some(address) = config.metrics {
        let reserved = Reserved::new(address)?;
        let mut service = Service::new("metrics".to_owned(), Scrape { metrics, accounts });
        service.add_listener(ListenerConfig::tcp(reserved.address.to_string()).tcp_socket_options(shared()));
        announce("http", reserved, "/metrics");
        server.add_service(service);
    }
    server.bootstrap();
    Ok(server)
}

/// Says where the gateway listens, for people and for programs that let the system pick the port.
fn announce(scheme: &str, reserved: Reserved, path: &str) {
    tracing::info!(target: "deltagate", "listening on {scheme}://{}{path}", reserved.address);
    // The reservation has to stand for as long as the process does.
    std::mem::forget(reserved.socket);
}

/// An address with a port that is surely ours: the one that was asked for, or, for port 0, one that the system chose.
///
/// Pingora does not tell which port it was given, so the port is taken here, by a socket that is bound and never
/// listens, and shared with Pingora's own (`SO_REUSEPORT`).
struct Reserved {
    address: SocketAddr,
    socket: TcpSocket,
}

impl Reserved {
    fn new(address: SocketAddr) -> Result<Self, Box<dyn std::error::Error>> {
        let why = |error: std::io::Error| format!("cannot listen on {address}: {error}");
        let socket = match address.ip() {
            IpAddr::V4(_) => TcpSocket::new_v4(),
            IpAddr::V6(_) => TcpSocket::new_v6(),
        }
        .map_err(why)?;
        if address.port() == 0 {
            socket.set_reuseport(true).map_err(why)?;
        } else {
            // A fixed port is not to be shared with another process: it must be free, which Pingora's own bind tells.
            socket.set_reuseaddr(true).map_err(why)?;
            std::net::TcpListener::bind(address).map_err(why)?;
            return Ok(Reserved { address, socket });
        }
        socket.bind(address).map_err(why)?;
        Ok(Reserved { address: socket.local_addr().map_err(why)?, socket })
    }

    fn listener(&self, listener: &Listener) -> Result<ListenerConfig, Box<dyn std::error::Error>> {
        let mut config = ListenerConfig::tcp(self.address.to_string())
            .tcp_socket_options(if listener.address.port() == 0 {
                shared()
            } else {
                TcpSocketOptions::default()
            })
            .l4_buffer(L4BufferSettings::new(BUFFERS.0, BUFFERS.1));
        if let Some((certificate, key)) = &listener.tls {
            let mut tls = TlsSettings::intermediate(&certificate.to_string_lossy(), &key.to_string_lossy())?;
            tls.enable_h2();
            config = config.tls(tls);
        }
        Ok(config)
    }
}

fn shared() -> TcpSocketOptions {
    let mut options = TcpSocketOptions::default();
    options.so_reuseport = Some(true);
    options
}

/// Answers Prometheus.
struct Scrape {
    metrics: Arc<Metrics>,
    accounts: Arc<Accounts>,
}

#[async_trait]
impl ServeHttp for Scrape {
    async fn response(&self, session: &mut ServerSession) -> Response<Vec<u8>> {
        if session.req_header().uri.path() != "/metrics" {
            return plain(StatusCode::NOT_FOUND, b"The metrics are at /metrics.\n".to_vec());
        }
        for account in self.accounts.iter() {
            self.metrics.promises(&account.provider.name, account.promises.pending());
        }
        match self.metrics.text() {
            Ok(text) => plain(StatusCode::OK, text),
            Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, error.to_string().into_bytes()),
        }
    }
}

fn plain(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    let length = body.len();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(length));
    response
}
