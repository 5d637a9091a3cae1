//! What proxies say about their clients: `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239)), and the
//! `X-Forwarded-For`, `-Host` and `-Proto` that were there before it.
//!
//! Each proxy adds what it saw at the end of a list. From there the list is gone back through as long as its entries
//! name trusted proxies: the first that is none is the client, and what its proxy saw of it counts. What stands before
//! that can be written by anybody. Where `X-Forwarded-*` is, `Forwarded` is not looked at.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, header, uri::Authority};
use ipnet::IpNet;

/// The most proxies that are gone back through.
const MOST_HOPS: usize = 32;

/// What the nearest trusted proxy saw of who is not trusted any more.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// Where that one is; none when it is not said, or hidden.
    pub(super) client: Option<IpAddr>,
    /// The host that it asked.
    pub(super) host: Option<String>,
    /// Whether it used TLS.
    pub(super) secure: Option<bool>,
}

/// Whether one of the networks has the address.
pub(super) fn is_among(ip: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&ip))
}

/// The last hop before the trusted proxies, of which `peer` is the nearest.
pub(super) fn last_untrusted(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> Hop {
    let lists = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
    let hops = if lists.iter().any(|name| headers.contains_key(*name)) {
        separate(lists.map(|name| values(headers, name)))
    } else {
        values(headers, header::FORWARDED.as_str()).into_iter().map(element).collect()
    };
    let is_proxy = |hop: &Hop| hop.client.is_some_and(|ip| is_among(ip, trusted));
    let past = hops.iter().position(|hop| !is_proxy(hop));
    // When all are trusted, one of them asks for itself: the first.
    let first = hops.len().checked_sub(1);
    let hop = past.or(first).and_then(|at| hops.into_iter().nth(at)).unwrap_or_default();
    Hop { client: hop.client.or(Some(peer)), ..hop }
}

/// The entries of a field's lists, last one first.
fn values<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("")).collect();
    let entries = lines.into_iter().rev().flat_map(|line| entries(line).into_iter().rev());
    entries.take(MOST_HOPS).collect()
}

/// The entries of a list; commas within quotes separate nothing.
fn entries(line: &str) -> Vec<&str> {
    split(line, ',').into_iter().map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |next: char| {
        let separates = next == separator && !quoted;
        let quotes = next == '"' && !escaped;
        escaped = quoted && next == '\\' && !escaped;
        quoted ^= quotes;
        separates
    })
    .collect()
}

/// The hops of three separate lists. One that is shorter than the others was written by fewer proxies, the nearest
/// ones: its first entry counts for all before.
fn separate([clients, hosts, protocols]: [Vec<&str>; 3]) -> Vec<Hop> {
    let length = clients.len().max(1);
    let at = |list: &[&str], place: usize| list.get(place).or(list.last()).copied().map(str::to_owned);
    let hop = |place| Hop {
        client: clients.get(place).copied().and_then(node),
        host: at(&hosts, place).and_then(|text| authority(&text)),
        secure: at(&protocols, place).and_then(|text| protocol(&text)),
    };
    (0..length).map(hop).collect()
}

/// One element of `Forwarded`: `for=192.0.2.60;proto=https;host="cloud.example:3001"`.
fn element(text: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in split(text, ';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = unquoted(value.trim());
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.client = node(&value),
            "host" => hop.host = authority(&value),
            "proto" => hop.secure = protocol(&value),
            // `by`, and what may come later.
            _unused => {}
        }
    }
    hop
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut escaped = false;
    let kept = inner.chars().filter(|next| {
        escaped = *next == '\\' && !escaped;
        !escaped
    });
    kept.collect()
}

/// The address of a node: `192.0.2.43`, `192.0.2.43:4711`, `[2001:db8::17]:4711`, `2001:db8::17`.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

/// A host with or without a port, and nothing else: it becomes part of links.
fn authority(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    (!authority.as_str().contains('@')).then(|| text.to_owned())
}

fn protocol(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(fields: &[(&'static str, &str)]) -> (String, Option<String>, Option<bool>) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| text.parse().unwrap()).to_vec();
        let hop = last_untrusted(&headers, "10.0.0.1".parse().unwrap(), &trusted);
        (hop.client.unwrap().to_string(), hop.host, hop.secure)
    }

    fn expected(client: &str, host: &str, secure: Option<bool>) -> (String, Option<String>, Option<bool>) {
        (client.to_owned(), Some(host.to_owned()).filter(|host| !host.is_empty()), secure)
    }

    #[test]
    fn the_last_untrusted_hop_counts() {
        let fields = [
            ("x-forwarded-for", "6.6.6.6, 192.0.2.1, 10.9.9.9"),
            ("x-forwarded-host", "evil, a.example:1, in"),
        ];
        assert_eq!(hop(&fields), expected("192.0.2.1", "a.example:1", None));
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.1,10.2.2.2:80")];
        assert_eq!(hop(&lines), expected("192.0.2.1", "", None));
        let all = [("x-forwarded-for", "10.1.1.1, 10.2.2.2"), ("x-forwarded-proto", "https, http")];
        assert_eq!(hop(&all), expected("10.1.1.1", "", Some(true)));
    }

    #[test]
    fn a_list_may_be_shorter_or_alone() {
        let short = [("x-forwarded-for", "192.0.2.1, 10.2.2.2"), ("x-forwarded-proto", "https")];
        assert_eq!(hop(&short), expected("192.0.2.1", "", Some(true)));
        assert_eq!(hop(&[("x-forwarded-proto", "http, https")]), expected("10.0.0.1", "", Some(true)));
        assert_eq!(hop(&[]), expected("10.0.0.1", "", None));
    }

    #[test]
    fn forwarded_is_understood() {
        for (value, wanted) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", expected("192.0.2.60", "", Some(false))),
            ("For=\"[2001:db8:cafe::17]:4711\"", expected("2001:db8:cafe::17", "", None)),
            (
                "for=6.6.6.6;host=evil, for=192.0.2.1;Host=\"a.example:8443\" ; PROTO=HTTPS,for=10.1.1.1;host=in",
                expected("192.0.2.1", "a.example:8443", Some(true)),
            ),
            ("for=unknown;host=a.example, for=10.1.1.1", expected("10.0.0.1", "a.example", None)),
            ("for=_hidden", expected("10.0.0.1", "", None)),
            ("host=\"a,b;c\\\"d\";for=192.0.2.1", expected("192.0.2.1", "", None)),
            ("for=\"[2001:db8:1::2]\"", expected("2001:db8:1::2", "", None)),
            ("for=192.0.2.1, for=\"::ffff:10.1.1.1\"", expected("192.0.2.1", "", None)),
        ] {
            assert_eq!(hop(&[("forwarded", value)]), wanted, "{value}");
        }
        let both = [("forwarded", "for=6.6.6.6;host=evil"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(hop(&both), expected("192.0.2.1", "", None));
    }

    #[test]
    fn no_host_leads_elsewhere() {
        for host in ["a/b", "user@a", "a b", "", "a?b", "a#b"] {
            assert_eq!(hop(&[("x-forwarded-host", host)]).1, None, "{host}");
        }
        assert_eq!(hop(&[("x-forwarded-proto", "javascript")]).2, None);
    }

    proptest::proptest! {
        #[test]
        fn no_field_makes_it_panic(forwarded in "[ -~]{0,80}", other in "[0-9., :\"\\\\\\[\\]]{0,60}") {
            hop(&[("forwarded", &forwarded)]);
            hop(&[("x-forwarded-for", &other), ("x-forwarded-host", &forwarded)]);
        }
    }
}
