//! Storage volumes.

use http::StatusCode;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links, measures,
        measures::GB,
        negotiation::Format,
        table::{Collection, How, Need, Parameter, Row, Value},
    },
    model::{Capabilities, Change, Feature, Kind, Mount, Spec, Verb, Volume, VolumeSpec, VolumeState},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "storage_volumes",
    about: "Disks that live by themselves, and may be an instance's for a time",
    operations: &[
        Row::index("storage_volumes.index", Kind::Volume, "Lists the volumes", &[BY_ID]),
        Row::show("storage_volumes.show", Kind::Volume, "Shows a volume"),
        Row::create("storage_volumes.create", Kind::Volume, volume, "Makes a volume", VOLUME),
        Row::destroy("storage_volumes.destroy", Kind::Volume, "Makes an end of a volume"),
        Row::action(
            "storage_volumes.attach",
            How::Change(Kind::Volume, attach, Frame::Member, StatusCode::ACCEPTED),
            "Makes a volume a disk of an instance",
            &[
                Parameter::new("instance_id", Value::Id(Kind::Instance), "The instance").required(),
                Parameter::new("device", Value::Text, "Its name in the guest (/dev/sdc)").required(),
            ],
        ),
        Row::action(
            "storage_volumes.detach",
            How::Change(Kind::Volume, |_| Ok(Change::Detach), Frame::Member, StatusCode::ACCEPTED),
            "Takes a volume from the instance that has it",
            &[],
        ),
    ],
};

const VOLUME: &[Parameter] = &[
    Parameter::new("snapshot_id", Value::Id(Kind::Snapshot), "The snapshot that it is made from"),
    Parameter::new("capacity", Value::Number, "Its size in GB; 1 when left out"),
    Parameter::new("realm_id", Value::Id(Kind::Realm), "Where it is to be"),
    Parameter::new("name", Value::Text, "Its name")
        .needs(Need::Feature(Feature::VolumeName))
        .feature("volume_name"),
    Parameter::new("description", Value::Text, "What it is for")
        .needs(Need::Feature(Feature::VolumeDescription))
        .feature("volume_description"),
];

fn volume(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let snapshot = asked.id_in("snapshot_id");
    let size = asked.measure("capacity", GB)?;
    Ok(Spec::Volume(VolumeSpec {
        name: asked.text("name"),
        description: asked.text("description"),
        // What is made from a snapshot is as large as that.
        size: size.or(snapshot.is_none().then_some(GB)),
        realm: asked.id_in("realm_id"),
        snapshot,
    }))
}

fn attach(asked: &Asked<'_>) -> Result<Change, Fault> {
    let instance = asked.required_id("instance_id")?;
    Ok(Change::Attach { instance, device: Some(asked.parameters.required("device")?.to_owned()) })
}

/// The document of a volume.
pub(super) fn describe<'a>(volume: &'a Volume<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let name = if volume.name.is_empty() { &volume.id } else { &volume.name };
    let mut parts = Vec::new();
    parts.extend(volume.created.map(|moment| Node::text("created", measures::time(moment))));
    parts.extend(volume.size.into_iter().flat_map(capacity));
    parts.push(Node::text("name", name.as_ref()));
    parts.push(text_or_null("description", Some(&volume.description)));
    parts.push(text_or_null("device", device(volume)));
    parts.push(Node::null("kind").only(Format::Json));
    if let Some(realm) = volume.realm.as_deref() {
        parts.push(links::reference("realm", Kind::Realm, realm, context));
        parts.push(Node::text("realm_id", realm).only(Format::Xml));
    }
    parts.push(Node::text("state", word(volume.state)));
    parts.extend(mount(volume.mount.as_ref(), context));
    parts.push(Node::list("actions", actions(volume, cloud, context)));
    Node::object("storage_volume", parts)
        .with("href", context.href(&["storage_volumes", &volume.id]))
        .with("id", volume.id.as_ref())
}

fn capacity<'a>(bytes: u64) -> [Node<'a>; 2] {
    let text = measures::in_units(bytes, GB);
    let number = Node::number("capacity", text.parse().unwrap_or_default());
    [Node::text("capacity", text).with("unit", "GB").only(Format::Xml), number.only(Format::Json)]
}

/// A text that is left out of XML where there is none.
fn text_or_null<'a>(name: &'static str, text: Option<&'a str>) -> Node<'a> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => Node::text(name, text),
        None => Node::null(name).only(Format::Json),
    }
}

fn device<'a>(volume: &'a Volume<'_>) -> Option<&'a str> {
    volume.mount.as_ref().and_then(|mount| mount.device.as_deref())
}

fn mount<'a>(mount: Option<&'a Mount<'_>>, context: &Context) -> Vec<Node<'a>> {
    let Some(mount) = mount else { return vec![Node::empty("instance").only(Format::Json)] };
    let instance = || links::reference("instance", Kind::Instance, &mount.instance, context);
    let device = mount.device.as_deref().map(|name| Node::empty("device").with("name", name));
    let parts = [instance()].into_iter().chain(device).collect();
    vec![Node::object("mount", parts).only(Format::Xml), instance().only(Format::Json)]
}

fn actions(volume: &Volume<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'static>> {
    let post = |rel| {
        let can = cloud.supports(Verb::Change, Kind::Volume);
        can.then(|| links::post(rel, Kind::Volume, &volume.id, context))
    };
    let destroy = || {
        let can = cloud.supports(Verb::Destroy, Kind::Volume);
        can.then(|| links::destroy(Kind::Volume, &volume.id, context))
    };
    match volume.state {
        VolumeState::Available => post("attach").into_iter().chain(destroy()).collect(),
        VolumeState::InUse => post("detach").into_iter().collect(),
        VolumeState::Error => destroy().into_iter().collect(),
        VolumeState::Creating | VolumeState::Locked | VolumeState::Deleting => Vec::new(),
    }
}

fn word(state: VolumeState) -> &'static str {
    match state {
        VolumeState::Creating => "CREATING",
        VolumeState::Available => "AVAILABLE",
        VolumeState::InUse => "IN-USE",
        VolumeState::Locked => "LOCKED",
        VolumeState::Deleting => "DELETING",
        VolumeState::Error => "ERROR",
    }
}
