//! Where the gateway listens: its own addresses and the metrics'.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use async_trait::async_trait;
use http::{Response, StatusCode, header};
use pingora::{
    apps::http_app::ServeHttp,
    listeners::{L4BufferSettings, ListenerConfig, TcpSocketOptions, tls::TlsSettings},
    protocols::http::ServerSession,
    server::{Server, configuration::ServerConf},
    services::listening::Service,
};
use pingora_proxy::http_proxy;
use tokio::net::TcpSocket;

use super::{accounts::Accounts, guard::Guard, proxy::Gateway};
use crate::{
    config::{Config, Listener},
    store::JobState,
    telemetry::Metrics,
};

/// Buffers of a client's connection, in bytes: an answer's head and a short body leave in one write.
const BUFFERS: (usize, usize) = (8 << 10, 16 << 10);
/// How often Pingora may start a relayed request again on another connection.
const RELAY_RETRIES: usize = 2;

/// A server that is ready to run, and what keeps its ports its own while it does. Relayed requests keep at most
/// `idle` connections.
pub(super) fn serve(
    config: &Config,
    idle: usize,
    gateway: Gateway,
) -> Result<(Server, Vec<Port>), Box<dyn std::error::Error>> {
    let mut server = Server::new_with_opt_and_conf(None, server_conf(config, idle));
    let mut ports = Vec::new();
    for &address in &config.metrics {
        let port = Port::take(address)?;
        let (metrics, accounts) = (Arc::clone(&gateway.metrics), Arc::clone(&gateway.accounts));
        let scrape = Scrape { metrics, accounts };
        let mut service = Service::new("metrics".to_owned(), scrape);
        service.add_listener(port.listener());
        port.announce("http", "/metrics");
        ports.push(port);
        server.add_service(service);
    }
    let proxy = http_proxy(&server.configuration, gateway);
    let guard = Guard {
        proxy: Arc::new(proxy),
        deadline: config.limits.idle_timeout + config.limits.header_timeout,
        idle: config.limits.idle_timeout,
    };
    let mut edge = Service::new("edge".to_owned(), guard);
    for listener in &config.listeners {
        let port = Port::take(listener.address)?;
        edge.add_listener(edge_listener(&port, listener)?);
        port.announce(if listener.tls.is_some() { "https" } else { "http" }, "");
        ports.push(port);
    }
    server.add_service(edge);
    server.bootstrap();
    Ok((server, ports))
}

fn server_conf(config: &Config, idle: usize) -> ServerConf {
    ServerConf {
        threads: config.threads.get(),
        grace_period_seconds: Some(config.grace_period.as_secs()),
        graceful_shutdown_timeout_seconds: Some(config.grace_period.as_secs().max(1)),
        max_retries: RELAY_RETRIES,
        upstream_keepalive_pool_size: idle,
        ..ServerConf::default()
    }
}

fn edge_listener(port: &Port, listener: &Listener) -> pingora::Result<ListenerConfig> {
    let config = port.listener().l4_buffer(L4BufferSettings::new(BUFFERS.0, BUFFERS.1));
    let Some(tls) = &listener.tls else { return Ok(config) };
    let mut tls = TlsSettings::intermediate(&tls.cert.to_string_lossy(), &tls.key.to_string_lossy())?;
    tls.enable_h2();
    Ok(config.tls(tls))
}

/// A port that is surely ours: the one that was asked for, or, for port 0, one that the system chose.
///
/// Pingora does not tell which port it was given, so one that the system is to choose is taken here, by a socket that
/// is bound and never listens, and shared with Pingora's own (`SO_REUSEPORT`).
pub(super) struct Port {
    address: SocketAddr,
    held: Option<TcpSocket>,
}

impl Port {
    fn take(address: SocketAddr) -> Result<Self, String> {
        let taken = if address.port() == 0 { Port::choose(address) } else { Port::check(address) };
        taken.map_err(|error| format!("cannot listen on {address}: {error}; choose another port with -p"))
    }

    fn choose(address: SocketAddr) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseport(true)?;
        socket.bind(address)?;
        Ok(Port { address: socket.local_addr()?, held: Some(socket) })
    }

    /// Pingora tries for a minute to bind a port that is taken; this tells at once.
    fn check(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address)?;
        Ok(Port { address, held: None })
    }

    fn listener(&self) -> ListenerConfig {
        let mut options = TcpSocketOptions::default();
        options.so_reuseport = self.held.is_some().then_some(true);
        ListenerConfig::tcp(self.address.to_string()).tcp_socket_options(options)
    }

    /// Says where the gateway listens: to people, and to programs that let the system choose the port.
    fn announce(&self, scheme: &str, path: &str) {
        tracing::info!(target: "deltagate", "listening on {scheme}://{}{path}", self.address);
    }
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
            for state in [JobState::Pending, JobState::Failed] {
                if let Ok(number) = account.promises.count(state).await {
                    self.metrics.promises(&account.provider.name, state, number);
                }
            }
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
