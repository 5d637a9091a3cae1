//! The answer to a request for a file of the console.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::assets::Asset;
use crate::{
    frontends::{
        Call, Encode, Head, Reply,
        deltacloud::{context::Context, errors::Fault},
    },
    model::{Error, Flow, Resource},
};

/// For how long a browser may keep an asset: a year, in seconds. Another version has another path.
const KEPT: &str = "public, max-age=31536000, immutable";

/// An answer that is there already.
struct Sent {
    context: Context,
    head: Head,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

/// The answer to a request for a file of the console.
pub(in super::super) fn file(asset: &Asset, context: &Context) -> Call {
    let head = Head::new(StatusCode::OK, asset.content_type);
    let headers = vec![("cache-control", KEPT.to_owned()), ("x-content-type-options", "nosniff".to_owned())];
    let sent = Sent { context: context.clone(), head, headers, body: asset.body() };
    Call { action: "static", before: Vec::new(), operation: None, upload: None, encode: Box::new(sent) }
}

impl Encode for Sent {
    fn head(&self) -> Head {
        self.head.clone()
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers().into_iter().chain(self.headers.iter().cloned()).collect()
    }

    fn open(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(&self.body);
    }

    fn item(&mut self, _: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}
