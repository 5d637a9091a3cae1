//! Bodies that go wrong on their way.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::{HeaderValue, Response};
use futures_util::StreamExt;

use super::connection::Line;
use super::misbehaviour::Kind;

/// Bytes of a piece when pieces are sent slowly.
const PIECE: usize = 4 << 10;
/// Bytes that a truncated answer promises and does not send.
const MISSING: usize = 1 << 10;
/// What is put where XML should be.
const NOT_XML: &[u8] = b"<<&\x01 <unclosed";

/// A body being sent wrongly.
struct Mangled {
    source: BodyDataStream,
    pieces: VecDeque<Bytes>,
    /// Bytes taken from the source.
    taken: usize,
    sent: usize,
    /// Bytes that the head announces.
    length: Option<usize>,
    oversize: Option<usize>,
    malformed_at: Option<usize>,
    limit: Option<usize>,
    pause: Duration,
    failed: bool,
    /// What becomes of the connection when all is sent.
    line: Line,
    ends: bool,
    dies: bool,
}

/// Applies to the answer what befell its request.
pub fn mangled(response: Response<Body>, kinds: &[Kind], line: Line) -> Response<Body> {
    let touches = |kind: &Kind| {
        !matches!(
            kind,
            Kind::Html { .. } | Kind::Fault { .. } | Kind::ForgetSessions | Kind::Hang | Kind::Endless
        )
    };
    if !kinds.iter().any(touches) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let exact = body.size_hint().exact();
    let mut mangled = Mangled::new(body, line);
    let mut length = exact.and_then(|exact| usize::try_from(exact).ok());
    for kind in kinds {
        match *kind {
            Kind::Truncate { bytes, announced } => {
                mangled.limit = Some(bytes);
                length = announced.then_some(bytes + MISSING);
            }
            Kind::Malformed { bytes } => (mangled.malformed_at, length) = (Some(bytes), None),
            Kind::Oversized { bytes } => (mangled.oversize, length) = (Some(bytes), None),
            Kind::Delay { chunk_ms, .. } => mangled.pause = Duration::from_millis(chunk_ms),
            Kind::CloseAfterAnswer => mangled.ends = true,
            Kind::CloseOnReuse => mangled.dies = true,
            Kind::Html { .. }
            | Kind::Fault { .. }
            | Kind::ForgetSessions
            | Kind::Hang
            | Kind::CloseWithoutAnswer
            | Kind::Endless => {}
        }
    }
    mangled.length = length;
    if length == Some(0) {
        mangled.hang_up();
    }
    if let Some(length) = length {
        head.headers.insert("content-length", HeaderValue::from(length));
    }
    let stream = futures_util::stream::unfold(mangled, |mut mangled| async {
        let piece = mangled.next().await?;
        Some((piece, mangled))
    });
    Response::from_parts(head, Body::from_stream(stream))
}

impl Mangled {
    fn new(body: Body, line: Line) -> Mangled {
        Mangled {
            source: body.into_data_stream(),
            pieces: VecDeque::new(),
            taken: 0,
            sent: 0,
            length: None,
            oversize: None,
            malformed_at: None,
            limit: None,
            pause: Duration::ZERO,
            failed: false,
            line,
            ends: false,
            dies: false,
        }
    }

    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if self.failed {
            return None;
        }
        if self.pieces.is_empty() {
            match self.source.next().await {
                Some(Ok(chunk)) => self.take(chunk),
                Some(Err(error)) => return Some(Err(io::Error::other(error))),
                None => {
                    self.hang_up();
                    return None;
                }
            }
        }
        if !self.pause.is_zero() && self.sent > 0 {
            tokio::time::sleep(self.pause).await;
        }
        let piece = self.pieces.pop_front()?;
        Some(self.within_limit(piece).await)
    }

    /// Takes a chunk of the source, changed as it has to be, cut into pieces.
    fn take(&mut self, chunk: Bytes) {
        let mut chunk = chunk.to_vec();
        if let (Some(bytes), Some(at)) = (self.oversize, find(&chunk, b"</name>")) {
            chunk.splice(at..at, std::iter::repeat_n(b'x', bytes));
            self.oversize = None;
        }
        if let Some(at) = self.malformed_at.filter(|at| *at < self.taken + chunk.len()) {
            let at = at.saturating_sub(self.taken);
            chunk.splice(at..at, NOT_XML.iter().copied());
            self.malformed_at = None;
        }
        self.taken += chunk.len();
        let size = if self.pause.is_zero() { chunk.len().max(1) } else { PIECE };
        self.pieces.extend(chunk.chunks(size).map(Bytes::copy_from_slice));
    }

    async fn within_limit(&mut self, piece: Bytes) -> io::Result<Bytes> {
        let room = self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.sent));
        if room == 0 {
            self.failed = true;
            // What was given out before must reach the client before the connection breaks.
            tokio::task::yield_now().await;
            return Err(io::Error::other("cut off"));
        }
        let piece = if piece.len() > room { piece.slice(..room) } else { piece };
        self.sent += piece.len();
        if self.length == Some(self.sent) {
            self.hang_up();
        }
        Ok(piece)
    }

    /// Nobody asks for the end of a body whose length was announced, so this may come with its last piece.
    fn hang_up(&self) {
        if self.ends {
            self.line.cut();
        }
        if self.dies {
            self.line.cut_on_reuse();
        }
    }
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}
