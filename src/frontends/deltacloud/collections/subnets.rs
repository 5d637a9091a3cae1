//! Subnets: the parts of networks.

use super::{BY_ID, networks};
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
    model::{Capabilities, Kind, Spec, Subnet, SubnetSpec, Verb},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "subnets",
    about: "The parts of networks",
    operations: &[
        Row::index("subnets.index", Kind::Subnet, "Lists the subnets", &[BY_ID]),
        Row::show("subnets.show", Kind::Subnet, "Shows a subnet"),
        Row::create(
            "subnets.create",
            Kind::Subnet,
            subnet,
            "Makes a subnet",
            &[
                Parameter::new("network_id", Value::Id(Kind::Network), "The network").required(),
                Parameter::new("address_block", Value::Text, "Its addresses (192.168.1.0/24)").required(),
                Parameter::new("name", Value::Text, "Its name"),
            ],
        ),
        Row::destroy("subnets.destroy", Kind::Subnet, "Makes an end of a subnet"),
    ],
};

fn subnet(asked: &Asked<'_>) -> Result<Spec, Fault> {
    asked.parameters.required("address_block")?;
    let address_block = asked.block("address_block")?.unwrap_or_default();
    Ok(Spec::Subnet(SubnetSpec {
        network: asked.required_id("network_id")?,
        address_block,
        name: asked.text("name"),
    }))
}

/// The document of a subnet. In XML its network is named in the text, too, where the original had it.
pub(super) fn describe<'a>(subnet: &'a Subnet<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let mut parts = vec![
        Node::text("name", subnet.name.as_ref()),
        Node::null("type").only(Format::Json),
        Node::text("state", networks::word(subnet.state)),
        Node::text("address_block", subnet.address_block.as_deref().unwrap_or_default()),
    ];
    if let Some(network) = subnet.network.as_deref() {
        let href = context.href(&["networks", network]);
        let element = Node::text("network", network).with("href", href).with("id", network);
        parts.push(element.only(Format::Xml));
        parts.push(links::reference("network", Kind::Network, network, context).only(Format::Json));
    }
    let destroy = cloud.supports(Verb::Destroy, Kind::Subnet);
    let destroy = destroy.then(|| links::destroy(Kind::Subnet, &subnet.id, context));
    parts.push(Node::list("actions", Vec::from_iter(destroy)));
    Node::object("subnet", parts)
        .with("href", context.href(&["subnets", &subnet.id]))
        .with("id", subnet.id.as_ref())
}
