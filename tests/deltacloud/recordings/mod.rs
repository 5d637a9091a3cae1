//! What the original was recorded to be asked, asked of the mock cloud again in the same order: the same status and the
//! same shape, but for the differences that are decided.

mod decided;
mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use self::{
    decided::{ADDED, LEFT_OUT, SKIPPED, STATUSES},
    recorded::Recording,
};
use crate::{
    SERVED,
    bed::{Gateway, http::Answer},
    shape,
};

/// A cloud on which everything that is asked for happens at once, as on the original's.
const AT_ONCE: &str = "[mock]\ntransition = 0\n";

/// So many at least are answered alike, or else the recordings are not what they were.
const LEAST_ALIKE: usize = 170;

#[test]
fn the_original_is_answered_alike() {
    let Some(recordings) = recorded::all() else { return };
    let gateway = Gateway::start(&format!("{SERVED}{AT_ONCE}"));
    let mut replay = Replay { gateway, ids: BTreeMap::new(), used: BTreeSet::new() };
    let (mut alike, mut decided, mut skipped, mut wrong) = (0, 0, 0, Vec::new());
    for recording in &recordings {
        if replay.is_skipped(recording) {
            skipped += 1;
            continue;
        }
        match replay.compare(recording) {
            Ok(true) => alike += 1,
            Ok(false) => decided += 1,
            Err(difference) => wrong.push(difference),
        }
    }
    println!(
        "of {} recordings, {alike} are answered alike, {decided} but for what is decided; {skipped} are left out",
        recordings.len()
    );
    assert!(wrong.is_empty(), "{} differ otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(alike >= LEAST_ALIKE, "only {alike} of {}", recordings.len());
    let idle = replay.idle();
    assert!(idle.is_empty(), "decided, but not so: {idle:?}");
}

/// The recordings' requests, sent to a gateway.
struct Replay {
    gateway: Gateway,
    /// What the original called a thing that was created, and what it is called here.
    ids: BTreeMap<String, String>,
    /// The decisions that were met.
    used: BTreeSet<&'static str>,
}

impl Replay {
    fn is_skipped(&mut self, recording: &Recording) -> bool {
        let row = SKIPPED.iter().find(|(names, _)| fits(names, &recording.name));
        self.used.extend(row.map(|(names, _)| *names));
        row.is_some()
    }

    /// Whether the answer is like the recorded one (`true`), or differs as is decided (`false`).
    fn compare(&mut self, recording: &Recording) -> Result<bool, String> {
        let answer = self.send(recording);
        let name = &recording.name;
        let told = |what: String| format!("{name}: {what}");
        if answer.status != recording.answer.status {
            self.other_status(name, recording.answer.status, &answer).map_err(told)?;
            return Ok(false);
        }
        self.learn(recording, &answer).map_err(told)?;
        methods(recording, &answer).map_err(told)?;
        self.shapes(recording, &answer).map_err(told)
    }

    fn send(&self, recording: &Recording) -> Answer {
        let headers: Vec<(&str, &str)> =
            recording.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (target, body) = (self.renamed(&recording.target), self.renamed(&recording.body));
        self.gateway.send(&recording.method, &target, &headers, &body)
    }

    /// The text, with the ids that things have here.
    fn renamed(&self, text: &str) -> String {
        let rename = |text: String, (recorded, own): (&String, &String)| text.replace(recorded, own);
        self.ids.iter().rev().fold(text.to_owned(), rename)
    }

    fn other_status(&mut self, name: &str, recorded: u16, answer: &Answer) -> Result<(), String> {
        let row = STATUSES.iter().find(|(names, status, _)| fits(names, name) && *status == answer.status);
        let row = row.ok_or_else(|| format!("{recorded} is {}: {}", answer.status, answer.body))?;
        self.used.insert(row.0);
        Ok(())
    }

    /// What was created is known by the place that is said for it.
    fn learn(&mut self, recording: &Recording, answer: &Answer) -> Result<(), String> {
        let id = |location: &str| location.rsplit('/').next().unwrap_or_default().to_owned();
        let (recorded, own) = (id(recording.answer.header("location")), id(answer.header("location")));
        if own.is_empty() && !recorded.is_empty() {
            return Err("it does not say where it is".to_owned());
        }
        if !recorded.is_empty() && recording.answer.status < 300 {
            self.ids.insert(recorded, own);
        }
        Ok(())
    }

    fn shapes(&mut self, recording: &Recording, answer: &Answer) -> Result<bool, String> {
        let media = recording.answer.header("content-type");
        let Some(recorded) = shape::of(media, &recording.answer.body) else { return Ok(true) };
        let given = shape::of(answer.header("content-type"), &answer.body);
        let given = given.ok_or_else(|| format!("{} is not {media}", answer.body))?;
        let mut same = true;
        for (paths, decided, whose) in [
            (recorded.difference(&given), LEFT_OUT, "the recorded one"),
            (given.difference(&recorded), ADDED, "the answer"),
        ] {
            for path in paths {
                let row = decided.iter().find(|(part, _)| path.contains(part));
                let row = row.ok_or_else(|| format!("{path} is in {whose} alone"))?;
                self.used.insert(row.0);
                same = false;
            }
        }
        Ok(same)
    }

    /// The decisions that were not met.
    fn idle(&self) -> Vec<&'static str> {
        let names = STATUSES.iter().map(|(name, ..)| *name).chain(SKIPPED.iter().map(|(name, _)| *name));
        let all = names.chain(LEFT_OUT.iter().chain(ADDED).map(|(path, _)| *path));
        all.filter(|row| !self.used.contains(row)).collect()
    }
}

/// Whatever the original allowed is allowed. Its entry point named classes of its own there.
fn methods(recording: &Recording, answer: &Answer) -> Result<(), String> {
    let recorded = recording.answer.header("allow").split(',').filter(|name| !name.contains("::"));
    let own: Vec<&str> = answer.header("allow").split(',').collect();
    let missing: Vec<&str> = recorded.filter(|name| !name.is_empty() && !own.contains(name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} is not allowed")) }
}

/// Whether a name is meant: `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let rest = name.strip_prefix(before);
            rest.is_some_and(|rest| {
                after.is_empty()
                    || (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|end| fits(after, end)))
            })
        }
    }
}
