//! Misbehaving on demand, for tests of what a gateway does then.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// One way to misbehave, and for which requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Misbehaviour {
    /// Part of the path and query of the requests it befalls; empty for all.
    #[serde(default)]
    pub path: String,
    /// Their method; any when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// How often it happens; for ever when absent.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(flatten)]
    pub kind: Kind,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// An HTML page with this status instead of the answer; the request is not carried out.
    Html { status: u16 },
    /// A fault of the engine instead of the answer, in an action where one was asked for; not carried out.
    Fault { status: u16, reason: String, detail: String },
    /// The body stops after so many bytes and the connection with it; `announced` gives a Content-Length that is
    /// never reached, otherwise the body is chunked.
    Truncate { bytes: usize, announced: bool },
    /// What follows after so many bytes is no XML.
    Malformed { bytes: usize },
    /// Milliseconds before the head, and between pieces of the body.
    Delay { head_ms: u64, chunk_ms: u64 },
    /// All sessions and tokens are forgotten before this request is looked at.
    ForgetSessions,
    /// No answer ever; the request is not carried out.
    Hang,
    /// The request is carried out, and the connection closed instead of an answer.
    CloseWithoutAnswer,
    /// The connection is closed after the answer, which did not say so.
    CloseAfterAnswer,
    /// The connection stays open after the answer, and is closed when the next request comes on it.
    CloseOnReuse,
    /// The first name in the answer is longer by so many bytes.
    Oversized { bytes: usize },
    /// A list repeats its items for ever.
    Endless,
}

impl Misbehaviour {
    /// Befalls every request, for ever.
    pub fn always(kind: Kind) -> Misbehaviour {
        Misbehaviour { path: String::new(), method: None, times: None, kind }
    }

    /// Befalls the next request whose path or query contains `path`.
    pub fn once(path: &str, kind: Kind) -> Misbehaviour {
        Misbehaviour { path: path.to_owned(), method: None, times: Some(1), kind }
    }

    fn befalls(&self, method: &str, target: &str) -> bool {
        target.contains(&self.path) && self.method.as_deref().is_none_or(|expected| expected == method)
    }
}

/// The misbehaviours in force.
#[derive(Default)]
pub struct Misbehaviours(Mutex<Vec<Misbehaviour>>);

impl Misbehaviours {
    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Misbehaviour>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, misbehaviour: Misbehaviour) {
        self.locked().push(misbehaviour);
    }

    pub fn clear(&self) {
        self.locked().clear();
    }

    pub fn all(&self) -> Vec<Misbehaviour> {
        self.locked().clone()
    }

    /// What befalls this request; counts it.
    pub fn befalling(&self, method: &str, target: &str) -> Vec<Kind> {
        let mut all = self.locked();
        let mut kinds = Vec::new();
        for misbehaviour in all.iter_mut().filter(|one| one.befalls(method, target)) {
            kinds.push(misbehaviour.kind.clone());
            if let Some(times) = &mut misbehaviour.times {
                *times = times.saturating_sub(1);
            }
        }
        all.retain(|one| one.times != Some(0));
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_what_goes_wrong_and_how_often() {
        let text = r#"{"kind":"truncate","bytes":10,"announced":true,"path":"/vms","times":1}"#;
        let switches = Misbehaviours::default();
        switches.add(serde_json::from_str(text).unwrap());
        assert_eq!(switches.befalling("GET", "/api"), []);
        let expected = [Kind::Truncate { bytes: 10, announced: true }];
        assert_eq!(switches.befalling("GET", "/api/vms"), expected);
        assert_eq!(switches.befalling("GET", "/api/vms"), []);
    }
}
