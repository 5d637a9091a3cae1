//! Realms are Nova's availability zones, whose names are their ids.

use serde::Deserialize;

use super::{
    call::Call,
    catalogue::Service,
    pages::{self, emit},
    read::admits,
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, Realm, RealmState, Resource},
    wire::json::{self, Text},
};

const LIST: &str = "availabilityZoneInfo";

/// An availability zone, of Nova or of Cinder.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Zone<'a> {
    #[serde(borrow)]
    zone_name: Text<'a>,
    zone_state: ZoneState,
}

#[derive(Debug, Deserialize)]
struct ZoneState {
    available: bool,
}

fn zone(bytes: &[u8]) -> Result<Realm<'_>, Error> {
    let Zone { zone_name, zone_state } = json::read(bytes)?;
    let state = if zone_state.available { RealmState::Available } else { RealmState::Unavailable };
    Ok(Realm { id: zone_name.0.clone(), name: zone_name.0, state })
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Compute, &["os-availability-zone"]);
    pages::each(session, cloud, call, LIST, |item, sink| {
        let realm = zone(item)?;
        if admits(filter, &realm.id, &realm.name) {
            sink.put(&Resource::Realm(realm))
        } else {
            Ok(Flow::More)
        }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let realms = zones(session, Service::Compute).await?;
    let realm = realms.into_iter().find(|realm| realm.id == id.as_str());
    emit(cloud, Resource::Realm(realm.ok_or_else(|| Error::not_found(Kind::Realm, id.as_str()))?)).await
}

/// The zones of Nova or of Cinder, which need not be the same.
///
/// # Errors
/// What the exchange fails with.
pub(super) async fn zones(session: &Session<'_>, service: Service) -> Result<Vec<Realm<'static>>, Error> {
    let call = Call::get(service, &["os-availability-zone"]);
    pages::collect(session, call, LIST, |item| Ok(zone(item)?.into_owned())).await
}
