//! Addresses.

use http::StatusCode;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links,
        negotiation::Format,
        table::{Collection, How, Parameter, Row, Value},
    },
    model::{Address, Capabilities, Change, Kind, Spec, Verb},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "addresses",
    about: "Addresses that are yours until you give them back, and lead to the instances that you choose",
    operations: &[
        Row::index("addresses.index", Kind::Address, "Lists the addresses", &[BY_ID]),
        Row::show("addresses.show", Kind::Address, "Shows an address"),
        Row::create("addresses.create", Kind::Address, |_| Ok(Spec::Address), "Gets another address", &[]),
        Row::destroy("addresses.destroy", Kind::Address, "Gives an address back"),
        Row::action(
            "addresses.associate",
            How::Change(Kind::Address, associate, Frame::Nothing, StatusCode::ACCEPTED),
            "Leads an address to an instance",
            &[Parameter::new("instance_id", Value::Id(Kind::Instance), "The instance").required()],
        ),
        Row::action(
            "addresses.disassociate",
            How::Change(Kind::Address, |_| Ok(Change::Disassociate), Frame::Nothing, StatusCode::ACCEPTED),
            "Leads an address nowhere any more",
            &[],
        ),
    ],
};

fn associate(asked: &Asked<'_>) -> Result<Change, Fault> {
    Ok(Change::Associate { instance: asked.required_id("instance_id")? })
}

/// The document of an address.
pub(super) fn describe<'a>(address: &'a Address<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let href = context.href(&["addresses", &address.id]);
    let mut parts = vec![
        Node::text("ip", address.ip.to_string()),
        Node::flag("associated", address.instance.is_some()).only(Format::Json),
        Node::list("actions", actions(address, cloud, context)),
    ];
    if let Some(instance) = address.instance.as_deref() {
        parts.push(links::reference("instance", Kind::Instance, instance, context));
        parts.push(Node::text("instance_id", instance).only(Format::Json));
    }
    Node::object("address", parts).with("href", href).with("id", address.id.as_ref())
}

fn actions(address: &Address<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'static>> {
    let rel = if address.instance.is_some() { "disassociate" } else { "associate" };
    let destroy = cloud.supports(Verb::Destroy, Kind::Address);
    let change = cloud.supports(Verb::Change, Kind::Address);
    let destroy = destroy.then(|| links::destroy(Kind::Address, &address.id, context));
    let change = change.then(|| links::post(rel, Kind::Address, &address.id, context));
    destroy.into_iter().chain(change).collect()
}
