//! The entry point: links to the collections that the cloud has, and their features.

use super::{
    collections::{self, Collection},
    context::{Context, VERSION},
    document::Node,
    negotiation::Format,
};
use crate::model::{self, Capabilities};

/// An optional part of an operation, which some clouds have.
pub(super) struct Feature {
    name: &'static str,
    /// The collection whose operation it belongs to.
    collection: &'static str,
    operation: &'static str,
    parameter: &'static str,
    /// Whether a cloud has it.
    of: fn(&Capabilities) -> bool,
}

/// The features there are.
const FEATURES: &[Feature] = &[
    feature("owner_id", "images", "index", "owner_id"),
    feature("realm_filter", "instances", "index", "realm_id"),
    feature("user_name", "instances", "create", "name"),
    Feature {
        of: |cloud| cloud.user_data.is_some(),
        ..feature("user_data", "instances", "create", "user_data")
    },
    feature("instance_count", "instances", "create", "instance_count"),
    Feature {
        of: |cloud| cloud.has(model::Feature::ImportKey),
        ..feature("import_key", "keys", "create", "public_key")
    },
];

const fn feature(
    name: &'static str,
    collection: &'static str,
    operation: &'static str,
    parameter: &'static str,
) -> Feature {
    Feature { name, collection, operation, parameter, of: |_| true }
}

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
    let features = || {
        let own = FEATURES.iter().filter(|feature| feature.collection == collection.name);
        own.filter(|feature| (feature.of)(cloud))
    };
    let parts = vec![
        Node::row("feature", features().map(element).collect()).only(Format::Xml),
        Node::list("features", features().map(member).collect()).only(Format::Json),
    ];
    let href = context.href(&[collection.name]);
    Node::object("link", parts).with("href", href).with("rel", collection.name)
}

fn element(feature: &Feature) -> Node<'static> {
    let param = Node::empty("param").with("name", feature.parameter);
    Node::object("feature", vec![param]).with("name", feature.name).with("rel", feature.operation)
}

/// A feature is a list of one in JSON, as it always was.
fn member(feature: &Feature) -> Node<'static> {
    let params = vec![Node::text("param", format!("{}:string:optional", feature.parameter))];
    let parts = vec![Node::list("params", params), Node::object("constraints", Vec::new())];
    let member = Node::object("feature", parts).with("name", feature.name).with("rel", feature.operation);
    Node::list("feature", vec![member])
}
