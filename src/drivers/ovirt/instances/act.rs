//! What is done to instances that are there: start, stop, reboot, destroy.
//!
//! All are found with one call before anything is done to any, so that one wrong id leaves the others as they are.

use futures_util::{StreamExt, stream};

use super::{
    super::{CONCURRENCY, call::Call, faults::about, session::Session},
    Vm, find,
};
use crate::{
    exchange::Cloud,
    model::{Action, Error, ErrorKind, Id, Instance, InstanceState as State, Kind, Operation, Resource},
};

/// The body of an action without parameters.
const NOTHING: &str = "<action/>";

/// What has to be done for an action, by the state that a VM is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It is there already.
    Nothing,
    /// Call this action; the VM is in this state then.
    Call(&'static str, State),
    /// It can be started when its disks are unlocked.
    StartLater,
    /// Shut it down, and start it when it is down: the reboot of engines that have none.
    ShutDownAndStart,
}

/// One call to find them (for every fifty), and one for each of which something has to be done.
pub(in super::super) async fn act(
    session: &Session<'_>,
    action: Action,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let vms = find(session, ids).await?;
    let steps: Vec<_> = vms
        .into_iter()
        .map(|vm| {
            let step = step(action, vm.instance.state, session.dialect().reboots);
            take(session, step, vm.instance)
        })
        .collect();
    let done = stream::iter(steps).buffered(CONCURRENCY).collect().await;
    cloud.emit_all(done, Resource::Instance).await
}

/// What an action means for a VM in this state. Where nothing better is known the engine is asked, and says what is
/// wrong.
fn step(action: Action, state: State, reboots: bool) -> Step {
    match (action, state) {
        (Action::Start, State::Running | State::Rebooting | State::Starting | State::Resuming) => {
            Step::Nothing
        }
        (Action::Start, State::Locked | State::Creating) => Step::StartLater,
        (Action::Start, State::Suspended) => Step::Call("start", State::Resuming),
        (Action::Start, _) => Step::Call("start", State::Starting),
        (Action::Stop { .. }, State::Stopped | State::Locked | State::Creating) => Step::Nothing,
        (Action::Stop { force: false }, State::Stopping) => Step::Nothing,
        // There is no guest to ask: what was kept of it is dropped.
        (Action::Stop { force: false }, State::Suspended | State::Paused) => {
            Step::Call("stop", State::Stopping)
        }
        (Action::Stop { force: false }, _) => Step::Call("shutdown", State::Stopping),
        (Action::Stop { force: true }, _) => Step::Call("stop", State::Stopping),
        (Action::Reboot, _) if reboots => Step::Call("reboot", State::Rebooting),
        (Action::Reboot, _) => Step::ShutDownAndStart,
    }
}

async fn take(
    session: &Session<'_>,
    step: Step,
    instance: Instance<'static>,
) -> Result<Instance<'static>, Error> {
    let previous = instance.state;
    let became = |state| Instance {
        state,
        previous: Some(previous),
        can_be_captured: state == State::Stopped,
        ..instance.clone()
    };
    match step {
        Step::Nothing => Ok(became(previous)),
        Step::Call(action, state) => {
            call(session, &instance.id, action).await?;
            Ok(became(state))
        }
        Step::StartLater => {
            session.line.promise(start(&instance.id), &instance, State::Starting).await?;
            Ok(became(State::Starting))
        }
        Step::ShutDownAndStart => {
            call(session, &instance.id, "shutdown").await?;
            session.line.promise(start(&instance.id), &instance, State::Rebooting).await?;
            Ok(became(State::Rebooting))
        }
    }
}

fn start(id: &str) -> Operation {
    Operation::Act(Action::Start, vec![Id::from(id)])
}

async fn call(session: &Session<'_>, id: &str, action: &str) -> Result<(), Error> {
    let result = session.act(Call::post(&["vms", id, action], NOTHING)).await;
    result.map_err(|error| about(error, Kind::Instance, id))
}

