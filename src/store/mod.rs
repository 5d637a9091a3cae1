//! What no cloud keeps: access keys, tags and notes laid over a cloud's things, client tokens, pending work.
//!
//! In SQLite, which comes along, or in PostgreSQL when several gateways share it: one schema, one set of statements.
//! Subjects have a file each; here is how the database is opened, asked, and what is said when it does not answer.
//!
//! **Invariants:** the only folder that names SQL. A secret is in the database only [sealed](Keyring), and in no
//! error and no log line. Every call ends within [`PATIENCE`], and while the database is known to be away at once.

mod access_keys;
mod client_tokens;
mod clock;
mod failure;
mod housekeeping;
mod jobs;
mod notes;
mod reseal;
mod schema;
mod seal;
mod tags;

use std::{
    fs::{self, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Duration,
};

use moka::future::Cache;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use tokio::time::timeout;
use tracing::log::LevelFilter;
use uuid::Uuid;

use crate::model::Error;
pub use access_keys::{ListedKey, NewKey, StoredKey};
pub use client_tokens::Claimed;
use clock::Clock;
use failure::{Breaker, Failure};
pub use jobs::{Attempt, JOB_LEASE, Job, JobState, ListedJob, Outcome, Overruled, Told};
pub use seal::Keyring;
pub use tags::{AllTags, MOST_TAGS};

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long is waited for a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// How many connections to PostgreSQL are open at once.
const CONNECTIONS: u32 = 16;
/// How many readers an SQLite file has at once, beside its one writer.
const READERS: u32 = 4;
/// For how many accounts tags are kept in memory.
const MOST_ACCOUNTS: u64 = 1_000;
/// The mode of an SQLite file: it holds what is nobody else's business.
const MODE: u32 = 0o600;
/// What of a path is not written as it is in a URL.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_');

/// Where the store is, and what seals its secrets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where.
    pub place: Place,
    /// What seals secrets; empty when the operator gave none.
    pub keys: Keyring,
    /// How long work may take for which nobody else may do the same meanwhile: longer than any operation.
    pub lease: Duration,
}

/// Where a store is.
#[derive(Debug, Clone)]
pub enum Place {
    /// In the memory of this process, with which it ends.
    Memory,
    /// In an SQLite file.
    File(PathBuf),
    /// In PostgreSQL, by its URL, which may have a password in it.
    Postgres(SecretString),
}

/// An open store; copies are the same one.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    place: Place,
    connections: Connections,
    keys: Keyring,
    lease: Duration,
    /// This process, as those that share the store know it.
    owner: String,
    clock: Clock,
    breaker: Breaker,
    tags: Cache<Account, Arc<AllTags>>,
    /// Whether there was ever a job in a store that nobody shares.
    had_jobs: AtomicBool,
}

/// The connections to a database.
struct Connections {
    /// SQLite has one writer at a time anyway: those of one process wait here, and not for a lock.
    writer: AnyPool,
    reader: AnyPool,
    /// A database in memory lasts as long as somebody is connected to it.
    _anchor: Option<Mutex<AnyConnection>>,
}

/// Under what things are kept: the users of one provider who see the same things.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(String);

impl Account {
    /// Of the provider with this name, what belongs to `tenant`, as the cloud calls it.
    pub fn of(provider: &str, tenant: &str) -> Self {
        Account(format!("{}/{tenant}", provider.replace('%', "%25").replace('/', "%2F")))
    }
}

impl Store {
    /// Opens the store, makes it or brings its schema up to date.
    ///
    /// # Errors
    /// `Unavailable`, with a sentence that says what to do, when it cannot be used: locked, damaged, not reachable, made by
    /// a newer Deltagate.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let opening = async {
            let connections = connect(&settings.place).await?;
            schema::bring_up_to_date(&connections.writer, settings.place.is_postgres()).await?;
            Ok(connections)
        };
        let opened = timeout(PATIENCE, opening).await.unwrap_or(Err(Failure::TimedOut));
        let connections = opened.map_err(|failure| failure.at_start(&settings.place))?;
        let store = Store(Arc::new(Inner {
            place: settings.place.clone(),
            connections,
            keys: settings.keys.clone(),
            lease: settings.lease,
            owner: Uuid::new_v4().to_string(),
            clock: Clock::default(),
            breaker: Breaker::default(),
            tags: Cache::new(MOST_ACCOUNTS),
            had_jobs: AtomicBool::new(false),
        }));
        store.set_clock().await?;
        Ok(store)
    }

    /// A store in memory, which seals with a key of its own.
    ///
    /// # Errors
    /// Never in practice.
    pub async fn in_memory(lease: Duration) -> Result<Self, Error> {
        Store::open(&Settings { place: Place::Memory, keys: Keyring::random(), lease }).await
    }

    /// Whether it ends with the process.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.0.place, Place::Memory)
    }

    /// Whether it can keep secrets.
    pub fn can_seal(&self) -> bool {
        !self.0.keys.is_empty()
    }

    /// Ends all connections, those in use when they are free.
    pub async fn close(&self) {
        self.writer().close().await;
        self.reader().close().await;
    }

    fn writer(&self) -> &AnyPool {
        &self.0.connections.writer
    }

    fn reader(&self) -> &AnyPool {
        &self.0.connections.reader
    }

    /// What `work` finds in the database, which is given up when it takes too long, and not begun when the database
    /// was away a moment ago.
    async fn run<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Error> {
        self.0.breaker.check()?;
        let result = timeout(PATIENCE, work).await.unwrap_or(Err(Failure::TimedOut));
        self.0.breaker.note(&result);
        result.map_err(Failure::into_error)
    }
}

