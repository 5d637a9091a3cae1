//! The types of resources: a table of the attributes of each, in the order of the schema (DSP8009), and how things of the
//! neutral model are told in them.

pub(super) mod address;
pub(super) mod cloud_entry_point;
pub(super) mod credential;
pub(super) mod event_log;
pub(super) mod job;
pub(super) mod machine;
pub(super) mod machine_configuration;
pub(super) mod machine_image;
pub(super) mod machine_parts;
pub(super) mod machine_template;
pub(super) mod meter;
pub(super) mod network;
pub(super) mod network_port;
pub(super) mod resource_metadata;
pub(super) mod system;
pub(super) mod volume;

use super::{attribute::Resource, context::Context, fields::Fields};
use crate::model::{self, Capabilities};

/// The types that have a page of ResourceMetadata, in the order in which they are listed. Who looks for a type by its name
/// takes the first one that mentions it, so that what mentions another stands behind it.
pub(super) static TYPES: &[&Resource] = &[
    &cloud_entry_point::CLOUD_ENTRY_POINT,
    &machine::MACHINE,
    &machine_template::MACHINE_TEMPLATE,
    &machine_configuration::MACHINE_CONFIGURATION,
    &machine_image::MACHINE_IMAGE,
    &machine_parts::DISK,
    &machine_parts::MACHINE_VOLUME,
    &machine_parts::MACHINE_NETWORK_INTERFACE,
    &machine_parts::MACHINE_NETWORK_INTERFACE_ADDRESS,
    &machine_parts::MACHINE_SNAPSHOT,
    &credential::CREDENTIAL,
    &credential::CREDENTIAL_TEMPLATE,
    &volume::VOLUME,
    &volume::VOLUME_TEMPLATE,
    &volume::VOLUME_CONFIGURATION,
    &volume::VOLUME_IMAGE,
    &network::NETWORK,
    &network::NETWORK_TEMPLATE,
    &network::NETWORK_CONFIGURATION,
    &network_port::NETWORK_PORT,
    &network_port::NETWORK_PORT_TEMPLATE,
    &network_port::NETWORK_PORT_CONFIGURATION,
    &address::ADDRESS,
    &address::ADDRESS_TEMPLATE,
    &network::FORWARDING_GROUP,
    &network::FORWARDING_GROUP_TEMPLATE,
    &system::SYSTEM,
    &system::SYSTEM_TEMPLATE,
    &job::JOB,
    &meter::METER,
    &meter::METER_TEMPLATE,
    &meter::METER_CONFIGURATION,
    &event_log::EVENT_LOG,
    &event_log::EVENT_LOG_TEMPLATE,
];

/// Where something is told, and of which cloud.
pub(super) struct Scene<'s> {
    pub(super) context: &'s Context,
    pub(super) cloud: &'s Capabilities,
    /// The id of the machine that the told thing is a part of, where it is one.
    pub(super) owner: &'s str,
    /// The id of the part that is meant; empty when all are.
    pub(super) part: &'s str,
}

/// How things of the model are told: as one resource, as several or as none.
pub(super) type Describe = for<'r> fn(&'r model::Resource<'_>, &Scene<'_>) -> Vec<Fields<'r>>;

/// How a thing is called that people gave this name, if they did.
fn name<'a>(name: &'a str, id: &'a str) -> &'a str {
    if name.is_empty() { id } else { name }
}
