//! Who may name whom: the folders' rules, read off our own source.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A folder of `src`, and the folders it may name besides itself.
const RULES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("wire", &["model"]),
    ("frontends", &["model", "wire"]),
    ("store", &["model"]),
    ("exchange", &["model", "wire", "store"]),
    ("drivers", &["model", "wire", "exchange"]),
    ("overlay", &["model", "store", "exchange"]),
    ("telemetry", &["model", "store", "exchange"]),
    ("config", &["model", "store", "exchange", "drivers", "frontends", "telemetry"]),
    (
        "gateway",
        &["model", "wire", "frontends", "store", "exchange", "drivers", "overlay", "telemetry", "config"],
    ),
];

/// Crates that only these folders may name.
const CRATES: &[(&str, &[&str])] =
    &[("pingora", &["gateway"]), ("sqlx", &["store"]), ("prometheus", &["telemetry"]), ("clap", &["config"])];

/// Folders whose subfolders are strangers to each other.
const STRANGERS: &[&str] = &["drivers", "frontends"];

#[test]
fn every_folder_has_a_rule() {
    let src = source();
    let folders: BTreeSet<String> =
        entries(&src).into_iter().filter(|path| path.is_dir()).map(|path| name(&path)).collect();
    let ruled: BTreeSet<String> = RULES.iter().map(|(folder, _)| (*folder).to_owned()).collect();
    assert_eq!(folders, ruled);
}

#[test]
fn folders_name_only_those_below_them() {
    for (folder, may) in RULES {
        for file in files(&source().join(folder)) {
            let text = without_comments(&fs::read_to_string(&file).unwrap());
            for named in named_in_crate(&text) {
                let known = RULES.iter().any(|(other, _)| *other == named);
                let allowed = !known || named == *folder || may.contains(&named.as_str());
                assert!(allowed, "{} names crate::{named}", file.display());
            }
        }
    }
}

#[test]
fn crates_are_named_only_where_they_belong() {
    for (folder, _) in RULES {
        for file in files(&source().join(folder)) {
            let text = without_comments(&fs::read_to_string(&file).unwrap());
            for (krate, folders) in CRATES {
                let named = text.contains(&format!("{krate}::")) || text.contains(&format!("use {krate}"));
                assert!(!named || folders.contains(folder), "{} names {krate}", file.display());
            }
        }
    }
}

#[test]
fn drivers_and_front_ends_do_not_name_each_other() {
    for parent in STRANGERS {
        let siblings: Vec<PathBuf> =
            entries(&source().join(parent)).into_iter().filter(|path| path.is_dir()).collect();
        for folder in &siblings {
            let others: Vec<String> =
                siblings.iter().filter(|other| *other != folder).map(|path| name(path)).collect();
            for file in files(folder) {
                let text = without_comments(&fs::read_to_string(&file).unwrap());
                for other in &others {
                    let named = text.contains(&format!("{parent}::{other}"))
                        || text.contains(&format!("super::{other}::"));
                    assert!(!named, "{} names {parent}::{other}", file.display());
                }
            }
        }
    }
}

#[test]
fn the_tour_lists_every_folder() {
    let tour = fs::read_to_string(source().join("lib.rs")).unwrap();
    for (folder, _) in RULES {
        assert!(tour.contains(&format!("pub mod {folder};")), "src/lib.rs has no module {folder}");
    }
}

#[test]
fn what_a_file_names_is_read_off_it() {
    let text =
        "use crate::{model::{Error, Flow}, wire};\nuse crate::exchange::Cloud; let x = crate::drivers::find;";
    assert_eq!(named_in_crate(text), ["model", "wire", "exchange", "drivers"]);
    assert_eq!(without_comments("a // crate::x\nb"), "a \nb\n");
}

/// The first names after each `crate::`, those of a group included.
fn named_in_crate(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for after in text.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(group) => named.extend(first_names(group)),
            None => named.push(identifier(after)),
        }
    }
    named
}

fn first_names(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut starts = vec![0];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts.push(at + 1),
            _ => {}
        }
    }
    starts
        .into_iter()
        .map(|at| identifier(group[at..].trim_start()))
        .filter(|name| !name.is_empty())
        .collect()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or_default())).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
