//! Documents in JSON. A name that is there twice in one object is refused: nobody knows which value is meant.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};

use super::{last_segment, raw::Raw};
use crate::{frontends::cimi::errors::Fault, wire::json};

/// What the document says it is, and what is in it.
///
/// # Errors
/// When it is malformed, or no object.
pub(super) fn read(body: &[u8]) -> Result<(Option<String>, Raw), Fault> {
    let twice = |body: &[u8]| serde_json::from_slice::<Raw>(body).err().and_then(|error| repeated(&error));
    let raw: Raw = json::read(body).map_err(|malformed| match twice(body) {
        Some(name) => Fault::attribute(&name, "is given twice"),
        None => Fault::invalid(format!("Bad request: {malformed}")),
    })?;
    let Raw::Object(members) = &raw else { return Err(Fault::invalid("The document is no object")) };
    let uri = members.iter().find(|(name, _)| name == "resourceURI");
    let name = match uri {
        Some((_, Raw::Text(uri))) => Some(last_segment(uri)),
        Some(_) => return Err(Fault::attribute("resourceURI", "is no text")),
        None => None,
    };
    Ok((name, raw))
}

/// What marks the message of a name that is there twice.
const TWICE: &str = "given twice: ";
/// How much of a client's own name is repeated, in characters.
const QUOTED: usize = 64;

/// The name that is there twice, if that is what is wrong.
fn repeated(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let name = message.strip_prefix(TWICE)?.rsplit_once(" at line")?.0;
    Some(name.chars().filter(|character| !character.is_control()).take(QUOTED).collect())
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        Ok(Raw::Number(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Raw, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = array.next_element()? {
            values.push(value);
        }
        Ok(Raw::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut members: Vec<(String, Raw)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Raw>()? {
            if members.len() >= MOST_MEMBERS {
                return Err(A::Error::custom("an object has too many members"));
            }
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format!("{TWICE}{name}")));
            }
            members.push((name, value));
        }
        Ok(Raw::Object(members))
    }
}

/// The most members of one object: each is compared with all before it.
const MOST_MEMBERS: usize = 1_000;
