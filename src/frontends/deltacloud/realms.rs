//! Realms.

use super::{context::Context, document::Node, negotiation::Format};
use crate::model::{Realm, RealmState};

/// The document of a realm.
pub(super) fn describe<'a>(realm: &'a Realm<'_>, context: &Context) -> Node<'a> {
    let state = match realm.state {
        RealmState::Available => "AVAILABLE",
        RealmState::Unavailable => "UNAVAILABLE",
    };
    let parts = vec![
        Node::text("name", realm.name.as_ref()),
        Node::text("state", state),
        Node::text("limit", "unlimited").only(Format::Json),
    ];
    Node::object("realm", parts)
        .with("href", context.href(&["realms", &realm.id]))
        .with("id", realm.id.as_ref())
}
