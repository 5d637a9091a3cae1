//! The page of a failure: what went wrong, and what to do about it.

use askama::Template;
use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{
    frame::{self, Around, Crumb},
    visit::Visit,
};
use crate::frontends::deltacloud::{context::Context, errors::Fault};

#[derive(Template)]
#[template(path = "error.html")]
struct Page<'a> {
    title: &'static str,
    status: u16,
    message: &'a str,
    advice: &'static str,
    home: String,
    log_in: bool,
}

/// The page that says what went wrong.
pub(in super::super) fn page(fault: &Fault, context: &Context, visit: &Visit) -> Bytes {
    let (title, advice) = words(fault.status);
    let around = Around {
        context,
        visit,
        cloud: None,
        collection: None,
        title: title.to_owned(),
        crumbs: vec![Crumb::above("Home", context.href(&[])), Crumb::here(title)],
        documented: false,
    };
    let page = Page {
        title,
        status: fault.status.as_u16(),
        message: &fault.message,
        advice,
        home: context.href(&[]),
        log_in: fault.status == StatusCode::UNAUTHORIZED,
    };
    let mut out = BytesMut::new();
    around.open(&mut out);
    frame::write(&page, &mut out);
    around.close(&mut out);
    out.freeze()
}

/// What a status means to people, and what they can do.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("That makes no sense here", "Go back, look over what you sent, and send it again."),
        401 => ("Please log in", "Log in with the user and the password that the cloud knows you by."),
        403 => ("That is not allowed", "Ask who runs the cloud for the right to do this, or go back."),
        404 => (
            "There is nothing here",
            "It may be gone, or the address may be wrong. Start from the home page.",
        ),
        405 => ("That cannot be done now", "Go back and see what can be done in its present state."),
        406 => ("There is no such form of this", "Leave out the format, or ask for HTML, XML or JSON."),
        409 => ("Something is in the way", "Look at what is there already, or wait until it is done."),
        412 | 501 => {
            ("This cloud cannot do that", "Another cloud may: the home page shows what this one has.")
        }
        502 => {
            ("The cloud does not answer as it should", "Try again in a while. If it lasts, tell who runs it.")
        }
        503 => ("Too much is going on", "Wait a few seconds, then try again."),
        504 => ("The cloud takes too long", "It may have been done all the same: look before you try again."),
        _ => ("Something went wrong", "Try again. If it lasts, tell who runs this gateway."),
    }
}
