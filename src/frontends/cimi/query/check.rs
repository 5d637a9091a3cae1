//! Whether a filter fits the resource: it names attributes that there are, and compares them with what they can be.

use std::borrow::Cow;

use super::{
    Malformed,
    condition::{Comparison, Condition, Subject},
    lexer::FILTER,
    literal::{Literal, Type},
    path::Path,
};

impl Condition {
    /// Checks the filter against the attributes of the entries' resource; properties are not asked for.
    ///
    /// # Errors
    /// Names the first attribute that there is not, or that is compared with what it cannot be, or by an order that it
    /// does not have: only numbers and moments have one (DSP0263 §4.1.6.1).
    pub fn check(&self, attribute: &dyn Fn(&Path) -> Option<Type>) -> Result<(), Malformed> {
        let mut fault = None;
        self.comparisons(&mut |comparison| {
            if fault.is_none() {
                fault = comparison.fault(attribute);
            }
        });
        fault.map_or(Ok(()), Err)
    }
}

impl Comparison {
    fn fault(&self, attribute: &dyn Fn(&Path) -> Option<Type>) -> Option<Malformed> {
        let Subject::Attribute(path) = &self.subject else { return None };
        let Some(kind) = attribute(path) else {
            return Some(Malformed::value(FILTER, "an attribute of the entries", path.as_str()));
        };
        let expected: Cow<'static, str> = if self.operator.asks_for_order() && !kind.has_order() {
            format!("= or != after {path}, which has no order").into()
        } else if kind.can_be(&self.literal) {
            return None;
        } else {
            format!("{} to compare {path} with", kind.name()).into()
        };
        Some(Malformed::value(FILTER, expected, &self.to_string()))
    }
}

impl Type {
    fn has_order(self) -> bool {
        matches!(self, Type::Number | Type::Moment)
    }

    fn can_be(self, literal: &Literal) -> bool {
        match self {
            Type::Text => true,
            Type::Number => literal.number().is_some(),
            Type::Moment => literal.moment().is_some(),
            Type::Flag => literal.flag().is_some(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Number => "a number",
            Type::Moment => "a date",
            Type::Flag => "true or false",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Grammar, *};

    fn attribute(path: &Path) -> Option<Type> {
        match path.as_str() {
            "name" => Some(Type::Text),
            "cpu" => Some(Type::Number),
            "created" => Some(Type::Moment),
            "enabled" => Some(Type::Flag),
            _other => None,
        }
    }

    #[test]
    fn it_names_what_does_not_fit() {
        let fine = [
            "name='x'",
            "name=4",
            "cpu<4",
            "cpu='4'",
            "created>2012-10-10",
            "enabled=true",
            "property['k']='v'",
            "name='x' and (cpu=4 or enabled!=false)",
        ];
        for text in fine {
            let condition = Condition::parse(text, Grammar::Specified).unwrap();
            assert_eq!(condition.check(&attribute), Ok(()), "{text}");
        }
        let faults = [
            ("nosuch=1", "an attribute of the entries, not 'nosuch'"),
            ("name='x' or nosuch=1 or no=2", "an attribute of the entries, not 'nosuch'"),
            ("cpu='x'", "a number to compare cpu with, not 'cpu='x''"),
            ("created=5", "a date to compare created with, not 'created=5'"),
            ("enabled='yes'", "true or false to compare enabled with, not 'enabled='yes''"),
            ("name<4", "= or != after name, which has no order, not 'name<4'"),
            ("4<=enabled", "= or != after enabled, which has no order, not 'enabled>=4'"),
        ];
        for (text, expected) in faults {
            let condition = Condition::parse(text, Grammar::Specified).unwrap();
            let error = condition.check(&attribute).unwrap_err();
            assert_eq!(error.to_string(), format!("$filter: expected {expected}"), "{text}");
        }
    }
}
