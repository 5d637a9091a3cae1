//! `DescribeInstances`, and instances as EC2 shows them.

mod attachments;

pub(super) use attachments::{write_groups, write_interface, write_volumes};

use std::net::IpAddr;

use jiff::Timestamp;

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids, instance_types,
    listing::Listing,
    pages::Bounds,
    scalars::{self, Short},
    states::{self, PENDING, RUNNING, State, TERMINATED},
    tags,
};
use crate::{
    model::{Filter, Instance, InstanceState, Kind, Resource, Verb},
    wire::xml::Writer,
};

/// What an instance boots from, in EC2's words: a volume.
pub(super) const ROOT_DEVICE_TYPE: &str = "ebs";
/// The device that an instance boots from, where the cloud does not tell.
pub(super) const ROOT_DEVICE: &str = "/dev/sda1";
/// What runs the instances: what AWS says of all of its own, whatever it is.
pub(super) const HYPERVISOR: &str = "xen";
/// Hardware virtualization, as opposed to the paravirtual guests of EC2's first years.
pub(super) const VIRTUALIZATION: &str = "hvm";
/// Hosts are shared.
pub(super) const TENANCY: &str = "default";
/// There is no detailed monitoring.
pub(super) const MONITORING: &str = "disabled";
/// The processor of what the cloud does not tell it of.
const ARCHITECTURE: &str = "x86_64";
/// How long a page may be, as in EC2.
const PAGE: Bounds = Bounds { least: 5, most: 1000 };

/// `DescribeInstances`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::INSTANCES)?;
    list(query, filters, PAGE, Listing::all("reservationSet", reservation))
}

/// A list of instances, narrowed as far as the cloud may be able to.
pub(super) fn list(
    query: &Query<'_>,
    filters: Filters,
    page: Bounds,
    listing: Listing,
) -> Result<Answer, Fault> {
    let ids = query.ids(Kind::Instance, "InstanceId")?;
    // What is called so by a tag, its cloud may call otherwise.
    let has_tags = query.cloud.supports(Verb::List, Kind::Tag);
    let filter = Filter {
        realm: filters.exact_one("availability-zone").map(Into::into),
        image: filters.exact_one("image-id").and_then(|id| query.id(Kind::Image, id).ok()),
        name: filters.exact_one("tag:Name").filter(|_| !has_tags).map(str::to_owned),
        states: states_of(&filters),
        ..query.narrow(Kind::Instance, &ids, &filters)
    };
    query.listing(Kind::Instance, filter, filters, Some(page), ids, listing)
}

/// One reservation of one instance. Those that were launched together have the same one, each time it is shown; what was
/// launched otherwise has one of its own.
fn reservation(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Instance(instance) = resource else { return };
    xml.open("item");
    open_reservation(instance, context, xml);
    let index = instance.note.as_ref().map_or(0, |note| note.index);
    write(instance, index, context, xml);
    xml.close("instancesSet");
    xml.close("item");
}

/// What the reservation of an instance has before its instances.
pub(super) fn open_reservation(instance: &Instance<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("reservationId", reservation_id(instance, context).as_str());
    xml.text("ownerId", &context.owner);
    xml.empty("groupSet");
    xml.open("instancesSet");
}

/// The reservation of an instance: it is called after the first that was launched with it.
pub(super) fn reservation_id(instance: &Instance<'_>, context: &Context) -> Short {
    let launch = instance.note.as_ref().map(|note| note.launch.as_str()).filter(|launch| !launch.is_empty());
    ids::derive(ids::RESERVATION, launch.unwrap_or(&instance.id), context.ids)
}

/// Writes the `index`th instance of a reservation.
pub(super) fn write(instance: &Instance<'_>, index: u32, context: &Context, xml: &mut Writer<'_>) {
    let state = states::shown(instance.state);
    xml.open("item");
    xml.text("instanceId", ids::show(ids::INSTANCE, &instance.id, context.ids).as_str());
    let image = instance.image.as_deref().unwrap_or_default();
    xml.text("imageId", ids::show(ids::IMAGE, image, context.ids).as_str());
    write_state("instanceState", state, xml);
    write_names(instance, state, xml);
    write_reason(instance, state, xml);
    xml.text("keyName", instance.key.as_deref().unwrap_or_default());
    xml.text("amiLaunchIndex", scalars::number(index).as_str());
    xml.empty("productCodes");
    if let Some(name) = type_of(instance) {
        xml.text("instanceType", name.as_str());
    }
    xml.text("launchTime", scalars::timestamp(launch_time(instance, context)).as_str());
    write_place(instance, xml);
    write_hardware(instance, xml);
    tags::write(&instance.tags, &instance.name, xml);
    if state == TERMINATED {
        xml.empty("blockDeviceMapping");
        xml.empty("networkInterfaceSet");
    } else {
        attachments::write(instance, context, xml);
    }
    xml.close("item");
}

