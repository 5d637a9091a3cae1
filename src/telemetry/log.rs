//! Where log lines go and what they look like.

use tracing_subscriber::{EnvFilter, fmt};

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// Sends all log lines of the process to standard error, those of `level` (a `tracing` filter such as `info` or
/// `info,deltagate=debug`) and above. `RUST_LOG` goes over it.
///
/// # Errors
/// When `level` is not a filter, or a subscriber is installed already.
pub fn install(format: Format, level: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(level))?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    match format {
        Format::Text => builder.with_ansi(false).try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    }
}
