//! Deltacloud: the [REST API](https://deltacloud.apache.org/rest-api.html) of Apache Deltacloud 1.1.3, below `/api`.
//!
//! A request has a `path` and `parameters`; the `table` of `collections` says what it means, as an operation of the
//! neutral model, and how it is answered. Documents are described once (`document`) and written as XML, as JSON or as
//! a page of the console (`html`), as `negotiation` has it.
//!
//! # Decided otherwise than in the original
//! Where it is not said at its place:
//! - What is advertised is what the cloud can do, and what is legal now; every link can be followed as it is, so matrix
//!   parameters of a collection count as parameters. What the original advertised wrongly (subnets of interfaces, see
//!   `network_interfaces`) is right.
//! - JSON says what XML says. What was missing in either is added; nothing is taken away or renamed.
//! - What the original failed to write is written: networks and subnets made in XML, images made in JSON, load balancers,
//!   the outcome of commands. A metric is that of the instance that was asked for.
//! - A parameter that the cloud does not take is refused, where the original passed over it; parameters that the API does
//!   not know are passed over. What is wrong with a parameter is said in the form that was asked for, with its name.
//! - What is made on networks is answered with 200, as recorded, and says where it is, as everything that is made does.
//! - What is not there cannot be destroyed: 404, where images were 204 and keys 500.
//! - A wrong method is 405 with `Allow`, not 404. A collection that the cloud does not have is 412, without the `Expect`
//!   that has no meaning in an answer.
//! - Hardware profiles need credentials; credentials are asked for before parameters are looked at, since who says
//!   nothing learns nothing.
//! - The provider's case is kept; no request reaches a back end that the operator does not allow.
//! - Pages are new. A browser's form is acted upon only with its token; nothing is done because of a page of another site.
//! - `OPTIONS` of the entry point names methods, not classes.

mod answer;
mod asked;
mod collections;
mod context;
mod docs;
mod drawing;
mod drivers;
mod entry;
mod errors;
mod html;
mod links;
mod measures;
mod multipart;
mod narrowing;
mod negotiation;
mod parameters;
mod path;
mod plan;
mod ready;
mod route;
mod states;
mod table;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri};
use secrecy::SecretString;

use self::{
    asked::Asked,
    collections::buckets,
    context::Context,
    errors::Fault,
    html::Tokens,
    negotiation::Wanted,
    parameters::Parameters,
    path::Path,
    ready::Ready,
    route::{Route, Target},
    table::{How, Row},
};
use super::{Arrival, Call, Choice, Choosable, Claim, Frontend, Intake, Reply, tag::Tagged};
use crate::{
    model::{Capabilities, Error, ErrorKind},
    wire::{basic, document, form::encode, sign::Refusal},
};

/// The Deltacloud front end.
#[derive(Debug)]
pub struct Deltacloud {
    /// The most instances that one request makes.
    most_instances: u32,
    /// What forms carry.
    tokens: Tokens,
    /// The drivers that a request may choose.
    drivers: Vec<Choosable>,
}

impl Deltacloud {
    /// A front end of which one request makes at most so many instances.
    pub fn new(most_instances: u32) -> Self {
        Deltacloud { most_instances, tokens: Tokens::default(), drivers: Vec::new() }
    }

    /// The same, where a request may choose one of these drivers.
    pub fn knowing(self, drivers: Vec<Choosable>) -> Self {
        Deltacloud { drivers, ..self }
    }

