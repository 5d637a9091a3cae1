//! Providers are the regions of the catalogue.

use super::{pages::emit, session::Session};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, Provider, Resource},
};

/// No call but the login.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let login = session.login().await?;
    for region in login.catalogue.regions() {
        let asked_for = filter.ids.is_empty() || filter.ids.iter().any(|id| id.as_str() == region);
        let named = filter.name.as_ref().is_none_or(|name| name == region);
        if asked_for && named && cloud.emit(&Resource::Provider(provider(region))).await? == Flow::Enough {
            break;
        }
    }
    Ok(())
}

/// No call but the login.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let login = session.login().await?;
    let region = login.catalogue.regions().iter().find(|region| *region == id.as_str());
    let region = region.ok_or_else(|| Error::not_found(Kind::Provider, id.as_str()))?;
    emit(cloud, Resource::Provider(provider(region))).await
}

fn provider(region: &str) -> Provider<'_> {
    Provider { id: region.into(), name: region.into() }
}
