//! Instances are servers.

mod act;
mod create;
mod disks;
mod server;

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream, try_join};

pub(super) use act::{act, destroy};
pub(super) use create::create;

use super::{
    CONCURRENCY,
    call::Call,
    catalogue::Service,
    hardware_profiles::Flavors,
    names::{self, Names},
    network_interfaces::{self, Plugged},
    pages,
    read::{admits, uuid},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Instance, Kind, NetworkInterface, Resource, Sink},
    wire::json,
};
use server::Server;

/// How many ids are asked for one by one; servers cannot be listed by id, so more of them are found in a list.
const FEW: usize = 10;

/// What a server does not say itself of what it names.
#[derive(Debug, Default)]
struct Known {
    /// The flavors, where servers do not have them in them.
    flavors: Option<Arc<Flavors>>,
    names: Arc<Names>,
}

impl Known {
    /// No call, but for what is too old to be believed.
    async fn recent(session: &Session<'_>) -> Result<Self, Error> {
        let flavors = if session.sessions.has_flavors_in_servers() {
            None
        } else {
            Some(Box::pin(Flavors::recent(session)).await?)
        };
        Ok(Known { flavors, names: Box::pin(Names::recent(session)).await? })
    }

    /// For servers into which this is plugged: of those that have interfaces, nothing has to be asked by name.
    async fn for_those(
        session: &Session<'_>,
        plugged: &[Plugged],
        servers: &[String],
    ) -> Result<Self, Error> {
        let has_any = |server: &String| {
            plugged.iter().any(|plugged| plugged.interface.instance.as_deref() == Some(server.as_str()))
        };
        if session.sessions.has_flavors_in_servers() && servers.iter().all(has_any) {
            Known::held(session).await
        } else {
            Known::recent(session).await
        }
    }

    /// As much as is known without a call.
    async fn held(session: &Session<'_>) -> Result<Self, Error> {
        Ok(Known { flavors: None, names: Names::held(session).await? })
    }
}

/// One call; when they are few, as many as there are ids, and one for their interfaces.
///
/// States narrow nothing here: what a client was promised of an instance is not what Nova says of it.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    if !filter.ids.is_empty() && filter.ids.len() <= FEW {
        return list_few(session, filter, cloud).await;
    }
    let mut call = Call::get(Service::Compute, &["servers", "detail"]);
    if let Some(name) = filter.name.as_deref().and_then(pattern) {
        call = call.query("name", &name);
    }
    if let Some(image) = &filter.image {
        call = call.query("image", image.as_str());
    }
    if let Some(most) = filter.at_most.filter(|most| *most > 0 && filter.ids.is_empty()) {
        call = call.query("limit", &most.to_string());
    }
    stream_servers(session, filter, call, cloud).await
}

/// The expression that only this name matches; none for a name with characters that may mean something in one.
fn pattern(name: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_ ".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_plain)).then(|| format!("^{name}$"))
}

async fn list_few(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let ids: BTreeSet<String> = filter.ids.iter().filter_map(|id| uuid(id.as_str())).collect();
    let ids = Vec::from_iter(ids);
    let shows: Vec<_> = ids.iter().map(|id| session.fetch_if_there(server_call(id))).collect();
    let shown = stream::iter(shows).buffered(CONCURRENCY).try_collect::<Vec<_>>();
    let (shown, plugged) = try_join!(shown, plugged(session, &ids))?;
    let known = Known::for_those(session, &plugged, &ids).await?;
    for document in shown.iter().flatten() {
        let mut instance = document.member::<Server<'_>>("server")?.instance(&known);
        plug(&mut instance, &plugged);
        if admits(filter, &instance.id, &instance.name)
            && cloud.emit(&Resource::Instance(instance)).await? == Flow::Enough
        {
            break;
        }
    }
    Ok(())
}

