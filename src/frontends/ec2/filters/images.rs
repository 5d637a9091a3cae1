//! What images can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{envelope::Context, ids, images, instances, scalars},
    model::Image,
};

/// The filters of `DescribeImages`.
pub(in crate::frontends::ec2) const IMAGES: &[Known] = &[
    Known { name: "image-id", values: V::Image(id) },
    Known { name: "name", values: V::Image(|image, _, matches| matches(images::name(image))) },
    Known { name: "description", values: V::Image(|image, _, matches| matches(&image.description)) },
    Known { name: "state", values: V::Image(|image, _, matches| matches(images::state(image.state))) },
    Known { name: "architecture", values: V::Image(architecture) },
    Known { name: "creation-date", values: V::Image(created) },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "owner-alias", values: V::Image(alias) },
    Known { name: "root-device-type", values: V::Always(instances::ROOT_DEVICE_TYPE) },
    Known { name: "root-device-name", values: V::Always(instances::ROOT_DEVICE) },
    Known { name: "hypervisor", values: V::Always(instances::HYPERVISOR) },
    Known { name: "virtualization-type", values: V::Always(instances::VIRTUALIZATION) },
    Known { name: "image-type", values: V::Always(images::IMAGE_TYPE) },
    Known { name: "is-public", values: V::Always("true") },
    Known { name: "tag-key", values: V::TagKey },
    Known { name: "platform", values: V::Never },
    Known { name: "product-code", values: V::Never },
    Known { name: "kernel-id", values: V::Never },
    Known { name: "ramdisk-id", values: V::Never },
];

/// `Owner.N`: an account or an alias. Whoever runs the cloud is its Amazon, and the images are everybody's own.
pub(in crate::frontends::ec2) const OWNERS: &Known = &Known { name: "Owner", values: V::Image(owner) };

fn id(image: &Image<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&image.id) || matches(ids::show(ids::IMAGE, &image.id, context.ids).as_str())
}

fn architecture(image: &Image<'_>, _: &Context, matches: Matches<'_>) -> bool {
    matches(instances::architecture(image.architecture.as_deref()))
}

fn created(image: &Image<'_>, _: &Context, matches: Matches<'_>) -> bool {
    image.created.is_some_and(|moment| matches(scalars::timestamp(moment).as_str()))
}

fn alias(_: &Image<'_>, _: &Context, matches: Matches<'_>) -> bool {
    images::OWNER_ALIASES.iter().any(|alias| matches(alias))
}

fn owner(image: &Image<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&context.owner) || alias(image, context, matches)
}
