//! The gateway: the only folder that names Pingora.
//!
//! A request comes in through `guard` and meets the phases of `proxy`. A front end that claims its path answers it
//! by `translate`: read, authenticate (`keys`), choose the account (`accounts`), decode; `perform`: let the driver
//! make its exchanges over `transport`, and let resources leave through `answer` as they are found. A back end's own API
//! goes through Pingora's upstream phases instead, mended by `relay`.
//!
//! What no cloud keeps is in `stores`; what was promised is kept in the background.
//!
//! **Invariant:** no lock is held over an await; nothing blocks; every wait has an end.

mod accounts;
mod answer;
mod client;
mod edge;
mod guard;
mod intake;
mod journey;
mod keys;
mod listen;
mod once;
mod perform;
mod proxy;
mod relay;
mod sending;
mod stores;
mod translate;
mod transport;
mod upstream;

use std::{convert::Infallible, sync::Arc};

use secrecy::ExposeSecret;
use tokio::{runtime::Builder, sync::Semaphore};

use crate::{
    config::Config,
    drivers,
    exchange::Transport,
    frontends::{self, Choosable},
    telemetry::Metrics,
    wire::sign::session::SessionKey,
};
use accounts::Accounts;
use keys::AccessKeys;
use proxy::Gateway;
use stores::Stores;
use transport::Pool;
use upstream::Upstreams;

/// Runs the gateway until the process is told to stop: at once by SIGINT, after the requests in progress by SIGTERM.
///
/// # Errors
/// When it cannot start: an address that is taken, a CA file that cannot be read, a store that cannot be used.
pub fn run(config: &Config) -> Result<Infallible, Box<dyn std::error::Error>> {
    let idle = config.providers.all().map(|provider| provider.endpoint.pool_size).sum();
    // What no client waits for is done here. It lives as long as the process.
    let background =
        Builder::new_multi_thread().worker_threads(1).thread_name("background").enable_all().build()?;
    let stores = background.block_on(Stores::open(&config.store))?;
    let gateway = open(config, idle, &stores)?;
    for account in gateway.accounts.iter() {
        background.spawn(account.promises.clone().keep());
    }
    background.spawn(stores.keep_house());
    let (server, _ports) = listen::serve(config, idle, gateway)?;
    server.run_forever()
}

fn open(config: &Config, idle: usize, stores: &Stores) -> Result<Gateway, Box<dyn std::error::Error>> {
    let metrics = Arc::new(Metrics::new()?);
    let endpoints = config.providers.all().map(|provider| &provider.endpoint);
    let upstreams = Arc::new(Upstreams::open(endpoints)?);
    let transport: Arc<dyn Transport> =
        Arc::new(Pool::new(idle, Arc::clone(&upstreams), Arc::clone(&metrics)));
    let settings = frontends::Settings {
        region: config.ec2.region.clone(),
        secret: config.store.keys.for_sessions().cloned(),
        default_network: config.ec2.default_network,
        strict_parameters: config.ec2.strict_parameters,
        instances_per_request: config.limits.instances_per_request,
        cimi_dialect: config.cimi_dialect,
        drivers: choosable(config),
    };
    // Gateways that have a sealing key in common take each other's sessions.
    let shared = config.store.keys.for_sessions().map(|secret| SessionKey::derived(secret.expose_secret()));
    let sessions = shared.unwrap_or_else(SessionKey::random);
    Ok(Gateway {
        accounts: Arc::new(Accounts::open(config.providers.clone(), &config.embedded, &transport, stores)?),
        frontends: frontends::open(&config.frontends, &settings),
        keys: AccessKeys::new(&config.access_keys, sessions, config.ec2.clock_skew, stores.keys()),
        limits: config.limits,
        trusted: config.trusted_proxies.clone(),
        permits: Arc::new(Semaphore::new(config.limits.requests_in_flight)),
        transport,
        upstreams,
        metrics,
    })
}

/// The drivers that a request may choose: that of the default provider, and those of the providers that are allowed.
fn choosable(config: &Config) -> Vec<Choosable> {
    let default = config.providers.default_provider().driver;
    let providers = || config.providers.choosable();
    let is_chosen = |name| name == default || providers().any(|provider| provider.driver == name);
    let chosen = drivers::DRIVERS.iter().filter(|entry| is_chosen(entry.name));
    let named = |driver| providers().filter(move |provider| provider.driver == driver);
    chosen
        .map(|entry| Choosable {
            name: entry.name,
            aliases: entry.aliases,
            providers: named(entry.name).map(|provider| provider.name.clone()).collect(),
        })
        .collect()
}
