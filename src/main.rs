//! The program: parse the arguments, load the settings, run.

use std::{io, process::ExitCode};

use clap::Parser;
use deltagate::{
    config::{self, Arguments},
    gateway, telemetry,
};

/// Short-lived allocations are many and small here, and this allocator is quicker at them than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(done) = config::answer(&arguments, &mut io::stdout()) {
        return done;
    }
    let config = match config::load(&arguments) {
        Ok(config) => config,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("deltagate: {problem}"));
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = telemetry::install(config.log.format, &config.log.level) {
        eprintln!("deltagate: the log cannot be opened: {error}");
        return ExitCode::FAILURE;
    }
    config.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let Err(error) = gateway::run(&config);
    eprintln!("deltagate: {error}");
    ExitCode::FAILURE
}
