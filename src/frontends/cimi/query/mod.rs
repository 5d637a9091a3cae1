//! CIMI's query parameters (DSP0263 §4.1.6): `$filter`, `$first`, `$last`, `$select`, `$expand`, `$orderby`, `$format`.
//!
//! A [`Query`] is read from the query string. Of each entry that the cloud gives, [`Query::admits`] tells whether it is
//! one that was asked for, by the entry's [`Attributes`]. Those go, where there is no order, through
//! [`Window::passing`] straight into the answer; where there is one, into a [`Sort`].
//!
//! `count` of a collection is the number of entries after the filter and before `$first` and `$last`. So a stream may
//! end with its window only where `count` is not shown ([`Count::Unsaid`]).
//!
//! **Invariants:** no input makes reading panic, recurse without bound or allocate more than a small multiple of its
//! length; what is asked of the cloud ([`Query::narrowing`]) never excludes what the filter admits.

mod check;
mod condition;
mod evaluate;
mod lexer;
mod literal;
mod malformed;
mod names;
mod narrowing;
mod order;
mod parser;
mod path;
mod sort;
#[cfg(test)]
mod tests;
mod window;

pub use condition::{Comparison, Condition, Operator, Subject};
pub use evaluate::{Attributes, Take, Value};
pub use literal::{Literal, Type};
pub use malformed::Malformed;
pub use names::{Expand, Select};
pub use narrowing::Narrow;
pub use order::Order;
pub use path::Path;
pub use sort::{MOST_SORTED, Sort};
pub use window::{Count, Passing, Window};

use std::borrow::Cow;

use crate::{model::Filter, wire::form};

/// The most `$filter` parameters of one query.
const MOST_FILTERS: usize = 16;

/// What is asked of a collection or a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What the entries have to be: all that was said by all `$filter`s; none when nothing was.
    pub filter: Option<Condition>,
    /// Which of them are shown.
    pub window: Window,
    /// What of each is shown.
    pub select: Select,
    /// Which references are replaced by what they lead to.
    pub expand: Expand,
    /// How they are sorted.
    pub order: Order,
    /// The answer's format, which then goes before `Accept`.
    pub format: Option<Format>,
}

/// A format that a query can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`
    Json,
    /// `application/xml`
    Xml,
}

/// Which filters are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// Those of the specification.
    Specified,
    /// Also text without quotes (`name=web`), as Deltacloud took it; and numbers and dates in quotes where an order is
    /// asked for.
    Lenient,
}

/// The parameters that mean something, each with its values in the order of sending.
#[derive(Default)]
struct Given<'q> {
    filters: Vec<Cow<'q, str>>,
    firsts: Vec<Cow<'q, str>>,
    lasts: Vec<Cow<'q, str>>,
    selects: Vec<Cow<'q, str>>,
    expands: Vec<Cow<'q, str>>,
    orders: Vec<Cow<'q, str>>,
    formats: Vec<Cow<'q, str>>,
}

impl Query {
    /// Reads a query string, still encoded and without its `?`. Parameters that are not CIMI's are ignored.
    ///
    /// # Errors
    /// What was expected where, when one of CIMI's parameters cannot be read.
    pub fn parse(query: &str, grammar: Grammar) -> Result<Self, Malformed> {
        let given = Given::read(query)?;
        Ok(Query {
            filter: filter(&given.filters, grammar)?,
            window: Window {
                first: place(Window::FIRST, &given.firsts)?.unwrap_or(1),
                last: place(Window::LAST, &given.lasts)?,
            },
            select: Select::parse(&given.selects)?,
            expand: Expand::parse(&given.expands)?,
            order: Order::parse(&given.orders)?,
            format: given.formats.first().map(|text| Format::parse(text)).transpose()?,
        })
    }

    /// Whether an entry is one that was asked for.
    pub fn admits(&self, entry: &dyn Attributes) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.admits(entry))
    }

    /// What to ask the cloud for; see [`Condition::narrowing`] for `meaning`. It is bounded only where neither the
    /// filter nor the order nor `count` needs to see what is not shown.
    pub fn narrowing(&self, count: Count, meaning: &dyn Fn(&Path, &str) -> Option<Narrow>) -> Filter {
        let Some(filter) = &self.filter else {
            let is_streamed = self.order.is_any() && count == Count::Unsaid;
            let at_most = self.window.reach().filter(|_| is_streamed).map(|reach| reach.max(1));
            return Filter { at_most, ..Filter::default() };
        };
        filter.narrowing(meaning)
    }
}

impl<'q> Given<'q> {
    fn read(query: &'q str) -> Result<Self, Malformed> {
        let mut given = Given::default();
        for pair in form::pairs(query) {
            let (name, value) = pair?;
            if let Some(values) = given.values(&name) {
                values.push(value);
            }
        }
        Ok(given)
    }

    /// Where the values of a parameter go; nowhere where it means nothing.
    fn values(&mut self, name: &str) -> Option<&mut Vec<Cow<'q, str>>> {
        match name {
            lexer::FILTER => Some(&mut self.filters),
            Window::FIRST => Some(&mut self.firsts),
            Window::LAST => Some(&mut self.lasts),
            Select::PARAMETER => Some(&mut self.selects),
            Expand::PARAMETER => Some(&mut self.expands),
            Order::PARAMETER => Some(&mut self.orders),
            Format::PARAMETER => Some(&mut self.formats),
            _other => None,
        }
    }
}

impl Format {
    const PARAMETER: &'static str = "$format";

    fn parse(text: &str) -> Result<Self, Malformed> {
        let known = [("json", Format::Json), ("xml", Format::Xml)];
        let found = known.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
        found
            .map(|(_, format)| format)
            .ok_or_else(|| Malformed::value(Format::PARAMETER, "json or xml", text))
    }
}

/// What all `$filter`s ask for together.
fn filter(texts: &[Cow<'_, str>], grammar: Grammar) -> Result<Option<Condition>, Malformed> {
    if let Some(text) = texts.get(MOST_FILTERS) {
        return Err(Malformed::value(lexer::FILTER, format!("at most {MOST_FILTERS} of it"), text));
    }
    let parts: Result<Vec<_>, _> = texts.iter().map(|text| Condition::parse(text, grammar)).collect();
    let mut parts = parts?;
    Ok(if parts.len() > 1 { Some(Condition::All(parts)) } else { parts.pop() })
}

/// A place that may be said once.
fn place(parameter: &'static str, texts: &[Cow<'_, str>]) -> Result<Option<u64>, Malformed> {
    match texts {
        [] => Ok(None),
        [text] => window::place(parameter, text).map(Some),
        [_, second, ..] => Err(Malformed::value(parameter, "one number", second)),
    }
}
