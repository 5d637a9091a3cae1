//! The document of an instance.

use std::net::IpAddr;

use crate::{
    frontends::deltacloud::{
        context::Context,
        document::Node,
        links,
        measures::{self, GB, MB, in_units},
        negotiation::Format,
        states::{self, Deed},
    },
    model::{Attachment, Capabilities, Feature, Instance, InstanceState, Kind, Verb},
};

/// The document of an instance.
pub(in super::super) fn describe<'a>(
    instance: &'a Instance<'_>,
    cloud: &Capabilities,
    context: &Context,
) -> Node<'a> {
    let mut parts = vec![
        Node::text("name", instance.name.as_ref()),
        Node::text("owner_id", instance.owner.as_ref()).key("owner"),
    ];
    let reference = |name, kind, id: Option<&'a str>| id.map(|id| links::reference(name, kind, id, context));
    parts.extend(reference("image", Kind::Image, instance.image.as_deref()));
    parts.extend(reference("realm", Kind::Realm, instance.realm.as_deref()));
    parts.push(Node::text("state", states::word(instance.state)));
    parts.extend(instance.hardware_profile.as_deref().map(|id| size(instance, id, context)));
    parts.push(Node::list("actions", actions(instance, cloud, context)));
    parts.extend(instance.launched.map(|moment| Node::text("launch_time", measures::time(moment))));
    parts.push(Node::list("public_addresses", public(instance)));
    parts.push(Node::list("private_addresses", private(instance)));
    parts.extend(firewalls(instance, context));
    parts.push(Node::list("storage_volumes", volumes(instance, cloud, context)));
    parts.extend(authentication(instance, cloud));
    parts.extend(interfaces(instance, cloud, context));
    parts.push(Node::flag("create_image", can_be_captured(instance, cloud)).only(Format::Json));
    let href = context.href(&["instances", &instance.id]);
    Node::object("instance", parts).with("href", href).with("id", instance.id.as_ref())
}

fn size<'a>(instance: &Instance<'_>, profile: &'a str, context: &Context) -> Node<'a> {
    let cpus = instance.cpus.map(|cpus| ("cpu", "count", cpus.to_string()));
    let memory = instance.memory.map(|memory| ("memory", "MB", in_units(memory, MB)));
    let disk = instance.attachments.iter().find(|attachment| attachment.boot).and_then(|disk| disk.size);
    let storage = disk.map(|disk| ("storage", "GB", in_units(disk, GB)));
    let (mut elements, mut members) = (Vec::new(), Vec::new());
    for (name, unit, value) in [cpus, memory, storage].into_iter().flatten() {
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

/// What can be done to it as it is now.
fn actions(instance: &Instance<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'static>> {
    let id = &instance.id;
    let deeds = states::possible(cloud, instance.state).filter(|deed| match deed {
        Deed::Destroy => cloud.supports(Verb::Destroy, Kind::Instance),
        Deed::Start | Deed::Stop | Deed::Reboot => cloud.supports(Verb::Act, Kind::Instance),
    });
    let mut actions: Vec<_> = deeds.map(|deed| link(deed, id, context)).collect();
    if instance.state == InstanceState::Running && cloud.supports(Verb::Change, Kind::Instance) {
        let href = links::preset(&context.href(&["instances", id, "run"]), "id", id);
        actions.push(links::action("run", "post", href));
    }
    if can_be_captured(instance, cloud) {
        let href = links::preset(&context.href(&["images"]), "instance_id", id);
        actions.push(links::action("create_image", "post", href));
    }
    actions
}

fn can_be_captured(instance: &Instance<'_>, cloud: &Capabilities) -> bool {
    instance.can_be_captured && cloud.supports(Verb::Create, Kind::Image)
}

fn link(deed: Deed, id: &str, context: &Context) -> Node<'static> {
    match deed {
        Deed::Destroy => links::destroy(Kind::Instance, id, context),
        Deed::Start | Deed::Stop | Deed::Reboot => links::post(deed.name(), Kind::Instance, id, context),
    }
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

/// None where the cloud shows no volumes: a link to one would lead nowhere. The disk that an instance boots from and takes
/// along when it goes is a part of it, and no volume; its size is said with the hardware profile.
fn volumes<'a>(instance: &'a Instance<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'a>> {
    let shown = cloud.supports(Verb::Show, Kind::Volume);
    let own = |disk: &Attachment<'_>| disk.boot && disk.delete_on_termination;
    let all = instance.attachments.iter().filter(|disk| shown && !own(disk));
    all.map(|attachment| volume(attachment, context)).collect()
}

fn volume<'a>(attachment: &'a Attachment<'_>, context: &Context) -> Node<'a> {
    let node = links::reference("storage_volume", Kind::Volume, &attachment.volume, context);
    match attachment.device.as_deref() {
        Some(device) => node.with("device", device),
        None => node,
    }
}

/// Left out where there are none: few clouds have any.
fn firewalls<'a>(instance: &'a Instance<'_>, context: &Context) -> Option<Node<'a>> {
    let all = instance.firewalls.iter();
    let all: Vec<_> = all.map(|id| links::reference("firewall", Kind::Firewall, id, context)).collect();
    (!all.is_empty()).then(|| Node::list("firewalls", all))
}

/// Left out where there are none that can be spoken of, or the cloud shows none.
fn interfaces<'a>(instance: &'a Instance<'_>, cloud: &Capabilities, context: &Context) -> Option<Node<'a>> {
    let shown = cloud.supports(Verb::Show, Kind::NetworkInterface);
    let all = instance.interfaces.iter().filter(|interface| shown && interface.is_named());
    let link = |id: &'a str| links::reference("network_interface", Kind::NetworkInterface, id, context);
    let all: Vec<_> = all.map(|interface| link(&interface.id)).collect();
    (!all.is_empty()).then(|| Node::list("network_interfaces", all))
}

/// The key that lets in; said of every instance, and without a key where none is known, on clouds that take keys.
fn authentication<'a>(instance: &'a Instance<'_>, cloud: &Capabilities) -> Vec<Node<'a>> {
    let key = instance.key.as_deref();
    if key.is_none() && !cloud.has(Feature::InstanceKey) {
        return Vec::new();
    }
    let name = |key: &'a str| Node::text("keyname", key);
    let login = key.map(|key| Node::object("login", vec![name(key)]));
    let element = Node::object("authentication", Vec::from_iter(login)).with("type", "key");
    let member = key.map(|key| Node::object("authentication", vec![name(key)]).only(Format::Json));
    let kind = Node::text("authentication_type", "key").only(Format::Json);
    [element.only(Format::Xml), kind].into_iter().chain(member).collect()
}
