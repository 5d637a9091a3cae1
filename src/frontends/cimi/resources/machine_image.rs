//! MachineImages (DSP0263, section 5.14.4): the images of the model.

use super::{Scene, name};
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        dialect::Dialect,
        fields::{Fields, Value},
        properties,
    },
    model::{self, ImageState, Kind},
};

/// The type.
pub(in super::super) static MACHINE_IMAGE: Resource = Resource::new(
    "MachineImage",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("type", Type::Text).given(),
        Attribute::new("imageLocation", Type::Uri).required(),
        Attribute::new("relatedImage", Type::Reference(&MACHINE_IMAGE)),
    ],
);

/// Tells an image. Where its bytes are is the cloud's to know; the specification wants a place, so that it is told where
/// the image is known.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Image(image) = resource else { return Vec::new() };
    let href = scene.context.href(&["machine_images", &image.id]);
    let location = (scene.context.dialect == Dialect::Strict).then(|| Value::Text(href.clone().into()));
    let fields = properties::told(Fields::at(href), &image.tags, name(&image.name, &image.id))
        .text("description", image.description.as_ref())
        .maybe("created", image.created.map(Value::Moment))
        .text("state", word(image.state))
        .text("type", "IMAGE")
        .maybe("imageLocation", location);
    let settled = image.state != ImageState::Pending;
    vec![fields.operations(actions::delete(Kind::Image, &image.id, settled, scene))]
}

fn word(state: ImageState) -> &'static str {
    match state {
        ImageState::Available => "AVAILABLE",
        ImageState::Pending => "CREATING",
        ImageState::Failed => "ERROR",
    }
}
