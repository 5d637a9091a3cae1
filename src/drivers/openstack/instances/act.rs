//! What is done to instances that are there: start, stop, reboot, destroy.
//!
//! All are found before anything is done to any, so that one wrong id leaves the others as they are. Nova refuses what
//! comes while it is busy with a server: that is promised then, and done when Nova is through.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::{
    super::{
        CONCURRENCY,
        call::Call,
        catalogue::Service,
        session::{Session, about},
    },
    Found, find,
};
use crate::{
    exchange::Cloud,
    model::{Action, Error, ErrorKind, Id, Instance, InstanceState as State, Kind, Operation, Resource},
};

/// What has to be done for an action, by the state that a server is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It is there already.
    Nothing,
    /// Call this action; the server is in this state then.
    Call(&'static str, State),
    /// It can be done when Nova is through with what it does; the server shows in this state until then.
    Later(State),
}

/// The actions that let a server run which is neither running nor just off.
static WAYS_BACK: &[(&str, &str, State)] = &[
    ("SUSPENDED", "resume", State::Resuming),
    ("PAUSED", "unpause", State::Resuming),
    ("SHELVED", "unshelve", State::Starting),
    ("SHELVED_OFFLOADED", "unshelve", State::Starting),
];

/// One call to find each, and one for each of which something has to be done.
pub(in super::super) async fn act(
    session: &Session<'_>,
    action: Action,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let found = find(session, ids).await?;
    let steps: Vec<_> = found.into_iter().map(|server| take(session, action, server)).collect();
    let done = stream::iter(steps).buffered(CONCURRENCY).collect().await;
    cloud.emit_all(done, Resource::Instance).await
}

/// What an action means for a server with this status in this state. Where nothing better is known Nova is asked, and
/// says what is wrong.
fn step(action: Action, status: &str, state: State) -> Step {
    use State as S;
    let coming_up = matches!(state, S::Creating | S::Starting | S::Rebooting | S::Resuming);
    match action {
        Action::Start if coming_up || state == S::Running => Step::Nothing,
        Action::Start if matches!(state, S::Stopping | S::Suspending) => Step::Later(S::Starting),
        Action::Start => {
            let way = WAYS_BACK.iter().find(|(known, ..)| known.eq_ignore_ascii_case(status));
            way.map_or(Step::Call("os-start", S::Starting), |(_, call, state)| Step::Call(call, *state))
        }
        Action::Stop { .. } if matches!(state, S::Stopped | S::Stopping) => Step::Nothing,
        Action::Stop { .. } if coming_up => Step::Later(S::Stopping),
        Action::Stop { .. } => Step::Call("os-stop", S::Stopping),
        Action::Reboot if state == S::Rebooting => Step::Nothing,
        Action::Reboot if coming_up => Step::Later(S::Rebooting),
        Action::Reboot => Step::Call("reboot", S::Rebooting),
    }
}

