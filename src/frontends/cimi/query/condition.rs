//! What `$filter` says, as a tree; written, it is a filter again.

use std::fmt;

use super::{
    literal::{Literal, quote},
    path::Path,
};

/// What an entry has to be in order to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of these (`and`).
    All(Vec<Condition>),
    /// At least one of these (`or`).
    Any(Vec<Condition>),
    /// This one.
    Comparison(Comparison),
}

/// Something of an entry against a value. The grammar also has the value first; that is turned round when it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What of the entry is looked at.
    pub subject: Subject,
    /// How.
    pub operator: Operator,
    /// What it is compared with.
    pub literal: Literal,
}

/// What of an entry a query looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An attribute.
    Attribute(Path),
    /// The value that the entry's `properties` have for this key.
    Property(String),
}

/// A comparison's operator: `Op` of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Condition {
    /// Every comparison in it, in the order of writing.
    pub fn comparisons(&self, each: &mut dyn FnMut(&Comparison)) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.comparisons(each))
            }
            Condition::Comparison(comparison) => each(comparison),
        }
    }

    /// Whether it needs parentheses where it stands in another.
    fn is_looser_than(&self, outer: &Condition) -> bool {
        match (outer, self) {
            (Condition::All(_), Condition::All(_) | Condition::Any(_)) => true,
            (Condition::Any(_), Condition::Any(_)) => true,
            (Condition::Any(_), Condition::All(_)) => false,
            (Condition::Comparison(_), _) | (_, Condition::Comparison(_)) => false,
        }
    }

    fn write_parts(&self, parts: &[Condition], word: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, part) in parts.iter().enumerate() {
            if nth > 0 {
                write!(f, " {word} ")?;
            }
            if part.is_looser_than(self) { write!(f, "({part})")? } else { write!(f, "{part}")? }
        }
        Ok(())
    }
}

impl Operator {
    /// Every operator, the longer before those that they begin with.
    pub const ALL: [Operator; 6] = [
        Operator::NotEqual,
        Operator::LessOrEqual,
        Operator::GreaterOrEqual,
        Operator::Equal,
        Operator::Less,
        Operator::Greater,
    ];

    /// How it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
        }
    }

    /// Whether it asks for more than equality.
    pub fn asks_for_order(self) -> bool {
        !matches!(self, Operator::Equal | Operator::NotEqual)
    }

    /// The one that says the same with the sides exchanged.
    #[must_use]
    pub fn turned_round(self) -> Self {
        match self {
            Operator::Equal => Operator::Equal,
            Operator::NotEqual => Operator::NotEqual,
            Operator::Less => Operator::Greater,
            Operator::LessOrEqual => Operator::GreaterOrEqual,
            Operator::Greater => Operator::Less,
            Operator::GreaterOrEqual => Operator::LessOrEqual,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::All(parts) => self.write_parts(parts, "and", f),
            Condition::Any(parts) => self.write_parts(parts, "or", f),
            Condition::Comparison(comparison) => write!(f, "{comparison}"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.subject, self.operator, self.literal)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Attribute(path) => write!(f, "{path}"),
            Subject::Property(key) => {
                f.write_str("property[")?;
                quote(key, f)?;
                f.write_str("]")
            }
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
