//! Deltagate: a reverse proxy that translates between cloud protocols.

pub mod wire;
