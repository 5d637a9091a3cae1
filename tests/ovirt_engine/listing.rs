//! Lists: written while they are sent, in memory that does not grow with them.

use std::sync::Arc;

use axum::body::{Body, Bytes};

use super::json;
use super::reply::{Next, Shown};
use super::server::Core;
use super::xml::{DECLARATION, Xml};

/// Bytes after which a part of a list is sent.
const CHUNK: usize = 64 << 10;

/// What an answer is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Xml,
    Json,
}

/// A list on its way out.
pub struct Listing {
    core: Arc<Core>,
    shown: Shown,
    root: &'static str,
    next: Next,
    form: Form,
    /// The last part with items, kept to be repeated by a list that never ends.
    endless: Option<String>,
    begun: bool,
    ended: bool,
}

impl Listing {
    pub fn new(
        core: Arc<Core>,
        shown: Shown,
        root: &'static str,
        next: Next,
        form: Form,
        endless: bool,
    ) -> Listing {
        let endless = endless.then(String::new);
        Listing { core, shown, root, next, form, endless, begun: false, ended: false }
    }

    /// Whole when the list is short; else in chunks, each written when it is asked for.
    pub fn into_body(mut self) -> Body {
        let first = self.chunk();
        if self.ended {
            return Body::from(first);
        }
        let rest = futures_util::stream::unfold((self, Some(first)), |(mut listing, first)| async {
            if let Some(first) = first {
                return Some((Ok::<_, std::io::Error>(first), (listing, None)));
            }
            if listing.ended {
                return None;
            }
            let chunk = listing.chunk();
            Some((Ok(chunk), (listing, None)))
        });
        Body::from_stream(rest)
    }

    /// The next part of the document; the last one sets `ended`.
    fn chunk(&mut self) -> Bytes {
        let core = self.core.clone();
        let inventory = core.inventory();
        let shown = self.shown.clone();
        let view = core.view(&inventory, &shown);
        let mut out = String::with_capacity(CHUNK + (CHUNK >> 2));
        while out.len() < CHUNK {
            let mut xml = Xml::new(&shown.dialect, 1);
            if !(self.next)(&view, &mut xml) {
                self.finish(&mut out);
                break;
            }
            self.item(&mut out, &xml.out);
        }
        Bytes::from(out)
    }

    fn item(&mut self, out: &mut String, item: &str) {
        if let Some(repeated) = self.endless.as_mut().filter(|repeated| repeated.len() < CHUNK) {
            repeated.push_str(item);
        }
        match self.form {
            Form::Json => self.begun = json_item(out, item, self.begun),
            Form::Xml => {
                if !self.begun {
                    out.push_str(DECLARATION);
                    out.push_str(&format!("<{}>\n", self.root));
                    self.begun = true;
                }
                out.push_str(item);
            }
        }
    }

    /// Ends the document, unless it is one without end.
    fn finish(&mut self, out: &mut String) {
        if let Some(repeated) = self.endless.as_ref().filter(|repeated| !repeated.is_empty()) {
            return out.push_str(repeated);
        }
        self.ended = true;
        match (self.form, self.begun) {
            (Form::Json, true) => out.push_str("\n  ]\n}"),
            (Form::Json, false) => out.push_str("{ }"),
            (Form::Xml, true) => out.push_str(&format!("</{}>\n", self.root)),
            (Form::Xml, false) => out.push_str(&format!("{DECLARATION}<{}/>\n", self.root)),
        }
    }
}

/// Writes an item of a JSON list, and before the first one the list's beginning.
fn json_item(out: &mut String, xml: &str, begun: bool) -> bool {
    let Some((name, value)) = json::from_xml(xml) else { return begun };
    if begun {
        out.push_str(", ");
    } else {
        out.push_str(&format!("{{\n  \"{name}\" : [ "));
    }
    out.push_str(&value.to_string());
    true
}
