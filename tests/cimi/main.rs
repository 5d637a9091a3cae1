//! CIMI's clients, as raw requests, drive the mock cloud and oVirt engines through the running gateway.

#[path = "../bed/mod.rs"]
#[allow(unused_imports, reason = "no real client is among those that drive it here")]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;
#[path = "../replay/mod.rs"]
mod replay;

mod bad_input;
mod client;
mod collections;
mod life;
mod recordings;
mod schema;
mod talk;

/// The setting that lets the front end be served.
const SERVED: &str = "frontends = [\"cimi\"]\n";
/// The settings of the strict dialect.
const STRICT: &str = "frontends = [\"cimi\"]\n[cimi]\ndialect = \"strict\"\n";
/// `admin@internal` of an engine.
const ADMIN: (&str, &str) = ("admin@internal", "secret");
/// The mock's user.
const MOCK: (&str, &str) = ("mockuser", "mockpassword");
