//! Realms: two, both available, and those that fail on purpose.

use super::{Mock, is_asked_for};
use crate::model::{Error, ErrorKind, Filter, Id, Kind, Realm, Resource};

/// The realms that fail when they are shown, with what they fail with: the specs of Deltacloud's clients ask for them.
const FAULTS: &[(&str, ErrorKind, &str)] = &[
    ("500", ErrorKind::Internal, "DeltacloudErrorMessage"),
    ("501", ErrorKind::Unsupported, "NotImplementedMessage"),
    ("502", ErrorKind::Unreachable, "ProviderErrorMessage"),
    ("504", ErrorKind::TimedOut, "ProviderTimeoutMessage"),
];

impl Mock {
    pub(super) fn list_realms(&self, filter: &Filter) -> Vec<Resource<'static>> {
        let asked = self.realms.iter().filter(|realm| is_asked_for(filter, &realm.id, &realm.name));
        asked.cloned().map(Resource::Realm).collect()
    }

    pub(super) fn show_realm(&self, id: &Id) -> Result<Resource<'static>, Error> {
        if let Some((_, kind, message)) = FAULTS.iter().find(|(fault, ..)| *fault == id.as_str()) {
            return Err(Error::new(*kind, *message));
        }
        let found = self.realms.iter().find(|realm| realm.id == id.as_str()).cloned();
        found.map(Resource::Realm).ok_or_else(|| Error::not_found(Kind::Realm, id.clone()))
    }

    /// The realm in which an instance is made: by id or by name, the first one when none is wanted.
    pub(super) fn choose_realm(&self, wanted: Option<&Id>) -> Result<&Realm<'static>, Error> {
        let Some(wanted) = wanted else {
            return self.realms.first().ok_or_else(|| Error::not_found(Kind::Realm, ""));
        };
        let is_meant = |realm: &&Realm<'static>| realm.id == wanted.as_str() || realm.name == wanted.as_str();
        self.realms.iter().find(is_meant).ok_or_else(|| Error::not_found(Kind::Realm, wanted.clone()))
    }
}
