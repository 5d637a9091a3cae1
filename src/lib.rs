//! Deltagate.
pub mod config;
pub mod drivers;
pub mod exchange;
pub mod frontends;
pub mod model;
pub mod wire;
