//! The store, in SQLite and in PostgreSQL: each of these tests runs on all of them.

#[path = "../bed/mod.rs"]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

mod access_keys;
mod client_tokens;
mod gateways;
mod jobs;
mod notes;
mod places;
mod tags;
mod trouble;
