//! Drivers: of all there are, a front end knows the one that is spoken to.

use super::{context::Context, document::Node};
use crate::model::Capabilities;

/// The document `drivers`.
pub(super) fn index(cloud: &Capabilities, context: &Context) -> Node<'static> {
    Node::object("drivers", vec![describe(cloud, context).key(cloud.driver)])
}

/// The document of the driver.
pub(super) fn describe(cloud: &Capabilities, context: &Context) -> Node<'static> {
    let parts = vec![Node::text("name", title(cloud.driver))];
    Node::object("driver", parts)
        .with("href", context.href(&["drivers", cloud.driver]))
        .with("id", cloud.driver)
}

fn title(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
