//! The recordings: one request and its answer in a file each, in the order that their indexes have.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A request, and what the original answered.
pub struct Recording {
    pub name: String,
    pub method: String,
    pub target: String,
    /// But those that a connection has of its own.
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub answer: Answered,
}

/// An answer of the original.
pub struct Answered {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answered {
    /// The value of a header field; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// All that these indexes have, in the order in which the requests were sent; none, and a line that says so, when they
/// are not there.
pub fn all(indexes: &[&str]) -> Option<Vec<Recording>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let root = env::var_os("DELTAGATE_WIRE").map_or_else(beside, PathBuf::from).join("deltacloud");
    let indexes: Vec<_> = indexes.iter().map(|name| fs::read_to_string(root.join(name))).collect();
    if indexes.iter().any(Result::is_err) {
        println!("skipped: there are no recordings of Deltacloud (DELTAGATE_WIRE names their directory)");
        return None;
    }
    let rows = indexes.iter().flatten().flat_map(|index| index.lines());
    let names = rows.filter_map(|line| Some(line.split_once(" | ")?.0)).filter(|name| !name.starts_with('#'));
    let read = |name| {
        let text = fs::read(root.join(format!("{name}.txt"))).unwrap();
        recording(name, &String::from_utf8_lossy(&text))
    };
    Some(names.map(read).collect())
}

fn recording(name: &str, text: &str) -> Recording {
    let (request, response) = text.split_once("<<< RESPONSE\n").unwrap();
    let (_, request) = request.split_once(">>> REQUEST\n").unwrap();
    let (start, headers, body) = message(request);
    let (status, answered, answer) = message(response);
    let mut words = start.split(' ');
    let own = ["host", "connection", "content-length"];
    Recording {
        name: name.rsplit('/').next().unwrap().to_owned(),
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        headers: headers
            .into_iter()
            .filter(|(name, _)| !own.contains(&name.to_lowercase().as_str()))
            .collect(),
        body,
        answer: Answered {
            status: status.split(' ').nth(1).unwrap().parse().unwrap(),
            headers: answered,
            body: answer.trim().to_owned(),
        },
    }
}

/// The first line, the header fields and the body.
fn message(text: &str) -> (&str, Vec<(String, String)>, String) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let start = lines.next().unwrap();
    let fields = lines.filter_map(|line| line.split_once(':'));
    let fields: Vec<_> =
        fields.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    let length = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    (start, fields, body.get(..length).unwrap_or(body).to_owned())
}
