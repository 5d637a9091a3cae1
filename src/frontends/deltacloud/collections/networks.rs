//! Networks.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Capabilities, Kind, Network, NetworkSpec, NetworkState, Spec, Verb},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "networks",
    about: "What the interfaces of instances are on",
    operations: &[
        Row::index("networks.index", Kind::Network, "Lists the networks", &[BY_ID]),
        Row::show("networks.show", Kind::Network, "Shows a network"),
        Row::create(
            "networks.create",
            Kind::Network,
            network,
            "Makes a network",
            &[
                Parameter::new("address_block", Value::Text, "Its addresses (192.168.0.0/16)"),
                Parameter::new("name", Value::Text, "Its name"),
            ],
        ),
        Row::destroy("networks.destroy", Kind::Network, "Makes an end of a network"),
    ],
};

fn network(asked: &Asked<'_>) -> Result<Spec, Fault> {
    Ok(Spec::Network(NetworkSpec { name: asked.text("name"), address_block: asked.block("address_block")? }))
}

/// The document of a network.
pub(super) fn describe<'a>(network: &'a Network<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let blocks = network.address_blocks.iter().map(|block| Node::text("address_block", block.as_ref()));
    let subnets = network.subnets.iter().map(|id| links::reference("subnet", Kind::Subnet, id, context));
    let destroy = cloud.supports(Verb::Destroy, Kind::Network);
    let destroy = destroy.then(|| links::destroy(Kind::Network, &network.id, context));
    let parts = vec![
        Node::text("name", network.name.as_ref()),
        Node::text("state", word(network.state)),
        Node::list("address_blocks", blocks.collect()),
        Node::list("subnets", subnets.collect()),
        Node::list("actions", Vec::from_iter(destroy)),
    ];
    Node::object("network", parts)
        .with("href", context.href(&["networks", &network.id]))
        .with("id", network.id.as_ref())
}

/// How the state of a network, or of a part of one, is shown.
pub(super) fn word(state: NetworkState) -> &'static str {
    match state {
        NetworkState::Up => "UP",
        NetworkState::Pending => "PENDING",
        NetworkState::Down => "DOWN",
    }
}
