//! The imitated oVirt engine, measured by the work of others: recorded life cycles, recorded replies, the real SDK.

#[path = "../ovirt_engine/mod.rs"]
#[cfg(test)]
mod ovirt_engine;

#[cfg(test)]
mod faults;
#[cfg(test)]
mod http;
#[cfg(test)]
mod json_form;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod members;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod python_sdk;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod sdk_requests;
#[cfg(test)]
mod wire;
