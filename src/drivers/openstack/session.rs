//! Sessions: who is logged in, and how every request is sent.
//!
//! Users log in once; the token that they get is kept per identity until shortly before it ends, and renewed, once, when
//! a service refuses it. Of Nova the microversion 2.47 is asked where it answers more (flavors inside servers), until it
//! says that it does not have it; everything else is spoken in version 2.1, which every Nova has.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde::Deserialize;

use super::{
    call::Call,
    capabilities::Offers,
    faults,
    hardware_profiles::{self, Flavors},
    login::{JSON, Login, log_in},
    names::{self, Names},
};
use crate::{
    exchange::{Begin, Cloud, Kept, Line, Logins},
    model::{Error, ErrorKind, Flow, Kind, Resource},
    wire::{Decode, json},
};

/// Since this microversion a server has its flavor's name and size in it.
const WITH_FLAVORS: HeaderValue = HeaderValue::from_static("compute 2.47");

/// What is known of one provider's cloud and of those who are logged in to it.
pub(super) struct Sessions {
    logins: Logins<Login>,
    /// What the cloud has, as far as those who logged in have seen.
    pub(super) offers: Offers,
    /// The flavors that each user sees.
    pub(super) flavors: Kept<Flavors>,
    /// What networks and groups are called that each user sees.
    pub(super) names: Kept<Names>,
    /// Whether Nova has said that it is too old for [`WITH_FLAVORS`].
    is_old: AtomicBool,
}

impl Default for Sessions {
    fn default() -> Self {
        Sessions {
            logins: Logins::default(),
            offers: Offers::default(),
            flavors: Kept::for_at_most(hardware_profiles::BELIEVED),
            names: Kept::for_at_most(names::BELIEVED),
            is_old: AtomicBool::new(false),
        }
    }
}

/// A document that answered a call.
#[derive(Debug)]
pub(super) struct Document {
    body: Bytes,
    call: String,
}

/// One operation's way to the services.
pub(super) struct Session<'a> {
    pub(super) sessions: &'a Sessions,
    pub(super) line: Line<'a>,
    /// The user's login, once it was looked up: several calls of one operation want it.
    login: Mutex<Option<Arc<Login>>>,
}

impl Sessions {
    /// The way to the services for one operation.
    pub(super) fn open<'a>(&'a self, line: Line<'a>) -> Session<'a> {
        Session { sessions: self, line, login: Mutex::default() }
    }

    /// Whether servers come with their flavors in them, as far as is known.
    pub(super) fn has_flavors_in_servers(&self) -> bool {
        !self.is_old.load(Ordering::Relaxed)
    }
}

