//! What is around answers and faults: EC2's own Query protocol, and that of AWS's other services, which STS speaks
//! ([awsQuery](https://smithy.io/2.0/aws/protocols/aws-query-protocol.html)).

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode};

use super::{
    caller::Signer,
    errors::{CONTENT_TYPE, Fault},
    parameters::Parameters,
};
use crate::{frontends::Head, wire::xml};

/// The path of the endpoint that speaks nothing but STS.
pub(super) const STS_PATH: &str = "/sts";
/// The API version of STS, by which a request for it is known that was signed for another service.
const STS_VERSION: &str = "2011-06-15";
/// The namespace of STS's documents.
const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// The service that requests for STS are signed for.
const STS_SERVICE: &str = "sts";

/// How a request is written, and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// EC2's Query protocol.
    Query,
    /// STS's.
    Sts,
}

/// What the envelope of an answer says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heading<'a> {
    /// The action.
    pub(super) action: &'static str,
    /// The API version that the client asked for.
    pub(super) version: &'a str,
    /// The request's id.
    pub(super) request_id: &'a str,
}

impl Dialect {
    /// The dialect of a request: by its path, by what it was signed for, by its version. Old clients sign for odd
    /// services, so that alone does not tell.
    pub(super) fn of(request: &Request<Bytes>, signer: &Signer, parameters: Option<&Parameters>) -> Self {
        let is_there = request.uri().path().trim_end_matches('/') == STS_PATH;
        let is_signed = || signer.service.as_deref() == Some(STS_SERVICE);
        let is_versioned = || parameters.and_then(|all| all.text("Version")) == Some(STS_VERSION);
        if is_there || is_signed() || is_versioned() { Dialect::Sts } else { Dialect::Query }
    }

    /// Writes what comes before the answer's own fields.
    pub(super) fn open(self, heading: Heading<'_>, xml: &mut xml::Writer<'_>) {
        let Heading { action, version, request_id } = heading;
        xml.declaration();
        match self {
            Dialect::Query => {
                let namespace = format!("http://ec2.amazonaws.com/doc/{version}/");
                xml.open_with(&response(action), &[("xmlns", &namespace)]);
                xml.text("requestId", request_id);
            }
            Dialect::Sts => {
                xml.open_with(&response(action), &[("xmlns", STS_NAMESPACE)]);
                xml.open(&format!("{action}Result"));
            }
        }
    }

    /// Writes what comes after them.
    pub(super) fn close(self, heading: Heading<'_>, xml: &mut xml::Writer<'_>) {
        let Heading { action, request_id, .. } = heading;
        if self == Dialect::Sts {
            xml.close(&format!("{action}Result"));
            xml.open("ResponseMetadata");
            xml.text("RequestId", request_id);
            xml.close("ResponseMetadata");
        }
        xml.close(&response(action));
    }

    /// The head of an answer that is a fault.
    pub(super) fn head(self, fault: &Fault) -> Head {
        Head::new(self.outcome(fault).1, CONTENT_TYPE)
    }

    /// The code and the status of a fault. Clients of STS know that a key is wrong by codes of its own.
    pub(super) fn outcome(self, fault: &Fault) -> (&'static str, StatusCode) {
        match (self, fault.code) {
            (Dialect::Sts, "AuthFailure") => ("InvalidClientTokenId", fault.status),
            (Dialect::Sts, "RequestExpired") => ("ExpiredToken", fault.status),
            (Dialect::Sts | Dialect::Query, code) => (code, fault.status),
        }
    }

    /// Writes the document of a fault.
    pub(super) fn write(self, fault: &Fault, request_id: &str, out: &mut BytesMut) {
        let (code, status) = self.outcome(fault);
        let mut xml = xml::Writer::new(out);
        xml.declaration();
        match self {
            Dialect::Query => write_query_fault(code, &fault.message, request_id, &mut xml),
            Dialect::Sts => write_sts_fault(code, status, &fault.message, request_id, &mut xml),
        }
    }
}

/// It has no namespace, and `Error` has exactly two children: some clients read it by position.
fn write_query_fault(code: &str, message: &str, request_id: &str, xml: &mut xml::Writer<'_>) {
    xml.open("Response");
    xml.open("Errors");
    xml.open("Error");
    xml.text("Code", code);
    xml.text("Message", message);
    xml.close("Error");
    xml.close("Errors");
    xml.text("RequestID", request_id);
    xml.close("Response");
}

fn write_sts_fault(
    code: &str,
    status: StatusCode,
    message: &str,
    request_id: &str,
    xml: &mut xml::Writer<'_>,
) {
    xml.open_with("ErrorResponse", &[("xmlns", STS_NAMESPACE)]);
    xml.open("Error");
    xml.text("Type", if status.is_server_error() { "Receiver" } else { "Sender" });
    xml.text("Code", code);
    xml.text("Message", message);
    xml.close("Error");
    xml.text("RequestId", request_id);
    xml.close("ErrorResponse");
}

fn response(action: &str) -> String {
    format!("{action}Response")
}
