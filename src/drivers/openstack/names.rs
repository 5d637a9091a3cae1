//! What Nova calls by names alone: the networks that a server is on, and the groups around it.
//!
//! Neutron knows their ids. It is asked for all that a user sees once in a while, so that a list of servers costs no
//! call of its own for them; and again soon when there was a name that nobody knew.
//!
//! **Invariant:** an id is told only where it cannot be another's. Names are not unique: a subnet is told by the address
//! that a server has there, and a group by whose it is.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::try_join;
use ipnet::IpNet;
use serde::Deserialize;
use tokio::time::timeout;

use super::{call::Call, catalogue::Service, pages, session::Session};
use crate::{
    model::{Error, ErrorKind},
    wire::json::{self, Text},
};

/// How long it is believed that the names mean what they meant.
pub(super) const BELIEVED: Duration = Duration::from_secs(60);
/// How soon they are read again when one was missing.
const RECONSIDERED: Duration = Duration::from_secs(5);
/// How long Nova's answer waits for what Neutron adds to it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The names of all networks and groups that a user sees.
#[derive(Debug)]
pub(super) struct Names {
    networks: HashMap<String, Vec<Network>>,
    groups: HashMap<String, Vec<Group>>,
    read: Instant,
    /// Whether a name was looked for that is not there.
    missed: AtomicBool,
}

#[derive(Debug)]
struct Network {
    id: String,
    subnets: Vec<Subnet>,
}

#[derive(Debug)]
struct Subnet {
    id: String,
    network: String,
    block: Option<IpNet>,
}

#[derive(Debug)]
struct Group {
    id: String,
    owner: String,
}

/// What Neutron tells of any of its things when it is asked for no more.
#[derive(Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    tenant_id: Option<Text<'a>>,
    #[serde(borrow)]
    network_id: Option<Text<'a>>,
    #[serde(borrow)]
    cidr: Option<Text<'a>>,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            networks: HashMap::new(),
            groups: HashMap::new(),
            read: Instant::now(),
            missed: AtomicBool::new(false),
        }
    }
}

impl Names {
    /// The names, as they were a short while ago at the most; none where the network service does not tell them, which
    /// leaves servers as they are.
    ///
    /// # Errors
    /// When the user cannot log in.
    pub(super) async fn recent(session: &Session<'_>) -> Result<Arc<Self>, Error> {
        let login = session.login().await?;
        let kept = &session.sessions.names;
        let names = kept.get(login.id, Names::read_if_told(session)).await?;
        if !names.are_worn() {
            return Ok(names);
        }
        kept.forget(login.id).await;
        kept.get(login.id, Names::read_if_told(session)).await
    }

    /// The names, if they are known: no call.
    ///
    /// # Errors
    /// When the user cannot log in.
    pub(super) async fn held(session: &Session<'_>) -> Result<Arc<Self>, Error> {
        let login = session.login().await?;
        Ok(session.sessions.names.held(login.id).await.unwrap_or_default())
    }

    /// Whether reading them again may tell more.
    fn are_worn(&self) -> bool {
        self.missed.load(Ordering::Relaxed) && self.read.elapsed() > RECONSIDERED
    }

    async fn read_if_told(session: &Session<'_>) -> Result<Self, Error> {
        Ok(told(Names::read(session), "the names of networks and groups").await.unwrap_or_default())
    }

    async fn read(session: &Session<'_>) -> Result<Self, Error> {
        let networks = read_list(session, "networks", &["id", "name"], |found| {
            Some((found.name?.0.into_owned(), found.id.0.into_owned()))
        });
        let subnets = read_list(session, "subnets", &["id", "network_id", "cidr"], |found| {
            let block = found.cidr.and_then(|cidr| cidr.parse().ok());
            Some(Subnet { id: found.id.0.into_owned(), network: found.network_id?.0.into_owned(), block })
        });
        let groups = read_list(session, "security-groups", &["id", "name", "tenant_id"], |found| {
            let owner = found.tenant_id.map(|owner| owner.0.into_owned()).unwrap_or_default();
            Some((found.name?.0.into_owned(), Group { id: found.id.0.into_owned(), owner }))
        });
        let (networks, subnets, groups) = try_join!(networks, subnets, groups)?;
        Ok(Names::of(networks, subnets, groups))
    }

    fn of(networks: Vec<(String, String)>, subnets: Vec<Subnet>, groups: Vec<(String, Group)>) -> Self {
        let mut names = Names::default();
        let mut of_network = HashMap::<String, Vec<Subnet>>::new();
        for subnet in subnets {
            of_network.entry(subnet.network.clone()).or_default().push(subnet);
        }
        for (name, id) in networks {
            let subnets = of_network.remove(&id).unwrap_or_default();
            names.networks.entry(name).or_default().push(Network { id, subnets });
        }
        for (name, group) in groups {
            names.groups.entry(name).or_default().push(group);
        }
        names
    }

