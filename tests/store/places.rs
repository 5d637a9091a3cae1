//! Where the store is tested.

use std::time::Duration;

use deltagate::{
    model::{Id, Kind},
    store::{Account, Keyring, Place, Settings, Store},
};
use tempfile::TempDir;

use crate::bed::Postgres;

/// How long work may take of which nobody else takes over.
pub const LEASE: Duration = Duration::from_millis(300);

/// A new, empty place for a store.
pub struct Ground {
    pub name: &'static str,
    pub settings: Settings,
    _folder: TempDir,
}

impl Ground {
    pub fn new(name: &'static str, place: impl FnOnce(&TempDir) -> Place) -> Self {
        let folder = TempDir::new().unwrap();
        let settings = Settings { place: place(&folder), keys: Keyring::random(), lease: LEASE };
        Ground { name, settings, _folder: folder }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.settings).await.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// The grounds on which several gateways can stand.
pub fn shared() -> Vec<Ground> {
    let file = Ground::new("SQLite", |folder| Place::File(folder.path().join("folder/store ?#%.db")));
    let postgres = Postgres::get()
        .map(|server| Ground::new("PostgreSQL", |_| Place::Postgres(server.new_database().into())));
    [file].into_iter().chain(postgres).collect()
}

/// Runs a test on a store in memory, on one in a file, and on one in PostgreSQL.
pub async fn on_each(test: impl AsyncFn(Store)) {
    let memory = Ground::new("memory", |_| Place::Memory);
    for ground in [memory].into_iter().chain(shared()) {
        eprintln!("on {}", ground.name);
        let store = ground.open().await;
        test(store.clone()).await;
        store.close().await;
    }
}

pub fn account() -> Account {
    Account::of("engine", "admin@internal")
}

pub fn instance(id: &str) -> (Kind, Id) {
    (Kind::Instance, Id::from(id))
}

#[test]
fn no_two_accounts_are_the_same() {
    assert_ne!(Account::of("a/b", "c"), Account::of("a", "b/c"));
    assert_ne!(Account::of("a%2Fb", "c"), Account::of("a/b", "c"));
}
