//! A resource's attributes with their values, and the document that they are.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    attribute::{Attribute, Resource, Type},
    dialect::{Dialect, NAMESPACE, type_uri},
};
use crate::wire::document::{Format, Node};

/// The value of an attribute.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(u64),
    Flag(bool),
    Moment(Timestamp),
    /// Where a resource or a collection is.
    Href(String),
    Map(Vec<(Cow<'a, str>, Cow<'a, str>)>),
    Struct(Fields<'a>),
    Many(Vec<Value<'a>>),
    Operations(Vec<Operation>),
    /// A collection that is written out where it is named.
    Expanded(Box<Expanded<'a>>),
}

/// Something that can be done: its `rel`, and where.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) rel: String,
    pub(super) href: String,
}

/// A collection that is written out where it is named.
#[derive(Debug, Clone)]
pub(super) struct Expanded<'a> {
    pub(super) href: String,
    /// What its members are called in JSON.
    pub(super) key: &'static str,
    pub(super) members: Vec<Fields<'a>>,
    /// Whether members can be added to it.
    pub(super) grows: bool,
}

/// Attributes by name, with their values; none twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields<'a>(Vec<(&'static str, Value<'a>)>);

impl<'a> Fields<'a> {
    /// Those of a resource that is here.
    pub(super) fn at(href: String) -> Self {
        Fields(vec![("id", Value::Text(Cow::Owned(href)))])
    }

    /// The same, with an attribute; a text that is empty is left out (DSP0263, section 4.1).
    pub(super) fn with(mut self, name: &'static str, value: Value<'a>) -> Self {
        if !matches!(&value, Value::Text(text) if text.is_empty()) {
            self.0.push((name, value));
        }
        self
    }

    /// The same, with a text.
    pub(super) fn text(self, name: &'static str, text: impl Into<Cow<'a, str>>) -> Self {
        self.with(name, Value::Text(text.into()))
    }

    /// The same, with an attribute that may be missing.
    pub(super) fn maybe(self, name: &'static str, value: Option<Value<'a>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same, with what can be done.
    pub(super) fn operations(self, operations: Vec<Operation>) -> Self {
        if operations.is_empty() { self } else { self.with("operations", Value::Operations(operations)) }
    }

    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Puts another value in the place of an attribute's.
    pub(super) fn replace(&mut self, name: &str, with: Value<'a>) {
        if let Some((_, value)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            *value = with;
        }
    }

    /// Leaves out the attributes that are not wanted.
    pub(super) fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }

    /// Where the resource is.
    pub(super) fn id(&self) -> &str {
        match self.get("id") {
            Some(Value::Text(id)) => id,
            _ => "",
        }
    }

    /// The names of all that are there.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// Whether a document stands by itself or is a part of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Part,
}

impl Resource {
    /// The document of one of these with these attributes, in the order of the table.
    pub(super) fn document<'a>(&self, fields: &Fields<'a>, dialect: Dialect, place: Place) -> Node<'a> {
        let mut parts = Vec::new();
        let is_last = |attribute: &Attribute| match attribute.value {
            Type::Operations => !self.operations_first,
            _ => attribute.extension.is_some() && dialect == Dialect::Strict,
        };
        let (last, first): (Vec<_>, Vec<_>) = self.all().partition(|attribute| is_last(attribute));
        for attribute in first.into_iter().chain(last) {
            if let Some(value) = fields.get(attribute.name) {
                parts.extend(attribute.nodes(value, dialect));
            }
        }
        if place == Place::Root {
            parts.push(Node::text("resourceURI", type_uri(self.name)).only(Format::Json));
        }
        let node = Node::object(self.name, parts);
        if place == Place::Part {
            return node;
        }
        let node = node.with_only(Format::Xml, "xmlns", NAMESPACE);
        match dialect.names_type(Format::Xml, false) {
            true => node.with_only(Format::Xml, "resourceURI", type_uri(self.name)),
            false => node,
        }
    }
}

