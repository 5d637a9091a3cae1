//! What instance types can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{envelope::Context, instance_types, instances, scalars},
    model::HardwareProfile,
};

/// By whether a type says how large it is. EC2's all do, and clients count on it; a hardware profile may leave it to
/// the image.
pub(in crate::frontends::ec2) const SIZED: &Known = &Known { name: "sized", values: V::InstanceType(sized) };

/// The filters of `DescribeInstanceTypes`.
pub(in crate::frontends::ec2) const INSTANCE_TYPES: &[Known] = &[
    Known { name: "instance-type", values: V::InstanceType(|profile, _, matches| matches(&profile.id)) },
    Known { name: "vcpu-info.default-vcpus", values: V::InstanceType(cpus) },
    Known { name: "vcpu-info.default-cores", values: V::InstanceType(cpus) },
    Known { name: "memory-info.size-in-mib", values: V::InstanceType(memory) },
    Known { name: "processor-info.supported-architecture", values: V::InstanceType(architecture) },
    Known { name: "current-generation", values: V::Always("true") },
    Known { name: "free-tier-eligible", values: V::Always("false") },
    Known { name: "bare-metal", values: V::Always("false") },
    Known { name: "burstable-performance-supported", values: V::Always("false") },
    Known { name: "instance-storage-supported", values: V::Always("false") },
    Known { name: "hypervisor", values: V::Always(instances::HYPERVISOR) },
    Known { name: "supported-root-device-type", values: V::Always(instances::ROOT_DEVICE_TYPE) },
    Known { name: "supported-virtualization-type", values: V::Always(instances::VIRTUALIZATION) },
    Known { name: "supported-usage-class", values: V::Always(instance_types::USAGE_CLASS) },
];

fn sized(profile: &HardwareProfile<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(if profile.cpus.is_some() && profile.memory.is_some() { "true" } else { "false" })
}

/// The filters of `DescribeInstanceTypeOfferings`; a place is no type's own, so it is asked apart.
pub(in crate::frontends::ec2) const OFFERINGS: &[Known] = &[
    Known { name: "instance-type", values: V::InstanceType(|profile, _, matches| matches(&profile.id)) },
    Known { name: "location", values: V::Any },
];

fn cpus(profile: &HardwareProfile<'_>, _: &Context, matches: Matches<'_>) -> bool {
    profile.cpus.as_ref().is_some_and(|cpus| matches(scalars::number(cpus.default_value()).as_str()))
}

fn memory(profile: &HardwareProfile<'_>, _: &Context, matches: Matches<'_>) -> bool {
    instance_types::mebibytes(profile).is_some_and(|size| matches(scalars::number(size).as_str()))
}

fn architecture(profile: &HardwareProfile<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(instances::architecture(profile.architecture.as_deref()))
}
