//! `DescribeImages`, `CreateImage` and `DeregisterImage`.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    filters::{self, Filters},
    ids,
    instances::{HYPERVISOR, ROOT_DEVICE, ROOT_DEVICE_TYPE, VIRTUALIZATION, architecture},
    listing::Listing,
    pages::Bounds,
    scalars,
    single::{Done, Single},
    tags,
};
use crate::{
    model::{Filter, Image, ImageSpec, ImageState, Kind, Operation, Resource, Spec},
    wire::xml::Writer,
};

/// A disk with a system on it, as opposed to a kernel or a ramdisk.
pub(super) const IMAGE_TYPE: &str = "machine";
/// The aliases of accounts by which all images are found.
pub(super) const OWNER_ALIASES: [&str; 3] = ["self", "amazon", "aws-marketplace"];
/// How long a page may be.
const PAGE: Bounds = Bounds { least: 1, most: 1000 };

/// `DescribeImages`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let mut filters = Filters::read(query.parameters, filters::IMAGES)?;
    filters.and(filters::OWNERS, query.parameters.list("Owner"));
    let ids = query.ids(Kind::Image, "ImageId")?;
    let filter = Filter {
        name: filters.exact_one("name").map(str::to_owned),
        ..query.narrow(Kind::Image, &ids, &filters)
    };
    query.listing(Kind::Image, filter, filters, Some(PAGE), ids, Listing::all("imagesSet", write))
}

/// `CreateImage`. Whether the instance has to stop for it is up to the cloud, whatever `NoReboot` says.
pub(super) fn create(query: &Query<'_>) -> Result<Answer, Fault> {
    let instance = query.required_id(Kind::Instance, "InstanceId")?;
    let name = Some(query.parameters.required("Name")?.to_owned());
    let description = query.parameters.text("Description").map(str::to_owned);
    let spec = ImageSpec { instance, name, description };
    let operation =
        Operation::creation(Spec::Image(spec), tags::memo(query, &[Kind::Image, Kind::Snapshot])?);
    Ok(query.answer(Some(operation), Single::new(write_id)))
}

/// `DeregisterImage`
pub(super) fn deregister(query: &Query<'_>) -> Result<Answer, Fault> {
    let image = query.required_id(Kind::Image, "ImageId")?;
    Ok(query.answer(Some(Operation::Destroy(Kind::Image, vec![image])), Done))
}

/// An image's name: clients want one.
pub(super) fn name<'i>(image: &'i Image<'_>) -> &'i str {
    if image.name.is_empty() { &image.id } else { &image.name }
}

/// Whether an image can be used, in EC2's words.
pub(super) fn state(state: ImageState) -> &'static str {
    match state {
        ImageState::Available => "available",
        ImageState::Pending => "pending",
        ImageState::Failed => "failed",
    }
}

fn write_id(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("imageId", ids::show(ids::IMAGE, resource.id(), context.ids).as_str());
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Image(image) = resource else { return };
    xml.open("item");
    write_id(resource, context, xml);
    xml.text("imageLocation", name(image));
    xml.text("imageState", state(image.state));
    xml.text("imageOwnerId", &context.owner);
    if let Some(created) = image.created {
        xml.text("creationDate", scalars::timestamp(created).as_str());
    }
    xml.text("isPublic", "true");
    xml.empty("productCodes");
    xml.text("architecture", architecture(image.architecture.as_deref()));
    xml.text("imageType", IMAGE_TYPE);
    xml.text("name", name(image));
    xml.text("description", &image.description);
    xml.text("rootDeviceType", ROOT_DEVICE_TYPE);
    xml.text("rootDeviceName", ROOT_DEVICE);
    write_root_device(xml);
    xml.text("virtualizationType", VIRTUALIZATION);
    xml.text("hypervisor", HYPERVISOR);
    tags::write(&image.tags, &image.name, xml);
    xml.close("item");
}

/// The clouds' images do not tell about their disks, but every one has a root, and clients look for it.
fn write_root_device(xml: &mut Writer<'_>) {
    xml.open("blockDeviceMapping");
    xml.open("item");
    xml.text("deviceName", ROOT_DEVICE);
    xml.open("ebs");
    xml.text("deleteOnTermination", "true");
    xml.text("encrypted", "false");
    xml.close("ebs");
    xml.close("item");
    xml.close("blockDeviceMapping");
}
