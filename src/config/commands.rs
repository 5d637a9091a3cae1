//! What the command line asks for that needs no gateway: lists, checks, completions, the manual page, and the store's keys
//! and jobs.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::CommandFactory;

use super::{Arguments, Command, Config, jobs_command, keys_command, layers::Environment, load_with};
use crate::{
    drivers::DRIVERS,
    store::{self, Store},
};

/// Does what the arguments ask for on `out` and says how to leave; none when they ask for a gateway.
pub fn answer(arguments: &Arguments, out: &mut dyn Write) -> Option<ExitCode> {
    let written = match &arguments.command {
        _ if arguments.drivers => list_drivers(out).map(|()| true),
        Some(Command::Check) => check(arguments, &super::environment, out),
        Some(Command::Completions { shell }) => {
            clap_complete::generate(*shell, &mut Arguments::command(), "deltagate", out);
            Ok(true)
        }
        Some(command @ (Command::Keys { .. } | Command::Jobs { .. })) => on_store(arguments, command, out),
        Some(Command::Man) => clap_mangen::Man::new(Arguments::command()).render(out).map(|()| true),
        None => return None,
    };
    match written {
        Ok(true) => Some(ExitCode::SUCCESS),
        Ok(false) | Err(_) => Some(ExitCode::FAILURE),
    }
}

/// Does what is done to the store, which has to be one that outlives this process.
fn on_store(arguments: &Arguments, command: &Command, out: &mut dyn Write) -> io::Result<bool> {
    let config = match load_with(arguments, &super::environment) {
        Ok(config) => config,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("deltagate: {problem}"));
            return Ok(false);
        }
    };
    if matches!(config.store.place, store::Place::Memory) {
        eprintln!(
            "deltagate: there is no store that outlives a process: name one by [store] url in a file, and that by -c"
        );
        return Ok(false);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let done = async {
            let store = Store::open(&config.store).await?;
            let done = match command {
                Command::Keys { command } => keys_command::run(command, &config, &store, out).await.map(Ok),
                Command::Jobs { json } => jobs_command::list(&store, *json, out).await,
                Command::Check | Command::Completions { .. } | Command::Man => Ok(Ok(())),
            };
            store.close().await;
            done
        };
        match done.await {
            Ok(printed) => printed.map(|()| true),
            Err(error) => {
                let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
                eprintln!("deltagate: {}{detail}", error.message());
                Ok(false)
            }
        }
    })
}

fn list_drivers(out: &mut dyn Write) -> io::Result<()> {
    for entry in DRIVERS {
        let aliases: String = entry.aliases.iter().map(|alias| format!(", {alias}")).collect();
        writeln!(out, "{:20} {}", format!("{}{aliases}", entry.name), entry.summary)?;
    }
    Ok(())
}

/// Whether the settings are right.
pub(super) fn check(
    arguments: &Arguments,
    environment: Environment<'_>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let Some(path) = &arguments.config else {
        writeln!(out, "check: say which file: deltagate check -c FILE")?;
        return Ok(false);
    };
    match load_with(arguments, environment) {
        Ok(config) => {
            for warning in &config.warnings {
                writeln!(out, "{}: warning: {warning}", path.display())?;
            }
            writeln!(out, "{}: {}", path.display(), summary(&config))?;
            Ok(true)
        }
        Err(problems) => {
            for problem in &problems {
                writeln!(out, "{problem}")?;
            }
            Ok(false)
        }
    }
}

fn summary(config: &Config) -> String {
    let listeners: Vec<_> = config.listeners.iter().map(|listener| listener.address.to_string()).collect();
    let provider = config.providers.default_provider();
    let at = provider.url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
    format!(
        "good: {} on {}, provider '{}' ({}{at}) of {}, {} access keys",
        config.frontends.join(", "),
        listeners.join(" and "),
        provider.name,
        provider.driver,
        config.providers.all().count(),
        config.access_keys.len(),
    )
}
