//! Subnets: the parts of networks.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        errors::Fault,
        plan::Asked,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Kind, Spec, SubnetSpec},
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
    Ok(Spec::Subnet(SubnetSpec {
        network: asked.required_id("network_id")?,
        address_block: asked.parameters.required("address_block")?.to_owned(),
        name: asked.text("name"),
    }))
}
