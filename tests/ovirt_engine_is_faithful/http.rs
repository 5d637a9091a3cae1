//! A client of one request a connection, enough to look at replies.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ovirt_engine::Engine;
use crate::ovirt_engine::element::Element;

/// Login of admin@internal.
pub(crate) const ADMIN: &str = "Authorization: Basic YWRtaW5AaW50ZXJuYWw6c2VjcmV0";

/// A reply, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Lines of the head, names in lower case.
    pub(crate) head: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether the body came as the head announced it.
    pub(crate) whole: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn xml(&self) -> Element {
        Element::from_xml(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Asks as admin@internal; `headers` are whole lines.
pub(crate) async fn ask(engine: &Engine, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
    ask_as(engine, ADMIN, method, path, headers, body).await
}

/// Posts a form to a service beside the API.
pub(crate) async fn ask_form(engine: &Engine, path: &str, headers: &[&str], form: &str) -> Answer {
    let length = format!("Content-Length: {}", form.len());
    let head = [headers, &[&length]].concat().join("\r\n");
    let request =
        format!("POST {path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n{head}\r\n\r\n{form}");
    exchanged(engine, &request).await
}

/// Asks with `login` as the first header line.
pub(crate) async fn ask_as(
    engine: &Engine,
    login: &str,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n{login}\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Type: application/xml\r\nContent-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body);
    exchanged(engine, &request).await
}

async fn exchanged(engine: &Engine, request: &str) -> Answer {
    let mut stream = TcpStream::connect(engine.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    // A reset ends an answer as an end of file does.
    let _ = stream.read_to_end(&mut reply).await;
    answer(&String::from_utf8_lossy(&reply))
}

fn answer(reply: &str) -> Answer {
    let (head, raw) = reply.split_once("\r\n\r\n").unwrap_or((reply, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let pair =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let head: Vec<(String, String)> = lines.filter_map(pair).collect();
    let header = |name: &str| head.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let (body, whole) = if header("transfer-encoding") == Some("chunked") {
        unchunked(raw)
    } else {
        let expected = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        (raw.to_owned(), raw.len() == expected)
    };
    Answer { status, head, body, whole }
}

fn unchunked(mut raw: &str) -> (String, bool) {
    let mut body = String::new();
    while let Some((size, rest)) = raw.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or(0);
        if size == 0 {
            return (body, true);
        }
        let Some(chunk) = rest.get(..size) else { break };
        body.push_str(chunk);
        raw = rest.get(size + 2..).unwrap_or("");
    }
    (body, false)
}
