//! Deltacloud's clients, as raw requests, drive the mock cloud and oVirt engines through the running gateway.

#[path = "../bed/mod.rs"]
#[allow(unused_imports, reason = "no real client is among those that drive it here")]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;
#[path = "../replay/mod.rs"]
mod replay;

mod blobs;
mod forwarded;
mod guide;
mod kept;
mod keys;
mod lifecycle;
mod links;
mod protocol;
mod recordings;

/// The setting that lets the front end be served.
const SERVED: &str = "frontends = [\"deltacloud\"]\n";
/// `admin@internal` of an engine.
const ADMIN: (&str, &str) = ("admin@internal", "secret");
/// The mock's user.
const MOCK: (&str, &str) = ("mockuser", "mockpassword");
