//! One attribute of one thing: `DescribeVpcAttribute`, `DescribeImageAttribute`, `DescribeSnapshotAttribute`; and
//! `DescribeAccountAttributes`, of the account itself.
//!
//! The clouds keep hardly any of them; what is told is what holds for every thing here.

use super::{
    actions::{Answer, Query},
    defaults,
    envelope::{Body, Context},
    errors::{Fault, quoted},
    ids,
    listing::{Expected, Write},
};
use crate::{
    model::{Error, Filter, Flow, Kind, Operation, Resource},
    wire::xml::Writer,
};

/// An attribute's name and what is written of it.
type Attribute = (&'static str, Write);

const OF_VPCS: &[Attribute] = &[
    ("enableDnsSupport", |_, _, xml| write_value("enableDnsSupport", "true", xml)),
    ("enableDnsHostnames", |_, _, xml| write_value("enableDnsHostnames", "false", xml)),
    ("enableNetworkAddressUsageMetrics", |_, _, xml| {
        write_value("enableNetworkAddressUsageMetrics", "false", xml);
    }),
];

/// Everybody who has an account may use an image: it is public, as `DescribeImages` says.
const OF_IMAGES: &[Attribute] = &[
    ("launchPermission", |_, _, xml| {
        xml.open("launchPermission");
        xml.open("item");
        xml.text("group", "all");
        xml.close("item");
        xml.close("launchPermission");
    }),
    ("description", |resource, _, xml| {
        let Resource::Image(image) = resource else { return };
        write_value("description", &image.description, xml);
    }),
    ("kernel", |_, _, xml| write_nothing("kernel", xml)),
    ("ramdisk", |_, _, xml| write_nothing("ramdisk", xml)),
    ("sriovNetSupport", |_, _, xml| write_nothing("sriovNetSupport", xml)),
    ("productCodes", |_, _, xml| write_nothing("productCodes", xml)),
    ("blockDeviceMapping", |_, _, xml| write_nothing("blockDeviceMapping", xml)),
];

const OF_SNAPSHOTS: &[Attribute] = &[
    ("createVolumePermission", |_, _, xml| write_nothing("createVolumePermission", xml)),
    ("productCodes", |_, _, xml| write_nothing("productCodes", xml)),
];

/// `DescribeVpcAttribute`
pub(super) fn of_vpc(query: &Query<'_>) -> Result<Answer, Fault> {
    let write = chosen(query, OF_VPCS)?;
    let shown = query.parameters.required("VpcId")?;
    if shown == defaults::VPC {
        return Ok(query.answer(None, OfDefault(write)));
    }
    of(query, Kind::Network, "VpcId", "vpcId", write)
}

/// `DescribeImageAttribute`
pub(super) fn of_image(query: &Query<'_>) -> Result<Answer, Fault> {
    of(query, Kind::Image, "ImageId", "imageId", chosen(query, OF_IMAGES)?)
}

/// `DescribeSnapshotAttribute`
pub(super) fn of_snapshot(query: &Query<'_>) -> Result<Answer, Fault> {
    of(query, Kind::Snapshot, "SnapshotId", "snapshotId", chosen(query, OF_SNAPSHOTS)?)
}

/// `DescribeAccountAttributes`
pub(super) fn of_account(query: &Query<'_>) -> Result<Answer, Fault> {
    let wanted: Vec<String> = query.parameters.list("AttributeName").map(str::to_owned).collect();
    let is_known = |name: &String| OF_ACCOUNTS.contains(&name.as_str());
    match wanted.iter().find(|name| !is_known(name)) {
        Some(name) => Err(Fault::invalid(format!("There is no account attribute {}", quoted(name)))),
        None => Ok(query.answer(None, Account { wanted, most_instances: query.most_instances })),
    }
}

fn chosen(query: &Query<'_>, attributes: &[Attribute]) -> Result<Write, Fault> {
    let name = query.parameters.required("Attribute")?;
    let known = attributes.iter().find(|(known, _)| *known == name);
    let names = || attributes.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let unknown = || Fault::invalid(format!("Attribute is one of {}, not {}", names(), quoted(name)));
    known.map(|(_, write)| *write).ok_or_else(unknown)
}

fn of(
    query: &Query<'_>,
    kind: Kind,
    parameter: &'static str,
    element: &'static str,
    write: Write,
) -> Result<Answer, Fault> {
    let ids = vec![query.required_id(kind, parameter)?];
    let expected = Expected::new(kind, &ids);
    let look = Operation::List(kind, Filter { ids, ..Filter::default() });
    Ok(query.answer(Some(look), Of { expected, kind, element, write }))
}

fn write_value(attribute: &'static str, value: &str, xml: &mut Writer<'_>) {
    xml.open(attribute);
    xml.text("value", value);
    xml.close(attribute);
}

fn write_nothing(attribute: &'static str, xml: &mut Writer<'_>) {
    xml.empty(attribute);
}

/// The attribute of something that has to be there.
struct Of {
    expected: Expected,
    kind: Kind,
    element: &'static str,
    write: Write,
}

impl Body for Of {
    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        self.expected.met(resource);
        xml.text(self.element, ids::show_kind(self.kind, resource.id(), context.ids).as_str());
        (self.write)(resource, context, xml);
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &Context, _: &mut Writer<'_>) -> Result<(), Error> {
        self.expected.all_met()
    }
}

/// The attribute of the network that stands where the cloud has no default.
struct OfDefault(Write);

impl Body for OfDefault {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.text("vpcId", defaults::VPC);
        (self.0)(&Resource::Network(defaults::network(context)), context, xml);
        Ok(())
    }
}

/// The attributes of an account, in the order in which they are told.
const OF_ACCOUNTS: [&str; 4] =
    ["supported-platforms", "default-vpc", "max-instances", "vpc-max-security-groups-per-interface"];
/// How many groups an interface may have around it: what EC2 says.
const GROUPS_PER_INTERFACE: u32 = 5;

struct Account {
    wanted: Vec<String>,
    most_instances: u32,
}

impl Body for Account {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        let (most, groups) = (self.most_instances.to_string(), GROUPS_PER_INTERFACE.to_string());
        let values = ["VPC", defaults::VPC, &most, &groups];
        xml.open("accountAttributeSet");
        for (name, value) in OF_ACCOUNTS.iter().zip(values) {
            if self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == name) {
                write_account_attribute(name, value, xml);
            }
        }
        xml.close("accountAttributeSet");
        Ok(())
    }
}

fn write_account_attribute(name: &str, value: &str, xml: &mut Writer<'_>) {
    xml.open("item");
    xml.text("attributeName", name);
    xml.open("attributeValueSet");
    xml.open("item");
    xml.text("attributeValue", value);
    xml.close("item");
    xml.close("attributeValueSet");
    xml.close("item");
}
