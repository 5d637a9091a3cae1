//! Instances are servers.

mod act;
mod create;
mod server;

use std::{collections::BTreeSet, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};

pub(super) use act::{act, destroy};
pub(super) use create::create;
pub(super) use server::Server;

use super::{
    CONCURRENCY,
    call::Call,
    catalogue::Service,
    hardware_profiles::Flavors,
    pages,
    read::{admits, uuid},
    session::{Document, Session},
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Instance, Kind, Resource, Sink},
    wire::json,
};

/// How many ids are asked for one by one; servers cannot be listed by id, so more of them are found in a list.
const FEW: usize = 10;

/// One call; as many as there are ids when they are few.
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
    let shows: Vec<_> = ids.iter().map(|id| session.fetch_if_there(server_call(id))).collect();
    let mut shown = stream::iter(shows).buffered(CONCURRENCY);
    let flavors = known_flavors(session).await?;
    while let Some(document) = shown.try_next().await? {
        let Some(document) = document else { continue };
        let instance = instance(&document, flavors.as_deref())?;
        if admits(filter, &instance.id, &instance.name)
            && cloud.emit(&Resource::Instance(instance)).await? == Flow::Enough
        {
            break;
        }
    }
    Ok(())
}

async fn stream_servers(
    session: &Session<'_>,
    filter: &Filter,
    call: Call,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let flavors = known_flavors(session).await?;
    let convert = |item: &[u8], sink: &mut dyn Sink| {
        let instance = json::read::<Server<'_>>(item)?.instance(flavors.as_deref());
        if admits(filter, &instance.id, &instance.name) {
            sink.put(&Resource::Instance(instance))
        } else {
            Ok(Flow::More)
        }
    };
    pages::each(session, cloud, call.with_flavors(), "servers", convert).await
}

/// The flavors, where servers do not have them in them.
async fn known_flavors(session: &Session<'_>) -> Result<Option<Arc<Flavors>>, Error> {
    if session.sessions.has_flavors_in_servers() {
        return Ok(None);
    }
    Box::pin(Flavors::recent(session)).await.map(Some)
}

fn server_call(uuid: &str) -> Call {
    Call::get(Service::Compute, &["servers", uuid]).with_flavors()
}

fn instance<'d>(document: &'d Document, flavors: Option<&Flavors>) -> Result<Instance<'d>, Error> {
    Ok(document.member::<Server<'_>>("server")?.instance(flavors))
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Instance, id.as_str());
    let uuid = uuid(id.as_str()).ok_or_else(missing)?;
    let document = session.fetch_of(Kind::Instance, id.as_str(), server_call(&uuid)).await?;
    let flavors = known_flavors(session).await?;
    pages::emit(cloud, Resource::Instance(instance(&document, flavors.as_deref())?)).await
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
    let find = async |uuid: String| {
        let document = session.fetch_of(Kind::Instance, &uuid, server_call(&uuid)).await?;
        let server: Server<'_> = document.member("server")?;
        let status = server.status.0.clone().into_owned();
        Ok(Found { status, instance: server.instance(None).into_owned() })
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
