//! Documents in XML. There are no document types, so nothing expands.

use super::raw::{OWN_TEXT, Raw};
use crate::{
    frontends::cimi::{
        dialect::{Dialect, NAMESPACE},
        errors::Fault,
    },
    wire::xml::{self, Element, Malformed},
};

/// The attributes that elements of CIMI have.
const ATTRIBUTES: &[&str] = &["href", "key", "initialLocation", "rel", "resourceURI"];

/// What the root element is called, and what is in it.
///
/// # Errors
/// When it is malformed, or of another namespace.
pub(super) fn read(body: &[u8], dialect: Dialect) -> Result<(Option<String>, Raw), Fault> {
    let read = xml::document(body, |root| {
        let (prefix, name) = split(root.name());
        let declared = match prefix {
            Some(prefix) => root.attribute(&format!("xmlns:{prefix}"))?,
            None => root.attribute("xmlns")?,
        };
        let (declared, name) = (declared.map(std::borrow::Cow::into_owned), name.to_owned());
        Ok((declared, name, raw(root)?))
    });
    let (declared, name, raw) =
        read.map_err(|malformed| Fault::invalid(format!("Bad request: {malformed}")))?;
    match (declared.as_deref(), dialect) {
        (Some(NAMESPACE), _) | (None, Dialect::Compatible) => Ok((Some(name), raw)),
        (Some(_), _) | (None, Dialect::Strict) => {
            Err(Fault::invalid(format!("The document is not of the namespace {NAMESPACE}")))
        }
    }
}

/// The prefix and the local part of a name.
fn split(name: &str) -> (Option<&str>, &str) {
    match name.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, name),
    }
}

fn raw(element: &mut Element<'_>) -> Result<Raw, Malformed> {
    let mut members = Vec::new();
    for name in ATTRIBUTES {
        if let Some(value) = element.attribute(name)? {
            members.push(((*name).to_owned(), Raw::Text(value.into_owned())));
        }
    }
    let text = element.clone().text()?.trim().to_owned();
    element.children(|child| {
        let (_, name) = split(child.name());
        let name = name.to_owned();
        members.push((name, raw(child)?));
        Ok(())
    })?;
    if members.is_empty() {
        return Ok(if text.is_empty() { Raw::Null } else { Raw::Text(text) });
    }
    if !text.is_empty() {
        members.push((OWN_TEXT.to_owned(), Raw::Text(text)));
    }
    Ok(Raw::Object(members))
}
