//! Gateways on one store: keys that are good while they run, and promises that outlive them.

use std::{
    collections::HashMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use deltagate::wire::sign::{Credentials, v2};
use http::Method;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::bed::{
    Gateway, Ovirt, Postgres,
    http::Answer,
    ovirt::{Mode, Options},
};

const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ADMIN: (&str, &str) = ("admin@internal", "secret");
/// The pending promises' metric.
const PENDING: &str = "deltagate_promises_pending";
/// How long what was promised may take: a lease of one that died included.
const PATIENCE: Duration = Duration::from_secs(90);

/// A store, with the settings that lead to it.
struct Shared {
    folder: TempDir,
    settings: String,
}

impl Shared {
    fn at(url: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let key = folder.path().join("sealing.key");
        fs::write(&key, SEALING_KEY).unwrap();
        let settings = format!("\n[store]\nurl = \"{url}\"\nkey_file = \"{}\"\n", key.display());
        Shared { folder, settings }
    }

    fn in_a_file() -> Self {
        let shared = Shared::at("FILE");
        let file = format!("sqlite:{}", shared.folder.path().join("store.db").display());
        Shared { settings: shared.settings.replace("FILE", &file), ..shared }
    }

    fn in_postgres() -> Option<Self> {
        Postgres::get().map(|server| Shared::at(&server.new_database()))
    }

    /// A file with these settings and more.
    fn config(&self, more: &str) -> PathBuf {
        let path = self.folder.path().join("deltagate.toml");
        fs::write(&path, format!("{more}{}", self.settings)).unwrap();
        path
    }
}

/// Runs the program on a store.
fn deltagate(config: &Path, words: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deltagate"));
    command.arg("-c").arg(config).args(words);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may not want to read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it prints.
fn printed(config: &Path, words: &[&str], input: &str) -> String {
    let output = deltagate(config, words, input);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn signed(gateway: &Gateway, id: &str, secret: &str) -> Answer {
    let parameters = [("Action", "DescribeImages"), ("Version", "2014-10-01")];
    let credentials = Credentials { access_key: id, secret: secret.as_bytes(), token: None };
    let query =
        v2::sign(&Method::GET, &gateway.address, "/ec2/", &parameters, &credentials, Timestamp::now());
    gateway.send("GET", &format!("/ec2/?{query}"), &[], "")
}

/// Asks until the answer has this code (none when it is good): gateways remember a key for a few seconds.
#[track_caller]
fn until(gateway: &Gateway, id: &str, secret: &str, code: &str) {
    let deadline = Instant::now() + Duration::from_secs(15);
    loop {
        let answer = signed(gateway, id, secret);
        if answer.text("Code") == code {
            return;
        }
        assert!(Instant::now() < deadline, "{id} is not answered with '{code}': {answer:?}");
        thread::yield_now();
    }
}

#[test]
fn keys_are_managed_while_gateways_run() {
    for shared in [Some(Shared::in_a_file()), Shared::in_postgres()].into_iter().flatten() {
        let gateway = Gateway::start(&shared.settings);
        let config = shared.config("");
        let run = |words: &[&str]| printed(&config, words, "mockpassword\n");
        let made = run(&["keys", "add", "--user", "mockuser"]);
        let word = |line: usize| made.lines().nth(line).unwrap().split_whitespace().nth(1).unwrap();
        let (id, secret) = (word(0), word(1));
        until(&gateway, id, secret, "");
        until(&gateway, id, "wrong", "AuthFailure");
        until(&gateway, "AKIANOBODY", secret, "AuthFailure");
        assert!(run(&["keys", "list"]).contains(id) && !run(&["keys", "list", "--json"]).contains(secret));

        let rotated = run(&["keys", "rotate", id, "--grace", "1h"]);
        let new = rotated.lines().nth(1).unwrap().split_whitespace().nth(1).unwrap();
        until(&gateway, id, new, "");
        until(&gateway, id, secret, "");
        run(&["keys", "rotate", id, "--grace", "0s"]);
        until(&gateway, id, new, "AuthFailure");

        printed(
            &config,
            &["keys", "add", "OWN", "--user", "mockuser", "--with-secret"],
            "mockpassword\nmine\n",
        );
        until(&gateway, "OWN", "mine", "");
        run(&["keys", "disable", "OWN"]);
        until(&gateway, "OWN", "mine", "OptInRequired");
        until(&gateway, "OWN", "wrong", "AuthFailure");
        run(&["keys", "enable", "OWN"]);
        until(&gateway, "OWN", "mine", "");
        run(&["keys", "remove", "OWN"]);
        until(&gateway, "OWN", "mine", "AuthFailure");
        let log = gateway.log();
        for hidden in [secret, new, "mockpassword", SEALING_KEY] {
            assert!(!log.contains(hidden), "the log shows {hidden}");
        }
    }
}

#[test]
fn what_cannot_be_done_to_keys_is_told() {
    let shared = Shared::in_a_file();
    let config = shared.config("");
    let refused = |config: &Path, words: &[&str], input: &str| {
        let output = deltagate(config, words, input);
        assert!(!output.status.success(), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&config, &["keys", "add", "A", "--user", "a:b"], "p\n").contains("has no colon"));
    assert!(refused(&config, &["keys", "add", "A b", "--user", "a"], "p\n").contains("access key's id"));
    assert!(refused(&config, &["keys", "add", "A", "--user", "a"], "\n").contains("1 to"));
    assert!(refused(&config, &["keys", "add", "mockuser", "--user", "a"], "p\n").contains("config file"));
    assert!(
        refused(&config, &["keys", "add", "A", "--user", "a", "--provider", "no"], "p\n")
            .contains("provider 'no'")
    );
    assert!(refused(&config, &["keys", "remove", "A"], "").contains("no access key 'A'"));
    let keyless = shared.folder.path().join("keyless.toml");
    fs::write(&keyless, "[store]\nurl = \"sqlite:other.db\"\n").unwrap();
    assert!(refused(&keyless, &["keys", "add", "A", "--user", "a"], "p\n").contains("key_file"));
    let memory = shared.folder.path().join("memory.toml");
    fs::write(&memory, "[store]\nurl = \"memory\"\n").unwrap();
    assert!(refused(&memory, &["jobs"], "").contains("[store] url"));
}

/// Three gateways before one engine, on one store, of which one after the other is killed.
struct Trio<'a> {
    engine: &'a Ovirt,
    shared: &'a Shared,
    gateways: Vec<Gateway>,
}

impl<'a> Trio<'a> {
    fn start(engine: &'a Ovirt, shared: &'a Shared) -> Self {
        let mut trio = Trio { engine, shared, gateways: Vec::new() };
        (0..3).for_each(|_| trio.gateways.push(trio.another()));
        trio
    }

    fn another(&self) -> Gateway {
        Gateway::before_ovirt(&self.engine.base_url(), &self.shared.settings)
    }

    /// Kills one, as nothing can be prepared for, and starts another in its place.
    fn kill(&mut self, which: usize) {
        let new = self.another();
        drop(std::mem::replace(&mut self.gateways[which], new));
    }

    fn ask(&self, which: usize, query: &str) -> Answer {
        self.gateways[which].get(&format!("/ec2?Action={query}"), ADMIN.0, ADMIN.1)
    }

    fn until_nothing_is_pending(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.gateways.iter().any(|gateway| gateway.sample(PENDING, &[]) > 0.0) {
            assert!(Instant::now() < deadline, "promises are not kept");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The instances in this state.
    fn in_state(&self, which: usize, state: &str) -> Vec<String> {
        let query = format!("DescribeInstances&Filter.1.Name=instance-state-name&Filter.1.Value.1={state}");
        self.ask(which, &query).texts("instanceId").into_iter().map(str::to_owned).collect()
    }

    fn until_all_are(&self, which: usize, state: &str, ids: &[String]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.in_state(which, state);
            if ids.iter().all(|id| found.contains(id)) {
                return;
            }
            assert!(Instant::now() < deadline, "not all of {ids:?} are {state}: {found:?}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// How often each thing was asked of the engine whose request ends like this.
    fn requests(&self, method: &str, ending: &str) -> HashMap<String, usize> {
        let mut counted = HashMap::new();
        let requests = self.engine.requests().into_iter();
        for request in requests.filter(|request| request.method == method && request.target.ends_with(ending))
        {
            *counted.entry(request.target).or_insert(0) += 1;
        }
        counted
    }
}

#[test]
fn promises_outlive_every_gateway() {
    for shared in [Some(Shared::in_a_file()), Shared::in_postgres()].into_iter().flatten() {
        // A disk is locked for a second or two.
        let engine = Ovirt::with(Options { mode: Mode::V4_4, speed: 20.0, ..Options::default() });
        let mut trio = Trio::start(&engine, &shared);
        let image = trio.ask(0, "DescribeImages").text("imageId").to_owned();
        let mut made = Vec::new();
        for round in 0..6_usize {
            let run = trio.ask(round % 3, &format!("RunInstances&ImageId={image}&MinCount=2&MaxCount=2"));
            assert_eq!(run.status, 200, "{run:?}");
            made.extend(run.texts("instanceId").into_iter().map(str::to_owned));
            // At a moment that has nothing to do with what goes on.
            thread::sleep(Duration::from_millis(u64::try_from(round * 137 % 400).unwrap()));
            trio.kill(round * 2 % 3);
        }
        let listed = printed(&shared.config(""), &["jobs", "--json"], "");
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        assert!(
            listed
                .as_array()
                .unwrap()
                .iter()
                .all(|job| job["what"] == "start" && job["provider"] == "engine")
        );
        trio.until_nothing_is_pending();
        let starts = trio.requests("POST", "/start");
        assert_eq!(starts.len(), made.len(), "{starts:?}");
        assert!(starts.values().all(|times| *times == 1), "{starts:?}");
        trio.until_all_are(0, "running", &made);

        // Half of them go, while gateways die.
        let (going, staying) = made.split_at(made.len() / 2);
        for (which, id) in going.iter().enumerate() {
            let gone = trio.ask(which % 3, &format!("TerminateInstances&InstanceId.1={id}"));
            assert_eq!(gone.status, 200, "{gone:?}");
            if which % 2 == 0 {
                trio.kill(which % 3);
            }
        }
        let shown = trio.ask(1, "DescribeInstances");
        assert!(going.iter().all(|id| shown.body.contains(id)), "every gateway shows what goes: {shown:?}");
        trio.until_nothing_is_pending();
        trio.until_all_are(2, "terminated", going);
        trio.until_all_are(1, "running", staying);
    }
}

#[test]
fn what_one_gateway_promised_another_takes_back() {
    let Some(shared) = Shared::in_postgres() else { return };
    // Nothing moves but when it is told to.
    let engine = Ovirt::with(Options { mode: Mode::V4_4, speed: 0.001, ..Options::default() });
    let trio = Trio::start(&engine, &shared);
    let image = trio.ask(0, "DescribeImages").text("imageId").to_owned();
    let id = trio.ask(0, &format!("RunInstances&ImageId={image}")).text("instanceId").to_owned();
    let state =
        |which| trio.ask(which, &format!("DescribeInstances&InstanceId.1={id}")).text("name").to_owned();
    assert_eq!((state(0).as_str(), state(1).as_str()), ("pending", "pending"));
    assert_eq!(trio.ask(1, &format!("StopInstances&InstanceId.1={id}")).status, 200);
    assert_eq!(trio.gateways[2].sample(PENDING, &[]), 0.0);
    engine.advance(Duration::from_secs(60));
    assert_eq!(state(2), "stopped");
    assert!(trio.requests("POST", "/start").is_empty());
}

#[test]
fn without_its_store_a_gateway_shows_and_does_nothing_that_needs_it() {
    let Some(server) = Postgres::get() else { return };
    let url = server.new_database();
    let database = url.split(['/', '?']).nth(3).unwrap().to_owned();
    let shared = Shared::at(&url);
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), &shared.settings);
    let ask = |query: &str| gateway.get(&format!("/ec2?Action={query}"), ADMIN.0, ADMIN.1);
    let image = ask("DescribeImages").text("imageId").to_owned();
    server.query("postgres", &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"));
    let kick = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    server.query("postgres", &kick);
    engine.forget_requests();
    let refused = ask(&format!("RunInstances&ImageId={image}"));
    assert_eq!((refused.status, refused.text("Code")), (503, "ServiceUnavailable"), "{refused:?}");
    let done: Vec<_> = engine.requests().into_iter().filter(|request| request.method == "POST").collect();
    assert!(done.iter().all(|request| request.target.contains("token")), "{done:?}");
    assert_eq!(ask("DescribeInstances").status, 200);
    server.query("postgres", &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true"));
    let deadline = Instant::now() + Duration::from_secs(15);
    while ask(&format!("RunInstances&ImageId={image}")).status != 200 {
        assert!(Instant::now() < deadline, "it does not come back");
        thread::yield_now();
    }
}

#[test]
fn a_store_that_cannot_be_used_keeps_a_gateway_from_starting() {
    let folder = TempDir::new().unwrap();
    let (config, file) = (folder.path().join("d.toml"), folder.path().join("store.db"));
    fs::write(&file, "no database".repeat(1000)).unwrap();
    fs::write(&config, "port = 0\n[metrics]\nenabled = false\n[store]\nurl = \"sqlite:store.db\"\n").unwrap();
    let output = deltagate(&config, &[], "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("damaged, or not a store"), "{told}");
}
