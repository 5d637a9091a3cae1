//! Metrics are the statistics of VMs, as the engine has them at the moment; from 4.2 on with those of their interfaces
//! and disks, taken together, when one VM is shown. Processor, memory and network have a short history there besides.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    call::Call,
    dialect::{Along, Details},
    instances,
    read::uuid,
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Metric, Resource, Sample, Series, Unit},
    wire::xml::{Element, Malformed},
};

/// The most values of one statistic that are read; the engine keeps a history of fewer.
const MOST_SAMPLES: usize = 100;
/// How far apart the values of a history are (`VmStatisticalQuery`).
const STEP: SignedDuration = SignedDuration::from_secs(30);

/// What the engine calls otherwise than Deltacloud, which has a name for what all clouds measure.
static NAMES: &[(&str, &str)] = &[("cpu.current.total", "cpuUtilization")];

static UNITS: &[(&str, Unit)] = &[
    ("percent", Unit::Percent),
    ("bytes", Unit::Bytes),
    ("bytes_per_second", Unit::BytesPerSecond),
    ("seconds", Unit::Seconds),
    ("none", Unit::Count),
];

/// Elements in which the statistics of a VM, of its interfaces and of its disks are.
static AROUND: &[&str] = &["statistics", "nics", "nic", "disk_attachments", "disk_attachment", "disk"];

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let ids: HashSet<String> = filter.ids.iter().filter_map(|id| uuid(id.as_str())).collect();
    if !filter.ids.is_empty() && ids.is_empty() {
        return Ok(());
    }
    let now = Timestamp::now();
    instances::each(session, Along::Statistics, cloud, |instance, element, sink| {
        if !ids.is_empty() && !ids.contains(instance.id.as_ref()) {
            return Ok(Flow::More);
        }
        let series = series(element, now)?;
        sink.put(&Resource::Metric(Metric { id: instance.id, entity: instance.name, series }))
    })
    .await
}

/// Two calls.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let instance = instances::shown(session, id, Along::Nothing).await?;
    let call = match session.dialect().details {
        Details::Follow => Call::get(&["vms", &instance.id]).along(Along::AllStatistics),
        Details::Detail => Call::get(&["vms", &instance.id, "statistics"]),
    };
    let series = session.fetch(call).await?.read(|root| series(root, Timestamp::now()))?;
    let metric = Metric { id: instance.id, entity: instance.name, series };
    cloud.emit(&Resource::Metric(metric)).await.map(|_| ())
}

/// All that is measured within an element, what has the same name taken together.
pub(super) fn series(element: &mut Element<'_>, now: Timestamp) -> Result<Vec<Series<'static>>, Malformed> {
    let mut all = Vec::new();
    collect(element, now, &mut all)?;
    Ok(all)
}

fn collect(
    element: &mut Element<'_>,
    now: Timestamp,
    all: &mut Vec<Series<'static>>,
) -> Result<(), Malformed> {
    element.children(|child| match child.name() {
        "statistic" => {
            if let Some(one) = statistic(child, now)? {
                add(all, one);
            }
            Ok(())
        }
        name if AROUND.contains(&name) => collect(child, now, all),
        _other => Ok(()),
    })
}

/// Reads a `statistic`; none when it is no number, or in a unit of which the model has no name: those repeat others.
/// Words are in capitals in version 3.
fn statistic(element: &mut Element<'_>, now: Timestamp) -> Result<Option<Series<'static>>, Malformed> {
    let (mut name, mut unit, mut values) = (String::new(), Some(Unit::Count), Vec::new());
    element.children(|child| {
        match child.name() {
            "name" => name = child.text()?.into_owned(),
            "unit" => unit = read_unit(&child.text()?),
            "values" => child.children(|value| read_value(value, &mut values))?,
            _other => {}
        }
        Ok(())
    })?;
    let Some(unit) = unit.filter(|_| !values.is_empty()) else { return Ok(None) };
    let known = NAMES.iter().find(|(native, _)| *native == name);
    let name = known.map_or(name, |(_, known)| (*known).to_owned());
    let samples = values.into_iter().zip(moments(now)).map(|(value, at)| sample(value, at)).collect();
    Ok(Some(Series { name: name.into(), unit, samples }))
}

/// The moments of the values of a history, the latest first.
fn moments(now: Timestamp) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(Some(now), |at| at.checked_sub(STEP).ok())
}

fn sample(value: f64, at: Timestamp) -> Sample {
    Sample { at, minimum: value, maximum: value, average: value }
}

fn read_value(element: &mut Element<'_>, values: &mut Vec<f64>) -> Result<(), Malformed> {
    element.children(|child| {
        let value: Option<f64> =
            if child.name() == "datum" { child.text()?.trim().parse().ok() } else { None };
        if let Some(value) = value.filter(|value| value.is_finite() && values.len() < MOST_SAMPLES) {
            values.push(value);
        }
        Ok(())
    })
}

fn read_unit(text: &str) -> Option<Unit> {
    let known = UNITS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, unit)| *unit)
}

