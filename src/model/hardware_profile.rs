//! Hardware profiles: an EC2 instance type, a Deltacloud hardware profile, an oVirt instance type.

use std::borrow::Cow;

use super::owned;

/// A size that an instance may have.
#[derive(Debug, Clone, PartialEq)]
pub struct HardwareProfile<'a> {
    /// The identifier by which an instance is created with it.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
    /// Virtual processors, as a count; none when the profile leaves it to the image.
    pub cpus: Option<Property<u32>>,
    /// Memory in bytes; none when the profile leaves it to the image.
    pub memory: Option<Property<u64>>,
    /// Disk in bytes; none when the disks come from the image.
    pub storage: Option<Property<u64>>,
    /// The processor in EC2's words (`x86_64`, `i386`, `arm64`); none when the cloud does not say.
    pub architecture: Option<Cow<'a, str>>,
}

impl HardwareProfile<'_> {
    /// The same profile, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> HardwareProfile<'static> {
        HardwareProfile {
            id: owned(self.id),
            name: owned(self.name),
            cpus: self.cpus,
            memory: self.memory,
            storage: self.storage,
            architecture: self.architecture.map(owned),
        }
    }
}

/// A measure of a hardware profile: what may be asked for, and what one gets without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property<T> {
    /// It has this value and no other.
    Fixed(T),
    /// Any value from `first` to `last`, both included.
    Range {
        /// The smallest value.
        first: T,
        /// The largest value.
        last: T,
        /// What one gets without asking.
        default: T,
    },
    /// One of these values.
    Enum {
        /// The values, in the cloud's order.
        values: Vec<T>,
        /// What one gets without asking.
        default: T,
    },
}

impl<T: Copy + PartialOrd> Property<T> {
    /// What an instance gets when nothing is asked for.
    pub fn default_value(&self) -> T {
        match self {
            Property::Fixed(value) => *value,
            Property::Range { default, .. } | Property::Enum { default, .. } => *default,
        }
    }

    /// Whether an instance of the profile may have `value`.
    pub fn admits(&self, value: T) -> bool {
        match self {
            Property::Fixed(fixed) => *fixed == value,
            Property::Range { first, last, .. } => *first <= value && value <= *last,
            Property::Enum { values, .. } => values.contains(&value),
        }
    }
}
