//! Realms: two, both available, and those that fail on purpose.

use std::sync::LazyLock;

use super::{
    data,
    state::{Found, is_asked_for},
};
use crate::model::{Error, ErrorKind, Filter, Id, Kind, Realm, Resource};

static REALMS: LazyLock<Vec<Realm<'static>>> = LazyLock::new(data::realms);

/// The realms that fail when they are shown, with what they fail with: the specs of Deltacloud's clients ask for them.
const FAULTS: &[(&str, ErrorKind, &str)] = &[
    ("500", ErrorKind::Internal, "DeltacloudErrorMessage"),
    ("501", ErrorKind::Unsupported, "NotImplementedMessage"),
    ("502", ErrorKind::Unreachable, "ProviderErrorMessage"),
    ("504", ErrorKind::TimedOut, "ProviderTimeoutMessage"),
];

pub(super) fn list(filter: &Filter) -> Found<'_> {
    let asked = REALMS.iter().filter(|realm| is_asked_for(filter, &realm.id, &realm.name));
    Box::new(asked.cloned().map(Resource::Realm))
}

pub(super) fn show<'a>(id: &Id) -> Result<Resource<'a>, Error> {
    if let Some((_, kind, message)) = FAULTS.iter().find(|(fault, ..)| *fault == id.as_str()) {
        return Err(Error::new(*kind, *message));
    }
    let found = REALMS.iter().find(|realm| realm.id == id.as_str()).cloned();
    found.map(Resource::Realm).ok_or_else(|| Error::not_found(Kind::Realm, id.clone()))
}

/// The realm in which something is made: by id or by name, the first one when none is wanted.
pub(super) fn choose(wanted: Option<&Id>) -> Result<Realm<'static>, Error> {
    let is_meant =
        |realm: &&Realm<'_>| wanted.is_none_or(|id| realm.id == id.as_str() || realm.name == id.as_str());
    let missing = || Error::not_found(Kind::Realm, wanted.map(Id::as_str).unwrap_or_default());
    REALMS.iter().find(is_meant).cloned().ok_or_else(missing)
}
