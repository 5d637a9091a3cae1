//! Parameters: of the body, of the query and of the path, in this order.
//!
//! Clients send them wherever they like, the Ruby and Java ones all in the query, so what an operation needs is looked
//! up in all of them. What no operation knows is ignored. An empty value is what an HTML form sends for a field that
//! was left out, and is taken for that.

use bytes::Bytes;
use http::{Method, Request, header::CONTENT_TYPE};

use super::{errors::Fault, multipart, path::Path};
use crate::wire::form;

/// The media type of a body with parameters.
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of a request to `path`.
    ///
    /// # Errors
    /// When the query or the body cannot be read.
    pub(super) fn of(request: &Request<Bytes>, path: &Path) -> Result<Self, Fault> {
        let mut all = body(request)?;
        all.extend(Parameters::outside_the_body(request, path)?.0);
        Ok(Parameters(all))
    }

    /// Those that are not in the body, which is something else.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub(super) fn outside_the_body(request: &Request<Bytes>, path: &Path) -> Result<Self, Fault> {
        let mut all = Vec::new();
        all.extend(pairs(request.uri().query().unwrap_or_default().as_bytes())?);
        all.extend(path.parameters.iter().cloned());
        Ok(Parameters(all))
    }

    /// Takes more of them up.
    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = (String, String)>) {
        self.0.extend(more);
    }

    /// The value of the parameter, unless it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may be there several times.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.0.iter().filter(move |(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Whether a parameter that is a truth is there and says so: anything but `false`, `no`, `off` and `0` does.
    pub(super) fn flag(&self, name: &str) -> bool {
        let says_no = |text: &str| ["false", "no", "off", "0"].iter().any(|no| no.eq_ignore_ascii_case(text));
        self.text(name).is_some_and(|text| !says_no(text))
    }

    /// The value of a parameter that has to be there.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| {
            let message = format!("Required parameter '{name}' not found");
            Fault::invalid(message).of(name)
        })
    }

    /// The whole number that the parameter is.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn number(&self, name: &str) -> Result<Option<u32>, Fault> {
        let number = |text: &str| {
            let message = format!("Parameter '{name}' is not a whole number");
            text.parse().map_err(|_| Fault::invalid(message).of(name))
        };
        self.text(name).map(number).transpose()
    }
}

/// The value of a parameter of the query, for what has to be known before the rest is read.
pub(super) fn in_query(request: &Request<Bytes>, name: &str) -> Option<String> {
    let mut pairs = form::pairs(request.uri().query().unwrap_or_default()).map_while(Result::ok);
    pairs.find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// The method that is meant: a form, which can only post, names another one in `_method`.
pub(super) fn method(request: &Request<Bytes>) -> Method {
    let method = request.method();
    if method != Method::POST {
        return method.clone();
    }
    let named = in_query(request, "_method").or_else(|| {
        let pairs = body(request).ok()?;
        pairs.into_iter().find(|(name, _)| name == "_method").map(|(_, value)| value)
    });
    match named.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("delete") => Method::DELETE,
        Some("put") => Method::PUT,
        Some(_) | None => Method::POST,
    }
}

fn body(request: &Request<Bytes>) -> Result<Vec<(String, String)>, Fault> {
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or(FORM);
    let name = media.split(';').next().unwrap_or_default().trim();
    match name {
        name if name.eq_ignore_ascii_case(FORM) => pairs(request.body()),
        name if name.eq_ignore_ascii_case("multipart/form-data") => {
            multipart::fields(media, request.body()).map_err(Fault::invalid)
        }
        _ => Ok(Vec::new()),
    }
}

fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let owned =
        form::pairs(bytes).map(|pair| pair.map(|(name, value)| (name.into_owned(), value.into_owned())));
    owned.collect::<Result<_, _>>().map_err(|malformed| Fault::invalid(malformed.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontends::deltacloud::path;

    fn post(target: &str, media: &str, body: &'static str) -> Request<Bytes> {
        let request = Request::post(target).header(CONTENT_TYPE, media);
        request.body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    #[test]
    fn the_body_wins_over_the_query_and_the_query_over_the_path() {
        let request = post("/api/instances;a=path;b=path;c=path?a=query&b=query&d=", FORM, "a=body&e=1");
        let parameters = Parameters::of(&request, &path::read(request.uri().path()).unwrap()).unwrap();
        assert_eq!(
            ["a", "b", "c", "d"].map(|name| parameters.text(name)),
            [Some("body"), Some("query"), Some("path"), None]
        );
        assert_eq!(parameters.number("e").unwrap(), Some(1));
        assert!(parameters.number("a").is_err());
        assert!(parameters.required("d").is_err());
    }

    #[test]
    fn a_form_names_the_method_that_it_means() {
        for (target, body, method_meant) in [
            ("/api/instances/i", "_method=delete", Method::DELETE),
            ("/api/instances/i?_method=DELETE", "", Method::DELETE),
            ("/api/instances/i", "_method=put", Method::PUT),
            ("/api/instances/i", "_method=trace", Method::POST),
            ("/api/instances/i", "a=%", Method::POST),
        ] {
            assert_eq!(method(&post(target, FORM, body)), method_meant, "{target} {body}");
        }
        let get = Request::get("/api/instances/i?_method=delete").body(Bytes::new()).unwrap();
        assert_eq!(method(&get), Method::GET);
    }

    #[test]
    fn a_broken_form_is_refused() {
        let request = post("/api/instances", FORM, "image_id=%zz");
        assert!(Parameters::of(&request, &Path::default()).is_err());
        let json = post("/api/instances", "application/json", "{\"image_id\":\"img1\"}");
        assert!(Parameters::of(&json, &Path::default()).unwrap().text("image_id").is_none());
    }
}
