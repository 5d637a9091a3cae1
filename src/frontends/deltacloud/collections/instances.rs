//! Instances.
//!
//! What is not there yet is left out: volumes, interfaces, the key that it was made with, `run` and `create_image`.
//! The size that an instance has is always said, not only where it differs from its profile's.

use std::net::IpAddr;

use http::{Method, StatusCode};

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        context::Context,
        create,
        document::Node,
        measures::{self, MB, in_units},
        negotiation::Format,
        states::{self, Deed},
        table::{Collection, How, Need, Parameter, Place, Row, Value},
    },
    model::{Capabilities, Feature, Instance, Kind},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "instances",
    about: "Virtual machines",
    operations: &[
        Row::index("instances.index", Kind::Instance, "Lists the instances", NARROWED),
        Row::show("instances.show", Kind::Instance, "Shows an instance"),
        Row::create("instances.create", Kind::Instance, create::instances, "Makes instances", INSTANCES),
        Row {
            answer: How::Do(Deed::Destroy),
            action: "instances.destroy",
            method: Method::DELETE,
            place: Place::Member,
            about: "Makes an end of an instance",
            parameters: &[],
        },
        Row::action("instances.reboot", How::Do(Deed::Reboot), "Lets an instance start again", &[]),
        Row::action("instances.start", How::Do(Deed::Start), "Lets an instance run", &[]),
        Row::action("instances.stop", How::Do(Deed::Stop), "Lets an instance stop", &[]),
        Row::action(
            "instances.run",
            How::Change(Kind::Instance, create::run, Frame::Member, StatusCode::OK),
            "Lets an instance execute a command",
            COMMAND,
        ),
    ],
};

const NARROWED: &[Parameter] = &[
    BY_ID,
    Parameter::new("state", Value::OneOf(states::WORDS), "Only those in this state"),
    Parameter::new("realm_id", Value::Id(Kind::Realm), "Only those in this realm").feature("realm_filter"),
    Parameter::new("owner_id", Value::Text, "Only those of this owner; your own of \"self\""),
];

const INSTANCES: &[Parameter] = &[
    Parameter::new("image_id", Value::Id(Kind::Image), "The image that it is made from").required(),
    Parameter::new("realm_id", Value::Id(Kind::Realm), "Where it is to run"),
    Parameter::new("hwp_id", Value::Id(Kind::HardwareProfile), "The size that it is to have"),
    Parameter::new("hwp_cpu", Value::Number, "Processors, other than the profile's"),
    Parameter::new("hwp_memory", Value::Number, "Memory in MB, other than the profile's"),
    Parameter::new("hwp_storage", Value::Number, "Disk in GB, other than the profile's")
        .needs(Need::Feature(Feature::InstanceStorage)),
    Parameter::new("metrics", Value::Flag, "Whether it is to be measured closely")
        .needs(Need::Feature(Feature::InstanceMetrics))
        .feature("metrics"),
    Parameter::new("name", Value::Text, "Its name").feature("user_name"),
    Parameter::new("keyname", Value::Id(Kind::Key), "The key that lets in")
        .needs(Need::Feature(Feature::InstanceKey))
        .feature("authentication_key"),
    Parameter::new("user_data", Value::LongText, "What it is told at its first start, in base64")
        .needs(Need::UserData)
        .feature("user_data"),
    Parameter::new("firewallsN", Value::Id(Kind::Firewall), "A firewall around it")
        .needs(Need::Feature(Feature::InstanceFirewalls))
        .feature("firewalls"),
    Parameter::new("network_id", Value::Id(Kind::Network), "The network that it is on")
        .needs(Need::Feature(Feature::InstanceNetwork)),
    Parameter::new("instance_count", Value::Number, "How many").feature("instance_count"),
];

const COMMAND: &[Parameter] = &[
    Parameter::new("cmd", Value::Text, "The command").required(),
    Parameter::new("private_key", Value::Secret, "The private key that lets in"),
    Parameter::new("password", Value::Secret, "The password that lets in"),
    Parameter::new("ip", Value::Text, "Where the instance is, if elsewhere than it says"),
    Parameter::new("port", Value::Number, "The port of its shell; 22 when left out"),
];

