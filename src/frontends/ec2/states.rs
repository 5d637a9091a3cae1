//! The life of an instance in EC2's six
//! [states](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html).
//!
//! A state that is not one of the six would be passed on by every client and waited for by none.

use crate::model::{Health, Instance, InstanceState};

/// A state, as EC2 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// Its number.
    pub(super) code: u16,
    /// Its name.
    pub(super) name: &'static str,
}

/// Not running yet.
pub(super) const PENDING: State = State { code: 0, name: "pending" };
/// Running.
pub(super) const RUNNING: State = State { code: 16, name: "running" };
/// Going away.
pub(super) const SHUTTING_DOWN: State = State { code: 32, name: "shutting-down" };
/// Gone.
pub(super) const TERMINATED: State = State { code: 48, name: "terminated" };
/// Not stopped yet.
pub(super) const STOPPING: State = State { code: 64, name: "stopping" };
/// Stopped.
pub(super) const STOPPED: State = State { code: 80, name: "stopped" };

/// How a state is shown.
///
/// Broken is shown as stopped: a client that is told `terminated` forgets about the instance, which still holds what
/// it holds. Paused and out of sight are shown as running, with an impaired status.
pub(super) fn shown(state: InstanceState) -> State {
    use InstanceState as I;
    match state {
        I::Creating | I::Starting | I::Resuming => PENDING,
        I::Running | I::Rebooting | I::Paused | I::Unknown => RUNNING,
        I::Suspending | I::Stopping => STOPPING,
        I::Suspended | I::Stopped | I::Locked | I::Error => STOPPED,
        I::Terminating => SHUTTING_DOWN,
        I::Terminated => TERMINATED,
    }
}

/// How the state is shown of an instance that was just told to start or to stop.
///
/// EC2 never has done so when it answers, and clients take any other answer for a failure: what a cloud has done at once
/// is shown as on its way.
pub(super) fn turning(previous: InstanceState, state: InstanceState) -> State {
    match (shown(previous), shown(state)) {
        (RUNNING | PENDING, STOPPED) => STOPPING,
        (STOPPED | STOPPING, RUNNING) => PENDING,
        (_, state) => state,
    }
}

/// The states that are shown by that name.
pub(super) fn named(name: &str) -> impl Iterator<Item = InstanceState> {
    InstanceState::ALL.into_iter().filter(move |state| shown(*state).name == name)
}

/// What EC2's status check of an instance and of the system below it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Check {
    /// The summary.
    pub(super) status: &'static str,
    /// Whether it can be reached, when that was looked at.
    pub(super) reachability: Option<&'static str>,
}

/// The status check of an instance.
pub(super) fn check(instance: &Instance<'_>) -> Check {
    use InstanceState as I;
    let lost = matches!(instance.state, I::Paused | I::Unknown) || instance.health == Health::Impaired;
    match (shown(instance.state) == RUNNING, lost) {
        (true, true) => Check { status: "impaired", reachability: Some("failed") },
        (true, false) => Check { status: "ok", reachability: Some("passed") },
        (false, _) => Check { status: "not-applicable", reachability: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_found_by_the_name_it_is_shown_by() {
        for state in InstanceState::ALL {
            assert!(named(shown(state).name).any(|found| found == state), "{state:?}");
        }
        assert_eq!(named("shutting-down").collect::<Vec<_>>(), [InstanceState::Terminating]);
        assert_eq!(named("error").count(), 0);
    }

    #[test]
    fn what_is_done_at_once_is_shown_as_on_its_way() {
        use InstanceState as I;
        for (previous, state, expected) in [
            (I::Running, I::Stopped, STOPPING),
            (I::Running, I::Stopping, STOPPING),
            (I::Stopped, I::Stopped, STOPPED),
            (I::Stopped, I::Running, PENDING),
            (I::Running, I::Running, RUNNING),
            (I::Running, I::Terminated, TERMINATED),
        ] {
            assert_eq!(turning(previous, state), expected, "{previous:?} to {state:?}");
        }
    }

    #[test]
    fn only_what_runs_has_a_status() {
        let check = |state, health| check(&Instance { health, ..Instance::new("i", state) }).status;
        assert_eq!(check(InstanceState::Running, Health::Ok), "ok");
        assert_eq!(check(InstanceState::Running, Health::Unknown), "ok");
        assert_eq!(check(InstanceState::Running, Health::Impaired), "impaired");
        assert_eq!(check(InstanceState::Unknown, Health::Unknown), "impaired");
        assert_eq!(check(InstanceState::Paused, Health::Unknown), "impaired");
        assert_eq!(check(InstanceState::Stopped, Health::Impaired), "not-applicable");
    }
}
