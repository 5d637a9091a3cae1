//! Metrics: what is measured of an instance; CloudWatch's, Deltacloud's, oVirt's statistics.

use std::borrow::Cow;

use jiff::Timestamp;

use super::owned;

/// What is measured of one instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric<'a> {
    /// The identifier: the instance's.
    pub id: Cow<'a, str>,
    /// The instance's name; empty when it has none.
    pub entity: Cow<'a, str>,
    /// What is measured.
    pub series: Vec<Series<'a>>,
}

impl Metric<'_> {
    /// The same metric, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Metric<'static> {
        Metric {
            id: owned(self.id),
            entity: owned(self.entity),
            series: self.series.into_iter().map(Series::into_owned).collect(),
        }
    }
}

/// One thing that is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<'a> {
    /// Its name, in Deltacloud's words where they have one for it (`cpuUtilization`), else in the cloud's.
    pub name: Cow<'a, str>,
    /// What it is counted in.
    pub unit: Unit,
    /// What was measured, the latest first; empty where it is only known that it is measured.
    pub samples: Vec<Sample>,
}

impl Series<'_> {
    fn into_owned(self) -> Series<'static> {
        Series { name: owned(self.name), unit: self.unit, samples: self.samples }
    }
}

/// What was measured in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When the period ended.
    pub at: Timestamp,
    /// The smallest value.
    pub minimum: f64,
    /// The largest value.
    pub maximum: f64,
    /// The mean.
    pub average: f64,
}

/// What measures are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Of a hundred.
    Percent,
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}
