//! What the original was recorded to answer, asked of the mock cloud again: the same status and the same shape, but for
//! the differences that are decided.
//!
//! Replayed are the `GET`s of the collections that there are. Left out are those that ask for HTML, the pages of the
//! documentation, and those that are about what a recording before them changed.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use crate::{SERVED, bed::Gateway, shape};

/// The collections that there are; the entry point has no name.
const COLLECTIONS: &[&str] =
    &["", "drivers", "hardware_profiles", "images", "instance_states", "instances", "keys", "realms"];

/// Recordings that are answered with another status, and why. A name that ends in `*` stands for all that begin so.
const STATUSES: &[(&str, u16, &str)] = &[
    ("hardware_profiles-index-noauth.xml", 401, "profiles are the cloud's, which knows its users"),
    ("drivers-show.*", 404, "a front end knows the driver that is spoken to, and no other"),
    ("drivers-show-rhevm.*", 404, "the same"),
    ("drivers-show-openstack.*", 404, "the same"),
    ("drivers-show-opennebula.*", 404, "the same"),
    ("drivers-show-eucalyptus.*", 404, "the same"),
    ("instance_states-index.gv", 406, "there is no drawing yet; the original failed, too"),
    ("conneg-app-star", 200, "`application/*` admits XML"),
    ("driversel-header-*", 400, "no request reaches a back end that the operator does not allow"),
    ("driversel-matrix-driver*", 400, "the same"),
    ("error-action-by-get.xml", 405, "a wrong method is 405 with `Allow`, not 404"),
];

/// Parts of paths that one of the two documents has alone, and why.
const PATHS: &[(&str, &str)] = &[
    ("/error/request/param", "parameters can hold secrets and are not repeated"),
    ("/authentication", "no instance is made with a key yet"),
    ("/key/pem", "a private key is said once, in the answer to its creation"),
    ("/key/name", "JSON says what XML says"),
    ("s[]/name", "the same"),
    ("/key/actions", "the same"),
    ("/network_interfaces", "there are no network interfaces yet"),
    ("/launch_time", "it is known, so it is said"),
    ("/hardware_profile/property", "an instance's size is always said"),
    ("/hardware_profile/properties", "the same, in JSON"),
    ("/property[]", "JSON says what XML says: ranges and choices, too"),
    ("s[]/property", "the same"),
    ("s[]/actions", "JSON says what XML says: an image's actions, too"),
    ("/image/actions", "the same"),
    ("/create_image", "said of every instance"),
    ("/driver/provider", "a front end does not know the providers"),
    ("/driver/href", "JSON says what XML says"),
    ("/mock/href", "the same"),
    ("/mock/id", "the same"),
    ("/api@provider", "the query does not choose the back end, the path and the headers do"),
];

struct Recording {
    name: String,
    target: String,
    headers: Vec<(String, String)>,
    status: u16,
    media: String,
    body: String,
}

