//! Volumes, what they are made from, and their images (DSP0263, section 5.15): the volumes and the snapshots of the model.

use super::{Scene, event_log, meter, name};
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        dialect::{Dialect, type_uri},
        fields::{Fields, Value},
        properties,
    },
    model::{self, Kind, SnapshotState, VolumeState},
};

/// A volume.
pub(in super::super) static VOLUME: Resource = Resource::new(
    "Volume",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("type", Type::Uri),
        Attribute::new("capacity", Type::Number),
        Attribute::new("bootable", Type::Flag),
        Attribute::new("images", Type::Members(&VOLUME_VOLUME_IMAGE)),
        Attribute::new("meters", Type::Members(&meter::METER)),
        Attribute::new("eventLog", Type::Reference(&event_log::EVENT_LOG)),
    ],
);

/// What a volume is created with.
pub(in super::super) static VOLUME_CREATE: Resource = Resource::new(
    "VolumeCreate",
    &[Attribute::new("volumeTemplate", Type::Reference(&VOLUME_TEMPLATE)).given()],
);

/// An image of a volume, as one of the volume's.
static VOLUME_VOLUME_IMAGE: Resource =
    Resource::new("VolumeVolumeImage", &[Attribute::new("volumeImage", Type::Reference(&VOLUME_IMAGE))]);

/// What volumes are made from.
pub(in super::super) static VOLUME_TEMPLATE: Resource = Resource::new(
    "VolumeTemplate",
    &[
        Attribute::new("volumeConfig", Type::Reference(&VOLUME_CONFIGURATION)).given(),
        Attribute::new("volumeImage", Type::Reference(&VOLUME_IMAGE)).given(),
        Attribute::new("meterTemplates", Type::Reference(&meter::METER_TEMPLATE))
            .many("meterTemplate")
            .given(),
        Attribute::new("eventLogTemplate", Type::Reference(&event_log::EVENT_LOG_TEMPLATE)).given(),
    ],
);

/// What a volume is like.
pub(in super::super) static VOLUME_CONFIGURATION: Resource = Resource::new(
    "VolumeConfiguration",
    &[
        Attribute::new("type", Type::Uri).given(),
        Attribute::new("format", Type::Text).given(),
        Attribute::new("capacity", Type::Number).given(),
    ],
);

/// An image of a volume. Where it comes from is a text in the specification, and was a reference in the original.
pub(in super::super) static VOLUME_IMAGE: Resource = Resource::new(
    "VolumeImage",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("imageLocation", Type::Uri).required(),
        Attribute::new("bootable", Type::Flag).given(),
    ],
);

/// Tells a volume.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Volume(volume) = resource else { return Vec::new() };
    let unit = scene.context.dialect.disk_unit();
    let fields = Fields::at(scene.context.href(&["volumes", &volume.id]));
    let fields = properties::told(fields, &volume.tags, name(&volume.name, &volume.id))
        .text("description", volume.description.as_ref())
        .maybe("created", volume.created.map(Value::Moment))
        .text("state", word(volume.state))
        .text("type", type_uri("mapped"))
        .maybe("capacity", volume.size.map(|bytes| Value::Number(bytes / unit)))
        .with("bootable", Value::Flag(false));
    let idle = matches!(volume.state, VolumeState::Available | VolumeState::Error);
    vec![fields.operations(actions::delete(Kind::Volume, &volume.id, idle, scene))]
}

/// A volume that an instance has is as available as it can be.
fn word(state: VolumeState) -> &'static str {
    match state {
        VolumeState::Creating => "CREATING",
        VolumeState::Available | VolumeState::InUse => "AVAILABLE",
        VolumeState::Locked => "CAPTURING",
        VolumeState::Deleting => "DELETING",
        VolumeState::Error => "ERROR",
    }
}

/// Tells a snapshot.
pub(in super::super) fn describe_image<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Snapshot(snapshot) = resource else { return Vec::new() };
    let context = scene.context;
    let location = |volume: &str| {
        let href = context.href(&["volumes", volume]);
        match context.dialect {
            Dialect::Compatible => Value::Href(href),
            Dialect::Strict => Value::Text(href.into()),
        }
    };
    let fields = Fields::at(context.href(&["volume_images", &snapshot.id]));
    let fields = properties::told(fields, &snapshot.tags, &snapshot.name)
        .text("description", snapshot.description.as_ref())
        .maybe("created", snapshot.created.map(Value::Moment))
        .text("state", image_word(snapshot.state))
        .maybe("imageLocation", snapshot.volume.as_deref().map(location))
        .with("bootable", Value::Flag(false));
    let settled = snapshot.state != SnapshotState::Pending;
    vec![fields.operations(actions::delete(Kind::Snapshot, &snapshot.id, settled, scene))]
}

fn image_word(state: SnapshotState) -> &'static str {
    match state {
        SnapshotState::Pending => "CREATING",
        SnapshotState::Completed => "AVAILABLE",
        SnapshotState::Deleting => "DELETING",
        SnapshotState::Error => "ERROR",
    }
}