    fn call(&self, request: &Request<Bytes>, context: &Context, cloud: &Capabilities) -> Result<Call, Fault> {
        let (method, path) = (parameters::method(request), read(request)?);
        let operation = |row: &'static Row, target, form| {
            if !row.is_passed_on(cloud) {
                return Err(Fault::incapable());
            }
            self.operate(row, target, form, request, &path, context, cloud)
        };
        match place(request, &method, &path) {
            Some(html::Place::Form(row, target)) => {
                return operation(row, target, true).map(|call| tagged(call, request));
            }
            Some(html::Place::LogOut) => {
                return Err(Fault::new(StatusCode::UNAUTHORIZED, "You are logged out"));
            }
            None => {}
        }
        let route = Route::of(&method, &path)?;
        if let (Route::Operation(Row { answer: How::Life, action, .. }, _), Some(form)) =
            (&route, drawing::Form::asked(request))
        {
            return Ok(tagged(ready::drawn(action, form, context, cloud)?, request));
        }
        let is_document = route.is_document();
        if is_document && context::accepted(request).is_none() {
            let message = "Not Acceptable: there is XML, JSON and HTML";
            return Err(Fault::new(StatusCode::NOT_ACCEPTABLE, message));
        }
        match route {
            Route::Entry => Ok(ready::entry(context, cloud)),
            Route::Choice => chosen(request, &path, context),
            Route::Docs(subject) => {
                Ok(ready::here("docs", "docs", context, cloud, &subject.document(cloud, context)?, true))
            }
            Route::Options(allow) => Ok(ready::options(context, allow)),
            Route::Operation(row, target) => operation(row, target, false),
        }
        .map(|call| if is_document { tagged(call, request) } else { call })
    }

    fn context(&self, request: &Request<Bytes>, arrival: &Arrival) -> Context {
        Context::of(request, arrival, &self.tokens)
    }

    /// Does what a row says, or shows its `form`.
    #[expect(clippy::too_many_arguments, reason = "it is all that a request is")]
    fn operate(
        &self,
        row: &'static Row,
        target: Target<'_>,
        form: bool,
        request: &Request<Bytes>,
        path: &Path,
        context: &Context,
        cloud: &Capabilities,
    ) -> Result<Call, Fault> {
        let user = credentials(request).map(|(user, _)| user).unwrap_or_default();
        let asked = Asked {
            id: target.id,
            part: target.part,
            parameters: match row.answer {
                How::Upload(sent, _) if buckets::intake(sent, request) != Intake::Whole => {
                    Parameters::outside_the_body(request, path)?
                }
                _ => Parameters::of(request, path)?,
            },
            user: &user,
            cloud,
            context,
            most_instances: self.most_instances,
        };
        if matches!(row.answer, How::Life) {
            let document = states::document(cloud, context);
            return Ok(ready::here(row.action, row.collection(), context, cloud, &document, false));
        }
        if matches!(row.answer, How::Drivers) {
            return drivers::call(row.action, &asked, &self.drivers);
        }
        match &context.visit {
            Some(visit) if form => return Ok(html::form(row, &asked, visit)),
            Some(visit) => return html::call(row, asked, request, visit, &self.tokens),
            None => {}
        }
        if let How::Own(_, _, call) | How::Upload(_, call) = row.answer {
            return call(&asked, request);
        }
        let plan = row.plan(&asked)?.ok_or_else(Fault::incapable)?;
        let (before, operation) = (plan.before, Some(plan.operation));
        Ok(Call {
            action: row.action,
            before,
            operation,
            idempotency: None,
            upload: None,
            encode: Box::new(plan.answer),
        })
    }
}

/// The user's name and password; none when there are none, or none that can be read.
fn credentials(request: &Request<Bytes>) -> Option<(String, SecretString)> {
    basic::find(request.headers())?.decode()
}

