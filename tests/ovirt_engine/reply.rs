//! What the engine answers: documents, lists that are written while they are sent, and refusals.

use std::sync::Arc;

use super::clock::Time;
use super::follow::Follow;
use super::inventory::Inventory;
use super::mode::{Dialect, Mode};
use super::xml::{DECLARATION, Xml};

/// How one answer is to be shown: dialect and what the client asked to have inlined.
#[derive(Clone)]
pub struct Shown {
    pub dialect: Dialect,
    pub follow: Follow,
    pub all_content: bool,
    /// Whether this is the filtered, user-level view.
    pub filtered: bool,
}

/// What a writer of resources may look at.
pub struct View<'a> {
    pub inventory: &'a Inventory,
    pub now: Time,
    /// Milliseconds from `up` until the guest agent reports.
    pub agent_lag: Time,
    /// Whether this answers a creation, the only answer that shows its status.
    pub creating: bool,
    /// Whether one machine alone was asked for, which shows more of it in 3.1.
    pub single: bool,
    pub shown: &'a Shown,
}

/// Writes the next item of a list; false when there is none.
pub type Next = Box<dyn FnMut(&View<'_>, &mut Xml<'_>) -> bool + Send>;

pub enum Body {
    Empty,
    Text(&'static str, String),
    /// One resource, without the declaration.
    Xml(String),
    List(&'static str, Next),
}

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

impl Reply {
    pub fn new(status: u16, body: Body) -> Reply {
        Reply { status, headers: Vec::new(), body }
    }

    pub fn text(status: u16, content_type: &'static str, text: impl Into<String>) -> Reply {
        Reply::new(status, Body::Text(content_type, text.into()))
    }

    pub fn json(status: u16, value: &serde_json::Value) -> Reply {
        Reply::text(status, "application/json", value.to_string())
    }

    /// A resource written by `write`.
    pub fn resource(status: u16, view: &View<'_>, write: impl FnOnce(&View<'_>, &mut Xml<'_>)) -> Reply {
        let mut xml = Xml::new(&view.shown.dialect, 0);
        write(view, &mut xml);
        Reply::new(status, Body::Xml(xml.out))
    }

    /// A collection whose items `write` writes one by one.
    pub fn list<T: Send + Sync + 'static>(
        root: &'static str,
        items: Vec<Arc<T>>,
        write: impl Fn(&View<'_>, &T, &mut Xml<'_>) + Send + 'static,
    ) -> Reply {
        let mut items = items.into_iter();
        let next = move |view: &View<'_>, xml: &mut Xml<'_>| {
            let item = items.next();
            item.inspect(|item| write(view, item, xml)).is_some()
        };
        Reply::new(200, Body::List(root, Box::new(next)))
    }

    pub fn empty_list(root: &'static str) -> Reply {
        Reply::new(200, Body::List(root, Box::new(|_, _| false)))
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// A request that the engine refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No such thing: no body, or the servlet container's page in 3.0 and 3.1.
    NotFound,
    MethodNotAllowed,
    Unsupported,
    NotAcceptable,
    /// A fault with status, reason and detail.
    Fault(u16, String, String),
    /// A refusal by the engine that is a conflict: 409, or 400 before 3.3.
    Conflict(String),
}

impl Problem {
    /// `reason` of engine refusals.
    const FAILED: &'static str = "Operation Failed";

    pub fn bad(reason: &str, detail: impl Into<String>) -> Problem {
        Problem::Fault(400, reason.to_owned(), detail.into())
    }

    /// Members that a creation lacks, e.g. `Vm [name] required for add`.
    pub fn incomplete(detail: impl Into<String>) -> Problem {
        Problem::bad("Incomplete parameters", detail)
    }

    /// An engine message, shown as the list of one that Java prints.
    pub fn conflict(message: impl AsRef<str>) -> Problem {
        Problem::Conflict(format!("[{}]", message.as_ref()))
    }

    /// An engine message of the class BAD_PARAMETERS.
    pub fn invalid(message: impl AsRef<str>) -> Problem {
        Problem::bad(Problem::FAILED, format!("[{}]", message.as_ref()))
    }

    pub fn denied() -> Problem {
        Problem::Fault(
            403,
            Problem::FAILED.to_owned(),
            "[User is not authorized to perform this action.]".to_owned(),
        )
    }

    /// A body names an entity that does not exist: 404, or 400 before 3.3.
    pub fn unknown_entity(mode: Mode, name: impl AsRef<str>) -> Problem {
        let status = if mode <= Mode::V3_1 { 400 } else { 404 };
        Problem::Fault(status, Problem::FAILED.to_owned(), format!("Entity not found: {}", name.as_ref()))
    }

    /// The answer; `action` wraps the fault as failed actions do.
    pub fn reply(self, dialect: &Dialect, action: bool) -> Reply {
        let mode = dialect.mode;
        match self {
            Problem::NotFound => not_found(mode),
            Problem::MethodNotAllowed => Reply::new(405, Body::Empty),
            Problem::Unsupported => Reply::new(415, Body::Empty),
            Problem::NotAcceptable => Reply::new(406, Body::Empty),
            Problem::Fault(status, reason, detail) => fault(status, &reason, &detail, dialect, action),
            Problem::Conflict(detail) => {
                fault(mode.conflict_status(), Problem::FAILED, &detail, dialect, action)
            }
        }
    }
}

fn fault(status: u16, reason: &str, detail: &str, dialect: &Dialect, action: bool) -> Reply {
    let mut xml = Xml::new(dialect, 0);
    let write = |x: &mut Xml<'_>| {
        x.group("fault", |x| {
            if dialect.v3() {
                x.text("reason", reason);
                x.text("detail", detail);
            } else {
                x.text("detail", detail);
                x.text("reason", reason);
            }
        });
    };
    match (action, dialect.v3()) {
        (false, _) => write(&mut xml),
        (true, true) => xml.group("action", |x| {
            x.state("status", "failed");
            write(x);
        }),
        (true, false) => xml.group("action", |x| {
            write(x);
            x.state("status", "failed");
        }),
    }
    if dialect.mode < Mode::V4_1 && !action {
        return Reply::text(status, "application/xml", unindented(&xml.out));
    }
    Reply::new(status, Body::Xml(xml.out))
}

/// Faults of 3.x come on one line, the declaration's included.
fn unindented(xml: &str) -> String {
    let lines: String = xml.split_inclusive('\n').map(|line| line.trim_start_matches("    ")).collect();
    format!("{}{}", DECLARATION.trim_end(), lines.replace(">\n", ">").trim_end())
}

fn not_found(mode: Mode) -> Reply {
    match mode {
        Mode::V3_0 | Mode::V3_1 => jboss_page(404, "The requested resource () is not available."),
        Mode::V3_6 | Mode::V4_1 | Mode::V4_4 => Reply::new(404, Body::Empty),
    }
}

/// Error page of the 3.0 and 3.1 servlet container.
pub fn jboss_page(status: u16, description: &str) -> Reply {
    let server = "JBoss Web/7.0.16.Final-redhat-1";
    let page = format!(
        "<html><head><title>{server} - Error report</title></head><body><h1>HTTP Status {status} - </h1>\
         <HR size=\"1\" noshade=\"noshade\"><p><b>type</b> Status report</p><p><b>message</b> <u></u></p>\
         <p><b>description</b> <u>{description}</u></p><HR size=\"1\" noshade=\"noshade\"><h3>{server}</h3></body></html>"
    );
    Reply::text(status, "text/html;charset=utf-8", page)
}

/// Error page of the 4.x servlet container.
pub fn undertow_page(status: u16, message: &str) -> Reply {
    let page = format!("<html><head><title>Error</title></head><body>{message}</body></html>");
    Reply::text(status, "text/html;charset=UTF-8", page)
}
