//! CIMI 1.0.1, the DMTF's Cloud Infrastructure Management Interface
//! ([DSP0263](https://www.dmtf.org/standards/cmwg)), below `/cimi`.
//!
//! A request leads somewhere (`route`): to a collection, to a member or to a part of one. What is there is told by the
//! `resources`, a table of attributes for each type: from it documents are written (`fields`), what clients send is
//! checked (`input`), and ResourceMetadata is answered (`told`). What can be done with something is said by `actions`, and
//! offered only when it can be done now.
//!
//! # Two dialects
//! See `dialect`. The compatible one answers as Apache Deltacloud did, so that its clients find what they look for; the
//! strict one as the specification has it. Decided otherwise than in the original, in both:
//! - What is missing is 404, what makes no sense 400, and what is not possible now 409, where it failed with 500.
//! - An attribute that is not known is refused with its name; one that can only be read is passed over.
//! - Numbers and truths are such in JSON. A measure that is not known is left out.
//! - A wrong method is 405 with `Allow`. No edit is offered where nothing can be edited.
//! - Queries are those of the specification; the original's bare words are understood in its dialect.
//! - A private key is told once.
//! - A disk is measured alike wherever it is told.

mod actions;
mod answer;
mod around;
mod attribute;
mod attributes;
mod call;
mod checks;
mod collections;
mod context;
mod create;
mod dialect;
mod errors;
mod fields;
mod input;
mod negotiation;
mod parts;
mod path;
mod properties;
pub mod query;
mod resources;
mod route;
mod telling;
#[cfg(test)]
mod tests;
mod told;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri};
use secrecy::SecretString;

pub use self::dialect::Dialect;
use self::{
    call::Wish,
    context::{Context, VERSION},
    errors::Fault,
    query::{Grammar, Query},
    route::Route,
    told::Ready,
};
use super::{Arrival, Call, Claim, Frontend, Intake, Reply, tag::Tagged};
use crate::{
    model::{Capabilities, Error, ErrorKind},
    wire::{basic, form, sign::Refusal},
};

/// The header in which a client says which version of the specification it speaks.
const VERSION_HEADER: &str = "cimi-specification-version";

/// The CIMI front end.
#[derive(Debug)]
pub struct Cimi {
    dialect: Dialect,
}

impl Cimi {
    /// A front end that speaks this dialect.
    pub fn new(dialect: Dialect) -> Self {
        Cimi { dialect }
    }

    fn context(&self, request: &Request<Bytes>, arrival: &Arrival) -> Context {
        Context::of(request, arrival, self.dialect)
    }

    fn call(&self, request: &Request<Bytes>, context: &Context, cloud: &Capabilities) -> Result<Call, Fault> {
        check_version(request)?;
        let path = path::read(request.uri().path()).ok_or_else(Fault::nothing_there)?;
        let route = Route::of(&path).ok_or_else(Fault::nothing_there)?;
        route.check(request.method())?;
        if request.method() == Method::OPTIONS {
            let headers = vec![("allow", route.allowed())];
            return Ok(Ready { context: context.clone(), status: StatusCode::OK, headers }.call("options"));
        }
        if negotiation::wanted(request).is_none() {
            let message = "Not Acceptable: there is XML and JSON";
            return Err(Fault::new(StatusCode::NOT_ACCEPTABLE, message));
        }
        let grammar = match self.dialect {
            Dialect::Compatible => Grammar::Lenient,
            Dialect::Strict => Grammar::Specified,
        };
        let query = Query::parse(request.uri().query().unwrap_or_default(), grammar);
        let query = query.map_err(|malformed| Fault::invalid(malformed.to_string()))?;
        let is_somebody = credentials(request).is_some();
        Wish { request, context, cloud, query, is_somebody }.call(route)
    }
}

/// The user's name and password; none when there are none, or none that can be read.
fn credentials(request: &Request<Bytes>) -> Option<(String, SecretString)> {
    basic::find(request.headers())?.decode()
}

