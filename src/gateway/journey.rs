//! What is known of one request on its way through the phases.

use std::{any::Any, sync::Arc, time::Instant};

use jiff::{Timestamp, fmt::rfc2822};
use uuid::Uuid;

use super::{accounts::Account, answer::Finished, client::Client};
use crate::{
    exchange::Tally,
    telemetry::{self, Access, InFlight, Metrics},
};

/// One request, from its head to the end of its answer: Pingora's context of it.
pub(super) struct Journey {
    pub(super) started: Instant,
    pub(super) now: Timestamp,
    pub(super) request_id: String,
    /// The header in which the client's protocol expects the id.
    pub(super) request_id_header: &'static str,
    pub(super) frontend: &'static str,
    pub(super) action: &'static str,
    pub(super) account: Option<Arc<Account>>,
    pub(super) client: Client,
    pub(super) user: String,
    pub(super) tally: Tally,
    pub(super) finished: Option<Finished>,
    pub(super) in_flight: Option<InFlight>,
    /// Whether the back end's own API is let through, in Pingora's upstream phases.
    pub(super) relayed: bool,
    /// Attempts to connect to the back end of a relay that were in vain.
    pub(super) connects: usize,
    /// Held while the request counts against the limit of concurrency.
    pub(super) permit: Option<Box<dyn Any + Send + Sync>>,
}

impl Journey {
    /// A request that has just arrived.
    pub(super) fn begin() -> Self {
        Journey {
            started: Instant::now(),
            now: Timestamp::now(),
            request_id: Uuid::new_v4().to_string(),
            request_id_header: "x-request-id",
            frontend: "none",
            action: "none",
            account: None,
            client: Client::default(),
            user: String::new(),
            tally: Tally::default(),
            finished: None,
            in_flight: None,
            relayed: false,
            connects: 0,
            permit: None,
        }
    }

    /// The value of a `Date` header: clients correct their clocks by it.
    pub(super) fn date(&self) -> String {
        let printer = rfc2822::DateTimePrinter::new();
        printer.timestamp_to_rfc9110_string(&self.now).unwrap_or_default()
    }

    /// Counts and logs the request: it has ended.
    pub(super) fn end(&self, metrics: &Metrics, status: Option<u16>, received: usize, sent: usize) {
        let took = self.started.elapsed();
        let (driver, provider) = match &self.account {
            Some(account) => (account.provider.driver, account.provider.name.as_str()),
            None => ("none", "none"),
        };
        let unfinished = Finished {
            status: status.unwrap_or(0),
            outcome: if self.relayed { "relayed" } else { "broken" },
        };
        let Finished { status, outcome } = self.finished.unwrap_or(unfinished);
        metrics.request(self.frontend, self.action, driver, outcome, took);
        metrics.client_bytes(received, sent);
        telemetry::record(&Access {
            request_id: &self.request_id,
            client: &self.client.address,
            user: &self.user,
            frontend: self.frontend,
            operation: self.action,
            driver,
            provider,
            outcome,
            status,
            backend_calls: self.tally.calls(),
            backend: self.tally.waited(),
            took,
            bytes: sent,
        });
    }
}
