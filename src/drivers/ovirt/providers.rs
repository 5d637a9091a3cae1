//! Providers are data centers: the provider's own, or all that a user sees.

use super::{
    places::{DataCenter, Places},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, Provider, Resource},
};

/// Two calls.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let places = Places::read(session).await?;
    for center in places.data_centers() {
        let asked_for = |id: &Id| id.as_str().eq_ignore_ascii_case(&center.id);
        if (filter.ids.is_empty() || filter.ids.iter().any(asked_for))
            && cloud.emit(&Resource::Provider(provider(center))).await? == Flow::Enough
        {
            break;
        }
    }
    Ok(())
}

/// Two calls; by id or by name.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let places = Places::read(session).await?;
    let is_it =
        |center: &&DataCenter| center.id.eq_ignore_ascii_case(id.as_str()) || center.name == id.as_str();
    let center = places.data_centers().iter().find(is_it);
    let center = center.ok_or_else(|| Error::not_found(Kind::Provider, id.as_str()))?;
    cloud.emit(&Resource::Provider(provider(center))).await.map(|_| ())
}

fn provider(center: &DataCenter) -> Provider<'_> {
    Provider { id: center.id.as_str().into(), name: center.name.as_str().into() }
}
