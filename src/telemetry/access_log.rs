//! The access log: one line for each request.

use std::time::Duration;

/// What one line of the access log says.
#[derive(Debug)]
pub struct Access<'a> {
    /// The request's id, also in its answer.
    pub request_id: &'a str,
    /// The client's address.
    pub client: &'a str,
    /// The user of the back end, or none.
    pub user: &'a str,
    /// The front end that spoke with the client.
    pub frontend: &'a str,
    /// The protocol's own name of what was asked.
    pub operation: &'a str,
    /// The driver that was used.
    pub driver: &'a str,
    /// The provider that was used.
    pub provider: &'a str,
    /// How it ended: `ok`, or the protocol's own name of the error.
    pub outcome: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// Calls made to the back end.
    pub backend_calls: u32,
    /// Time waited for the heads of their answers.
    pub backend: Duration,
    /// Time in all.
    pub took: Duration,
    /// Bytes of the body sent to the client.
    pub bytes: usize,
}

/// Writes the line.
pub fn record(access: &Access<'_>) {
    tracing::info!(
        target: "deltagate::access",
        request_id = access.request_id,
        client = access.client,
        user = access.user,
        frontend = access.frontend,
        operation = access.operation,
        driver = access.driver,
        provider = access.provider,
        outcome = access.outcome,
        status = access.status,
        backend_calls = access.backend_calls,
        backend_ms = millis(access.backend),
        took_ms = millis(access.took),
        bytes = access.bytes,
    );
}

fn millis(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1_000.0
}
