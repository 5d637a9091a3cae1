//! What is around the members of a collection, and the members as they come.
//!
//! A collection says how many members it has. In JSON it does so at its end, and streams; in XML the schema has the
//! number before the members, so that they are held, up to [`MOST_HELD`].

use bytes::{BufMut, Bytes, BytesMut};

use super::{
    dialect::{Dialect, NAMESPACE, type_uri},
    query::{Passing, Sort},
    telling::{Telling, write},
};
use crate::{
    model::{Error, ErrorKind},
    wire::{
        document::{Format, Node, string},
        xml::Writer,
    },
};

/// The most bytes of members that are held because their number is said before them.
const MOST_HELD: usize = 16 << 20;

/// What a collection says of itself.
#[derive(Debug)]
pub(super) struct Around {
    pub(super) href: String,
    /// What its members are called in JSON.
    pub(super) key: &'static str,
    /// Where members are added, if they can be.
    pub(super) add: Option<String>,
}

/// The members of a collection as they come.
pub(super) struct Members {
    pub(super) passing: Passing,
    /// Where an order is asked for.
    pub(super) sort: Option<Sort<Bytes>>,
    pub(super) held: BytesMut,
    pub(super) written: usize,
}

impl Members {
    /// Writes a member that is shown.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        telling: &Telling,
        around: &Around,
        out: &mut BytesMut,
    ) -> Result<(), Error> {
        if !around.shows(around.key, telling) {
            return Ok(());
        }
        match telling.context.format {
            Format::Xml => {
                if self.held.len() + bytes.len() > MOST_HELD {
                    let message =
                        "the collection is too long for XML: ask for a part of it with $first and $last";
                    return Err(Error::new(ErrorKind::LimitReached, message));
                }
                self.held.put_slice(bytes);
            }
            Format::Json => {
                if self.written == 0 {
                    out.put_slice(b",");
                    string(around.key, out);
                    out.put_slice(b":[");
                } else {
                    out.put_u8(b',');
                }
                out.put_slice(bytes);
            }
        }
        self.written += 1;
        Ok(())
    }
}

impl Around {
    /// Whether one of the collection's own attributes is shown: `$select` is of them where it names one of them.
    fn shows(&self, name: &str, telling: &Telling) -> bool {
        telling.selects || telling.query.select.admits(&[name])
    }

    fn operations(&self, telling: &Telling) -> Option<Node<'_>> {
        let href = self.add.as_deref().filter(|_| self.shows("operations", telling))?;
        let operation = Node::empty("operation").with("rel", "add").with("href", href);
        Some(Node::row("operation", vec![operation]).key("operations"))
    }

    /// Writes all that comes before the members: in JSON what is known of them is said at the end.
    pub(super) fn open_json(&self, telling: &Telling, out: &mut BytesMut) {
        let uri = type_uri(&format!("{}Collection", telling.resource.name));
        let mut parts = vec![Node::text("resourceURI", uri)];
        if self.shows("id", telling) {
            parts.push(Node::text("id", self.href.as_str()));
        }
        if telling.context.dialect == Dialect::Compatible {
            parts.push(Node::text("href", self.href.as_str()));
        }
        parts.extend(self.operations(telling));
        Node::object("Collection", parts).write_json(out);
        out.truncate(out.len().saturating_sub(1));
    }

    pub(super) fn end_json(&self, count: u64, written: usize, telling: &Telling, out: &mut BytesMut) {
        if written > 0 {
            out.put_u8(b']');
        }
        if self.shows("count", telling) {
            out.put_slice(format!(",\"count\":{count}").as_bytes());
        }
        out.put_u8(b'}');
    }

    pub(super) fn write_xml(&self, count: u64, members: &[u8], telling: &Telling, out: &mut BytesMut) {
        let uri = type_uri(&format!("{}Collection", telling.resource.name));
        let mut attributes = vec![("resourceURI", uri.as_str()), ("xmlns", NAMESPACE)];
        if telling.context.dialect == Dialect::Compatible {
            attributes.push(("href", &self.href));
        }
        let mut xml = Writer::new(out);
        xml.open_with("Collection", &attributes);
        if self.shows("id", telling) {
            xml.text("id", &self.href);
        }
        if self.shows("count", telling) {
            xml.display("count", count);
        }
        out.put_slice(members);
        if let Some(operations) = self.operations(telling) {
            write(&operations, Format::Xml, out);
        }
        Writer::new(out).close("Collection");
    }
}