impl Session<'_> {
    /// The user's login, made now if there is none that is good for a while yet.
    ///
    /// # Errors
    /// When he cannot log in.
    pub(super) async fn login(&self) -> Result<Arc<Login>, Error> {
        let held = self.held().clone();
        if let Some(login) = held {
            return Ok(login);
        }
        let login = self.sessions.logins.get(self.line.identity, self.log_in()).await?;
        if login.is_over() {
            return self.log_in_again(&login).await;
        }
        Ok(self.hold(login))
    }

    fn held(&self) -> MutexGuard<'_, Option<Arc<Login>>> {
        self.login.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, login: Arc<Login>) -> Arc<Login> {
        *self.held() = Some(Arc::clone(&login));
        login
    }

    async fn log_in_again(&self, stale: &Arc<Login>) -> Result<Arc<Login>, Error> {
        let login = self.sessions.logins.renew(self.line.identity, stale, self.log_in()).await?;
        Ok(self.hold(login))
    }

    /// Boxed when it is done, which is rare: it would make the future of every call several times as large.
    async fn log_in(&self) -> Result<Login, Error> {
        let login = Box::pin(log_in(self.line)).await?;
        self.sessions.offers.note(login.catalogue.services());
        Ok(login)
    }

    /// Makes a call and reads the whole document that answers it.
    ///
    /// # Errors
    /// When the cloud has no such service, the exchange fails, or what the service's refusal means.
    pub(super) async fn fetch(&self, call: Call) -> Result<Document, Error> {
        let response = self.answer(&call).await?;
        Ok(Document { body: response.into_body(), call: name(&call) })
    }

    /// Makes a call and reads the whole document that answers it; what it is about, when it is not there.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub(super) async fn fetch_of(&self, kind: Kind, id: &str, call: Call) -> Result<Document, Error> {
        self.fetch(call).await.map_err(|error| about(error, kind, id))
    }

    /// Makes a call and reads the whole document that answers it; none when there is nothing there.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub(super) async fn fetch_if_there(&self, call: Call) -> Result<Option<Document>, Error> {
        match self.fetch(call).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            document => document.map(Some),
        }
    }

    /// Makes a call and gives its whole answer, of success.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub(super) async fn answer(&self, call: &Call) -> Result<Response<Bytes>, Error> {
        let login = self.login().await?;
        let mut response = self.line.fetch(self.request(call, &login)?).await?;
        if let Some(login) = self.again(call, &login, response.status()).await? {
            response = self.line.fetch(self.request(call, &login)?).await?;
        }
        judged(response, call)
    }

    /// Makes a call and feeds what answers it to `decode`, as it comes.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), or when the answer makes no sense or the receiver fails.
    pub(super) async fn stream(
        &self,
        cloud: &mut Cloud<'_>,
        call: &Call,
        decode: &mut dyn Decode,
    ) -> Result<(), Error> {
        self.stream_from(cloud, call, &mut |_, _| Ok(Flow::More), decode).await
    }

    /// As [`stream`](Self::stream); `begin` is given the head of the answer first.
    ///
    /// # Errors
    /// As [`stream`](Self::stream), or what `begin` fails with.
    pub(super) async fn stream_from(
        &self,
        cloud: &mut Cloud<'_>,
        call: &Call,
        begin: &mut Begin<'_>,
        decode: &mut dyn Decode,
    ) -> Result<(), Error> {
        let login = self.login().await?;
        let mut response = cloud.stream_from(self.request(call, &login)?, begin, decode).await?;
        if let Some(login) = self.again(call, &login, response.status()).await? {
            response = cloud.stream_from(self.request(call, &login)?, begin, decode).await?;
        }
        judged(response, call).map(|_| ())
    }

    /// Makes a call that is answered with the content of a blob; `begin` is given the head of the answer first.
    ///
    /// # Errors
    /// As [`stream_from`](Self::stream_from).
    pub(super) async fn download(
        &self,
        cloud: &mut Cloud<'_>,
        call: &Call,
        begin: &mut Begin<'_>,
    ) -> Result<(), Error> {
        let login = self.login().await?;
        let mut response = cloud.download(self.request(call, &login)?, begin).await?;
        if let Some(login) = self.again(call, &login, response.status()).await? {
            response = cloud.download(self.request(call, &login)?, begin).await?;
        }
        judged(response, call).map(|_| ())
    }

    /// Makes a call with what the client sends along, `length` bytes if that is known, and gives its whole answer, of
    /// success. A token that is refused is renewed, once, as long as nothing was taken from the client.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), or when the client breaks off. `Busy` when the token turned out to be over too late.
    pub(super) async fn upload(
        &self,
        cloud: &mut Cloud<'_>,
        call: &Call,
        length: Option<u64>,
    ) -> Result<Response<Bytes>, Error> {
        let login = self.login().await?;
        let mut response = cloud.upload(self.request(call, &login)?.map(drop), length).await?;
        if let Some(login) = self.again(call, &login, response.status()).await? {
            if cloud.taken() > 0 {
                let message =
                    "the cloud wanted to know again who you are after the content had begun: send it again";
                return Err(Error::new(ErrorKind::Busy, message).safe_to_repeat().during(|| name(call)));
            }
            response = cloud.upload(self.request(call, &login)?.map(drop), length).await?;
        }
        judged(response, call)
    }

    /// With which login the call is made once more after such an answer; none when the answer stands.
    async fn again(
        &self,
        call: &Call,
        login: &Arc<Login>,
        status: StatusCode,
    ) -> Result<Option<Arc<Login>>, Error> {
        match status {
            StatusCode::UNAUTHORIZED => Box::pin(self.log_in_again(login)).await.map(Some),
            StatusCode::NOT_ACCEPTABLE if self.asks_for_flavors(call) => {
                self.sessions.is_old.store(true, Ordering::Relaxed);
                Ok(Some(Arc::clone(login)))
            }
            _ => Ok(None),
        }
    }

    fn asks_for_flavors(&self, call: &Call) -> bool {
        call.with_flavors && self.sessions.has_flavors_in_servers()
    }

    fn request(&self, call: &Call, login: &Login) -> Result<Request<Bytes>, Error> {
        let uri = format!("{}{}", login.catalogue.base(call.service)?, call.target);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(uri)
            .header(ACCEPT, JSON)
            .header("x-auth-token", login.token.clone());
        if self.asks_for_flavors(call) {
            request = request.header("openstack-api-version", WITH_FLAVORS);
        }
        if !call.body.is_empty() {
            request = request.header(CONTENT_TYPE, JSON);
        }
        let built = request.body(call.body.clone());
        let mut request = built.map_err(|error| {
            Error::new(ErrorKind::Internal, "a request could not be built").with_source(error)
        })?;
        for (name, value) in &call.headers {
            request.headers_mut().insert(name, value.clone());
        }
        Ok(request)
    }
}

fn judged(response: Response<Bytes>, call: &Call) -> Result<Response<Bytes>, Error> {
    if response.status().is_success() {
        return Ok(response);
    }
    Err(faults::error(&response).during(|| name(call)))
}

/// What names the call in an error.
fn name(call: &Call) -> String {
    let path = call.target.split('?').next().unwrap_or_default();
    format!("{} {path} ({})", call.method, call.service.name())
}

/// The error, about the one thing with this id.
pub(super) fn about(error: Error, kind: Kind, id: &str) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::not_found(kind, id),
        _ => error.about(kind, id),
    }
}

impl Document {
    /// Reads what it holds.
    ///
    /// # Errors
    /// `Unexpected` when it is malformed or something else.
    pub(super) fn read<'d, T: Deserialize<'d>>(&'d self) -> Result<T, Error> {
        json::read(&self.body).map_err(|malformed| self.unreadable(malformed))
    }

    /// Reads the one member of this name.
    ///
    /// # Errors
    /// `Unexpected` when it is malformed or something else.
    pub(super) fn member<'d, T: Deserialize<'d>>(&'d self, name: &'static str) -> Result<T, Error> {
        json::member(&self.body, name).map_err(|malformed| self.unreadable(malformed))
    }

    /// Reads it item by item.
    ///
    /// # Errors
    /// `Unexpected` when it is malformed or something else.
    pub(super) fn decode(&self, decode: &mut dyn Decode) -> Result<(), Error> {
        let mut sink = |_: &Resource<'_>| Ok(Flow::More);
        let read = decode.feed(&self.body, &mut sink).and_then(|_| decode.finish(&mut sink));
        read.map_err(|error| error.during(|| self.call.clone()))
    }

    fn unreadable(&self, malformed: json::Malformed) -> Error {
        Error::from(malformed).during(|| self.call.clone())
    }
}
