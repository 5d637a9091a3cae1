//! Instances.
//!
//! The size that an instance has is always said, not only where it differs from its profile's.

mod create;
mod describe;
mod outcome;

use http::{Method, StatusCode};

pub(super) use self::{describe::describe, outcome::outcome};
use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        states::{self, Deed},
        table::{Collection, How, Need, Parameter, Place, Row, Value},
    },
    model::{Feature, Kind},
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
        .also(&["key_name"])
        .needs(Need::Feature(Feature::InstanceKey))
        .feature("authentication_key"),
    Parameter::new(
        "user_data",
        Value::LongText,
        "What it is told at its first start; in base64, but not on the page",
    )
    .needs(Need::UserData)
    .feature("user_data"),
    Parameter::new("firewallsN", Value::Id(Kind::Firewall), "A firewall around it")
        .also(&["firewalls[]"])
        .needs(Need::Feature(Feature::InstanceFirewalls))
        .feature("firewalls"),
    Parameter::new("network_id", Value::Id(Kind::Network), "The network that it is on")
        .needs(Need::Feature(Feature::InstanceNetwork)),
    Parameter::new("snapshot_id", Value::Id(Kind::Snapshot), "What one more volume of it holds")
        .needs(Need::Feature(Feature::InstanceDisks))
        .feature("attach_snapshot"),
    Parameter::new("device_name", Value::Text, "The device that this volume is")
        .needs(Need::Feature(Feature::InstanceDisks))
        .feature("attach_snapshot"),
    Parameter::new("instance_count", Value::Number, "How many").feature("instance_count"),
];

const COMMAND: &[Parameter] = &[
    Parameter::new("cmd", Value::Text, "The command").required(),
    Parameter::new("private_key", Value::Secret, "The private key that lets in"),
    Parameter::new("password", Value::Secret, "The password that lets in"),
    Parameter::new("ip", Value::Text, "Where the instance is, if elsewhere than it says"),
    Parameter::new("port", Value::Number, "The port of its shell; 22 when left out"),
];
