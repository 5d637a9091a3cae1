//! Deltacloud: the [REST API](https://deltacloud.apache.org/rest-api.html) of Apache Deltacloud 1.1.3, below `/api`.
//!
//! A request has a `path` and `parameters`; the `table` of `collections` says what it means, as an operation of the
//! neutral model, and how it is answered. Documents are described once (`document`) and written as `negotiation` has it.
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
//! - `OPTIONS` of the entry point names methods, not classes.

mod answer;
mod asked;
mod collections;
mod context;
mod document;
mod drivers;
mod entry;
mod errors;
mod links;
mod measures;
mod multipart;
mod narrowing;
mod negotiation;
mod parameters;
mod path;
mod plan;
mod route;
mod states;
mod table;
mod tag;

#[cfg(test)]
mod tests;

use bytes::{Bytes, BytesMut};
use http::{Method, Request, StatusCode};
use secrecy::SecretString;

use self::{
    answer::Ready,
    asked::Asked,
    collections::buckets,
    context::Context,
    document::Node,
    errors::Fault,
    negotiation::Format,
    parameters::Parameters,
    path::Path,
    route::{Route, Target},
    table::{Document, How, Row},
    tag::Tagged,
};
use super::{Arrival, Call, Choice, Choosable, Claim, Frontend, Intake, Reply};
use crate::{
    model::{Capabilities, Error, ErrorKind},
    wire::{basic, sign::Refusal, xml::Writer},
};

/// The Deltacloud front end.
#[derive(Debug)]
pub struct Deltacloud {
    /// The most instances that one request makes.
    most_instances: u32,
    /// The drivers that a request may choose.
    drivers: Vec<Choosable>,
}

impl Deltacloud {
    /// A front end of which one request makes at most so many instances.
    pub fn new(most_instances: u32) -> Self {
        Deltacloud { most_instances, drivers: Vec::new() }
    }

    /// The same, where a request may choose one of these drivers.
    pub fn knowing(self, drivers: Vec<Choosable>) -> Self {
        Deltacloud { drivers, ..self }
    }

    fn call(&self, request: &Request<Bytes>, context: &Context, cloud: &Capabilities) -> Result<Call, Fault> {
        let path = read(request)?;
        let route = Route::of(&parameters::method(request), &path)?;
        let is_document = route.is_document();
        if is_document && context::accepted(request).is_none() {
            return Err(Fault::new(StatusCode::NOT_ACCEPTABLE, "Not Acceptable: there is XML and JSON"));
        }
        match route {
            Route::Entry => Ok(ready("entry", context, &entry::document(cloud, context), true)),
            Route::Options(allow) => Ok(options(context, allow)),
            Route::Operation(row, _) if !row.is_served(cloud) => Err(Fault::incapable()),
            Route::Operation(row, target) => self.operate(row, target, request, &path, context, cloud),
        }
        .map(|call| if is_document { tagged(call, request) } else { call })
    }

    fn operate(
        &self,
        row: &'static Row,
        target: Target<'_>,
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
                How::Upload(..) => Parameters::outside_the_body(request, path)?,
                _ => Parameters::of(request, path)?,
            },
            user: &user,
            cloud,
            context,
            most_instances: self.most_instances,
        };
        if let How::Here(write) = row.answer {
            let Document { node, named, id: only } = write(cloud, context);
            let known = only.is_none_or(|only| target.id.is_some_and(|id| id.eq_ignore_ascii_case(only)));
            return known.then(|| ready(row.action, context, &node, named)).ok_or_else(Fault::nothing_there);
        }
        if matches!(row.answer, How::Drivers) {
            return drivers::call(row.action, &asked, &self.drivers);
        }
        if let How::Own(_, _, call) | How::Upload(_, call) = row.answer {
            return call(&asked, request);
        }
        let plan = row.plan(&asked)?.ok_or_else(Fault::incapable)?;
        let (before, operation) = (plan.before, Some(plan.operation));
        Ok(Call { action: row.action, before, operation, upload: None, encode: Box::new(plan.answer) })
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

    fn request_id_header(&self) -> &'static str {
        "x-request-id"
    }

    fn claims(&self, path: &str) -> bool {
        path::is_ours(path)
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

    fn identify(&self, request: &Request<Bytes>, _: &Arrival) -> Result<Claim, Reply> {
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
        let context = Context::of(request, arrival);
        let call = if arrival.host.is_empty() {
            Err(Fault::invalid("Unable to find HTTP Host header"))
        } else {
            self.call(request, &context, cloud)
        };
        call.map_err(|fault| fault.reply(&context))
    }

    fn reject(&self, request: &Request<Bytes>, arrival: &Arrival, _: &Refusal) -> Reply {
        let fault = Fault::new(StatusCode::UNAUTHORIZED, "Unauthorized");
        fault.reply(&Context::of(request, arrival))
    }

    fn refuse(&self, request: &Request<Bytes>, arrival: &Arrival, error: &Error) -> Reply {
        let nobody = error.kind() == ErrorKind::Unauthenticated && credentials(request).is_none();
        let unknown = || {
            let message = "Unauthorized: send a user and a password by HTTP Basic";
            Fault::new(StatusCode::UNAUTHORIZED, message)
        };
        let fault = if nobody { unknown() } else { Fault::from(error) };
        fault.reply(&Context::of(request, arrival))
    }
}

/// The same call, with an answer that has a tag.
fn tagged(call: Call, request: &Request<Bytes>) -> Call {
    Call { encode: Box::new(Tagged::new(call.encode, request)), ..call }
}

/// What leads nowhere is told to everybody, too. Drivers are, but who says who he is learns more of them.
fn is_public(request: &Request<Bytes>, is_somebody: bool) -> bool {
    let path = path::read(request.uri().path()).unwrap_or_default();
    Route::of(&parameters::method(request), &path).map_or(true, |route| route.is_public(is_somebody))
}

fn read(request: &Request<Bytes>) -> Result<Path, Fault> {
    path::read(request.uri().path()).ok_or_else(|| Fault::invalid("the path cannot be read"))
}

/// The answer that a document is.
fn ready(action: &'static str, context: &Context, node: &Node<'_>, named: bool) -> Call {
    let mut body = BytesMut::new();
    match context.format {
        Format::Xml => node.write_xml(&mut Writer::new(&mut body)),
        Format::Json if named => node.write_json_document(&mut body),
        Format::Json => node.write_json(&mut body),
    }
    let content_type = context.format.content_type();
    call(action, Ready { context: context.clone(), content_type, headers: Vec::new(), body: body.freeze() })
}

fn options(context: &Context, allow: String) -> Call {
    let headers = vec![("allow", allow)];
    let content_type = "text/html;charset=utf-8";
    call("options", Ready { context: context.clone(), content_type, headers, body: Bytes::new() })
}

fn call(action: &'static str, ready: Ready) -> Call {
    Call { action, before: Vec::new(), operation: None, upload: None, encode: Box::new(ready) }
}
