//! The test bed: the gateway as a process, the oVirt engine, real clients, and a raw HTTP client.

#![allow(dead_code, reason = "every test target uses a part of it")]

pub mod clients;
pub mod gateway;
pub mod http;
pub mod memory;
pub mod openstack;
pub mod ovirt;
pub mod postgres;

#[allow(unused_imports, reason = "not every test target has a client")]
pub use clients::Client;
pub use gateway::Gateway;
#[allow(unused_imports, reason = "not every test target has a cloud of it")]
pub use openstack::OpenStack;
#[allow(unused_imports, reason = "not every test target has a cloud of it")]
pub use ovirt::Ovirt;
#[allow(unused_imports, reason = "few test targets have a database")]
pub use postgres::Postgres;
