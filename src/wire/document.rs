//! Documents, described once and written as XML or as JSON.
//!
//! A [`Node`] is an element in XML and a member of an object in JSON. The two forms of a protocol differ in places
//! (Deltacloud's `owner_id` is `owner` in JSON, CIMI's properties are elements here and a map there); a node says so
//! itself, so that a document has one description.

use std::borrow::Cow;

use bytes::{BufMut, BytesMut};

use super::xml::Writer;

/// A form of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/xml`
    Xml,
    /// `application/json`
    Json,
}

impl Format {
    /// The media type of its documents.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Xml => "application/xml",
            Format::Json => "application/json",
        }
    }
}

/// A part of a document.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// The element's name; the member's, unless `key` says otherwise.
    name: Cow<'a, str>,
    /// The member's name in JSON, where it is another.
    key: Option<&'static str>,
    /// The only form in which it appears; both when none.
    only: Option<Format>,
    attributes: Vec<Attribute<'a>>,
    content: Content<'a>,
}

#[derive(Debug, Clone)]
struct Attribute<'a> {
    name: &'static str,
    value: Cow<'a, str>,
    only: Option<Format>,
}

#[derive(Debug, Clone)]
enum Content<'a> {
    /// Nothing but attributes.
    Empty,
    /// A value that is not there.
    Null,
    Text(Cow<'a, str>),
    Flag(bool),
    Number(f64),
    /// Parts with names of their own: an object in JSON.
    Members(Vec<Node<'a>>),
    /// Parts of one kind: an array in JSON.
    Items(Vec<Node<'a>>),
    /// Parts of one kind that have no element around them in XML: an array in JSON.
    Row(Vec<Node<'a>>),
}

impl<'a> Node<'a> {
    fn new(name: impl Into<Cow<'a, str>>, content: Content<'a>) -> Self {
        Node { name: name.into(), key: None, only: None, attributes: Vec::new(), content }
    }

    /// A text.
    pub fn text(name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        Node::new(name, Content::Text(text.into()))
    }

    /// A number: one in JSON, too.
    pub fn number(name: &'static str, number: f64) -> Self {
        Node::new(name, Content::Number(number))
    }

    /// A truth.
    pub fn flag(name: &'static str, flag: bool) -> Self {
        Node::new(name, Content::Flag(flag))
    }

    /// What has attributes alone.
    pub fn empty(name: &'static str) -> Self {
        Node::new(name, Content::Empty)
    }

    /// A value that is not there: `null` in JSON, and an element without content in XML.
    pub fn null(name: &'static str) -> Self {
        Node::new(name, Content::Null)
    }

    /// What has parts of different names.
    pub fn object(name: impl Into<Cow<'a, str>>, members: Vec<Node<'a>>) -> Self {
        Node::new(name, Content::Members(members))
    }

    /// A list of parts of one kind.
    pub fn list(name: impl Into<Cow<'a, str>>, items: Vec<Node<'a>>) -> Self {
        Node::new(name, Content::Items(items))
    }

    /// A list that is not set off in XML.
    pub fn row(name: &'static str, items: Vec<Node<'a>>) -> Self {
        Node::new(name, Content::Row(items))
    }

    /// The same object, with another part at its end.
    #[must_use]
    pub fn and(mut self, part: Node<'a>) -> Self {
        if let Content::Members(parts) = &mut self.content {
            parts.push(part);
        }
        self
    }

    /// The same, under another name in JSON.
    pub fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }

    /// The same, in one form only.
    pub fn only(mut self, format: Format) -> Self {
        self.only = Some(format);
        self
    }

    /// The same, with an attribute.
    pub fn with(self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.attribute(name, value.into(), None)
    }

    /// The same, with an attribute that appears in one form only.
    pub fn with_only(self, format: Format, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.attribute(name, value.into(), Some(format))
    }

    fn attribute(mut self, name: &'static str, value: Cow<'a, str>, only: Option<Format>) -> Self {
        self.attributes.push(Attribute { name, value, only });
        self
    }

    /// Writes it as XML.
    pub fn write_xml(&self, xml: &mut Writer<'_>) {
        if !appears(self.only, Format::Xml) {
            return;
        }
        if let Content::Row(items) = &self.content {
            return items.iter().for_each(|item| item.write_xml(xml));
        }
        let attributes: Vec<(&str, &str)> =
            self.attributes_in(Format::Xml).map(|(name, value)| (name, value.as_ref())).collect();
        match &self.content {
            Content::Text(text) if attributes.is_empty() => {
                xml.text(&self.name, text);
                return;
            }
            Content::Text(text) => {
                xml.open_with(&self.name, &attributes).characters(text);
            }
            Content::Flag(flag) => {
                xml.open_with(&self.name, &attributes).characters(if *flag { "true" } else { "false" });
            }
            Content::Number(number) => {
                xml.open_with(&self.name, &attributes).characters(&number.to_string());
            }
            Content::Empty | Content::Null => {
                xml.open_with(&self.name, &attributes);
            }
            Content::Members(parts) | Content::Items(parts) | Content::Row(parts) => {
                xml.open_with(&self.name, &attributes);
                parts.iter().for_each(|part| part.write_xml(xml));
            }
        }
        xml.close(&self.name);
    }

    /// Writes its value as JSON, without its name.
    pub fn write_json(&self, out: &mut BytesMut) {
        match &self.content {
            Content::Text(text) if self.attributes_in(Format::Json).next().is_none() => string(text, out),
            Content::Null => out.put_slice(b"null"),
            Content::Flag(flag) => out.put_slice(if *flag { b"true" } else { b"false" }),
            Content::Number(number) if number.is_finite() => out.put_slice(number.to_string().as_bytes()),
            Content::Number(_) => out.put_slice(b"null"),
            Content::Items(items) | Content::Row(items) => {
                let items = items.iter().filter(|item| appears(item.only, Format::Json));
                enclosed(b'[', items, b']', out, |item, out| item.write_json(out));
            }
            Content::Empty | Content::Text(_) | Content::Members(_) => {
                enclosed(b'{', self.json_members(), b'}', out, |(name, member), out| {
                    string(name, out);
                    out.put_u8(b':');
                    member.write(out);
                });
            }
        }
    }

    /// Writes it as the only member of an object.
    pub fn write_json_document(&self, out: &mut BytesMut) {
        out.put_u8(b'{');
        string(self.member(), out);
        out.put_u8(b':');
        self.write_json(out);
        out.put_u8(b'}');
    }

    /// Writes all of an object but its end: parts come yet, which are a list of this name in JSON and are not set off in
    /// XML.
    pub fn write_open(&self, parts: &str, format: Format, out: &mut BytesMut) {
        match format {
            Format::Xml => {
                self.write_xml(&mut Writer::new(out));
                out.truncate(out.len().saturating_sub(self.name.len() + "</>".len()));
            }
            Format::Json => {
                self.write_json(out);
                out.truncate(out.len().saturating_sub(1));
                out.put_u8(b',');
                string(parts, out);
                out.put_slice(b":[");
            }
        }
    }

    /// Writes the end of an object called `name` whose parts have all come.
    pub fn write_end(name: &str, format: Format, out: &mut BytesMut) {
        match format {
            Format::Xml => {
                Writer::new(out).close(name);
            }
            Format::Json => out.put_slice(b"]}"),
        }
    }

    /// Its name in JSON.
    fn member(&self) -> &str {
        self.key.unwrap_or(&self.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of an attribute that it has in XML.
    pub fn attribute_of(&self, name: &str) -> Option<&str> {
        self.attributes().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Its attributes in XML.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.attributes_in(Format::Xml).map(|(name, value)| (name, value.as_ref()))
    }

    /// Its own text; none when it has parts, or nothing.
    pub fn own_text(&self) -> Option<Cow<'_, str>> {
        match &self.content {
            Content::Text(text) => Some(Cow::Borrowed(text)),
            Content::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Content::Number(number) => Some(Cow::Owned(number.to_string())),
            Content::Empty | Content::Null | Content::Members(_) | Content::Items(_) | Content::Row(_) => {
                None
            }
        }
    }

    /// Its parts, as in XML.
    pub fn parts(&self) -> Vec<&Node<'a>> {
        let (Content::Members(parts) | Content::Items(parts) | Content::Row(parts)) = &self.content else {
            return Vec::new();
        };
        let shown = parts.iter().filter(|part| appears(part.only, Format::Xml));
        let laid_open = shown.flat_map(|part| match part.content {
            Content::Row(_) => part.parts(),
            _ => vec![part],
        });
        laid_open.collect()
    }

    fn attributes_in(&self, format: Format) -> impl Iterator<Item = (&'static str, &Cow<'a, str>)> {
        let shown = self.attributes.iter().filter(move |attribute| appears(attribute.only, format));
        shown.map(|attribute| (attribute.name, &attribute.value))
    }

    fn json_members(&self) -> impl Iterator<Item = (&str, Member<'_, 'a>)> {
        let attributes = self.attributes_in(Format::Json).map(|(name, value)| (name, Member::Text(value)));
        let own = match &self.content {
            Content::Text(text) => Some((self.member(), Member::Text(text))),
            _ => None,
        };
        let parts: &[Node<'a>] = match &self.content {
            Content::Members(parts) => parts,
            _ => &[],
        };
        let parts = parts.iter().filter(|part| appears(part.only, Format::Json));
        attributes.chain(own).chain(parts.map(|part| (part.member(), Member::Node(part))))
    }
}

/// The value of a member of a JSON object.
enum Member<'n, 'a> {
    Text(&'n str),
    Node(&'n Node<'a>),
}

impl Member<'_, '_> {
    fn write(&self, out: &mut BytesMut) {
        match self {
            Member::Text(text) => string(text, out),
            Member::Node(node) => node.write_json(out),
        }
    }
}

fn appears(only: Option<Format>, format: Format) -> bool {
    only.is_none_or(|only| only == format)
}

fn enclosed<T>(
    open: u8,
    items: impl Iterator<Item = T>,
    close: u8,
    out: &mut BytesMut,
    write: impl Fn(T, &mut BytesMut),
) {
    out.put_u8(open);
    for (number, item) in items.enumerate() {
        if number > 0 {
            out.put_u8(b',');
        }
        write(item, out);
    }
    out.put_u8(close);
}

/// Writes a JSON string.
pub fn string(text: &str, out: &mut BytesMut) {
    // Writing a string to memory does not fail.
    let _ = serde_json::to_writer(out.writer(), text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(node: &Node<'_>) -> (String, String) {
        let (mut xml, mut json) = (BytesMut::new(), BytesMut::new());
        node.write_xml(&mut Writer::new(&mut xml));
        node.write_json_document(&mut json);
        (String::from_utf8(xml.to_vec()).unwrap(), String::from_utf8(json.to_vec()).unwrap())
    }

    #[test]
    fn one_description_gives_both_forms() {
        let address = Node::text("address", "a<b").with("type", "hostname");
        let node = Node::object(
            "thing",
            vec![
                Node::text("owner_id", "me \"&\" you").key("owner"),
                Node::list("public_addresses", vec![address]),
                Node::row("property", vec![Node::empty("property").with("name", "cpu")]),
                Node::flag("create_image", false).only(Format::Json),
                Node::null("state"),
                Node::text("secret", "x").only(Format::Xml),
                Node::empty("image").with("id", "i").with_only(Format::Json, "rel", "image"),
            ],
        )
        .with("id", "1");
        let (xml, json) = both(&node);
        assert_eq!(
            xml,
            "<thing id=\"1\"><owner_id>me &quot;&amp;&quot; you</owner_id><public_addresses>\
             <address type=\"hostname\">a&lt;b</address></public_addresses><property name=\"cpu\"></property>\
             <state></state><secret>x</secret><image id=\"i\"></image></thing>"
        );
        assert_eq!(
            json,
            "{\"thing\":{\"id\":\"1\",\"owner\":\"me \\\"&\\\" you\",\"public_addresses\":[{\"type\":\"hostname\",\
             \"address\":\"a<b\"}],\"property\":[{\"name\":\"cpu\"}],\"create_image\":false,\"state\":null,\
             \"image\":{\"id\":\"i\",\"rel\":\"image\"}}}"
        );
    }

    #[test]
    fn an_object_may_be_left_open_for_its_parts() {
        let node = Node::object("bucket", vec![Node::number("size", 1.0)]).with("id", "b");
        let blob = Node::empty("blob").with("id", "a");
        let (mut xml, mut json) = (BytesMut::new(), BytesMut::new());
        node.write_open("blob_list", Format::Xml, &mut xml);
        blob.write_xml(&mut Writer::new(&mut xml));
        Node::write_end("bucket", Format::Xml, &mut xml);
        assert_eq!(xml, "<bucket id=\"b\"><size>1</size><blob id=\"a\"></blob></bucket>");
        node.write_open("blob_list", Format::Json, &mut json);
        blob.write_json(&mut json);
        Node::write_end("bucket", Format::Json, &mut json);
        assert_eq!(json, "{\"id\":\"b\",\"size\":1,\"blob_list\":[{\"id\":\"a\"}]}");
    }
}
