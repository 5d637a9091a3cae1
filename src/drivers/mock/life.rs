//! The life of an instance: which action is legal in which state, and how long the way to the next state takes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::state::after;
use crate::model::{Action, Error, ErrorKind, InstanceState, Kind};
use Phase as P;

/// Where an instance is in its life, and where it is going by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Life {
    pub(super) phase: Phase,
    next: Option<(Timestamp, Phase)>,
    /// When it last started to run.
    pub(super) launched: Option<Timestamp>,
    /// When it last stopped, if it is not running.
    pub(super) stopped: Option<Timestamp>,
}

/// The states that an instance here may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    Creating,
    Starting,
    Running,
    Rebooting,
    Stopping,
    Stopped,
}

/// What an action does to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nothing: it is already as it should be, or on its way there. EC2 takes that for success.
    Stay,
    /// It is this for a while, and then that.
    Go(Phase, Phase),
}

impl Life {
    /// One that has been running since then.
    pub(super) fn running_since(launched: Timestamp) -> Self {
        Life { phase: P::Running, next: None, launched: Some(launched), stopped: None }
    }

    /// One that begins now.
    pub(super) fn begin(runs: bool, now: Timestamp, transition: SignedDuration) -> Self {
        let then = if runs { P::Running } else { P::Stopped };
        let unborn = Life { phase: P::Creating, next: None, launched: None, stopped: None };
        unborn.set_out(P::Creating, then, now, transition)
    }

    /// As it is now: arrived where it was going, if it is time.
    pub(super) fn at(self, now: Timestamp) -> Self {
        let Some((moment, phase)) = self.next.filter(|(moment, _)| *moment <= now) else { return self };
        let rebooted = self.phase == P::Rebooting;
        match phase {
            P::Running if rebooted => Life { phase, next: None, stopped: None, ..self },
            P::Running => Life { phase, next: None, stopped: None, launched: Some(moment) },
            _ => Life { phase, next: None, stopped: Some(moment), ..self },
        }
    }

    /// As it is after `action` now.
    ///
    /// # Errors
    /// `IncorrectState` when it is not legal now.
    pub(super) fn act(
        self,
        action: Action,
        id: &str,
        now: Timestamp,
        transition: SignedDuration,
    ) -> Result<Self, Error> {
        let settled = self.at(now);
        Ok(match settled.step(action, id)? {
            Step::Stay => settled,
            Step::Go(phase, then) => settled.set_out(phase, then, now, transition),
        })
    }

    fn step(self, action: Action, id: &str) -> Result<Step, Error> {
        match (action, self.phase) {
            (Action::Start, P::Running | P::Starting | P::Rebooting) => Ok(Step::Stay),
            (Action::Start, P::Stopped) => Ok(Step::Go(P::Starting, P::Running)),
            (Action::Stop { .. }, P::Stopped | P::Stopping) => Ok(Step::Stay),
            (Action::Stop { .. }, P::Running | P::Rebooting) => Ok(Step::Go(P::Stopping, P::Stopped)),
            (Action::Reboot, P::Running | P::Rebooting) => Ok(Step::Go(P::Rebooting, P::Running)),
            (Action::Start | Action::Stop { .. } | Action::Reboot, phase) => {
                let name = action.name();
                let message = format!("instance '{id}' is {phase:?}: '{name}' is not possible now");
                Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Instance, id))
            }
        }
    }

    /// Is `phase` for the time of `transition`, and `then` afterwards: at once when it takes no time.
    fn set_out(self, phase: Phase, then: Phase, now: Timestamp, transition: SignedDuration) -> Self {
        Life { phase, next: Some((after(now, transition), then)), ..self }.at(now)
    }
}

impl From<Phase> for InstanceState {
    fn from(phase: Phase) -> Self {
        match phase {
            P::Creating => InstanceState::Creating,
            P::Starting => InstanceState::Starting,
            P::Running => InstanceState::Running,
            P::Rebooting => InstanceState::Rebooting,
            P::Stopping => InstanceState::Stopping,
            P::Stopped => InstanceState::Stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Timestamp = Timestamp::constant(1_000, 0);
    const LONG: SignedDuration = SignedDuration::from_secs(10);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000 + seconds).unwrap()
    }

    #[test]
    fn a_life_takes_its_time() {
        let born = Life::begin(true, BEGIN, LONG);
        assert_eq!((born.at(at(9)).phase, born.at(at(10)).phase), (P::Creating, P::Running));
        assert_eq!(born.at(at(99)).launched, Some(at(10)), "it ran from then on, whenever somebody looks");
        let stopped = born.act(Action::Stop { force: false }, "i", at(20), LONG).unwrap();
        assert_eq!((stopped.at(at(29)).phase, stopped.at(at(30)).phase), (P::Stopping, P::Stopped));
        assert_eq!(stopped.at(at(99)).stopped, Some(at(30)));
        let again = stopped.act(Action::Start, "i", at(40), LONG).unwrap().at(at(99));
        assert_eq!((again.phase, again.launched, again.stopped), (P::Running, Some(at(50)), None));
        let rebooted = again.act(Action::Reboot, "i", at(99), LONG).unwrap();
        assert_eq!(rebooted.phase, P::Rebooting);
        assert_eq!(rebooted.at(at(200)).launched, Some(at(50)), "a reboot is no launch");
    }

    #[test]
    fn a_life_may_take_no_time() {
        let born = Life::begin(false, BEGIN, SignedDuration::ZERO);
        assert_eq!((born.phase, born.stopped), (P::Stopped, Some(BEGIN)));
        let started = born.act(Action::Start, "i", at(1), SignedDuration::ZERO).unwrap();
        assert_eq!((started.phase, started.launched), (P::Running, Some(at(1))));
    }

    #[test]
    fn what_has_begun_is_not_begun_again() {
        let stopping =
            Life::running_since(BEGIN).act(Action::Stop { force: false }, "i", BEGIN, LONG).unwrap();
        let asked_again = stopping.act(Action::Stop { force: true }, "i", at(5), LONG).unwrap();
        assert_eq!(asked_again.at(at(10)).phase, P::Stopped, "its time does not start anew");
        assert!(stopping.act(Action::Start, "i", at(5), LONG).is_err());
    }
}
