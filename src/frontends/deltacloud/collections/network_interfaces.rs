//! Network interfaces.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links,
        negotiation::Format,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Capabilities, Kind, NetworkInterface, NetworkInterfaceSpec, Spec, Verb},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "network_interfaces",
    about: "The interfaces by which instances are on networks",
    operations: &[
        Row::index("network_interfaces.index", Kind::NetworkInterface, "Lists the interfaces", &[BY_ID]),
        Row::show("network_interfaces.show", Kind::NetworkInterface, "Shows an interface"),
        Row::create(
            "network_interfaces.create",
            Kind::NetworkInterface,
            network_interface,
            "Gives an instance an interface",
            &[
                Parameter::new("instance", Value::Id(Kind::Instance), "The instance").required(),
                Parameter::new("network", Value::Id(Kind::Network), "The network, or a subnet").required(),
                Parameter::new("name", Value::Text, "Its name"),
            ],
        ),
        Row::destroy("network_interfaces.destroy", Kind::NetworkInterface, "Makes an end of an interface"),
    ],
};

fn network_interface(asked: &Asked<'_>) -> Result<Spec, Fault> {
    Ok(Spec::NetworkInterface(NetworkInterfaceSpec {
        instance: asked.required_id("instance")?,
        network: asked.required_id("network")?,
        name: asked.text("name"),
    }))
}

/// The document of an interface. It is on a subnet or, where there is none, on a network.
pub(super) fn describe<'a>(
    interface: &'a NetworkInterface<'_>,
    cloud: &Capabilities,
    context: &Context,
) -> Node<'a> {
    let mut parts = vec![Node::text("name", interface.name.as_ref())];
    parts.extend(interface.addresses.first().map(|ip| Node::text("ip_address", ip.to_string())));
    parts.extend(interface.mac.as_deref().map(|mac| Node::text("mac_address", mac)));
    let subnet = interface.subnet.as_deref().map(|id| ("subnet", Kind::Subnet, id));
    let place = subnet.or(interface.network.as_deref().map(|id| ("network", Kind::Network, id)));
    if let Some((rel, kind, id)) = place {
        parts.extend(named("network", rel, kind, id, context));
    }
    if let Some(id) = interface.instance.as_deref() {
        parts.extend(named("instance", "instance", Kind::Instance, id, context));
    }
    let destroy = cloud.supports(Verb::Destroy, Kind::NetworkInterface);
    let destroy = destroy.then(|| links::destroy(Kind::NetworkInterface, &interface.id, context));
    parts.push(Node::list("actions", Vec::from_iter(destroy)));
    Node::object("network_interface", parts)
        .with("href", context.href(&["network_interfaces", &interface.id]))
        .with("id", interface.id.as_ref())
}

/// A thing that is named in the text in XML, too.
fn named<'a>(
    name: &'static str,
    rel: &'static str,
    kind: Kind,
    id: &'a str,
    context: &Context,
) -> [Node<'a>; 2] {
    let href = context.href(&[super::of(kind), id]);
    let node = |node: Node<'a>| node.with("href", href.clone()).with("id", id).with("rel", rel);
    [node(Node::text(name, id)).only(Format::Xml), node(Node::empty(name)).only(Format::Json)]
}
