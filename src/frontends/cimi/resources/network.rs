//! Networks and forwarding groups (DSP0263, section 5.16).
//!
//! As in the original, a network is what interfaces are on: a part of a network of the model where the cloud has such
//! parts, a whole one where it has none. The network of several parts is their forwarding group.

use super::{Scene, event_log, meter, name, network_port};
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        dialect::Dialect,
        fields::{Fields, Value},
    },
    model::{self, Kind, NetworkState},
};

/// The property of a network that says its addresses, for which the specification has no attribute.
pub(in super::super) const ADDRESS_BLOCK: &str = "addressBlock";

/// A network.
pub(in super::super) static NETWORK: Resource = Resource::new(
    "Network",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("networkType", Type::Text),
        Attribute::new("mtu", Type::Number),
        Attribute::new("classOfService", Type::Text),
        Attribute::new("networkPorts", Type::Members(&network_port::NETWORK_NETWORK_PORT)),
        Attribute::new("forwardingGroup", Type::Reference(&FORWARDING_GROUP)),
        Attribute::new("meters", Type::Members(&meter::METER)),
        Attribute::new("eventLog", Type::Reference(&event_log::EVENT_LOG)),
    ],
);

/// What a network is created with.
pub(in super::super) static NETWORK_CREATE: Resource = Resource::new(
    "NetworkCreate",
    &[Attribute::new("networkTemplate", Type::Reference(&NETWORK_TEMPLATE)).given()],
);

/// What networks are made from.
pub(in super::super) static NETWORK_TEMPLATE: Resource = Resource::new(
    "NetworkTemplate",
    &[
        Attribute::new("initialState", Type::Text).given(),
        Attribute::new("networkConfig", Type::Reference(&NETWORK_CONFIGURATION)).given(),
        Attribute::new("forwardingGroup", Type::Reference(&FORWARDING_GROUP)).given(),
        Attribute::new("meterTemplates", Type::Reference(&meter::METER_TEMPLATE))
            .many("meterTemplate")
            .given(),
        Attribute::new("eventLogTemplate", Type::Reference(&event_log::EVENT_LOG_TEMPLATE)).given(),
    ],
);

/// What a network is like.
pub(in super::super) static NETWORK_CONFIGURATION: Resource = Resource::new(
    "NetworkConfiguration",
    &[
        Attribute::new("networkType", Type::Text).given(),
        Attribute::new("mtu", Type::Number).given(),
        Attribute::new("classOfService", Type::Text).given(),
    ],
);

/// Networks between which packets go.
pub(in super::super) static FORWARDING_GROUP: Resource = Resource::new("ForwardingGroup", &NETWORKS);

/// What forwarding groups are made from.
pub(in super::super) static FORWARDING_GROUP_TEMPLATE: Resource =
    Resource::new("ForwardingGroupTemplate", &NETWORKS);

static NETWORKS: [Attribute; 1] =
    [Attribute::new("networks", Type::Reference(&NETWORK)).many("network").given()];

/// Tells a network, or a part of one.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let (id, called, state, group, block) = match resource {
        model::Resource::Network(network) => {
            (&network.id, &network.name, network.state, None, network.address_blocks.first())
        }
        model::Resource::Subnet(subnet) => {
            (&subnet.id, &subnet.name, subnet.state, subnet.network.as_deref(), subnet.address_block.as_ref())
        }
        _other => return Vec::new(),
    };
    let block = block.map(|block| Value::Map(vec![(ADDRESS_BLOCK.into(), block.as_ref().into())]));
    let context = scene.context;
    let called = name(called, id);
    let ports = context.href(&["networks", id, "network_ports"]);
    let group = group.filter(|_| context.dialect == Dialect::Strict);
    let fields = Fields::at(context.href(&["networks", id]))
        .text("name", called)
        .maybe("description", placeholder("Network", called, context.dialect))
        .maybe("properties", block)
        .text("state", word(state))
        .text("networkType", "PRIVATE")
        .with("networkPorts", Value::Href(ports))
        .maybe("forwardingGroup", group.map(|id| Value::Href(context.href(&["forwarding_groups", id]))));
    vec![fields.operations(actions::delete(resource.kind(), id, true, scene))]
}

/// Tells a network of several parts.
pub(in super::super) fn describe_group<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Network(network) = resource else { return Vec::new() };
    if network.subnets.len() < 2 {
        return Vec::new();
    }
    let context = scene.context;
    let called = name(&network.name, &network.id);
    let parts = network.subnets.iter().map(|id| Value::Href(context.href(&["networks", id])));
    let fields = Fields::at(context.href(&["forwarding_groups", &network.id]))
        .text("name", called)
        .maybe("description", placeholder("Forwarding Group", called, context.dialect))
        .with("networks", Value::Many(parts.collect()));
    vec![fields]
}

/// What the original says where nothing is said.
fn placeholder<'r>(what: &str, name: &str, dialect: Dialect) -> Option<Value<'r>> {
    let text = || Value::Text(format!("No description set for {what} {name}").into());
    (dialect == Dialect::Compatible).then(text)
}

fn word(state: NetworkState) -> &'static str {
    match state {
        NetworkState::Up => "STARTED",
        NetworkState::Pending => "CREATING",
        NetworkState::Down => "STOPPED",
    }
}

/// The kind of the model that stands for it.
pub(in super::super) fn kind(has_parts: bool) -> Kind {
    if has_parts { Kind::Subnet } else { Kind::Network }
}
