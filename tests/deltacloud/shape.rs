//! The shape of a document: its paths, without values, order and counts.

use std::collections::BTreeSet;

use quick_xml::{Reader, events::Event};
use serde_json::Value;

/// The paths in a document of this media type; none where it is neither XML nor JSON.
pub fn of(media: &str, body: &str) -> Option<BTreeSet<String>> {
    let mut paths = BTreeSet::new();
    if media.contains("json") {
        walk(&serde_json::from_str(body).ok()?, "", &mut paths);
        Some(paths)
    } else if media.contains("xml") && !media.contains("html") {
        xml(body, &mut paths)?;
        Some(paths)
    } else {
        None
    }
}

fn walk(value: &Value, at: &str, paths: &mut BTreeSet<String>) {
    paths.insert(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, inner)| walk(inner, &format!("{at}/{key}"), paths));
        }
        Value::Array(items) => items.iter().for_each(|inner| walk(inner, &format!("{at}[]"), paths)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn xml(body: &str, paths: &mut BTreeSet<String>) -> Option<()> {
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut at: Vec<String> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                at.push(String::from_utf8_lossy(element.name().as_ref()).into_owned());
                let path = format!("/{}", at.join("/"));
                for attribute in element.attributes() {
                    let attribute = attribute.ok()?;
                    paths.insert(format!("{path}@{}", String::from_utf8_lossy(attribute.key.as_ref())));
                }
                paths.insert(path);
            }
            Event::End(_) => _ = at.pop()?,
            Event::Eof => return at.is_empty().then_some(()),
            _ => {}
        }
    }
}

#[test]
fn shapes_are_paths() {
    let xml = of("application/xml", "<a k='1'><b/><b>text</b></a>").unwrap();
    assert_eq!(xml.into_iter().collect::<Vec<_>>(), ["/a", "/a/b", "/a@k"]);
    let json = of("application/json", "{\"a\":[{\"b\":1},{}]}").unwrap();
    assert_eq!(json.into_iter().collect::<Vec<_>>(), ["", "/a", "/a[]", "/a[]/b"]);
    assert_eq!(of("application/xml", "<a>"), None);
    assert_eq!(of("text/html", "<html></html>"), None);
}
