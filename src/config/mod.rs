//! What an operator decides.
use crate::{
    exchange::{Identity, Provider},
    telemetry::Format,
};
use secrecy::SecretString;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
/// stub
#[derive(Debug, Clone)]
pub struct Config {
    /// x
    pub listeners: Vec<Listener>,
    /// x
    pub frontends: Vec<String>,
    /// x
    pub providers: Vec<Arc<Provider>>,
    /// x
    pub default: String,
    /// x
    pub allowed: Vec<String>,
    /// x
    pub access_keys: Vec<AccessKey>,
    /// x
    pub limits: Limits,
    /// x
    pub metrics: Option<SocketAddr>,
    /// x
    pub log: (Format, String),
    /// x
    pub region: Option<String>,
    /// x
    pub threads: usize,
    /// x
    pub grace: Duration,
}
/// x
#[derive(Debug, Clone)]
pub struct Listener {
    /// x
    pub address: SocketAddr,
    /// x
    pub tls: Option<(PathBuf, PathBuf)>,
}
/// x
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// x
    pub id: String,
    /// x
    pub secret: SecretString,
    /// x
    pub identity: Identity,
    /// x
    pub provider: Option<String>,
}
/// x
#[derive(Debug, Clone)]
pub struct Limits {
    /// x
    pub header_bytes: usize,
    /// x
    pub uri_bytes: usize,
    /// x
    pub body_bytes: usize,
    /// x
    pub concurrency: usize,
}
