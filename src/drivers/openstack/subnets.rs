//! Subnets are Neutron's, but for those from which only addresses come.

use serde::Deserialize;
use serde_json::json;

use super::{
    call::Call,
    catalogue::Service,
    pages::{self, emit},
    read::{admits, uuid},
    session::{Document, Session, about},
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, NetworkState, Resource, Subnet, SubnetSpec},
    wire::json::{self, Text},
};

#[derive(Debug, Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    network_id: Text<'a>,
    #[serde(borrow)]
    cidr: Text<'a>,
    #[serde(rename = "router:external", default)]
    is_external: bool,
}

impl<'a> Described<'a> {
    fn subnet(self) -> Subnet<'a> {
        Subnet {
            id: self.id.0,
            name: self.name.0,
            // Neutron does not say more of a part of a network than that it is there.
            state: NetworkState::Up,
            network: Some(self.network_id.0),
            address_block: Some(self.cidr.0),
            tags: Default::default(),
        }
    }
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Network, &["subnets"]).named(filter);
    pages::each(session, cloud, call, "subnets", |item, sink| {
        let found: Described<'_> = json::read(item)?;
        if found.is_external || !admits(filter, &found.id, &found.name) {
            return Ok(Flow::More);
        }
        sink.put(&Resource::Subnet(found.subnet()))
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    emit(cloud, Resource::Subnet(document.member::<Described<'_>>("subnet")?.subnet())).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Document, Error> {
    let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Subnet, id.as_str()))?;
    session.fetch_of(Kind::Subnet, id.as_str(), Call::get(Service::Network, &["subnets", &uuid])).await
}

/// One call.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &SubnetSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Network, spec.network.as_str());
    let network = uuid(spec.network.as_str()).ok_or_else(missing)?;
    let version = if spec.address_block.contains(':') { 6 } else { 4 };
    let order = json!({
        "network_id": network,
        "ip_version": version,
        "cidr": spec.address_block,
        "name": spec.name.as_deref().unwrap_or_default(),
    });
    let call = Call::post(Service::Network, &["subnets"], "subnet", order);
    let document = session.fetch_of(Kind::Network, spec.network.as_str(), call).await?;
    session.sessions.names.forget_all();
    emit(cloud, Resource::Subnet(document.member::<Described<'_>>("subnet")?.subnet())).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let document = find(session, id).await?;
        let subnet = document.member::<Described<'_>>("subnet")?.subnet();
        let removed = session.fetch(Call::delete(Service::Network, &["subnets", &subnet.id])).await;
        removed.map_err(|error| about(error, Kind::Subnet, id.as_str()))?;
        session.sessions.names.forget_all();
        emit(cloud, Resource::Subnet(subnet)).await?;
    }
    Ok(())
}
