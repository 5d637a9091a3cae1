//! A request in the engine's terms: what is its own; what every request has besides is added when it is sent.

use bytes::Bytes;
use http::Method;

use super::dialect::Along;
use crate::wire::target;

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
        Call { method: Method::GET, target: target::path(path), along: Along::Nothing, body: Bytes::new() }
    }

    /// Sends a document to this path.
    pub(super) fn post(path: &[&str], body: impl Into<Bytes>) -> Self {
        Call { method: Method::POST, target: target::path(path), along: Along::Nothing, body: body.into() }
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
        target::add_parameter(&mut self.target, key, value);
        self
    }
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
