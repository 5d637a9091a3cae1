//! What a client sends: a document in JSON or in XML, checked against the table of attributes of what it is to be.
//!
//! **Invariants**
//! - Nothing is passed over silently but what can only be read (DSP0263, section 5.2): an unknown attribute, one that is
//!   there twice and one of another type are refused, with its name.
//! - What is wrong with a document is said without repeating what it holds, which may be a secret.

mod checked;
mod json;
mod object;
mod raw;
mod xml;

use bytes::Bytes;
use http::{Request, StatusCode, header::CONTENT_TYPE};

pub(super) use self::object::Object;
use super::{attribute::Resource, dialect::Dialect, errors::Fault};
use crate::wire::document::Format;

/// The document in the body of a request, which is to be one of these.
///
/// # Errors
/// When there is none, or it makes no sense.
pub(super) fn read(
    request: &Request<Bytes>,
    kinds: &[&'static Resource],
    dialect: Dialect,
) -> Result<Object, Fault> {
    let format = format(request)?;
    if request.body().iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::invalid("The request has no body"));
    }
    let (name, raw) = match format {
        Format::Json => json::read(request.body())?,
        Format::Xml => xml::read(request.body(), dialect)?,
    };
    let named = |kind: &&&Resource| is_called(kind, name.as_deref(), dialect);
    let Some(kind) = kinds.iter().find(named) else {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        return Err(Fault::invalid(format!("The document is no {}", names.join(" or "))));
    };
    checked::check(raw, kind, format)
}

/// Whether a document of this name may be one of these. A document in JSON need not say what it is; the original looked at
/// no name at all, and its clients call a thing and its creation by the same name, in letters of any case.
fn is_called(kind: &Resource, name: Option<&str>, dialect: Dialect) -> bool {
    let Some(name) = name else { return true };
    let bare = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.strip_suffix("create").map(str::to_owned).unwrap_or(name)
    };
    match dialect {
        Dialect::Strict => name == kind.name,
        Dialect::Compatible => bare(name) == bare(kind.name),
    }
}

fn format(request: &Request<Bytes>) -> Result<Format, Fault> {
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Format::Json),
        "application/xml" | "text/xml" => Ok(Format::Xml),
        _ => {
            let message = "The body has to be application/json or application/xml";
            Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

/// The last segment of a type's URI.
fn last_segment(uri: &str) -> String {
    uri.trim().rsplit('/').next().unwrap_or_default().to_owned()
}
