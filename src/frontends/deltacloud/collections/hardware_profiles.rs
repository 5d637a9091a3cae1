//! Hardware profiles: properties that are fixed, or may be chosen when an instance is created.
//!
//! JSON has the original's map of defaults, `properties`, and beside it all that XML says, as `property`.

use std::borrow::Cow;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        context::Context,
        document::Node,
        measures::{GB, MB, in_units},
        negotiation::Format,
        table::{Collection, Parameter, Row, Value},
    },
    model::{HardwareProfile, Kind, Property},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "hardware_profiles",
    about: "The sizes that an instance may have",
    operations: &[
        Row::index(
            "hardware_profiles.index",
            Kind::HardwareProfile,
            "Lists the hardware profiles",
            &[BY_ID, Parameter::new("architecture", Value::Text, "Only those with this processor")],
        ),
        Row::show("hardware_profiles.show", Kind::HardwareProfile, "Shows a hardware profile"),
    ],
};

/// The document of a hardware profile.
pub(super) fn describe<'a>(profile: &'a HardwareProfile<'_>, context: &Context) -> Node<'a> {
    let count = |count: u32| count.to_string();
    let mut properties: Vec<Described<'a>> = Vec::new();
    properties.extend(profile.cpus.as_ref().map(|cpus| measure("cpu", "count", cpus, count)));
    properties
        .extend(profile.memory.as_ref().map(|size| measure("memory", "MB", size, |size| in_units(size, MB))));
    properties.extend(
        profile.storage.as_ref().map(|size| measure("storage", "GB", size, |size| in_units(size, GB))),
    );
    properties.extend(profile.architecture.as_deref().map(|name| Described {
        name: "architecture",
        unit: "label",
        value: Cow::Borrowed(name),
        choice: Choice::Fixed,
    }));
    let mut parts = vec![
        Node::text("id", profile.id.as_ref()).only(Format::Xml),
        Node::text("name", profile.name.as_ref()),
    ];
    if !properties.is_empty() {
        let default = |property: &Described<'a>| Node::text(property.name, property.value.clone());
        let defaults = properties.iter().map(default).collect();
        parts.push(Node::object("properties", defaults).only(Format::Json));
        let properties = properties.into_iter().map(|property| property.node(context)).collect();
        parts.push(Node::row("property", properties));
    }
    let href = context.href(&["hardware_profiles", &profile.id]);
    Node::object("hardware_profile", parts).with("href", href).with("id", profile.id.as_ref())
}

/// A property in Deltacloud's words.
struct Described<'a> {
    name: &'static str,
    unit: &'static str,
    /// What one gets without asking.
    value: Cow<'a, str>,
    choice: Choice,
}

enum Choice {
    Fixed,
    Range { first: String, last: String },
    Enum(Vec<String>),
}

fn measure<'a, T: Copy + PartialOrd>(
    name: &'static str,
    unit: &'static str,
    property: &Property<T>,
    write: impl Fn(T) -> String,
) -> Described<'a> {
    let choice = match property {
        Property::Fixed(_) => Choice::Fixed,
        Property::Range { first, last, .. } => Choice::Range { first: write(*first), last: write(*last) },
        Property::Enum { values, .. } => Choice::Enum(values.iter().map(|value| write(*value)).collect()),
    };
    Described { name, unit, value: write(property.default_value()).into(), choice }
}

impl<'a> Described<'a> {
    fn node(self, context: &Context) -> Node<'a> {
        let (kind, choices) = match self.choice {
            Choice::Fixed => ("fixed", None),
            Choice::Range { first, last } => {
                ("range", Some(Node::empty("range").with("first", first).with("last", last)))
            }
            Choice::Enum(values) => {
                let entries = values.into_iter().map(|value| Node::empty("entry").with("value", value));
                ("enum", Some(Node::list("enum", entries.collect())))
            }
        };
        let parts = choices.map(|choices| vec![param(self.name, context), choices]).unwrap_or_default();
        Node::object("property", parts)
            .with("kind", kind)
            .with("name", self.name)
            .with("unit", self.unit)
            .with("value", self.value)
    }
}

/// Where a value is chosen.
fn param(property: &str, context: &Context) -> Node<'static> {
    Node::empty("param")
        .with("href", context.href(&["instances"]))
        .with("method", "post")
        .with("name", format!("hwp_{property}"))
        .with("operation", "create")
}
