//! Systems (DSP0263, section 5.13): machines, networks and all else that is operated on as one.

use super::{
    address, credential, event_log, machine, machine_template, meter, network, network_port, volume,
};
use crate::frontends::cimi::attribute::{Attribute, Resource, Type};

/// A system.
pub(in super::super) static SYSTEM: Resource = Resource::new(
    "System",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("systems", Type::Members(&SYSTEM_SYSTEM)),
        Attribute::new("machines", Type::Members(&SYSTEM_MACHINE)),
        Attribute::new("credentials", Type::Members(&SYSTEM_CREDENTIAL)),
        Attribute::new("volumes", Type::Members(&SYSTEM_VOLUME)),
        Attribute::new("networks", Type::Members(&SYSTEM_NETWORK)),
        Attribute::new("networkPorts", Type::Members(&SYSTEM_NETWORK_PORT)),
        Attribute::new("addresses", Type::Members(&SYSTEM_ADDRESS)),
        Attribute::new("forwardingGroups", Type::Members(&SYSTEM_FORWARDING_GROUP)),
        Attribute::new("meters", Type::Members(&meter::METER)),
        Attribute::new("eventLog", Type::Reference(&event_log::EVENT_LOG)),
    ],
);

static SYSTEM_SYSTEM: Resource =
    Resource::new("SystemSystem", &[Attribute::new("system", Type::Reference(&SYSTEM))]);
static SYSTEM_MACHINE: Resource =
    Resource::new("SystemMachine", &[Attribute::new("machine", Type::Reference(&machine::MACHINE))]);
static SYSTEM_CREDENTIAL: Resource = Resource::new(
    "SystemCredential",
    &[Attribute::new("credential", Type::Reference(&credential::CREDENTIAL))],
);
static SYSTEM_VOLUME: Resource =
    Resource::new("SystemVolume", &[Attribute::new("volume", Type::Reference(&volume::VOLUME))]);
static SYSTEM_NETWORK: Resource =
    Resource::new("SystemNetwork", &[Attribute::new("network", Type::Reference(&network::NETWORK))]);
static SYSTEM_NETWORK_PORT: Resource = Resource::new(
    "SystemNetworkPort",
    &[Attribute::new("networkPort", Type::Reference(&network_port::NETWORK_PORT))],
);
static SYSTEM_ADDRESS: Resource =
    Resource::new("SystemAddress", &[Attribute::new("address", Type::Reference(&address::ADDRESS))]);
static SYSTEM_FORWARDING_GROUP: Resource = Resource::new(
    "SystemForwardingGroup",
    &[Attribute::new("forwardingGroup", Type::Reference(&network::FORWARDING_GROUP))],
);

/// What systems are made from.
pub(in super::super) static SYSTEM_TEMPLATE: Resource = Resource::new(
    "SystemTemplate",
    &[
        Attribute::new("componentDescriptors", Type::Struct(&COMPONENT)).many("componentDescriptor").given(),
        Attribute::new("meterTemplates", Type::Reference(&meter::METER_TEMPLATE))
            .many("meterTemplate")
            .given(),
        Attribute::new("eventLogTemplate", Type::Reference(&event_log::EVENT_LOG_TEMPLATE)).given(),
        Attribute::new("importImage", Type::Uri).given(),
    ],
);

static COMPONENT: [Attribute; 15] = [
    Attribute::new("name", Type::Text).given(),
    Attribute::new("description", Type::Text).given(),
    Attribute { element: "property", ..Attribute::new("properties", Type::Map).given() },
    Attribute::new("type", Type::Uri).required(),
    Attribute::new("addressTemplate", Type::Reference(&address::ADDRESS_TEMPLATE)).given(),
    Attribute::new("credentialTemplate", Type::Reference(&credential::CREDENTIAL_TEMPLATE)).given(),
    Attribute::new("eventLogTemplate", Type::Reference(&event_log::EVENT_LOG_TEMPLATE)).given(),
    Attribute::new("forwardingGroupTemplate", Type::Reference(&network::FORWARDING_GROUP_TEMPLATE)).given(),
    Attribute::new("machineTemplate", Type::Reference(&machine_template::MACHINE_TEMPLATE)).given(),
    Attribute::new("meterTemplate", Type::Reference(&meter::METER_TEMPLATE)).given(),
    Attribute::new("networkPortTemplate", Type::Reference(&network_port::NETWORK_PORT_TEMPLATE)).given(),
    Attribute::new("networkTemplate", Type::Reference(&network::NETWORK_TEMPLATE)).given(),
    Attribute::new("systemTemplate", Type::Reference(&SYSTEM_TEMPLATE)).given(),
    Attribute::new("volumeTemplate", Type::Reference(&volume::VOLUME_TEMPLATE)).given(),
    Attribute::new("quantity", Type::Number).given(),
];
