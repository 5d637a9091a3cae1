//! A request in a service's terms: what is its own; what every request has besides is added when it is sent.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};

use super::catalogue::Service;
use crate::{model::Filter, wire::target};

/// A request to a service, below the base of its API.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) method: Method,
    /// Path and query after the base.
    pub(super) target: String,
    /// Whether servers are wanted with their flavors in them.
    pub(super) with_flavors: bool,
    /// Header fields of its own, over those that every request has.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// A JSON document, or nothing.
    pub(super) body: Bytes,
}

impl Call {
    /// Reads what is at this path.
    pub(super) fn get(service: Service, path: &[&str]) -> Self {
        let (method, target) = (Method::GET, target::path(path));
        Call { service, method, target, with_flavors: false, headers: Vec::new(), body: Bytes::new() }
    }

    /// Reads what is said about what is at this path.
    pub(super) fn head(service: Service, path: &[&str]) -> Self {
        Call { method: Method::HEAD, ..Call::get(service, path) }
    }

    /// Sends a document, of one member of this name, to this path.
    pub(super) fn post(service: Service, path: &[&str], name: &str, order: impl Into<Value>) -> Self {
        let body = Object::default().with(name, order);
        Call { method: Method::POST, body: Value::from(body).to_string().into(), ..Call::get(service, path) }
    }

    /// Replaces what is at this path.
    pub(super) fn put(service: Service, path: &[&str], name: &str, order: impl Into<Value>) -> Self {
        Call { method: Method::PUT, ..Call::post(service, path, name, order) }
    }

    /// Removes what is at this path.
    pub(super) fn delete(service: Service, path: &[&str]) -> Self {
        Call { method: Method::DELETE, ..Call::get(service, path) }
    }

    /// The same call, with the flavors of the servers that it answers in them.
    pub(super) fn with_flavors(self) -> Self {
        Call { with_flavors: true, ..self }
    }

    /// The same call, made with another method.
    pub(super) fn by(self, method: Method) -> Self {
        Call { method, ..self }
    }

    /// The same call, with a header field.
    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same call, with a parameter in its query.
    pub(super) fn query(mut self, key: &str, value: &str) -> Self {
        target::add_parameter(&mut self.target, key, value);
        self
    }

    /// The same call of a list, narrowed to the things of the name that is wanted, if one is.
    pub(super) fn named(self, filter: &Filter) -> Self {
        match &filter.name {
            Some(name) => self.query("name", name),
            None => self,
        }
    }

    /// The same call, with this query instead of its own: that of a link to the next page.
    pub(super) fn with_query(mut self, query: &str) -> Self {
        let path = self.target.split('?').next().unwrap_or_default().len();
        self.target.truncate(path);
        self.target.push('?');
        self.target.push_str(query);
        self
    }
}

/// A JSON object that is put together for a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// The same, with a member.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same, with a member if there is a value for it.
    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Value::Object(object.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_put_in_changes_the_form_of_the_target() {
        let call = Call::get(Service::Compute, &["servers", "..", "../x;max=1?y#z"]).query("name", "a b&c");
        assert_eq!(call.target, "/servers/%2E%2E/..%2Fx%3Bmax%3D1%3Fy%23z?name=a%20b%26c");
    }

    #[test]
    fn the_next_page_is_of_the_same_list() {
        let call = Call::get(Service::Image, &["images"]).query("limit", "1");
        assert_eq!(call.clone().with_query("limit=1&marker=x").target, "/images?limit=1&marker=x");
        assert_eq!(Call::get(Service::Image, &["images"]).with_query("marker=x").target, "/images?marker=x");
    }
}