fn add(all: &mut Vec<Series<'static>>, one: Series<'static>) {
    let Some(known) = all.iter_mut().find(|known| known.name == one.name && known.unit == one.unit) else {
        return all.push(one);
    };
    let together: fn(f64, f64) -> f64 = match known.unit {
        Unit::Bytes | Unit::BytesPerSecond | Unit::Count => |one, other| one + other,
        // Of latencies and shares the worst tells most.
        Unit::Percent | Unit::Seconds => f64::max,
    };
    for (known, sample) in known.samples.iter_mut().zip(one.samples) {
        known.minimum = together(known.minimum, sample.minimum);
        known.maximum = together(known.maximum, sample.maximum);
        known.average = together(known.average, sample.average);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml;

    fn read(text: &str) -> Vec<(String, Unit, Vec<f64>)> {
        let now = Timestamp::UNIX_EPOCH;
        let series = xml::document(text.as_bytes(), |root| series(root, now)).unwrap();
        let values = |one: &Series<'_>| one.samples.iter().map(|sample| sample.average).collect();
        series.iter().map(|one| (one.name.to_string(), one.unit, values(one))).collect()
    }

    #[test]
    fn statistics_are_read_in_both_representations() {
        let v3 = "<statistics><statistic><name>cpu.current.total</name><values type=\"DECIMAL\"><value><datum>7.5</datum></value></values><type>GAUGE</type><unit>PERCENT</unit></statistic></statistics>";
        let v4 = "<vm><name>x</name><statistics><statistic><name>cpu.current.total</name><kind>gauge</kind><type>decimal</type><unit>percent</unit><values><value><datum>7.5</datum></value></values></statistic></statistics></vm>";
        for text in [v3, v4] {
            assert_eq!(read(text), [("cpuUtilization".to_owned(), Unit::Percent, vec![7.5])]);
        }
    }

    #[test]
    fn what_several_devices_have_is_added_up_and_a_history_is_kept() {
        let statistic = |name: &str, unit: &str, values: &[&str]| {
            let values: String =
                values.iter().map(|value| format!("<value><datum>{value}</datum></value>")).collect();
            format!("<statistic><name>{name}</name><unit>{unit}</unit><values>{values}</values></statistic>")
        };
        let rx = |value| {
            format!(
                "<nic><statistics>{}</statistics></nic>",
                statistic("data.current.rx", "bytes_per_second", &[value])
            )
        };
        let history = statistic("cpu.usage.history", "percent", &["3", "2", "1"]);
        let text = statistic("disks.usage", "none", &["[{\"path\":\"/\"}]"]);
        let nan = statistic("memory.used", "bytes", &["NaN"]);
        let bits = statistic("data.current.rx.bps", "bits_per_second", &["8"]);
        let vm = format!(
            "<vm><statistics>{history}{text}{nan}{bits}</statistics><nics>{}{}</nics></vm>",
            rx("5"),
            rx("6")
        );
        assert_eq!(
            read(&vm),
            [
                ("cpu.usage.history".to_owned(), Unit::Percent, vec![3.0, 2.0, 1.0]),
                ("data.current.rx".to_owned(), Unit::BytesPerSecond, vec![11.0]),
            ]
        );
    }
}
