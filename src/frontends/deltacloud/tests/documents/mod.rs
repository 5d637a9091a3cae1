//! The documents of things, as a cloud that can do everything has them.

mod instances;
mod networks;
mod others;
mod storage;

use std::collections::BTreeSet;

use quick_xml::escape::unescape;
use serde_json::Value;

use super::*;

/// What XML says and JSON does not: units, and what kind of thing is meant where there is only one.
const XML_ALONE: &[&str] = &["GB", "MB", "count", "label", "fixed"];

/// The document of a thing in XML, without what is before it, and in JSON, without its name around it.
fn both(collection: &str, resource: Resource<'_>) -> (String, Value) {
    shown(collection, resource, &complete())
}

fn shown(collection: &str, resource: Resource<'_>, cloud: &Capabilities) -> (String, Value) {
    let resources = [resource];
    let answer = |format: &str| {
        let target = format!("/api/{collection}/x?format={format}");
        let call = front_end().decode(&request("GET", &target), &arrival(), cloud);
        answered(call.map_err(|reply| reply.body).unwrap(), &resources)
    };
    let xml = answer("xml").replace("https://cloud.example:3001/api", "API");
    let json = answer("json").replace("https://cloud.example:3001/api", "API");
    let json: Value = serde_json::from_str(&json).unwrap();
    let (name, inner) = json.as_object().unwrap().iter().next().unwrap();
    assert!(xml.contains(&format!("\n<{name} ")), "{name} is not the root of {xml}");
    let missing: Vec<_> =
        said_in_xml(xml.split_once("?>").unwrap().1).difference(&said_in_json(inner)).cloned().collect();
    assert!(missing.is_empty(), "JSON does not say {missing:?}, which XML says: {xml}");
    (xml.split_once("?>\n").unwrap().1.to_owned(), inner.clone())
}

/// Every value in a document, which has no quotes and brackets but those of its elements.
fn said_in_xml(xml: &str) -> BTreeSet<String> {
    let elements = xml.split('<').filter_map(|piece| piece.split_once('>'));
    let values = elements.flat_map(|(tag, text)| tag.split('"').skip(1).step_by(2).chain([text]));
    let values = values.filter(|value| !value.trim().is_empty() && !XML_ALONE.contains(value));
    values.map(|value| unescape(value).unwrap().into_owned()).collect()
}

/// Every value in a document, and every name: some are values in XML.
fn said_in_json(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(members) => {
            members.values().flat_map(said_in_json).chain(members.keys().cloned()).collect()
        }
        Value::Array(items) => items.iter().flat_map(said_in_json).collect(),
        Value::String(text) => BTreeSet::from([text.clone()]),
        Value::Number(number) => BTreeSet::from([number.to_string()]),
        Value::Null | Value::Bool(_) => BTreeSet::new(),
    }
}
