//! One request to the API, taken apart.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::element::Element;
use super::mode::{Api, Mode};
use super::model::User;
use super::reply::{Problem, Shown};

/// A request whose sender is known.
pub struct Call {
    pub method: String,
    /// Segments below the API's base, decoded.
    pub path: Vec<String>,
    /// Query parameters, then the matrix parameters of the last segment.
    pub params: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub shown: Shown,
    pub user: Arc<User>,
    pub correlation: String,
}

/// Where in the engine a path leads.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// What hrefs begin with.
    pub prefix: String,
    /// The version that the path names.
    pub version: Option<u32>,
    pub segments: Vec<String>,
    pub matrix: Vec<(String, String)>,
}

/// Finds the API's base in a raw path; `None` when it is not below one.
pub fn locate(mode: Mode, path: &str) -> Option<Place> {
    let below = |base: &'static str| {
        let rest = path.strip_prefix(base)?;
        (rest.is_empty() || rest.starts_with(['/', ';'])).then_some((base, rest))
    };
    let (base, rest) = mode.bases().iter().find_map(|base| below(base))?;
    let (version, rest) = path_version(mode, rest);
    let prefix = version.map_or_else(|| base.to_owned(), |version| format!("{base}/v{version}"));
    let (rest, matrix) = rest.split_once(';').map_or((rest, ""), |(rest, matrix)| (rest, matrix));
    let segments = rest.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    Some(Place { prefix, version, segments, matrix: pairs(matrix, ';') })
}

/// `/v4/vms` gives 4 and `/vms`, on engines that know versions in paths.
fn path_version(mode: Mode, rest: &str) -> (Option<u32>, &str) {
    let named = rest.strip_prefix("/v").filter(|_| mode >= Mode::V3_6);
    let Some(named) = named else { return (None, rest) };
    let digits = named.len() - named.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match named[..digits].parse() {
        Ok(version) if named[digits..].is_empty() || named[digits..].starts_with('/') => {
            (Some(version), &named[digits..])
        }
        _ => (None, rest),
    }
}

/// The representation asked for, by path or header; `Err` for one the engine does not know.
pub fn choose_api(mode: Mode, path: Option<u32>, header: Option<&str>) -> Result<Api, ()> {
    if mode <= Mode::V3_6 {
        return match path {
            None | Some(3) => Ok(Api::V3),
            Some(_) => Err(()),
        };
    }
    match path.or(header.map(|text| text.trim().parse().unwrap_or(0))) {
        None => Ok(mode.default_api()),
        Some(3) => Ok(Api::V3),
        Some(4) => Ok(Api::V4),
        Some(_) => Err(()),
    }
}

/// `a=1&b=2` with the given separator, decoded; a name alone has the empty value.
pub fn pairs(text: &str, separator: char) -> Vec<(String, String)> {
    let one = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
    };
    text.split(separator).filter(|pair| !pair.is_empty()).map(one).collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The engine's many words for true and false; an empty value is true.
pub fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "" | "t" | "true" | "y" | "yes" | "1" => Some(true),
        "f" | "false" | "n" | "no" | "0" => Some(false),
        _ => None,
    }
}

impl Call {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.param(name).and_then(truth)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn mode(&self) -> Mode {
        self.shown.dialect.mode
    }

    pub fn v3(&self) -> bool {
        self.shown.dialect.v3()
    }

    /// Whether the last segment names something to do, not a collection to add to.
    pub fn is_action(&self) -> bool {
        let last = self.path.last().map(String::as_str).unwrap_or_default();
        let adds = last.ends_with('s') && !last.ends_with("macaddresses") && !last.ends_with("filesystems");
        self.method == "POST" && self.path.len() % 2 == 1 && self.path.len() >= 3 && !adds
    }

    /// Whether the client wants the answer only when all tasks have ended.
    pub fn waits(&self) -> bool {
        let expect = self.header("x-ovirt-expect").or(self.header("expect"));
        expect.is_some_and(|expect| expect.contains("201-created"))
    }

    /// The body as the element `root`.
    ///
    /// # Errors
    /// 415 for an unknown content type, 400 for a body that is not such an element.
    pub fn element(&self, root: &str) -> Result<Element, Problem> {
        let content_type = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let body = String::from_utf8_lossy(&self.body);
        let parsed = if content_type.starts_with("application/json") {
            Element::from_json(root, &body)
        } else if content_type.starts_with("application/xml") || content_type.starts_with("text/xml") {
            Element::from_xml(&body)
        } else {
            return Err(Problem::Unsupported);
        };
        let element = parsed.map_err(|_| self.syntax())?;
        if element.name == root { Ok(element) } else { Err(self.syntax()) }
    }

    /// The body of a request that needs none, e.g. of a DELETE.
    pub fn optional_element(&self, root: &str) -> Element {
        self.element(root).unwrap_or_else(|_| Element::named(root))
    }

    fn syntax(&self) -> Problem {
        let usage = if self.v3() {
            "For correct usage, see: http://localhost/api?rsdl".to_owned()
        } else {
            let service = self.path.first().map_or("system", String::as_str);
            format!(
                "For correct usage, see: https://localhost/ovirt-engine/apidoc#services/{service}/methods/add"
            )
        };
        Problem::bad("Request syntactically incorrect.", usage)
    }

    /// Reads an id of the path.
    ///
    /// # Errors
    /// An id that is no UUID is a fault; before 3.3 it was simply not found.
    pub fn id(&self, text: &str) -> Result<Uuid, Problem> {
        let parsed = Uuid::parse_str(text).ok().filter(|_| text.len() == 36);
        parsed.ok_or_else(|| match self.mode() {
            Mode::V3_0 | Mode::V3_1 => Problem::NotFound,
            Mode::V3_6 | Mode::V4_1 | Mode::V4_4 => {
                Problem::bad("Operation failed", format!("Invalid UUID string: {text}"))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        let place = locate(Mode::V4_1, "/ovirt-engine/api/v3/vms/a%20b;max=10;detail=nics+disks").unwrap();
        assert_eq!((place.prefix.as_str(), place.version), ("/ovirt-engine/api/v3", Some(3)));
        assert_eq!(place.segments, ["vms", "a b"]);
        assert_eq!(place.matrix[1], ("detail".to_owned(), "nics disks".to_owned()));
        assert_eq!(locate(Mode::V4_1, "/api/vms"), None);
        assert_eq!(locate(Mode::V3_6, "/api/vms").unwrap().prefix, "/api");
        assert_eq!(locate(Mode::V4_4, "/ovirt-engine/api/vms").unwrap().version, None);
    }
}
