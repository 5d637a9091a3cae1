//! The collections: where each is, what is in it, what stands behind it in the model, and how its members are made.

use super::{
    attribute::Resource,
    create::{self, Asked},
    errors::Fault,
    resources::{
        Describe, address, credential, event_log, job, machine, machine_configuration, machine_image,
        machine_parts, machine_template, meter, network, network_port, system, volume,
    },
};
use crate::model::{Capabilities, Kind, NetworkInterface, Spec, Verb};

/// A collection that the Cloud Entry Point names.
#[derive(Debug)]
pub(super) struct Collection {
    /// Its name in paths.
    pub(super) path: &'static str,
    /// Its name in the Cloud Entry Point.
    pub(super) entry: &'static str,
    /// What its members are called in JSON.
    pub(super) key: &'static str,
    pub(super) resource: &'static Resource,
    pub(super) behind: Behind,
    pub(super) describe: Describe,
    pub(super) create: Option<Create>,
    pub(super) actions: Actions,
}

/// How a member of a collection is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Create {
    /// What the document that is sent may be.
    pub(super) input: &'static [&'static Resource],
    pub(super) spec: fn(&Asked<'_>) -> Result<Spec, Fault>,
}

/// What stands behind a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// What no cloud has.
    Nothing,
    /// Everything of this kind.
    Kind(Kind),
    /// What interfaces are on: the parts of networks, where there are such.
    Networks,
    /// Networks, where they have parts.
    Groups,
}

impl Collection {
    /// The kind that is behind it on this cloud, where there is one.
    pub(super) fn kind(&self, cloud: &Capabilities) -> Option<Kind> {
        let has_parts = cloud.supports(Verb::List, Kind::Subnet);
        match self.behind {
            Behind::Nothing => None,
            Behind::Kind(kind) => Some(kind),
            Behind::Networks => Some(network::kind(has_parts)),
            Behind::Groups => has_parts.then_some(Kind::Network),
        }
    }

    /// Whether this cloud has it.
    pub(super) fn is_served(&self, cloud: &Capabilities) -> bool {
        match (self.behind, self.kind(cloud)) {
            (Behind::Nothing, _) => true,
            (_, Some(kind)) => cloud.supports(Verb::List, kind),
            (_, None) => false,
        }
    }

    /// Whether it is named by the entry point: a cloud may turn out to lack what others of its sort have.
    pub(super) fn is_offered(&self, cloud: &Capabilities) -> bool {
        self.is_served(cloud) && self.kind(cloud).is_none_or(|kind| cloud.offers(Verb::List, kind))
    }

    /// Whether it is offered that members of it are made.
    pub(super) fn grows(&self, cloud: &Capabilities) -> bool {
        self.can_create(cloud) && self.kind(cloud).is_some_and(|kind| cloud.offers(Verb::Create, kind))
    }

    /// Whether members of it can be made on this cloud.
    pub(super) fn can_create(&self, cloud: &Capabilities) -> bool {
        let kind = self.kind(cloud);
        self.create.is_some() && kind.is_some_and(|kind| cloud.supports(Verb::Create, kind))
    }
}

const fn empty(
    path: &'static str,
    entry: &'static str,
    key: &'static str,
    resource: &'static Resource,
    actions: Actions,
) -> Collection {
    let (behind, describe) = (Behind::Nothing, machine_parts::nothing as Describe);
    Collection { path, entry, key, resource, behind, describe, create: None, actions }
}

/// The names of what is done with a collection, for metrics and the log.
#[derive(Debug)]
pub(super) struct Actions {
    pub(super) index: &'static str,
    pub(super) show: &'static str,
    pub(super) create: &'static str,
    pub(super) destroy: &'static str,
}

/// Those of a collection of this name.
macro_rules! actions {
    ($name:literal) => {
        $crate::frontends::cimi::collections::Actions {
            index: concat!($name, ".index"),
            show: concat!($name, ".show"),
            create: concat!($name, ".create"),
            destroy: concat!($name, ".destroy"),
        }
    };
}
pub(super) use actions;

