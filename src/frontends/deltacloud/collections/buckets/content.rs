//! What a blob holds, as it is.
//!
//! A browser is told to save it, not to show it; one that shows it all the same does so as if it came from nowhere, so
//! that a stored page cannot act in the name of who looks at it.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, StatusCode};

use super::blobs;
use crate::{
    frontends::{
        Call, Encode, Head, Reply,
        deltacloud::{asked::Asked, context::Context, errors::Fault},
    },
    model::{Blob, Error, ErrorKind, Flow, Kind, Operation, Resource},
    wire::form::encode,
};

/// What content is when nobody says what.
const UNKNOWN: &str = "application/octet-stream";
/// What a browser lets content do: nothing.
const POLICY: &str = "default-src 'none'; sandbox";

/// `GET` and `HEAD /buckets/BUCKET/BLOB/content`
pub(super) fn read(asked: &Asked<'_>, request: &Request<Bytes>) -> Result<Call, Fault> {
    let headless = request.method() == Method::HEAD;
    let id = blobs::id(asked);
    let answer = Content { context: asked.context.clone(), headless, blob: None, written: 0 };
    // The head says nothing that is not known of the blob.
    let operation = if headless { Operation::Show(Kind::Blob, id) } else { Operation::Read(id) };
    Ok(Call::of("buckets.content", operation, answer))
}

/// An answer that is the content of a blob.
struct Content {
    context: Context,
    headless: bool,
    blob: Option<Blob<'static>>,
    /// How many bytes of it.
    written: u64,
}

impl Content {
    fn size(&self) -> Option<u64> {
        self.blob.as_ref().and_then(|blob| blob.size)
    }
}

impl Encode for Content {
    fn head(&self) -> Head {
        let said = self.blob.as_ref().and_then(|blob| blob.content_type.clone());
        let said = said.filter(|media| HeaderValue::from_str(media).is_ok());
        Head::new(StatusCode::OK, said.unwrap_or(Cow::Borrowed(UNKNOWN)))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.context.headers();
        headers.extend(self.size().map(|size| ("content-length", size.to_string())));
        let name = self.blob.as_ref().map_or("", |blob| blob.name.as_ref());
        headers.push(("content-disposition", attachment(name)));
        headers.push(("x-content-type-options", "nosniff".to_owned()));
        headers.push(("content-security-policy", POLICY.to_owned()));
        headers
    }

    fn open(&mut self, _: &mut BytesMut) {}

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        match resource {
            Resource::Blob(blob) if self.blob.is_none() => self.blob = Some(blob.clone().into_owned()),
            Resource::Content(bytes) => {
                self.written += bytes.len() as u64;
                if self.size().is_some_and(|size| self.written > size) {
                    return Err(of_other_length());
                }
                out.extend_from_slice(bytes);
            }
            _other => {}
        }
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        if self.blob.is_none() {
            return Err(Error::new(ErrorKind::Unexpected, "the cloud does not show the blob"));
        }
        let whole = self.headless || self.size().is_none_or(|size| self.written == size);
        whole.then_some(()).ok_or_else(of_other_length)
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}

fn of_other_length() -> Error {
    Error::new(ErrorKind::Unexpected, "the content of the blob is not as long as the cloud said")
}

/// `Content-Disposition` of a file of this name ([RFC 6266](https://www.rfc-editor.org/rfc/rfc6266)): a bare word where
/// that is enough, as in the original; a name that ASCII cannot write is given twice.
fn attachment(name: &str) -> String {
    let name = name.replace(['/', '\\'], "_");
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_word) {
        return format!("attachment; filename={name}");
    }
    let plain: String =
        name.chars().map(|c| if matches!(c, ' '..='~') && c != '"' && c != '%' { c } else { '_' }).collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encode(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_quoted() {
        for (name, expected) in [
            ("blobA", "attachment; filename=blobA"),
            ("a b.txt", "attachment; filename=\"a b.txt\""),
            ("../x/y", "attachment; filename=.._x_y"),
            ("a\"; b=\"c", "attachment; filename=\"a_; b=_c\"; filename*=UTF-8''a%22%3B%20b%3D%22c"),
            ("é\r\n", "attachment; filename=\"___\"; filename*=UTF-8''%C3%A9%0D%0A"),
            ("50%", "attachment; filename=\"50_\"; filename*=UTF-8''50%25"),
            ("", "attachment; filename=\"\""),
        ] {
            assert_eq!(attachment(name), expected, "{name:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_name_breaks_the_head(name: String) {
            assert!(HeaderValue::from_str(&attachment(&name)).is_ok());
        }
    }
}
