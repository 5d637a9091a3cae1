//! The driver's side of a translation: Pingora's pooled connector as the exchange's [`Transport`].

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, header, response};
use pingora::{
    ErrorType,
    connectors::{ConnectorOptions, http::v1::Connector},
    http::RequestHeader,
    protocols::http::v1::client::HttpSession,
    upstreams::peer::HttpPeer,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{sending, upstream::Upstreams};
use crate::{
    exchange::{Answer, Body, Endpoint, Transport},
    model::{Error, ErrorKind},
    telemetry::{BackendCall, Metrics},
};

/// How many interim (1xx) answers are read before the final one.
const MOST_INTERIM: usize = 8;
/// How long a back end is given to say that it wants a body, before it gets it unasked: not every one knows to.
const INVITATION: Duration = Duration::from_secs(3);
/// How often a request that may be repeated is sent again because a pooled connection turned out to be dead.
const MOST_STALE: usize = 2;

/// What is sent at once.
enum Opening<'a> {
    /// The whole request.
    Whole(&'a Bytes),
    /// Its head: the body follows when the back end wants it.
    Head,
}

/// A request as it is sent.
struct Outgoing<'a> {
    head: RequestHeader,
    opening: Opening<'a>,
    /// Whether it may be sent again when nothing was answered.
    repeatable: bool,
}

/// One pool of connections to all back ends.
pub(super) struct Pool {
    connector: Arc<Connector>,
    upstreams: Arc<Upstreams>,
    metrics: Arc<Metrics>,
}

impl Pool {
    /// A pool that keeps at most `size` idle connections.
    pub(super) fn new(size: usize, upstreams: Arc<Upstreams>, metrics: Arc<Metrics>) -> Self {
        let options = ConnectorOptions::new(size);
        Pool { connector: Arc::new(Connector::new(Some(options))), upstreams, metrics }
    }

    /// Has the request answered at the first of the endpoint's addresses that accepts a connection.
    async fn reach(
        &self,
        endpoint: &Endpoint,
        request: &Outgoing<'_>,
    ) -> Result<(HttpSession, HttpPeer), Error> {
        let mut last = Error::new(ErrorKind::Unreachable, "the back end has no address").safe_to_repeat();
        for peer in self.upstreams.peers(endpoint).await? {
            match self.answered(endpoint, &peer, request).await {
                Ok(session) => return Ok((session, peer)),
                Err(Failed { error, connected: true, .. }) => return Err(error),
                Err(Failed { error, .. }) => last = error,
            }
        }
        Err(last)
    }

    /// A request that only reads, or has not begun to write, is sent again when a pooled connection turns out to be dead; the last time on a
    /// connection that no pool has had.
    async fn answered(
        &self,
        endpoint: &Endpoint,
        peer: &HttpPeer,
        request: &Outgoing<'_>,
    ) -> Result<HttpSession, Failed> {
        for _ in 0..MOST_STALE {
            match self.exchange(endpoint, peer, request).await {
                Err(failed) if failed.stale && request.repeatable => {}
                result => return result,
            }
        }
        let mut own = peer.clone();
        own.group_key = u64::from_ne_bytes(*Uuid::new_v4().as_bytes().first_chunk().unwrap_or(&[0; 8]));
        self.exchange(endpoint, &own, request).await
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        peer: &HttpPeer,
        request: &Outgoing<'_>,
    ) -> Result<HttpSession, Failed> {
        let (mut session, reused) = match self.connector.reused_http_session(peer).await {
            Some(session) => (session, true),
            // Boxed, because connecting is rare and its future long: it should not make that of every call long.
            None => Box::pin(self.connector.get_http_session(peer)).await.map_err(|error| Failed {
                error: unreachable(&error).safe_to_repeat(),
                connected: false,
                stale: false,
            })?,
        };
        self.metrics.connection(&endpoint.provider, reused);
        session.read_timeout = peer.options.read_timeout;
        session.write_timeout = peer.options.write_timeout;
        match converse(&mut session, request).await {
            Ok(()) => Ok(session),
            Err(error) => {
                let stale = reused && is_closed(&error);
                Err(Failed { error: broken(&error), connected: true, stale })
            }
        }
    }
}

