//! The Cloud Entry Point (DSP0263, section 5.3): where every client begins, and finds all else by links.

use super::{
    address, credential, event_log, job, machine, machine_configuration, machine_image, machine_template,
    meter, network, network_port, resource_metadata, system, volume,
};
use crate::frontends::cimi::attribute::{Attribute, Resource, Type};

/// The namespaces of what the original added.
const DRIVER: &str = "http://deltacloud.org/cimi/cloud_entry_point/driver";
const PROVIDER: &str = "http://deltacloud.org/cimi/cloud_entry_point/provider";

const fn members(name: &'static str, of: &'static Resource) -> Attribute {
    Attribute::new(name, Type::Members(of))
}

/// The type.
pub(in super::super) static CLOUD_ENTRY_POINT: Resource = Resource::new(
    "CloudEntryPoint",
    &[
        Attribute { required: true, ..Attribute::new("driver", Type::Text).extension(DRIVER) },
        Attribute { required: true, ..Attribute::new("provider", Type::Text).extension(PROVIDER) },
        Attribute::new("baseURI", Type::Uri),
        members("resourceMetadata", &resource_metadata::RESOURCE_METADATA),
        members("systems", &system::SYSTEM),
        members("systemTemplates", &system::SYSTEM_TEMPLATE),
        members("machines", &machine::MACHINE),
        members("machineTemplates", &machine_template::MACHINE_TEMPLATE),
        members("machineConfigs", &machine_configuration::MACHINE_CONFIGURATION),
        members("machineImages", &machine_image::MACHINE_IMAGE),
        members("credentials", &credential::CREDENTIAL),
        members("credentialTemplates", &credential::CREDENTIAL_TEMPLATE),
        members("volumes", &volume::VOLUME),
        members("volumeTemplates", &volume::VOLUME_TEMPLATE),
        members("volumeConfigs", &volume::VOLUME_CONFIGURATION),
        members("volumeImages", &volume::VOLUME_IMAGE),
        members("networks", &network::NETWORK),
        members("networkTemplates", &network::NETWORK_TEMPLATE),
        members("networkConfigs", &network::NETWORK_CONFIGURATION),
        members("networkPorts", &network_port::NETWORK_PORT),
        members("networkPortTemplates", &network_port::NETWORK_PORT_TEMPLATE),
        members("networkPortConfigs", &network_port::NETWORK_PORT_CONFIGURATION),
        members("addresses", &address::ADDRESS),
        members("addressTemplates", &address::ADDRESS_TEMPLATE),
        members("forwardingGroups", &network::FORWARDING_GROUP),
        members("forwardingGroupTemplates", &network::FORWARDING_GROUP_TEMPLATE),
        members("jobs", &job::JOB),
        members("meters", &meter::METER),
        members("meterTemplates", &meter::METER_TEMPLATE),
        members("meterConfigs", &meter::METER_CONFIGURATION),
        members("eventLogs", &event_log::EVENT_LOG),
        members("eventLogTemplates", &event_log::EVENT_LOG_TEMPLATE),
    ],
);
