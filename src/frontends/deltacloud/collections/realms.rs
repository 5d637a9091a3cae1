//! Realms.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        context::Context,
        document::Node,
        negotiation::Format,
        table::{Collection, Row},
    },
    model::{Kind, Realm, RealmState},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "realms",
    about: "The places in which instances run",
    operations: &[
        Row::index("realms.index", Kind::Realm, "Lists the realms", &[BY_ID]),
        Row::show("realms.show", Kind::Realm, "Shows a realm"),
    ],
};

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
