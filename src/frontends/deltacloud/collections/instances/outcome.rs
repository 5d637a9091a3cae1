//! What came of a command that an instance executed.

use crate::{
    frontends::deltacloud::{context::Context, document::Node},
    model::Run,
};

/// The document of a command that was executed.
pub(in super::super) fn outcome<'a>(run: &'a Run<'_>, context: &Context) -> Node<'a> {
    let parts = vec![
        Node::text("public_address", run.address.as_ref()),
        Node::text("command", run.command.as_ref()),
        Node::text("output", run.output.as_ref()),
    ];
    Node::object("instance", parts)
        .with("href", context.href(&["instances", &run.instance]))
        .with("id", run.instance.as_ref())
}
