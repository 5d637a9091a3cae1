//! What Apache Deltacloud was recorded to be asked, asked of the mock cloud again in the same order: the same status, the
//! same shape and, where it does not vary, the same text, but for the differences that are decided.

pub mod recorded;
pub mod shape;

use std::collections::{BTreeMap, BTreeSet};

use self::{recorded::Recording, shape::Said};
use crate::bed::{Gateway, http::Answer};

/// What is decided to be otherwise than in the original, each with its reason. A name that has a `*` stands for all that
/// have anything there.
pub struct Decided {
    /// Recordings that are not replayed.
    pub skipped: &'static [(&'static str, &'static str)],
    /// Recordings that are answered with another status.
    pub statuses: &'static [(&'static str, u16, &'static str)],
    /// Parts of paths that the recorded documents have alone.
    pub left_out: &'static [(&'static str, &'static str)],
    /// Parts of paths that the documents here have alone.
    pub added: &'static [(&'static str, &'static str)],
    /// Recordings and parts of paths at which the same is another text each time.
    pub varying: &'static [(&'static str, &'static str, &'static str)],
    /// Recordings and parts of paths at which another text is said.
    pub otherwise: &'static [(&'static str, &'static str, &'static str)],
    /// The path below which the API is, which tells a URL of it.
    pub root: &'static str,
}

/// Asks all that these indexes have of a gateway, and compares.
///
/// At least so many are answered `alike`, or else the recordings are not what they were.
pub fn replay(indexes: &[&str], gateway: Gateway, decided: &'static Decided, least_alike: usize) {
    let Some(recordings) = recorded::all(indexes) else { return };
    let mut replay = Replay { gateway, decided, ids: BTreeMap::new(), used: BTreeSet::new() };
    let (mut alike, mut otherwise, mut skipped, mut wrong) = (0, 0, 0, Vec::new());
    for recording in &recordings {
        if replay.is_skipped(recording) {
            skipped += 1;
            continue;
        }
        match replay.compare(recording) {
            Ok(true) => alike += 1,
            Ok(false) => otherwise += 1,
            Err(difference) => wrong.push(difference),
        }
    }
    println!(
        "of {} recordings, {alike} are answered alike, {otherwise} but for what is decided; {skipped} are left out",
        recordings.len()
    );
    assert!(wrong.is_empty(), "{} differ otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(alike >= least_alike, "only {alike} of {}", recordings.len());
    let idle = replay.idle();
    assert!(idle.is_empty(), "decided, but not so: {idle:?}");
}

/// The recordings' requests, sent to a gateway.
struct Replay {
    gateway: Gateway,
    decided: &'static Decided,
    /// What the original called a thing that was created, and what it is called here.
    ids: BTreeMap<String, String>,
    /// The decisions that were met.
    used: BTreeSet<&'static str>,
}

impl Replay {
    fn is_skipped(&mut self, recording: &Recording) -> bool {
        let row = self.decided.skipped.iter().find(|(names, _)| fits(names, &recording.name));
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
        let (same_shape, same_texts) = (self.shapes(recording, &answer), self.texts(recording, &answer));
        Ok(same_shape.map_err(told)? & same_texts.map_err(told)?)
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
        let row = self
            .decided
            .statuses
            .iter()
            .find(|(names, status, _)| fits(names, name) && *status == answer.status);
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
            (recorded.difference(&given), self.decided.left_out, "the recorded one"),
            (given.difference(&recorded), self.decided.added, "the answer"),
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

    /// Whether all that the recorded document says is said, where both have a place for it.
    fn texts(&mut self, recording: &Recording, answer: &Answer) -> Result<bool, String> {
        let recorded = self.renamed(&recording.answer.body);
        let Some(recorded) = shape::said(recording.answer.header("content-type"), &recorded) else {
            return Ok(true);
        };
        let given = shape::said(answer.header("content-type"), &answer.body).unwrap_or_default();
        let given: Said =
            given.into_iter().map(|(path, text)| (path, without_host(&text, self.decided.root))).collect();
        let mut same = true;
        for (path, text) in recorded {
            let own = || given.iter().filter(|(known, _)| *known == path).map(|(_, text)| text.as_str());
            let text = without_host(&text, self.decided.root);
            if text.is_empty() || own().next().is_none() || own().any(|own| own == text) {
                continue;
            }
            let fits = |(names, part, _): &&(&'static str, &'static str, &str)| {
                fits(names, &recording.name) && path.contains(part)
            };
            let Some((_, part, _)) = self.decided.varying.iter().chain(self.decided.otherwise).find(fits)
            else {
                return Err(format!("{path} is {:?}, not {text:?}", own().collect::<Vec<_>>()));
            };
            self.used.insert(part);
            same &= self.decided.varying.iter().any(|(_, varies, _)| varies == part);
        }
        Ok(same)
    }

    /// The decisions that were not met.
    fn idle(&self) -> Vec<&'static str> {
        let names = self
            .decided
            .statuses
            .iter()
            .map(|(name, ..)| *name)
            .chain(self.decided.skipped.iter().map(|(name, _)| *name));
        let paths = self.decided.left_out.iter().chain(self.decided.added).map(|(path, _)| *path);
        let texts = self.decided.varying.iter().chain(self.decided.otherwise).map(|(_, path, _)| *path);
        let all = names.chain(paths).chain(texts);
        all.filter(|row| !self.used.contains(row)).collect()
    }
}

/// A text without the host, where it is a URL of the API.
fn without_host(text: &str, root: &str) -> String {
    match text.split_once(root) {
        Some((host, path)) if host.starts_with("http") => format!("{root}{path}"),
        _ => text.to_owned(),
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
