//! The documentation: what can be done here, read off the table by which it is done.
//!
//! It tells what the cloud that is spoken to has, and nothing of other clouds.

use super::{
    collections,
    context::Context,
    document::Node,
    errors::Fault,
    path::ROOT,
    table::{Collection, Parameter, Place, Row, Value},
};
use crate::model::Capabilities;

/// What is asked about: everything, a collection, or one of its operations.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    Everything,
    Collection(&'static Collection),
    Operation(&'static Collection, &'static Row),
}

impl Subject {
    /// The subject that the rest of a path names.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn of(rest: &[&str]) -> Result<Self, Fault> {
        let collection = |name: &str| {
            let found = collections::COLLECTIONS.iter().find(|collection| collection.name == name);
            found.ok_or_else(Fault::nothing_there)
        };
        match *rest {
            [] => Ok(Subject::Everything),
            [name] => Ok(Subject::Collection(collection(name)?)),
            [name, operation] => {
                let collection = collection(name)?;
                let row = collection.operations.iter().find(|row| row.name() == operation);
                Ok(Subject::Operation(collection, row.ok_or_else(Fault::nothing_there)?))
            }
            _ => Err(Fault::nothing_there()),
        }
    }

    /// Its name, as that of an operation.
    #[cfg(test)]
    pub(super) fn name(self) -> &'static str {
        match self {
            Subject::Everything => "",
            Subject::Collection(collection) => collection.name,
            Subject::Operation(_, row) => row.action,
        }
    }

    /// The document about it.
    ///
    /// # Errors
    /// When the cloud does not have it.
    pub(super) fn document(self, cloud: &Capabilities, context: &Context) -> Result<Node<'static>, Fault> {
        let is_there = match self {
            Subject::Everything => true,
            Subject::Collection(collection) => collection.operations.iter().any(|row| row.is_served(cloud)),
            Subject::Operation(_, row) => row.is_served(cloud),
        };
        if !is_there {
            return Err(Fault::incapable());
        }
        Ok(match self {
            Subject::Everything => {
                let all = collections::served(cloud).map(|collection| summary(collection, context)).collect();
                Node::object("docs", vec![Node::row("collection", all).key("collections")])
            }
            Subject::Collection(collection) => {
                let served = collection.operations.iter().filter(|row| row.is_served(cloud));
                let rows = served.map(|row| line(collection, row, context)).collect();
                let parts = vec![Node::text("description", collection.about), Node::list("operations", rows)];
                named("collection", collection.name, context.href(&["docs", collection.name]), parts)
            }
            Subject::Operation(collection, row) => {
                let taken = row.parameters.iter().filter(|parameter| parameter.is_taken(cloud));
                let mut parts = told(collection, row);
                parts.push(Node::list("parameters", taken.map(parameter).collect()));
                named("operation", row.name(), context.href(&["docs", collection.name, row.name()]), parts)
            }
        })
    }
}

fn named(
    element: &'static str,
    name: &'static str,
    href: String,
    parts: Vec<Node<'static>>,
) -> Node<'static> {
    Node::object(element, parts).with("href", href).with("id", name)
}

fn summary(collection: &'static Collection, context: &Context) -> Node<'static> {
    let parts = vec![Node::text("description", collection.about)];
    named("collection", collection.name, context.href(&["docs", collection.name]), parts)
}

fn line(collection: &'static Collection, row: &'static Row, context: &Context) -> Node<'static> {
    let href = context.href(&["docs", collection.name, row.name()]);
    named("operation", row.name(), href, told(collection, row))
}

fn told(collection: &'static Collection, row: &'static Row) -> Vec<Node<'static>> {
    vec![
        Node::text("description", row.about),
        Node::text("method", row.method.to_string()),
        Node::text("path", place(collection, row)),
    ]
}

/// The path, where `:id` stands for what it is about.
fn place(collection: &Collection, row: &Row) -> String {
    let start = format!("/{ROOT}/{}", collection.name);
    let part = || row.parameters.get(1).map_or("part_id", |parameter| parameter.name);
    match row.place {
        Place::Collection => start,
        Place::Member => format!("{start}/:id"),
        Place::Action => format!("{start}/:id/{}", row.name()),
        Place::Part => format!("{start}/:id/:{}", part()),
        Place::PartAction => format!("{start}/:id/:{}/{}", part(), row.name()),
    }
}

fn parameter(parameter: &'static Parameter) -> Node<'static> {
    let (kind, choices): (&str, Vec<&'static str>) = match parameter.value {
        Value::Text => ("string", Vec::new()),
        Value::LongText => ("text", Vec::new()),
        Value::Secret => ("secret", Vec::new()),
        Value::Number => ("number", Vec::new()),
        Value::Flag => ("flag", Vec::new()),
        Value::File => ("file", Vec::new()),
        Value::OneOf(words) => ("enum", words.to_vec()),
        Value::Id(_) => ("id", Vec::new()),
    };
    let mut parts = vec![Node::text("description", parameter.about)];
    if let Value::Id(kind) = parameter.value {
        parts.push(Node::text("collection", collections::of(kind)));
    }
    if !choices.is_empty() {
        let choices = choices.into_iter().map(|word| Node::text("choice", word)).collect();
        parts.push(Node::row("choice", choices).key("choices"));
    }
    let required = if parameter.required { "required" } else { "optional" };
    Node::object("parameter", parts)
        .with("name", parameter.name)
        .with("type", kind)
        .with("presence", required)
}