    /// The ids of the network with this name in which a server has this address, and of its subnet.
    pub(super) fn place(&self, name: &str, address: IpAddr) -> (Option<&str>, Option<&str>) {
        let Some(named) = self.networks.get(name) else {
            self.missed.store(true, Ordering::Relaxed);
            return (None, None);
        };
        let has = |subnet: &&Subnet| subnet.block.is_some_and(|block| block.contains(&address));
        let subnets = named.iter().flat_map(|network| &network.subnets);
        if let Some(subnet) = only(subnets.filter(has)) {
            return (Some(&subnet.network), Some(&subnet.id));
        }
        // A subnet that was made a moment ago is not known yet.
        self.missed.store(true, Ordering::Relaxed);
        (only(named.iter()).map(|network| network.id.as_str()), None)
    }

    /// The id of the group with this name that a server of this owner is in.
    pub(super) fn group(&self, name: &str, owner: &str) -> Option<&str> {
        let Some(named) = self.groups.get(name) else {
            self.missed.store(true, Ordering::Relaxed);
            return None;
        };
        let own = || named.iter().filter(|group| group.owner == owner);
        let found = if own().next().is_some() { only(own()) } else { only(named.iter()) };
        found.map(|group| group.id.as_str())
    }
}

/// The one thing that there is; none when there are several.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

async fn read_list<T: Send>(
    session: &Session<'_>,
    list: &'static str,
    fields: &[&str],
    convert: impl Fn(Described<'_>) -> Option<T> + Send + Sync,
) -> Result<Vec<T>, Error> {
    let all = Call::get(Service::Network, &[list]);
    let call = fields.iter().fold(all, |call, field| call.query("fields", field));
    let array = if list == "security-groups" { "security_groups" } else { list };
    let found = pages::collect(session, call, array, |item| Ok(convert(json::read(item)?)));
    Ok(found.await?.into_iter().flatten().collect())
}

/// What Neutron adds to an answer of Nova's; none, and the log says why, when it does not tell in time.
pub(super) async fn told<T>(told: impl Future<Output = Result<T, Error>>, what: &str) -> Option<T> {
    let late = |_| Err(Error::new(ErrorKind::TimedOut, "the network service took too long"));
    match timeout(PATIENCE, Box::pin(told)).await.unwrap_or_else(late) {
        Ok(told) => Some(told),
        Err(error) => {
            if error.kind() != ErrorKind::Unsupported {
                tracing::warn!(%error, "{what} are left out");
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(id: &str, network: &str, block: &str) -> Subnet {
        Subnet { id: id.to_owned(), network: network.to_owned(), block: block.parse().ok() }
    }

    fn names() -> Names {
        let named = |name: &str, id: &str| (name.to_owned(), id.to_owned());
        let group = |name: &str, id: &str, owner: &str| {
            (name.to_owned(), Group { id: id.to_owned(), owner: owner.to_owned() })
        };
        Names::of(
            vec![named("a", "net-a"), named("", "net-b"), named("", "net-c"), named("bare", "net-d")],
            vec![
                subnet("sub-a4", "net-a", "10.0.0.0/24"),
                subnet("sub-a6", "net-a", "2001:db8::/64"),
                subnet("sub-b", "net-b", "10.1.0.0/24"),
                subnet("sub-b2", "net-b", "10.3.0.0/24"),
                subnet("sub-c", "net-c", "10.2.0.0/24"),
                subnet("sub-c2", "net-c", "10.3.0.0/16"),
            ],
            vec![
                group("default", "d1", "me"),
                group("default", "d2", "you"),
                group("twice", "t1", "me"),
                group("twice", "t2", "me"),
                group("shared", "s", "you"),
            ],
        )
    }

    #[test]
    fn a_place_is_told_by_the_name_and_the_address() {
        let names = names();
        for (name, address, place) in [
            ("a", "10.0.0.7", (Some("net-a"), Some("sub-a4"))),
            ("a", "2001:db8::7", (Some("net-a"), Some("sub-a6"))),
            ("", "10.1.0.1", (Some("net-b"), Some("sub-b"))),
            ("", "10.2.0.1", (Some("net-c"), Some("sub-c"))),
        ] {
            assert_eq!(names.place(name, address.parse().unwrap()), place, "{name} {address}");
        }
        assert!(!names.missed.load(Ordering::Relaxed));
        for (name, address, place) in [
            ("", "10.3.0.1", (None, None)),
            ("", "10.9.0.1", (None, None)),
            ("bare", "10.9.0.1", (Some("net-d"), None)),
            ("nosuch", "10.0.0.7", (None, None)),
        ] {
            assert_eq!(names.place(name, address.parse().unwrap()), place, "{name} {address}");
        }
        assert!(names.missed.load(Ordering::Relaxed) && !names.are_worn());
    }

    #[test]
    fn a_group_is_told_by_its_name_and_its_owner() {
        let names = names();
        for (name, owner, id) in [
            ("default", "me", Some("d1")),
            ("default", "you", Some("d2")),
            ("default", "they", None),
            ("shared", "me", Some("s")),
            ("twice", "me", None),
        ] {
            assert_eq!(names.group(name, owner), id, "{name} of {owner}");
        }
        assert!(!names.missed.load(Ordering::Relaxed));
        assert_eq!(names.group("nosuch", "me"), None);
        assert!(names.missed.load(Ordering::Relaxed));
    }
}
