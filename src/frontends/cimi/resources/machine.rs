//! Machines (DSP0263, section 5.14.1): the instances of the model.

use super::{Scene, event_log, machine_image, machine_parts, machine_template, meter};
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        dialect::Dialect,
        fields::{Fields, Value},
        properties,
    },
    model::{self, Instance, InstanceState},
};

/// The namespaces of what the original added.
const REALM: &str = "http://deltacloud.org/cimi/machine/realm";
const IMAGE: &str = "http://deltacloud.org/cimi/machine/machine_image";

/// Bytes of one unit in which memory is measured: KiB.
pub(in super::super) const MEMORY_UNIT: u64 = 1 << 10;

/// The type.
pub(in super::super) static MACHINE: Resource = Resource::new(
    "Machine",
    &[
        Attribute::new("realm", Type::Text).given().extension(REALM),
        Attribute::new("machineImage", Type::Reference(&machine_image::MACHINE_IMAGE)).extension(IMAGE),
        Attribute::new("state", Type::Text),
        Attribute::new("cpu", Type::Number),
        Attribute::new("memory", Type::Number),
        Attribute::new("disks", Type::Members(&machine_parts::DISK)),
        Attribute::new("cpuArch", Type::Text),
        Attribute::new("cpuSpeed", Type::Number),
        Attribute::new("volumes", Type::Members(&machine_parts::MACHINE_VOLUME)),
        Attribute::new("networkInterfaces", Type::Members(&machine_parts::MACHINE_NETWORK_INTERFACE)),
        Attribute::new("latestSnapshot", Type::Reference(&machine_image::MACHINE_IMAGE)),
        Attribute::new("snapshots", Type::Members(&machine_parts::MACHINE_SNAPSHOT)),
        Attribute::new("meters", Type::Members(&meter::METER)),
        Attribute::new("eventLog", Type::Reference(&event_log::EVENT_LOG)),
    ],
);

/// What a machine is created with.
pub(in super::super) static MACHINE_CREATE: Resource = Resource::new(
    "MachineCreate",
    &[
        Attribute::new("machineTemplate", Type::Reference(&machine_template::MACHINE_TEMPLATE)).required(),
        Attribute::new("realm", Type::Text).given().extension(REALM),
    ],
);

/// Tells an instance. One that is gone is not there any more.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    match resource {
        model::Resource::Instance(instance) if instance.state != InstanceState::Terminated => {
            vec![machine(instance, scene)]
        }
        _other => Vec::new(),
    }
}

fn machine<'r>(instance: &'r Instance<'_>, scene: &Scene<'_>) -> Fields<'r> {
    let context = scene.context;
    let part = |part: &str| Value::Href(context.href(&["machines", &instance.id, part]));
    let image = |id: &std::borrow::Cow<'_, str>| Value::Href(context.href(&["machine_images", id]));
    let fields = Fields::at(context.href(&["machines", &instance.id]));
    let fields = properties::told(fields, &instance.tags, &instance.name)
        .maybe("description", description(instance, context.dialect))
        .maybe("created", instance.created.map(Value::Moment))
        .maybe("realm", instance.realm.as_deref().map(|realm| Value::Text(realm.into())))
        .maybe("machineImage", instance.image.as_ref().map(image))
        .text("state", word(instance.state))
        .maybe("cpu", instance.cpus.map(|cpus| Value::Number(cpus.into())))
        .maybe("memory", instance.memory.map(|bytes| Value::Number(bytes / MEMORY_UNIT)))
        .with("disks", part("disks"))
        .maybe("cpuArch", instance.architecture.as_deref().map(|name| Value::Text(architecture(name).into())))
        .with("volumes", part("volumes"))
        .with("networkInterfaces", part("network_interfaces"))
        .with("snapshots", part("snapshots"));
    fields.operations(actions::of_machine(instance, scene))
}

/// What the original says where nothing is said.
fn description<'r>(instance: &Instance<'_>, dialect: Dialect) -> Option<Value<'r>> {
    let placeholder = || format!("No description set for Machine {}", instance.name);
    (dialect == Dialect::Compatible).then(|| Value::Text(placeholder().into()))
}

/// How a state is called (DSP0263, section 5.14.1). What the cloud lost sight of is shown as running, since it may be.
pub(in super::super) fn word(state: InstanceState) -> &'static str {
    match state {
        InstanceState::Creating | InstanceState::Locked => "CREATING",
        InstanceState::Starting | InstanceState::Resuming => "STARTING",
        InstanceState::Running | InstanceState::Rebooting | InstanceState::Unknown => "STARTED",
        InstanceState::Paused => "PAUSED",
        InstanceState::Suspending => "SUSPENDING",
        InstanceState::Suspended => "SUSPENDED",
        InstanceState::Stopping => "STOPPING",
        InstanceState::Stopped => "STOPPED",
        InstanceState::Terminating | InstanceState::Terminated => "DELETING",
        InstanceState::Error => "ERROR",
    }
}

/// How a processor is called (DSP0263, section 5.14.1).
pub(in super::super) fn architecture(name: &str) -> &str {
    match name {
        "i386" => "x86",
        "arm64" => "ARM",
        "ppc64" => "PowerPC",
        "s390x" => "z/Architecture",
        other => other,
    }
}
