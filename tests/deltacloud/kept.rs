//! A mock cloud that is kept on disk, and a gateway that is killed in the middle of its work.

use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;

use crate::{
    MOCK, SERVED,
    bed::{
        Gateway,
        http::{Answer, Connection, basic},
    },
};

/// How many clients write at once.
const WRITERS: usize = 4;
/// How often the gateway is killed.
const ROUNDS: usize = 4;

fn start(folder: &Path) -> Gateway {
    Gateway::start(&settings(folder))
}

fn settings(folder: &Path) -> String {
    format!("{SERVED}[mock]\nstate = '{}'\ntransition = 0\n", folder.display())
}

/// Sends a request; none when the gateway was gone before the whole answer was here.
fn ask(address: &str, method: &str, path: &str, form: &str) -> Option<Answer> {
    let authorization = basic(MOCK.0, MOCK.1);
    let form_type = "application/x-www-form-urlencoded";
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Accept", "application/json"),
        ("Content-Type", form_type),
    ];
    let answer = Connection::open(address).ok()?.send(method, path, &headers, form).ok()?;
    answer.complete.then_some(answer)
}

fn keys(gateway: &Gateway) -> BTreeSet<String> {
    let index = ask(&gateway.address, "GET", "/api/keys", "").unwrap();
    let index: Value = serde_json::from_str(&index.body).unwrap();
    index["keys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
}

/// What is known of the cloud: what was acknowledged, and what was asked for without an answer.
#[derive(Default)]
struct Known {
    there: BTreeSet<String>,
    unsure: BTreeSet<String>,
}

/// Makes keys and destroys every third of them, until the gateway is gone.
fn write(address: &str, series: &str, known: &Mutex<Known>, acknowledged: &AtomicUsize) {
    for number in 0.. {
        let name = format!("{series}-{number}");
        known.lock().unwrap().unsure.insert(name.clone());
        let Some(made) = ask(address, "POST", "/api/keys", &format!("name={name}")) else { return };
        assert_eq!(made.status, 201, "{}", made.body);
        let mut sure = known.lock().unwrap();
        sure.unsure.remove(&name);
        sure.there.insert(name.clone());
        drop(sure);
        acknowledged.fetch_add(1, Ordering::Relaxed);
        if number % 3 == 0 {
            let mut unsure = known.lock().unwrap();
            unsure.there.remove(&name);
            unsure.unsure.insert(name.clone());
            drop(unsure);
            let Some(gone) = ask(address, "DELETE", &format!("/api/keys/{name}"), "") else { return };
            assert_eq!(gone.status, 204, "{}", gone.body);
            known.lock().unwrap().unsure.remove(&name);
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[test]
fn what_was_acknowledged_outlives_a_gateway_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = BTreeSet::from(["test-key".to_owned()]);
    let mut gateway = start(folder.path());
    for round in 0..ROUNDS {
        let (known, acknowledged) = (Mutex::new(Known::default()), AtomicUsize::new(0));
        let address = gateway.address.clone();
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (address, known, acknowledged) = (&address, &known, &acknowledged);
                scope.spawn(move || write(address, &format!("r{round}-w{writer}"), known, acknowledged));
            }
            while acknowledged.load(Ordering::Relaxed) < 25 * (round + 1) {
                thread::yield_now();
            }
            drop(gateway); // by SIGKILL, while all of them write
        });
        gateway = start(folder.path());
        let found = keys(&gateway);
        let known = known.into_inner().unwrap();
        let more: BTreeSet<String> = found.difference(&expected).cloned().collect();
        let lost: Vec<_> = expected.union(&known.there).filter(|name| !found.contains(*name)).collect();
        assert!(lost.is_empty(), "round {round}: acknowledged and lost: {lost:?}");
        let invented: Vec<_> =
            more.difference(&known.there).filter(|name| !known.unsure.contains(*name)).collect();
        assert!(invented.is_empty(), "round {round}: there without reason: {invented:?}");
        assert!(known.unsure.len() <= WRITERS, "{:?}", known.unsure);
        expected = found;
    }
}

#[test]
fn a_second_gateway_on_the_same_folder_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let _first = start(folder.path());
    let file = folder.path().join("second.toml");
    let second =
        format!("hostname = '127.0.0.1'\nport = 0\nmetrics.enabled = false\n{}", settings(folder.path()));
    std::fs::write(&file, second).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_deltagate"));
    let output = program.arg("-c").arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("another process uses it"), "{told}");
}