/// The document of an instance.
pub(super) fn describe<'a>(instance: &'a Instance<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let mut parts = vec![
        Node::text("name", instance.name.as_ref()),
        Node::text("owner_id", instance.owner.as_ref()).key("owner"),
    ];
    parts.extend(instance.image.as_deref().map(|id| reference("image", "images", id, context)));
    parts.extend(instance.realm.as_deref().map(|id| reference("realm", "realms", id, context)));
    parts.push(Node::text("state", states::word(instance.state)));
    parts.extend(instance.hardware_profile.as_deref().map(|id| size(instance, id, context)));
    let deeds = states::possible(cloud, instance.state).map(|deed| link(deed, &instance.id, context));
    parts.push(Node::list("actions", deeds.collect()));
    parts.extend(instance.launched.map(|moment| Node::text("launch_time", measures::time(moment))));
    parts.push(Node::list("public_addresses", public(instance)));
    parts.push(Node::list("private_addresses", private(instance)));
    parts.push(Node::list("storage_volumes", Vec::new()));
    parts.push(Node::flag("create_image", false).only(Format::Json));
    let href = context.href(&["instances", &instance.id]);
    Node::object("instance", parts).with("href", href).with("id", instance.id.as_ref())
}

fn reference<'a>(name: &'static str, collection: &str, id: &'a str, context: &Context) -> Node<'a> {
    let href = context.href(&[collection, id]);
    Node::empty(name).with("href", href).with("id", id).with_only(Format::Json, "rel", name)
}

fn size<'a>(instance: &Instance<'_>, profile: &'a str, context: &Context) -> Node<'a> {
    let cpus = instance.cpus.map(|cpus| ("cpu", "count", cpus.to_string()));
    let memory = instance.memory.map(|memory| ("memory", "MB", in_units(memory, MB)));
    let sizes = [cpus, memory].into_iter().flatten();
    let (mut elements, mut members) = (Vec::new(), Vec::new());
    for (name, unit, value) in sizes {
        members.push(Node::text(name, value.clone()));
        let element = Node::empty("property").with("kind", "fixed").with("name", name);
        elements.push(element.with("unit", unit).with("value", value));
    }
    let parts = vec![
        Node::row("property", elements).only(Format::Xml),
        Node::object("properties", members).only(Format::Json),
    ];
    Node::object("hardware_profile", parts)
        .with("href", context.href(&["hardware_profiles", profile]))
        .with("id", profile)
        .with_only(Format::Json, "rel", "hardware_profile")
}

fn link(deed: Deed, id: &str, context: &Context) -> Node<'static> {
    let (method, href) = match deed {
        Deed::Destroy => ("delete", context.href(&["instances", id])),
        Deed::Start | Deed::Stop | Deed::Reboot => ("post", context.href(&["instances", id, deed.name()])),
    };
    Node::empty("link").with("href", href).with("method", method).with("rel", deed.name())
}

/// Where the instance may be reached: by name, at its addresses, or, while none is known, by what a DHCP server knows.
fn public<'a>(instance: &'a Instance<'_>) -> Vec<Node<'a>> {
    let name = instance.host_name.as_deref().map(|name| address(name.to_owned(), "hostname"));
    let addresses = instance.all_addresses().map(|ip| address(ip.to_string(), version(ip)));
    let mut all: Vec<_> = name.into_iter().chain(addresses).collect();
    if all.is_empty() {
        let macs = instance.interfaces.iter().filter_map(|interface| interface.mac.as_deref());
        all.extend(macs.map(|mac| address(mac.to_owned(), "mac")));
    }
    all
}

fn private<'a>(instance: &Instance<'_>) -> Vec<Node<'a>> {
    let private = instance.all_addresses().filter(|ip| match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    });
    private.map(|ip| address(ip.to_string(), version(ip))).collect()
}

fn address<'a>(text: String, kind: &'static str) -> Node<'a> {
    Node::text("address", text).with("type", kind)
}

fn version(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "ipv4" } else { "ipv6" }
}
