//! Hardware profiles: fixed, range and enum properties, and one profile that has none.

use std::{fmt::Display, sync::LazyLock};

use super::{
    data,
    state::{Found, is_asked_for},
};
use crate::model::{Error, ErrorKind, Filter, HardwareProfile, Id, InstanceSpec, Kind, Property, Resource};

static PROFILES: LazyLock<Vec<HardwareProfile<'static>>> = LazyLock::new(data::hardware_profiles);
/// The processors of an instance for which neither a profile nor the request names any.
const CPUS: u32 = 1;
/// The memory in bytes of an instance for which neither a profile nor the request names any.
const MEMORY: u64 = 1 << 30;

/// The disk in bytes of an instance for which neither a profile nor the request names any.
const DISK: u64 = 1 << 30;

/// What an instance is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) profile: Option<String>,
    pub(super) cpus: u32,
    pub(super) memory: u64,
    pub(super) disk: u64,
}

pub(super) fn list(filter: &Filter) -> Found<'_> {
    let asked = PROFILES.iter().filter(|profile| is_asked_for(filter, &profile.id, &profile.name));
    Box::new(asked.cloned().map(Resource::HardwareProfile))
}

pub(super) fn show<'a>(id: &Id) -> Result<Resource<'a>, Error> {
    profile(id).cloned().map(Resource::HardwareProfile)
}

/// What `spec` asks for, if the profile it names admits that. The first profile is taken when it asks for nothing.
pub(super) fn size(spec: &InstanceSpec) -> Result<Size, Error> {
    let asks_for_nothing = spec.cpus.is_none() && spec.memory.is_none() && spec.storage.is_none();
    let profile = match &spec.hardware_profile {
        Some(id) => Some(profile(id)?),
        None if asks_for_nothing => PROFILES.first(),
        None => None,
    };
    let cpus = profile.and_then(|profile| profile.cpus.as_ref());
    let memory = profile.and_then(|profile| profile.memory.as_ref());
    let storage = profile.and_then(|profile| profile.storage.as_ref());
    Ok(Size {
        profile: profile.map(|profile| profile.id.clone().into_owned()),
        cpus: measure("processors", spec.cpus, cpus, CPUS)?,
        memory: measure("bytes of memory", spec.memory, memory, MEMORY)?,
        disk: measure("bytes of disk", spec.storage, storage, DISK)?,
    })
}

fn profile(id: &Id) -> Result<&'static HardwareProfile<'static>, Error> {
    let found = PROFILES.iter().find(|profile| profile.id == id.as_str());
    found.ok_or_else(|| Error::not_found(Kind::HardwareProfile, id.clone()))
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
