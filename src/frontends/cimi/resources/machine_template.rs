//! MachineTemplates (DSP0263, section 5.14.2): what machines are created from.

use super::{
    address, credential, event_log, machine_configuration, machine_image, meter, network, network_port,
    volume,
};
use crate::frontends::cimi::attribute::{Attribute, Resource, Type};

/// The namespace of what the original added.
const REALM: &str = "http://deltacloud.org/cimi/machine_template/realm";

/// The type.
pub(in super::super) static MACHINE_TEMPLATE: Resource = Resource::new(
    "MachineTemplate",
    &[
        Attribute::new("realm", Type::Text).given().extension(REALM),
        Attribute::new("initialState", Type::Text).given(),
        Attribute::new("machineConfig", Type::Reference(&machine_configuration::MACHINE_CONFIGURATION))
            .given(),
        Attribute::new("machineImage", Type::Reference(&machine_image::MACHINE_IMAGE)).given(),
        Attribute::new("credential", Type::Reference(&credential::CREDENTIAL_TEMPLATE)).given(),
        Attribute::new("volumes", Type::Struct(VOLUME)).many("volume").given(),
        Attribute::new("volumeTemplates", Type::Reference(&volume::VOLUME_TEMPLATE))
            .many("volumeTemplate")
            .given(),
        Attribute::new("networkInterfaces", Type::Struct(NETWORK_INTERFACE)).many("networkInterface").given(),
        Attribute::new("userData", Type::Text).given(),
        Attribute::new("meterTemplates", Type::Reference(&meter::METER_TEMPLATE))
            .many("meterTemplate")
            .given(),
        Attribute::new("eventLogTemplate", Type::Reference(&event_log::EVENT_LOG_TEMPLATE)).given(),
    ],
);

/// A volume that is there.
const VOLUME: &[Attribute] =
    &[Attribute::new("href", Type::Uri).required(), Attribute::new("initialLocation", Type::Text).given()];

/// A network interface that a machine is to have.
const NETWORK_INTERFACE: &[Attribute] = &[
    Attribute::new("addresses", Type::Reference(&address::ADDRESS)).many("address").given(),
    Attribute::new("network", Type::Reference(&network::NETWORK)).given(),
    Attribute::new("networkPort", Type::Reference(&network_port::NETWORK_PORT)).given(),
    Attribute::new("state", Type::Text).given(),
    Attribute::new("mtu", Type::Number).given(),
];
