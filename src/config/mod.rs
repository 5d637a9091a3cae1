//! What people type is parsed into what cannot be wrong: [`load`] gives a [`Config`] that can be run as it is, or every
//! problem there is with the place where it was written.
//!
//! A flag wins over the environment, the environment over the file, the file over the default.

mod access_keys;
mod arguments;
mod commands;
mod default_provider;
mod file;
mod frontends;
mod jobs_command;
mod keys_command;
mod layers;
mod limits;
mod listeners;
mod mock;
mod problem;
mod providers;
mod store;
#[cfg(test)]
mod tests;
mod trusted_proxies;

use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
    thread,
    time::Duration,
};

use ipnet::{IpNet, Ipv4Net};
use secrecy::SecretString;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

pub use crate::telemetry::Format as LogFormat;
use crate::{drivers::Embedded, exchange::Identity, frontends::cimi::Dialect, store::Settings as Store};
pub use arguments::{Arguments, Command, Former};
pub use commands::answer;
use file::{File, LogFormatWord, Source};
pub use keys_command::{KeysCommand, Which};
use layers::{Environment, Settings};
pub use limits::Limits;
use limits::{count, duration};
use problem::{Located, Problems};
pub use problem::{Place, Problem};
pub use providers::Providers;

/// What is logged when nothing is said.
const LOG_LEVEL: &str = "info";
/// The most threads that may be asked for.
const MOST_THREADS: u64 = 1024;
/// How long requests in progress are waited for at the end, when nothing is said.
const GRACE_PERIOD: Duration = Duration::from_secs(10);
/// How far a signature's time may be from ours when nothing is said: what AWS allows.
const CLOCK_SKEW: Duration = Duration::from_secs(15 * 60);
/// The addresses of the default VPC when nothing is said: AWS's own.
const DEFAULT_NETWORK: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(172, 31, 0, 0), 16);
/// Variables of `deltacloudd` that have no effect, and why.
const FORMER_VARIABLES: [(&str, &str); 4] = [
    ("API_USER", "clients bring their own credentials"),
    ("API_PASSWORD", "clients bring their own credentials"),
    ("API_LOG", "the log goes to standard error"),
    ("API_VERBOSE", "the file's [log] level says how much is logged"),
];

/// All settings, checked.
#[derive(Debug)]
pub struct Config {
    /// Where clients are listened to; at least one.
    pub listeners: Vec<Listener>,
    /// The proxies whose word about their clients counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The front ends that are served, of [`NAMES`](crate::frontends::NAMES); at least one.
    pub frontends: Vec<&'static str>,
    /// The clouds there are, and which of them a request may choose.
    pub providers: Providers,
    /// Where what no cloud keeps is kept.
    pub store: Store,
    /// Whose signatures are known, besides those in the store.
    pub access_keys: Vec<AccessKey>,
    /// What a client may ask for.
    pub limits: Limits,
    /// Where metrics are shown; nowhere when empty.
    pub metrics: Vec<SocketAddr>,
    /// How the log is written.
    pub log: Log,
    /// What only the EC2 front end needs.
    pub ec2: Ec2,
    /// How CIMI is spoken where Apache Deltacloud and the specification differ.
    pub cimi_dialect: Dialect,
    /// What only embedded clouds need.
    pub embedded: Embedded,
    /// How many threads serve requests.
    pub threads: NonZeroUsize,
    /// How long requests in progress are waited for when the gateway is to stop.
    pub grace_period: Duration,
    /// What is odd about the settings and does no harm.
    pub warnings: Vec<String>,
}

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The address; its port is 0 when the system is to choose.
    pub address: SocketAddr,
    /// The certificate to show; plain HTTP when none.
    pub tls: Option<ListenerTls>,
}

/// The PEM files of a listener that speaks TLS. Both could be read when the settings were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerTls {
    /// The certificate, with those that lead to its authority.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// An access key of an EC2 client, and as whom its holder is known to the back end.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The public part.
    pub id: String,
    /// The secret that signs.
    pub secret: SecretString,
    /// The name of the only provider it is good for; all when none.
    pub provider: Option<String>,
    /// As whom the gateway speaks to the back end for its holder.
    pub identity: Identity,
}

/// How the log is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// What a line looks like.
    pub format: LogFormat,
    /// What is logged, in the words of [`EnvFilter`]; it was parsed once.
    pub level: String,
}

/// What only the EC2 front end needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ec2 {
    /// The name of the region; the one that the client signed for when none.
    pub region: Option<String>,
    /// How far a signature's time may be from ours, either way.
    pub clock_skew: Duration,
    /// The addresses of the default VPC.
    pub default_network: Ipv4Net,
    /// Whether a parameter that its action does not know is refused.
    pub strict_parameters: bool,
}

/// Reads all settings: the arguments, the environment, and the file that the arguments name.
///
/// # Errors
/// Every problem that was found.
pub fn load(arguments: &Arguments) -> Result<Config, Vec<Problem>> {
    load_with(arguments, &environment)
}

