//! A slow reader of XML that keeps everything, to compare the decoders with.

use quick_xml::{Reader, events::Event};

/// An element, read whole.
#[derive(Debug, Default, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn parse(text: &str) -> Node {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Node::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Node::begin(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(Node::begin(&start)),
                Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
                Event::GeneralRef(name) => {
                    open.last_mut().unwrap().text.push_str(match &*name.decode().unwrap() {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        _other => "?",
                    })
                }
                Event::End(_) => {
                    let node = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(node);
                }
                Event::Eof => return open.pop().unwrap().children.remove(0),
                _ => {}
            }
        }
    }

    fn begin(start: &quick_xml::events::BytesStart<'_>) -> Node {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
            (key, attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap().into_owned())
        });
        Node {
            name: String::from_utf8(start.name().as_ref().to_vec()).unwrap(),
            attributes: attributes.collect(),
            ..Node::default()
        }
    }

    pub(super) fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.children.iter().find(|child| child.name == **name))
    }

    pub(super) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|node| node.text.trim())
    }

    pub(super) fn id_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.attribute("id")
    }

    /// A value that is an attribute in version 3 and a child in version 4.
    pub(super) fn either(&self, name: &str) -> Option<&str> {
        self.attribute(name).or_else(|| self.text_at(&[name]))
    }

    pub(super) fn descendants<'n>(&'n self, name: &str, found: &mut Vec<&'n Node>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.descendants(name, found);
        }
    }
}

/// The word of a `status`, in both representations.
pub(super) fn word(node: &Node) -> &str {
    node.text_at(&["status", "state"]).or_else(|| node.text_at(&["status"])).unwrap_or_default()
}

/// The virtual processors of a `cpu`, in both representations.
pub(super) fn count(node: &Node) -> Option<u32> {
    let topology = node.at(&["cpu", "topology"])?;
    let factor = |name| topology.either(name).map_or(1, |text| text.parse::<u32>().unwrap());
    Some(factor("sockets") * factor("cores") * factor("threads"))
}