#[test]
fn the_original_is_answered_alike() {
    let Some(recordings) = recordings() else { return };
    let gateway = Gateway::start(SERVED);
    let (mut alike, mut decided, mut wrong) = (0, 0, Vec::new());
    let mut used = BTreeSet::new();
    for recording in &recordings {
        match compare(recording, &gateway, &mut used) {
            Ok(true) => alike += 1,
            Ok(false) => decided += 1,
            Err(difference) => wrong.push(difference),
        }
    }
    println!("{alike} of {} are answered alike, {decided} but for what is decided", recordings.len());
    assert!(wrong.is_empty(), "{} differ otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(alike > 40, "only {alike} of {}", recordings.len());
    let known = STATUSES.iter().map(|(name, ..)| *name).chain(PATHS.iter().map(|(path, _)| *path));
    let idle: Vec<&str> = known.filter(|row| !used.contains(row)).collect();
    assert!(idle.is_empty(), "decided, but not so: {idle:?}");
}

/// Whether the answer is like the recorded one (`true`), or differs as is decided (`false`).
fn compare(
    recording: &Recording,
    gateway: &Gateway,
    used: &mut BTreeSet<&'static str>,
) -> Result<bool, String> {
    let headers: Vec<(&str, &str)> =
        recording.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = gateway.send("GET", &recording.target, &headers, "");
    let name = &recording.name;
    if answer.status != recording.status {
        let row = STATUSES.iter().find(|(names, status, _)| fits(names, name) && *status == answer.status);
        let row = row.ok_or_else(|| format!("{name}: {} is {}", recording.status, answer.status))?;
        used.insert(row.0);
        return Ok(false);
    }
    let Some(recorded) = shape::of(&recording.media, &recording.body) else { return Ok(true) };
    let given = shape::of(answer.header("content-type"), &answer.body);
    let given = given.ok_or_else(|| format!("{name}: {} is not {}", answer.body, recording.media))?;
    let mut same = true;
    for path in recorded.symmetric_difference(&given) {
        if recording.target == "/api/drivers"
            && recording.media.contains("json")
            && !path.starts_with("/mock")
        {
            same = false; // The other drivers' names are paths here.
            continue;
        }
        let row = PATHS.iter().find(|(part, _)| path.contains(part));
        let row = row.ok_or_else(|| format!("{name}: {path} is in one alone"))?;
        used.insert(row.0);
        same = false;
    }
    Ok(same)
}

/// Whether a name is meant: `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let rest = name.strip_prefix(before);
            rest.is_some_and(|rest| after.is_empty() || (0..=rest.len()).any(|at| fits(after, &rest[at..])))
        }
    }
}

/// The recordings that are replayed; none, and a line that says so, when they are not there.
fn recordings() -> Option<Vec<Recording>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let root = env::var_os("DELTAGATE_WIRE").map_or_else(beside, PathBuf::from).join("deltacloud");
    let Ok(index) = fs::read_to_string(root.join("INDEX-deltacloud.txt")) else {
        println!("skipped: there are no recordings of Deltacloud (DELTAGATE_WIRE names their directory)");
        return None;
    };
    let rows = index.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(" | ").collect());
    let wanted = rows.filter(|row: &Vec<&str>| row.len() >= 5 && is_wanted(row[0], row[1], row[4]));
    let read = |row: Vec<&str>| {
        let text = fs::read(root.join(format!("{}.txt", row[0]))).ok()?;
        Some(recording(row[0], &String::from_utf8_lossy(&text)))
    };
    Some(wanted.filter_map(read).collect())
}

fn is_wanted(name: &str, request: &str, media: &str) -> bool {
    let Some(target) = request.strip_prefix("GET ") else { return false };
    let path = target.split('?').next().unwrap();
    let mut segments = path.split('/').skip(1).map(|segment| segment.split(';').next().unwrap());
    let ours = segments.next() == Some("api") && COLLECTIONS.contains(&segments.next().unwrap_or_default());
    let html = media == "text/html" || name.ends_with(".html");
    ours && !html && !name.contains("-flow-") && !name.contains("/host-")
}

fn recording(name: &str, text: &str) -> Recording {
    let (request, response) = text.split_once("<<< RESPONSE\n").unwrap();
    let (_, request) = request.split_once(">>> REQUEST\n").unwrap();
    let (start, headers) = head(request);
    let (status, fields) = head(response);
    let media = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let own = ["host", "connection", "content-length"];
    Recording {
        name: name.rsplit('/').next().unwrap().to_owned(),
        target: start.split(' ').nth(1).unwrap().to_owned(),
        headers: headers
            .into_iter()
            .filter(|(name, _)| !own.contains(&name.to_lowercase().as_str()))
            .collect(),
        status: status.split(' ').nth(1).unwrap().parse().unwrap(),
        media: media.map(|(_, value)| value.clone()).unwrap_or_default(),
        body: response.split_once("\n\n").map(|(_, body)| body.trim().to_owned()).unwrap_or_default(),
    }
}

fn head(message: &str) -> (&str, Vec<(String, String)>) {
    let head = message.split("\n\n").next().unwrap();
    let mut lines = head.lines();
    let start = lines.next().unwrap();
    let fields = lines.filter_map(|line| line.split_once(':'));
    (start, fields.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect())
}
