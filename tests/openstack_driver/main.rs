//! The OpenStack driver against what a real OpenStack answered: which calls it makes, and what it reads in the answers.

#[path = "../bed/mod.rs"]
#[allow(unused_imports, reason = "no real cloud and no real client are among those that drive it here")]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

mod failures;
mod harness;
mod objects;
mod real;
mod recordings;
mod script;
mod uploads;
mod wire;
