//! What translating a list costs, beside a bare pass over its bytes. `benches/README.md` says how.

mod engine;
mod gateway;
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
    wire::{Decode, xml},
};
use engine::{CHUNK, Engine};
use gateway::Gateway;
use quick_xml::{Reader, events::Event};
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
        "{ITEMS} VMs, chunks of {} KiB, best of {ROUNDS}; MB/s of the engine's bytes",
        CHUNK >> 10
    )?;
    writeln!(
        out,
        "{:14}{:>10}{:>10}{:>10}{:>10}{:>12}{:>12}{:>12}{:>8}",
        "list", "bytes/VM", "bare", "cut", "translate", "VMs/s", "written/VM", "allocs/VM", "ratio"
    )?;
    for shape in Shape::ALL {
        writeln!(out, "{}", Figures::measure(shape, &runtime)?.row(shape))?;
    }
    Ok(())
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
    fn measure(shape: Shape, runtime: &Runtime) -> Result<Figures, Box<dyn StdError>> {
        let list = Bytes::from(vms::list(shape, ITEMS));
        let mut gateway = Gateway::new(Engine::new(shape.root(), list.clone()))?;
        // The first request finds out the version and logs in.
        let written = runtime.block_on(gateway.describe_instances())?;
        let mut translate = || runtime.block_on(gateway.describe_instances());
        let worst = Duration::MAX;
        let mut figures = Figures {
            length: list.len(),
            written,
            allocations: 0,
            bare: worst,
            cut: worst,
            translate: worst,
        };
        for _ in 0..ROUNDS {
            figures.bare = figures.bare.min(timed(|| bare_pass(&list))?);
            figures.cut = figures.cut.min(timed(|| cut(&list))?);
            figures.translate = figures.translate.min(timed(&mut translate)?);
        }
        let mut outcome = Ok(0);
        figures.allocations = measure(|| outcome = translate()).count_total;
        outcome?;
        Ok(figures)
    }

    fn row(&self, shape: Shape) -> String {
        let per_item = |total: f64| total / ITEMS as f64;
        let speed = |time: Duration| self.length as f64 / time.as_secs_f64() / 1e6;
        format!(
            "{:14}{:>10.0}{:>10.0}{:>10.0}{:>10.0}{:>12.0}{:>12.0}{:>12.2}{:>8.2}",
            shape.name(),
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
fn bare_pass(list: &[u8]) -> Result<usize, quick_xml::Error> {
    let mut reader = Reader::from_reader(list);
    let mut events = 0;
    while !matches!(black_box(reader.read_event()?), Event::Eof) {
        events += 1;
    }
    Ok(events)
}

/// Cuts the list into its items and reads nothing of them but the name.
fn cut(list: &[u8]) -> Result<(), Error> {
    let mut decode = xml::each("vms", "vm", |vm, _| {
        black_box(vm.name());
        Ok(Flow::More)
    });
    let mut sink = |_: &Resource<'_>| Ok(Flow::More);
    for chunk in list.chunks(CHUNK) {
        decode.feed(chunk, &mut sink)?;
    }
    decode.finish(&mut sink)
}
