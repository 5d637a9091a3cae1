//! A request in the engine's terms: what is its own; what every request has besides is added when it is sent.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::dialect::Along;

/// What may stand in a path segment and in a value of a query as it is: the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request to the engine, below the base of its API.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query after the base.
    pub(super) target: String,
    /// What is wanted together with the VMs that it answers.
    pub(super) along: Along,
    /// A document, or nothing.
    pub(super) body: Bytes,
}

impl Call {
    /// Reads what is at this path.
    pub(super) fn get(path: &[&str]) -> Self {
        Call { method: Method::GET, target: target(path), along: Along::Nothing, body: Bytes::new() }
    }

    /// Sends a document to this path.
    pub(super) fn post(path: &[&str], body: impl Into<Bytes>) -> Self {
        Call { method: Method::POST, target: target(path), along: Along::Nothing, body: body.into() }
    }

    /// Changes what is at this path to what a document says.
    pub(super) fn put(path: &[&str], body: impl Into<Bytes>) -> Self {
        Call { method: Method::PUT, ..Call::post(path, body) }
    }

    /// Removes what is at this path.
    pub(super) fn delete(path: &[&str]) -> Self {
        Call { method: Method::DELETE, ..Call::get(path) }
    }

    /// Removes what is at this path, as a document says.
    pub(super) fn delete_as(path: &[&str], body: impl Into<Bytes>) -> Self {
        Call { method: Method::DELETE, ..Call::post(path, body) }
    }

    /// The same call, with the interfaces, disks and addresses of the VMs that it answers.
    pub(super) fn with_details(self) -> Self {
        self.along(Along::Devices)
    }

    /// The same call, with something of the VMs that it answers.
    pub(super) fn along(self, along: Along) -> Self {
        Call { along, ..self }
    }

    /// The same call, with a parameter in its query.
    pub(super) fn query(mut self, key: &str, value: &str) -> Self {
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(key);
        self.target.push('=');
        self.target.extend(encoded(value));
        self
    }
}

/// A text as it stands in a path, a query or a form.
pub(super) fn encoded(text: &str) -> impl Iterator<Item = &str> {
    utf8_percent_encode(text, ENCODED)
}

fn target(path: &[&str]) -> String {
    let mut target = String::with_capacity(64);
    for segment in path {
        target.push('/');
        target.extend(encoded(segment));
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_put_in_changes_the_form_of_the_target() {
        let call =
            Call::get(&["vms", "../x;max=1?y#z"]).query("search", "name=\"a b\" or c&d").query("max", "1");
        let expected = "/vms/..%2Fx%3Bmax%3D1%3Fy%23z?search=name%3D%22a%20b%22%20or%20c%26d&max=1";
        assert_eq!(call.target, expected);
    }
}
