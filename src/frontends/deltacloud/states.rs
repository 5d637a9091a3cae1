//! The life of an instance in Deltacloud's words, and what may be done at each of its stages.

use super::{context::Context, document::Node};
use crate::model::{Capabilities, Cause, InstanceState, Stage, Transition};

/// How a state is shown.
///
/// The original's words, of which clients wait for `RUNNING` and `STOPPED`. What the cloud lost sight of is shown as
/// running, since it may be; what is held is shown as stopped.
pub(super) fn word(state: InstanceState) -> &'static str {
    if state == InstanceState::Error {
        return "ERROR";
    }
    match state.stage() {
        Stage::Start => "START",
        Stage::Pending => "PENDING",
        Stage::Running => "RUNNING",
        Stage::Stopping => "STOPPING",
        Stage::Stopped => "STOPPED",
        Stage::Finish => "FINISH",
    }
}

/// Every word of [`word`].
pub(super) const WORDS: &[&str] = &["PENDING", "RUNNING", "STOPPING", "STOPPED", "FINISH", "ERROR"];

/// The states that are shown with this word.
pub(super) fn shown_as(wanted: &str) -> Vec<InstanceState> {
    InstanceState::ALL.into_iter().filter(|state| word(*state).eq_ignore_ascii_case(wanted)).collect()
}

/// What may be done to an instance in this state, in the order in which the driver declares it.
pub(super) fn possible(cloud: &Capabilities, state: InstanceState) -> impl Iterator<Item = Deed> {
    cloud.possible(state).filter_map(deed)
}

/// What a client can do to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Start,
    Stop,
    Reboot,
    Destroy,
}

impl Deed {
    /// Its name: a link's `rel`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Deed::Start => "start",
            Deed::Stop => "stop",
            Deed::Reboot => "reboot",
            Deed::Destroy => "destroy",
        }
    }
}

fn deed(cause: Cause) -> Option<Deed> {
    match cause {
        Cause::Start => Some(Deed::Start),
        Cause::Stop => Some(Deed::Stop),
        Cause::Reboot => Some(Deed::Reboot),
        Cause::Destroy => Some(Deed::Destroy),
        Cause::Auto | Cause::Create => None,
    }
}

/// The document `instance_states`: the declared machine.
pub(super) fn document(cloud: &Capabilities, _: &Context) -> Node<'static> {
    let lived = |stage: &Stage| cloud.life.iter().any(|step| step.from == *stage || step.to == *stage);
    let states = Stage::ALL.into_iter().filter(lived).map(|stage| {
        let steps = cloud.life.iter().filter(|step| step.from == stage).map(transition).collect();
        Node::object("state", vec![Node::row("transition", steps).key("transitions")])
            .with("name", name(stage))
    });
    Node::list("states", states.collect())
}

fn transition(step: &Transition) -> Node<'static> {
    let node = Node::empty("transition");
    let node = match step.by {
        Cause::Auto => node.with("auto", "true"),
        by => node.with("action", cause(by)),
    };
    node.with("to", name(step.to))
}

/// How that is called which leads from one stage to another.
pub(super) fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Auto => "auto",
        Cause::Create => "create",
        Cause::Start | Cause::Stop | Cause::Reboot | Cause::Destroy => deed(cause).map_or("", Deed::name),
    }
}

/// A stage's name in the machine.
pub(super) fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Start => "start",
        Stage::Pending => "pending",
        Stage::Running => "running",
        Stage::Stopping => "stopping",
        Stage::Stopped => "stopped",
        Stage::Finish => "finish",
    }
}
