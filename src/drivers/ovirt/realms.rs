//! Realms are clusters: those of the provider's data center, or all.

use super::{
    places::{Cluster, Places},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, Realm, Resource},
};

/// Two calls, whatever is asked for: only a cluster's data center tells whether it takes VMs.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let places = Places::read(session).await?;
    for cluster in places.clusters() {
        if admits(filter, cluster)
            && cloud.emit(&Resource::Realm(realm(&places, cluster))).await? == Flow::Enough
        {
            break;
        }
    }
    Ok(())
}

fn admits(filter: &Filter, cluster: &Cluster) -> bool {
    let asked_for = |id: &Id| id.as_str().eq_ignore_ascii_case(&cluster.id);
    (filter.ids.is_empty() || filter.ids.iter().any(asked_for))
        && filter.name.as_ref().is_none_or(|name| *name == cluster.name)
}

/// By id or by name.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let places = Places::read(session).await?;
    let cluster = places.cluster(id.as_str()).ok_or_else(|| Error::not_found(Kind::Realm, id.as_str()))?;
    cloud.emit(&Resource::Realm(realm(&places, cluster))).await.map(|_| ())
}

fn realm<'p>(places: &Places, cluster: &'p Cluster) -> Realm<'p> {
    Realm { id: cluster.id.as_str().into(), name: cluster.name.as_str().into(), state: places.state(cluster) }
}
