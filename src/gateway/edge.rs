//! What no front end claims: the root, which leads to what is served, and everything that leads nowhere.

use bytes::{Bytes, BytesMut};
use http::{Method, StatusCode, header};
use pingora::http::RequestHeader;

use crate::{
    frontends::{Frontend, Head, Reply},
    wire::xml::Writer,
};

const TEXT: &str = "text/plain; charset=utf-8";

/// The answer to a request that no front end claims.
pub(super) fn answer(frontends: &[Box<dyn Frontend>], request: &RequestHeader) -> Reply {
    let looks = matches!(request.method, Method::GET | Method::HEAD);
    // What brings parameters is a client's that was pointed at the wrong path.
    let is_root = request.uri.path() == "/" && request.uri.query().is_none();
    if looks && is_root { root(frontends, request) } else { nowhere(frontends) }
}

fn root(frontends: &[Box<dyn Frontend>], request: &RequestHeader) -> Reply {
    let accept =
        request.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut ranges = accept.split([',', ';']).map(str::trim);
    let all: Vec<(&str, &str)> =
        frontends.iter().map(|frontend| (frontend.name(), frontend.entry())).collect();
    let form = ranges.find_map(|range| FORMS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(range)));
    let (media, body) = form.map_or_else(|| (TEXT, text(&all)), |(_, media, write)| (*media, write(&all)));
    reply(StatusCode::OK, media, body, "ok")
}

/// Writes the names of front ends and where they begin.
type Write = fn(&[(&str, &str)]) -> Bytes;

/// The media ranges that have a form of their own, and its media type.
const FORMS: &[(&str, &str, Write)] = &[
    ("text/html", "text/html; charset=utf-8", html),
    ("application/xhtml+xml", "text/html; charset=utf-8", html),
    ("application/json", "application/json", json),
    ("application/xml", "application/xml", xml),
    ("text/xml", "application/xml", xml),
];

fn html(all: &[(&str, &str)]) -> Bytes {
    let links: String =
        all.iter().map(|(name, at)| format!("<li><a href=\"{at}\">{name}</a></li>")).collect();
    let head = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Deltagate</title></head>";
    format!("{head}<body><h1>Deltagate</h1><ul>{links}</ul></body></html>\n").into()
}

fn json(all: &[(&str, &str)]) -> Bytes {
    let links: Vec<_> = all.iter().map(|(name, at)| serde_json::json!({"name": name, "href": at})).collect();
    serde_json::json!({"frontends": links}).to_string().into()
}

fn xml(all: &[(&str, &str)]) -> Bytes {
    let mut out = BytesMut::new();
    let mut xml = Writer::new(&mut out);
    xml.declaration().open("frontends");
    for (name, at) in all {
        xml.open_with("frontend", &[("href", at), ("name", name)]).close("frontend");
    }
    xml.close("frontends");
    out.freeze()
}

fn text(all: &[(&str, &str)]) -> Bytes {
    let lines: String = all.iter().map(|(name, at)| format!("{name}: {at}\n")).collect();
    lines.into()
}

fn nowhere(frontends: &[Box<dyn Frontend>]) -> Reply {
    let names: Vec<&str> = frontends.iter().map(|frontend| frontend.name()).collect();
    let body = format!("Nothing is served at this path. The APIs that are served: {}.\n", names.join(", "));
    reply(StatusCode::NOT_FOUND, TEXT, body.into(), "no_such_path")
}

fn reply(status: StatusCode, media: &'static str, body: Bytes, outcome: &'static str) -> Reply {
    Reply { head: Head::new(status, media), headers: Vec::new(), body, outcome }
}
