//! The life cycles of a virtual machine recorded from RHEV-M 3.0 and 3.1, replayed step by step.

use std::path::Path;
use std::time::Duration;

use crate::http::{Answer, ask};
use crate::members::members;
use crate::ovirt_engine::element::Element;
use crate::ovirt_engine::{Engine, Mode, Options, seed};
use crate::wire::{self, Exchange};

/// Seconds from the start and the exchange, with what the engine answered about the machine.
struct Step {
    at: u64,
    exchange: Exchange,
    expected: Option<Element>,
}

#[tokio::test]
async fn rhevm_3_0() {
    replay("v3-rhevm-3.0-lifecycle", Mode::V3_0).await;
}

#[tokio::test]
async fn rhevm_3_1() {
    replay("v3-rhevm-3.1-lifecycle", Mode::V3_1).await;
}

async fn replay(recording: &str, mode: Mode) {
    let Some(directory) = wire::directory(recording) else { return };
    let engine = Engine::start(Options { mode, ..Options::default() }).await;
    let (mut clock, mut own_id) = (0, String::new());
    let mut recorded_id = String::new();
    for step in steps(&directory) {
        engine.advance(Duration::from_secs(step.at - clock));
        clock = step.at;
        let exchange = &step.exchange;
        let context = format!("{recording} +{}s {} {}", step.at, exchange.method, exchange.target);
        let target = retargeted(&exchange.target, &recorded_id, &own_id);
        let answer = ask(&engine, &exchange.method, &target, &[], &rebased(&exchange.body)).await;
        assert_eq!(answer.status, exchange.status, "{context}: {}", answer.body);
        let Some(expected) = step.expected else {
            assert_eq!(answer.body, "", "{context}");
            continue;
        };
        if own_id.is_empty() {
            recorded_id = expected.value("id").unwrap().to_owned();
            own_id = answer.xml().value("id").unwrap().to_owned();
        }
        compare(&expected, &of_machine(&answer, &own_id), &context);
    }
}

/// The steps, at the seconds that the recording's timeline gives.
fn steps(directory: &Path) -> Vec<Step> {
    let timeline = std::fs::read_to_string(directory.join("TIMELINE.txt")).unwrap();
    let seconds = |line: &str| line.strip_prefix('+')?.trim_start().split_once("s ")?.0.parse::<u64>().ok();
    // The timeline has requests for NICs too, which were not kept.
    let times = timeline.lines().filter(|line| !line.contains("/nics")).filter_map(seconds);
    let files = wire::files(directory, |name| name.ends_with(".http"));
    let step = |(at, file): (u64, std::path::PathBuf)| {
        let body = [".vm-element.xml", ".xml"].iter().find_map(|ending| {
            let name = file.to_string_lossy().replace(".http", ending);
            std::fs::read_to_string(name).ok()
        });
        Step {
            at,
            exchange: wire::exchange(&file),
            expected: body.map(|body| Element::from_xml(&body).unwrap()),
        }
    };
    let steps: Vec<Step> = times.zip(files).map(step).collect();
    assert!(steps.len() >= 12, "the recording is not whole");
    steps
}

/// A recorded request's target, for our machine in our data center.
fn retargeted(target: &str, recorded: &str, own: &str) -> String {
    let target = if recorded.is_empty() { target.to_owned() } else { target.replace(recorded, own) };
    match target.split_once("search=datacenter=") {
        Some((before, _)) => format!("{before}search=datacenter=Default"),
        None => target,
    }
}

/// A recorded body with our template and cluster.
fn rebased(body: &str) -> String {
    let Ok(mut element) = Element::from_xml(body) else { return body.to_owned() };
    let mut text = body.to_owned();
    for (name, own) in [("template", seed::RHEL_TEMPLATE), ("cluster", seed::DEFAULT_CLUSTER)] {
        if let Some(id) = element.value(&format!("{name}/id")) {
            text = text.replace(id, &own.to_string());
        }
    }
    element.children.clear();
    text
}

/// Our machine in a list, or the whole document where it is none.
fn of_machine(answer: &Answer, id: &str) -> Element {
    let document = answer.xml();
    if document.name != "vms" {
        return document;
    }
    let machine = document.children("vm").find(|vm| vm.value("id") == Some(id)).cloned();
    machine.unwrap_or_else(|| panic!("the machine is not listed: {}", answer.body))
}

fn compare(expected: &Element, found: &Element, context: &str) {
    assert_eq!(found.name, expected.name, "{context}");
    let (expected_members, found_members) = (members(expected), members(found));
    let lacking: Vec<_> = expected_members.difference(&found_members).collect();
    let surplus: Vec<_> = found_members.difference(&expected_members).collect();
    assert!(
        lacking.is_empty() && surplus.is_empty(),
        "{context}: lacks {lacking:?}, has besides {surplus:?}"
    );
    for path in ["status/state", "creation_status/state", "fault/detail", "detail", "reason"] {
        assert_eq!(found.value(path), expected.value(path), "{context}: {path}");
    }
}
