//! A back end in memory: what a driver asks of one to list its VMs, without a connection in between.

use async_trait::async_trait;
use bytes::Bytes;
use deltagate::{
    exchange::{Answer, Endpoint, Transport},
    model::{Error, ErrorKind},
};
use http::{Request, Response, StatusCode, response};

/// How long the chunks are in which a list arrives, in bytes.
pub(crate) const CHUNK: usize = 16 << 10;

/// A back end that answers every call with the same bytes each time.
pub(crate) struct Memory(Vec<(&'static str, Bytes)>);

impl Memory {
    /// A back end that has these documents, by their paths.
    pub(crate) fn new(documents: Vec<(&'static str, Bytes)>) -> Self {
        Memory(documents)
    }

    fn body(&self, path: &str) -> Option<Bytes> {
        self.0.iter().find(|(known, _)| *known == path).map(|(_, body)| body.clone())
    }
}

#[async_trait]
impl Transport for Memory {
    async fn send(&self, _: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let body = self.body(request.uri().path());
        let status = if body.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        let response = Response::builder()
            .status(status)
            .header("x-subject-token", "token")
            .body(body.unwrap_or_default());
        let response = response
            .map_err(|error| Error::new(ErrorKind::Internal, "no answer was built").with_source(error))?;
        let (head, rest) = response.into_parts();
        Ok(Box::new(InMemory { head, rest }))
    }
}

struct InMemory {
    head: response::Parts,
    rest: Bytes,
}

#[async_trait]
impl Answer for InMemory {
    fn head(&self) -> &response::Parts {
        &self.head
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.rest.split_to(self.rest.len().min(CHUNK));
        Ok((!chunk.is_empty()).then_some(chunk))
    }
}
