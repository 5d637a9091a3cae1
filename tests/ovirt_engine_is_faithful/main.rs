//! The imitated oVirt engine, measured by the work of others: recorded life cycles, recorded replies, the real SDK.

#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

mod faults;
mod http;
mod json_form;
mod lifecycle;
mod members;
mod protocol;
mod python_sdk;
mod recordings;
mod sdk_requests;
mod wire;