async fn take(session: &Session<'_>, action: Action, server: Found) -> Result<Instance<'static>, Error> {
    let Found { instance, status } = server;
    let previous = Some(instance.state);
    let became = |state| Instance { state, previous, ..instance.clone() };
    let later = async |state| {
        let operation = Operation::Act(action, vec![Id::from(instance.id.as_ref())]);
        session.line.promise(operation, &instance, state).await.map(|()| became(state))
    };
    match step(action, &status, instance.state) {
        Step::Nothing => Ok(became(instance.state)),
        Step::Later(state) => later(state).await,
        Step::Call(name, state) => match call(session, &instance.id, name).await {
            Ok(()) => Ok(became(state)),
            Err(error) if error.kind() == ErrorKind::Busy => later(state).await,
            Err(error) => Err(error),
        },
    }
}

async fn call(session: &Session<'_>, id: &str, action: &str) -> Result<(), Error> {
    let argument = if action == "reboot" { json!({"type": "SOFT"}) } else { Value::Null };
    let call = Call::post(Service::Compute, &["servers", id, "action"], action, argument);
    session.fetch(call).await.map(|_| ()).map_err(|error| about(error, Kind::Instance, id))
}

/// Promises to stop a server that is being made.
///
/// # Errors
/// When nothing can be promised.
pub(super) async fn stop_later(session: &Session<'_>, instance: &Instance<'_>) -> Result<(), Error> {
    let stop = Operation::Act(Action::Stop { force: false }, vec![Id::from(instance.id.as_ref())]);
    session.line.promise(stop, instance, State::Stopping).await
}

/// One call to find each, and one for each.
pub(in super::super) async fn destroy(
    session: &Session<'_>,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let found = find(session, ids).await?;
    let goings: Vec<_> = found.iter().map(|server| destroy_one(session, &server.instance)).collect();
    let done = stream::iter(goings).buffered(CONCURRENCY).collect().await;
    cloud.emit_all(done, Resource::Instance).await
}

/// Has Nova delete a server, which it does in almost any state, and promises to look until it is gone.
///
/// # Errors
/// What Nova refuses with; `Busy` when nothing can be promised and it is not gone yet.
pub(super) async fn destroy_one(
    session: &Session<'_>,
    instance: &Instance<'_>,
) -> Result<Instance<'static>, Error> {
    let previous = Some(instance.state);
    let became = |state| Instance { state, previous, ..instance.clone().into_owned() };
    let deleted = match instance.state {
        State::Terminated => return Ok(became(State::Terminated)),
        State::Terminating => Ok(()),
        _ => {
            let call = Call::delete(Service::Compute, &["servers", &instance.id]);
            session.fetch(call).await.map(|_| ())
        }
    };
    match deleted.map_err(|error| about(error, Kind::Instance, &instance.id)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(became(State::Terminated)),
        // Nova is through with what it does in a while; with a server that is locked it never is, and says so.
        Err(error) if error.kind() != ErrorKind::Busy => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let gone = Operation::Destroy(Kind::Instance, vec![Id::from(instance.id.as_ref())]);
    session.line.promise(gone, instance, State::Terminating).await?;
    Ok(became(State::Terminating))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOP: Action = Action::Stop { force: false };

    #[test]
    fn what_is_there_already_is_left_alone() {
        for (action, state) in [
            (Action::Start, State::Running),
            (Action::Start, State::Creating),
            (STOP, State::Stopped),
            (STOP, State::Stopping),
            (Action::Stop { force: true }, State::Stopped),
            (Action::Reboot, State::Rebooting),
        ] {
            assert_eq!(step(action, "", state), Step::Nothing, "{action:?} {state:?}");
        }
    }

    #[test]
    fn what_nova_would_refuse_for_now_is_done_later() {
        for (action, state, shown) in [
            (STOP, State::Creating, State::Stopping),
            (STOP, State::Rebooting, State::Stopping),
            (Action::Start, State::Stopping, State::Starting),
            (Action::Reboot, State::Starting, State::Rebooting),
        ] {
            assert_eq!(step(action, "", state), Step::Later(shown), "{action:?} {state:?}");
        }
    }

    #[test]
    fn everything_else_is_one_action() {
        for (action, status, state, call, shown) in [
            (Action::Start, "SHUTOFF", State::Stopped, "os-start", State::Starting),
            (Action::Start, "SUSPENDED", State::Suspended, "resume", State::Resuming),
            (Action::Start, "PAUSED", State::Paused, "unpause", State::Resuming),
            (Action::Start, "SHELVED_OFFLOADED", State::Stopped, "unshelve", State::Starting),
            (STOP, "ACTIVE", State::Running, "os-stop", State::Stopping),
            (STOP, "ERROR", State::Error, "os-stop", State::Stopping),
            (Action::Reboot, "ACTIVE", State::Running, "reboot", State::Rebooting),
        ] {
            assert_eq!(step(action, status, state), Step::Call(call, shown), "{action:?} {status}");
        }
    }
}
