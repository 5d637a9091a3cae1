//! Addresses are Neutron's floating IPs. One is understood by its id and by the address itself.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    call::Call,
    catalogue::Service,
    network_interfaces, networks,
    pages::{self, emit},
    read::uuid,
    session::{Session, about},
};
use crate::{
    exchange::Cloud,
    model::{Address, Error, ErrorKind, Filter, Flow, Id, Kind, Resource},
    wire::json::{self, Text},
};

#[derive(Debug, Deserialize)]
struct FloatingIp<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    floating_ip_address: IpAddr,
    #[serde(borrow)]
    port_id: Option<Text<'a>>,
    #[serde(borrow)]
    port_details: Option<PortDetails<'a>>,
}

/// Since Rocky.
#[derive(Debug, Deserialize)]
struct PortDetails<'a> {
    #[serde(borrow)]
    device_id: Option<Text<'a>>,
}

impl<'a> FloatingIp<'a> {
    fn address(self) -> Address<'a> {
        let device = self.port_details.and_then(|details| details.device_id);
        // An older Neutron says only that it leads somewhere: the port stands for the server then.
        let instance = device.filter(|device| !device.is_empty()).or(self.port_id);
        Address {
            id: self.id.0,
            ip: self.floating_ip_address,
            instance: instance.map(Into::into),
            tags: Default::default(),
        }
    }
}

fn read(item: &[u8]) -> Result<Address<'_>, Error> {
    Ok(json::read::<FloatingIp<'_>>(item)?.address())
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Network, &["floatingips"]);
    let is_it = |id: &Id, address: &Address<'_>| {
        id.as_str().eq_ignore_ascii_case(&address.id) || id.as_str().parse() == Ok(address.ip)
    };
    pages::each(session, cloud, call, "floatingips", |item, sink| {
        let address = read(item)?;
        let admitted = filter.ids.is_empty() || filter.ids.iter().any(|id| is_it(id, &address));
        if admitted { sink.put(&Resource::Address(address)) } else { Ok(Flow::More) }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    emit(cloud, Resource::Address(find(session, id).await?)).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Address<'static>, Error> {
    let missing = || Error::not_found(Kind::Address, id.as_str());
    if let Ok(ip) = id.as_str().parse::<IpAddr>() {
        let call =
            Call::get(Service::Network, &["floatingips"]).query("floating_ip_address", &ip.to_string());
        let found = pages::collect(session, call, "floatingips", |item| Ok(read(item)?.into_owned())).await?;
        return found.into_iter().find(|address| address.ip == ip).ok_or_else(missing);
    }
    let uuid = uuid(id.as_str()).ok_or_else(missing)?;
    let call = Call::get(Service::Network, &["floatingips", &uuid]);
    let document = session.fetch_of(Kind::Address, id.as_str(), call).await?;
    Ok(document.member::<FloatingIp<'_>>("floatingip")?.address().into_owned())
}

/// Two calls: the network that it comes from, and the address.
pub(super) async fn create(session: &Session<'_>, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let order = json!({"floating_network_id": networks::external(session).await?});
    let document = session.fetch(Call::post(Service::Network, &["floatingips"], "floatingip", order)).await?;
    emit(cloud, Resource::Address(document.member::<FloatingIp<'_>>("floatingip")?.address())).await
}

/// Three calls.
pub(super) async fn associate(
    session: &Session<'_>,
    id: &Id,
    instance: &Id,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let address = find(session, id).await?;
    if let Some(other) = &address.instance {
        return Err(not_now(id, &format!("leads to '{other}' already")));
    }
    let port = network_interfaces::first_of(session, instance).await?;
    lead(session, id, &address, json!(port), cloud).await
}

/// Two calls.
pub(super) async fn disassociate(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let address = find(session, id).await?;
    if address.instance.is_none() {
        return Err(not_now(id, "leads nowhere"));
    }
    lead(session, id, &address, Value::Null, cloud).await
}

async fn lead(
    session: &Session<'_>,
    id: &Id,
    address: &Address<'_>,
    port: Value,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let path = ["floatingips", &address.id];
    let call = Call::put(Service::Network, &path, "floatingip", json!({"port_id": port}));
    let document = session.fetch_of(Kind::Address, id.as_str(), call).await?;
    emit(cloud, Resource::Address(document.member::<FloatingIp<'_>>("floatingip")?.address())).await
}

/// Two calls for each. Neutron would give back an address that is in use, too.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let address = find(session, id).await?;
        if let Some(instance) = &address.instance {
            return Err(not_now(id, &format!("leads to '{instance}': disassociate it first")));
        }
        let removed = session.fetch(Call::delete(Service::Network, &["floatingips", &address.id])).await;
        removed.map_err(|error| about(error, Kind::Address, id.as_str()))?;
        emit(cloud, Resource::Address(address)).await?;
    }
    Ok(())
}

fn not_now(id: &Id, why: &str) -> Error {
    Error::new(ErrorKind::IncorrectState, format!("address '{id}' {why}")).about(Kind::Address, id.as_str())
}
