//! The documents of things, as a cloud that can do everything has them.

mod instances;
mod networks;
mod others;
mod storage;

use serde_json::Value;

use super::*;

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
    (xml.split_once("?>\n").unwrap().1.to_owned(), inner.clone())
}