/// One call to find them (for every fifty), and one for each.
pub(in super::super) async fn destroy(
    session: &Session<'_>,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let vms = find(session, ids).await?;
    if let Some(Vm { instance, .. }) = vms.iter().find(|vm| vm.protected) {
        let message = format!("instance '{}' is protected against deletion", instance.id);
        return Err(Error::new(ErrorKind::Denied, message).about(Kind::Instance, instance.id.as_ref()));
    }
    let goings: Vec<_> = vms.iter().map(|vm| destroy_one(session, &vm.instance)).collect();
    let done = stream::iter(goings).buffered(CONCURRENCY).collect().await;
    cloud.emit_all(done, Resource::Instance).await
}

/// Removes a VM that does not run, takes the power from one that does and promises to remove it.
///
/// # Errors
/// What the engine refuses with; `Busy` when nothing can be promised and it is not gone yet.
pub(super) async fn destroy_one(
    session: &Session<'_>,
    instance: &Instance<'_>,
) -> Result<Instance<'static>, Error> {
    let previous = Some(instance.state);
    let became =
        |state| Instance { state, previous, can_be_captured: false, ..instance.clone().into_owned() };
    match instance.state {
        State::Stopped | State::Error | State::Terminated => {
            let removed = session.act(Call::delete(&["vms", &instance.id])).await;
            match removed.map_err(|error| about(error, Kind::Instance, &instance.id)) {
                Ok(()) => return Ok(became(State::Terminated)),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(became(State::Terminated)),
                Err(error) if !is_passing(error.kind()) => return Err(error),
                Err(_) => {}
            }
        }
        // Its disks are locked, or it is on its way out: nothing can be done before that is over.
        State::Creating | State::Locked | State::Terminating | State::Suspending => {}
        _running => match power_off(session, &instance.id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(became(State::Terminated)),
            result => result?,
        },
    }
    let gone = Operation::Destroy(Kind::Instance, vec![Id::from(instance.id.as_ref())]);
    session.line.promise(gone, instance, State::Terminating).await?;
    Ok(became(State::Terminating))
}

/// A VM that has stopped meanwhile is as good as one that stops now.
async fn power_off(session: &Session<'_>, id: &str) -> Result<(), Error> {
    match call(session, id, "stop").await {
        Err(error) if is_passing(error.kind()) => Ok(()),
        result => result,
    }
}

/// Whether the engine would not now, but will.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Busy | ErrorKind::IncorrectState)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_already_is_left_alone() {
        for (action, state) in [
            (Action::Start, State::Running),
            (Action::Start, State::Starting),
            (Action::Stop { force: false }, State::Stopped),
            (Action::Stop { force: true }, State::Stopped),
            (Action::Stop { force: false }, State::Stopping),
            (Action::Stop { force: false }, State::Locked),
        ] {
            assert_eq!(step(action, state, true), Step::Nothing, "{action:?} {state:?}");
        }
    }

    #[test]
    fn everything_else_is_one_action() {
        for (action, state, reboots, expected) in [
            (Action::Start, State::Stopped, true, Step::Call("start", State::Starting)),
            (Action::Start, State::Suspended, true, Step::Call("start", State::Resuming)),
            (Action::Start, State::Locked, true, Step::StartLater),
            (Action::Start, State::Stopping, true, Step::Call("start", State::Starting)),
            (Action::Stop { force: false }, State::Running, true, Step::Call("shutdown", State::Stopping)),
            (Action::Stop { force: true }, State::Running, true, Step::Call("stop", State::Stopping)),
            (Action::Stop { force: true }, State::Stopping, true, Step::Call("stop", State::Stopping)),
            (Action::Stop { force: false }, State::Suspended, true, Step::Call("stop", State::Stopping)),
            (Action::Reboot, State::Running, true, Step::Call("reboot", State::Rebooting)),
            (Action::Reboot, State::Running, false, Step::ShutDownAndStart),
        ] {
            assert_eq!(step(action, state, reboots), expected, "{action:?} {state:?}");
        }
    }
}
