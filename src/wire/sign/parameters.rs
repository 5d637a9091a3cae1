//! The parameters of a request as a signature sees them.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};

use super::refusal::Refusal;
use crate::wire::form;

/// The decoded parameters of a request, in the order in which they were sent.
pub(super) struct Parameters<'a>(Vec<form::Pair<'a>>);

impl<'a> Parameters<'a> {
    /// Those of the query string.
    pub(super) fn of_query(query: Option<&'a str>) -> Result<Self, Refusal> {
        Ok(Self(form::pairs(query.unwrap_or_default()).collect::<Result<_, _>>()?))
    }

    /// Those of the query string and of the body, if the body is a form.
    pub(super) fn of_request(request: &'a Request<Bytes>) -> Result<Self, Refusal> {
        let mut parameters = Self::of_query(request.uri().query())?;
        if is_form(request) {
            for pair in form::pairs(request.body()) {
                parameters.0.push(pair?);
            }
        }
        Ok(parameters)
    }

    /// Whether any of these is present.
    pub(super) fn any(&self, names: &[&str]) -> bool {
        self.0.iter().any(|(name, _)| names.contains(&name.as_ref()))
    }

    /// The value of a parameter that decides about the signature and may thus be given only once.
    pub(super) fn get(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_ref());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(Refusal::Malformed(name)),
        }
    }

    /// As [`get`](Self::get), for one that must be there.
    pub(super) fn need(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name)?.ok_or(Refusal::Missing(name))
    }

    /// The canonical query string of both versions: encoded, then sorted by name and value, without
    /// `omitted`.
    pub(super) fn canonical(&self, omitted: Option<&str>) -> String {
        canonical(self.0.iter().filter(|(name, _)| Some(name.as_ref()) != omitted))
    }
}

/// Encodes parameters and sorts them by their encoded name, then by their encoded value, in byte order.
pub(super) fn canonical<'p, N, V>(parameters: impl IntoIterator<Item = &'p (N, V)>) -> String
where
    N: AsRef<str> + 'p,
    V: AsRef<str> + 'p,
{
    let mut encoded: Vec<_> = parameters
        .into_iter()
        .map(|(name, value)| {
            (form::encode(name.as_ref()).to_string(), form::encode(value.as_ref()).to_string())
        })
        .collect();
    encoded.sort_unstable();
    let pairs: Vec<_> = encoded.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// Whether the body holds parameters. A POST that does not say what it carries is taken for a form, as EC2
/// does.
pub(super) fn is_form(request: &Request<Bytes>) -> bool {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    let says_form = request.headers().get(CONTENT_TYPE).is_none_or(|given| {
        let essence = given.as_bytes().split(|&byte| byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(FORM)
    });
    request.method() == Method::POST && says_form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_is_sorted_after_encoding() {
        let query = Some("b=2&a=+&a-b=1&a=%7e&a=%2B&empty&%C3%A9=/");
        let parameters = Parameters::of_query(query).unwrap();
        assert_eq!(parameters.canonical(None), "%C3%A9=%2F&a=%20&a=%2B&a=~&a-b=1&b=2&empty=");
        assert_eq!(parameters.canonical(Some("a")), "%C3%A9=%2F&a-b=1&b=2&empty=");
    }

    #[test]
    fn a_deciding_parameter_is_given_once() {
        let parameters = Parameters::of_query(Some("one=1&two=1&two=2")).unwrap();
        assert_eq!(parameters.need("one"), Ok("1"));
        assert_eq!(parameters.get("two"), Err(Refusal::Malformed("two")));
        assert_eq!(parameters.get("none"), Ok(None));
        assert_eq!(parameters.need("none"), Err(Refusal::Missing("none")));
    }

    #[test]
    fn only_a_post_of_a_form_adds_parameters() {
        for (method, content_type, adds) in [
            ("POST", Some("application/x-www-form-urlencoded; charset=utf-8"), true),
            ("POST", Some("Application/X-WWW-Form-URLEncoded"), true),
            ("POST", None, true),
            ("POST", Some("application/json"), false),
            ("GET", None, false),
        ] {
            let mut builder = Request::builder().method(method).uri("/?a=1");
            if let Some(content_type) = content_type {
                builder = builder.header(CONTENT_TYPE, content_type);
            }
            let request = builder.body(Bytes::from_static(b"b=2")).unwrap();
            let parameters = Parameters::of_request(&request).unwrap();
            assert_eq!(parameters.any(&["b"]), adds, "{method} {content_type:?}");
        }
    }
}
