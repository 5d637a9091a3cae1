//! The oVirt driver against engines of five releases: what it shows, what it does, and how many calls that takes.

#[path = "../bed/memory.rs"]
mod memory;

mod failures;
mod harness;
mod images;
mod lifecycle;
mod lists;
mod metrics;
mod networks;
mod refusals;
mod snapshots;
mod transport;
mod volumes;

#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

/// Runs a body once for every mode of the engine, each a test of its own.
macro_rules! for_every_mode {
    ($(async fn $name:ident($mode:ident: Mode) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports, reason = "not every body needs all of them")]
            use super::*;

            async fn run($mode: Mode) $body

            #[tokio::test]
            async fn v3_0() { run(Mode::V3_0).await }
            #[tokio::test]
            async fn v3_1() { run(Mode::V3_1).await }
            #[tokio::test]
            async fn v3_6() { run(Mode::V3_6).await }
            #[tokio::test]
            async fn v4_1() { run(Mode::V4_1).await }
            #[tokio::test]
            async fn v4_4() { run(Mode::V4_4).await }
        })*
    };
}

pub(crate) use for_every_mode;
