//! What the connections of one engine share, and the record of their requests.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue};
use serde::Serialize;

use super::Options;
use super::auth::Sessions;
use super::clock::{Clock, delays};
use super::inventory::Inventory;
use super::misbehaviour::Misbehaviours;
use super::mode::Mode;
use super::reply::{Shown, View};
use super::seed;

/// Requests that the record keeps.
const MAX_RECORDED: usize = 10_000;

/// A request as it came.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the connections of one engine share.
pub struct Core {
    pub mode: Mode,
    pub clock: Clock,
    pub misbehaviours: Misbehaviours,
    inventory: Mutex<Inventory>,
    sessions: Mutex<Sessions>,
    recorded: Mutex<VecDeque<Recorded>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    pub fn new(options: &Options) -> Core {
        let clock = Clock::new(options.speed);
        Core {
            mode: options.mode,
            inventory: Mutex::new(seed::inventory(options.mode, options.vms, clock.now())),
            clock,
            misbehaviours: Misbehaviours::default(),
            sessions: Mutex::default(),
            recorded: Mutex::default(),
        }
    }

    pub fn inventory(&self) -> MutexGuard<'_, Inventory> {
        locked(&self.inventory)
    }

    pub fn sessions(&self) -> MutexGuard<'_, Sessions> {
        locked(&self.sessions)
    }

    pub fn recorded(&self) -> Vec<Recorded> {
        locked(&self.recorded).iter().cloned().collect()
    }

    pub fn forget(&self) {
        locked(&self.recorded).clear();
    }

    pub fn record(&self, method: &str, target: &str, headers: &HeaderMap, body: &Bytes) {
        let header = |(name, value): (&axum::http::HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut recorded = locked(&self.recorded);
        if recorded.len() == MAX_RECORDED {
            recorded.pop_front();
        }
        recorded.push_back(Recorded {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(header).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }

    pub fn view<'v>(&'v self, inventory: &'v Inventory, shown: &'v Shown) -> View<'v> {
        let agent_lag = self.clock.scaled(delays::GUEST_AGENT);
        View { inventory, now: self.clock.now(), agent_lag, creating: false, single: false, shown }
    }
}
