//! Answers that need no cloud: documents and pages of what the front end knows by itself.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{context::Context, document::Node, drawing, entry, errors::Fault, html, negotiation::Format};
use crate::{
    frontends::{Call, Encode, Head, Reply},
    model::{Capabilities, Error, Flow, Resource},
    wire::xml::Writer,
};

/// What a picture may do in a browser: nothing.
const PICTURE_POLICY: &str = "default-src 'none'; sandbox";

/// An answer that needs no cloud.
pub(super) struct Ready {
    pub(super) context: Context,
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

impl Encode for Ready {
    fn head(&self) -> Head {
        Head::new(self.status, self.content_type)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers().into_iter().chain(self.headers.iter().cloned()).collect()
    }

    fn open(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(&self.body);
    }

    fn item(&mut self, _: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}

/// The entry point.
pub(super) fn entry(context: &Context, cloud: &Capabilities) -> Call {
    match &context.visit {
        Some(visit) => page("entry", context, html::home(cloud, context, visit)),
        None => ready("entry", context, &entry::document(cloud, context), true),
    }
}

/// The answer to an operation that needs no cloud.
pub(super) fn here(
    action: &'static str,
    collection: &'static str,
    context: &Context,
    cloud: &Capabilities,
    node: &Node<'_>,
    named: bool,
) -> Call {
    match &context.visit {
        Some(visit) => page(action, context, html::document(context, cloud, visit, collection, node)),
        None => ready(action, context, node, named),
    }
}

fn page(action: &'static str, context: &Context, body: Bytes) -> Call {
    let (status, content_type) = (StatusCode::OK, html::CONTENT_TYPE);
    call(action, Ready { context: context.clone(), status, content_type, headers: Vec::new(), body })
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
    call(
        action,
        Ready {
            context: context.clone(),
            status: StatusCode::OK,
            content_type,
            headers: Vec::new(),
            body: body.freeze(),
        },
    )
}

/// The life of an instance, as a picture.
///
/// # Errors
/// When it cannot be packed.
pub(super) fn drawn(
    action: &'static str,
    form: drawing::Form,
    context: &Context,
    cloud: &Capabilities,
) -> Result<Call, Fault> {
    let (body, headers) =
        (form.draw(cloud.life)?, vec![("content-security-policy", PICTURE_POLICY.to_owned())]);
    let (status, content_type) = (StatusCode::OK, form.content_type());
    Ok(call(action, Ready { context: context.clone(), status, content_type, headers, body }))
}

/// What may be done, which is said in `Allow`.
pub(super) fn options(context: &Context, allow: String) -> Call {
    let headers = vec![("allow", allow)];
    let content_type = "text/html;charset=utf-8";
    call(
        "options",
        Ready { context: context.clone(), status: StatusCode::OK, content_type, headers, body: Bytes::new() },
    )
}

/// The call that has this answer.
pub(super) fn call(action: &'static str, ready: Ready) -> Call {
    Call {
        action,
        before: Vec::new(),
        operation: None,
        idempotency: None,
        upload: None,
        encode: Box::new(ready),
    }
}
