//! NetworkPorts (DSP0263, section 5.16.5).

use super::{event_log, meter, network};
use crate::frontends::cimi::attribute::{Attribute, Resource, Type};

/// A port of a network.
pub(in super::super) static NETWORK_PORT: Resource = Resource::new(
    "NetworkPort",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("network", Type::Reference(&network::NETWORK)),
        Attribute::new("portType", Type::Text),
        Attribute::new("classOfService", Type::Text),
        Attribute::new("meters", Type::Members(&meter::METER)),
        Attribute::new("eventLog", Type::Reference(&event_log::EVENT_LOG)),
    ],
);

/// A port, as one of a network's.
pub(in super::super) static NETWORK_NETWORK_PORT: Resource =
    Resource::new("NetworkNetworkPort", &[Attribute::new("networkPort", Type::Reference(&NETWORK_PORT))]);

/// What ports are made from.
pub(in super::super) static NETWORK_PORT_TEMPLATE: Resource = Resource::new(
    "NetworkPortTemplate",
    &[
        Attribute::new("network", Type::Reference(&network::NETWORK)).given(),
        Attribute::new("networkPortConfig", Type::Reference(&NETWORK_PORT_CONFIGURATION)).given(),
        Attribute::new("meterTemplates", Type::Reference(&meter::METER_TEMPLATE))
            .many("meterTemplate")
            .given(),
        Attribute::new("eventLogTemplate", Type::Reference(&event_log::EVENT_LOG_TEMPLATE)).given(),
    ],
);

/// What a port is like.
pub(in super::super) static NETWORK_PORT_CONFIGURATION: Resource = Resource::new(
    "NetworkPortConfiguration",
    &[Attribute::new("portType", Type::Text).given(), Attribute::new("classOfService", Type::Text).given()],
);