impl Frontend for Deltacloud {
    fn name(&self) -> &'static str {
        "deltacloud"
    }

    fn entry(&self) -> &'static str {
        "/api"
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

    /// Matrix parameters of the first segment win over the headers.
    fn choice(&self, request: &Request<Bytes>) -> Choice {
        let path = path::read(request.uri().path()).unwrap_or_default();
        let matrix = |name| path::root_parameter(&path, name).map(str::to_owned);
        let Choice { driver, provider } = Choice::of(request.headers());
        Choice { driver: matrix("driver").or(driver), provider: matrix("provider").or(provider) }
    }

    fn identify(&self, request: &Request<Bytes>, arrival: &Arrival) -> Result<Claim, Reply> {
        if html::is_foreign(request, arrival) {
            let message = "A page of another site may not do anything here";
            return Err(Fault::new(StatusCode::FORBIDDEN, message).reply(&self.context(request, arrival)));
        }
        let forced = parameters::in_query(request, "force_auth").is_some();
        let credentials = credentials(request);
        if !forced && is_public(request, credentials.is_some()) {
            return Ok(Claim::Public);
        }
        Ok(credentials.map_or(Claim::Anonymous, |(user, password)| Claim::Password { user, password }))
    }

    /// What leads nowhere is refused before its body is read, unless that may be a form that means another method.
    fn intake(&self, request: &Request<Bytes>) -> Intake {
        let path = path::read(request.uri().path());
        match path.as_ref().map(|path| Route::of(&parameters::method(request), path)) {
            Some(Ok(Route::Operation(Row { answer: How::Upload(sent, _), .. }, _))) => {
                buckets::intake(*sent, request)
            }
            Some(Ok(_)) => Intake::Whole,
            Some(Err(_)) | None if request.method() == Method::POST => Intake::Whole,
            Some(Err(_)) | None => Intake::Enough,
        }
    }

    fn decode(
        &self,
        request: &Request<Bytes>,
        arrival: &Arrival,
        cloud: &Capabilities,
    ) -> Result<Call, Reply> {
        let context = self.context(request, arrival);
        if let Some(call) = beside_the_api(request, &context) {
            return Ok(call);
        }
        let call = if arrival.host.is_empty() {
            Err(Fault::invalid("Unable to find HTTP Host header"))
        } else {
            self.call(request, &context, cloud)
        };
        call.map_err(|fault| fault.reply(&context))
    }

    fn reject(&self, request: &Request<Bytes>, arrival: &Arrival, _: &Refusal) -> Reply {
        let fault = Fault::new(StatusCode::UNAUTHORIZED, "Unauthorized");
        fault.reply(&self.context(request, arrival))
    }

    fn refuse(&self, request: &Request<Bytes>, arrival: &Arrival, error: &Error) -> Reply {
        let nobody = error.kind() == ErrorKind::Unauthenticated && credentials(request).is_none();
        let unknown = || {
            let message = "Unauthorized: send a user and a password by HTTP Basic";
            Fault::new(StatusCode::UNAUTHORIZED, message)
        };
        let fault = if nobody { unknown() } else { Fault::from(error) };
        fault.reply(&self.context(request, arrival))
    }
}

/// The same call, with an answer that has a tag.
fn tagged(call: Call, request: &Request<Bytes>) -> Call {
    Call { encode: Box::new(Tagged::new(call.encode, request)), ..call }
}

/// What leads nowhere is told to everybody, too. Drivers are, but who says who he is learns more of them.
fn is_public(request: &Request<Bytes>, is_somebody: bool) -> bool {
    let path = path::read(request.uri().path()).unwrap_or_default();
    let method = parameters::method(request);
    if let Some(place) = place(request, &method, &path) {
        return matches!(place, html::Place::LogOut);
    }
    Route::of(&method, &path).map_or(true, |route| route.is_public(is_somebody))
}

fn read(request: &Request<Bytes>) -> Result<Path, Fault> {
    path::read(request.uri().path()).ok_or_else(|| Fault::invalid("the path cannot be read"))
}

/// What only the console has at a path.
fn place<'p>(request: &Request<Bytes>, method: &Method, path: &'p Path) -> Option<html::Place<'p>> {
    let is_page = matches!(context::accepted(request), Some(Wanted::Page));
    is_page.then(|| html::Place::of(method, path)).flatten()
}

/// The answer to what is no part of the API: a file of the console.
fn beside_the_api(request: &Request<Bytes>, context: &Context) -> Option<Call> {
    let path = path::read(request.uri().path())?;
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    html::asset(&path).filter(|_| reads).map(|asset| html::file(asset, context))
}

/// Leads to the entry point of the back end that a form chooses; the driver that was chosen already stays.
fn chosen(request: &Request<Bytes>, path: &Path, context: &Context) -> Result<Call, Fault> {
    let parameters = Parameters::of(request, path)?;
    let driver = parameters.text("driver").or(path::root_parameter(path, "driver"));
    let pairs = [("driver", driver), ("provider", parameters.text("provider"))];
    if pairs.iter().skip(1).all(|(_, value)| value.is_none()) && parameters.text("driver").is_none() {
        return Err(Fault::invalid("Required parameter 'driver' or 'provider' not found"));
    }
    let given = pairs.iter().filter_map(|(name, value)| Some(format!(";{name}={}", encode((*value)?))));
    let place = given.fold(context.href(&[]), |place, pair| place + &pair);
    let (status, headers) = (StatusCode::MOVED_PERMANENTLY, vec![("location", place)]);
    let content_type = "text/html;charset=utf-8";
    Ok(ready::call(
        "choice",
        Ready { context: context.clone(), status, content_type, headers, body: Bytes::new() },
    ))
}
