//! Trusted proxies: addresses and networks.

use std::net::IpAddr;

use ipnet::IpNet;
use toml::Spanned;

use super::{file::Source, problem::Problems};

/// The proxies whose word about their clients counts.
pub(super) fn trusted_proxies(
    source: &Source,
    written: Option<&Vec<Spanned<String>>>,
    problems: &mut Problems,
) -> Vec<IpNet> {
    let networks = written.into_iter().flatten().filter_map(|text| {
        let place = source.place(text);
        problems.keep(&place, network(text.get_ref()))
    });
    networks.collect()
}

fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| format!("'{text}' is no address or network: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32"))
}