/// What is plugged into these servers; nothing where the network service does not tell it in time.
async fn plugged(session: &Session<'_>, servers: &[String]) -> Result<Vec<Plugged>, Error> {
    let interfaces = network_interfaces::of_servers(session, servers);
    Ok(names::told(interfaces, "the interfaces of servers").await.unwrap_or_default())
}

/// Gives an instance its interfaces, and the groups that are around them, if it has any.
fn plug<'a>(instance: &mut Instance<'a>, plugged: &'a [Plugged]) {
    let is_its = |plugged: &&Plugged| plugged.interface.instance.as_deref() == Some(&instance.id);
    let mut its: Vec<&Plugged> = plugged.iter().filter(is_its).collect();
    if its.is_empty() {
        return;
    }
    // Nova tells them in the order in which the guest has them.
    let position = |plugged: &&Plugged| {
        let is_it = |known: &NetworkInterface<'_>| known.mac == plugged.interface.mac;
        instance.interfaces.iter().position(is_it).unwrap_or(usize::MAX)
    };
    its.sort_by_key(position);
    instance.interfaces = its.iter().map(|plugged| plugged.interface.clone()).collect();
    for interface in &mut instance.interfaces {
        interface.instance = None;
    }
    let groups: BTreeSet<&str> = its.iter().flat_map(|plugged| &plugged.groups).map(String::as_str).collect();
    if !groups.is_empty() {
        instance.firewalls = groups.into_iter().map(Cow::Borrowed).collect();
    }
}

async fn stream_servers(
    session: &Session<'_>,
    filter: &Filter,
    call: Call,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let known = Known::recent(session).await?;
    let convert = |item: &[u8], sink: &mut dyn Sink| {
        let instance = json::read::<Server<'_>>(item)?.instance(&known);
        if admits(filter, &instance.id, &instance.name) {
            sink.put(&Resource::Instance(instance))
        } else {
            Ok(Flow::More)
        }
    };
    pages::each(session, cloud, call.with_flavors(), "servers", convert).await
}

fn server_call(uuid: &str) -> Call {
    Call::get(Service::Compute, &["servers", uuid]).with_flavors()
}

/// Two calls.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Instance, id.as_str());
    let ids = [uuid(id.as_str()).ok_or_else(missing)?];
    let document = session.fetch_of(Kind::Instance, id.as_str(), server_call(&ids[0]));
    let (document, plugged) = try_join!(document, plugged(session, &ids))?;
    let known = Known::for_those(session, &plugged, &ids).await?;
    let mut instance = document.member::<Server<'_>>("server")?.instance(&known);
    plug(&mut instance, &plugged);
    pages::emit(cloud, Resource::Instance(instance)).await
}

/// A server that something is done to.
struct Found {
    instance: Instance<'static>,
    /// Its status, as Nova writes it.
    status: String,
}

/// All servers with these ids, in the order of the ids: one call for each.
///
/// # Errors
/// `NotFound` when one of them is not there.
async fn find(session: &Session<'_>, ids: &[Id]) -> Result<Vec<Found>, Error> {
    let mut uuids: Vec<String> = Vec::with_capacity(ids.len());
    for id in ids {
        let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Instance, id.as_str()))?;
        if !uuids.contains(&uuid) {
            uuids.push(uuid);
        }
    }
    let known = &Known::held(session).await?;
    let find = async |uuid: String| {
        let document = session.fetch_of(Kind::Instance, &uuid, server_call(&uuid)).await?;
        let server: Server<'_> = document.member("server")?;
        let status = server.status.0.clone().into_owned();
        Ok(Found { status, instance: server.instance(known).into_owned() })
    };
    let finds: Vec<_> = uuids.into_iter().map(find).collect();
    stream::iter(finds).buffered(CONCURRENCY).try_collect().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_searched_for_only_when_it_is_no_expression() {
        assert_eq!(pattern("web-1 a").as_deref(), Some("^web-1 a$"));
        for name in ["", "a.b", "a*", "(a)", "\u{e4}"] {
            assert_eq!(pattern(name), None, "{name}");
        }
    }
}
