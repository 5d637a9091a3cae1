//! The phases of a request, as Pingora calls them.

use std::{any::Any, sync::Arc};

use async_trait::async_trait;
use http::StatusCode;
use ipnet::IpNet;
use pingora::{
    http::{RequestHeader, ResponseHeader},
    upstreams::peer::HttpPeer,
};
use pingora_proxy::{FailToProxy, ProxyHttp, Session};
use tokio::sync::Semaphore;

use super::{
    accounts::Accounts, answer, client::Client, edge, guard, journey::Journey, keys::AccessKeys, relay,
    upstream::Upstreams,
};
use crate::{
    config::Limits,
    exchange::Transport,
    frontends::Frontend,
    telemetry::{InFlight, Metrics},
};

/// The reverse proxy.
pub(super) struct Gateway {
    pub(super) accounts: Arc<Accounts>,
    pub(super) frontends: Vec<Box<dyn Frontend>>,
    pub(super) keys: AccessKeys,
    pub(super) limits: Limits,
    pub(super) trusted: Vec<IpNet>,
    pub(super) permits: Arc<Semaphore>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) upstreams: Arc<Upstreams>,
    pub(super) metrics: Arc<Metrics>,
}

#[async_trait]
impl ProxyHttp for Gateway {
    type CTX = Journey;

    fn new_ctx(&self) -> Journey {
        Journey::begin()
    }

    fn on_connection_reuse(&self, _: &mut Session, _: &mut Journey, previous: Box<dyn Any + Send + Sync>) {
        guard::head_is_here(previous);
    }

    async fn early_request_filter(&self, session: &mut Session, _: &mut Journey) -> pingora::Result<()> {
        // It is off when the client wants it off, or the gateway is about to end.
        if session.as_downstream().get_keepalive().is_some() {
            session.set_keepalive(Some(self.limits.idle_timeout.as_secs().max(1)));
        }
        session.set_read_timeout(Some(self.limits.body_timeout));
        session.set_write_timeout(Some(self.limits.body_timeout));
        session.set_total_drain_timeout(Some(self.limits.body_timeout));
        Ok(())
    }

    /// Where a request is answered: translated here and now, refused, or (`Ok(false)`) relayed by the phases below.
    async fn request_filter(&self, session: &mut Session, journey: &mut Journey) -> pingora::Result<bool> {
        journey.client = Client::of(session, &self.trusted);
        let head = session.req_header();
        if let Some(frontend) =
            self.frontends.iter().find(|frontend| frontend.claims(&head.method, &head.uri))
        {
            journey.frontend = frontend.name();
            journey.request_id_header = frontend.request_id_header();
            journey.in_flight = Some(InFlight::begin(&self.metrics, frontend.name()));
            let answered = self.translate(frontend.as_ref(), session, journey).await;
            journey.finished = Some(answered.map_err(|error| {
                session.set_keepalive(None);
                broken_off(&error)
            })?);
            return Ok(true);
        }
        if let Some(account) = relay::account(&self.accounts, session.req_header()) {
            journey.frontend = "relay";
            journey.in_flight = Some(InFlight::begin(&self.metrics, "relay"));
            journey.account = Some(Arc::clone(account));
            journey.relayed = true;
            return self.admit_relay(session, journey).await;
        }
        let reply = edge::answer(&self.frontends, session.req_header());
        let sent = answer::send(session, journey, &reply).await;
        journey.finished = Some(sent.map_err(|error| broken_off(&error))?);
        Ok(true)
    }

    async fn upstream_peer(&self, _: &mut Session, journey: &mut Journey) -> pingora::Result<Box<HttpPeer>> {
        let account =
            journey.account.as_ref().ok_or_else(|| pingora::Error::new_str("nothing is relayed"))?;
        let unreachable = |why: String| pingora::Error::explain(pingora::ErrorType::HTTPStatus(502), why);
        let peers = self.upstreams.peers(&account.provider.endpoint).await;
        let peers: Vec<_> = peers.map_err(|error| unreachable(error.to_string()))?.collect();
        // Each vain attempt to connect goes on to the next address.
        let peer = peers.get(journey.connects % peers.len().max(1)).cloned();
        peer.map(Box::new).ok_or_else(|| unreachable("the back end has no address".to_owned()))
    }

    fn fail_to_connect(
        &self,
        _: &mut Session,
        _: &HttpPeer,
        journey: &mut Journey,
        mut error: Box<pingora::Error>,
    ) -> Box<pingora::Error> {
        journey.connects += 1;
        error.set_retry(true);
        error
    }

    async fn upstream_request_filter(
        &self,
        _: &mut Session,
        request: &mut RequestHeader,
        journey: &mut Journey,
    ) -> pingora::Result<()> {
        match &journey.account {
            Some(account) => relay::rewrite_request(&journey.client, request, &account.provider),
            None => Ok(()),
        }
    }

    async fn response_filter(
        &self,
        _: &mut Session,
        response: &mut ResponseHeader,
        journey: &mut Journey,
    ) -> pingora::Result<()> {
        match &journey.account {
            Some(account) => relay::rewrite_response(&journey.client, response, &account.provider),
            None => Ok(()),
        }
    }

    async fn fail_to_proxy(
        &self,
        session: &mut Session,
        error: &pingora::Error,
        journey: &mut Journey,
    ) -> FailToProxy {
        session.set_keepalive(None);
        let status = relay::status_of(error);
        if session.response_written().is_none() && status != 0 {
            let reply = relay::failure(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY));
            if let Ok(finished) = answer::send(session, journey, &reply).await {
                journey.finished = Some(finished);
            }
        }
        FailToProxy { error_code: status, can_reuse_downstream: false }
    }

    /// What a translation fails with is in our own log, with its request id.
    fn suppress_error_log(&self, _: &Session, journey: &Journey, _: &pingora::Error) -> bool {
        !journey.relayed
    }

    async fn logging(&self, session: &mut Session, _: Option<&pingora::Error>, journey: &mut Journey) {
        let status = session.response_written().map(|head| head.status.as_u16());
        let (received, sent) = (session.body_bytes_read(), session.body_bytes_sent());
        journey.end(&self.metrics, status, received, sent);
    }
}

impl Gateway {
    async fn admit_relay(&self, session: &mut Session, journey: &mut Journey) -> pingora::Result<bool> {
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            let reply = relay::failure(StatusCode::SERVICE_UNAVAILABLE);
            let sent = answer::send(session, journey, &reply).await;
            journey.finished = Some(sent.map_err(|error| broken_off(&error))?);
            return Ok(true);
        };
        journey.permit = Some(Box::new(permit));
        Ok(false)
    }
}

fn broken_off(error: &crate::model::Error) -> Box<pingora::Error> {
    pingora::Error::explain(pingora::ErrorType::WriteError, error.to_string())
}
