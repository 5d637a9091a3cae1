//! MachineConfigurations (DSP0263, section 5.14.3): the hardware profiles of the model.

use super::{Scene, machine};
use crate::{
    frontends::cimi::{
        attribute::{Attribute, Resource, Type},
        dialect::Dialect,
        fields::{Fields, Value},
    },
    model::{self, HardwareProfile},
};

/// The type.
pub(in super::super) static MACHINE_CONFIGURATION: Resource = Resource::new(
    "MachineConfiguration",
    &[
        Attribute::new("cpu", Type::Number).given(),
        Attribute::new("memory", Type::Number).given(),
        Attribute::new("disks", Type::Struct(DISK)).many("disk").given(),
        Attribute::new("cpuArch", Type::Text).given(),
        Attribute::new("cpuSpeed", Type::Number).given(),
    ],
);

/// A disk of a configuration.
const DISK: &[Attribute] = &[
    Attribute::new("capacity", Type::Number).required(),
    Attribute::new("format", Type::Text).given(),
    Attribute::new("initialLocation", Type::Text).given(),
];

/// Tells a hardware profile.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::HardwareProfile(profile) = resource else { return Vec::new() };
    let cpus = profile.cpus.as_ref().map(|cpus| u64::from(cpus.default_value()));
    let memory = profile.memory.as_ref().map(|bytes| bytes.default_value() / machine::MEMORY_UNIT);
    let fields = Fields::at(scene.context.href(&["machine_configurations", &profile.id]))
        .text("name", super::name(&profile.name, &profile.id))
        .maybe("description", description(cpus, memory))
        .maybe("cpu", cpus.map(Value::Number))
        .maybe("memory", memory.map(Value::Number))
        .maybe("disks", disk(profile, scene.context.dialect))
        .maybe(
            "cpuArch",
            profile.architecture.as_deref().map(|name| Value::Text(machine::architecture(name).into())),
        );
    vec![fields]
}

/// The original's words, where there is something to say with them.
fn description<'r>(cpus: Option<u64>, memory: Option<u64>) -> Option<Value<'r>> {
    let (cpus, memory) = cpus.zip(memory)?;
    Some(Value::Text(format!("Machine Configuration with {memory} KiB of memory and {cpus} CPU").into()))
}

fn disk<'r>(profile: &HardwareProfile<'_>, dialect: Dialect) -> Option<Value<'r>> {
    let bytes = profile.storage.as_ref()?.default_value();
    let disk = Fields::default()
        .with("capacity", Value::Number(bytes / dialect.disk_unit()))
        .text("format", "unknown");
    Some(Value::Many(vec![Value::Struct(disk)]))
}
