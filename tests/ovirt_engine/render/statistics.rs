//! What is measured of machines, their NICs and their disks: the rows of `VmStatisticalQuery`, `NetworkStatisticalQuery`
//! and `DiskStatisticalQuery`. The shape of an element is recorded of hosts.

use uuid::Uuid;

use super::super::mode::Mode;
use super::super::model::{Disk, Nic, Vm, VmStatus};
use super::super::reply::View;
use super::super::xml::Xml;

/// What the values are and what they are counted in.
#[derive(Clone, Copy)]
struct Measure {
    kind: &'static str,
    values: &'static str,
    unit: &'static str,
}

const BYTES: Measure = Measure { kind: "gauge", values: "integer", unit: "bytes" };
const PERCENT: Measure = Measure { kind: "gauge", values: "decimal", unit: "percent" };
const ELAPSED: Measure = Measure { kind: "counter", values: "integer", unit: "seconds" };
const LATENCY: Measure = Measure { kind: "gauge", values: "decimal", unit: "seconds" };
const RATE: Measure = Measure { kind: "gauge", values: "decimal", unit: "bytes_per_second" };
const BITS: Measure = Measure { kind: "gauge", values: "decimal", unit: "bits_per_second" };
const TOTAL: Measure = Measure { kind: "counter", values: "integer", unit: "bytes" };
const COUNT: Measure = Measure { kind: "counter", values: "integer", unit: "none" };
const TEXT: Measure = Measure { kind: "gauge", values: "string", unit: "none" };

/// One statistic: since which release it is there, its name, its description, what it is, and its values, the latest
/// first.
type Row = (Mode, &'static str, &'static str, Measure, Vec<String>);

/// Whose statistics are written: its element, href and id.
type Owner<'a> = (&'static str, &'a str, Uuid);

/// `<statistics>` of a machine.
pub fn of_vm(view: &View<'_>, vm: &Vm, href: &str, x: &mut Xml<'_>) {
    let up = vm.status(view.now) == VmStatus::Up;
    let share = |part: u64| vec![if up { vm.machine.memory / part } else { 0 }.to_string()];
    let percent = |number: &str| vec![if up { number } else { "0" }.to_owned()];
    let elapsed = vm.started.filter(|_| up).map_or(0, |started| (view.now - started) / 1000);
    let history =
        |numbers: &[&str]| if up { numbers.iter().map(|n| (*n).to_owned()).collect() } else { vec![] };
    let rows = vec![
        (
            Mode::V3_0,
            "memory.installed",
            "Total memory configured",
            BYTES,
            vec![vm.machine.memory.to_string()],
        ),
        (Mode::V3_0, "memory.used", "Memory used (agent)", BYTES, share(2)),
        (Mode::V3_0, "cpu.current.guest", "CPU used by guest", PERCENT, percent("2.5")),
        (Mode::V3_0, "cpu.current.hypervisor", "CPU overhead", PERCENT, percent("1.25")),
        (Mode::V3_0, "cpu.current.total", "Total CPU used", PERCENT, percent("3.75")),
        (Mode::V3_6, "migration.progress", "Migration Progress", PERCENT, vec!["0".to_owned()]),
        (Mode::V3_6, "memory.buffered", "Memory buffered (agent)", BYTES, share(16)),
        (Mode::V3_6, "memory.cached", "Memory cached (agent)", BYTES, share(8)),
        (Mode::V3_6, "memory.free", "Memory free (agent)", BYTES, share(4)),
        (Mode::V4_1, "memory.unused", "Memory unused (agent)", BYTES, share(16)),
        (Mode::V4_1, "network.current.total", "Total network used", PERCENT, percent("1")),
        (
            Mode::V4_1,
            "disks.usage",
            "Disk usage, in bytes, per filesystem as JSON (agent)",
            TEXT,
            vec![String::new()],
        ),
        (Mode::V4_1, "elapsed.time", "Elapsed VM runtime", ELAPSED, vec![elapsed.to_string()]),
        (Mode::V4_1, "cpu.usage.history", "List of CPU usage history", PERCENT, history(&["3", "2", "1"])),
        (Mode::V4_1, "memory.usage.history", "List of memory usage history", PERCENT, history(&["50", "49"])),
        (Mode::V4_1, "network.usage.history", "List of network usage history", PERCENT, history(&["1"])),
    ];
    write(rows, ("vm", href, vm.id), x);
}

/// `<statistics>` of a machine's NIC.
pub fn of_nic(nic: &Nic, href: &str, x: &mut Xml<'_>) {
    let number = |text: &str| vec![text.to_owned()];
    let rows = vec![
        (Mode::V3_0, "data.current.rx", "Receive data rate", RATE, number("1000")),
        (Mode::V3_0, "data.current.tx", "Transmit data rate", RATE, number("500")),
        (Mode::V4_1, "data.current.rx.bps", "Receive data rate", BITS, number("8000")),
        (Mode::V4_1, "data.current.tx.bps", "Transmit data rate", BITS, number("4000")),
        (Mode::V3_0, "errors.total.rx", "Total receive errors", COUNT, number("0")),
        (Mode::V3_0, "errors.total.tx", "Total transmit errors", COUNT, number("0")),
        (Mode::V3_6, "data.total.rx", "Total received data", TOTAL, number("1000000")),
        (Mode::V3_6, "data.total.tx", "Total transmitted data", TOTAL, number("500000")),
    ];
    write(rows, ("nic", href, nic.id), x);
}

/// `<statistics>` of a disk.
pub fn of_disk(disk: &Disk, href: &str, x: &mut Xml<'_>) {
    let number = |text: &str| vec![text.to_owned()];
    let rows = vec![
        (Mode::V3_0, "data.current.read", "Read data rate", RATE, number("4096")),
        (Mode::V3_0, "data.current.write", "Write data rate", RATE, number("2048")),
        (Mode::V3_1, "disk.read.latency", "Read latency", LATENCY, number("0.002")),
        (Mode::V3_1, "disk.write.latency", "Write latency", LATENCY, number("0.004")),
        (Mode::V3_1, "disk.flush.latency", "Flush latency", LATENCY, number("0")),
    ];
    write(rows, ("disk", href, disk.id), x);
}

fn write(rows: Vec<Row>, owner: Owner<'_>, x: &mut Xml<'_>) {
    x.group("statistics", |x| {
        let rows = rows.into_iter().filter(|(since, ..)| *since <= x.dialect.mode).collect::<Vec<_>>();
        rows.iter().for_each(|row| statistic(row, owner, x));
    });
}

fn statistic((_, name, description, measure, values): &Row, owner: Owner<'_>, x: &mut Xml<'_>) {
    let (element, href, id) = owner;
    let own = Uuid::from_u128(name.bytes().fold(0x5_7a71, |sum: u128, byte| (sum << 7) ^ u128::from(byte)));
    let member = if measure.values == "string" { "detail" } else { "datum" };
    let all = |x: &mut Xml<'_>| values.iter().for_each(|value| x.nested("value", member, value));
    x.resource("statistic", &format!("{href}/statistics/{own}"), own, |x| {
        x.text("name", name);
        x.text("description", description);
        if x.dialect.v3() {
            x.element("values", &[("type", &measure.values.to_uppercase())], all);
            x.text("type", measure.kind.to_uppercase());
            x.text("unit", measure.unit.to_uppercase());
            return x.resource(element, href, id, |_| {});
        }
        x.text("kind", measure.kind);
        x.text("type", measure.values);
        x.text("unit", measure.unit);
        x.group("values", all);
        x.resource(element, href, id, |_| {});
    });
}
