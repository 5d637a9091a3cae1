//! Deltagate: a reverse proxy through which clients of one cloud API drive clouds that speak another.
//!
//! This page is the tour; the modules stand in the order in which bytes meet them.
//!
//! A request arrives at the [`gateway`], the only module that names Pingora. A [`frontends`] entry claims its path and
//! turns it into an [`Operation`](model::Operation) of the neutral [`model`]: five verbs by kind. The driver of the
//! account ([`drivers`]) makes the exchanges with its cloud that the operation needs, through the seam in
//! [`exchange`], which is all that a driver may do to the world. What the cloud answers is decoded as it arrives, by
//! the pure codecs of [`wire`], and every [`Resource`](model::Resource) is pushed, borrowed, through the front end's
//! encoder into the client's answer: a list of any length passes in constant memory. What no cloud keeps is in the
//! [`store`].
//!
//! # Invariants
//!
//! - Front ends and drivers meet only in the model: neither names the other. `tests/architecture.rs` reads our own
//!   `use` lines to keep it so.
//! - Front ends, the model and the codecs are pure: no I/O, no clock, no async.
//! - An answer that began and cannot be finished ends as a broken transfer, never as a tidy closing tag.
//! - No request can make the gateway talk to a host that the operator did not configure.
//! - No secret reaches a log line, a metric or an error.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod config;
pub mod model;
pub mod wire;
pub mod frontends;
pub mod store;
pub mod exchange;
pub mod drivers;
pub mod overlay;
pub mod gateway;
pub mod telemetry;