/// Whether one of the versions that a client names is spoken here: any of 1.0, with or without the number of the errata.
fn check_version(request: &Request<Bytes>) -> Result<(), Fault> {
    let mut values = request.headers().get_all(VERSION_HEADER).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    let named = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let is_spoken = |version: &str| version == "1.0" || version.starts_with("1.0.");
    if named.map(str::trim).any(is_spoken) {
        return Ok(());
    }
    Err(Fault::invalid(format!("CIMI-Specification-Version names none that is spoken here: {VERSION} is")))
}

/// Whether the query has something written out for which the cloud has to be asked.
fn expands(request: &Request<Bytes>) -> bool {
    let mut pairs = form::pairs(request.uri().query().unwrap_or_default()).map_while(Result::ok);
    pairs.any(|(name, value)| name == "$expand" && !value.is_empty())
}

/// Whether it is told to everybody. Who says who he is may learn more.
fn is_public(request: &Request<Bytes>) -> bool {
    let mut pairs = form::pairs(request.uri().query().unwrap_or_default()).map_while(Result::ok);
    if pairs.any(|(name, _)| name == "force_auth") || expands(request) {
        return false;
    }
    let path = path::read(request.uri().path()).unwrap_or_default();
    let route = Route::of(&path);
    route.is_none_or(|route| {
        route.is_public() && (matches!(route, Route::Root | Route::Entry) || credentials(request).is_none())
    })
}

impl Frontend for Cimi {
    fn name(&self) -> &'static str {
        "cimi"
    }

    fn entry(&self) -> &'static str {
        "/cimi"
    }

    fn request_id_header(&self) -> &'static str {
        "x-request-id"
    }

    fn claims(&self, _: &Method, uri: &Uri) -> bool {
        path::is_ours(uri.path())
    }

    fn methods(&self) -> &'static [Method] {
        // PATCH is understood nowhere, but those who try it are told what is.
        const METHODS: &[Method] = &[
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ];
        METHODS
    }

    fn identify(&self, request: &Request<Bytes>, _: &Arrival) -> Result<Claim, Reply> {
        if is_public(request) {
            return Ok(Claim::Public);
        }
        let credentials = credentials(request);
        Ok(credentials.map_or(Claim::Anonymous, |(user, password)| Claim::Password { user, password }))
    }

    /// What leads nowhere is refused before its body is read.
    fn intake(&self, request: &Request<Bytes>) -> Intake {
        let path = path::read(request.uri().path()).unwrap_or_default();
        let leads = Route::of(&path).is_some_and(|route| route.check(request.method()).is_ok());
        if leads { Intake::Whole } else { Intake::Enough }
    }

    fn decode(
        &self,
        request: &Request<Bytes>,
        arrival: &Arrival,
        cloud: &Capabilities,
    ) -> Result<Call, Reply> {
        let context = self.context(request, arrival);
        let call = if arrival.host.is_empty() {
            Err(Fault::invalid("Unable to find HTTP Host header"))
        } else {
            self.call(request, &context, cloud)
        };
        let tagged = |call: Call| Call { encode: Box::new(Tagged::new(call.encode, request)), ..call };
        call.map(tagged).map_err(|fault| fault.reply(&context))
    }

    fn reject(&self, request: &Request<Bytes>, arrival: &Arrival, _: &Refusal) -> Reply {
        Fault::new(StatusCode::UNAUTHORIZED, "Unauthorized").reply(&self.context(request, arrival))
    }

    fn refuse(&self, request: &Request<Bytes>, arrival: &Arrival, error: &Error) -> Reply {
        let nobody = error.kind() == ErrorKind::Unauthenticated && credentials(request).is_none();
        let fault = match nobody {
            true => {
                Fault::new(StatusCode::UNAUTHORIZED, "Unauthorized: send a user and a password by HTTP Basic")
            }
            false => Fault::from(error),
        };
        fault.reply(&self.context(request, arrival))
    }
}
