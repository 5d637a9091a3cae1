//! The engine's own switches over HTTP, below `/_engine/`, for tests in other processes.

use std::time::Duration;

use axum::body::Bytes;
use serde_json::json;

use super::clock::Schedule;
use super::misbehaviour::Misbehaviour;
use super::model::VmStatus;
use super::reply::Reply;
use super::shared::Core;

/// Answers `requests`, `faults`, `sessions`, `status` and `advance`.
pub fn answer(core: &Core, method: &str, what: &str, body: &Bytes) -> Reply {
    match (method, what) {
        ("GET", "requests") => return Reply::json(200, &json!(core.recorded())),
        ("GET", "faults") => return Reply::json(200, &json!(core.misbehaviours.all())),
        ("DELETE", "requests") => core.forget(),
        ("DELETE", "faults") => core.misbehaviours.clear(),
        ("DELETE", "sessions") => core.sessions().drop_all(),
        ("POST", "faults") => match serde_json::from_slice::<Misbehaviour>(body) {
            Ok(misbehaviour) => core.misbehaviours.add(misbehaviour),
            Err(error) => return refused(&error.to_string()),
        },
        ("POST", "status") => {
            match serde_json::from_slice(body).ok().and_then(|wanted| status(core, &wanted)) {
                Some(()) => {}
                None => return refused("an object with the members vm and status is expected"),
            }
        }
        ("POST", "advance") => match serde_json::from_slice::<u64>(body) {
            Ok(seconds) => core.clock.advance(Duration::from_secs(seconds)),
            Err(error) => return refused(&error.to_string()),
        },
        _ => return Reply::json(404, &json!({"error": "no such switch"})),
    }
    Reply::json(200, &json!({}))
}

/// Puts the machine `vm` into the state `status`.
fn status(core: &Core, wanted: &serde_json::Value) -> Option<()> {
    let id = wanted["vm"].as_str()?.parse().ok()?;
    let status = VmStatus::from_word(wanted["status"].as_str()?)?;
    let now = core.clock.now();
    core.inventory().vms.update(id, |vm| vm.status = Schedule::new(now, status));
    Some(())
}

fn refused(why: &str) -> Reply {
    Reply::json(400, &json!({"error": why}))
}
