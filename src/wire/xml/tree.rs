//! Documents as trees, for tests: read by this module's reader, and plainly by quick-xml.

use bytes::BytesMut;
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Element, Malformed, Writer};

/// An element with all that is in it; the texts between its children are taken together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tree {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Tree>,
}

/// The attributes that are looked for: an element gives its attributes only by name.
pub(super) const KEYS: [&str; 3] = ["id", "href", "rel"];

impl Tree {
    pub(super) fn of(element: &mut Element<'_>) -> Result<Tree, Malformed> {
        let mut tree = Tree { name: element.name().to_owned(), ..Tree::default() };
        for key in KEYS {
            if let Some(value) = element.attribute(key)? {
                tree.attributes.push((key.to_owned(), value.into_owned()));
            }
        }
        tree.text = element.clone().text()?.into_owned();
        element.children(|child| {
            tree.children.push(Tree::of(child)?);
            Ok(())
        })?;
        Ok(tree)
    }

    fn write(&self, xml: &mut Writer<'_>) {
        let attributes: Vec<_> = self.attributes.iter().map(|(key, value)| (&key[..], &value[..])).collect();
        match &self.children[..] {
            [] if attributes.is_empty() && self.text.is_empty() => _ = xml.empty(&self.name),
            [] if attributes.is_empty() => _ = xml.text(&self.name, &self.text),
            children => {
                xml.open_with(&self.name, &attributes);
                children.iter().for_each(|child| child.write(xml));
                xml.close(&self.name);
            }
        }
    }

    pub(super) fn written(&self) -> String {
        let mut out = BytesMut::new();
        self.write(Writer::new(&mut out).declaration());
        String::from_utf8(out.to_vec()).unwrap()
    }
}

/// The same, read event by event by quick-xml; none when it is not well-formed, or not allowed here.
pub(super) fn plainly_read(document: &str) -> Option<Tree> {
    let mut reader = Reader::from_str(document);
    let (mut open, mut root) = (Vec::<Tree>::new(), None);
    loop {
        let closed = match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(begun(&start)?);
                None
            }
            Event::Empty(start) => Some(begun(&start)?),
            Event::End(_) => Some(open.pop()?),
            Event::Text(text) => {
                add_text(&mut open, &text.xml10_content().ok()?)?;
                None
            }
            Event::CData(text) => {
                open.last_mut()?.text.push_str(&text.xml10_content().ok()?);
                None
            }
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => {
                        quick_xml::escape::resolve_predefined_entity(&reference.decode().ok()?)?.to_owned()
                    }
                };
                open.last_mut()?.text.push_str(&resolved);
                None
            }
            Event::DocType(_) => return None,
            Event::PI(instruction) => {
                let target = String::from_utf8(instruction.target().to_vec()).ok()?;
                Some(target).filter(|target| begins_name(target))?;
                None
            }
            Event::Decl(_) | Event::Comment(_) => None,
            Event::Eof => return root.filter(|_| open.is_empty()),
        };
        match (closed, open.last_mut()) {
            (Some(_), None) if root.is_some() => return None,
            (Some(closed), None) => root = Some(closed),
            (Some(closed), Some(parent)) => parent.children.push(closed),
            (None, _) => {}
        }
    }
}

fn add_text(open: &mut [Tree], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(parent) => parent.text.push_str(text),
        None => return text.trim_matches([' ', '\t', '\r', '\n']).is_empty().then_some(()),
    }
    Some(())
}

fn begun(start: &BytesStart<'_>) -> Option<Tree> {
    let name = String::from_utf8(start.name().as_ref().to_vec()).ok().filter(|name| is_name(name))?;
    let mut tree = Tree { name, ..Tree::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok().filter(|attribute| !attribute.value.contains(&b'<'))?;
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).ok().filter(|key| is_name(key))?;
        if KEYS.contains(&&key[..]) {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            tree.attributes.push((key, value.into_owned()));
        }
    }
    tree.attributes.sort_by_key(|(key, _)| KEYS.iter().position(|known| known == key));
    Some(tree)
}

/// Whether it is taken for a name here; quick-xml takes anything.
fn is_name(text: &str) -> bool {
    let begins =
        text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii());
    begins && !text.contains(['<', '>', '/', '=', '"', '\'', '&', ' ', '\t', '\r', '\n'])
}

fn begins_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii())
}
