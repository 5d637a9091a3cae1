//! Sessions: which engine it is, who is logged in, and how every request is sent.
//!
//! The engine is asked once which version it is, and again after a while: it may be upgraded under us. Users log in
//! once; what they get is kept per identity and renewed, once, when the engine refuses it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};

use super::{
    call::Call,
    dialect::{Api, Details, Dialect},
    engine::{Engine, XML, detect, request, with_rights_of},
    faults,
    hardware_profiles::{self, InstanceTypes},
    login::{Login, log_in},
    places::{self, Places},
    storage::Domains,
};
use crate::{
    exchange::{Cloud, Kept, Line, Logins, Provider},
    model::{Error, ErrorKind},
    wire::{
        Decode,
        xml::{self, Element, Malformed},
    },
};

/// How long it is believed that the engine is the version that it was.
const VERSION_BELIEVED: Duration = Duration::from_secs(3600);

/// What is known of one provider's engine and of those who are logged in to it.
pub(super) struct Sessions {
    engine: Mutex<Option<(Instant, Arc<Engine>)>>,
    logins: Logins<Login>,
    /// The data centers and clusters that each user sees.
    pub(super) places: Kept<Places>,
    /// The storage domains that each user sees.
    pub(super) domains: Kept<Domains>,
    /// The instance types that each user sees.
    pub(super) instance_types: Kept<InstanceTypes>,
}

impl Default for Sessions {
    fn default() -> Self {
        Sessions {
            engine: Mutex::default(),
            logins: Logins::default(),
            places: Kept::for_at_most(places::BELIEVED),
            domains: Kept::for_at_most(places::BELIEVED),
            instance_types: Kept::for_at_most(hardware_profiles::BELIEVED),
        }
    }
}

/// A document that answered a call.
#[derive(Debug)]
pub(super) struct Document {
    body: Bytes,
    call: String,
}

/// One operation's way to the engine.
pub(super) struct Session<'a> {
    pub(super) sessions: &'a Sessions,
    pub(super) engine: Arc<Engine>,
    pub(super) line: Line<'a>,
    /// The user's login, once it was looked up: several calls of one operation want it.
    login: Mutex<Option<Arc<Login>>>,
}

impl Sessions {
    /// The way to the engine for one operation.
    ///
    /// # Errors
    /// When the engine has to be asked for its version and does not say it.
    pub(super) async fn open<'a>(&'a self, line: Line<'a>) -> Result<Session<'a>, Error> {
        let engine = match self.believed() {
            Some(engine) => engine,
            // Everybody asks for himself: another one's wrong password is not his failure.
            None => self.believe(Box::pin(detect(line)).await?),
        };
        Ok(Session { sessions: self, engine, line, login: Mutex::default() })
    }

    fn believed(&self) -> Option<Arc<Engine>> {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, engine) = engine.as_ref()?;
        (since.elapsed() < VERSION_BELIEVED).then(|| engine.clone())
    }

    /// Lets the next operation ask for the version again.
    fn doubt(&self) {
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn believe(&self, engine: Engine) -> Arc<Engine> {
        let engine = Arc::new(engine);
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), engine.clone()));
        engine
    }
}

