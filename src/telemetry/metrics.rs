//! The Prometheus metrics.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use tokio::time::Instant;

use crate::{exchange::Endpoint, model::Error, store::JobState};

/// Bounds of the latency histograms, in seconds: from a mock's answer to a slow engine's.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// Every metric of the gateway, in one registry of its own.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    backend_calls: IntCounterVec,
    backend_seconds: HistogramVec,
    in_flight: IntGaugeVec,
    connections: IntCounterVec,
    bytes: Bytes,
    translation_failures: IntCounterVec,
    promises_pending: IntGaugeVec,
    promises_failed: IntGaugeVec,
}

/// The samples of the bytes, at hand because every chunk counts.
struct Bytes {
    from_client: IntCounter,
    to_client: IntCounter,
    from_backend: IntCounter,
}

impl Metrics {
    /// The metrics, all at nought.
    ///
    /// # Errors
    /// Never in practice: when two metrics have the same name.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone()))?;
            prometheus::Result::Ok(counter)
        };
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauge.clone()))?;
            prometheus::Result::Ok(gauge)
        };
        let histogram = |name: &str, help: &str, labels: &[&str]| {
            let histogram =
                HistogramVec::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), labels)?;
            registry.register(Box::new(histogram.clone()))?;
            prometheus::Result::Ok(histogram)
        };
        let metrics = Metrics {
            requests: counter(
                "deltagate_requests_total",
                "Client requests answered, by front end, operation, driver and outcome.",
                &["frontend", "operation", "driver", "outcome"],
            )?,
            request_seconds: histogram(
                "deltagate_request_seconds",
                "Time from a client request's head to the end of its answer.",
                &["frontend", "operation", "driver"],
            )?,
            backend_calls: counter(
                "deltagate_backend_calls_total",
                "Calls to back ends, by the status they answered, or the error that kept them from it.",
                &["provider", "status"],
            )?,
            backend_seconds: histogram(
                "deltagate_backend_seconds",
                "Time from a back-end call's start to the head of its answer.",
                &["provider"],
            )?,
            in_flight: gauge("deltagate_in_flight", "Client requests being worked on.", &["frontend"])?,
            connections: counter(
                "deltagate_backend_connections_total",
                "Connections to back ends that calls were made on: newly made, or reused from the pool.",
                &["provider", "kind"],
            )?,
            bytes: Bytes::of(&counter(
                "deltagate_bytes_total",
                "Body bytes: received from clients, sent to clients, received from back ends.",
                &["direction"],
            )?),
            translation_failures: counter(
                "deltagate_translation_failures_total",
                "Answers of back ends that could not be understood.",
                &["driver"],
            )?,
            promises_pending: gauge(
                "deltagate_promises_pending",
                "Instances that wait to be started or destroyed, because the back end was not ready for it.",
                &["provider"],
            )?,
            promises_failed: gauge(
                "deltagate_promises_failed",
                "Instances that were to be started or destroyed, which was given up within the last day.",
                &["provider"],
            )?,
            registry: registry.clone(),
        };
        let build = gauge("deltagate_build_info", "Which build this is; always 1.", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(metrics)
    }

    /// All metrics in Prometheus's text format.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn text(&self) -> prometheus::Result<Vec<u8>> {
        let mut text = Vec::with_capacity(16 << 10);
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }

    /// A client request was answered.
    pub fn request(&self, frontend: &str, operation: &str, driver: &str, outcome: &str, took: Duration) {
        self.requests.with_label_values(&[frontend, operation, driver, outcome]).inc();
        self.request_seconds.with_label_values(&[frontend, operation, driver]).observe(took.as_secs_f64());
    }

    /// Bytes of bodies went between clients and here.
    pub fn client_bytes(&self, received: usize, sent: usize) {
        self.bytes.from_client.inc_by(received as u64);
        self.bytes.to_client.inc_by(sent as u64);
    }

    /// Bytes of a body came from a back end.
    pub fn backend_bytes(&self, received: usize) {
        self.bytes.from_backend.inc_by(received as u64);
    }

    /// A connection to a back end was taken for a call.
    pub fn connection(&self, provider: &str, reused: bool) {
        self.connections.with_label_values(&[provider, if reused { "reused" } else { "made" }]).inc();
    }

    /// A back end's answer could not be understood.
    pub fn translation_failure(&self, driver: &str) {
        self.translation_failures.with_label_values(&[driver]).inc();
    }

    /// How many promises are in this state.
    pub fn promises(&self, provider: &str, state: JobState, number: u64) {
        let gauge = match state {
            JobState::Pending => &self.promises_pending,
            JobState::Failed => &self.promises_failed,
        };
        gauge.with_label_values(&[provider]).set(i64::try_from(number).unwrap_or(i64::MAX));
    }
}

impl Bytes {
    fn of(counter: &IntCounterVec) -> Self {
        let direction = |name| counter.with_label_values(&[name]);
        Bytes {
            from_client: direction("from_client"),
            to_client: direction("to_client"),
            from_backend: direction("from_backend"),
        }
    }
}

/// A request being worked on: counted until it is dropped.
pub struct InFlight(prometheus::IntGauge);

impl InFlight {
    /// Counts one more.
    pub fn begin(metrics: &Metrics, frontend: &str) -> Self {
        let gauge = metrics.in_flight.with_label_values(&[frontend]);
        gauge.inc();
        InFlight(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A call to a back end, from its start to the head of its answer.
pub struct BackendCall<'a> {
    metrics: &'a Arc<Metrics>,
    provider: &'a str,
    began: Instant,
    ended: bool,
}

impl<'a> BackendCall<'a> {
    /// A call begins.
    pub fn begin(metrics: &'a Arc<Metrics>, endpoint: &'a Endpoint) -> Self {
        BackendCall { metrics, provider: &endpoint.provider, began: Instant::now(), ended: false }
    }

    /// The head of its answer is here.
    pub fn answered(mut self, status: StatusCode) {
        self.end(status.as_str());
    }

    /// There will be no answer.
    pub fn failed(mut self, error: &Error) {
        self.end(error.kind().name());
    }

    fn end(&mut self, status: &str) {
        self.ended = true;
        self.metrics.backend_calls.with_label_values(&[self.provider, status]).inc();
        let took = self.began.elapsed().as_secs_f64();
        self.metrics.backend_seconds.with_label_values(&[self.provider]).observe(took);
    }
}

/// A call that nobody waits for any more: its operation ran out of time, or its client went away.
impl Drop for BackendCall<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.end("abandoned");
        }
    }
}
