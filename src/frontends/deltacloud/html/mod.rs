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
use http::{Method, StatusCode};

use self::{
    done::Done,
    form::{Form, Problem},
    index::Index,
    show::Show,
};
pub(super) use self::{
    error::page as error_page,
    file::{file, to_the_entry},
    origin::is_foreign,
    places::{Place, asset},
    token::Tokens,
    visit::Visit,
};
use super::{
    answer::{Answer, Frame},
    context::Context,
    errors::Fault,
    plan::Asked,
    table::{How, Row},
};
use crate::{frontends::Call, model::Capabilities};

/// The media type of pages.
pub(super) const CONTENT_TYPE: &str = "text/html;charset=utf-8";

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

/// The page of a document that the front end knows by itself.
pub(super) fn document(
    row: &Row,
    asked: &Asked<'_>,
    visit: &Arc<Visit>,
    node: &super::document::Node<'_>,
) -> Bytes {
    let answer = Answer::new(asked.context, asked.cloud, Frame::Member, StatusCode::OK);
    let mut out = BytesMut::new();
    match asked.id {
        None => index::whole(node, &answer, visit, row.collection(), &mut out),
        Some(_) => Show::new(answer, visit, row.collection()).whole(node, &mut out),
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
    asked: &Asked<'_>,
    visit: &Arc<Visit>,
    tokens: &Tokens,
) -> Result<Call, Fault> {
    if row.method == Method::GET {
        return look(row, asked, visit);
    }
    let form = Form::new(row, asked, visit);
    let sent = asked.parameters.text(token::FIELD).unwrap_or_default();
    if !tokens.knows(sent, asked.user, visit.now) {
        let message =
            "This form was open for too long, or was not got from here. Look it over and send it again.";
        let fault = Fault::new(StatusCode::FORBIDDEN, message);
        return Ok(ask(row, form.with(Problem::of(fault, None))));
    }
    let plan = match row.plan(asked) {
        Ok(plan) => plan.ok_or_else(Fault::incapable)?,
        Err(fault) => return Ok(ask(row, form.with(Problem::of(fault, None)))),
    };
    let lists = form.has_fields().then(|| form.before()).unwrap_or_default();
    let before = plan.before.into_iter().chain(lists).collect();
    let show = |answer| Show::new(answer, visit, row.collection());
    let encode = Box::new(Done::new(plan.answer, form, row.action, show));
    Ok(Call { action: row.action, before, operation: Some(plan.operation), upload: None, encode })
}

fn look(row: &'static Row, asked: &Asked<'_>, visit: &Arc<Visit>) -> Result<Call, Fault> {
    let plan = row.plan(asked)?.ok_or_else(Fault::incapable)?;
    let (before, operation) = (plan.before, Some(plan.operation));
    let (action, collection) = (row.action, row.collection());
    Ok(match row.answer {
        How::List(_) => {
            let encode = Box::new(Index::new(plan.answer, visit, collection));
            Call { action, before, operation, upload: None, encode }
        }
        How::Here(_) | How::Show(_) | How::Create(..) | How::Do(_) | How::Change(..) | How::Destroy(_) => {
            let encode = Box::new(Show::new(plan.answer, visit, collection));
            Call { action, before, operation, upload: None, encode }
        }
    })
}

fn ask(row: &Row, form: Form) -> Call {
    let before = form.before();
    Call { action: row.action, before, operation: None, upload: None, encode: Box::new(form) }
}