impl Attribute {
    fn nodes<'a>(&'static self, value: &Value<'a>, dialect: Dialect) -> Vec<Node<'a>> {
        match value {
            Value::Map(pairs) => vec![properties(pairs), map(self.name, pairs)],
            Value::Many(values) => {
                let nodes = values.iter().map(|value| self.node(value, dialect)).collect();
                vec![Node::row(self.element, nodes).key(self.name)]
            }
            Value::Operations(operations) => {
                let nodes = operations.iter().map(|operation| {
                    let Operation { rel, href } = operation.clone();
                    Node::empty("operation").with("rel", rel).with("href", href)
                });
                vec![Node::row(self.element, nodes.collect()).key(self.name)]
            }
            other => vec![self.node(other, dialect).key(self.name)],
        }
    }

    fn node<'a>(&'static self, value: &Value<'a>, dialect: Dialect) -> Node<'a> {
        let node = match value {
            Value::Text(text) => Node::text(self.element, text.clone()),
            #[expect(clippy::cast_precision_loss, reason = "no measure is as large as 2^53")]
            Value::Number(number) => Node::number(self.element, *number as f64),
            Value::Flag(flag) => Node::flag(self.element, *flag),
            Value::Moment(moment) => Node::text(self.element, written(*moment)),
            Value::Href(href) => Node::empty(self.element).with("href", href.clone()),
            Value::Struct(fields) => self.structure(fields, dialect),
            Value::Expanded(expanded) => self.expanded(expanded, dialect),
            Value::Map(_) | Value::Many(_) | Value::Operations(_) => Node::null(self.element),
        };
        match self.extension {
            Some(namespace) if dialect == Dialect::Strict => node.with_only(Format::Xml, "xmlns", namespace),
            _ => node,
        }
    }

    fn structure<'a>(&'static self, fields: &Fields<'a>, dialect: Dialect) -> Node<'a> {
        let table: Vec<&'static Attribute> = match self.value {
            Type::Struct(table) => table.iter().collect(),
            Type::Reference(resource) => resource.all().collect(),
            _ => Vec::new(),
        };
        let parts = table.into_iter().filter_map(|part| Some(part.nodes(fields.get(part.name)?, dialect)));
        Node::object(self.element, parts.flatten().collect())
    }

    fn expanded<'a>(&'static self, expanded: &Expanded<'a>, dialect: Dialect) -> Node<'a> {
        let Type::Members(resource) = self.value else { return Node::null(self.element) };
        let members: Vec<Node<'a>> =
            expanded.members.iter().map(|member| resource.document(member, dialect, Place::Part)).collect();
        #[expect(clippy::cast_precision_loss, reason = "it is capped far below that")]
        let mut parts =
            vec![Node::text("id", expanded.href.clone()), Node::number("count", members.len() as f64)];
        if !members.is_empty() {
            parts.push(Node::row(resource.name, members).key(expanded.key));
        }
        if expanded.grows {
            let operation = Node::empty("operation").with("rel", "add").with("href", expanded.href.clone());
            parts.push(Node::row("operation", vec![operation]).key("operations"));
        }
        Node::object(self.element, parts).with("href", expanded.href.clone())
    }
}

fn properties<'a>(pairs: &[(Cow<'a, str>, Cow<'a, str>)]) -> Node<'a> {
    let node = |(key, text): &(Cow<'a, str>, Cow<'a, str>)| {
        Node::text("property", text.clone()).with("key", key.clone())
    };
    Node::row("property", pairs.iter().map(node).collect()).only(Format::Xml)
}

fn map<'a>(name: &'static str, pairs: &[(Cow<'a, str>, Cow<'a, str>)]) -> Node<'a> {
    let nodes = pairs.iter().map(|(key, text)| Node::text(key.clone(), text.clone()));
    Node::object(name, nodes.collect()).only(Format::Json)
}

/// A moment, to the second, as the original wrote it.
pub(super) fn written(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
