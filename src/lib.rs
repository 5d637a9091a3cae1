//! Deltagate.
pub mod config;
pub mod drivers;
pub mod exchange;
pub mod frontends;
pub mod gateway;
pub mod model;
pub mod telemetry;
pub mod wire;
