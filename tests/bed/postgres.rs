//! A PostgreSQL of the tests' own: on a socket in a folder that goes with the process, a database for each test.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long the server may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// Makes a cluster and runs it until standard input ends, which it does when the test process does, whatever ends that.
/// Without `fsync`: these databases do not outlive anything.
const SCRIPT: &str = r#"
"$1/initdb" -D "$2/data" -U deltagate -A trust -E UTF8 --no-sync >"$2/log" 2>&1 || exit 1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=200 >>"$2/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
"#;

/// The server.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    databases: AtomicUsize,
    _running: Child,
}

impl Postgres {
    /// The server of this process, started when it is first wanted; none where PostgreSQL is not installed, which is
    /// said, and fails where `DELTAGATE_REQUIRE_CLIENTS` is set.
    pub fn get() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
        let server = SERVER.get_or_init(|| installed().map(Postgres::start)).as_ref();
        if server.is_none() {
            let missing = "there is no PostgreSQL (Debian's package postgresql)";
            assert!(env::var_os("DELTAGATE_REQUIRE_CLIENTS").is_none(), "{missing}");
            eprintln!("skipped on PostgreSQL: {missing}");
        }
        server
    }

    fn start(programs: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("deltagate-pg-").tempdir().unwrap().keep();
        let mut command = as_nobody_special(&folder);
        let running = command.args(["sh", "-c", SCRIPT, "sh"]).arg(&programs).arg(&folder);
        let running = running.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let running = running.spawn().unwrap();
        let server = Postgres { programs, folder, databases: AtomicUsize::new(0), _running: running };
        let deadline = Instant::now() + PATIENCE;
        while !server.tool("pg_isready").args(["-q"]).status().unwrap().success() {
            let log = || fs::read_to_string(server.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "PostgreSQL does not start:\n{}", log());
            thread::yield_now();
        }
        server
    }

    /// The URL of a database that nobody else has.
    pub fn new_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.query("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://deltagate@localhost/{name}?host={}", self.folder.display())
    }

    /// What a statement says, a line for each row.
    pub fn query(&self, database: &str, statement: &str) -> String {
        let mut psql = self.tool("psql");
        let told =
            psql.args(["-qAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]).output().unwrap();
        assert!(told.status.success(), "{statement}: {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap()
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.arg("-h").arg(&self.folder).args(["-U", "deltagate"]).env("PGCONNECT_TIMEOUT", "5");
        command
    }
}

/// The folder of the newest server's programs.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions.map(|version| version.unwrap().path().join("bin")).collect();
    folders.sort();
    folders.into_iter().rfind(|folder| folder.join("initdb").exists())
}

/// A command run by a user whom PostgreSQL lets run it, to whom `folder` is given.
fn as_nobody_special(folder: &Path) -> Command {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout != b"0\n" {
        return Command::new("env");
    }
    assert!(Command::new("chown").arg("postgres:postgres").arg(folder).status().unwrap().success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "env"]).current_dir("/");
    command
}
