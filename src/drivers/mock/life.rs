//! The life of an instance: which action is legal in which state, and how long the way to the next state takes.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::model::{Action, Error, ErrorKind, Health, Instance, InstanceState as S, Kind};

/// An instance, and where it is going by itself.
pub(super) struct Machine {
    pub(super) instance: Instance<'static>,
    next: Option<(Instant, S)>,
}

/// What an action does to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: it is already as it should be, or on its way there. EC2 takes that for success.
    Stay,
    /// It is this for a while, and then that.
    Go(S, S),
}

impl Machine {
    /// An instance that stays as it is.
    pub(super) fn settled(instance: Instance<'static>) -> Self {
        Machine { instance, next: None }
    }

    /// What `action` would do now.
    ///
    /// # Errors
    /// `IncorrectState` when it is not legal now.
    pub(super) fn step(&self, action: Action) -> Result<Step, Error> {
        match (action, self.instance.state) {
            (Action::Start, S::Running | S::Starting | S::Rebooting) => Ok(Step::Stay),
            (Action::Start, S::Stopped) => Ok(Step::Go(S::Starting, S::Running)),
            (Action::Stop { .. }, S::Stopped | S::Stopping) => Ok(Step::Stay),
            (Action::Stop { .. }, S::Running | S::Rebooting) => Ok(Step::Go(S::Stopping, S::Stopped)),
            (Action::Reboot, S::Running | S::Rebooting) => Ok(Step::Go(S::Rebooting, S::Running)),
            (Action::Start | Action::Stop { .. } | Action::Reboot, state) => {
                let (id, name) = (&self.instance.id, action.name());
                let message = format!("instance '{id}' is {state:?}: '{name}' is not possible now");
                Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Instance, id.as_ref()))
            }
        }
    }

    /// Does it, and shows the instance with the state it was in before.
    ///
    /// # Errors
    /// `IncorrectState` when it is not legal now.
    pub(super) fn act(&mut self, action: Action, transition: Duration) -> Result<Instance<'static>, Error> {
        let previous = Some(self.instance.state);
        match self.step(action)? {
            Step::Stay => {}
            Step::Go(now, then) => self.set_out(now, then, transition),
        }
        Ok(Instance { previous, ..self.instance.clone() })
    }

    /// Is `now` for the time of `transition`, and `then` afterwards.
    pub(super) fn set_out(&mut self, now: S, then: S, transition: Duration) {
        self.instance.state = now;
        self.instance.health = Health::Unknown;
        self.next = Some((Instant::now() + transition, then));
    }

    /// Arrives where it was going if it is time.
    pub(super) fn settle(&mut self, now: Instant) {
        let Some((_, state)) = self.next.take_if(|(at, _)| *at <= now) else { return };
        let rebooted = self.instance.state == S::Rebooting;
        self.instance.state = state;
        match state {
            S::Running => {
                self.instance.health = Health::Ok;
                self.instance.stopped = None;
                if !rebooted {
                    self.instance.launched = Some(Timestamp::now());
                }
            }
            _ => self.instance.stopped = Some(Timestamp::now()),
        }
    }

    /// The instance as it goes for good.
    pub(super) fn terminated(self) -> Instance<'static> {
        Instance {
            state: S::Terminated,
            previous: Some(self.instance.state),
            health: Health::Unknown,
            stopped: Some(Timestamp::now()),
            interfaces: Default::default(),
            attachments: Default::default(),
            ..self.instance
        }
    }
}
