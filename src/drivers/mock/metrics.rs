//! Metrics: what is measured of instances that do nothing. The values are made up, and the same whenever they are
//! asked for.

use jiff::{SignedDuration, Timestamp};

use super::{
    instances::Instance,
    state::{Found, Reading, Record, is_asked_for},
};
use crate::model::{Error, Filter, Id, Kind, Metric, Resource, Sample, Series, Unit};

/// How many samples there are of each thing, one for each of the last seconds; and of instances that are measured
/// closely.
const SAMPLES: u32 = 6;
const CLOSE_SAMPLES: u32 = 60;

/// What is measured.
const SERIES: [(&str, Unit); 9] = [
    ("cpuUtilization", Unit::Percent),
    ("diskReadRequestCount", Unit::Count),
    ("diskReadSector", Unit::Count),
    ("diskWriteRequestCount", Unit::Count),
    ("diskWriteSector", Unit::Count),
    ("nicInputByte", Unit::Bytes),
    ("nicInputPacket", Unit::Count),
    ("nicOutputByte", Unit::Bytes),
    ("nicOutputPacket", Unit::Count),
];

impl<'a> Reading<'a> {
    /// What there is to measure, without the samples.
    pub(super) fn list_metrics(self, filter: &'a Filter) -> Found<'a> {
        let all = self.state.instances.iter();
        let asked = all.filter(|(id, instance)| is_asked_for(filter, id, instance.name(id)));
        Box::new(asked.map(|(id, instance)| metric(id, instance, |_, _| Vec::new())))
    }

    pub(super) fn show_metric(self, id: &Id) -> Result<Resource<'a>, Error> {
        let found = self.state.instances.entry(id.as_str());
        let (id, instance) = found.ok_or_else(|| Error::not_found(Kind::Metric, id.clone()))?;
        Ok(metric(id, instance, |series, unit| {
            let count = if instance.monitored { CLOSE_SAMPLES } else { SAMPLES };
            let moments = (0..count).filter_map(|age| {
                let age = SignedDuration::from_secs(i64::from(age));
                Timestamp::from_second(self.now.as_second()).ok()?.checked_sub(age).ok()
            });
            moments.map(|at| sample(instance.number, series, unit, at)).collect()
        }))
    }
}

fn metric<'a>(
    id: &'a str,
    instance: &'a Instance,
    samples: impl Fn(u64, Unit) -> Vec<Sample>,
) -> Resource<'a> {
    let series = (0..).zip(SERIES);
    let series = series.map(|(number, (name, unit))| Series {
        name: name.into(),
        unit,
        samples: samples(number, unit),
    });
    Resource::Metric(Metric {
        id: id.into(),
        entity: instance.name.as_str().into(),
        series: series.collect(),
    })
}

/// What was measured in the second that ended then: at least something below the middle, at most something above.
fn sample(instance: u32, series: u64, unit: Unit, at: Timestamp) -> Sample {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let chance = scattered(seconds ^ (u64::from(instance) << 40) ^ (series << 34));
    let below = u32::try_from(chance % 50).unwrap_or_default();
    let above = u32::try_from((chance >> 32) % 50).unwrap_or_default() + 50;
    let (minimum, maximum) = (f64::from(below), f64::from(above));
    let average = f64::midpoint(minimum, maximum);
    match unit {
        Unit::Percent => {
            Sample { at, minimum: minimum / 100.0, maximum: maximum / 100.0, average: average / 100.0 }
        }
        Unit::Bytes | Unit::BytesPerSecond | Unit::Count | Unit::Seconds => {
            Sample { at, minimum, maximum, average: average.floor() }
        }
    }
}

/// A number that looks like chance, of one that does not: the last step of SplitMix64
/// ([Steele, Lea, Flood 2014](https://doi.org/10.1145/2660193.2660195)).
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
