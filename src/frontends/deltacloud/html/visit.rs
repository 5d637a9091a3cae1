//! Who looks at the console, and from where.

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;

use super::token::Tokens;
use crate::{
    frontends::{Arrival, deltacloud::path},
    wire::basic,
};

/// What pages have to know of the request besides what it asks for.
#[derive(Debug, Clone)]
pub(in super::super) struct Visit {
    /// The path of the entry point, with the back end where the request chooses one there. Links are below it.
    pub(in super::super) root: String,
    /// Who the browser says the user is.
    pub(super) user: Option<String>,
    /// What his forms have to carry.
    pub(super) token: String,
    /// When it is.
    pub(super) now: Timestamp,
}

impl Visit {
    /// The visit that a request belongs to.
    pub(in super::super) fn of(request: &Request<Bytes>, arrival: &Arrival, tokens: &Tokens) -> Self {
        let user = basic::find(request.headers()).and_then(|basic| basic.decode()).map(|(user, _)| user);
        let first = request.uri().path().split('/').find(|segment| !segment.is_empty());
        let token = tokens.give(user.as_deref().unwrap_or_default(), arrival.now);
        Visit { root: format!("/{}", first.unwrap_or(path::ROOT)), user, token, now: arrival.now }
    }
}