/// Writes a state.
pub(super) fn write_state(element: &'static str, state: State, xml: &mut Writer<'_>) {
    xml.open(element);
    xml.text("code", scalars::number(state.code).as_str());
    xml.text("name", state.name);
    xml.close(element);
}

/// The name of an instance's type, or one made of its processors and memory when it follows none.
pub(super) fn type_of<'i>(instance: &'i Instance<'_>) -> Option<ids::Shown<'i>> {
    let synthetic =
        || Some(ids::Shown::Made(instance_types::synthetic_name(instance.cpus?, instance.memory?)));
    instance.hardware_profile.as_deref().map(ids::Shown::AsIs).or_else(synthetic)
}

/// The address by which an instance is reached: its first IPv4 address beyond its own link. EC2's clients connect to
/// the public one; here it is the same.
pub(super) fn main_address(instance: &Instance<'_>) -> Option<IpAddr> {
    let beyond_the_link = |address: &IpAddr| match address {
        IpAddr::V4(address) => !address.is_link_local() && !address.is_loopback(),
        IpAddr::V6(_) => false,
    };
    instance.all_addresses().find(beyond_the_link)
}

/// The processor in EC2's words.
pub(super) fn architecture(known: Option<&str>) -> &str {
    known.unwrap_or(ARCHITECTURE)
}

/// When an instance was launched. Clients fail on an empty one, so where nothing is known it is now.
pub(super) fn launch_time(instance: &Instance<'_>, context: &Context) -> Timestamp {
    instance.launched.or(instance.created).unwrap_or(context.now)
}

fn states_of(filters: &Filters) -> Vec<InstanceState> {
    let names = filters.exact("instance-state-name").unwrap_or_default();
    names.into_iter().flat_map(states::named).collect()
}

fn write_names(instance: &Instance<'_>, state: State, xml: &mut Writer<'_>) {
    let host = instance.host_name.as_deref().filter(|_| state != TERMINATED).unwrap_or_default();
    xml.text("privateDnsName", host);
    xml.text("dnsName", host);
}

fn write_reason(instance: &Instance<'_>, state: State, xml: &mut Writer<'_>) {
    if instance.state == InstanceState::Error {
        xml.text("reason", "Server.InternalError");
        write_state_reason("Server.InternalError", "The cloud says that the instance is broken", xml);
        return;
    }
    if state == PENDING || state == RUNNING {
        xml.empty("reason");
        return;
    }
    xml.text("reason", spoken_reason(instance.stopped).as_str());
    let message = "Client.UserInitiatedShutdown: User initiated shutdown";
    write_state_reason("Client.UserInitiatedShutdown", message, xml);
}

fn spoken_reason(stopped: Option<Timestamp>) -> Short {
    let mut reason = Short::new();
    reason.push("User initiated");
    if let Some(moment) = stopped {
        reason.push(" (");
        reason.push(scalars::spoken_time(moment).as_str());
        reason.push(")");
    }
    reason
}

fn write_state_reason(code: &str, message: &str, xml: &mut Writer<'_>) {
    xml.open("stateReason");
    xml.text("code", code);
    xml.text("message", message);
    xml.close("stateReason");
}

fn write_place(instance: &Instance<'_>, xml: &mut Writer<'_>) {
    xml.open("placement");
    xml.text("availabilityZone", instance.realm.as_deref().unwrap_or_default());
    xml.empty("groupName");
    xml.text("tenancy", TENANCY);
    xml.close("placement");
    xml.open("monitoring");
    xml.text("state", MONITORING);
    xml.close("monitoring");
}

fn write_hardware(instance: &Instance<'_>, xml: &mut Writer<'_>) {
    xml.text("architecture", architecture(instance.architecture.as_deref()));
    xml.text("rootDeviceType", ROOT_DEVICE_TYPE);
    xml.text("virtualizationType", VIRTUALIZATION);
    xml.text("hypervisor", HYPERVISOR);
    xml.text("ebsOptimized", "false");
    let token = instance.note.as_ref().and_then(|note| note.token.as_deref());
    xml.text("clientToken", token.unwrap_or_default());
}
