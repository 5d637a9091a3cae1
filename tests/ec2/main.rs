//! EC2 clients, the real ones and raw requests, drive the mock cloud and oVirt engines through the running gateway.

#[path = "../bed/mod.rs"]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

mod attributes;
mod callers;
mod clients;
mod edge;
mod faults;
mod keys;
mod once;
mod relay;
mod rest;
mod sts;
mod tags;
mod talk;
mod telemetry;
mod tls;

/// `admin@internal` of an engine, by HTTP Basic.
const ADMIN: (&str, &str) = ("admin@internal", "secret");
/// The mock's user.
const MOCK: (&str, &str) = ("mockuser", "mockpassword");
