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
        ("GET", "requests") => Reply::json(200, &json!(core.recorded())),
        ("DELETE", "requests") => done(core.forget()),
        ("GET", "faults") => Reply::json(200, &json!(core.misbehaviours.all())),
        ("POST", "faults") => match serde_json::from_slice::<Misbehaviour>(body) {
            Ok(misbehaviour) => done(core.misbehaviours.add(misbehaviour)),
            Err(error) => refused(&error.to_string()),
        },
        ("DELETE", "faults") => done(core.misbehaviours.clear()),
        ("DELETE", "sessions") => done(core.sessions().drop_all()),
        ("POST", "advance") => match serde_json::from_slice::<u64>(body) {
            Ok(seconds) => done(core.clock.advance(Duration::from_secs(seconds))),
            Err(error) => refused(&error.to_string()),
        },
        _ => Reply::json(404, &json!({"error": "no such switch"})),
    }
}

fn done((): ()) -> Reply {
    Reply::json(200, &json!({}))
}

fn refused(why: &str) -> Reply {
    Reply::json(400, &json!({"error": why}))
}
