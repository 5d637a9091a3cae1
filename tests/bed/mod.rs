//! The test bed: the gateway as a process, the oVirt engine, real clients, and a raw HTTP client.

#![allow(dead_code, reason = "every test target uses a part of it")]

pub mod clients;
pub mod gateway;
pub mod http;
pub mod openstack;
pub mod ovirt;

pub use clients::Client;
pub use gateway::Gateway;
#[allow(unused_imports, reason = "not every test target has a cloud of it")]
pub use openstack::OpenStack;
pub use ovirt::Ovirt;
