//! The head of a request as a signature sees it: exactly as it was received.

use std::borrow::Cow;

use http::header::HOST;
use http::{HeaderMap, Method, Request, Uri, request};

use super::refusal::Refusal;

/// What a signature covers of a request besides its body.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The target, whose path and query must still be those that the client wrote.
    pub uri: &'a Uri,
    /// All headers.
    pub headers: &'a HeaderMap,
}

impl<'a> Head<'a> {
    /// The path as it was written. The target of a CONNECT has none.
    pub(super) fn path(&self) -> Result<&'a str, Refusal> {
        let target = self.uri.path_and_query().ok_or(Refusal::Missing("a path in the request's target"))?;
        Ok(target.path())
    }

    /// The values of a header, or `None` if there is none. HTTP/2 puts the host into the target.
    pub(super) fn values(&self, name: &str) -> Option<Vec<Cow<'a, [u8]>>> {
        let given: Vec<_> =
            self.headers.get_all(name).iter().map(|value| Cow::Borrowed(value.as_bytes())).collect();
        if !given.is_empty() {
            return Some(given);
        }
        let authority = self.uri.authority().filter(|_| name == HOST.as_str())?;
        let host = authority.as_str().rsplit('@').next()?;
        Some(vec![Cow::Borrowed(host.as_bytes())])
    }

    /// The host with its port as it was written, in lower case; `None` if there is not exactly one or it is
    /// not ASCII.
    pub(super) fn host(&self) -> Option<String> {
        let values = self.values(HOST.as_str())?;
        let [only] = values.as_slice() else { return None };
        only.is_ascii().then(|| String::from_utf8(only.to_ascii_lowercase()).ok())?
    }
}

impl<'a, B> From<&'a Request<B>> for Head<'a> {
    fn from(request: &'a Request<B>) -> Self {
        Self { method: request.method(), uri: request.uri(), headers: request.headers() }
    }
}

impl<'a> From<&'a request::Parts> for Head<'a> {
    fn from(parts: &'a request::Parts) -> Self {
        Self { method: &parts.method, uri: &parts.uri, headers: &parts.headers }
    }
}
