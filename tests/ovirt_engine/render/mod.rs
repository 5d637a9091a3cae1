//! How resources look, in each dialect.

pub mod api_root;
pub mod disk_snapshots;
pub mod hosts;
pub mod log;
pub mod machine;
pub mod networks;
pub mod places;
pub mod statistics;
pub mod storage;
pub mod templates;
pub mod vm_v3;
pub mod vm_v4;
pub mod vms;
