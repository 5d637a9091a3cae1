//! The answer to a request for a file of the console.

use http::StatusCode;

use super::assets::Asset;
use crate::frontends::{
    Call,
    deltacloud::{
        context::Context,
        ready::{self, Ready},
    },
};

/// For how long a browser may keep an asset: a year, in seconds. Another version has another path.
const KEPT: &str = "public, max-age=31536000, immutable";

/// The answer to a request for a file of the console.
pub(in super::super) fn file(asset: &Asset, context: &Context) -> Call {
    let headers = vec![("cache-control", KEPT.to_owned()), ("x-content-type-options", "nosniff".to_owned())];
    let (status, content_type) = (StatusCode::OK, asset.content_type);
    ready::call(
        "static",
        Ready { context: context.clone(), status, content_type, headers, body: asset.body() },
    )
}
