//! EC2's other transport: document-literal [SOAP 1.1](https://www.w3.org/TR/2000/NOTE-SOAP-20000508/) at the same
//! endpoint.
//!
//! A `message` is read into the parameters that a Query request for the same action has, by the `shape` of the action's
//! declared parameters; what is asked and how it is answered is the same from there on. The `wsdl` that clients build
//! themselves from is made of the same shapes.

mod message;
mod shape;
mod wsdl;

pub(super) use message::{Message, read};
pub(super) use wsdl::{call as wsdl_call, is_wanted as wants_wsdl};

use http::{Method, Request, header::CONTENT_TYPE};

/// The namespace of SOAP 1.1's envelope.
pub(super) const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The media type of its messages.
const MEDIA_TYPE: &[u8] = b"text/xml";

/// Whether a request is a message.
pub(super) fn is_soap<B>(request: &Request<B>) -> bool {
    let media = request.headers().get(CONTENT_TYPE).map(|value| value.as_bytes()).unwrap_or_default();
    let essence = media.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    request.method() == Method::POST && essence.eq_ignore_ascii_case(MEDIA_TYPE)
}

/// The namespace of EC2's documents in a version of its API.
pub(super) fn namespace(version: &str) -> String {
    format!("http://ec2.amazonaws.com/doc/{version}/")
}
