//! The entry point: links to the collections that the cloud has, and their features.

use super::{
    collections,
    context::{Context, VERSION},
    document::Node,
    negotiation::Format,
    table::{Collection, Parameter},
};
use crate::model::Capabilities;

/// The document `api`.
pub(super) fn document(cloud: &Capabilities, context: &Context) -> Node<'static> {
    let links = collections::served(cloud).map(|collection| link(collection, cloud, context)).collect();
    let node = Node::object("api", vec![Node::row("link", links).key("links")]);
    let node = node.with("driver", context.driver).with("version", VERSION);
    match &context.provider {
        Some(provider) => node.with("provider", provider.clone()),
        None => node.with_only(Format::Json, "provider", "default"),
    }
}

fn link(collection: &Collection, cloud: &Capabilities, context: &Context) -> Node<'static> {
    let features = || features(collection, cloud);
    let parts = vec![
        Node::row("feature", features().map(|feature| feature.element()).collect()).only(Format::Xml),
        Node::list("features", features().map(|feature| feature.member()).collect()).only(Format::Json),
    ];
    let href = context.href(&[collection.name]);
    Node::object("link", parts).with("href", href).with("rel", collection.name)
}

/// An optional part of an operation, which some clouds have.
struct Feature {
    name: &'static str,
    operation: &'static str,
    parameter: &'static Parameter,
}

fn features(collection: &Collection, cloud: &Capabilities) -> impl Iterator<Item = Feature> {
    let rows = collection.operations.iter().filter(|row| row.is_served(cloud));
    let all = rows.flat_map(|row| row.parameters.iter().map(move |parameter| (row, parameter)));
    let taken = all.filter(|(_, parameter)| parameter.is_taken(cloud));
    taken.filter_map(|(row, parameter)| {
        Some(Feature { name: parameter.feature?, operation: row.name(), parameter })
    })
}

impl Feature {
    fn element(&self) -> Node<'static> {
        let param = Node::empty("param").with("name", self.parameter.name);
        Node::object("feature", vec![param]).with("name", self.name).with("rel", self.operation)
    }

    /// A feature is a list of one in JSON, as it always was.
    fn member(&self) -> Node<'static> {
        let params = vec![Node::text("param", self.parameter.signature())];
        let parts = vec![Node::list("params", params), Node::object("constraints", Vec::new())];
        let member = Node::object("feature", parts).with("name", self.name).with("rel", self.operation);
        Node::list("feature", vec![member])
    }
}
