//! Network interfaces are Neutron's ports, those that are a server's or could be one's.

use serde::Deserialize;
use serde_json::json;

use super::{
    call::{Call, Object},
    catalogue::Service,
    networks::Place,
    pages::{self, emit},
    read::{admits, uuid},
    session::{Document, Session, about},
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Kind, NetworkInterface, NetworkInterfaceSpec, Resource},
    wire::json::{self, Text},
};

/// With this the owner begins of a port that is a server's.
const SERVERS: &str = "compute:";

#[derive(Debug, Deserialize)]
struct Port<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    network_id: Text<'a>,
    #[serde(borrow)]
    mac_address: Option<Text<'a>>,
    #[serde(borrow)]
    device_id: Option<Text<'a>>,
    #[serde(borrow)]
    device_owner: Option<Text<'a>>,
    #[serde(borrow, default)]
    fixed_ips: Vec<FixedIp<'a>>,
    #[serde(borrow, default)]
    security_groups: Vec<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct FixedIp<'a> {
    #[serde(borrow)]
    subnet_id: Option<Text<'a>>,
    #[serde(borrow)]
    ip_address: Text<'a>,
}

impl<'a> Port<'a> {
    /// Whether it is a server's or nobody's, and not one of Neutron's own.
    fn is_interface(&self) -> bool {
        self.device_owner.as_deref().is_none_or(|owner| owner.is_empty() || owner.starts_with(SERVERS))
    }

    fn interface(self) -> NetworkInterface<'a> {
        let addresses = self.fixed_ips.iter().filter_map(|fixed| fixed.ip_address.parse().ok()).collect();
        let is_servers = self.device_owner.as_deref().is_some_and(|owner| owner.starts_with(SERVERS));
        NetworkInterface {
            id: self.id.0,
            name: self.name.0,
            mac: self.mac_address.map(Into::into),
            network: Some(self.network_id.0),
            subnet: self.fixed_ips.into_iter().find_map(|fixed| fixed.subnet_id).map(Into::into),
            instance: self.device_id.filter(|id| is_servers && !id.is_empty()).map(Into::into),
            addresses,
            tags: Default::default(),
        }
    }
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Network, &["ports"]).named(filter);
    pages::each(session, cloud, call, "ports", |item, sink| {
        let port: Port<'_> = json::read(item)?;
        if !port.is_interface() || !admits(filter, &port.id, &port.name) {
            return Ok(Flow::More);
        }
        sink.put(&Resource::NetworkInterface(port.interface()))
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    emit(cloud, Resource::NetworkInterface(interface(&document, id)?)).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Document, Error> {
    let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::NetworkInterface, id.as_str()))?;
    session
        .fetch_of(Kind::NetworkInterface, id.as_str(), Call::get(Service::Network, &["ports", &uuid]))
        .await
}

fn interface<'d>(document: &'d Document, id: &Id) -> Result<NetworkInterface<'d>, Error> {
    let port: Port<'_> = document.member("port")?;
    if port.is_interface() {
        Ok(port.interface())
    } else {
        Err(Error::not_found(Kind::NetworkInterface, id.as_str()))
    }
}

/// Four calls: where the port is to be, the port, its being the server's, and what has come of it.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &NetworkInterfaceSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Instance, spec.instance.as_str());
    let server = uuid(spec.instance.as_str()).ok_or_else(missing)?;
    let Place { network, part } = Place::of(session, &spec.network).await?;
    let order = Object::default()
        .with("network_id", network)
        .with("name", spec.name.as_deref().unwrap_or_default())
        .maybe("fixed_ips", part.map(|(subnet, _)| json!([{"subnet_id": subnet}])));
    let call = Call::post(Service::Network, &["ports"], "port", order);
    let document = session.fetch_of(Kind::Network, spec.network.as_str(), call).await?;
    let made: Port<'_> = document.member("port")?;
    let path = ["servers", &server, "os-interface"];
    let attach = Call::post(Service::Compute, &path, "interfaceAttachment", json!({"port_id": made.id.0}));
    if let Err(error) = session.fetch_of(Kind::Instance, spec.instance.as_str(), attach).await {
        let undone = session.fetch(Call::delete(Service::Network, &["ports", &made.id])).await;
        if let Err(error) = undone {
            tracing::error!(port = %made.id.0, %error, "a port that no server took is left");
        }
        return Err(error);
    }
    show(session, &Id::from(made.id.0.into_owned()), cloud).await
}

/// Two calls for each: Neutron tells Nova that the server has lost it.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let document = find(session, id).await?;
        let interface = interface(&document, id)?;
        let removed = session.fetch(Call::delete(Service::Network, &["ports", &interface.id])).await;
        removed.map_err(|error| about(error, Kind::NetworkInterface, id.as_str()))?;
        emit(cloud, Resource::NetworkInterface(interface)).await?;
    }
    Ok(())
}

/// An interface of a server, and the groups around it.
pub(super) struct Plugged {
    pub(super) interface: NetworkInterface<'static>,
    pub(super) groups: Vec<String>,
}

/// The interfaces of these servers: one call.
///
/// # Errors
/// What the exchange fails with.
pub(super) async fn of_servers(session: &Session<'_>, servers: &[String]) -> Result<Vec<Plugged>, Error> {
    let all = Call::get(Service::Network, &["ports"]);
    let call = servers.iter().fold(all, |call, server| call.query("device_id", server));
    let ports = pages::collect(session, call, "ports", |item| {
        let port: Port<'_> = json::read(item)?;
        let groups = port.security_groups.iter().map(|group| group.0.clone().into_owned()).collect();
        Ok(Plugged { groups, interface: port.interface().into_owned() })
    });
    ports.await
}

/// The id of a server's first port that has an address.
///
/// # Errors
/// `NotFound` when there is no such server, `IncorrectState` when it has no such port.
pub(super) async fn first_of(session: &Session<'_>, instance: &Id) -> Result<String, Error> {
    let missing = || Error::not_found(Kind::Instance, instance.as_str());
    let server = uuid(instance.as_str()).ok_or_else(missing)?;
    let call = Call::get(Service::Network, &["ports"]).query("device_id", &server);
    let ports = pages::collect(session, call, "ports", |item| {
        let port: Port<'_> = json::read(item)?;
        Ok((!port.fixed_ips.is_empty()).then(|| port.id.0.into_owned()))
    });
    if let Some(port) = ports.await?.into_iter().flatten().next() {
        return Ok(port);
    }
    session
        .fetch_of(Kind::Instance, instance.as_str(), Call::get(Service::Compute, &["servers", &server]))
        .await?;
    let message = format!("instance '{instance}' is on no network with addresses, or not yet");
    Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Instance, instance.as_str()))
}
