//! Networks are Neutron's, but for those through which only addresses lead: no interface can be on those.
//!
//! A network has no addresses of its own in Neutron; those of its subnets are shown for them.

use std::collections::HashMap;

use serde::Deserialize;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::{self, emit},
    read::{admits, uuid},
    session::{Document, Session, about},
    states,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Kind, Network, NetworkSpec, Resource},
    wire::json::{self, Text},
};

#[derive(Debug, Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow, default)]
    subnets: Vec<Text<'a>>,
    #[serde(rename = "router:external", default)]
    is_external: bool,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    is_default: bool,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

impl<'a> Described<'a> {
    /// Whether interfaces can be on it.
    fn carries_interfaces(&self) -> bool {
        self.shared || !self.is_external
    }

    fn network(self, blocks: &Blocks) -> Network<'a> {
        let of = |subnet: &Text<'_>| blocks.0.get(subnet.0.as_ref()).cloned();
        Network {
            id: self.id.0,
            name: self.name.0,
            state: states::network(&self.status),
            address_blocks: self.subnets.iter().filter_map(of).map(Into::into).collect(),
            subnets: self.subnets.into_iter().map(|subnet| subnet.0).collect(),
            tags: Default::default(),
        }
    }
}

/// The addresses of subnets, by the subnets' ids.
#[derive(Default)]
struct Blocks(HashMap<String, String>);

impl Blocks {
    async fn read(session: &Session<'_>, network: Option<&str>) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Subnet<'a> {
            #[serde(borrow)]
            id: Text<'a>,
            #[serde(borrow)]
            cidr: Text<'a>,
        }
        let mut call =
            Call::get(Service::Network, &["subnets"]).query("fields", "id").query("fields", "cidr");
        if let Some(network) = network {
            call = call.query("network_id", network);
        }
        let read = |item: &[u8]| {
            let Subnet { id, cidr } = json::read(item)?;
            Ok((id.0.into_owned(), cidr.0.into_owned()))
        };
        Ok(Blocks(pages::collect(session, call, "subnets", read).await?.into_iter().collect()))
    }
}

/// Two calls: the subnets', whose addresses are shown, and the networks'.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let blocks = Blocks::read(session, None).await?;
    let call = Call::get(Service::Network, &["networks"]).named(filter);
    pages::each(session, cloud, call, "networks", |item, sink| {
        let found: Described<'_> = json::read(item)?;
        if !found.carries_interfaces() || !admits(filter, &found.id, &found.name) {
            return Ok(Flow::More);
        }
        sink.put(&Resource::Network(found.network(&blocks)))
    })
    .await
}

/// Two calls.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    let found: Described<'_> = document.member("network")?;
    let blocks = Blocks::read(session, Some(&found.id)).await?;
    emit(cloud, Resource::Network(found.network(&blocks))).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Document, Error> {
    let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Network, id.as_str()))?;
    session.fetch_of(Kind::Network, id.as_str(), Call::get(Service::Network, &["networks", &uuid])).await
}

/// One call. What addresses its subnets may have is not kept: Neutron checks only that they do not overlap.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &NetworkSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let order = Object::default().with("name", spec.name.as_deref().unwrap_or_default());
    let document = session.fetch(Call::post(Service::Network, &["networks"], "network", order)).await?;
    session.sessions.names.forget_all();
    let made: Described<'_> = document.member("network")?;
    emit(cloud, Resource::Network(made.network(&Blocks::default()))).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let document = find(session, id).await?;
        let found: Described<'_> = document.member("network")?;
        let removed = session.fetch(Call::delete(Service::Network, &["networks", &found.id])).await;
        removed.map_err(|error| about(error, Kind::Network, id.as_str()))?;
        session.sessions.names.forget_all();
        emit(cloud, Resource::Network(found.network(&Blocks::default()))).await?;
    }
    Ok(())
}

/// What an id of a network or of a part of one means.
pub(super) struct Place {
    /// The network.
    pub(super) network: String,
    /// The part of it, and the version of IP that is spoken there; none when the id is the network's own.
    pub(super) part: Option<(String, u8)>,
}

impl Place {
    /// Finds it out: one call.
    ///
    /// # Errors
    /// `NotFound` when it can be no id. Whether a network has it is found out by those who use it.
    pub(super) async fn of(session: &Session<'_>, id: &Id) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Subnet<'a> {
            #[serde(borrow)]
            network_id: Text<'a>,
            ip_version: u8,
        }
        let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Network, id.as_str()))?;
        let subnet = session.fetch_if_there(Call::get(Service::Network, &["subnets", &uuid])).await?;
        let Some(subnet) = subnet else { return Ok(Place { network: uuid, part: None }) };
        let Subnet { network_id, ip_version } = subnet.member("subnet")?;
        Ok(Place { network: network_id.0.into_owned(), part: Some((uuid, ip_version)) })
    }

    /// The network, for a server of which Nova chooses the addresses: one call more for a part of one.
    ///
    /// # Errors
    /// `Unsupported` when Nova might choose another part than this one.
    pub(super) async fn for_server(self, session: &Session<'_>) -> Result<String, Error> {
        let Some((_, version)) = &self.part else { return Ok(self.network) };
        let call = Call::get(Service::Network, &["subnets"])
            .query("network_id", &self.network)
            .query("ip_version", &version.to_string());
        let alike = pages::collect(session, call, "subnets", |_| Ok(())).await?.len();
        if alike == 1 {
            return Ok(self.network);
        }
        let message = "the network has several subnets, of which Nova chooses: name the network";
        Err(Error::new(ErrorKind::Unsupported, message).about(Kind::Network, self.network))
    }
}

/// The id of the user's oldest network that has addresses: where instances go of which no network is said.
///
/// # Errors
/// `Invalid` when there is none.
pub(super) async fn oldest(session: &Session<'_>) -> Result<String, Error> {
    let call = Call::get(Service::Network, &["networks"]);
    let found = pages::collect(session, call, "networks", |item| {
        let found: Described<'_> = json::read(item)?;
        let fits = found.carries_interfaces() && !found.subnets.is_empty();
        let created = found.created_at.map(|created| created.0.into_owned());
        Ok(fits.then(|| (created, found.id.0.into_owned())))
    });
    let oldest = found.await?.into_iter().flatten().min();
    let none =
        || Error::new(ErrorKind::Invalid, "there is no network that an instance could be on: name one");
    oldest.map(|(_, id)| id).ok_or_else(none)
}

/// The network through which addresses lead: the cloud's default one, otherwise the first.
///
/// # Errors
/// `Unsupported` when there is none.
pub(super) async fn external(session: &Session<'_>) -> Result<String, Error> {
    let call = Call::get(Service::Network, &["networks"]).query("router:external", "true");
    let found = pages::collect(session, call, "networks", |item| {
        let found: Described<'_> = json::read(item)?;
        Ok((!found.is_default, found.id.0.into_owned()))
    });
    let first = found.await?.into_iter().min_by_key(|(is_other, _)| *is_other);
    let none = || Error::new(ErrorKind::Unsupported, "the cloud has no network that addresses come from");
    first.map(|(_, id)| id).ok_or_else(none)
}
