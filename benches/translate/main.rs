//! What translating a list costs, beside a bare pass over its bytes. `benches/README.md` says how.

mod gateway;
mod memory;
mod servers;
mod vms;

use std::{
    error::Error as StdError,
    hint::black_box,
    io::{self, Write},
    time::{Duration, Instant},
};

use allocation_counter::measure;
use bytes::Bytes;
use deltagate::{
    model::{Error, Flow, Resource},
    wire::{Decode, json, xml},
};
use gateway::{Door, Gateway};
use memory::CHUNK;
use quick_xml::{Reader, events::Event};
use serde::de::IgnoredAny;
use tokio::runtime::{Builder, Runtime};
use vms::Shape;

/// How many VMs are in a list.
const ITEMS: usize = 10_000;
/// How often everything is measured; the best time counts, because other work on the machine only ever adds.
const ROUNDS: usize = 9;

fn main() -> Result<(), Box<dyn StdError>> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{ITEMS} VMs, chunks of {} KiB, best of {ROUNDS}; MB/s of the back end's bytes",
        CHUNK >> 10
    )?;
    writeln!(
        out,
        "{:16}{:>10}{:>10}{:>10}{:>10}{:>12}{:>12}{:>12}{:>8}",
        "list", "bytes/VM", "bare", "cut", "translate", "VMs/s", "written/VM", "allocs/VM", "ratio"
    )?;
    for shape in Shape::ALL {
        let list = Bytes::from(vms::list(shape, ITEMS));
        let engine = vms::engine(shape, list.clone());
        let gateway = Gateway::new(("ovirt", vms::PROVIDER), Door::Ec2, engine)?;
        let subject = Subject { name: shape.name().to_owned(), list, gateway, bare: bare_xml, cut: cut_xml };
        writeln!(out, "{}", subject.measure(&runtime)?)?;
    }
    for door in [Door::Ec2, Door::Deltacloud] {
        let list = Bytes::from(servers::list(ITEMS));
        let cloud = servers::cloud(list.clone());
        let gateway = Gateway::new(("openstack", servers::PROVIDER), door, cloud)?;
        let name = format!("Nova, {}", door.name());
        let subject = Subject { name, list, gateway, bare: bare_json, cut: cut_json };
        writeln!(out, "{}", subject.measure(&runtime)?)?;
    }
    Ok(())
}

/// Reads a list.
type Pass<E> = fn(&[u8]) -> Result<(), E>;

/// A list that is measured.
struct Subject {
    name: String,
    list: Bytes,
    gateway: Gateway,
    /// A pass over it that makes nothing of it.
    bare: Pass<Box<dyn StdError>>,
    /// A pass that finds its items.
    cut: Pass<Error>,
}

impl Subject {
    fn measure(mut self, runtime: &Runtime) -> Result<String, Box<dyn StdError>> {
        // The first request finds out the version and logs in.
        let written = runtime.block_on(self.gateway.list_instances())?;
        let mut translate = || runtime.block_on(self.gateway.list_instances());
        let worst = Duration::MAX;
        let mut figures = Figures {
            length: self.list.len(),
            written,
            allocations: 0,
            bare: worst,
            cut: worst,
            translate: worst,
        };
        for _ in 0..ROUNDS {
            figures.bare = figures.bare.min(timed(|| (self.bare)(&self.list))?);
            figures.cut = figures.cut.min(timed(|| (self.cut)(&self.list))?);
            figures.translate = figures.translate.min(timed(&mut translate)?);
        }
        let mut outcome = Ok(0);
        figures.allocations = measure(|| outcome = translate()).count_total;
        outcome?;
        Ok(figures.row(&self.name))
    }
}

/// What was measured of one list.
struct Figures {
    /// The length of the list, in bytes.
    length: usize,
    /// The length of the answer, in bytes.
    written: usize,
    /// Allocations of one translation.
    allocations: u64,
    bare: Duration,
    cut: Duration,
    translate: Duration,
}

impl Figures {
    fn row(&self, name: &str) -> String {
        let per_item = |total: f64| total / ITEMS as f64;
        let speed = |time: Duration| self.length as f64 / time.as_secs_f64() / 1e6;
        format!(
            "{:16}{:>10.0}{:>10.0}{:>10.0}{:>10.0}{:>12.0}{:>12.0}{:>12.2}{:>8.2}",
            name,
            per_item(self.length as f64),
            speed(self.bare),
            speed(self.cut),
            speed(self.translate),
            ITEMS as f64 / self.translate.as_secs_f64(),
            per_item(self.written as f64),
            per_item(self.allocations as f64),
            speed(self.translate) / speed(self.bare),
        )
    }
}

fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<Duration, E> {
    let started = Instant::now();
    black_box(work()?);
    Ok(started.elapsed())
}

/// Reads every event of the whole list and does nothing with it.
fn bare_xml(list: &[u8]) -> Result<(), Box<dyn StdError>> {
    let mut reader = Reader::from_reader(list);
    while !matches!(black_box(reader.read_event()?), Event::Eof) {}
    Ok(())
}

/// Reads every value of the whole list and does nothing with it.
fn bare_json(list: &[u8]) -> Result<(), Box<dyn StdError>> {
    black_box(serde_json::from_slice::<IgnoredAny>(list)?);
    Ok(())
}

/// Cuts the list into its items and reads nothing of them but the name.
fn cut_xml(list: &[u8]) -> Result<(), Error> {
    feed(
        list,
        &mut xml::each("vms", "vm", |vm, _| {
            black_box(vm.name());
            Ok(Flow::More)
        }),
    )
}

/// Cuts the list into its items and reads nothing of them.
fn cut_json(list: &[u8]) -> Result<(), Error> {
    feed(
        list,
        &mut json::each("servers", |server, _| {
            black_box(server.len());
            Ok(Flow::More)
        }),
    )
}

fn feed(list: &[u8], decode: &mut dyn Decode) -> Result<(), Error> {
    let mut sink = |_: &Resource<'_>| Ok(Flow::More);
    for chunk in list.chunks(CHUNK) {
        decode.feed(chunk, &mut sink)?;
    }
    decode.finish(&mut sink)
}
