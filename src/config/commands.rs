//! What the command line asks for that needs no gateway: lists, checks, completions, the manual page.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::CommandFactory;

use super::{Arguments, Command, Config, layers::Environment, load_with};
use crate::drivers::DRIVERS;

/// Does what the arguments ask for on `out` and says how to leave; none when they ask for a gateway.
pub fn answer(arguments: &Arguments, out: &mut dyn Write) -> Option<ExitCode> {
    let written = match &arguments.command {
        _ if arguments.drivers => list_drivers(out).map(|()| true),
        Some(Command::Check) => check(arguments, &super::environment, out),
        Some(Command::Completions { shell }) => {
            clap_complete::generate(*shell, &mut Arguments::command(), "deltagate", out);
            Ok(true)
        }
        Some(Command::Man) => clap_mangen::Man::new(Arguments::command()).render(out).map(|()| true),
        None => return None,
    };
    match written {
        Ok(true) => Some(ExitCode::SUCCESS),
        Ok(false) | Err(_) => Some(ExitCode::FAILURE),
    }
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
