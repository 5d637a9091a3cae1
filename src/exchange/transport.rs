//! One HTTP exchange with a back end, whoever carries it.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, response};

use super::Endpoint;
use crate::model::{Error, ErrorKind};

/// Carries requests to back ends over pooled connections.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request` to `endpoint` and waits for the head of its answer. Of the request's URI only the path and the
    /// query are sent; `Host` and `Content-Length` are added here.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut` or `Unexpected`; marked safe to repeat when the back end cannot have seen the request.
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error>;

    /// Sends `request` with `body`, piece by piece, and waits for the head of its answer, which may come before the
    /// body is through: no more of it is taken then. Nothing is taken before the back end has said that it wants the
    /// body (`Expect: 100-continue`), or has said nothing for a while; from then on nothing is sent again.
    ///
    /// # Errors
    /// As [`send`](Self::send); or what `body` fails with: the back end is left with a request that breaks off.
    async fn upload(
        &self,
        endpoint: &Endpoint,
        _request: Request<()>,
        _body: &mut dyn Body,
    ) -> Result<Box<dyn Answer>, Error> {
        let message = format!("nothing can be uploaded to {}", endpoint.authority);
        Err(Error::new(ErrorKind::Unsupported, message).safe_to_repeat())
    }
}

/// The body of a request, as it comes to be.
#[async_trait]
pub trait Body: Send {
    /// How many bytes it has, when that is known.
    fn length(&self) -> Option<u64>;

    /// The next bytes, at least one; none at its end. The last ones are given only when it is known that they are. A
    /// call that is dropped has taken nothing.
    ///
    /// # Errors
    /// When it breaks off, or has another length: nothing may come of the request then.
    async fn next(&mut self) -> Result<Option<Bytes>, Error>;
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
