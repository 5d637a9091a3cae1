//! Images.

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links, measures,
        table::{Collection, Parameter, Row, Value},
    },
    model::{Capabilities, Image, ImageSpec, ImageState, Kind, Spec, Verb},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "images",
    about: "What instances are made from",
    operations: &[
        Row::index(
            "images.index",
            Kind::Image,
            "Lists the images",
            &[
                BY_ID,
                Parameter::new("architecture", Value::Text, "Only those for this processor"),
                Parameter::new("owner_id", Value::Text, "Only those of this owner; your own of \"self\"")
                    .feature("owner_id"),
            ],
        ),
        Row::show("images.show", Kind::Image, "Shows an image"),
        Row::create(
            "images.create",
            Kind::Image,
            image,
            "Makes an image of an instance",
            &[
                Parameter::new("instance_id", Value::Id(Kind::Instance), "The instance").required(),
                Parameter::new("name", Value::Text, "Its name").feature("image_name"),
                Parameter::new("description", Value::Text, "What it is for").feature("image_description"),
            ],
        ),
        Row::destroy("images.destroy", Kind::Image, "Makes an end of an image"),
    ],
};

fn image(asked: &Asked<'_>) -> Result<Spec, Fault> {
    Ok(Spec::Image(ImageSpec {
        instance: asked.required_id("instance_id")?,
        name: asked.text("name"),
        description: asked.text("description"),
    }))
}

/// The document of an image; it goes with each of the hardware profiles.
pub(super) fn describe<'a>(
    image: &'a Image<'_>,
    profiles: &'a [String],
    cloud: &Capabilities,
    context: &Context,
) -> Node<'a> {
    let mut parts = vec![
        Node::text("name", image.name.as_ref()),
        Node::text("description", image.description.as_ref()),
        Node::text("owner_id", image.owner.as_ref()).key("owner"),
        Node::text("architecture", image.architecture.as_deref().unwrap_or_default()),
        Node::text("state", word(image.state)),
    ];
    parts.extend(image.created.map(|created| Node::text("creation_time", measures::time(created))));
    let profile = |id: &'a String| {
        let href = context.href(&["hardware_profiles", id]);
        Node::empty("hardware_profile")
            .with("href", href)
            .with("id", id.as_str())
            .with("rel", "hardware_profile")
    };
    if !profiles.is_empty() {
        parts.push(Node::list("hardware_profiles", profiles.iter().map(profile).collect()));
    }
    parts.push(Node::text("root_type", "transient"));
    parts.push(Node::list("actions", actions(image, cloud, context)));
    Node::object("image", parts)
        .with("href", context.href(&["images", &image.id]))
        .with("id", image.id.as_ref())
}

fn word(state: ImageState) -> &'static str {
    match state {
        ImageState::Available => "AVAILABLE",
        ImageState::Pending => "PENDING",
        ImageState::Failed => "FAILED",
    }
}

fn actions(image: &Image<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'static>> {
    let create = image.state == ImageState::Available && cloud.supports(Verb::Create, Kind::Instance);
    let destroy = cloud.supports(Verb::Destroy, Kind::Image);
    let create = create.then(|| {
        let href = links::preset(&context.href(&["instances"]), "image_id", &image.id);
        links::action("create_instance", "post", href)
    });
    let href = || context.href(&["images", &image.id]);
    let destroy = destroy.then(|| links::action("destroy_image", "delete", href()));
    create.into_iter().chain(destroy).collect()
}