/// An exchange that came to nothing.
struct Failed {
    error: Error,
    /// A connection stood: the back end may have seen the request.
    connected: bool,
    /// The connection came from the pool and was closed before anything was answered.
    stale: bool,
}

/// Sends what is sent at once, and waits for the answer to it: the final one to a whole request; to a head the invitation
/// to go on, if there comes one, or the final answer before that.
async fn converse(session: &mut HttpSession, request: &Outgoing<'_>) -> pingora::Result<()> {
    session.write_request_header(Box::new(request.head.clone())).await?;
    match request.opening {
        Opening::Whole(body) => {
            if !body.is_empty() {
                session.write_body(body).await?;
            }
            session.finish_body().await?;
            final_answer(session).await
        }
        Opening::Head => await_invitation(session).await,
    }
}

/// Nothing that comes in time is as good as an invitation, whatever the time for reads is.
async fn await_invitation(session: &mut HttpSession) -> pingora::Result<()> {
    let patience = session.read_timeout.take();
    let heard = timeout(INVITATION, session.read_response()).await;
    session.read_timeout = patience;
    heard.map_or(Ok(()), |heard| heard.map(|_| ()))
}

/// Reads up to the head of the final answer.
pub(super) async fn final_answer(session: &mut HttpSession) -> pingora::Result<()> {
    let mut interim = 0;
    loop {
        session.read_response().await?;
        if is_answered(session) {
            return Ok(());
        }
        counted(&mut interim)?;
    }
}

/// Counts another answer that may be an interim one.
pub(super) fn counted(interim: &mut usize) -> pingora::Result<()> {
    *interim += 1;
    if *interim <= MOST_INTERIM {
        return Ok(());
    }
    pingora::Error::e_explain(ErrorType::InvalidHTTPHeader, "interim answers without end")
}

/// Whether the head of the final answer is there.
pub(super) fn is_answered(session: &HttpSession) -> bool {
    session.resp_header().is_some_and(|head| !head.status.is_informational())
}

impl<'a> Outgoing<'a> {
    fn whole(endpoint: &Endpoint, request: &'a Request<Bytes>) -> Result<Self, Error> {
        let mut head = native(endpoint, request).map_err(unsendable)?;
        let body = request.body();
        if !body.is_empty() || !matches!(*request.method(), http::Method::GET | http::Method::HEAD) {
            let length = HeaderValue::from(body.len());
            head.insert_header(header::CONTENT_LENGTH, length).map_err(unsendable)?;
        }
        Ok(Outgoing { head, opening: Opening::Whole(body), repeatable: request.method().is_safe() })
    }

    fn head(endpoint: &Endpoint, request: &Request<()>, length: Option<u64>) -> Result<Self, Error> {
        let mut head = native(endpoint, request).map_err(unsendable)?;
        let framed = match length {
            Some(length) => head.insert_header(header::CONTENT_LENGTH, HeaderValue::from(length)),
            None => head.insert_header(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked")),
        };
        framed.map_err(unsendable)?;
        let expect = HeaderValue::from_static("100-continue");
        head.insert_header(header::EXPECT, expect).map_err(unsendable)?;
        Ok(Outgoing { head, opening: Opening::Head, repeatable: true })
    }
}

/// The head but for what says how long the body is.
fn native<T>(endpoint: &Endpoint, request: &Request<T>) -> pingora::Result<RequestHeader> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut head = RequestHeader::build_no_case(request.method().clone(), path.as_bytes(), Some(8))?;
    head.insert_header(header::HOST, endpoint.authority.as_str())?;
    for (name, value) in request.headers() {
        head.append_header(name.clone(), value.clone())?;
    }
    Ok(head)
}

fn unsendable(error: Box<pingora::Error>) -> Error {
    let message = "a request cannot be sent as it is";
    Error::new(ErrorKind::Internal, message).with_detail(error.to_string()).safe_to_repeat()
}

