//! Requests' bodies: read whole before they are decoded, or taken up as they arrive; and what becomes of a body that
//! nobody wants.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Version, header};
use pingora_proxy::Session;
use tokio::time::{Instant, timeout};

use crate::{
    config::Limits,
    frontends::{Frontend, Intake, Upload},
    model::{Error, ErrorKind, Operation},
};

/// How many bytes more have to be there before a front end is asked again whether it is enough.
const STEP: usize = 4 << 10;
/// The longest body that is read off although nobody wants it, so that the connection can be used again, in bytes.
const UNWANTED_CAP: u64 = 64 << 10;
/// How long a client is heard out that goes on sending what nobody wants.
const LINGERING: Duration = Duration::from_secs(5);
/// How slow a client may send on the whole, in bytes a second.
const SLOWEST: u64 = 1 << 10;
/// How long an upload may take.
const LONGEST_UPLOAD: Duration = Duration::from_secs(24 * 60 * 60);

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
    let mut ended = false;
    while !ended && frontend.intake(request) == Intake::More {
        if request.body().is_empty() {
            invite(session).await?;
        }
        let mut body = BytesMut::from(std::mem::take(request.body_mut()));
        let enough = body.len() + STEP;
        while body.len() < enough && !ended {
            match next(session).await? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => ended = true,
            }
        }
        if body.len() > limits.body_bytes {
            return Err(too_long(limits.body_bytes as u64));
        }
        *request.body_mut() = body.freeze();
    }
    Ok(())
}

/// Before an answer: reads off what is left of a short body, or gives the connection up. Whether the client goes on
/// sending then.
pub(super) async fn leave(session: &mut Session) -> bool {
    if session.as_downstream().is_http2() || session.as_downstream_mut().is_body_done() {
        return false;
    }
    let sends = !waits(session);
    let kept = session.as_downstream().get_keepalive().is_some();
    let short = announced(session).is_some_and(|length| length <= UNWANTED_CAP);
    if kept && sends && short && session.as_downstream_mut().drain_request_body().await.is_ok() {
        return false;
    }
    session.set_keepalive(None);
    sends
}

/// After an answer: hears a client for a while that goes on sending, since the answer can get lost when its connection
/// is closed on what was not read ([RFC 9112, section 9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)).
pub(super) async fn hear_out(session: &mut Session) {
    // However it ends, so does the connection.
    let _ = timeout(LINGERING, session.as_downstream_mut().drain_request_body()).await;
}

/// What is to be stored of a body, on its way from the client.
pub(super) struct Incoming {
    upload: Box<dyn Upload>,
    /// What was read before the body was decoded.
    read: Option<Bytes>,
    taken: u64,
    began: Instant,
    most: u64,
    /// How long the client may be silent.
    patience: Duration,
    /// What is to be done after the content is stored.
    pub(super) after: Option<Operation>,
    /// What of the content came before the body.
    first: Bytes,
    /// Whether the client has been heard to its end.
    ended: bool,
}

impl Incoming {
    /// The content that `upload` makes of a body of which this much is `read` already.
    pub(super) fn new(mut upload: Box<dyn Upload>, read: Bytes, limits: &Limits) -> Self {
        let (most, patience) = (limits.blob_bytes, limits.body_timeout);
        let first = upload.begin();
        Incoming {
            upload,
            read: Some(read),
            taken: 0,
            began: Instant::now(),
            most,
            patience,
            after: None,
            first,
            ended: false,
        }
    }

    /// The next bytes of the content; none when that was all.
    ///
    /// # Errors
    /// When the body is too long, too slow, cannot be read or makes no sense.
    pub(super) async fn next(&mut self, session: &mut Session) -> Result<Option<Bytes>, Error> {
        if !self.first.is_empty() {
            return Ok(Some(std::mem::take(&mut self.first)));
        }
        while !self.ended {
            let chunk = self.chunk(session).await.inspect_err(|_| session.set_keepalive(None));
            let Some(chunk) = chunk? else {
                self.ended = true;
                self.after = self.upload.finish()?;
                return Ok(None);
            };
            self.taken += chunk.len() as u64;
            if self.taken > self.most {
                return Err(too_long(self.most));
            }
            self.check_pace()?;
            let content = self.upload.feed(chunk)?;
            if !content.is_empty() {
                return Ok(Some(content));
            }
        }
        Ok(None)
    }

    /// A client that never falls silent but hardly sends anything would hold its place for ever.
    fn check_pace(&self) -> Result<(), Error> {
        let took = self.began.elapsed();
        let least = took.saturating_sub(self.patience).as_secs() * SLOWEST;
        if self.taken < least || took > LONGEST_UPLOAD { Err(too_slow()) } else { Ok(()) }
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
    if waits(session) {
        session.write_continue_response().await.map_err(unread)?;
    }
    Ok(())
}

/// Whether the client sends nothing before it is told to.
fn waits(session: &Session) -> bool {
    let head = session.req_header();
    let invited = session.response_written().is_some();
    head.version != Version::HTTP_10 && head.headers.contains_key(header::EXPECT) && !invited
}

async fn next(session: &mut Session) -> Result<Option<Bytes>, Error> {
    session.as_downstream_mut().read_request_body().await.map_err(unread)
}

fn announced(session: &Session) -> Option<u64> {
    session.get_header(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_long(most: u64) -> Error {
    Error::new(ErrorKind::TooLong, format!("the request's body is over {most} bytes"))
}

fn too_slow() -> Error {
    Error::new(ErrorKind::Invalid, "the request's body did not arrive in time")
}

fn unread(error: Box<pingora::Error>) -> Error {
    Error::new(ErrorKind::Invalid, "the request's body could not be read to its end")
        .with_detail(error.to_string())
}
