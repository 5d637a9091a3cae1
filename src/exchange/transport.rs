//! One HTTP exchange with a back end, whoever carries it.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, response};

use super::Endpoint;
use crate::model::Error;

/// Carries requests to back ends over pooled connections.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request` to `endpoint` and waits for the head of its answer. Of the request's URI only the path and the
    /// query are sent; `Host` and `Content-Length` are added here.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut` or `Unexpected`; marked safe to repeat when the back end cannot have seen the request.
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error>;
}

/// The answer to a request: its head, and its body as it arrives.
#[async_trait]
pub trait Answer: Send {
    /// The head.
    fn head(&self) -> &response::Parts;

    /// The next bytes of the body; none at its end, after which the connection goes back to the pool. An answer
    /// dropped before its end closes its connection.
    ///
    /// # Errors
    /// `TimedOut`, or `Unexpected` when the body breaks off.
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error>;
}
