//! A cloud that plays recorded exchanges in the order of a script, and holds every request against the recorded one.

use std::{
    collections::VecDeque,
    env, fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use deltagate::{
    exchange::{Answer, Endpoint, Transport},
    model::Error,
};
use http::{Request, response};
use serde_json::Value;

/// How many bytes an answer's body comes in at a time.
const CHUNK: usize = 97;

/// The member of an order that says which volumes a server is made with, and is never left out.
pub(crate) const DISKS: &str = "block_device_mapping_v2";

/// An exchange that was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    name: String,
    method: String,
    port: u16,
    pub(crate) path: String,
    pub(crate) body: String,
    status: u16,
    headers: Vec<(String, String)>,
    pub(crate) answer: String,
}

/// The folder of the recordings; none, and said so, when it is not there.
fn folder() -> Option<PathBuf> {
    let wire = env::var_os("DELTAGATE_WIRE").map(PathBuf::from);
    let wire = wire.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wire"));
    let folder = wire.join("openstack");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there are no recordings at {}", folder.display());
    None
}

/// The exchange with this number, at another path if one is given (`57`, `43 /v2.0/subnets/x`).
pub(crate) fn exchange(step: &str) -> Option<Exchange> {
    let (number, path) = step.split_once(' ').map_or((step, None), |(number, path)| (number, Some(path)));
    let prefix = format!("{number}-");
    let files = fs::read_dir(folder()?).unwrap().map(|file| file.unwrap().path());
    let is_it = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(&prefix);
    let file = files.into_iter().find(is_it).unwrap_or_else(|| panic!("there is no recording {number}"));
    let mut exchange = parse(&fs::read_to_string(&file).unwrap(), step);
    if let Some(path) = path {
        path.clone_into(&mut exchange.path);
    }
    Some(exchange)
}

fn parse(text: &str, name: &str) -> Exchange {
    let (_, text) = text.split_once("#### REQUEST\n").unwrap();
    let (request, answer) = text.split_once("\n#### RESPONSE").unwrap();
    let (_, answer) = answer.split_once('\n').unwrap();
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let host = headers(head).into_iter().find(|(name, _)| name.eq_ignore_ascii_case("host")).unwrap().1;
    let (head, answer) = answer.split_once("\n\n").unwrap_or((answer, ""));
    Exchange {
        name: name.to_owned(),
        method,
        port: host.rsplit(':').next().unwrap().parse().unwrap(),
        path,
        body: body.trim().to_owned(),
        status: head.split_whitespace().nth(1).unwrap().parse().unwrap(),
        headers: headers(head),
        answer: answer.trim_end().to_owned(),
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The cloud that plays the script.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<VecDeque<Exchange>>>);

impl Script {
    /// A cloud that answers these requests, in this order, and no others.
    pub(crate) fn new(exchanges: Vec<Exchange>) -> Self {
        Script(Arc::new(Mutex::new(exchanges.into())))
    }

    /// The steps that were not asked for.
    pub(crate) fn left(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|exchange| exchange.name.clone()).collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let asked = format!("{} {}", request.method(), request.uri());
        let next = self.0.lock().unwrap().pop_front();
        let exchange = next.unwrap_or_else(|| panic!("{asked}: nothing more was recorded"));
        let at = format!("{asked} against {}", exchange.name);
        assert_eq!(request.method().as_str(), exchange.method, "{at}");
        assert_eq!(endpoint.port, exchange.port, "{at}");
        let path = exchange.path.split('?').next().unwrap();
        assert_eq!(request.uri().path(), path, "{at}");
        same_shape(&at, &json(request.body()), &json(exchange.body.as_bytes()));
        let is_login = path == "/v3/auth/tokens";
        assert_eq!(request.headers().contains_key("x-auth-token"), !is_login, "{at}");
        Ok(Box::new(Recorded::new(exchange.status, &exchange.headers, exchange.answer)))
    }
}

fn json(body: &[u8]) -> Value {
    if body.is_empty() { Value::Null } else { serde_json::from_slice(body).unwrap() }
}

/// Every member of what was sent is a member of what was recorded, of the same type, and a text is the same text; the
/// [`DISKS`] that were recorded are sent.
fn same_shape(at: &str, sent: &Value, recorded: &Value) {
    match (sent, recorded) {
        (Value::Object(sent), Value::Object(recorded)) => {
            let has_disks = |order: &serde_json::Map<String, Value>| order.contains_key(DISKS);
            assert_eq!(has_disks(sent), has_disks(recorded), "{at}");
            for (name, value) in sent {
                let known = recorded.get(name).unwrap_or_else(|| panic!("{at}: '{name}' was not recorded"));
                same_shape(&format!("{at}.{name}"), value, known);
            }
        }
        (Value::Array(sent), Value::Array(recorded)) => {
            assert_eq!(sent.len(), recorded.len(), "{at}");
            sent.iter().zip(recorded).for_each(|(sent, recorded)| same_shape(at, sent, recorded));
        }
        (Value::String(_) | Value::Number(_) | Value::Null, _) => assert_eq!(sent, recorded, "{at}"),
        (Value::Bool(_), _) => assert!(recorded.is_boolean(), "{at}"),
        _ => panic!("{at}: {sent} was recorded as {recorded}"),
    }
}

/// An answer that is there as a whole, and comes in pieces.
pub(crate) struct Recorded {
    head: response::Parts,
    body: Bytes,
}

impl Recorded {
    pub(crate) fn new(status: u16, headers: &[(String, String)], body: String) -> Self {
        let mut head = http::Response::builder().status(status);
        for (name, value) in headers {
            head = head.header(name, value);
        }
        let (head, ()) = head.body(()).unwrap().into_parts();
        Recorded { head, body: Bytes::from(body) }
    }
}

#[async_trait]
impl Answer for Recorded {
    fn head(&self) -> &response::Parts {
        &self.head
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let length = self.body.len().min(CHUNK);
        Ok((length > 0).then(|| self.body.split_to(length)))
    }
}
