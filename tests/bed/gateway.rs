//! The gateway as people run it: the program itself, in a process of its own, on ports that the system chooses.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::http::{Answer, Connection, basic};

/// How long the gateway may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a gateway listens, unless its settings say so themselves.
const OWN: &str = "hostname = \"127.0.0.1\"\nport = 0\n";

/// A running gateway; it ends with this value.
pub struct Gateway {
    child: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
    /// `127.0.0.1:PORT` of the metrics.
    pub metrics: String,
    log: Arc<Log>,
    _folder: TempDir,
}

#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grew: Condvar,
}

impl Log {
    fn push(&self, line: String) {
        self.lines.lock().unwrap().push(line);
        self.grew.notify_all();
    }

    /// The first line that `wanted` finds something in.
    fn find<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.lines.lock().unwrap();
        loop {
            if let Some(found) = lines.iter().find_map(|line| wanted(line)) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the gateway's log does not say it:\n{}", lines.join("\n"));
            lines = self.grew.wait_timeout(lines, left).unwrap().0;
        }
    }
}

impl Gateway {
    /// A gateway with these settings (TOML), besides its addresses. It logs all that it can, unless they set
    /// `log.level`; the lines in which it says its addresses are of level `info`.
    pub fn start(settings: &str) -> Self {
        Gateway::start_program(OWN, settings, &[])
    }

    /// A gateway with these flags besides.
    pub fn start_with(flags: &[&str]) -> Self {
        Gateway::start_program(OWN, "", flags)
    }

    /// A gateway with these settings, which say themselves where it listens.
    pub fn listening(settings: &str) -> Self {
        Gateway::start_program("", settings, &[])
    }

    /// A gateway with the mock cloud.
    pub fn mock() -> Self {
        Gateway::start("")
    }

    /// A gateway in front of the oVirt engine whose API is at `url`, with an access key `AKID`/`SECRET` that stands for
    /// `admin@internal`; `more` are further lines of its provider's table.
    pub fn before_ovirt(url: &str, more: &str) -> Self {
        Gateway::before_ovirt_with("", url, more)
    }

    /// The same, with further lines for the whole gateway.
    pub fn before_ovirt_with(settings: &str, url: &str, more: &str) -> Self {
        Gateway::start(&format!(
            "{settings}provider = \"engine\"\n\
             [[providers]]\nname = \"engine\"\ndriver = \"rhevm\"\nurl = \"{url}\"\n{more}\n\
             [[access_keys]]\nid = \"AKID\"\nsecret = \"SECRET\"\nuser = \"admin@internal\"\npassword = \"secret\"\n"
        ))
    }

    fn start_program(own: &str, settings: &str, flags: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("deltagate.toml");
        let (top, tables) = match settings
            .match_indices('[')
            .map(|(at, _)| at)
            .find(|at| *at == 0 || settings[..*at].ends_with('\n'))
        {
            Some(at) => settings.split_at(at),
            None => (settings, ""),
        };
        let metrics = "[metrics]\naddress = \"127.0.0.1:0\"\n";
        fs::write(&file, format!("{own}{top}\n{metrics}{tables}")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_deltagate"));
        command.args(["-c".as_ref(), file.as_os_str()]).args(flags);
        if settings.contains("log.level") {
            command.env_remove("RUST_LOG");
        } else {
            command.env("RUST_LOG", "info,deltagate=debug");
        }
        for variable in ["API_DRIVER", "API_PROVIDER", "API_FRONTEND", "API_HOST", "API_PORT", "API_TIMEOUT"]
        {
            command.env_remove(variable);
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Log::default());
        let (copy, lines) = (Arc::clone(&log), BufReader::new(child.stderr.take().unwrap()).lines());
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| copy.push(line)));
        let metrics = log.find(|line| listening(line).filter(|place| place.ends_with("/metrics")));
        let metrics = metrics.trim_end_matches("/metrics").to_owned();
        let address = log.find(|line| listening(line).filter(|place| !place.ends_with("/metrics")));
        let gateway = Gateway { child, address, metrics, log, _folder: folder };
        gateway.wait_until_it_accepts();
        gateway
    }

    fn wait_until_it_accepts(&self) {
        let deadline = Instant::now() + PATIENCE;
        for address in [&self.address, &self.metrics] {
            while Connection::open(address).is_err() {
                assert!(Instant::now() < deadline, "the gateway does not accept connections at {address}");
                thread::yield_now();
            }
        }
    }

    /// The URL of the EC2 endpoint.
    pub fn ec2(&self) -> String {
        format!("http://{}/ec2", self.address)
    }

    /// The URL of the STS endpoint.
    pub fn sts(&self) -> String {
        format!("http://{}/sts", self.address)
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A request on a connection of its own.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        Connection::open(&self.address).unwrap().send(method, target, headers, body).unwrap()
    }

    /// A GET with a user and password.
    pub fn get(&self, target: &str, user: &str, password: &str) -> Answer {
        self.send("GET", target, &[("Authorization", &basic(user, password))], "")
    }

    /// The metrics, as Prometheus gets them.
    pub fn scrape(&self) -> String {
        Connection::open(&self.metrics).unwrap().send("GET", "/metrics", &[], "").unwrap().body
    }

    /// The sum of the samples of a metric whose labels hold all of `labels` (`driver="ovirt"`).
    pub fn sample(&self, metric: &str, labels: &[&str]) -> f64 {
        let text = self.scrape();
        let samples = text.lines().filter(|line| {
            let name = line.split(['{', ' ']).next();
            name == Some(metric) && labels.iter().all(|label| line.contains(label))
        });
        samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// The first log line that holds all of `parts`; waits for it.
    pub fn logged(&self, parts: &[&str]) -> String {
        self.log.find(|line| parts.iter().all(|part| line.contains(part)).then(|| line.to_owned()))
    }

    /// Everything that was logged so far.
    pub fn log(&self) -> String {
        self.log.lines.lock().unwrap().join("\n")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "--- the gateway's log ---\n{}", self.log());
        }
    }
}

/// The place that a line says the gateway listens at.
fn listening(line: &str) -> Option<String> {
    let (_, after) = line.split_once("listening on ")?;
    let place = after.split("://").nth(1)?;
    Some(place.split_whitespace().next()?.to_owned())
}
