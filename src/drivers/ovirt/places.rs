//! Data centers and their clusters: where VMs can be, and what of it a provider's scope lets be seen.

use std::{sync::Arc, time::Duration};

use futures_util::future;

use super::{
    call::Call,
    dialect::Version,
    engine::read_version,
    read::{architecture, id_of, word},
    session::Session,
    states,
};
use crate::{
    model::{Error, ErrorKind, Id, Kind, RealmState},
    wire::xml::{Element, Malformed},
};

/// How long the places that a user sees are believed to be the same.
pub(super) const BELIEVED: Duration = Duration::from_secs(60);

/// The places that a user sees, in the engine's order. Both collections are small: an engine has tens of clusters.
#[derive(Debug, Default)]
pub(super) struct Places {
    data_centers: Vec<DataCenter>,
    clusters: Vec<Cluster>,
}

#[derive(Debug, Default)]
pub(super) struct DataCenter {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) up: bool,
}

/// A set of hosts that are alike.
#[derive(Debug, Default, Clone)]
pub(super) struct Cluster {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) data_center: Option<String>,
    /// The compatibility version, on which depends what its VMs can do.
    pub(super) version: Option<Version>,
    /// The processor of its hosts, in the model's words.
    pub(super) architecture: Option<&'static str>,
}

impl Places {
    /// The places as they are now: two calls.
    ///
    /// # Errors
    /// When one of the calls fails or the provider's data center is not there.
    pub(super) async fn read(session: &Session<'_>) -> Result<Self, Error> {
        let data_centers = session.fetch(Call::get(&["datacenters"]));
        let clusters = session.fetch(Call::get(&["clusters"]));
        let (data_centers, clusters) = future::try_join(data_centers, clusters).await?;
        let places = Places {
            data_centers: data_centers
                .read(|root| items(root, "data_centers", "data_center", data_center))?,
            clusters: clusters.read(|root| items(root, "clusters", "cluster", cluster))?,
        };
        places.within(session.provider().scope.as_deref())
    }

    /// The places as they were at most a minute ago.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) async fn recent(session: &Session<'_>) -> Result<Arc<Self>, Error> {
        let login = session.login().await?;
        session.sessions.places.get(login.id, async { Box::pin(Places::read(session)).await }).await
    }

    /// Only what belongs to the data center with this id or name; everything when none is named.
    fn within(mut self, scope: Option<&str>) -> Result<Self, Error> {
        let Some(scope) = scope else { return Ok(self) };
        self.data_centers
            .retain(|data_center| data_center.id.eq_ignore_ascii_case(scope) || data_center.name == scope);
        let Some(only) = self.data_centers.first() else {
            let message = format!("there is no data center '{scope}', or this user does not see it");
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        self.clusters.retain(|cluster| cluster.data_center.as_ref() == Some(&only.id));
        Ok(self)
    }

    /// All data centers.
    pub(super) fn data_centers(&self) -> &[DataCenter] {
        &self.data_centers
    }

    /// The only cluster of a data center; none when it has several.
    pub(super) fn only_cluster_of(&self, data_center: &str) -> Option<&Cluster> {
        let mut its =
            self.clusters.iter().filter(|cluster| cluster.data_center.as_deref() == Some(data_center));
        let first = its.next()?;
        its.next().is_none().then_some(first)
    }

    /// The cluster that is asked for by id or by name, or the first that takes VMs when none is.
    ///
    /// # Errors
    /// `NotFound` when it is not there, `NoCapacity` when there is no cluster that takes VMs.
    pub(super) fn wanted(&self, realm: Option<&Id>) -> Result<&Cluster, Error> {
        match realm {
            Some(realm) => {
                self.cluster(realm.as_str()).ok_or_else(|| Error::not_found(Kind::Realm, realm.as_str()))
            }
            None => self.first_available().ok_or_else(|| {
                Error::new(ErrorKind::NoCapacity, "there is no data center that is up at present")
            }),
        }
    }

    /// All clusters.
    pub(super) fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// The cluster with this id or, when there is none, this name.
    pub(super) fn cluster(&self, id_or_name: &str) -> Option<&Cluster> {
        let by_id = self.clusters.iter().find(|cluster| cluster.id.eq_ignore_ascii_case(id_or_name));
        by_id.or_else(|| self.clusters.iter().find(|cluster| cluster.name == id_or_name))
    }

    /// The first cluster that takes VMs.
    pub(super) fn first_available(&self) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| self.state(cluster) == RealmState::Available)
    }

    /// Whether VMs can be made in a cluster: when its data center is up.
    pub(super) fn state(&self, cluster: &Cluster) -> RealmState {
        let home = |data_center: &&DataCenter| Some(&data_center.id) == cluster.data_center.as_ref();
        match self.data_centers.iter().find(home) {
            Some(data_center) if data_center.up => RealmState::Available,
            _ => RealmState::Unavailable,
        }
    }

    /// The name of the one data center that is seen, by which the engine can narrow its lists.
    pub(super) fn only_data_center(&self) -> Option<&str> {
        match self.data_centers.as_slice() {
            [only] => Some(&only.name),
            _ => None,
        }
    }
}

/// Reads all items of a collection.
pub(super) fn items<'a, T>(
    root: &mut Element<'a>,
    collection: &str,
    item: &str,
    mut read: impl FnMut(&mut Element<'a>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let mut found = Vec::new();
    if root.name() != collection {
        return Err(Malformed::new(format!("it is no list of {collection}")));
    }
    root.children(|child| {
        if child.name() == item {
            found.push(read(child)?);
        }
        Ok(())
    })?;
    Ok(found)
}

pub(super) fn data_center(element: &mut Element<'_>) -> Result<DataCenter, Malformed> {
    let mut data_center = DataCenter { id: id_of(element)?.into_owned(), ..DataCenter::default() };
    element.children(|child| {
        match child.name() {
            "name" => data_center.name = child.text()?.into_owned(),
            "status" => data_center.up = states::data_center(&word(child)?) == RealmState::Available,
            _other => {}
        }
        Ok(())
    })?;
    Ok(data_center)
}

pub(super) fn cluster(element: &mut Element<'_>) -> Result<Cluster, Malformed> {
    let mut cluster = Cluster { id: id_of(element)?.into_owned(), ..Cluster::default() };
    element.children(|child| {
        match child.name() {
            "name" => cluster.name = child.text()?.into_owned(),
            "data_center" => cluster.data_center = Some(id_of(child)?.into_owned()),
            "version" => cluster.version = Some(read_version(child)?),
            "cpu" => child.children(|child| {
                if child.name() == "architecture" {
                    cluster.architecture = architecture(&child.text()?);
                }
                Ok(())
            })?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(cluster)
}