impl<'a> Session<'a> {
    /// How the engine is spoken to.
    pub(super) fn dialect(&self) -> &'static Dialect {
        self.engine.dialect
    }

    /// The account that is used.
    pub(super) fn provider(&self) -> &'a Provider {
        self.line.provider
    }

    /// The user's login, made now if there is none.
    ///
    /// # Errors
    /// When he cannot log in.
    pub(super) async fn login(&self) -> Result<Arc<Login>, Error> {
        let held = self.held().clone();
        match held {
            Some(login) => Ok(login),
            None => {
                let login = self.sessions.logins.get(self.line.identity, self.log_in()).await?;
                Ok(self.hold(login))
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<Arc<Login>>> {
        self.login.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, login: Arc<Login>) -> Arc<Login> {
        *self.held() = Some(Arc::clone(&login));
        login
    }

    /// An engine that has forgotten its users was started anew, perhaps as another version.
    async fn log_in_again(&self, stale: &Arc<Login>) -> Result<Arc<Login>, Error> {
        self.sessions.doubt();
        let login = self.sessions.logins.renew(self.line.identity, stale, self.log_in()).await?;
        Ok(self.hold(login))
    }

    /// Boxed when it is done, which is rare: it would make the future of every call several times as large.
    async fn log_in(&self) -> Result<Login, Error> {
        Box::pin(log_in(&self.engine, self.line)).await
    }

    /// Makes a call and reads the whole document that answers it.
    ///
    /// # Errors
    /// When the exchange fails, or what the engine's refusal means.
    pub(super) async fn fetch(&self, call: Call) -> Result<Document, Error> {
        let login = self.login().await?;
        let mut response = self.line.fetch(self.request(&call, &login)?).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let login = Box::pin(self.log_in_again(&login)).await?;
            response = self.line.fetch(self.request(&call, &login)?).await?;
        }
        Document::of(response, self.name(&call))
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

    /// Makes a call and feeds what answers it to `decode`, as it comes.
    ///
    /// # Errors
    /// When the exchange fails, the answer makes no sense or the receiver fails, or what the engine's refusal means.
    pub(super) async fn stream(
        &self,
        cloud: &mut Cloud<'_>,
        call: Call,
        decode: &mut dyn Decode,
    ) -> Result<(), Error> {
        let login = self.login().await?;
        let mut response = cloud.stream(self.request(&call, &login)?, decode).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let login = Box::pin(self.log_in_again(&login)).await?;
            response = cloud.stream(self.request(&call, &login)?, decode).await?;
        }
        if response.status().is_success() {
            return Ok(());
        }
        Document::of(response, self.name(&call)).map(|_| ())
    }

    /// Makes a call that is an action or a removal.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), or when the engine does not say that it took it on.
    pub(super) async fn act(&self, call: Call) -> Result<(), Error> {
        let Document { body, call } = self.fetch(call).await?;
        faults::taken_on(&body).map_err(|error| error.during(|| call))
    }

    fn name(&self, call: &Call) -> String {
        let path = call.target.split('?').next().unwrap_or_default();
        format!("{} {}{path}", call.method, self.engine.base)
    }

    fn request(&self, call: &Call, login: &Login) -> Result<Request<Bytes>, Error> {
        let Dialect { api, details, .. } = self.dialect();
        let (version, accept, follow) = match (details, details.value(call.along)) {
            (Details::Detail, Some(what)) => (Api::V3, detailed(what)?, None),
            (Details::Follow, Some(what)) => (*api, XML, Some(what)),
            (_, None) => (*api, XML, None),
        };
        let call = match follow {
            Some(what) => &call.clone().query("follow", what),
            None => call,
        };
        let uri = format!("{}{}", self.engine.base, call.target);
        let mut request = request(call.method.clone(), &uri, call.body.clone())?;
        let headers = request.headers_mut();
        headers.insert("version", HeaderValue::from_static(version.header()));
        headers.insert(ACCEPT, accept);
        login.sign(headers);
        if !call.body.is_empty() {
            headers.insert(CONTENT_TYPE, XML);
        }
        with_rights_of(self.provider().level, headers);
        Ok(request)
    }
}

fn detailed(what: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::try_from(format!("application/xml; detail={what}"));
    value.map_err(|error| Error::new(ErrorKind::Internal, "a header could not be built").with_source(error))
}

impl Document {
    /// The document that a response is, or what it means when it is no success; `call` is the native call.
    pub(super) fn of(response: Response<Bytes>, call: String) -> Result<Self, Error> {
        if response.status().is_success() {
            return Ok(Document { body: response.into_body(), call });
        }
        Err(faults::error(&response).during(|| call))
    }

    /// Whether it says that something was made, one of `kinds`, or that an action was done: engines answer an attachment
    /// in either way.
    ///
    /// # Errors
    /// What the fault in it means, or `Unexpected` when it is neither.
    pub(super) fn is_made_or_done(&self, kinds: &[&str]) -> Result<(), Error> {
        let made = |root: &mut Element<'_>| Ok(kinds.contains(&root.name()));
        if !self.body.is_empty() && self.read(made)? {
            return Ok(());
        }
        faults::taken_on(&self.body).map_err(|error| error.during(|| self.call.clone()))
    }

    /// Reads it; `read` is given its root, of whatever name.
    ///
    /// # Errors
    /// `Unexpected` when it is malformed or `read` finds something else than it looks for.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&mut Element<'_>) -> Result<T, Malformed>,
    ) -> Result<T, Error> {
        xml::document(&self.body, read)
            .map_err(|malformed| Error::from(malformed).during(|| self.call.clone()))
    }
}
