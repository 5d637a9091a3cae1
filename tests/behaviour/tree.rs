//! A document as a tree, whichever form it came in.

use quick_xml::{Reader, XmlVersion, events::Event};
use serde_json::Value;

/// An element, or a member of an object. An attribute is a member like any other.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    name: String,
    text: String,
    members: Vec<Tree>,
}

impl Tree {
    /// Reads a document of this media type.
    pub fn read(media: &str, body: &str) -> Tree {
        if media.contains("json") {
            let value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
            return Tree::of_json("", &value);
        }
        Tree::of_xml(body).unwrap_or_else(|| panic!("it is not well-formed: {body}"))
    }

    /// The name of the root element; of a JSON document the only member's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The members.
    pub fn members(&self) -> &[Tree] {
        &self.members
    }

    /// The first member at this path (`image/id`); none when one of its names is missing.
    pub fn at(&self, path: &str) -> Option<&Tree> {
        path.split('/').try_fold(self, |tree, name| tree.members.iter().find(|member| member.name == name))
    }

    /// The text at this path; empty when there is none.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).map_or("", |tree| &tree.text)
    }

    /// The text of the tree itself.
    pub fn own_text(&self) -> &str {
        &self.text
    }

    fn of_json(name: &str, value: &Value) -> Tree {
        let (text, members) = match value {
            Value::Null => (String::new(), Vec::new()),
            Value::Bool(flag) => (flag.to_string(), Vec::new()),
            Value::Number(number) => (number.to_string(), Vec::new()),
            Value::String(text) => (text.clone(), Vec::new()),
            Value::Array(items) => {
                (String::new(), items.iter().map(|item| Tree::of_json("item", item)).collect())
            }
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| Tree::of_json(name, value));
                (String::new(), members.collect())
            }
        };
        Tree { name: name.to_owned(), text, members }
    }

    fn of_xml(body: &str) -> Option<Tree> {
        let mut reader = Reader::from_str(body);
        reader.config_mut().expand_empty_elements = true;
        let mut open = vec![Tree::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) => {
                    let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                    let mut tree = Tree { name, ..Tree::default() };
                    for attribute in element.attributes() {
                        let attribute = attribute.ok()?;
                        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                        let text = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
                        tree.members.push(Tree { name, text, members: Vec::new() });
                    }
                    open.push(tree);
                }
                Event::End(_) => {
                    let mut whole = open.pop()?;
                    whole.text = whole.text.trim().to_owned();
                    open.last_mut()?.members.push(whole);
                }
                Event::Text(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().ok()?;
                    let known = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                    let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                    open.last_mut()?.text.push_str(&known.or(character)?);
                }
                Event::CData(data) => {
                    let data = data.into_inner();
                    open.last_mut()?.text.push_str(std::str::from_utf8(&data).ok()?);
                }
                Event::Eof => return open.pop()?.members.pop(),
                _ => {}
            }
        }
    }
}

#[test]
fn both_forms_are_read_alike() {
    let xml = Tree::read("application/xml", "<a id='1'><b><c>x &amp; y</c></b><d/></a>");
    let json = Tree::read("application/json", "{\"id\":1,\"b\":{\"c\":\"x & y\"},\"d\":null}");
    for tree in [xml, json] {
        assert_eq!(
            (tree.text("id"), tree.text("b/c"), tree.text("d"), tree.text("e")),
            ("1", "x & y", "", "")
        );
    }
}