impl Place {
    fn is_postgres(&self) -> bool {
        matches!(self, Place::Postgres(_))
    }
}

async fn connect(place: &Place) -> Result<Connections, Failure> {
    match place {
        Place::Memory => {
            let options = options(&format!("sqlite:file:{}?mode=memory", Uuid::new_v4()))?;
            let anchor = options.connect().await?;
            let pool = pool(1).connect_with(options).await?;
            Ok(Connections { writer: pool.clone(), reader: pool, _anchor: Some(Mutex::new(anchor)) })
        }
        Place::File(path) => {
            make_file(path).map_err(|error| Failure::File(path.clone(), error))?;
            let path = path.to_string_lossy();
            let options = options(&format!("sqlite://{}?mode=rw", utf8_percent_encode(&path, IN_PATH)))?;
            // A pool would try again and again and keep to itself why that fails.
            let mut first = options.connect().await?;
            tune(&mut first).await?;
            first.close().await?;
            let tuned = |size| pool(size).after_connect(|connection, _| Box::pin(tune(connection)));
            let writer = tuned(1).connect_with(options.clone()).await?;
            let reader = tuned(READERS).connect_lazy_with(options);
            Ok(Connections { writer, reader, _anchor: None })
        }
        Place::Postgres(url) => {
            let pool = pool(CONNECTIONS).after_connect(|connection, _| Box::pin(bound(connection)));
            let pool = pool.connect_with(options(url.expose_secret())?).await?;
            Ok(Connections { writer: pool.clone(), reader: pool, _anchor: None })
        }
    }
}

fn pool(size: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(size).acquire_timeout(CONNECT_PATIENCE)
}

fn options(url: &str) -> Result<AnyConnectOptions, Failure> {
    let options = AnyConnectOptions::from_str(url)?;
    Ok(options.log_statements(LevelFilter::Trace).log_slow_statements(LevelFilter::Warn, PATIENCE / 2))
}

/// A file that is there when the process dies, and when the machine does.
async fn tune(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute("PRAGMA journal_mode = WAL").await?;
    connection.execute("PRAGMA synchronous = FULL").await?;
    connection.execute("PRAGMA foreign_keys = ON").await?;
    connection.execute("PRAGMA busy_timeout = 3000").await?;
    Ok(())
}

async fn bound(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute("SET statement_timeout = '8s'").await?;
    connection.execute("SET idle_in_transaction_session_timeout = '30s'").await?;
    Ok(())
}

/// Makes the file and its folder where they are missing; it is only its owner's.
fn make_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(MODE).open(path)?;
    fs::set_permissions(path, Permissions::from_mode(MODE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ErrorKind, Id, Kind};

    #[tokio::test]
    async fn a_full_disk_is_told_and_what_is_there_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File(folder.path().join("store.db"));
        let settings = Settings { place, keys: Keyring::default(), lease: PATIENCE };
        let store = Store::open(&settings).await.unwrap();
        sqlx::raw_sql("PRAGMA max_page_count = 100").execute(store.writer()).await.unwrap();
        let account = Account::of("engine", "me");
        let mut kept = 0_usize;
        let error = loop {
            let id = Id::from(kept.to_string());
            match store.put_note(&account, Kind::Instance, &id, "big", &[7; 40_000], false).await {
                Ok(()) => kept += 1,
                Err(error) => break error,
            }
            assert!(kept < 100, "it is never full");
        };
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.detail().unwrap().contains("full"), "{error}");
        assert!(!error.message().contains("full"), "{error}");
        assert_eq!(store.notes(&account, Kind::Instance, "big").await.unwrap().len(), kept);
    }

    #[tokio::test]
    async fn its_secrets_are_not_shown() {
        let settings = Settings {
            place: Place::Postgres("postgres://me:hush@localhost/d".into()),
            keys: Keyring::random(),
            lease: PATIENCE,
        };
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
