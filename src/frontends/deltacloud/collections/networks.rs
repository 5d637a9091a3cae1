//! Networks.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        errors::Fault,
        plan::Asked,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Kind, NetworkSpec, Spec},
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
    Ok(Spec::Network(NetworkSpec { name: asked.text("name"), address_block: asked.text("address_block") }))
}
