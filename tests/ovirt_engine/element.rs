//! What a client sent, as a tree: XML or JSON, v3's attributes and v4's children alike.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Depth beyond which a body is refused.
const MAX_DEPTH: usize = 64;

/// An element of a request body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

impl Element {
    pub fn named(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// The first child called `name`.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The descendant at `path`, e.g. `os/boot`.
    pub fn find(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |element, name| element.child(name))
    }

    /// The attribute or, failing that, the child's text at the end of `path`.
    pub fn value(&self, path: &str) -> Option<&str> {
        let (parent, name) = path.rsplit_once('/').map_or((Some(self), path), |(p, n)| (self.find(p), n));
        let parent = parent?;
        let attribute =
            parent.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        attribute.or_else(|| parent.child(name).map(|child| child.text.trim()))
    }

    /// As `value`, read as a `T`; an unreadable one counts as absent.
    pub fn parsed<T: std::str::FromStr>(&self, path: &str) -> Option<T> {
        self.value(path)?.to_ascii_lowercase().parse().ok()
    }

    /// Reads an XML body.
    ///
    /// # Errors
    /// When it is not one well-formed element, has a DTD, or is too deep.
    pub fn from_xml(body: &str) -> Result<Element, String> {
        let mut reader = Reader::from_str(body);
        let mut open: Vec<Element> = vec![Element::default()];
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(_) if open.len() > MAX_DEPTH => return Err("too deep".to_owned()),
                Event::Start(start) => open.push(started(&start)?),
                Event::Empty(start) => adopt(&mut open, started(&start)?)?,
                Event::End(_) => {
                    let closed = open.pop().ok_or("unexpected end")?;
                    adopt(&mut open, closed)?;
                }
                Event::Text(text) => append(&mut open, &text.decode().map_err(|error| error.to_string())?)?,
                Event::CData(text) => append(&mut open, &String::from_utf8_lossy(&text))?,
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|error| error.to_string())?;
                    let text = quick_xml::escape::unescape(&format!("&{name};"))
                        .map_err(|error| error.to_string())?
                        .into_owned();
                    append(&mut open, &text)?;
                }
                Event::DocType(_) => return Err("a DTD".to_owned()),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => break,
            }
        }
        let mut document = open.pop().filter(|_| open.is_empty()).ok_or("an element is not closed")?;
        if document.children.len() != 1 {
            return Err("not one root element".to_owned());
        }
        Ok(document.children.remove(0))
    }

    /// Reads a JSON body; `name` is what its root would be called in XML.
    ///
    /// # Errors
    /// When it is not a JSON object.
    pub fn from_json(name: &str, body: &str) -> Result<Element, String> {
        let value: serde_json::Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let object = value.as_object().ok_or("not an object")?;
        let mut root = Element::named(name);
        for (key, value) in object {
            adopt_json(&mut root, key, value);
        }
        Ok(root)
    }
}

fn started(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element::named(&String::from_utf8_lossy(start.local_name().as_ref()));
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        element
            .attributes
            .push((String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value.into_owned()));
    }
    Ok(element)
}

fn adopt(open: &mut [Element], child: Element) -> Result<(), String> {
    open.last_mut().ok_or("unexpected end")?.children.push(child);
    Ok(())
}

fn append(open: &mut [Element], text: &str) -> Result<(), String> {
    open.last_mut().ok_or("unexpected text")?.text.push_str(text);
    Ok(())
}

fn adopt_json(parent: &mut Element, key: &str, value: &serde_json::Value) {
    use serde_json::Value;
    let mut child = Element::named(key);
    match value {
        Value::Null => return,
        Value::Array(items) => return items.iter().for_each(|item| adopt_json(parent, key, item)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| adopt_json(&mut child, name, value))
        }
        Value::String(text) => child.text.clone_from(text),
        Value::Number(number) => child.text = number.to_string(),
        Value::Bool(flag) => child.text = flag.to_string(),
    }
    parent.children.push(child);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_v3_and_children_of_v4_read_alike() {
        let v3 = Element::from_xml(r#"<vm><cpu><topology cores="2"/></cpu></vm>"#).unwrap();
        let v4 = Element::from_xml("<vm><cpu><topology><cores>2</cores></topology></cpu></vm>").unwrap();
        let json = Element::from_json("vm", r#"{"cpu":{"topology":{"cores":2}}}"#).unwrap();
        assert_eq!([v3, v4, json].map(|vm| vm.parsed::<u32>("cpu/topology/cores")), [Some(2); 3]);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for body in ["", "<vm>", "</vm>", "<a/><b/>", "text", "<!DOCTYPE a []><a/>"] {
            assert!(Element::from_xml(body).is_err(), "{body}");
        }
    }
}
