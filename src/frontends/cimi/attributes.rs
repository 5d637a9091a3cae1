//! A resource's attributes, as a query sees them.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use smallvec::SmallVec;

use super::{
    attribute::{Resource, Type},
    fields::{Fields, Value},
    query::{self, Attributes, Path, Subject, Take},
};

impl Attributes for Fields<'_> {
    fn values(&self, subject: &Subject, take: Take<'_>) {
        match subject {
            Subject::Attribute(path) => {
                let names: SmallVec<[&str; 4]> = path.names().collect();
                let Some((first, rest)) = names.split_first() else { return };
                if let Some(value) = self.get(first) {
                    give(value, rest, take);
                }
            }
            Subject::Property(key) => {
                let Some(Value::Map(pairs)) = self.get("properties") else { return };
                if let Some((_, text)) = pairs.iter().find(|(known, _)| known == key) {
                    take(query::Value::Text(text));
                }
            }
        }
    }
}

/// Gives what is at the rest of a path; true when no other value is needed.
fn give(value: &Value<'_>, rest: &[&str], take: Take<'_>) -> bool {
    match (value, rest) {
        (Value::Many(values), _) => values.iter().any(|value| give(value, rest, take)),
        (Value::Struct(fields), [name, rest @ ..]) => {
            fields.get(name).is_some_and(|part| give(part, rest, take))
        }
        (Value::Href(href), [] | ["href"]) => take(query::Value::Text(href)),
        (Value::Text(text), []) => take(query::Value::Text(text)),
        (Value::Number(number), []) => take(query::Value::Number((*number).into())),
        (Value::Flag(flag), []) => take(query::Value::Flag(*flag)),
        (Value::Moment(moment), []) => take(query::Value::Moment(told(*moment))),
        _nothing_there => false,
    }
}

/// A moment as it is told: to the second.
fn told(moment: Timestamp) -> Timestamp {
    let second = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Floor);
    moment.round(second).unwrap_or(moment)
}

impl Resource {
    /// The type of what is at a path, for comparing with it; none when there is no such attribute.
    pub(super) fn type_at(&self, path: &Path) -> Option<query::Type> {
        let mut names = path.names();
        let first = names.next()?;
        let attribute = self.all().find(|attribute| attribute.name == first)?;
        let mut kind = attribute.value;
        for name in names {
            kind = match kind {
                Type::Struct(table) => table.iter().find(|part| part.name == name)?.value,
                Type::Reference(resource) if name != "href" => {
                    resource.all().find(|part| part.name == name)?.value
                }
                Type::Reference(_) | Type::Link | Type::Members(_) if name == "href" => Type::Uri,
                _other => return None,
            };
        }
        Some(match kind {
            Type::Number => query::Type::Number,
            Type::Flag => query::Type::Flag,
            Type::Moment => query::Type::Moment,
            Type::Text | Type::Uri | Type::Hex | Type::Map | Type::Reference(_) | Type::Link => {
                query::Type::Text
            }
            Type::Members(_) | Type::Struct(_) | Type::Operations => query::Type::Text,
        })
    }
}
