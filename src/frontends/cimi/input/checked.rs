//! A document that is what it should be.

use super::{
    object::{Given, HREF, Object},
    raw::{OWN_TEXT, Raw},
};
use crate::{
    frontends::cimi::{
        attribute::{Access, Attribute, Resource, Type},
        errors::Fault,
    },
    wire::document::Format,
};

/// Checks a document against the table of what it should be.
///
/// # Errors
/// When it is something else: with the name of the attribute.
pub(super) fn check(raw: Raw, resource: &'static Resource, format: Format) -> Result<Object, Fault> {
    let table: Vec<&'static Attribute> = resource.all().collect();
    Check { format, path: String::new() }.object(raw, &table)
}

struct Check {
    format: Format,
    /// Where in the document it is, for messages.
    path: String,
}

/// How much of a client's own name is repeated, in characters.
const QUOTED: usize = 64;

impl Check {
    /// The same, deeper in the document.
    fn at(&self, name: &str) -> Check {
        let name: String = name.chars().filter(|character| !character.is_control()).take(QUOTED).collect();
        let path = if self.path.is_empty() { name } else { format!("{}/{name}", self.path) };
        Check { path, ..*self }
    }

    fn wrong(&self, what: &str) -> Fault {
        Fault::attribute(&self.path, what)
    }

