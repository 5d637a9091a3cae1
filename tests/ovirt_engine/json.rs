//! The JSON representation, made from the XML one as JAXB's annotations make it.

use serde_json::{Map, Value};

use super::element::Element;

/// Members that hold a moment, in JSON a number of milliseconds.
const MOMENTS: [&str; 3] = ["date", "time", "last_updated"];

/// Collections whose items are not called by the singular of their name.
const ODD_LISTS: [(&str, &str); 5] = [
    ("supported_versions", "version"),
    ("required_rng_sources", "required_rng_source"),
    ("options", "option"),
    ("custom_scheduling_policy_properties", "property"),
    ("values", "system_option_value"),
];

/// Turns a rendered element into JSON, with its name.
pub fn from_xml(xml: &str) -> Option<(String, Value)> {
    let element = Element::from_xml(xml).ok()?;
    let value = value(&element);
    Some((element.name, value))
}

fn value(element: &Element) -> Value {
    let bare = element.attributes.is_empty() && element.children.is_empty();
    if bare && (!element.text.trim().is_empty() || !is_collection(&element.name)) {
        return leaf(element);
    }
    let mut members = Map::new();
    for child in &element.children {
        let value = value(child);
        if !is_list(&element.name, &child.name) {
            members.insert(child.name.clone(), value);
            continue;
        }
        let list = members.entry(child.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.push(value);
        }
    }
    for (name, value) in &element.attributes {
        members.insert(name.clone(), Value::String(value.clone()));
    }
    Value::Object(members)
}

fn leaf(element: &Element) -> Value {
    let moment = element.name.ends_with("_time") || MOMENTS.contains(&element.name.as_str());
    let parsed = element.text.parse::<jiff::Timestamp>().ok().filter(|_| moment);
    parsed.map_or_else(|| Value::String(element.text.clone()), |time| Value::from(time.as_millisecond()))
}

/// Whether an empty element of this name is an empty collection, not an empty string.
fn is_collection(name: &str) -> bool {
    name.ends_with('s')
        && !name.ends_with("ss")
        && !["status", "os", "bios", "alias", "dns_servers", "authorized_ssh_keys", "max_guest_status"]
            .contains(&name)
}

fn is_list(parent: &str, child: &str) -> bool {
    let plural = |singular: &str| match singular.strip_suffix('y') {
        Some(stem) if !singular.ends_with("key") => format!("{stem}ies"),
        _ if singular.ends_with('s') => format!("{singular}es"),
        _ => format!("{singular}s"),
    };
    child == "link" || parent == plural(child) || ODD_LISTS.contains(&(parent, child))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_strings_moments_are_numbers_lists_keep_their_wrapper() {
        let xml = r#"<vm href="/vms/1" id="1"><memory>1024</memory><stop_time>2022-10-25T08:17:56.849+00:00</stop_time>
            <comment></comment><host_devices/><nics><nic id="2"/></nics></vm>"#;
        let (name, value) = from_xml(xml).unwrap();
        assert_eq!(name, "vm");
        let expected = serde_json::json!({
            "href": "/vms/1", "id": "1", "memory": "1024", "stop_time": 1_666_685_876_849_i64, "comment": "",
            "host_devices": {}, "nics": {"nic": [{"id": "2"}]},
        });
        assert_eq!(value, expected);
    }
}
