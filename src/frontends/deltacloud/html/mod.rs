//! The console: the API for people, as pages.
//!
//! Pages are one more way to write the documents that XML and JSON are written from, and forms are made of the table
//! by which requests are decoded; so a new collection or operation has its pages at once. Everything works without
//! scripts: what a script adds is that states refresh themselves, that what destroys is confirmed in place, and that
//! long work is seen to go on.
//!
//! **Invariants:** text reaches a page through the template engine alone, which escapes it. Nothing on a page comes from
//! another host, and nothing in it is executed but the one script that is in the program. No form is acted upon without
//! its token, and nothing at all because of a page of another site.

mod assets;
mod chart;
mod done;
mod error;
mod file;
mod form;
mod frame;
mod home;
mod index;
mod offers;
mod origin;
mod places;
mod reading;
mod show;
mod sizes;
mod token;
mod visit;
mod words;

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{Method, Request, StatusCode};

use self::{done::Done, form::Form, index::Index, show::Show};
pub(super) use self::{
    error::page as error_page,
    file::file,
    origin::is_foreign,
    places::{Place, asset},
    token::Tokens,
    visit::Visit,
};
use super::{
    answer::{Answer, Frame},
    asked::Asked,
    collections::buckets,
    context::Context,
    document::Node,
    errors::Fault,
    parameters::Parameters,
    table::{How, Row, Sent},
};
use crate::{
    frontends::{Call, Encode},
    model::{Capabilities, Verb},
};

/// The media type of pages.
pub(super) const CONTENT_TYPE: &str = "text/html;charset=utf-8";

/// Operations whose outcome is shown at once, because it is nowhere to be seen later.
const SHOWN: &[&str] = &["keys.create", "instances.run"];

/// What a browser may do with a page: nothing but what comes from here, and not within a page of another site.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The header fields of every page.
pub(super) fn headers() -> impl Iterator<Item = (&'static str, String)> {
    let headers = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("vary", "accept, authorization"),
    ];
    headers.into_iter().map(|(name, value)| (name, value.to_owned()))
}

/// The home page.
pub(super) fn home(cloud: &Capabilities, context: &Context, visit: &Arc<Visit>) -> Bytes {
    home::page(cloud, context, visit)
}

/// The page of a document that the front end knows by itself: of a collection or, where it has an id, of one
/// thing in it.
pub(super) fn document(
    context: &Context,
    cloud: &Capabilities,
    visit: &Arc<Visit>,
    collection: &'static str,
    node: &Node<'_>,
) -> Bytes {
    let answer = Answer::new(context, cloud, Frame::Member, StatusCode::OK);
    let mut out = BytesMut::new();
    match node.attribute_of("id") {
        None => index::whole(node, &answer, visit, collection, &mut out),
        Some(_) => Show::new(answer, visit, collection).whole(node, &mut out),
    }
    out.freeze()
}

/// The form of an operation, to be filled in.
pub(super) fn form(row: &'static Row, asked: &Asked<'_>, visit: &Arc<Visit>) -> Call {
    ask(row, Form::new(row, asked, visit))
}

/// What a request of a browser for an operation on the cloud asks for.
///
/// # Errors
/// When a parameter of what changes nothing makes no sense. Of what changes something, the form comes back.
pub(super) fn call(
    row: &'static Row,
    asked: Asked<'_>,
    request: &Request<Bytes>,
    visit: &Arc<Visit>,
    tokens: &Tokens,
) -> Result<Call, Fault> {
    if matches!(row.method, Method::GET | Method::HEAD) {
        return look(row, &asked, request, visit);
    }
    let asked = match row.answer {
        How::Upload(Sent::Form, _) => Asked { parameters: before_the_file(request, &asked), ..asked },
        _ => asked,
    };
    let form = Form::new(row, &asked, visit);
    let sent = asked.parameters.text(token::FIELD).unwrap_or_default();
    if !tokens.knows(sent, asked.user, visit.now) {
        let message =
            "This form was open for too long, or was not got from here. Look it over and send it again.";
        return Ok(ask(row, form.with(Fault::new(StatusCode::FORBIDDEN, message).into())));
    }
    change(row, &asked, request, visit, form)
}

fn change(
    row: &'static Row,
    asked: &Asked<'_>,
    request: &Request<Bytes>,
    visit: &Arc<Visit>,
    form: Form,
) -> Result<Call, Fault> {
    let planned = match row.answer {
        How::Own(_, _, call) | How::Upload(_, call) => call(asked, request),
        _ => planned(row, asked, visit),
    };
    let call = match planned {
        Ok(call) => call,
        Err(fault) if form.has_fields() => return Ok(ask(row, form.with(fault.into()))),
        Err(fault) => return Err(fault),
    };
    let lists = if form.has_fields() { form.before() } else { Vec::new() };
    let before = call.before.into_iter().chain(lists).collect();
    let shown = SHOWN.contains(&row.action);
    let done = if shown { Done::showing(call.encode, form) } else { Done::leading(call.encode, form) };
    Ok(Call { before, encode: Box::new(done), ..call })
}

fn planned(row: &'static Row, asked: &Asked<'_>, visit: &Arc<Visit>) -> Result<Call, Fault> {
    let plan = row.plan(asked)?.ok_or_else(Fault::incapable)?;
    let (before, operation) = (plan.before, Some(plan.operation));
    let encode: Box<dyn Encode> = match row.answer {
        How::List(_) => Box::new(Index::new(plan.answer, visit, row.collection())),
        How::Show(_) => Box::new(Show::new(plan.answer, visit, row.collection())),
        _ if SHOWN.contains(&row.action) => Box::new(Show::new(plan.answer, visit, row.collection())),
        _ => Box::new(plan.answer),
    };
    Ok(Call { action: row.action, before, operation, idempotency: None, upload: None, encode })
}

/// What changes nothing. The content of a blob is no page, and what has no body needs none.
fn look(
    row: &'static Row,
    asked: &Asked<'_>,
    request: &Request<Bytes>,
    visit: &Arc<Visit>,
) -> Result<Call, Fault> {
    match row.answer {
        How::Own(Verb::Show, _, call) if row.method == Method::GET => {
            let answer = Answer::new(asked.context, asked.cloud, Frame::Member, StatusCode::OK);
            let encode = Box::new(Show::new(answer, visit, row.collection()));
            Ok(Call { encode, ..call(asked, request)? })
        }
        How::Own(_, _, call) | How::Upload(_, call) => call(asked, request),
        _ => planned(row, asked, visit),
    }
}

/// What a form with a file says before it.
fn before_the_file(request: &Request<Bytes>, asked: &Asked<'_>) -> Parameters {
    let mut parameters = asked.parameters.clone();
    parameters.extend(buckets::before_the_file(request));
    parameters
}

fn ask(row: &Row, form: Form) -> Call {
    let before = form.before();
    Call {
        action: row.action,
        before,
        operation: None,
        idempotency: None,
        upload: None,
        encode: Box::new(form),
    }
}
