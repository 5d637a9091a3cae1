//! Metrics: what is measured of instances.

use std::borrow::Cow;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        context::Context,
        document::Node,
        negotiation::Format,
        table::{Collection, Row},
    },
    model::{Kind, Metric, Sample, Series, Unit},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "metrics",
    about: "What is measured of instances",
    operations: &[
        Row::index("metrics.index", Kind::Metric, "Lists what is measured", &[BY_ID]),
        Row::show("metrics.show", Kind::Metric, "Shows what was measured of an instance"),
    ],
};

/// The document of a metric. What is measured is an element of that name in XML.
pub(super) fn describe<'a>(metric: &'a Metric<'_>, context: &Context) -> Node<'a> {
    let elements = metric.series.iter().map(element).collect();
    let members = metric.series.iter().map(member).collect();
    let parts = vec![
        Node::text("entity", metric.entity.as_ref()),
        Node::object("properties", elements).only(Format::Xml),
        Node::list("properties", members).only(Format::Json),
    ];
    Node::object("metric", parts)
        .with("href", context.href(&["metrics", &metric.id]))
        .with("id", metric.id.as_ref())
}

fn element<'a>(series: &'a Series<'_>) -> Node<'a> {
    let samples = series.samples.iter().map(|sample| {
        let property = |(name, value): (&'static str, Cow<'a, str>)| {
            Node::empty("property").with("name", name).with("value", value)
        };
        let numbers = numbers(sample).map(|(name, number)| (name, Cow::Owned(number.to_string())));
        let unit = ("unit", Cow::Borrowed(word(series.unit)));
        Node::list("sample", numbers.into_iter().chain([unit]).map(property).collect())
    });
    Node::list(element_name(&series.name), samples.collect())
}

fn member<'a>(series: &'a Series<'_>) -> Node<'a> {
    let samples = series.samples.iter().map(|sample| {
        let numbers = numbers(sample).map(|(name, number)| Node::number(name, number));
        Node::object("sample", numbers.into_iter().chain([Node::text("unit", word(series.unit))]).collect())
    });
    let values = match series.samples.is_empty() {
        true => Node::null("values"),
        false => Node::list("values", samples.collect()),
    };
    Node::object("property", vec![Node::text("name", series.name.as_ref()), values])
}

/// The time is in seconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "a second of any year that there is has fewer digits")]
fn numbers(sample: &Sample) -> [(&'static str, f64); 4] {
    let seconds = sample.at.as_second() as f64;
    [
        ("minimum", sample.minimum),
        ("maximum", sample.maximum),
        ("average", sample.average),
        ("timestamp", seconds),
    ]
}

/// A name that an element can have: a cloud may measure what it calls anything.
fn element_name(name: &str) -> Cow<'_, str> {
    let begins = |character: char| character.is_ascii_alphabetic() || character == '_';
    let goes_on = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    if name.starts_with(begins) && name.chars().all(goes_on) {
        return Cow::Borrowed(name);
    }
    let plain = name.chars().map(|character| if goes_on(character) { character } else { '_' });
    Cow::Owned("_".chars().chain(plain).collect())
}

fn word(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "Percent",
        Unit::Bytes => "Bytes",
        Unit::BytesPerSecond => "Bytes/Second",
        Unit::Count => "Count",
        Unit::Seconds => "Seconds",
    }
}
