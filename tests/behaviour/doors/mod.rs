//! The front ends, from outside: the table in which a new one is named.

mod cimi;
mod deltacloud;
mod ec2;

use std::collections::BTreeMap;

use deltagate::model::{Kind, Operation, Verb};

/// A protocol in which operations can be asked for.
pub struct Door {
    pub name: &'static str,
    /// Whether the protocol has words for it.
    pub expresses: fn((Verb, Kind)) -> bool,
    /// Asks the gateway at an address, as a user with a password.
    pub perform: fn(&str, User, &Operation) -> Outcome,
}

/// A user's name and password.
pub type User<'a> = (&'a str, &'a str);

/// What comes of an operation.
pub type Outcome = Result<Vec<Thing>, Refused>;

/// All doors.
pub const DOORS: &[Door] = &[ec2::DOOR, cimi::XML, cimi::JSON, deltacloud::XML, deltacloud::JSON];

/// What a door shows of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thing {
    pub id: String,
    pub name: String,
    /// In lower case, in the words of the protocol; empty when the kind has none.
    pub state: String,
    /// What else is said of it, in the words of the neutral model: `image`, `instance`, `capacity`.
    pub more: BTreeMap<&'static str, String>,
}

impl Thing {
    /// What is said of it besides; empty when it is not.
    pub fn more(&self, name: &str) -> &str {
        self.more.get(name).map_or("", String::as_str)
    }
}

/// Why an operation was not done, as far as a protocol tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The user is not who he says.
    Unauthenticated,
    /// There is no such thing.
    Missing,
    /// Not now, or there is one already.
    Conflict(String),
    /// It makes no sense.
    Invalid(String),
    /// Anything else, with status and text.
    Other(u16, String),
}
