//! What an operator sees: metrics and the access log.
//!
//! **Invariant:** labels come from closed sets or from the operator's own configuration, never from a request; no
//! label and no log field holds a secret.

mod access_log;
mod log;
mod metrics;

pub use access_log::{Access, record};
pub use log::{Format, install};
pub use metrics::{BackendCall, InFlight, Metrics};
