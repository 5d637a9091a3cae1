//! Recordings of real engines, when this machine has them.

use std::path::{Path, PathBuf};

/// The directory `name` of the oVirt recordings; `None`, and a line that says so, when there are none.
pub(crate) fn directory(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let root = std::env::var_os("DELTAGATE_WIRE").map_or(beside, PathBuf::from);
    let directory = root.join("ovirt").join(name);
    if directory.is_dir() {
        return Some(directory);
    }
    println!("skipped: no recordings of {name} (DELTAGATE_WIRE names their directory)");
    None
}

/// The files of a directory whose names match, in order.
pub(crate) fn files(directory: &Path, matches: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| name(path).is_some_and(|name| matches(&name))).collect();
    files.sort();
    files
}

/// One recorded exchange.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body: String,
    pub(crate) status: u16,
}

/// Reads a `.http` file that has only a request, as it went over the wire.
pub(crate) fn request(path: &Path) -> Exchange {
    let text = std::fs::read_to_string(path).unwrap();
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut words = head.split_whitespace();
    Exchange {
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        body: body.trim().to_owned(),
        status: 0,
    }
}

/// Reads a `.http` file.
pub(crate) fn exchange(path: &Path) -> Exchange {
    let text = std::fs::read_to_string(path).unwrap();
    let text: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let (request, response) = text.split_once("--- response ---\n").unwrap();
    let (head, body) = request.split_once("--- request body ---\n").unwrap_or((request, ""));
    let mut words = head.split_whitespace();
    Exchange {
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        body: body.trim().to_owned(),
        status: response.split_whitespace().next().unwrap().parse().unwrap(),
    }
}
