//! Networks are what an interface is put on: vNIC profiles, which engines have from 3.3 on, each of a logical network;
//! logical networks themselves before.

use std::{borrow::Cow, collections::HashSet};

use smallvec::SmallVec;

use super::{
    call::Call,
    places::{Places, items},
    read::{id_of, uuid, word},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, Network, NetworkState, Resource},
    wire::xml::{self, Element, Malformed},
};

/// A logical network or one of its profiles, with what the driver needs to know of it besides.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) network: Network<'a>,
    /// The data center of a logical network.
    pub(super) data_center: Option<Cow<'a, str>>,
    /// The logical network of a profile.
    pub(super) logical: Option<Cow<'a, str>>,
}

/// What the provider's scope and the ids that were asked for leave of the networks.
struct View {
    /// The logical networks of the data center that is seen; none when all are.
    seen: Option<HashSet<String>>,
    ids: HashSet<String>,
    /// The collection and its element.
    names: (&'static str, &'static str, &'static str),
}

impl View {
    /// One call when the provider's scope is narrow.
    async fn of(session: &Session<'_>, ids: &[Id]) -> Result<Self, Error> {
        let profiles = session.dialect().vnic_profiles;
        let narrowed = session.provider().scope.is_some();
        Ok(View {
            seen: if narrowed { Some(logical_networks(session).await?) } else { None },
            ids: ids.iter().filter_map(|id| uuid(id.as_str())).collect(),
            names: if profiles {
                ("vnicprofiles", "vnic_profiles", "vnic_profile")
            } else {
                ("networks", "networks", "network")
            },
        })
    }

    fn admits(&self, found: &Found<'_>) -> bool {
        let logical = found.logical.as_ref().unwrap_or(&found.network.id);
        let seen = self.seen.as_ref().is_none_or(|seen| seen.contains(logical.as_ref()));
        seen && (self.ids.is_empty() || self.ids.contains(found.network.id.as_ref()))
    }
}

/// The ids of the logical networks of the data center that the provider's scope lets be seen.
async fn logical_networks(session: &Session<'_>) -> Result<HashSet<String>, Error> {
    let places = Places::recent(session).await?;
    let document = session.fetch(Call::get(&["networks"])).await?;
    let found = document.read(|root| {
        items(root, "networks", "network", |element| {
            let Found { network, data_center, .. } = read(element)?;
            let here =
                places.data_centers().iter().any(|known| data_center.as_deref() == Some(known.id.as_str()));
            Ok(here.then(|| network.id.into_owned()))
        })
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// One call, or two when the provider's scope is a data center: a profile does not say which one it is in.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let view = View::of(session, &filter.ids).await?;
    if !filter.ids.is_empty() && view.ids.is_empty() {
        return Ok(());
    }
    let (path, root, item) = view.names;
    let mut decode = xml::each(root, item, |element, sink| {
        let found = read(element)?;
        if view.admits(&found) { sink.put(&Resource::Network(found.network)) } else { Ok(Flow::More) }
    });
    session.stream(cloud, Call::get(&[path]), &mut decode).await
}

/// One call, or two when the provider's scope is a data center.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let network = find(session, id).await?;
    cloud.emit(&Resource::Network(network)).await.map(|_| ())
}

/// The network with this id.
///
/// # Errors
/// `NotFound` when there is none, or none that the provider's scope lets be seen.
pub(super) async fn find(session: &Session<'_>, id: &Id) -> Result<Network<'static>, Error> {
    let missing = || Error::not_found(Kind::Network, id.as_str());
    let view = View::of(session, std::slice::from_ref(id)).await?;
    let Some(uuid) = view.ids.iter().next() else { return Err(missing()) };
    let document = session.fetch_if_there(Call::get(&[view.names.0, uuid])).await?.ok_or_else(missing)?;
    let network = document.read(|root| {
        let found = read(root)?;
        Ok(view.admits(&found).then(|| found.network.into_owned()))
    })?;
    network.ok_or_else(missing)
}

/// Reads a `vnic_profile` or a `network`.
pub(super) fn read<'a>(element: &mut Element<'a>) -> Result<Found<'a>, Malformed> {
    if !["vnic_profile", "network"].contains(&element.name()) {
        return Err(Malformed::new("it is not a network"));
    }
    let mut found = Found {
        network: Network {
            id: id_of(element)?,
            name: Cow::Borrowed(""),
            state: NetworkState::Up,
            address_blocks: SmallVec::new(),
            subnets: SmallVec::new(),
            tags: Default::default(),
        },
        data_center: None,
        logical: None,
    };
    element.children(|child| {
        match child.name() {
            "name" => found.network.name = child.text()?,
            "status" => found.network.state = state(&word(child)?),
            "data_center" => found.data_center = child.attribute("id")?,
            "network" => found.logical = child.attribute("id")?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// The engine says it of the networks of its hosts, and 3.0 of all.
fn state(word: &str) -> NetworkState {
    if word.eq_ignore_ascii_case("operational") { NetworkState::Up } else { NetworkState::Down }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_and_networks_are_read_alike() {
        let profile = r#"<vnic_profile id="p"><name>a</name><network id="n"/></vnic_profile>"#;
        let network = r#"<network id="n"><name>a</name><data_center id="d"/><status><state>non_operational</state></status></network>"#;
        for (text, id, state, logical) in
            [(profile, "p", NetworkState::Up, Some("n")), (network, "n", NetworkState::Down, None)]
        {
            xml::document(text.as_bytes(), |root| {
                let found = read(root)?;
                assert_eq!((&*found.network.id, &*found.network.name, found.network.state), (id, "a", state));
                assert_eq!(found.logical.as_deref(), logical);
                Ok(())
            })
            .unwrap();
        }
    }
}