/// All of them, in the order of the Cloud Entry Point.
pub(super) static COLLECTIONS: &[Collection] = &[
    empty("systems", "systems", "systems", &system::SYSTEM, actions!("systems")),
    empty(
        "system_templates",
        "systemTemplates",
        "systemTemplates",
        &system::SYSTEM_TEMPLATE,
        actions!("system_templates"),
    ),
    Collection {
        path: "machines",
        entry: "machines",
        key: "machines",
        resource: &machine::MACHINE,
        behind: Behind::Kind(Kind::Instance),
        describe: machine::describe,
        create: Some(Create { input: &[&machine::MACHINE_CREATE], spec: create::machine }),
        actions: actions!("machines"),
    },
    empty(
        "machine_templates",
        "machineTemplates",
        "machineTemplates",
        &machine_template::MACHINE_TEMPLATE,
        actions!("machine_templates"),
    ),
    Collection {
        path: "machine_configurations",
        entry: "machineConfigs",
        key: "machineConfigurations",
        resource: &machine_configuration::MACHINE_CONFIGURATION,
        behind: Behind::Kind(Kind::HardwareProfile),
        describe: machine_configuration::describe,
        create: None,
        actions: actions!("machine_configurations"),
    },
    Collection {
        path: "machine_images",
        entry: "machineImages",
        key: "machineImages",
        resource: &machine_image::MACHINE_IMAGE,
        behind: Behind::Kind(Kind::Image),
        describe: machine_image::describe,
        create: Some(Create { input: &[&machine_image::MACHINE_IMAGE], spec: create::machine_image }),
        actions: actions!("machine_images"),
    },
    Collection {
        path: "credentials",
        entry: "credentials",
        key: "credentials",
        resource: &credential::CREDENTIAL,
        behind: Behind::Kind(Kind::Key),
        describe: credential::describe,
        create: Some(Create { input: &[&credential::CREDENTIAL_CREATE], spec: create::credential }),
        actions: actions!("credentials"),
    },
    empty(
        "credential_templates",
        "credentialTemplates",
        "credentialTemplates",
        &credential::CREDENTIAL_TEMPLATE,
        actions!("credential_templates"),
    ),
    Collection {
        path: "volumes",
        entry: "volumes",
        key: "volumes",
        resource: &volume::VOLUME,
        behind: Behind::Kind(Kind::Volume),
        describe: volume::describe,
        create: Some(Create { input: &[&volume::VOLUME_CREATE], spec: create::volume }),
        actions: actions!("volumes"),
    },
    empty(
        "volume_templates",
        "volumeTemplates",
        "volumeTemplates",
        &volume::VOLUME_TEMPLATE,
        actions!("volume_templates"),
    ),
    empty(
        "volume_configurations",
        "volumeConfigs",
        "volumeConfigurations",
        &volume::VOLUME_CONFIGURATION,
        actions!("volume_configurations"),
    ),
    Collection {
        path: "volume_images",
        entry: "volumeImages",
        key: "volumeImages",
        resource: &volume::VOLUME_IMAGE,
        behind: Behind::Kind(Kind::Snapshot),
        describe: volume::describe_image,
        create: Some(Create { input: &[&volume::VOLUME_IMAGE], spec: create::volume_image }),
        actions: actions!("volume_images"),
    },
    Collection {
        path: "networks",
        entry: "networks",
        key: "networks",
        resource: &network::NETWORK,
        behind: Behind::Networks,
        describe: network::describe,
        create: Some(Create { input: &[&network::NETWORK_CREATE], spec: create::network }),
        actions: actions!("networks"),
    },
    empty(
        "network_templates",
        "networkTemplates",
        "networkTemplates",
        &network::NETWORK_TEMPLATE,
        actions!("network_templates"),
    ),
    empty(
        "network_configurations",
        "networkConfigs",
        "networkConfigurations",
        &network::NETWORK_CONFIGURATION,
        actions!("network_configurations"),
    ),
    empty(
        "network_ports",
        "networkPorts",
        "networkPorts",
        &network_port::NETWORK_PORT,
        actions!("network_ports"),
    ),
    empty(
        "network_port_templates",
        "networkPortTemplates",
        "networkPortTemplates",
        &network_port::NETWORK_PORT_TEMPLATE,
        actions!("network_port_templates"),
    ),
    empty(
        "network_port_configurations",
        "networkPortConfigs",
        "networkPortConfigurations",
        &network_port::NETWORK_PORT_CONFIGURATION,
        actions!("network_port_configurations"),
    ),
    Collection {
        path: "addresses",
        entry: "addresses",
        key: "addresses",
        resource: &address::ADDRESS,
        behind: Behind::Kind(Kind::Address),
        describe: address::describe,
        create: Some(Create { input: &[&address::ADDRESS_CREATE], spec: create::address }),
        actions: actions!("addresses"),
    },
    empty(
        "address_templates",
        "addressTemplates",
        "addressTemplates",
        &address::ADDRESS_TEMPLATE,
        actions!("address_templates"),
    ),
    Collection {
        path: "forwarding_groups",
        entry: "forwardingGroups",
        key: "forwardingGroups",
        resource: &network::FORWARDING_GROUP,
        behind: Behind::Groups,
        describe: network::describe_group,
        create: None,
        actions: actions!("forwarding_groups"),
    },
    empty(
        "forwarding_group_templates",
        "forwardingGroupTemplates",
        "forwardingGroupTemplates",
        &network::FORWARDING_GROUP_TEMPLATE,
        actions!("forwarding_group_templates"),
    ),
    empty("jobs", "jobs", "jobs", &job::JOB, actions!("jobs")),
    empty("meters", "meters", "meters", &meter::METER, actions!("meters")),
    empty(
        "meter_templates",
        "meterTemplates",
        "meterTemplates",
        &meter::METER_TEMPLATE,
        actions!("meter_templates"),
    ),
    empty(
        "meter_configurations",
        "meterConfigs",
        "meterConfigurations",
        &meter::METER_CONFIGURATION,
        actions!("meter_configurations"),
    ),
    empty("event_logs", "eventLogs", "eventLogs", &event_log::EVENT_LOG, actions!("event_logs")),
    empty(
        "event_log_templates",
        "eventLogTemplates",
        "eventLogTemplates",
        &event_log::EVENT_LOG_TEMPLATE,
        actions!("event_log_templates"),
    ),
];

/// The path of the collection of a kind; empty when there is none.
pub(super) fn of(kind: Kind) -> &'static str {
    if kind == Kind::Network || kind == Kind::Subnet {
        return "networks";
    }
    let found = COLLECTIONS.iter().find(|collection| collection.behind == Behind::Kind(kind));
    found.map_or("", |collection| collection.path)
}

/// What stands for the network of an interface: the part of it where the cloud has such.
pub(super) fn network_of<'a>(interface: &'a NetworkInterface<'_>, cloud: &Capabilities) -> Option<&'a str> {
    match network::kind(cloud.supports(Verb::List, Kind::Subnet)) {
        Kind::Subnet => interface.subnet.as_deref().or(interface.network.as_deref()),
        _ => interface.network.as_deref(),
    }
}
