//! The answer to a form that was sent: the browser is led on to what came of it, or gets the form back.

use bytes::BytesMut;
use http::StatusCode;

use super::{
    CONTENT_TYPE,
    form::{Form, Problem},
    show::Show,
};
use crate::{
    frontends::{
        Encode, Head, Reply,
        deltacloud::{
            answer::{Answer, Frame},
            collections,
            errors::Fault,
        },
    },
    model::{Error, ErrorKind, Flow, Resource},
};

/// Operations whose outcome is shown at once, because it is nowhere to be seen later.
const SHOWN: &[&str] = &["keys.create", "instances.run"];

/// The answer to a form that was sent.
pub(super) enum Done {
    /// The browser is led on.
    Led { answer: Box<Answer>, form: Box<Form>, location: Option<String>, seen: bool },
    /// What came of it is shown.
    Shown { show: Box<Show>, form: Box<Form> },
}

impl Done {
    /// The answer to `form`, sent for an operation that `answer` would answer in other forms.
    pub(super) fn new(answer: Answer, form: Form, action: &str, show: impl FnOnce(Answer) -> Show) -> Self {
        let form = Box::new(form);
        if SHOWN.contains(&action) {
            return Done::Shown { show: Box::new(show(answer)), form };
        }
        Done::Led { answer: Box::new(answer), form, location: None, seen: false }
    }

    fn form(&mut self) -> &mut Form {
        match self {
            Done::Led { form, .. } | Done::Shown { form, .. } => form,
        }
    }

    fn fault(&self, error: &Error) -> Fault {
        match self {
            Done::Led { answer, .. } => answer.fault(error),
            Done::Shown { show, .. } => show.fault(error),
        }
    }
}

impl Encode for Done {
    fn head(&self) -> Head {
        match self {
            Done::Led { .. } => Head::new(StatusCode::SEE_OTHER, CONTENT_TYPE),
            Done::Shown { show, .. } => show.head(),
        }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        match self {
            Done::Led { answer, form, location, .. } => {
                let mut headers = answer.context.headers();
                headers.push(("location", location.clone().unwrap_or_else(|| form.back())));
                headers
            }
            Done::Shown { show, .. } => show.headers(),
        }
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        let flow = match self {
            Done::Led { answer, .. } => answer.note(resource)?,
            Done::Shown { show, .. } => show.note(resource)?,
        };
        let wanted = self.form().note(resource);
        Ok(if wanted == Flow::More { wanted } else { flow })
    }

    fn open(&mut self, out: &mut BytesMut) {
        match self {
            Done::Led { .. } => {}
            Done::Shown { show, .. } => show.open(out),
        }
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        match self {
            Done::Led { answer, location, seen, .. } => {
                if answer.status == StatusCode::CREATED && answer.frame == Frame::Member && !*seen {
                    let thing = [collections::of(resource.kind()), resource.id()];
                    *location = Some(answer.context.href(&thing));
                }
                *seen = true;
                Ok(Flow::More)
            }
            Done::Shown { show, .. } => show.item(resource, out),
        }
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        match self {
            Done::Led { answer, seen, .. } => {
                let lacks = !*seen && matches!(answer.frame, Frame::Member | Frame::Bare);
                let missing = || Error::new(ErrorKind::Unexpected, "the cloud does not show what it did");
                if lacks { Err(missing()) } else { Ok(()) }
            }
            Done::Shown { show, .. } => show.close(out),
        }
    }

    fn fail(&mut self, error: &Error) -> Reply {
        let fault = self.fault(error);
        let context = match self {
            Done::Led { answer, .. } => answer.context.clone(),
            Done::Shown { show, .. } => show.context().clone(),
        };
        let form = self.form();
        if fault.status == StatusCode::UNAUTHORIZED || !form.has_fields() {
            return fault.reply(&context);
        }
        let asked_for = error.subject().and_then(|(kind, id)| form.field_of(kind, id.as_str()));
        let reply = fault.reply(&context);
        form.refuse(Problem::of(fault, asked_for));
        let mut out = BytesMut::new();
        form.write(&mut out);
        Reply { body: out.freeze(), ..reply }
    }
}

impl Problem {
    /// What a failure says, beside the field that it is about.
    pub(super) fn of(fault: Fault, field: Option<String>) -> Self {
        Problem { status: fault.status, field: field.or(fault.parameter), message: fault.message }
    }
}

/// A form on its own: to be filled in, or to be sent again.
impl Encode for Form {
    fn head(&self) -> Head {
        Head::new(self.status(), CONTENT_TYPE)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context().headers()
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        Ok(Form::note(self, resource))
    }

    fn open(&mut self, out: &mut BytesMut) {
        self.write(out);
    }

    fn item(&mut self, _: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(self.context())
    }
}
