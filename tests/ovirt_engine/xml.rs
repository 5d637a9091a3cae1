//! Writing XML as JAXB lays it out: four spaces, one element a line, empty elements closed at once.

use std::fmt::{Display, Write};

use super::clock::{self, Time};
use super::mode::{Dialect, Mode};

pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const INDENT: &str = "    ";

/// A document being written in a dialect.
pub struct Xml<'a> {
    pub out: String,
    pub dialect: &'a Dialect,
    depth: usize,
}

impl<'a> Xml<'a> {
    /// A writer whose next element is `depth` levels deep.
    pub fn new(dialect: &'a Dialect, depth: usize) -> Xml<'a> {
        Xml { out: String::new(), dialect, depth }
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.out.push_str(INDENT);
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            escape(value, &mut self.out);
            self.out.push('"');
        }
    }

    /// An element with attributes and no content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push_str("/>\n");
    }

    /// An element with children; closed at once when `content` writes nothing.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.tag(name, attributes);
        self.out.push_str(">\n");
        let start = self.out.len();
        self.depth += 1;
        content(self);
        self.depth -= 1;
        if self.out.len() == start {
            self.out.truncate(start - 2);
            self.out.push_str("/>\n");
            return;
        }
        self.indent();
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    /// An element with children and no attributes.
    pub fn group(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.element(name, &[], content);
    }

    /// `<name>value</name>`; an empty value gives `<name></name>`, as JAXB writes an empty string.
    pub fn text(&mut self, name: &str, value: impl Display) {
        self.text_with(name, &[], value);
    }

    pub fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], value: impl Display) {
        self.tag(name, attributes);
        self.out.push('>');
        // Writing into a string cannot fail.
        let _ = write!(Escaping(&mut self.out), "{value}");
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    pub fn text_if(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    pub fn time(&mut self, name: &str, time: Time) {
        self.text(name, clock::timestamp(time));
    }

    /// `<group><name>value</name></group>`.
    pub fn nested(&mut self, group: &str, name: &str, value: impl Display) {
        self.group(group, |x| x.text(name, value));
    }

    /// A resource: element with href and id, in the order of the release.
    pub fn resource(&mut self, name: &str, href: &str, id: impl Display, content: impl FnOnce(&mut Self)) {
        let id = id.to_string();
        if self.dialect.mode == Mode::V3_0 {
            self.element(name, &[("id", &id), ("href", href)], content);
        } else {
            self.element(name, &[("href", href), ("id", &id)], content);
        }
    }

    /// A reference to a member of a top-level collection.
    pub fn reference(&mut self, name: &str, collection: &str, id: impl Display) {
        let href = format!("{}/{collection}/{id}", self.dialect.prefix);
        self.resource(name, &href, id, |_| {});
    }

    pub fn link(&mut self, rel: &str, href: &str) {
        if self.dialect.mode == Mode::V3_0 {
            self.empty("link", &[("rel", rel), ("href", href)]);
        } else {
            self.empty("link", &[("href", href), ("rel", rel)]);
        }
    }

    /// Links to what lies below `href`.
    pub fn links(&mut self, href: &str, rels: &[&str]) {
        for rel in rels {
            self.link_below(href, rel);
        }
    }

    /// Most of a long list is links: they are written piece by piece, and ids and names need no escape.
    fn link_below(&mut self, href: &str, rel: &str) {
        let pieces: [&str; 7] = if self.dialect.mode == Mode::V3_0 {
            ["<link rel=\"", rel, "\" href=\"", href, "/", rel, "\"/>\n"]
        } else {
            ["<link href=\"", href, "/", rel, "\" rel=\"", rel, "\"/>\n"]
        };
        self.indent();
        pieces.iter().for_each(|piece| self.out.push_str(piece));
    }

    pub fn actions(&mut self, href: &str, rels: &[&str]) {
        self.group("actions", |x| x.links(href, rels));
    }

    /// A state: wrapped in `<state>` by v3, plain in v4.
    pub fn state(&mut self, name: &str, state: &str) {
        if self.dialect.v3() { self.nested(name, "state", state) } else { self.text(name, state) }
    }

    /// Numbers that are attributes in v3 and children in v4.
    pub fn numbers(&mut self, name: &str, members: &[(&str, u32)]) {
        let members: Vec<(&str, String)> = members.iter().map(|(key, n)| (*key, n.to_string())).collect();
        if self.dialect.v3() {
            let attributes: Vec<(&str, &str)> = members.iter().map(|(key, n)| (*key, n.as_str())).collect();
            return self.empty(name, &attributes);
        }
        self.group(name, |x| {
            for (key, number) in &members {
                x.text(key, number);
            }
        });
    }

    /// An address: attribute in v3, child in v4.
    pub fn address(&mut self, name: &str, address: impl Display) {
        if self.dialect.v3() {
            self.empty(name, &[("address", &address.to_string())]);
        } else {
            self.nested(name, "address", address);
        }
    }
}

struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        escape(text, self.0);
        Ok(())
    }
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}
