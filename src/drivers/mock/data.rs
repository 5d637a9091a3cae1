//! What is in the cloud when it begins: the data set of Deltacloud's mock driver.

use crate::model::{Realm, RealmState};

pub(super) fn realms() -> Vec<Realm<'static>> {
    [("us", "United States"), ("eu", "Europe")]
        .map(|(id, name)| Realm { id: id.into(), name: name.into(), state: RealmState::Available })
        .into()
}
