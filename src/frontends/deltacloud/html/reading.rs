//! What a page shows of a document: the same description from which XML and JSON are written, read as fields.

use std::borrow::Cow;

use askama::Template;

use super::words::{self, Tone};
use crate::frontends::deltacloud::document::Node;

/// Parts that a page shows elsewhere than among the fields.
const APART: &[&str] = &["actions", "name", "state"];

/// A part of a document that is shown.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "value.html")]
pub(super) enum Value {
    Nothing,
    Text(String),
    /// Text that keeps its lines.
    Lines(String),
    State {
        tone: &'static str,
        word: String,
    },
    /// The way to another thing, and what else is said of it here.
    Link {
        href: String,
        text: String,
        more: Vec<Field>,
    },
    List(Vec<Value>),
    Fields(Vec<Field>),
}

/// A value with what it is called.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) label: String,
    pub(super) value: Value,
}

impl Value {
    /// The same, with nothing but the name of another thing.
    fn in_short(self) -> Self {
        match self {
            Value::Link { href, text, .. } => Value::Link { href, text, more: Vec::new() },
            other => other,
        }
    }

    /// Whether it is said in a line.
    pub(super) fn is_short(&self) -> bool {
        match self {
            Value::Text(_) | Value::State { .. } => true,
            Value::Link { more, .. } => more.is_empty(),
            Value::Nothing | Value::Lines(_) | Value::List(_) | Value::Fields(_) => false,
        }
    }
}

/// What the thing is called: its name or else its id.
pub(super) fn title(node: &Node<'_>) -> String {
    let mut names = ["name", "entity"].into_iter().filter_map(|name| part(node, name)?.own_text());
    let named = names.find(|name| !name.is_empty()).map(Cow::into_owned);
    let attribute = || ["id", "name"].into_iter().find_map(|name| node.attribute_of(name)).map(str::to_owned);
    named.or_else(attribute).unwrap_or_else(|| "without a name".to_owned())
}

/// What state it is in, where it has one.
pub(super) fn state(node: &Node<'_>) -> Option<Value> {
    part(node, "state").map(read).filter(|state| *state != Value::Nothing)
}

/// Everything else that is said of it.
pub(super) fn fields(node: &Node<'_>) -> Vec<Field> {
    let id = node.attribute_of("id").map(|id| Field { label: words::label("id"), value: code(id) });
    let said_already = |part: &&Node<'_>| APART.contains(&part.name()) || part.name() == "id";
    let parts = node.parts();
    let parts = parts.iter().copied().filter(|part| !said_already(part));
    id.into_iter().chain(grouped(parts)).collect()
}

/// Where its document says that something can be done to it now; none where documents of its kind do not say.
pub(super) fn deeds(node: &Node<'_>) -> Option<Vec<String>> {
    let links = part(node, "actions")?.parts();
    Some(links.iter().filter_map(|link| link.attribute_of("href").map(str::to_owned)).collect())
}

/// The ids of the parts that have this name, however deep they are.
pub(super) fn ids(node: &Node<'_>, name: &str) -> Vec<String> {
    let own = node.attribute_of("id").filter(|_| node.name() == name).map(str::to_owned);
    let below = node.parts().into_iter().flat_map(|part| ids(part, name));
    own.into_iter().chain(below).collect()
}

/// The value in a column of a table: of a part, or of a property, of this name.
pub(super) fn column(node: &Node<'_>, name: &str) -> Value {
    let parts = node.parts();
    let is_it = |part: &&&Node<'_>| part.name() == name || is_property(part, name);
    let found: Vec<Value> = parts.iter().filter(is_it).map(|part| read(part).in_short()).collect();
    match <[Value; 1]>::try_from(found) {
        Ok([one]) => one,
        Err(none) if none.is_empty() => Value::Nothing,
        Err(many) => Value::List(many),
    }
}

fn is_property(node: &Node<'_>, name: &str) -> bool {
    node.name() == "property" && node.attribute_of("name") == Some(name)
}

fn part<'n, 'a>(node: &'n Node<'a>, name: &str) -> Option<&'n Node<'a>> {
    node.parts().into_iter().find(|part| part.name() == name)
}

/// Parts of the same name are one field.
fn grouped<'n>(parts: impl Iterator<Item = &'n Node<'n>>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for part in parts {
        let name = match part.attribute_of("name") {
            Some(name) if part.name() == "property" => name,
            _ => part.name(),
        };
        let (label, value) = (words::label(name), read(part));
        match fields.last_mut() {
            Some(Field { label: known, value: Value::List(values) }) if *known == label => values.push(value),
            Some(Field { label: known, value: first }) if *known == label => {
                *first = Value::List(vec![first.clone(), value]);
            }
            _ => fields.push(Field { label, value }),
        }
    }
    fields
}

