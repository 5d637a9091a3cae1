//! Engines: which version one is, and what every request to it has.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION},
};

use super::{
    dialect::{Dialect, Version},
    login,
    session::Document,
};
use crate::{
    exchange::{Level, Line},
    model::{Error, ErrorKind},
    wire::xml::{Element, Malformed},
};

/// Where the API is when the provider's URL does not say: since 3.4, and before.
const USUAL_BASES: &[&str] = &["/ovirt-engine/api", "/api"];
/// The media type of every document.
pub(super) const XML: HeaderValue = HeaderValue::from_static("application/xml");

/// An engine, as it was detected.
#[derive(Debug)]
pub(super) struct Engine {
    /// The path of its API.
    pub(super) base: String,
    pub(super) version: Version,
    pub(super) dialect: &'static Dialect,
}

/// Asks for the root of the API, which says the version in both representations.
pub(super) async fn detect(line: Line<'_>) -> Result<Engine, Error> {
    let url = line.provider.url.as_ref();
    let path = url.map(|url| url.path.as_str()).unwrap_or_default();
    let bases = if path.is_empty() { USUAL_BASES } else { &[path] };
    let mut answer = None;
    for base in bases {
        let response = root(line, base, login::basic(line.identity)?, None).await?;
        let found = response.status() != StatusCode::NOT_FOUND;
        answer = Some((base, response));
        if found {
            break;
        }
    }
    let (base, response) = answer.ok_or_else(|| Error::new(ErrorKind::Internal, "an API has no base"))?;
    let call = format!("GET {base}");
    if response.status() == StatusCode::NOT_FOUND {
        let message = format!("there is no oVirt API at '{base}': check the provider's URL");
        return Err(Error::new(ErrorKind::Unexpected, message).during(|| call));
    }
    let version = Document::of(response, call)?.read(version_of_root)?;
    tracing::info!(provider = %line.provider.name, base, major = version.major, minor = version.minor, "oVirt engine");
    Ok(Engine { base: (*base).to_owned(), version, dialect: version.dialect()? })
}

/// Asks for the root of the API, with a preference if there is one.
pub(super) async fn root(
    line: Line<'_>,
    base: &str,
    authorization: HeaderValue,
    prefer: Option<HeaderValue>,
) -> Result<Response<Bytes>, Error> {
    let mut request = request(Method::GET, base, Bytes::new())?;
    request.headers_mut().insert(ACCEPT, XML);
    request.headers_mut().insert(AUTHORIZATION, authorization);
    if let Some(prefer) = prefer {
        request.headers_mut().insert("prefer", prefer);
    }
    with_rights_of(line.provider.level, request.headers_mut());
    line.fetch(request).await
}

fn version_of_root(root: &mut Element<'_>) -> Result<Version, Malformed> {
    let mut version = None;
    if root.name() != "api" {
        return Err(Malformed::new("it is not the root of an oVirt API"));
    }
    root.children(|child| match child.name() {
        "product_info" => child.children(|child| {
            if child.name() == "version" {
                version = Some(read_version(child)?);
            }
            Ok(())
        }),
        _other => Ok(()),
    })?;
    version.ok_or_else(|| Malformed::new("the root of the API does not say the engine's version"))
}

/// A version: attributes in version 3, children in version 4.
pub(super) fn read_version(element: &mut Element<'_>) -> Result<Version, Malformed> {
    let number = |text: &str| text.trim().parse().map_err(|_| Malformed::new("a version is not a number"));
    let mut version = Version::new(0, 0);
    if let Some(major) = element.attribute("major")? {
        version.major = number(&major)?;
    }
    if let Some(minor) = element.attribute("minor")? {
        version.minor = number(&minor)?;
    }
    element.children(|child| {
        match child.name() {
            "major" => version.major = number(&child.text()?)?,
            "minor" => version.minor = number(&child.text()?)?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(version)
}

/// A request as all are: faults are judged by their English texts where no status tells them apart.
pub(super) fn request(method: Method, uri: &str, body: Bytes) -> Result<Request<Bytes>, Error> {
    let built = Request::builder().method(method).uri(uri).header(ACCEPT_LANGUAGE, "en-US").body(body);
    built.map_err(|error| Error::new(ErrorKind::Internal, "a request could not be built").with_source(error))
}

/// A user without an administrator's rights is refused whatever he does not ask to be filtered, even the root.
pub(super) fn with_rights_of(level: Level, headers: &mut HeaderMap) {
    if level == Level::User {
        headers.insert("filter", HeaderValue::from_static("true"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml;

    #[test]
    fn the_root_says_the_version_in_both_representations() {
        let v3 = r#"<api><product_info><name>RHEVM</name><version major="3" minor="1" build="0"/></product_info></api>"#;
        let v4 = "<api><product_info><version><build>10</build><major>4</major><minor>4</minor></version></product_info></api>";
        assert_eq!(xml::document(v3.as_bytes(), version_of_root).unwrap(), Version::new(3, 1));
        assert_eq!(xml::document(v4.as_bytes(), version_of_root).unwrap(), Version::new(4, 4));
        assert!(xml::document(b"<html><body/></html>", version_of_root).is_err());
    }
}
