//! Network interfaces.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        errors::Fault,
        plan::Asked,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Kind, NetworkInterfaceSpec, Spec},
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
