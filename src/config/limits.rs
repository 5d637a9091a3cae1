//! Limits: sizes in bytes, times in seconds, counts. None is zero, none is boundless.

use std::{ops::RangeInclusive, time::Duration};

use toml::Spanned;

use super::{
    file::{LimitsTable, Source},
    problem::Problems,
};

/// The longest time that may be set: one day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What a client may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest body of a request, in bytes.
    pub body_bytes: usize,
    /// The longest body of a request that uploads a blob, in bytes.
    pub blob_bytes: u64,
    /// The longest head of a request, in bytes.
    pub header_bytes: usize,
    /// The longest path with query, in bytes.
    pub uri_bytes: usize,
    /// How many requests are worked on at once.
    pub requests_in_flight: usize,
    /// How many instances one request may create.
    pub instances_per_request: u32,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long a client may be silent while it sends a body or reads an answer.
    pub body_timeout: Duration,
    /// How long a connection is kept that nothing is asked on.
    pub idle_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 1 << 20,
            blob_bytes: 5 << 30,
            header_bytes: 64 << 10,
            uri_bytes: 32 << 10,
            requests_in_flight: 1024,
            instances_per_request: 100,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
        }
    }
}

pub(super) fn limits(source: &Source, table: &LimitsTable, problems: &mut Problems) -> Option<Limits> {
    let default = Limits::default();
    let mut number = |written: &Option<Spanned<u64>>, default, range| {
        count(source, written.as_ref(), default, range, problems)
    };
    let body_bytes = number(&table.body_bytes, default.body_bytes, 1..=64 << 20);
    let blob_bytes = number(&table.blob_bytes, default.blob_bytes as usize, 1..=1 << 50);
    let header_bytes = number(&table.header_bytes, default.header_bytes, 1024..=1 << 20);
    let uri_bytes = number(&table.uri_bytes, default.uri_bytes, 256..=1 << 20);
    let requests_in_flight = number(&table.requests_in_flight, default.requests_in_flight, 1..=1_000_000);
    let instances = number(&table.instances_per_request, default.instances_per_request as usize, 1..=1000);
    let mut time =
        |written: &Option<Spanned<f64>>, default| duration(source, written.as_ref(), default, problems);
    let header_timeout = time(&table.header_timeout, default.header_timeout);
    let body_timeout = time(&table.body_timeout, default.body_timeout);
    let idle_timeout = time(&table.idle_timeout, default.idle_timeout);
    if let (Some(uri), Some(header), Some(written)) = (uri_bytes, header_bytes, &table.uri_bytes)
        && uri > header
    {
        problems.add(&source.place(written), "uri_bytes is more than header_bytes, of which it is a part");
    }
    Some(Limits {
        body_bytes: body_bytes?,
        blob_bytes: blob_bytes? as u64,
        header_bytes: header_bytes?,
        uri_bytes: uri_bytes?,
        requests_in_flight: requests_in_flight?,
        instances_per_request: u32::try_from(instances?).ok()?,
        header_timeout: header_timeout?,
        body_timeout: body_timeout?,
        idle_timeout: idle_timeout?,
    })
}

/// A number of the file that has to be in a range.
pub(super) fn count(
    source: &Source,
    written: Option<&Spanned<u64>>,
    default: usize,
    range: RangeInclusive<u64>,
    problems: &mut Problems,
) -> Option<usize> {
    let Some(written) = written else { return Some(default) };
    let value = *written.get_ref();
    if !range.contains(&value) {
        let message = format!("{value} is not from {} to {}", range.start(), range.end());
        problems.add(&source.place(written), message);
        return None;
    }
    usize::try_from(value).ok()
}

/// A time of the file, in seconds.
pub(super) fn duration(
    source: &Source,
    written: Option<&Spanned<f64>>,
    default: Duration,
    problems: &mut Problems,
) -> Option<Duration> {
    let Some(written) = written else { return Some(default) };
    problems.keep(&source.place(written), seconds(*written.get_ref()))
}

/// A time that is longer than nothing and not longer than a day.
pub(super) fn seconds(value: f64) -> Result<Duration, String> {
    let sensible = |duration: &Duration| !duration.is_zero() && *duration <= LONGEST;
    let duration = Duration::try_from_secs_f64(value).ok().filter(sensible);
    duration.ok_or_else(|| format!("{value} is no time in seconds from 0.001 to {}", LONGEST.as_secs()))
}
