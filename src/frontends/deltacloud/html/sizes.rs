//! What sizes there are to choose from, of all hardware profiles together.

use crate::{
    frontends::deltacloud::measures::{GB, MB, in_units},
    model::{HardwareProfile, Property},
};

/// The most profiles of which a hint speaks.
const MOST_NAMED: usize = 6;

/// What the hardware profiles let one choose.
#[derive(Debug, Default)]
pub(super) struct Sizes(Vec<Size>);

/// What a profile lets one choose of one property.
#[derive(Debug)]
struct Size {
    field: &'static str,
    profile: String,
    words: String,
    least: u64,
    most: u64,
    /// What it is counted in.
    unit: u64,
}

impl Sizes {
    /// Takes note of what a profile lets one choose.
    pub(super) fn add(&mut self, profile: &HardwareProfile<'_>) {
        let name = if profile.name.is_empty() { &profile.id } else { &profile.name };
        let cpus = profile.cpus.as_ref().and_then(|cpus| size("hwp_cpu", name, cpus, 1));
        let memory = profile.memory.as_ref().and_then(|memory| size("hwp_memory", name, memory, MB));
        let storage = profile.storage.as_ref().and_then(|storage| size("hwp_storage", name, storage, GB));
        self.0.extend([cpus, memory, storage].into_iter().flatten());
    }

    /// What can be chosen in a field, profile by profile.
    pub(super) fn hint(&self, field: &str) -> Option<String> {
        let of_field: Vec<&Size> = self.0.iter().filter(|size| size.field == field).collect();
        let words = of_field.iter().take(MOST_NAMED).map(|size| format!("{}: {}", size.profile, size.words));
        (!of_field.is_empty()).then(|| words.collect::<Vec<_>>().join("; "))
    }

    /// The least and the most that any profile takes.
    pub(super) fn range(&self, field: &str) -> Option<(String, String)> {
        let of_field = || self.0.iter().filter(|size| size.field == field);
        let unit = of_field().next()?.unit;
        let (least, most) =
            (of_field().map(|size| size.least).min()?, of_field().map(|size| size.most).max()?);
        Some((in_units(least, unit), in_units(most, unit)))
    }
}

fn size<T: Copy + Into<u64>>(
    field: &'static str,
    profile: &str,
    property: &Property<T>,
    unit: u64,
) -> Option<Size> {
    let written = |value: &T| in_units((*value).into(), unit);
    let (words, least, most) = match property {
        Property::Fixed(_) => return None,
        Property::Range { first, last, .. } => {
            (format!("{} to {}", written(first), written(last)), (*first).into(), (*last).into())
        }
        Property::Enum { values, .. } => {
            let words: Vec<String> = values.iter().map(written).collect();
            let sizes = || values.iter().map(|value| (*value).into());
            (words.join(", "), sizes().min()?, sizes().max()?)
        }
    };
    Some(Size { field, profile: profile.to_owned(), words, least, most, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &'static str, memory: Property<u64>) -> HardwareProfile<'static> {
        let (cpus, storage, architecture) = (Some(Property::Fixed(1)), None, None);
        HardwareProfile {
            id: name.into(),
            name: "".into(),
            cpus,
            memory: Some(memory),
            storage,
            architecture,
        }
    }

    #[test]
    fn what_can_be_chosen_is_said() {
        let mut sizes = Sizes::default();
        sizes.add(&profile("small", Property::Range { first: MB, last: 8 * MB, default: MB }));
        sizes.add(&profile("large", Property::Enum { values: vec![16 * MB, 4 * MB], default: 4 * MB }));
        sizes.add(&profile("fixed", Property::Fixed(64 * MB)));
        assert_eq!(sizes.hint("hwp_memory").unwrap(), "small: 1 to 8; large: 16, 4");
        assert_eq!(sizes.range("hwp_memory"), Some(("1".to_owned(), "16".to_owned())));
        assert_eq!((sizes.hint("hwp_cpu"), sizes.range("hwp_cpu")), (None, None));
    }
}
