//! *Translate*: a client's request, in its own protocol, done on a cloud that speaks another.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use pingora_proxy::Session;
use secrecy::SecretString;

use super::{
    accounts::Account,
    answer::{self, Finished},
    intake::{self, Incoming},
    journey::Journey,
    keys::{Moment, Unverified, Verified},
    perform::{Task, log_failure},
    proxy::Gateway,
};
use crate::{
    config::AccessKey,
    exchange::Identity,
    frontends::{Arrival, Call, Caller, Choice, Claim, Frontend, Reply},
    model::{Error, ErrorKind},
    wire::sign::session::Issuer,
};

/// A refusal that is sent as it is.
enum Refused {
    Said(Reply),
    Because(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::Because(error)
    }
}

impl From<Reply> for Refused {
    fn from(reply: Reply) -> Self {
        Refused::Said(reply)
    }
}

impl Gateway {
    /// Answers the request through `frontend`.
    ///
    /// # Errors
    /// When the client is gone, or the answer had to be broken off.
    pub(super) async fn translate(
        &self,
        frontend: &dyn Frontend,
        session: &mut Session,
        journey: &mut Journey,
    ) -> Result<Finished, Error> {
        let mut request = head(session);
        let mut arrival = self.arrival(journey, frontend.choice(&request));
        match self.prepare(frontend, session, journey, &mut arrival, &mut request).await {
            Ok(task) => self.perform(session, journey, task).await,
            Err(refused) => {
                let reply = match refused {
                    Refused::Said(reply) => reply,
                    Refused::Because(error) => {
                        log_failure(&journey.request_id, &error);
                        frontend.refuse(&request, &arrival, &error)
                    }
                };
                answer::send(session, journey, &reply).await
            }
        }
    }

    /// Everything before the cloud is spoken to: read, authenticate, choose, decode.
    async fn prepare(
        &self,
        frontend: &dyn Frontend,
        session: &mut Session,
        journey: &mut Journey,
        arrival: &mut Arrival,
        request: &mut Request<Bytes>,
    ) -> Result<Task, Refused> {
        journey.permit = Some(Box::new(self.admit()?));
        self.check_head(session, frontend.methods())?;
        intake::read(frontend, session, request, &self.limits).await?;
        let claim = frontend.identify(request, arrival)?;
        let chosen = self.accounts.chosen(&arrival.choice)?;
        arrival.driver = chosen.unwrap_or(self.accounts.default_account()).driver.capabilities().driver;
        let public = matches!(claim, Claim::Public);
        let proven = public || matches!(claim, Claim::Signature(_));
        let authenticated = Box::pin(self.authenticate(frontend, claim, chosen, request, arrival)).await?;
        let (identity, account, issuer) = authenticated;
        arrival.caller = Some(Caller { user: identity.user.clone(), issuer });
        journey.user.clone_from(&identity.user);
        journey.account = Some(Arc::clone(&account));
        let mut call = frontend.decode(request, arrival, account.driver.capabilities())?;
        journey.action = call.action;
        if public && (call.operation.is_some() || !call.before.is_empty()) {
            return Err(unknown_user().into());
        }
        check_supported(&account, &call)?;
        let body =
            call.upload.take().map(|upload| Incoming::new(upload, request.body().clone(), &self.limits));
        Ok(Task { account, identity, proven, call, body })
    }

    fn arrival(&self, journey: &Journey, choice: Choice) -> Arrival {
        Arrival {
            request_id: journey.request_id.clone(),
            now: journey.now,
            scheme: journey.client.scheme(),
            host: journey.client.host.clone(),
            driver: self.accounts.default_account().driver.capabilities().driver,
            choice,
            caller: None,
        }
    }

    fn admit(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Error> {
        Arc::clone(&self.permits).try_acquire_owned().map_err(|_| {
            let message = "the gateway is working on as many requests as it may: try again in a few seconds";
            Error::new(ErrorKind::RateLimited, message).safe_to_repeat()
        })
    }

    fn check_head(&self, session: &Session, methods: &[Method]) -> Result<(), Error> {
        let head = session.req_header();
        if !methods.contains(&head.method) {
            let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
            let message = format!("only {} are understood here", methods.join(" and "));
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let bytes: usize =
            head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if bytes > self.limits.header_bytes
            || head.uri.path_and_query().map_or(0, |uri| uri.as_str().len()) > self.limits.uri_bytes
        {
            let message = "the request's head is too long: send the parameters as a POST form";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        Ok(())
    }

    async fn authenticate(
        &self,
        frontend: &dyn Frontend,
        claim: Claim,
        chosen: Option<&Arc<Account>>,
        request: &Request<Bytes>,
        arrival: &Arrival,
    ) -> Result<(Identity, Arc<Account>, Option<Issuer>), Refused> {
        let account = chosen.unwrap_or(self.accounts.default_account());
        match claim {
            Claim::Anonymous => Err(unknown_user().into()),
            Claim::Public => {
                let nobody = Identity { user: String::new(), password: SecretString::default() };
                Ok((nobody, Arc::clone(account), None))
            }
            Claim::Password { user, password } => {
                Ok((Identity { user, password }, Arc::clone(account), None))
            }
            Claim::Signature(signature) => {
                let moment = Moment { now: arrival.now, over_tls: arrival.scheme == "https" };
                let provider = &account.provider.name;
                let verified = self.keys.verify(&signature, provider, request, &moment).await;
                let Verified { key, issuer } = verified.map_err(|unverified| match unverified {
                    Unverified::Refused(refusal) => frontend.reject(request, arrival, &refusal).into(),
                    Unverified::Failed(error) => Refused::from(error),
                })?;
                Ok((key.identity.clone(), Arc::clone(self.account_of(&key, chosen)?), issuer))
            }
        }
    }

    /// An access key that stands for a user at one provider cannot be carried to another by a header.
    fn account_of<'a>(
        &'a self,
        key: &AccessKey,
        chosen: Option<&'a Arc<Account>>,
    ) -> Result<&'a Arc<Account>, Error> {
        let Some(name) = &key.provider else { return Ok(chosen.unwrap_or(self.accounts.default_account())) };
        let own = self.accounts.named(name);
        let own =
            own.ok_or_else(|| Error::new(ErrorKind::Internal, "the access key's provider does not exist"))?;
        match chosen {
            Some(chosen) if !Arc::ptr_eq(chosen, own) => Err(Error::new(
                ErrorKind::Denied,
                "this access key is for another back end than the request names",
            )),
            _ => Ok(own),
        }
    }
}

fn check_supported(account: &Account, call: &Call) -> Result<(), Error> {
    let Some(operation) = &call.operation else { return Ok(()) };
    let (verb, kind) = operation.pair();
    if account.driver.capabilities().supports(verb, kind) {
        return Ok(());
    }
    let driver = account.provider.driver;
    Err(Error::new(ErrorKind::Unsupported, format!("the {driver} driver cannot do this to a {kind}")))
}

fn unknown_user() -> Error {
    let message = "say who you are: sign the request with an access key, or send a user and password";
    Error::new(ErrorKind::Unauthenticated, message)
}

/// The request's head, exactly as it was sent: signatures are over it.
fn head(session: &Session) -> Request<Bytes> {
    let head = session.req_header();
    let mut request = Request::new(Bytes::new());
    request.method_mut().clone_from(&head.method);
    request.uri_mut().clone_from(&head.uri);
    *request.version_mut() = head.version;
    request.headers_mut().clone_from(&head.headers);
    request
}
