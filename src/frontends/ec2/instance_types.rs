//! `DescribeInstanceTypes`: a hardware profile is a type, and so is any number of processors and size of memory:
//! `c2.m4096` is 2 processors and 4096 MiB.

use std::borrow::Cow;

use super::{
    actions::{Answer, Query},
    dialect::Dialect,
    envelope::{Body, Context},
    errors::Fault,
    filters::{self, Filters},
    instances::{HYPERVISOR, ROOT_DEVICE_TYPE, VIRTUALIZATION, architecture},
    listing::Listing,
    pages::Bounds,
    scalars::{self, Short},
};
use crate::{
    model::{Error, Flow, HardwareProfile, Kind, Operation, Property, Resource},
    wire::xml::Writer,
};

/// Instances are kept until they are terminated; there are no auctions.
pub(super) const USAGE_CLASS: &str = "on-demand";
/// How long a page may be, as in EC2.
const PAGE: Bounds = Bounds { least: 5, most: 100 };
/// The bytes of a mebibyte, as a shift.
const MEBIBYTE: u32 = 20;
/// The bytes of a gibibyte, as a shift.
const GIBIBYTE: u32 = 30;
/// The most network interfaces that are said to fit.
const MOST_INTERFACES: &str = "8";

/// `DescribeInstanceTypes`: all that have a size, or any that are asked for by name.
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let mut filters = Filters::read(query.parameters, filters::INSTANCE_TYPES)?;
    let ids = query.ids(Kind::HardwareProfile, "InstanceType")?;
    if ids.is_empty() {
        filters.and(filters::SIZED, ["true"].into_iter());
    }
    let (synthetic, ids): (Vec<_>, Vec<_>) =
        ids.into_iter().partition(|id| read_synthetic(id.as_str()).is_some());
    let only_synthetic = ids.is_empty() && !synthetic.is_empty();
    let filter = query.narrow(Kind::HardwareProfile, &ids, &filters);
    let listing = match query.context.dialect {
        Dialect::Eucalyptus => Listing::items("instanceTypeDetails", write_details),
        Dialect::Query | Dialect::Soap | Dialect::Sts => Listing::all("instanceTypeSet", write),
    };
    let (filter, listing) = query.page(Kind::HardwareProfile, filter, filters, Some(PAGE), ids, listing)?;
    let operation = (!only_synthetic).then_some(Operation::List(Kind::HardwareProfile, filter));
    let profiles = synthetic.iter().filter_map(|id| profile(id.as_str())).collect();
    Ok(query.answer(operation, Types { listing, profiles }))
}

/// The name of the type with these processors and this much memory, in bytes.
pub(super) fn synthetic_name(cpus: u32, memory: u64) -> Short {
    let mut name = Short::from("c");
    name.push_number(u64::from(cpus), 1);
    name.push(".m");
    name.push_number(memory >> MEBIBYTE, 1);
    name
}

/// The processors and the memory in bytes that such a name stands for.
pub(super) fn read_synthetic(name: &str) -> Option<(u32, u64)> {
    let (cpus, mebibytes) = name.strip_prefix('c')?.split_once(".m")?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(cpus) || !digits(mebibytes) {
        return None;
    }
    let (cpus, mebibytes): (u32, u32) = (cpus.parse().ok()?, mebibytes.parse().ok()?);
    (cpus > 0 && mebibytes > 0).then_some((cpus, u64::from(mebibytes) << MEBIBYTE))
}

/// The memory of a profile in MiB, when it has a size of its own.
pub(super) fn mebibytes(profile: &HardwareProfile<'_>) -> Option<u64> {
    profile.memory.as_ref().map(|memory| memory.default_value() >> MEBIBYTE)
}

fn profile(name: &str) -> Option<HardwareProfile<'static>> {
    let (cpus, memory) = read_synthetic(name)?;
    let name: Cow<'static, str> = Cow::Owned(name.to_owned());
    Some(HardwareProfile {
        id: name.clone(),
        name,
        cpus: Some(Property::Fixed(cpus)),
        memory: Some(Property::Fixed(memory)),
        storage: None,
        architecture: None,
    })
}