fn read(node: &Node<'_>) -> Value {
    if node.name() == "property" {
        return Value::Text(property(node));
    }
    let parts = node.parts();
    let text = node.own_text();
    let own = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let attributes = ["id", "name", "rel"].into_iter().find_map(|name| node.attribute_of(name));
    match (node.attribute_of("href"), own) {
        (Some(href), own) => {
            let name = part(node, "name").and_then(Node::own_text).filter(|name| !name.is_empty());
            let text = own.or(name.as_deref()).or(attributes).unwrap_or(href).to_owned();
            let more = parts.iter().copied().filter(|part| !matches!(part.name(), "name" | "id"));
            Value::Link { href: href.to_owned(), text, more: grouped(more) }
        }
        (None, Some(text)) => text_of(node.name(), text),
        (None, None) if parts.is_empty() => said_in_attributes(node),
        (None, None) if node.attributes().next().is_none() && alike(&parts) => {
            Value::List(parts.into_iter().map(read).collect())
        }
        (None, None) => {
            let attribute = |(name, value): (&str, &str)| Field {
                label: words::label(name),
                value: if name == "id" { code(value) } else { Value::Text(value.to_owned()) },
            };
            let attributes = node.attributes().map(attribute);
            Value::Fields(attributes.chain(grouped(parts.iter().copied())).collect())
        }
    }
}

fn alike(parts: &[&Node<'_>]) -> bool {
    let first = parts.first().map(|part| part.name());
    parts.iter().all(|part| Some(part.name()) == first && part.name() != "property")
}

fn text_of(name: &str, text: &str) -> Value {
    match name {
        "state" => Value::State { tone: Tone::of(text).class(), word: text.to_owned() },
        _ if text.contains('\n') => Value::Lines(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

fn code(text: &str) -> Value {
    Value::Link { href: String::new(), text: text.to_owned(), more: Vec::new() }
}

/// What has nothing but attributes says what it means in them.
fn said_in_attributes(node: &Node<'_>) -> Value {
    if let Some(to) = node.attribute_of("to") {
        let by = node.attribute_of("action").map_or_else(|| "by itself".to_owned(), |by| format!("by {by}"));
        return Value::Text(format!("to {to} {by}"));
    }
    let words: Vec<&str> =
        node.attributes().map(|(_, value)| value).filter(|value| !value.is_empty()).collect();
    if words.is_empty() { Value::Nothing } else { Value::Text(words.join(" ")) }
}

/// A property of a hardware profile: what one gets, and what one may choose.
fn property(node: &Node<'_>) -> String {
    let attribute = |name| node.attribute_of(name).unwrap_or_default();
    let unit = match attribute("unit") {
        unit @ ("" | "count" | "label") => (unit, String::new()),
        unit => (unit, format!(" {unit}")),
    };
    let mut text = format!("{}{}", attribute("value"), unit.1);
    if let Some(range) = part(node, "range") {
        let end = |name| range.attribute_of(name).unwrap_or_default();
        text += &format!(" ({} to {})", end("first"), end("last"));
    }
    if let Some(entries) = part(node, "enum") {
        let parts = entries.parts();
        let values: Vec<&str> = parts.iter().filter_map(|entry| entry.attribute_of("value")).collect();
        text += &format!(" ({})", values.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance() -> Node<'static> {
        let image = Node::empty("image").with("href", "/api/images/img1").with("id", "img1");
        let range = Node::empty("range").with("first", "1").with("last", "8");
        let cpu = Node::object("property", vec![range])
            .with("name", "cpu")
            .with("unit", "count")
            .with("value", "2");
        let memory = Node::empty("property").with("name", "memory").with("unit", "MB").with("value", "512");
        let stop = Node::empty("link")
            .with("rel", "stop")
            .with("href", "/api/instances/i/stop")
            .with("method", "post");
        let parts = vec![
            Node::text("name", "<web>"),
            Node::text("owner_id", "me"),
            Node::text("state", "PENDING"),
            image,
            Node::row("property", vec![cpu, memory]),
            Node::list("actions", vec![stop]),
            Node::list(
                "public_addresses",
                vec![Node::text("address", "10.0.0.1"), Node::text("address", "x.test")],
            ),
            Node::list("private_addresses", Vec::new()),
        ];
        Node::object("instance", parts).with("href", "/api/instances/i").with("id", "i")
    }

    #[test]
    fn a_document_is_read_as_fields() {
        let node = instance();
        assert_eq!(title(&node), "<web>");
        assert_eq!(state(&node), Some(Value::State { tone: "busy", word: "PENDING".to_owned() }));
        let said: Vec<(String, String)> = fields(&node)
            .iter()
            .map(|field| (field.label.clone(), field.value.to_string().trim().to_owned()))
            .collect();
        let said: Vec<(&str, &str)> =
            said.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
        assert_eq!(
            said,
            [
                ("ID", "<span class=\"id\">i</span>"),
                ("Owner", "me"),
                ("Image", "<a href=\"/api/images/img1\">img1</a>"),
                ("Processors", "2 (1 to 8)"),
                ("Memory", "512 MB"),
                ("Public addresses", "<ul><li>10.0.0.1</li><li>x.test</li></ul>"),
                ("Private addresses", "<span class=\"soft\">none</span>"),
            ]
        );
    }

    #[test]
    fn what_can_be_done_is_what_the_document_says() {
        assert_eq!(deeds(&instance()), Some(vec!["/api/instances/i/stop".to_owned()]));
        assert_eq!(deeds(&Node::object("realm", Vec::new())), None);
    }

    #[test]
    fn columns_are_parts_or_properties() {
        assert_eq!(column(&instance(), "memory"), Value::Text("512 MB".to_owned()));
        assert_eq!(column(&instance(), "owner_id"), Value::Text("me".to_owned()));
        assert_eq!(column(&instance(), "nosuch"), Value::Nothing);
    }
}
