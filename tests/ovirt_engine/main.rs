//! Serves an imitated oVirt engine, for trying Deltagate and for tests in other languages.

use std::net::SocketAddr;

use clap::Parser;

#[path = "mod.rs"]
mod ovirt_engine;

use ovirt_engine::{Engine, Mode, Options};

/// An imitation of the oVirt engine; user admin@internal (or user@internal), password secret
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Release to imitate
    #[arg(long, value_enum, default_value = "4.4")]
    mode: Mode,
    /// Numbered virtual machines, on top of the named ones
    #[arg(long, default_value_t = 0)]
    vms: u32,
    /// How many times faster than a real engine it is
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let Arguments { listen, mode, vms, speed } = Arguments::parse();
    let engine = Engine::try_start(Options { mode, vms, speed, listen }).await?;
    println!("{}", engine.base_url());
    tokio::signal::ctrl_c().await
}
