//! Connections that can be closed without a word.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How a connection goes on.
const OPEN: u8 = 0;
/// It ends now, for whoever reads it.
const ENDED: u8 = 1;
/// It ends when something more arrives on it.
const DYING: u8 = 2;

/// What a request may do to the connection it came on.
#[derive(Clone, Default)]
pub struct Line(Arc<Fate>);

#[derive(Default)]
struct Fate {
    state: AtomicU8,
    reader: AtomicWaker,
}

impl Line {
    /// Ends the connection without flushing anything more.
    pub fn cut(&self) {
        self.0.state.store(ENDED, Ordering::SeqCst);
        self.0.reader.wake();
    }

    /// Lets the connection end when it is used again.
    pub fn cut_on_reuse(&self) {
        self.0.state.store(DYING, Ordering::SeqCst);
    }
}

/// Listens, and hands out connections with a [`Line`] each.
pub struct Connections(pub TcpListener);

/// A TCP connection that follows its line.
pub struct Connection {
    stream: TcpStream,
    line: Line,
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers are measured; a delay by Nagle's algorithm would be measured too.
        let _ = stream.set_nodelay(true);
        (Connection { stream, line: Line::default() }, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Connections>> for Line {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Line {
        stream.io().line.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let fate = self.line.0.clone();
        fate.reader.register(context.waker());
        let before = buffer.filled().len();
        match fate.state.load(Ordering::SeqCst) {
            ENDED => Poll::Ready(Ok(())),
            DYING => {
                Pin::new(&mut self.stream).poll_read(context, buffer).map_ok(|()| buffer.set_filled(before))
            }
            _ => Pin::new(&mut self.stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
