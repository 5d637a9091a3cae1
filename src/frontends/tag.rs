//! Entity tags ([RFC 9110, section 8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)): who has an answer
//! already is told so, and not given it again.
//!
//! Unlike in the original of Deltacloud and CIMI, tags are quoted and `If-None-Match` is heeded. A list that leaves before it is whole has
//! none.

use std::fmt::Write;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header::IF_NONE_MATCH};
use sha2::{Digest, Sha256};

use super::{Encode, Head, Reply};
use crate::model::{Error, Flow, Operation, Resource};

/// How many bytes of the digest a tag has.
const TAG: usize = 16;

/// An answer that has a tag once it is whole.
pub(super) struct Tagged {
    answer: Box<dyn Encode>,
    digest: Sha256,
    /// The tags of what the client has.
    held: Option<String>,
    /// The tag, once the answer is whole.
    tag: Option<String>,
}

impl Tagged {
    /// The same answer, with a tag.
    pub(super) fn new(answer: Box<dyn Encode>, request: &Request<Bytes>) -> Self {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let held = request.headers().get(IF_NONE_MATCH).filter(|_| reads);
        let held = held.and_then(|value| value.to_str().ok()).map(str::to_owned);
        Tagged { answer, digest: Sha256::new(), held, tag: None }
    }

    fn take(&mut self, out: &BytesMut, from: usize) {
        self.digest.update(out.get(from..).unwrap_or_default());
    }
}

impl Encode for Tagged {
    fn head(&self) -> Head {
        let head = self.answer.head();
        let is_held = |(held, tag): (&String, &String)| has(held, tag);
        let unchanged = self.held.as_ref().zip(self.tag.as_ref()).is_some_and(is_held);
        if unchanged && head.status == StatusCode::OK {
            return Head { status: StatusCode::NOT_MODIFIED, ..head };
        }
        head
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.answer.headers();
        if matches!(self.answer.head().status, StatusCode::OK | StatusCode::CREATED)
            && let Some(tag) = &self.tag
        {
            headers.push(("etag", tag.clone()));
            headers.push(("cache-control", "max-age=0, private, must-revalidate".to_owned()));
        }
        headers
    }

    fn fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        self.answer.fields()
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.answer.note(resource)
    }

    fn decide(&mut self) -> Vec<Operation> {
        self.answer.decide()
    }

    fn open(&mut self, out: &mut BytesMut) {
        let from = out.len();
        self.answer.open(out);
        self.take(out, from);
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        let from = out.len();
        let flow = self.answer.item(resource, out)?;
        self.take(out, from);
        Ok(flow)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        let from = out.len();
        self.answer.close(out)?;
        self.take(out, from);
        self.tag = Some(written(&self.digest.finalize_reset()));
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        self.answer.fail(error)
    }
}

/// The tag of a document that is there as a whole.
pub(super) fn of(document: &[u8]) -> String {
    written(&Sha256::digest(document))
}

fn written(digest: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in digest.iter().take(TAG) {
        // Writing to memory does not fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether a tag is among those of an `If-None-Match`; weak ones count, as that field has it.
fn has(held: &str, tag: &str) -> bool {
    let mut tags = held.split(',').map(|held| held.trim());
    tags.any(|held| held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found() {
        for (held, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("a", false),
            ("\"ab\"", false),
            ("", false),
        ] {
            assert_eq!(has(held, "\"a\""), expected, "{held}");
        }
    }
}