#[async_trait]
impl Transport for Pool {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let call = BackendCall::begin(&self.metrics, endpoint);
        let outgoing = Outgoing::whole(endpoint, &request)?;
        let reached = self.reach(endpoint, &outgoing).await;
        self.arriving(call, reached.map(|(session, peer)| (session, peer, true)))
    }

    async fn upload(
        &self,
        endpoint: &Endpoint,
        request: Request<()>,
        body: &mut dyn Body,
    ) -> Result<Box<dyn Answer>, Error> {
        if body.length() == Some(0) {
            // Nothing to wait for an invitation with. That it was all is known before anything is sent.
            body.next().await?;
            return self.send(endpoint, request.map(|()| Bytes::new())).await;
        }
        let call = BackendCall::begin(&self.metrics, endpoint);
        let outgoing = Outgoing::head(endpoint, &request, body.length())?;
        let reached = match self.reach(endpoint, &outgoing).await {
            Ok((mut session, peer)) => {
                let sent = sending::send(&mut session, peer.options.read_timeout, body).await;
                sent.map(|is_through| (session, peer, is_through))
            }
            Err(error) => Err(error),
        };
        self.arriving(call, reached)
    }
}

impl Pool {
    /// The answer on a connection that may be used again after it, or not.
    fn arriving(
        &self,
        call: BackendCall<'_>,
        reached: Result<(HttpSession, HttpPeer, bool), Error>,
    ) -> Result<Box<dyn Answer>, Error> {
        let (session, peer, reusable) = match reached {
            Ok(reached) => reached,
            Err(error) => {
                call.failed(&error);
                return Err(error);
            }
        };
        let Some(head) = session.resp_header().map(parts) else {
            return Err(Error::new(ErrorKind::Unexpected, "the back end's answer has no head"));
        };
        call.answered(head.status);
        Ok(Box::new(Arriving {
            head,
            session: Some(session),
            peer,
            reusable,
            connector: Arc::clone(&self.connector),
            metrics: self.metrics.clone(),
        }))
    }
}

fn parts(head: &pingora::http::ResponseHeader) -> response::Parts {
    let (mut parts, ()) = http::Response::new(()).into_parts();
    parts.status = head.status;
    parts.version = head.version;
    parts.headers = head.headers.clone();
    parts
}

/// An answer whose body is still arriving.
struct Arriving {
    head: response::Parts,
    session: Option<HttpSession>,
    peer: HttpPeer,
    /// Whether the request was sent to its end.
    reusable: bool,
    connector: Arc<Connector>,
    metrics: Arc<Metrics>,
}

#[async_trait]
impl Answer for Arriving {
    fn head(&self) -> &response::Parts {
        &self.head
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(session) = &mut self.session else { return Ok(None) };
        match session.read_body_bytes().await {
            Ok(Some(chunk)) => {
                self.metrics.backend_bytes(chunk.len());
                Ok(Some(chunk))
            }
            Ok(None) => {
                if let Some(session) = self.session.take().filter(|_| self.reusable) {
                    let idle = self.peer.options.idle_timeout;
                    self.connector.release_http_session(session, &self.peer, idle).await;
                }
                Ok(None)
            }
            Err(error) => {
                self.session = None;
                Err(broken(&error))
            }
        }
    }
}

/// No connection came to be: the back end cannot have seen the request.
fn unreachable(error: &pingora::Error) -> Error {
    let (kind, message) = match error.etype() {
        ErrorType::ConnectTimedout | ErrorType::TLSHandshakeTimedout => {
            (ErrorKind::TimedOut, "the back end did not accept a connection in time")
        }
        ErrorType::TLSHandshakeFailure | ErrorType::InvalidCert | ErrorType::HandshakeError => {
            (ErrorKind::Unreachable, "the back end's TLS certificate or handshake was not acceptable")
        }
        _ => (ErrorKind::Unreachable, "the back end does not accept connections"),
    };
    Error::new(kind, message).with_detail(error.to_string())
}

fn is_closed(error: &pingora::Error) -> bool {
    matches!(error.etype(), ErrorType::ConnectionClosed | ErrorType::ReadError | ErrorType::WriteError)
}

/// The connection broke, or the answer is not HTTP.
pub(super) fn broken(error: &pingora::Error) -> Error {
    let (kind, message) = match error.etype() {
        ErrorType::ReadTimedout | ErrorType::WriteTimedout => {
            (ErrorKind::TimedOut, "the back end stopped answering")
        }
        _ if is_closed(error) => {
            (ErrorKind::Unreachable, "the back end closed the connection before its answer was whole")
        }
        _ => (ErrorKind::Unexpected, "the back end's answer is broken"),
    };
    Error::new(kind, message).with_detail(error.to_string())
}
