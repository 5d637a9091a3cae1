//! The shape of a document: its paths, without order and counts, with or without what is said there.

use std::collections::BTreeSet;

use quick_xml::{Reader, events::Event};
use serde_json::Value;

/// What a document of some media type says: each of its paths, with every text that is there or else with none.
pub type Said = BTreeSet<(String, String)>;

/// The paths in a document of this media type; none where it is neither XML nor JSON.
pub fn of(media: &str, body: &str) -> Option<BTreeSet<String>> {
    said(media, body).map(|said| said.into_iter().map(|(path, _)| path).collect())
}

/// What a document of this media type says; none where it is neither XML nor JSON.
pub fn said(media: &str, body: &str) -> Option<Said> {
    let mut said = Said::new();
    if media.contains("json") {
        walk(&serde_json::from_str(body).ok()?, "", &mut said);
        Some(said)
    } else if media.contains("xml") && !media.contains("html") {
        xml(body, &mut said)?;
        Some(said)
    } else {
        None
    }
}

fn walk(value: &Value, at: &str, said: &mut Said) {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Object(_) | Value::Array(_) => String::new(),
    };
    said.insert((at.to_owned(), text));
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, inner)| walk(inner, &format!("{at}/{key}"), said));
        }
        Value::Array(items) => items.iter().for_each(|inner| walk(inner, &format!("{at}[]"), said)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn xml(body: &str, said: &mut Said) -> Option<()> {
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut at: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                at.push(String::from_utf8_lossy(element.name().as_ref()).into_owned());
                let path = format!("/{}", at.join("/"));
                for attribute in element.attributes() {
                    let attribute = attribute.ok()?;
                    let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                    let value = String::from_utf8_lossy(&attribute.value).into_owned();
                    said.insert((format!("{path}@{name}"), value));
                }
                said.insert((path, String::new()));
                text.clear();
            }
            Event::Text(part) => text.push_str(&String::from_utf8_lossy(&part)),
            Event::CData(part) => text.push_str(&String::from_utf8_lossy(&part)),
            Event::End(_) => {
                said.insert((format!("/{}", at.join("/")), text.trim().to_owned()));
                text.clear();
                at.pop()?;
            }
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
    let said = said("application/xml", "<a k='1'><b> text </b></a>").unwrap();
    let pair = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    assert!(said.contains(&pair("/a/b", "text")) && said.contains(&pair("/a@k", "1")), "{said:?}");
    assert_eq!(of("text/html", "<html></html>"), None);
}
