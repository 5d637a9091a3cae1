//! Requests that a client may send again without their being done again.

use crate::{
    exchange::Identity,
    frontends::Idempotency,
    model::{Error, Filter, Id, Operation},
    overlay::{Overlay, Request, Turn},
};

/// A request under a client's token, or any other.
pub(super) struct Once<'a> {
    overlay: &'a Overlay,
    identity: &'a Identity,
    action: &'static str,
    /// None where it makes no difference how often it is sent, or it was done before.
    idempotency: Option<Idempotency>,
}

impl<'a> Once<'a> {
    /// What is to be done for it: what it asks or, when that was done before, a fresh look at what came of it.
    ///
    /// # Errors
    /// When the token is another request's, or the same request is still being done.
    pub(super) async fn begin(
        overlay: &'a Overlay,
        identity: &'a Identity,
        action: &'static str,
        idempotency: Option<Idempotency>,
        operation: Operation,
    ) -> Result<(Self, Operation), Error> {
        let mut once = Once { overlay, identity, action, idempotency };
        let Some(request) = once.request() else { return Ok((once, operation)) };
        match Box::pin(overlay.turn(identity, request)).await? {
            Turn::Take => Ok((once, operation)),
            Turn::Done(ids) => {
                let (_, kind) = operation.pair();
                once.idempotency = None;
                Ok((once, Operation::List(kind, Filter { ids, ..Filter::default() })))
            }
        }
    }

    /// It ended so, and these were made.
    pub(super) async fn end(&self, result: &Result<(), Error>, made: &[Id]) {
        if let Some(request) = self.request() {
            Box::pin(self.overlay.end_turn(self.identity, request, result.as_ref().map(|()| made))).await;
        }
    }

    fn request(&self) -> Option<Request<'_>> {
        let Idempotency { token, fingerprint } = self.idempotency.as_ref()?;
        Some(Request { action: self.action, token, fingerprint: *fingerprint })
    }
}
