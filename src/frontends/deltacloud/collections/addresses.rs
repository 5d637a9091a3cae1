//! Addresses.

use http::StatusCode;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        errors::Fault,
        plan::Asked,
        table::{Collection, How, Parameter, Row, Value},
    },
    model::{Change, Kind, Spec},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "addresses",
    about: "Addresses that are yours until you give them back, and lead to the instances that you choose",
    operations: &[
        Row::index("addresses.index", Kind::Address, "Lists the addresses", &[BY_ID]),
        Row::show("addresses.show", Kind::Address, "Shows an address"),
        Row::create("addresses.create", Kind::Address, |_| Ok(Spec::Address), "Gets another address", &[]),
        Row::destroy("addresses.destroy", Kind::Address, "Gives an address back"),
        Row::action(
            "addresses.associate",
            How::Change(Kind::Address, associate, Frame::Nothing, StatusCode::ACCEPTED),
            "Leads an address to an instance",
            &[Parameter::new("instance_id", Value::Id(Kind::Instance), "The instance").required()],
        ),
        Row::action(
            "addresses.disassociate",
            How::Change(Kind::Address, |_| Ok(Change::Disassociate), Frame::Nothing, StatusCode::ACCEPTED),
            "Leads an address nowhere any more",
            &[],
        ),
    ],
};

fn associate(asked: &Asked<'_>) -> Result<Change, Fault> {
    Ok(Change::Associate { instance: asked.required_id("instance_id")? })
}
