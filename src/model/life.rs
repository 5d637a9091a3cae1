//! The life of an instance as a driver declares it: which deed is possible at which stage, and what happens by itself.

use super::{Capabilities, InstanceState};

/// A stage of an instance's life: the states of [`InstanceState`](super::InstanceState), as coarse as Deltacloud's
/// state machine has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It does not exist yet.
    Start,
    /// It is being made, or on its way to running.
    Pending,
    /// It runs.
    Running,
    /// It is on its way to stopped.
    Stopping,
    /// It does not run.
    Stopped,
    /// It is gone.
    Finish,
}

/// What makes an instance go from one stage to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Nobody: it goes by itself.
    Auto,
    /// It is created.
    Create,
    /// It is started.
    Start,
    /// It is stopped.
    Stop,
    /// It is restarted.
    Reboot,
    /// It is destroyed.
    Destroy,
}

/// One step of an instance's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transition {
    /// Where it begins.
    pub from: Stage,
    /// What makes it happen.
    pub by: Cause,
    /// Where it ends.
    pub to: Stage,
}

impl Transition {
    /// The step from one stage to another.
    pub const fn new(from: Stage, by: Cause, to: Stage) -> Self {
        Transition { from, by, to }
    }
}

impl Stage {
    /// Every stage, in the order of a life.
    pub const ALL: [Stage; 6] =
        [Stage::Start, Stage::Pending, Stage::Running, Stage::Stopping, Stage::Stopped, Stage::Finish];
}

impl InstanceState {
    /// The stage of life that an instance in this state is at. What the cloud lost sight of counts as running, since it
    /// may be; what is held counts as stopped.
    pub fn stage(self) -> Stage {
        use InstanceState as I;
        match self {
            I::Creating | I::Starting | I::Resuming | I::Locked => Stage::Pending,
            I::Running | I::Rebooting | I::Unknown => Stage::Running,
            I::Suspending | I::Stopping | I::Terminating => Stage::Stopping,
            I::Paused | I::Suspended | I::Stopped | I::Error => Stage::Stopped,
            I::Terminated => Stage::Finish,
        }
    }
}

impl Capabilities {
    /// What may make an instance in this state go on, in the order in which the driver declares it.
    pub fn possible(&self, state: InstanceState) -> impl Iterator<Item = Cause> {
        let here = state.stage();
        let causes = self.life.iter().filter(move |step| step.from == here).map(|step| step.by);
        // What it has in memory would be lost.
        let holds_memory = matches!(state, InstanceState::Paused | InstanceState::Suspended);
        causes.filter(move |cause| !(holds_memory && *cause == Cause::Destroy))
    }
}