    fn object(&self, raw: Raw, table: &[&'static Attribute]) -> Result<Object, Fault> {
        let members = match raw {
            Raw::Null => Vec::new(),
            Raw::Object(members) => members,
            Raw::Text(_) | Raw::Flag(_) | Raw::Number(_) | Raw::List(_) => {
                return Err(self.wrong("has no parts where some were expected"));
            }
        };
        let mut object = Object::default();
        for (name, raw) in members {
            self.member(&name, raw, table, &mut object)?;
        }
        let missing = |attribute: &&&Attribute| attribute.required && object.get(attribute.name).is_none();
        match table.iter().find(missing) {
            Some(attribute) if object.href().is_none() => Err(self.at(attribute.name).wrong("is required")),
            _ => Ok(object),
        }
    }

    fn member(
        &self,
        name: &str,
        raw: Raw,
        table: &[&'static Attribute],
        object: &mut Object,
    ) -> Result<(), Fault> {
        let here = self.at(name);
        let Some(attribute) = table.iter().find(|attribute| self.is_called(attribute, name)) else {
            return match (name, raw) {
                ("resourceURI" | "rel", _) => Ok(()),
                (HREF, Raw::Text(href)) => here.put(object, HREF, Given::Text(href)),
                _ => Err(here.wrong("is unknown")),
            };
        };
        if attribute.access == Access::Read {
            return Ok(());
        }
        match (attribute.many, attribute.value, self.format) {
            (_, Type::Map, Format::Xml) => here.property(raw, attribute.name, object),
            (true, _, Format::Xml) => here.one_of_many(raw, attribute, object),
            (true, _, Format::Json) => here.all_of_many(raw, attribute, object),
            (false, ..) => match here.value(raw, attribute)? {
                Some(given) => here.put(object, attribute.name, given),
                None => Ok(()),
            },
        }
    }

    fn is_called(&self, attribute: &Attribute, name: &str) -> bool {
        let own = match self.format {
            Format::Json => attribute.name,
            Format::Xml => attribute.element,
        };
        own == name || attribute.also == Some(name)
    }

    fn put(&self, object: &mut Object, name: &'static str, given: Given) -> Result<(), Fault> {
        if object.get(name).is_some() {
            return Err(self.wrong("is given twice"));
        }
        object.0.push((name, given));
        Ok(())
    }

    /// One of several elements of the same name.
    fn one_of_many(&self, raw: Raw, attribute: &'static Attribute, object: &mut Object) -> Result<(), Fault> {
        let Some(given) = self.value(raw, attribute)? else { return Ok(()) };
        match object.0.iter_mut().find(|(name, _)| *name == attribute.name) {
            Some((_, Given::List(list))) => list.push(given),
            Some(_) => return Err(self.wrong("is given twice")),
            None => object.0.push((attribute.name, Given::List(vec![given]))),
        }
        Ok(())
    }

    fn all_of_many(&self, raw: Raw, attribute: &'static Attribute, object: &mut Object) -> Result<(), Fault> {
        let values = match raw {
            Raw::Null => return Ok(()),
            Raw::List(values) => values,
            Raw::Text(_) | Raw::Flag(_) | Raw::Number(_) | Raw::Object(_) => {
                return Err(self.wrong("is no array"));
            }
        };
        let values = values.into_iter().map(|raw| self.value(raw, attribute));
        let values: Vec<Option<Given>> = values.collect::<Result<_, _>>()?;
        self.put(object, attribute.name, Given::List(values.into_iter().flatten().collect()))
    }

    /// One of the properties, each of which is an element of its own.
    fn property(&self, raw: Raw, name: &'static str, object: &mut Object) -> Result<(), Fault> {
        let Raw::Object(members) = raw else { return Err(self.wrong("has no key")) };
        let text = |name: &str| {
            let found = members.iter().find(|(known, _)| known == name);
            found.and_then(|(_, raw)| if let Raw::Text(text) = raw { Some(text.clone()) } else { None })
        };
        let key = text("key").ok_or_else(|| self.wrong("has no key"))?;
        let pair = (key, text(OWN_TEXT).unwrap_or_default());
        match object.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, Given::Map(pairs))) if pairs.iter().any(|(known, _)| *known == pair.0) => {
                return Err(self.at(&pair.0).wrong("is given twice"));
            }
            Some((_, Given::Map(pairs))) => pairs.push(pair),
            Some(_) => return Err(self.wrong("is given twice")),
            None => object.0.push((name, Given::Map(vec![pair]))),
        }
        Ok(())
    }

    /// The value of an attribute; none when it is taken back.
    fn value(&self, raw: Raw, attribute: &'static Attribute) -> Result<Option<Given>, Fault> {
        if raw == Raw::Null {
            return Ok(None);
        }
        let given = match attribute.value {
            Type::Text | Type::Hex | Type::Moment => Given::Text(self.text(raw)?),
            Type::Uri => Given::Text(self.uri(raw)?),
            Type::Number => Given::Number(self.number(&raw)?),
            Type::Flag => Given::Flag(self.flag(&raw)?),
            Type::Map => Given::Map(self.map(raw)?),
            Type::Reference(resource) => Given::Object(self.reference(raw, resource)?),
            Type::Link => Given::Object(self.object(raw, &[])?),
            Type::Struct(table) => Given::Object(self.object(raw, &table.iter().collect::<Vec<_>>())?),
            // They can only be read.
            Type::Members(_) | Type::Operations => return Ok(None),
        };
        Ok(Some(given))
    }

    fn text(&self, raw: Raw) -> Result<String, Fault> {
        match raw {
            Raw::Text(text) => Ok(text.trim().to_owned()),
            Raw::Number(number) => Ok(number),
            Raw::Flag(flag) => Ok(flag.to_string()),
            Raw::Null | Raw::List(_) | Raw::Object(_) => Err(self.wrong("is no text")),
        }
    }

    /// A URI, which clients send as a reference, too.
    fn uri(&self, raw: Raw) -> Result<String, Fault> {
        match raw {
            Raw::Object(members) => {
                let href = members.into_iter().find(|(name, _)| name == HREF).map(|(_, raw)| raw);
                self.text(href.unwrap_or(Raw::Null))
            }
            other => self.text(other),
        }
    }

    fn number(&self, raw: &Raw) -> Result<u64, Fault> {
        let digits = match raw {
            Raw::Number(text) | Raw::Text(text) => text.trim(),
            Raw::Null | Raw::Flag(_) | Raw::List(_) | Raw::Object(_) => "",
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_number);
        number.ok_or_else(|| self.wrong("is no whole number that is not negative"))
    }

    fn flag(&self, raw: &Raw) -> Result<bool, Fault> {
        match raw {
            Raw::Flag(flag) => Ok(*flag),
            Raw::Text(text) if matches!(text.trim(), "true" | "1") => Ok(true),
            Raw::Text(text) if matches!(text.trim(), "false" | "0") => Ok(false),
            _ => Err(self.wrong("is neither true nor false")),
        }
    }

    fn map(&self, raw: Raw) -> Result<Vec<(String, String)>, Fault> {
        let Raw::Object(members) = raw else { return Err(self.wrong("is no object")) };
        let pair = |(key, raw): (String, Raw)| {
            let text = self.at(&key).text(raw)?;
            Ok((key, text))
        };
        members.into_iter().map(pair).collect()
    }

    /// A resource, by reference or by value. A text alone is a reference.
    fn reference(&self, raw: Raw, resource: &'static Resource) -> Result<Object, Fault> {
        match raw {
            Raw::Text(href) => Ok(Object(vec![(HREF, Given::Text(href.trim().to_owned()))])),
            other => {
                let table: Vec<&'static Attribute> = resource.all().collect();
                self.object(other, &table)
            }
        }
    }
}
