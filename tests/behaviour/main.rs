//! One suite of operations, for every driver there is through every front end that can express them.
//!
//! A scenario speaks the neutral model's operations. A [`door`](doors) says them as a client of its protocol does, over
//! real sockets, and reads back what comes. What a driver declares to be able to do selects the scenarios it is put
//! through. A new driver is named in [`clouds`], a new front end in [`doors`], and both are tested.

#[path = "../bed/mod.rs"]
#[allow(unused_imports, reason = "no real client is among those that drive it here")]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

mod clouds;
mod doors;
mod scenarios;
mod tree;
mod world;
