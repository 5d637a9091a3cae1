//! Hardware profiles are flavors. A profile's id is the flavor's name, which is unique, is what people type, and is what
//! a server tells of its flavor; where something is asked for, the flavor's own id is understood, too.

use std::{cmp::Ordering, sync::Arc, time::Duration};

use serde::Deserialize;

use super::{
    call::Call,
    catalogue::Service,
    pages::{self, emit},
    read::{GIB, MIB},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, HardwareProfile, Id, InstanceSpec, Kind, Property, Resource},
    wire::json::{self, Text},
};

/// How long it is believed that there are the flavors that there were.
pub(super) const BELIEVED: Duration = Duration::from_secs(300);

/// A flavor as Nova describes it.
#[derive(Debug, Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    vcpus: u32,
    ram: u64,
    disk: u64,
}

impl<'a> Described<'a> {
    fn profile(self) -> HardwareProfile<'a> {
        HardwareProfile {
            id: self.name.0.clone(),
            name: self.name.0,
            cpus: Some(Property::Fixed(self.vcpus)),
            memory: Some(Property::Fixed(self.ram.saturating_mul(MIB))),
            // Without a disk of its own it has the image's.
            storage: (self.disk > 0).then(|| Property::Fixed(self.disk.saturating_mul(GIB))),
            architecture: None,
        }
    }
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    pages::each(session, cloud, all(), "flavors", |item, sink| {
        let flavor: Described<'_> = json::read(item)?;
        let asked_for = |id: &Id| id.as_str() == &*flavor.name || id.as_str() == &*flavor.id;
        let admitted = (filter.ids.is_empty() || filter.ids.iter().any(asked_for))
            && filter.name.as_ref().is_none_or(|name| *name == *flavor.name);
        if admitted { sink.put(&Resource::HardwareProfile(flavor.profile())) } else { Ok(Flow::More) }
    })
    .await
}

/// One call, which may be kept from before.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let flavors = Flavors::recent(session).await?;
    let flavor =
        flavors.find(id.as_str()).ok_or_else(|| Error::not_found(Kind::HardwareProfile, id.as_str()))?;
    emit(cloud, Resource::HardwareProfile(flavor.described().profile())).await
}

fn all() -> Call {
    Call::get(Service::Compute, &["flavors", "detail"])
}

/// The flavors that a user sees.
#[derive(Debug, Default)]
pub(super) struct Flavors(Vec<Flavor>);

/// A flavor, with its size in the units in which Nova counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flavor {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) cpus: u32,
    /// Memory in MiB.
    memory: u64,
    /// Disk in GiB; none of its own when 0.
    disk: u64,
}

impl Flavor {
    #[cfg(test)]
    pub(super) fn with_disk(gibibytes: u64) -> Self {
        Flavor { id: "1".to_owned(), name: "m1".to_owned(), cpus: 1, memory: 512, disk: gibibytes }
    }

    fn described(&self) -> Described<'_> {
        Described {
            id: Text(self.id.as_str().into()),
            name: Text(self.name.as_str().into()),
            vcpus: self.cpus,
            ram: self.memory,
            disk: self.disk,
        }
    }

    /// Memory in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.memory.saturating_mul(MIB)
    }

    /// The size of the disk that an instance has of it, in bytes; none when it is as large as the image.
    pub(super) fn disk(&self) -> Option<u64> {
        (self.disk > 0).then(|| self.disk.saturating_mul(GIB))
    }

    /// The smaller one first.
    fn by_size(&self, other: &Self) -> Ordering {
        (self.memory, self.cpus, self.disk).cmp(&(other.memory, other.cpus, other.disk))
    }

    fn is_of_size(&self, spec: &InstanceSpec) -> bool {
        spec.cpus.is_none_or(|cpus| cpus == self.cpus)
            && spec.memory.is_none_or(|memory| memory == self.memory())
    }
}

impl Flavors {
    /// The flavors, as they were a short while ago at the most.
    ///
    /// # Errors
    /// What the exchange fails with.
    pub(super) async fn recent(session: &Session<'_>) -> Result<Arc<Self>, Error> {
        let login = session.login().await?;
        session.sessions.flavors.get(login.id, Flavors::read(session)).await
    }

