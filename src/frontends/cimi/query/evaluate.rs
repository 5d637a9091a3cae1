//! Whether an entry is what a filter asks for.
//!
//! The type of what is compared decides how the literal is read: against a number `'4'` is 4, against text `4` is `4`.
//! What cannot be read so is never equal, and neither before nor after.
//!
//! **Invariants:** `!=` is what `=` is not, also of what is absent (nothing equals it) and of a list (one of it has to).
//! Nothing is allocated.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{
    condition::{Comparison, Condition, Operator, Subject},
    literal::Literal,
};

/// A value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text, a URI, a state.
    Text(&'a str),
    /// A whole number, in the attribute's unit; a duration in seconds.
    Number(i128),
    /// A moment, as exactly as the client is told it.
    Moment(Timestamp),
    /// A flag.
    Flag(bool),
}

/// Takes one value; true when no other is needed.
pub type Take<'t> = &'t mut dyn FnMut(Value<'_>) -> bool;

/// An entry of a collection, as a query sees it.
pub trait Attributes {
    /// Gives each value that the subject has to `take`, until that is true: none where the attribute is absent or
    /// unknown, several where it is a list or its path leads through one.
    fn values(&self, subject: &Subject, take: Take<'_>);
}

impl Condition {
    /// Whether the entry is so.
    pub fn admits(&self, entry: &dyn Attributes) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|part| part.admits(entry)),
            Condition::Any(parts) => parts.iter().any(|part| part.admits(entry)),
            Condition::Comparison(comparison) => comparison.admits(entry),
        }
    }
}

impl Comparison {
    fn admits(&self, entry: &dyn Attributes) -> bool {
        let mut met = false;
        entry.values(&self.subject, &mut |value| {
            met |= self.operator.is_met_by_one(compare(value, &self.literal));
            met
        });
        met != (self.operator == Operator::NotEqual)
    }
}

impl Operator {
    /// Whether a value that is so to the literal is what is looked for: of `!=`, what must not be.
    fn is_met_by_one(self, ordering: Option<Ordering>) -> bool {
        let Some(ordering) = ordering else { return false };
        match self {
            Operator::Equal | Operator::NotEqual => ordering.is_eq(),
            Operator::Less => ordering.is_lt(),
            Operator::LessOrEqual => ordering.is_le(),
            Operator::Greater => ordering.is_gt(),
            Operator::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// How a value is to a literal; none where it has no order to it.
fn compare(value: Value<'_>, literal: &Literal) -> Option<Ordering> {
    let equal = |is_equal: bool| is_equal.then_some(Ordering::Equal);
    match value {
        Value::Text(text) => equal(text == literal.as_str()),
        Value::Flag(flag) => equal(literal.flag() == Some(flag)),
        Value::Number(number) => literal.number().map(|literal| number.cmp(&literal)),
        Value::Moment(moment) => literal.moment().map(|literal| moment.cmp(&literal)),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Grammar, tests::Machine},
        *,
    };

    #[test]
    fn comparing_goes_by_type() {
        let cases = [
            ("name='web'", true),
            ("name='Web'", false),
            ("name!='web'", false),
            ("name!='db'", true),
            ("cpu=2", true),
            ("cpu=02", true),
            ("cpu<2", false),
            ("cpu<=2", true),
            ("cpu>1", true),
            ("cpu>=3", false),
            ("1<cpu", true),
            ("3<=cpu", false),
            ("cpu='2'", true),
            ("cpu='two'", false),
            ("cpu!='two'", true),
            ("cpu<99999999999999999999999999999999999999", true),
            ("created=2012-10-10T12:00:00Z", true),
            ("created=2012-10-10T14:00:00+02:00", true),
            ("created>2012-10-10", true),
            ("created<2012-10-10T12:00:00.5Z", true),
            ("created>=2012-10-11", false),
            ("created='2012-10-10T12:00:00Z'", true),
            ("created!=5", true),
            ("enabled=true", true),
            ("enabled=false", false),
            ("enabled!=false", true),
            ("enabled='true'", true),
            ("label=7", false),
            ("label='007'", true),
            ("label=007", true),
            ("label>6", false),
            ("property['tier']='front'", true),
            ("property['tier']!='front'", false),
            ("property['none']='x'", false),
            ("property['none']!='x'", true),
            ("nothing=1", false),
            ("nothing!=1", true),
            ("nothing<1", false),
            ("nothing>=1", false),
            ("disks/capacity=10", true),
            ("disks/capacity=20", true),
            ("disks/capacity!=10", false),
            ("disks/capacity!=15", true),
            ("disks/capacity>15", true),
            ("disks/capacity>20", false),
            ("name='web' and cpu=2", true),
            ("name='web' and cpu=3", false),
            ("name='db' or cpu=2", true),
            ("name='db' or cpu=3", false),
            ("name='db' and cpu=2 or enabled=true", true),
            ("name='db' and (cpu=2 or enabled=true)", false),
        ];
        for (text, expected) in cases {
            let condition = Condition::parse(text, Grammar::Specified).unwrap();
            assert_eq!(condition.admits(&Machine::web()), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_allocated() {
        let text =
            "(name='db' or disks/capacity>15) and created>2012-10-10 and property['tier']!='x' and cpu>='2'";
        let condition = Condition::parse(text, Grammar::Lenient).unwrap();
        let machine = Machine::web();
        let mut is_admitted = false;
        let allocated = allocation_counter::measure(|| is_admitted = condition.admits(&machine));
        assert!(is_admitted);
        assert_eq!(allocated.count_total, 0);
    }
}
