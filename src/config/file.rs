//! The file as it is written: TOML with every value's place kept, unknown keys refused, nothing judged yet.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::SecretString;
use serde::Deserialize;
use toml::Spanned;

use super::problem::{Located, Place, Problem};
use crate::exchange::Level;

/// The longest file that is read, in bytes.
const FILE_CAP: u64 = 4 << 20;

/// All that a file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) driver: Option<Spanned<String>>,
    pub(super) provider: Option<Spanned<String>>,
    pub(super) allowed_providers: Option<Vec<Spanned<String>>>,
    pub(super) frontends: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) hostname: Option<Spanned<String>>,
    pub(super) port: Option<Spanned<u16>>,
    pub(super) trusted_proxies: Option<Vec<Spanned<String>>>,
    pub(super) timeout: Option<Spanned<f64>>,
    pub(super) threads: Option<Spanned<u64>>,
    pub(super) grace_period: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) listeners: Vec<ListenerTable>,
    #[serde(default)]
    pub(super) providers: Vec<ProviderTable>,
    #[serde(default)]
    pub(super) access_keys: Vec<AccessKeyTable>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    #[serde(default)]
    pub(super) metrics: MetricsTable,
    #[serde(default)]
    pub(super) log: LogTable,
    #[serde(default)]
    pub(super) ec2: Ec2Table,
    #[serde(default)]
    pub(super) cimi: CimiTable,
    #[serde(default)]
    pub(super) mock: MockTable,
    #[serde(default)]
    pub(super) store: StoreTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListenerTable {
    pub(super) address: Spanned<String>,
    pub(super) tls_cert: Option<Spanned<PathBuf>>,
    pub(super) tls_key: Option<Spanned<PathBuf>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderTable {
    pub(super) name: Spanned<String>,
    pub(super) driver: Spanned<String>,
    pub(super) url: Option<Spanned<String>>,
    /// The part of the cloud that is seen, whatever the driver calls it.
    #[serde(alias = "region")]
    pub(super) data_center: Option<Spanned<String>>,
    pub(super) interface: Option<Spanned<String>>,
    pub(super) service_hosts: Option<Vec<Spanned<String>>>,
    pub(super) level: Option<Spanned<LevelWord>>,
    pub(super) relay: Option<Spanned<bool>>,
    pub(super) ca_file: Option<Spanned<PathBuf>>,
    pub(super) tls_verify: Option<bool>,
    pub(super) connect_timeout: Option<Spanned<f64>>,
    pub(super) read_timeout: Option<Spanned<f64>>,
    pub(super) operation_timeout: Option<Spanned<f64>>,
    pub(super) pool_size: Option<Spanned<u64>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelWord {
    Admin,
    User,
}

impl From<LevelWord> for Level {
    fn from(word: LevelWord) -> Self {
        match word {
            LevelWord::Admin => Level::Admin,
            LevelWord::User => Level::User,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKeyTable {
    pub(super) id: Spanned<String>,
    pub(super) secret: Option<Spanned<Hidden>>,
    pub(super) secret_file: Option<Spanned<PathBuf>>,
    pub(super) secret_env: Option<Spanned<String>>,
    pub(super) provider: Option<Spanned<String>>,
    pub(super) user: Spanned<String>,
    pub(super) password: Option<Spanned<Hidden>>,
    pub(super) password_file: Option<Spanned<PathBuf>>,
    pub(super) password_env: Option<Spanned<String>>,
}

/// A secret that was written into the file; it does not show in `Debug`.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub(super) struct Hidden(pub(super) SecretString);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Hidden(text.into())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsTable {
    pub(super) body_bytes: Option<Spanned<u64>>,
    pub(super) blob_bytes: Option<Spanned<u64>>,
    pub(super) header_bytes: Option<Spanned<u64>>,
    pub(super) uri_bytes: Option<Spanned<u64>>,
    pub(super) requests_in_flight: Option<Spanned<u64>>,
    pub(super) instances_per_request: Option<Spanned<u64>>,
    pub(super) header_timeout: Option<Spanned<f64>>,
    pub(super) body_timeout: Option<Spanned<f64>>,
    pub(super) idle_timeout: Option<Spanned<f64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricsTable {
    pub(super) enabled: Option<bool>,
    pub(super) address: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogTable {
    pub(super) format: Option<LogFormatWord>,
    pub(super) level: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogFormatWord {
    Text,
    Json,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ec2Table {
    pub(super) region: Option<Spanned<String>>,
    pub(super) clock_skew: Option<Spanned<f64>>,
    pub(super) default_network: Option<Spanned<String>>,
    pub(super) strict_parameters: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CimiTable {
    pub(super) dialect: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MockTable {
    pub(super) transition: Option<Spanned<f64>>,
    pub(super) state: Option<Spanned<PathBuf>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoreTable {
    /// It may have a password in it.
    pub(super) url: Option<Spanned<Hidden>>,
    pub(super) key_file: Option<Spanned<PathBuf>>,
}

/// The text of a file, from which the place of a value is told.
#[derive(Debug)]
pub(super) struct Source {
    path: Arc<Path>,
    text: String,
}

impl Source {
    /// Where nothing is written.
    pub(super) fn none() -> Self {
        Source { path: Path::new("").into(), text: String::new() }
    }

    /// Reads a file, at most 4 MiB.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let fail = |message: String| Problem { place: Place::File(path.into(), None), message };
        let length = fs::metadata(path).map_err(|error| fail(format!("cannot be read: {error}")))?.len();
        if length > FILE_CAP {
            return Err(fail(format!("is larger than {} MiB", FILE_CAP >> 20)));
        }
        let text = fs::read_to_string(path).map_err(|error| fail(format!("cannot be read: {error}")))?;
        Ok(Source { path: path.into(), text })
    }

    /// What the file says.
    pub(super) fn parse(&self) -> Result<File, Problem> {
        toml::from_str(&self.text).map_err(|error| {
            let line = error.span().map(|span| self.line(span.start));
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            Problem { place: Place::File(self.path.clone(), line), message }
        })
    }

    /// The value, with its place.
    pub(super) fn locate<T: Clone>(&self, value: &Spanned<T>) -> Located<T> {
        Located { value: value.get_ref().clone(), place: self.place(value) }
    }

    /// The place of a value.
    pub(super) fn place<T>(&self, value: &Spanned<T>) -> Place {
        Place::File(self.path.clone(), Some(self.line(value.span().start)))
    }

    /// A path as it is written in the file: one that is not absolute starts at the file's own directory.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Whether everybody on the machine may read the file.
    pub(super) fn is_open_to_all(&self) -> bool {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(&self.path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
    }

    fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}
