//! Hardware profiles: fixed, range and enum properties, and one profile that has none.

use std::fmt::Display;

use super::{Mock, data, is_asked_for};
use crate::model::{Error, ErrorKind, Filter, HardwareProfile, Id, InstanceSpec, Kind, Property, Resource};

/// The processors of an instance for which neither a profile nor the request names any.
const CPUS: u32 = 1;
/// The memory in bytes of an instance for which neither a profile nor the request names any.
const MEMORY: u64 = 1 << 30;

/// What an instance is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) profile: Option<String>,
    pub(super) cpus: u32,
    pub(super) memory: u64,
    pub(super) disk: u64,
}

impl Mock {
    pub(super) fn list_hardware_profiles(&self, filter: &Filter) -> Vec<Resource<'static>> {
        let asked = self.profiles.iter().filter(|profile| is_asked_for(filter, &profile.id, &profile.name));
        asked.cloned().map(Resource::HardwareProfile).collect()
    }

    pub(super) fn show_hardware_profile(&self, id: &Id) -> Result<Resource<'static>, Error> {
        self.profile(id).cloned().map(Resource::HardwareProfile)
    }

    /// What `spec` asks for, if the profile it names admits that. The first profile is taken when it asks for nothing.
    pub(super) fn size(&self, spec: &InstanceSpec) -> Result<Size, Error> {
        let asks_for_nothing = spec.cpus.is_none() && spec.memory.is_none();
        let profile = match &spec.hardware_profile {
            Some(id) => Some(self.profile(id)?),
            None if asks_for_nothing => self.profiles.first(),
            None => None,
        };
        let cpus = profile.and_then(|profile| profile.cpus.as_ref());
        let memory = profile.and_then(|profile| profile.memory.as_ref());
        let storage = profile.and_then(|profile| profile.storage.as_ref());
        Ok(Size {
            profile: profile.map(|profile| profile.id.clone().into_owned()),
            cpus: measure("processors", spec.cpus, cpus, CPUS)?,
            memory: measure("bytes of memory", spec.memory, memory, MEMORY)?,
            disk: storage.map_or(data::DISK, Property::default_value),
        })
    }

    fn profile(&self, id: &Id) -> Result<&HardwareProfile<'static>, Error> {
        let found = self.profiles.iter().find(|profile| profile.id == id.as_str());
        found.ok_or_else(|| Error::not_found(Kind::HardwareProfile, id.clone()))
    }
}

fn measure<T>(what: &str, wanted: Option<T>, property: Option<&Property<T>>, otherwise: T) -> Result<T, Error>
where
    T: Copy + PartialOrd + Default + Display,
{
    let Some(value) = wanted else {
        return Ok(property.map_or(otherwise, Property::default_value));
    };
    if value > T::default() && property.is_none_or(|property| property.admits(value)) {
        return Ok(value);
    }
    Err(Error::new(
        ErrorKind::Invalid,
        format!("an instance of this hardware profile cannot have {value} {what}"),
    ))
}