/// The cloud's types, after those that are made of their name.
struct Types {
    listing: Listing,
    profiles: Vec<HardwareProfile<'static>>,
}

impl Body for Types {
    fn open(&mut self, context: &Context, xml: &mut Writer<'_>) {
        self.listing.open(context, xml);
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        self.listing.item(resource, context, xml)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        for profile in self.profiles.drain(..) {
            self.listing.item(&Resource::HardwareProfile(profile), context, xml)?;
        }
        self.listing.close(context, xml)
    }
}

fn write(resource: &Resource<'_>, _: &Context, xml: &mut Writer<'_>) {
    let Resource::HardwareProfile(profile) = resource else { return };
    xml.open("item");
    xml.text("instanceType", &profile.id);
    xml.text("currentGeneration", "true");
    xml.text("freeTierEligible", "false");
    write_one("supportedUsageClasses", USAGE_CLASS, xml);
    write_one("supportedRootDeviceTypes", ROOT_DEVICE_TYPE, xml);
    write_one("supportedVirtualizationTypes", VIRTUALIZATION, xml);
    xml.text("bareMetal", "false");
    xml.text("hypervisor", HYPERVISOR);
    xml.open("processorInfo");
    write_one("supportedArchitectures", architecture(profile.architecture.as_deref()), xml);
    xml.close("processorInfo");
    write_size(profile, xml);
    xml.text("instanceStorageSupported", "false");
    xml.text("burstablePerformanceSupported", "false");
    xml.open("networkInfo");
    xml.text("maximumNetworkInterfaces", MOST_INTERFACES);
    xml.close("networkInfo");
    xml.close("item");
}

/// A type in the words of Eucalyptus: memory in MiB, disk in GiB.
fn write_details(resource: &Resource<'_>, _: &Context, xml: &mut Writer<'_>) {
    let Resource::HardwareProfile(profile) = resource else { return };
    let cpus = profile.cpus.as_ref().map_or(1, Property::default_value);
    // Its clients want a number; where the type has no disk of its own, the image's is taken as it is.
    let disk = profile.storage.as_ref().map_or(0, |storage| storage.default_value() >> GIBIBYTE);
    xml.text("name", &profile.id);
    xml.text("cpu", scalars::number(cpus).as_str());
    xml.text("disk", scalars::number(disk).as_str());
    xml.text("memory", scalars::number(mebibytes(profile).unwrap_or_default()).as_str());
}

fn write_size(profile: &HardwareProfile<'_>, xml: &mut Writer<'_>) {
    if let Some(cpus) = &profile.cpus {
        let cpus = scalars::number(cpus.default_value());
        xml.open("vCpuInfo");
        xml.text("defaultVCpus", cpus.as_str());
        xml.text("defaultCores", cpus.as_str());
        xml.text("defaultThreadsPerCore", "1");
        xml.close("vCpuInfo");
    }
    if let Some(size) = mebibytes(profile) {
        xml.open("memoryInfo");
        xml.text("sizeInMiB", scalars::number(size).as_str());
        xml.close("memoryInfo");
    }
}

fn write_one(set: &'static str, value: &str, xml: &mut Writer<'_>) {
    xml.open(set);
    xml.text("item", value);
    xml.close(set);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_names_of_that_form_are_sizes() {
        assert_eq!(read_synthetic("c2.m4096"), Some((2, 4 << 30)));
        for name in
            ["c0.m1", "c1.m0", "c.m", "c1", "m1.small", "c5.metal", "c+1.m1", "c1.m1 ", "c1.m99999999999"]
        {
            assert_eq!(read_synthetic(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_says_what_it_was_made_of(cpus in 1..u32::MAX, mebibytes in 1..u32::MAX) {
            let memory = u64::from(mebibytes) << 20;
            let name = synthetic_name(cpus, memory);
            prop_assert_eq!(read_synthetic(name.as_str()), Some((cpus, memory)));
        }
    }
}
