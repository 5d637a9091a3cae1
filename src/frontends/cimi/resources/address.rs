//! Addresses (DSP0263, section 5.16.8): the addresses of the model.

use std::net::IpAddr;

use super::{Scene, network};
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        dialect::Dialect,
        fields::{Fields, Value},
    },
    model::{self, Kind},
};

/// What the original says where nothing is known.
const UNKNOWN: &str = "unknown";

/// An address.
pub(in super::super) static ADDRESS: Resource = Resource::new(
    "Address",
    &[
        Attribute::new("ip", Type::Text).given(),
        Attribute::new("hostname", Type::Text).given(),
        Attribute::new("allocation", Type::Text).given(),
        Attribute::new("defaultGateway", Type::Text).given(),
        Attribute::new("dns", Type::Text).many("dns").given(),
        Attribute::new("protocol", Type::Text).given(),
        Attribute::new("mask", Type::Text).given(),
        Attribute::new("network", Type::Reference(&network::NETWORK)).given(),
        Attribute::new("resource", Type::Link),
    ],
);

/// What an address is created with.
pub(in super::super) static ADDRESS_CREATE: Resource = Resource::new(
    "AddressCreate",
    &[Attribute::new("addressTemplate", Type::Reference(&ADDRESS_TEMPLATE)).given()],
);

/// What addresses are made from.
pub(in super::super) static ADDRESS_TEMPLATE: Resource = Resource::new(
    "AddressTemplate",
    &[
        Attribute::new("ip", Type::Text).given(),
        Attribute::new("hostname", Type::Text).given(),
        Attribute::new("allocation", Type::Text).given(),
        Attribute::new("defaultGateway", Type::Text).given(),
        Attribute::new("dns", Type::Text).many("dns").given(),
        Attribute::new("protocol", Type::Text).given(),
        Attribute::new("mask", Type::Text).given(),
        Attribute::new("network", Type::Reference(&network::NETWORK)).given(),
    ],
);

/// Tells an address.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Address(address) = resource else { return Vec::new() };
    let (context, ip) = (scene.context, address.ip.to_string());
    let machine = address.instance.as_deref().map(|id| Value::Href(context.href(&["machines", id])));
    let fields = Fields::at(context.href(&["addresses", &address.id]))
        .text("name", ip.clone())
        .text("description", format!("Address {ip}"));
    let fields = match context.dialect {
        Dialect::Compatible => {
            of_ip(fields, address.ip, "dynamic", protocol(address.ip).to_ascii_lowercase())
                .text("defaultGateway", UNKNOWN)
                .with("dns", Value::Many(vec![Value::Text(UNKNOWN.into())]))
                .text("mask", UNKNOWN)
        }
        Dialect::Strict => of_ip(fields, address.ip, "dynamic", protocol(address.ip).to_owned()),
    };
    let free = address.instance.is_none();
    vec![fields.maybe("resource", machine).operations(actions::delete(
        Kind::Address,
        &address.id,
        free,
        scene,
    ))]
}

/// An address that an interface has, by value: it is none of the addresses that the user can give to machines.
pub(super) fn of_interface(ip: IpAddr) -> Fields<'static> {
    of_ip(Fields::default(), ip, "dynamic", protocol(ip).to_owned())
}

fn of_ip<'a>(fields: Fields<'a>, ip: IpAddr, allocation: &'static str, protocol: String) -> Fields<'a> {
    fields.text("ip", ip.to_string()).text("allocation", allocation).text("protocol", protocol)
}

fn protocol(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "IPv4" } else { "IPv6" }
}