/// A variable of the process; one that is empty counts as none.
fn environment(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn load_with(arguments: &Arguments, environment: Environment<'_>) -> Result<Config, Vec<Problem>> {
    let source = match &arguments.config {
        Some(path) => Source::read(path).map_err(|problem| vec![problem])?,
        None => Source::none(),
    };
    let file = source.parse().map_err(|problem| vec![problem])?;
    let mut problems = Problems::default();
    let config = Settings { arguments, environment, source: &source, file: &file }.judge(&mut problems);
    match config {
        Some(config) if problems.0.is_empty() => Ok(config),
        _ => Err(problems.in_order()),
    }
}

impl Settings<'_> {
    /// The config; none only when there is a problem.
    fn judge(self, problems: &mut Problems) -> Option<Config> {
        let Settings { arguments, environment, source, file } = self;
        let mut warnings = arguments.former.judge(problems);
        warnings.extend(former_variables(environment));
        let frontends = frontends::frontends(self, problems);
        let listeners = listeners::listeners(self, problems);
        let trusted_proxies =
            trusted_proxies::trusted_proxies(source, file.trusted_proxies.as_ref(), problems);
        let metrics = listeners::metrics(source, &file.metrics, &listeners, problems);
        let limits = limits::limits(source, &file.limits, problems);
        let providers = providers::providers(self, problems);
        let log = log(source, file, problems);
        let ec2 = ec2(source, file, problems);
        let cimi_dialect = cimi_dialect(source, file, problems);
        let grace_period = match &file.grace_period {
            Some(seconds) if *seconds.get_ref() == 0.0 => Some(Duration::ZERO),
            seconds => duration(source, seconds.as_ref(), GRACE_PERIOD, problems),
        };
        let threads = threads(source, file, problems);
        let embedded = mock::mock(self, problems);
        let access_keys = access_keys::access_keys(self, providers.as_ref(), problems, &mut warnings);
        let store = store::store(self, providers.as_ref(), problems, &mut warnings);
        Some(Config {
            listeners,
            trusted_proxies,
            frontends,
            providers: providers?,
            store: store?,
            access_keys,
            limits: limits?,
            metrics,
            log: log?,
            ec2: ec2?,
            cimi_dialect: cimi_dialect?,
            embedded: embedded?,
            threads: threads?,
            grace_period: grace_period?,
            warnings,
        })
    }
}

fn former_variables(environment: Environment<'_>) -> impl Iterator<Item = String> + '_ {
    let given = FORMER_VARIABLES.iter().filter(move |(name, _)| environment(name).is_some());
    given.map(|(name, why)| format!("{name}: this variable of deltacloudd has no effect: {why}"))
}

fn log(source: &Source, file: &File, problems: &mut Problems) -> Option<Log> {
    let format = match file.log.format {
        None | Some(LogFormatWord::Text) => LogFormat::Text,
        Some(LogFormatWord::Json) => LogFormat::Json,
    };
    let level = match &file.log.level {
        None => LOG_LEVEL.to_owned(),
        Some(level) => {
            let Located { value, place } = source.locate(level);
            problems.keep(&place, check_level(&value))?;
            value
        }
    };
    Some(Log { format, level })
}

/// A directive without `=` is a level; [`EnvFilter`] alone would take a misspelt one for the name of a module.
fn check_level(text: &str) -> Result<(), String> {
    let is_level =
        |directive: &str| directive.contains('=') || directive.trim().parse::<LevelFilter>().is_ok();
    if text.split(',').all(is_level) && EnvFilter::try_new(text).is_ok() {
        return Ok(());
    }
    Err("a log level is off, error, warn, info, debug or trace, and may be given per module".to_owned())
}

fn ec2(source: &Source, file: &File, problems: &mut Problems) -> Option<Ec2> {
    let region = file.ec2.region.as_ref().map(|region| source.locate(region));
    if let Some(Located { value, place }) = &region {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if value.is_empty() || !value.bytes().all(fits) {
            problems.add(place, "a region's name has lower-case letters, digits and dashes");
        }
    }
    let clock_skew = duration(source, file.ec2.clock_skew.as_ref(), CLOCK_SKEW, problems)?;
    let default_network = match &file.ec2.default_network {
        None => DEFAULT_NETWORK,
        Some(block) => {
            let Located { value, place } = source.locate(block);
            problems.keep(&place, network(&value))?
        }
    };
    let strict_parameters = file.ec2.strict_parameters.unwrap_or_default();
    Some(Ec2 { region: region.map(|region| region.value), clock_skew, default_network, strict_parameters })
}

/// The addresses of a VPC, which has as many as EC2 gives one.
fn network(text: &str) -> Result<Ipv4Net, String> {
    let block = text.parse::<Ipv4Net>().ok().filter(|block| (16..=28).contains(&block.prefix_len()));
    let block = block.filter(|block| block.trunc() == *block);
    block.ok_or_else(|| format!("'{text}' is no network of IPv4 with a prefix of 16 to 28 bits"))
}

fn cimi_dialect(source: &Source, file: &File, problems: &mut Problems) -> Option<Dialect> {
    let Some(dialect) = &file.cimi.dialect else { return Some(Dialect::default()) };
    let Located { value, place } = source.locate(dialect);
    let names: Vec<&str> = Dialect::NAMES.iter().map(|(name, _)| *name).collect();
    let unknown = || format!("there is no dialect '{value}' of CIMI; there are: {}", names.join(", "));
    problems.keep(&place, Dialect::named(&value).ok_or_else(unknown))
}

fn threads(source: &Source, file: &File, problems: &mut Problems) -> Option<NonZeroUsize> {
    let default = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let Some(wanted) = &file.threads else { return Some(default) };
    NonZeroUsize::new(count(source, Some(wanted), 1, 1..=MOST_THREADS, problems)?)
}
