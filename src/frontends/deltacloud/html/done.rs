//! The answer to a form that was sent: the browser is led on to what came of it, or gets the form back.

use bytes::BytesMut;
use http::StatusCode;

use super::{
    CONTENT_TYPE,
    form::{Form, Problem},
};
use crate::{
    frontends::{Encode, Head, Reply, deltacloud::errors::Fault},
    model::{Error, Flow, Resource},
};

/// The answer to a form that was sent.
pub(super) struct Done {
    /// The answer in other forms, or the page of what came of it.
    inner: Box<dyn Encode>,
    form: Form,
    /// Whether the browser is led on, instead of being shown what came of it.
    leads: bool,
    /// What the other answer says, which nobody reads.
    unread: BytesMut,
}

impl Done {
    /// Leads the browser on, when what `inner` would answer is good.
    pub(super) fn leading(inner: Box<dyn Encode>, form: Form) -> Self {
        Done { inner, form, leads: true, unread: BytesMut::new() }
    }

    /// Shows what came of it.
    pub(super) fn showing(inner: Box<dyn Encode>, form: Form) -> Self {
        Done { inner, form, leads: false, unread: BytesMut::new() }
    }
}

impl Encode for Done {
    fn head(&self) -> Head {
        if self.leads { Head::new(StatusCode::SEE_OTHER, CONTENT_TYPE) } else { self.inner.head() }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.inner.headers();
        if self.leads && !headers.iter().any(|(name, _)| *name == "location") {
            headers.push(("location", self.form.back()));
        }
        headers
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        let flow = self.inner.note(resource)?;
        let wanted = Form::note(&mut self.form, resource);
        Ok(if wanted == Flow::More { wanted } else { flow })
    }

    fn open(&mut self, out: &mut BytesMut) {
        self.inner.open(if self.leads { &mut self.unread } else { out });
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        self.unread.clear();
        self.inner.item(resource, if self.leads { &mut self.unread } else { out })
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        self.inner.close(if self.leads { &mut self.unread } else { out })
    }

    fn fail(&mut self, error: &Error) -> Reply {
        let reply = self.inner.fail(error);
        if reply.head.status == StatusCode::UNAUTHORIZED || !self.form.has_fields() {
            return reply;
        }
        let field = error.subject().and_then(|(kind, id)| self.form.field_of(kind, id.as_str()));
        let (status, message) = (reply.head.status, error.message().to_owned());
        self.form.refuse(Problem { status, message, field });
        let mut out = BytesMut::new();
        self.form.write(&mut out);
        Reply { body: out.freeze(), ..reply }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Problem { status: fault.status, message: fault.message, field: fault.parameter }
    }
}

/// A form on its own: to be filled in, or to be sent again.
impl Encode for Form {
    fn head(&self) -> Head {
        Head::new(self.status(), CONTENT_TYPE)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        Form::context(self).headers()
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
        Fault::from(error).reply(Form::context(self))
    }
}
