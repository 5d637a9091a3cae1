//! The engine's own switches over HTTP, below `/_engine/`, for tests in other processes.

use std::time::Duration;

use axum::body::Bytes;
use serde_json::json;

use super::misbehaviour::Misbehaviour;
use super::reply::Reply;
use super::server::Core;

/// Answers `requests`, `faults`, `sessions` and `advance`.
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
        ("POST", "advance") => match serde_json::from_slice::<u64>(body) {
            Ok(seconds) => core.clock.advance(Duration::from_secs(seconds)),
            Err(error) => return refused(&error.to_string()),
        },
        _ => return Reply::json(404, &json!({"error": "no such switch"})),
    }
    Reply::json(200, &json!({}))
}

fn refused(why: &str) -> Reply {
    Reply::json(400, &json!({"error": why}))
}
