//! What every document of one answer has in common.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;

use super::{
    html::{self, Tokens, Visit},
    negotiation::{self, Format, Wanted},
    parameters, path,
};
use crate::frontends::Arrival;

/// The version of the API that is spoken: that of the last release of Apache Deltacloud.
pub(super) const VERSION: &str = "1.1.3";

/// Where an answer is given, and in which form.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// The form of documents; what errors are written in where the client accepts none that there is.
    pub(super) format: Format,
    /// Who looks, where a page is wanted, which is made of what documents say in XML.
    pub(super) visit: Option<Arc<Visit>>,
    /// The URL of the entry point: absolute, as the client wrote host and port; its path alone on pages.
    base: String,
    /// The driver that is spoken to.
    pub(super) driver: &'static str,
    /// The provider that the client chose.
    pub(super) provider: Option<String>,
    /// The path that was asked for, as it was sent.
    pub(super) url: String,
}

impl Context {
    /// The context of the answer to `request`.
    pub(super) fn of(request: &Request<Bytes>, arrival: &Arrival, tokens: &Tokens) -> Self {
        let (format, visit) = match accepted(request) {
            Some(Wanted::Document(format)) => (format, None),
            Some(Wanted::Page) => (Format::Xml, Some(Arc::new(Visit::of(request, arrival, tokens)))),
            None => (Format::Xml, None),
        };
        let absolute = || format!("{}://{}/{}", arrival.scheme, arrival.host, path::ROOT);
        Context {
            format,
            base: visit.as_ref().map_or_else(absolute, |visit| visit.root.clone()),
            visit,
            driver: arrival.driver,
            provider: arrival.choice.provider.clone(),
            url: request.uri().path().to_owned(),
        }
    }

    /// The URL of what is at `segments`.
    pub(super) fn href(&self, segments: &[&str]) -> String {
        path::href(&self.base, segments)
    }

    /// The media type of documents or pages.
    pub(super) fn content_type(&self) -> &'static str {
        if self.visit.is_some() { html::CONTENT_TYPE } else { self.format.content_type() }
    }

    /// The header fields that every answer has.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("server", format!("Apache-Deltacloud/{VERSION}")),
            ("x-deltacloud-driver", self.driver.to_owned()),
        ];
        let provider = self.provider.iter().filter(|provider| is_field_value(provider));
        headers.extend(provider.map(|provider| ("x-deltacloud-provider", provider.clone())));
        headers.extend(self.visit.iter().flat_map(|_| html::headers()));
        headers
    }
}

/// Whether a header field can have it for its value. What the client says in the path may be anything.
fn is_field_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The form that the request accepts.
pub(super) fn accepted(request: &Request<Bytes>) -> Option<Wanted> {
    let asked = parameters::in_query(request, "format");
    negotiation::wanted(asked.as_deref(), request.headers())
}
