//! Two realms, both available.

use super::{Mock, is_asked_for};
use crate::model::{Error, Filter, Id, Kind, Resource};

impl Mock {
    pub(super) fn list_realms(&self, filter: &Filter) -> Vec<Resource<'static>> {
        let asked = self.realms.iter().filter(|realm| is_asked_for(filter, &realm.id));
        asked.cloned().map(Resource::Realm).collect()
    }

    pub(super) fn show_realm(&self, id: &Id) -> Result<Resource<'static>, Error> {
        let found = self.realms.iter().find(|realm| realm.id == id.as_str()).cloned();
        found.map(Resource::Realm).ok_or_else(|| Error::not_found(Kind::Realm, id.clone()))
    }
}
