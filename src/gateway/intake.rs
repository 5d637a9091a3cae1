//! Requests' bodies: read whole before they are decoded, or taken up as they arrive.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, header};
use pingora_proxy::Session;
use tokio::time::timeout;

use crate::{
    config::Limits,
    frontends::{Frontend, Intake, Upload},
    model::{Error, ErrorKind, Operation},
};

/// Reads as much of the body into `request` as `frontend` has to see.
///
/// # Errors
/// When it is too long, too slow or cannot be read.
pub(super) async fn read(
    frontend: &dyn Frontend,
    session: &mut Session,
    request: &mut Request<Bytes>,
    limits: &Limits,
) -> Result<(), Error> {
    let whole = frontend.intake(request) == Intake::Whole;
    let most = if whole { limits.body_bytes as u64 } else { limits.blob_bytes };
    if announced(session).is_some_and(|length| length > most) {
        session.set_keepalive(None);
        return Err(too_long(most));
    }
    let reading = async {
        if whole {
            read_whole(session, request, limits.body_bytes).await
        } else {
            read_head(frontend, session, request, limits).await
        }
    };
    let read = timeout(limits.body_timeout, reading).await;
    read.unwrap_or_else(|_| Err(too_slow())).inspect_err(|_| session.set_keepalive(None))
}

async fn read_whole(session: &mut Session, request: &mut Request<Bytes>, most: usize) -> Result<(), Error> {
    invite(session).await?;
    let mut body = BytesMut::new();
    while let Some(chunk) = next(session).await? {
        if body.len() + chunk.len() > most {
            return Err(too_long(most as u64));
        }
        body.extend_from_slice(&chunk);
    }
    *request.body_mut() = body.freeze();
    Ok(())
}

/// Reads what comes before the content. A body that ends there is decoded, too: it is told what it lacks.
async fn read_head(
    frontend: &dyn Frontend,
    session: &mut Session,
    request: &mut Request<Bytes>,
    limits: &Limits,
) -> Result<(), Error> {
    let mut body = BytesMut::new();
    while frontend.intake(request) == Intake::More {
        if body.is_empty() {
            invite(session).await?;
        }
        let Some(chunk) = next(session).await? else { break };
        body.extend_from_slice(&chunk);
        if body.len() > limits.body_bytes {
            return Err(too_long(limits.body_bytes as u64));
        }
        *request.body_mut() = body.clone().freeze();
    }
    Ok(())
}

/// What is to be stored of a body, on its way from the client.
pub(super) struct Incoming {
    upload: Box<dyn Upload>,
    /// What was read before the body was decoded.
    read: Option<Bytes>,
    taken: u64,
    most: u64,
    /// How long the client may be silent.
    patience: Duration,
    /// What is to be done after the content is stored.
    pub(super) after: Option<Operation>,
    /// Whether the client has been heard to its end.
    pub(super) ended: bool,
}

impl Incoming {
    /// The content that `upload` makes of a body of which this much is `read` already.
    pub(super) fn new(upload: Box<dyn Upload>, read: Bytes, limits: &Limits) -> Self {
        let (most, patience) = (limits.blob_bytes, limits.body_timeout);
        Incoming { upload, read: Some(read), taken: 0, most, patience, after: None, ended: false }
    }

    /// The next bytes of the content; none when that was all.
    ///
    /// # Errors
    /// When the body is too long, too slow, cannot be read or makes no sense.
    pub(super) async fn next(&mut self, session: &mut Session) -> Result<Option<Bytes>, Error> {
        while !self.ended {
            let Some(chunk) = self.chunk(session).await? else {
                self.ended = true;
                self.after = self.upload.finish()?;
                return Ok(None);
            };
            self.taken += chunk.len() as u64;
            if self.taken > self.most {
                return Err(too_long(self.most));
            }
            let content = self.upload.feed(chunk)?;
            if !content.is_empty() {
                return Ok(Some(content));
            }
        }
        Ok(None)
    }

    async fn chunk(&mut self, session: &mut Session) -> Result<Option<Bytes>, Error> {
        if let Some(read) = self.read.take() {
            if !read.is_empty() {
                return Ok(Some(read));
            }
            invite(session).await?;
        }
        timeout(self.patience, next(session)).await.unwrap_or_else(|_| Err(too_slow()))
    }
}

/// Tells a client that waits for it to send the body.
async fn invite(session: &mut Session) -> Result<(), Error> {
    if session.get_header(header::EXPECT).is_some() {
        session.write_continue_response().await.map_err(unread)?;
    }
    Ok(())
}

async fn next(session: &mut Session) -> Result<Option<Bytes>, Error> {
    session.as_downstream_mut().read_request_body().await.map_err(unread)
}

fn announced(session: &Session) -> Option<u64> {
    session.get_header(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_long(most: u64) -> Error {
    Error::new(ErrorKind::Invalid, format!("the request's body is over {most} bytes"))
}

fn too_slow() -> Error {
    Error::new(ErrorKind::Invalid, "the request's body did not arrive in time")
}

fn unread(error: Box<pingora::Error>) -> Error {
    Error::new(ErrorKind::Invalid, "the request's body could not be read to its end")
        .with_detail(error.to_string())
}