    async fn read(session: &Session<'_>) -> Result<Self, Error> {
        let flavors = pages::collect(session, all(), "flavors", |item| {
            let Described { id, name, vcpus, ram, disk } = json::read(item)?;
            let (id, name) = (id.0.into_owned(), name.0.into_owned());
            Ok(Flavor { id, name, cpus: vcpus, memory: ram, disk })
        });
        flavors.await.map(Flavors)
    }

    /// The flavor of this name, or with this id.
    pub(super) fn find(&self, text: &str) -> Option<&Flavor> {
        let named = self.0.iter().find(|flavor| flavor.name == text);
        named.or_else(|| self.0.iter().find(|flavor| flavor.id == text))
    }

    /// The flavor that instances are to have: the one that is named; otherwise the smallest that has as many processors
    /// and as much memory as were asked for, or the smallest of all.
    ///
    /// # Errors
    /// `NotFound` when it is named and not there, `Invalid` when none has such a size.
    pub(super) fn choose(&self, spec: &InstanceSpec) -> Result<&Flavor, Error> {
        let Some(id) = &spec.hardware_profile else {
            let fitting = self.0.iter().filter(|flavor| flavor.is_of_size(spec));
            return fitting
                .min_by(|one, other| one.by_size(other))
                .ok_or_else(|| unfit("the cloud has no flavor"));
        };
        let flavor = self.find(id.as_str());
        let flavor = flavor.ok_or_else(|| Error::not_found(Kind::HardwareProfile, id.as_str()))?;
        if flavor.is_of_size(spec) { Ok(flavor) } else { Err(unfit("the flavor is not one")) }
    }
}

fn unfit(what: &str) -> Error {
    let message = format!("{what} with so many processors and so much memory: list the hardware profiles");
    Error::new(ErrorKind::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flavors() -> Flavors {
        let flavor = |id: &str, name: &str, cpus, memory, disk| Flavor {
            id: id.to_owned(),
            name: name.to_owned(),
            cpus,
            memory,
            disk,
        };
        Flavors(vec![
            flavor("2", "m1.small", 1, 2048, 20),
            flavor("1", "m1.tiny", 1, 512, 1),
            flavor("9", "2", 4, 2048, 0),
        ])
    }

    #[test]
    fn a_flavor_is_chosen_by_name_by_id_or_by_size() {
        let flavors = flavors();
        let chosen = |profile: Option<&str>, cpus, memory: Option<u64>| {
            let hardware_profile = profile.map(Id::from);
            let memory = memory.map(|memory| memory << 20);
            let spec = InstanceSpec { hardware_profile, cpus, memory, ..InstanceSpec::new("i") };
            flavors.choose(&spec).map(|flavor| flavor.name.clone()).map_err(|error| error.kind())
        };
        assert_eq!(chosen(None, None, None).unwrap(), "m1.tiny");
        assert_eq!(chosen(Some("m1.small"), None, None).unwrap(), "m1.small");
        assert_eq!(chosen(Some("1"), None, None).unwrap(), "m1.tiny");
        assert_eq!(chosen(Some("2"), None, None).unwrap(), "2", "names come first");
        assert_eq!(chosen(None, Some(1), Some(2048)).unwrap(), "m1.small");
        assert_eq!(chosen(Some("m1.tiny"), Some(1), Some(512)).unwrap(), "m1.tiny");
        assert_eq!(chosen(Some("m1.tiny"), Some(2), None), Err(ErrorKind::Invalid));
        assert_eq!(chosen(None, Some(64), None), Err(ErrorKind::Invalid));
        assert_eq!(chosen(Some("x"), None, None), Err(ErrorKind::NotFound));
    }

    #[test]
    fn a_flavor_without_a_disk_leaves_it_to_the_image() {
        let flavors = flavors();
        let storage = |name| flavors.find(name).unwrap().described().profile().storage;
        assert_eq!(storage("m1.tiny"), Some(Property::Fixed(1 << 30)));
        assert_eq!(storage("2"), None);
    }
}
