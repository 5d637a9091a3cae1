//! Listeners: host names and ports become addresses.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs},
    path::{Path, PathBuf},
};

use toml::Spanned;

use super::{
    Listener, ListenerTls,
    file::{ListenerTable, MetricsTable, Source},
    layers::Settings,
    problem::{Place, Problems},
};

const HOST: &str = "localhost";
const PORT: u16 = 3001;
const METRICS: &str = "127.0.0.1:9301";

/// What is listened on: what the flags or the environment say, otherwise the file's listeners, otherwise its host and
/// port.
pub(super) fn listeners(settings: Settings<'_>, problems: &mut Problems) -> Vec<Listener> {
    let Settings { arguments, source, file, .. } = settings;
    let host = settings.text("-r", arguments.hostname.as_ref(), "API_HOST", file.hostname.as_ref());
    let port = settings.number(("-p", arguments.port), "API_PORT", file.port.as_ref(), problems);
    let rank = |place: Option<&Place>| place.map_or(0, Place::rank);
    let typed =
        rank(host.as_ref().map(|host| &host.place)).max(rank(port.as_ref().map(|port| &port.place))) > 1;
    if !typed && !file.listeners.is_empty() {
        return file_listeners(source, &file.listeners, problems);
    }
    let host_place = host.as_ref().map_or(Place::Default, |host| host.place.clone());
    let host = host.map_or_else(|| HOST.to_owned(), |host| host.value);
    let addresses = addresses(&host, port.map_or(PORT, |port| port.value));
    let found = problems.keep(&host_place, addresses).unwrap_or_default();
    found.into_iter().map(|address| Listener { address, tls: None }).collect()
}

fn file_listeners(source: &Source, tables: &[ListenerTable], problems: &mut Problems) -> Vec<Listener> {
    let mut listeners: Vec<Listener> = Vec::new();
    for table in tables {
        let tls = tls(source, table, problems);
        let place = source.place(&table.address);
        for address in problems.keep(&place, host_and_port(table.address.get_ref())).unwrap_or_default() {
            if address.port() != 0 && listeners.iter().any(|listener| listener.address == address) {
                problems.add(&place, format!("{address} is listened on twice"));
            }
            listeners.push(Listener { address, tls: tls.clone() });
        }
    }
    listeners
}

fn tls(source: &Source, table: &ListenerTable, problems: &mut Problems) -> Option<ListenerTls> {
    let (cert, key) = match (&table.tls_cert, &table.tls_key) {
        (Some(cert), Some(key)) => (cert, key),
        (None, None) => return None,
        (Some(alone), None) | (None, Some(alone)) => {
            problems.add(&source.place(alone), "tls_cert and tls_key go together");
            return None;
        }
    };
    let cert = pem(source, cert, "CERTIFICATE-----", problems);
    let key = pem(source, key, "PRIVATE KEY-----", problems);
    Some(ListenerTls { cert: cert?, key: key? })
}

/// The path of a PEM file that can be read and has a block of this kind.
pub(super) fn pem(
    source: &Source,
    path: &Spanned<PathBuf>,
    block: &str,
    problems: &mut Problems,
) -> Option<PathBuf> {
    let resolved = source.resolve(path.get_ref());
    problems.keep(&source.place(path), has_block(&resolved, block))?;
    Some(resolved)
}

fn has_block(path: &Path, block: &str) -> Result<(), String> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let begins = |line: &str| line.starts_with("-----BEGIN ") && line.trim_end().ends_with(block);
    if text.lines().any(begins) {
        return Ok(());
    }
    Err(format!("{} has no PEM block '-----BEGIN … {block}'", path.display()))
}

/// Where metrics are shown: nowhere when they are turned off.
pub(super) fn metrics(
    source: &Source,
    table: &MetricsTable,
    listeners: &[Listener],
    problems: &mut Problems,
) -> Vec<SocketAddr> {
    if table.enabled == Some(false) {
        return Vec::new();
    }
    let place = table.address.as_ref().map_or(Place::Default, |address| source.place(address));
    let text = table.address.as_ref().map_or(METRICS, |address| address.get_ref());
    let found = problems.keep(&place, host_and_port(text)).unwrap_or_default();
    for address in &found {
        if address.port() != 0 && listeners.iter().any(|listener| listener.address == *address) {
            problems.add(&place, format!("{address} is listened on for clients already"));
        }
    }
    found
}

fn host_and_port(text: &str) -> Result<Vec<SocketAddr>, String> {
    let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let (host, port) = parts.ok_or_else(|| format!("'{text}' is no HOST:PORT"))?;
    addresses(host, port)
}

/// The addresses that a host name means. `localhost` is both loopback addresses where there are both.
fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    if host.eq_ignore_ascii_case(HOST) {
        let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        let has_v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
        return Ok([v4].into_iter().chain(has_v6.then_some(v6)).collect());
    }
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::from((address, port))]);
    }
    let found = (host, port).to_socket_addrs();
    let found = found.map_err(|error| format!("host '{host}' has no address: {error}"))?;
    let mut distinct: Vec<SocketAddr> = found.collect();
    distinct.sort();
    distinct.dedup();
    if distinct.is_empty() {
        return Err(format!("host '{host}' has no address"));
    }
    Ok(distinct)
}
