//! Links: by them clients find what a thing belongs to, and what can be done to it.

use super::{collections, context::Context, document::Node, negotiation::Format};
use crate::{model::Kind, wire::form};

/// A thing that another one names, in an element called `name`.
pub(super) fn reference<'a>(name: &'static str, kind: Kind, id: &'a str, context: &Context) -> Node<'a> {
    let href = context.href(&[collections::of(kind), id]);
    Node::empty(name).with("href", href).with("id", id).with_only(Format::Json, "rel", name)
}

/// What can be done, by a request with this method.
pub(super) fn action(rel: &'static str, method: &'static str, href: String) -> Node<'static> {
    Node::empty("link").with("href", href).with("method", method).with("rel", rel)
}

/// What makes an end of a thing.
pub(super) fn destroy(kind: Kind, id: &str, context: &Context) -> Node<'static> {
    action("destroy", "delete", context.href(&[collections::of(kind), id]))
}

/// What is done to a thing at a place of its own.
pub(super) fn post(rel: &'static str, kind: Kind, id: &str, context: &Context) -> Node<'static> {
    action(rel, "post", context.href(&[collections::of(kind), id, rel]))
}

/// A link that brings a parameter along.
pub(super) fn preset(href: &str, name: &str, value: &str) -> String {
    format!("{href};{name}={}", form::encode(value))
}
