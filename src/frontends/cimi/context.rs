//! What every document of one answer has in common.

use bytes::Bytes;
use http::{Method, Request};
use jiff::Timestamp;

use super::{dialect::Dialect, negotiation, path};
use crate::{frontends::Arrival, wire::document::Format};

/// The version of the specification that is spoken.
pub(super) const VERSION: &str = "1.0.1";

/// Where an answer is given, and in which form.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) dialect: Dialect,
    /// The form of documents; what errors are written in where the client accepts none that there is.
    pub(super) format: Format,
    /// The URL of the API: absolute, as the client wrote host and port.
    base: String,
    /// The driver that is spoken to.
    pub(super) driver: &'static str,
    /// The provider that the client chose.
    pub(super) provider: Option<String>,
    /// The method and the path of what was asked.
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) now: Timestamp,
}

impl Context {
    /// The context of the answer to `request`.
    pub(super) fn of(request: &Request<Bytes>, arrival: &Arrival, dialect: Dialect) -> Self {
        Context {
            dialect,
            format: negotiation::wanted(request).unwrap_or(Format::Json),
            base: format!("{}://{}/{}", arrival.scheme, arrival.host, path::ROOT),
            driver: arrival.driver,
            provider: arrival.choice.provider.clone(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            now: arrival.now,
        }
    }

    /// The URL of what is at `segments`.
    pub(super) fn href(&self, segments: &[&str]) -> String {
        path::href(&self.base, segments)
    }

    /// The URL of what was asked for.
    pub(super) fn target(&self) -> String {
        let host = self.base.strip_suffix(path::ROOT).unwrap_or(&self.base);
        format!("{}{}", host.trim_end_matches('/'), self.path)
    }

    /// The header fields that every answer has.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        vec![("cimi-specification-version", VERSION.to_owned())]
    }
}
