//! A deadline for a request's head.
//!
//! Pingora limits each read of a head, not all of them together: a client that sends a byte now and then would hold
//! its connection for ever. Here the connection is dropped when a new request's head is not whole in time.

use std::{any::Any, sync::Arc, time::Duration};

use async_trait::async_trait;
use pingora::{
    apps::{HttpServerApp, HttpServerOptions, ReusedHttpStream},
    protocols::http::{ServerSession, v2::server::H2Options},
    server::ShutdownWatch,
};
use pingora_proxy::HttpProxy;
use tokio::{sync::oneshot, time::sleep};

use super::proxy::Gateway;

/// The proxy, with the deadline around it.
pub(super) struct Guard {
    pub(super) proxy: Arc<HttpProxy<Gateway>>,
    /// How long a connection may take to bring the whole head of its next request, the idle time before it included.
    pub(super) deadline: Duration,
    /// How long it may be silent meanwhile.
    pub(super) idle: Duration,
}

/// Tells the guard of a connection that its next request's head is whole.
pub(super) fn head_is_here(guard: Box<dyn Any + Send + Sync>) {
    if let Ok(guard) = guard.downcast::<oneshot::Sender<()>>() {
        let _ = guard.send(());
    }
}

#[async_trait]
impl HttpServerApp for Guard {
    async fn process_new_http(
        self: &Arc<Self>,
        mut session: ServerSession,
        shutdown: &ShutdownWatch,
    ) -> Option<ReusedHttpStream> {
        session.set_keepalive(Some(self.idle.as_secs().max(1)));
        let (here, arrived) = oneshot::channel::<()>();
        session.set_connection_user_context(Some(Box::new(here)));
        let overdue = async {
            tokio::select! {
                _ = arrived => std::future::pending().await,
                () = sleep(self.deadline) => (),
            }
        };
        tokio::select! {
            reused = self.proxy.process_new_http(session, shutdown) => reused,
            () = overdue => None,
        }
    }

    fn h2_options(&self) -> Option<H2Options> {
        self.proxy.h2_options()
    }

    fn server_options(&self) -> Option<&HttpServerOptions> {
        self.proxy.server_options()
    }

    async fn http_cleanup(&self) {
        self.proxy.http_cleanup().await;
    }
}
