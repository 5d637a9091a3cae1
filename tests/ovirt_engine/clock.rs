//! Time: a clock that tests may push forward, and states that follow from the time that has passed.
//!
//! **Invariant:** nothing runs in the background. A state is computed when it is read.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use smallvec::{SmallVec, smallvec};

/// Milliseconds since the epoch.
pub type Time = i64;

/// How long the engine takes for what it does, at speed 1: the recorded life cycles of 3.0 and 3.1.
pub mod delays {
    use std::time::Duration;

    pub const CREATE_VM: Duration = Duration::from_secs(12);
    /// From the command to remove a machine until it shows as locked.
    pub const LOCK_FOR_DELETE: Duration = Duration::from_millis(600);
    pub const DELETE_VM: Duration = Duration::from_secs(5);
    pub const WAIT_FOR_LAUNCH: Duration = Duration::from_secs(9);
    pub const POWERING_UP: Duration = Duration::from_secs(50);
    pub const SHUTDOWN: Duration = Duration::from_secs(10);
    pub const STOP: Duration = Duration::from_secs(2);
    pub const REBOOT: Duration = Duration::from_secs(20);
    pub const SAVE_STATE: Duration = Duration::from_secs(8);
    pub const RESTORE_STATE: Duration = Duration::from_secs(10);
    pub const MIGRATE: Duration = Duration::from_secs(10);
    pub const LOCK_DISK: Duration = Duration::from_secs(10);
    pub const LOCK_TEMPLATE: Duration = Duration::from_secs(20);
    pub const LOCK_SNAPSHOT: Duration = Duration::from_secs(8);
    /// From `up` until the guest agent reports addresses.
    pub const GUEST_AGENT: Duration = Duration::from_secs(15);
}

/// The engine's clock: wall time, with delays divided by the speed.
pub struct Clock {
    started: Instant,
    epoch: Time,
    speed: f64,
    advanced: AtomicI64,
}

impl Clock {
    pub fn new(speed: f64) -> Clock {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as Time;
        Clock {
            started: Instant::now(),
            epoch,
            speed: speed.max(f64::MIN_POSITIVE),
            advanced: AtomicI64::new(0),
        }
    }

    pub fn now(&self) -> Time {
        self.epoch + self.started.elapsed().as_millis() as Time + self.advanced.load(Ordering::SeqCst)
    }

    /// Milliseconds that a delay of the real engine takes here.
    pub fn scaled(&self, delay: Duration) -> Time {
        (delay.as_millis() as f64 / self.speed) as Time
    }

    /// Lets `delay` of the real engine's time pass at once.
    pub fn advance(&self, delay: Duration) {
        self.advanced.fetch_add(self.scaled(delay), Ordering::SeqCst);
    }
}

/// A state now, and the states it goes through later by itself.
#[derive(Clone, Debug)]
pub struct Schedule<S: Copy> {
    steps: SmallVec<[(Time, S); 1]>,
}

impl<S: Copy> Schedule<S> {
    /// In `state` from `since` on.
    pub fn new(since: Time, state: S) -> Schedule<S> {
        Schedule { steps: smallvec![(since, state)] }
    }

    /// And in `state` from `since` on, which is later than all before.
    #[must_use]
    pub fn then(mut self, since: Time, state: S) -> Schedule<S> {
        self.steps.push((since, state));
        self
    }

    fn step(&self, now: Time) -> (Time, S) {
        *self.steps.iter().rev().find(|(since, _)| *since <= now).unwrap_or(&self.steps[0])
    }

    pub fn at(&self, now: Time) -> S {
        self.step(now).1
    }

    /// When the state at `now` began.
    pub fn since(&self, now: Time) -> Time {
        self.step(now).0
    }
}

/// `2012-11-07T16:24:34.885+00:00`.
pub fn timestamp(time: Time) -> String {
    let instant = jiff::Timestamp::from_millisecond(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_follow_from_the_time_passed() {
        let schedule = Schedule::new(0, 'a').then(10, 'b').then(20, 'c');
        assert_eq!([0, 9, 10, 19, 20, 99].map(|now| schedule.at(now)), ['a', 'a', 'b', 'b', 'c', 'c']);
        assert_eq!(schedule.since(15), 10);
    }

    #[test]
    fn timestamps_look_as_the_engine_writes_them() {
        assert_eq!(timestamp(1_352_301_874_885), "2012-11-07T15:24:34.885+00:00");
    }
}
