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
        Node::row("feature", features().map(|feature| feature.element(cloud)).collect()).only(Format::Xml),
        Node::list("features", features().map(|feature| feature.member(cloud)).collect()).only(Format::Json),
    ];
    let href = context.href(&[collection.name]);
    Node::object("link", parts).with("href", href).with("rel", collection.name)
}

/// The constraint on the length of a text.
const MAX_LENGTH: &str = "max_length";

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
    fn element(&self, cloud: &Capabilities) -> Node<'static> {
        let param = Node::empty("param").with("name", self.parameter.name);
        let length =
            self.max_length(cloud).map(|length| Node::text("constraint", length).with("name", MAX_LENGTH));
        let parts = std::iter::once(param).chain(length).collect();
        Node::object("feature", parts).with("name", self.name).with("rel", self.operation)
    }

    /// A feature is a list of one in JSON, as it always was.
    fn member(&self, cloud: &Capabilities) -> Node<'static> {
        let params = vec![Node::text("param", self.parameter.signature())];
        let constraints = self.max_length(cloud).map(|length| Node::text(MAX_LENGTH, length));
        let constraints = Node::object("constraints", constraints.into_iter().collect());
        let parts = vec![Node::list("params", params), constraints];
        let member = Node::object("feature", parts).with("name", self.name).with("rel", self.operation);
        Node::list("feature", vec![member])
    }

    /// The one constraint there is: how long an instance's name may be.
    fn max_length(&self, cloud: &Capabilities) -> Option<String> {
        cloud.longest_name.filter(|_| self.name == "user_name").map(|longest| longest.to_string())
    }
}
