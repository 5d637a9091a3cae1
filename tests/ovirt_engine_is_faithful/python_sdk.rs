//! The real `ovirt-engine-sdk-python` has a whole session with the engine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ovirt_engine::{Engine, Mode, Options};

/// How much faster than a real engine this one is: so slow that a VM that was just made is still locked when the SDK
/// comes back, on a machine that is busy with other things too.
const SPEED: f64 = 50.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drives_4_1() {
    session(Mode::V4_1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drives_4_4() {
    session(Mode::V4_4).await;
}

async fn session(mode: Mode) {
    let Some(python) = python() else { return };
    let engine = Engine::start(Options { mode, vms: 10, speed: SPEED, ..Options::default() }).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ovirt_engine/sdk_session.py");
    let mut command = Command::new(python);
    command.arg(script).arg(engine.base_url());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.trim() == "all right", "{out}\n{err}");
    assert_eq!(engine.live_sessions(), 0, "the SDK's logout was not heard");
}

/// The interpreter that has the SDK; `None`, and a line that says so, when there is none and none is required.
fn python() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin/python");
    let python = std::env::var_os("DELTAGATE_PYTHON").map_or(installed, PathBuf::from);
    let has_sdk = Command::new(&python).args(["-c", "import ovirtsdk4"]).output();
    if has_sdk.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let required = std::env::var_os("DELTAGATE_REQUIRE_CLIENTS").is_some_and(|value| value == "1");
    assert!(!required, "{} cannot import ovirtsdk4", python.display());
    println!("skipped: {} cannot import ovirtsdk4 (DELTAGATE_PYTHON names an interpreter)", python.display());
    None
}
