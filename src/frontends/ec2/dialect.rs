//! What is around answers and faults: EC2's own Query protocol, and Eucalyptus's words in it; SOAP; and the protocol of AWS's other services, which STS
//! speaks ([awsQuery](https://smithy.io/2.0/aws/protocols/aws-query-protocol.html)).

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, Uri};

use super::{
    caller::Signer,
    errors::{CONTENT_TYPE, Fault},
    parameters::Parameters,
    soap,
};
use crate::{frontends::Head, wire::xml};

/// The path of the endpoint that speaks nothing but STS.
pub(super) const STS_PATH: &str = "/sts";
/// The API version of STS, by which a request for it is known that was signed for another service.
const STS_VERSION: &str = "2011-06-15";
/// The namespace of STS's documents.
const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// The paths at which clients of Eucalyptus ask, of its releases before version 4 and since.
pub(super) const EUCALYPTUS_PATHS: &[&str] =
    &["/services/Eucalyptus", "/services/Cloud", "/services/compute"];
/// The namespace of what Eucalyptus says in its own words.
const EUCALYPTUS_NAMESPACE: &str = "http://msgs.eucalyptus.com/3.3.0";
/// What Eucalyptus says in its own words: these actions were its own before they were EC2's.
const EUCALYPTUS_ACTIONS: &[&str] = &["DescribeInstanceTypes"];
/// The service that requests for STS are signed for.
const STS_SERVICE: &str = "sts";

/// How a request is written, and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// EC2's Query protocol.
    Query,
    /// The same, as Eucalyptus speaks it.
    Eucalyptus,
    /// STS's.
    Sts,
    /// SOAP 1.1.
    Soap,
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
        if soap::is_soap(request) {
            return Dialect::Soap;
        }
        let path = endpoint(request.uri());
        if EUCALYPTUS_PATHS.contains(&path) {
            return Dialect::Eucalyptus;
        }
        let is_there = path == STS_PATH;
        let is_signed = || signer.service.as_deref() == Some(STS_SERVICE);
        let is_versioned = || parameters.and_then(|all| all.text("Version")) == Some(STS_VERSION);
        if is_there || is_signed() || is_versioned() { Dialect::Sts } else { Dialect::Query }
    }

    /// Writes what comes before the answer's own fields.
    pub(super) fn open(self, heading: Heading<'_>, xml: &mut xml::Writer<'_>) {
        let Heading { action, version, request_id } = heading;
        xml.declaration();
        match self {
            Dialect::Query | Dialect::Eucalyptus | Dialect::Soap => {
                if self == Dialect::Soap {
                    open_envelope(xml);
                }
                let namespace = match self {
                    Dialect::Eucalyptus if EUCALYPTUS_ACTIONS.contains(&action) => {
                        EUCALYPTUS_NAMESPACE.into()
                    }
                    _other => soap::namespace(version),
                };
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
        if self == Dialect::Soap {
            close_envelope(xml);
        }
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
            // SOAP 1.1, section 6.2: a fault has this status; what HTTP itself asks for keeps its own.
            (Dialect::Soap, code) if fault.status != StatusCode::UNAUTHORIZED => {
                (code, StatusCode::INTERNAL_SERVER_ERROR)
            }
            (Dialect::Sts | Dialect::Query | Dialect::Eucalyptus | Dialect::Soap, code) => {
                (code, fault.status)
            }
        }
    }

    /// Writes the document of a fault.
    pub(super) fn write(self, fault: &Fault, request_id: &str, out: &mut BytesMut) {
        let (code, status) = self.outcome(fault);
        let mut xml = xml::Writer::new(out);
        xml.declaration();
        match self {
            Dialect::Query | Dialect::Eucalyptus => {
                write_query_fault(code, &fault.message, request_id, &mut xml)
            }
            Dialect::Soap => write_soap_fault(fault, request_id, &mut xml),
            Dialect::Sts => write_sts_fault(code, status, &fault.message, request_id, &mut xml),
        }
    }
}

/// Where a request goes, whether or not that ends in a slash.
pub(super) fn endpoint(uri: &Uri) -> &str {
    let path = uri.path();
    path.strip_suffix('/').unwrap_or(path)
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

/// Whose fault it is, in SOAP's words, and the document of the Query protocol as the detail of it.
fn write_soap_fault(fault: &Fault, request_id: &str, xml: &mut xml::Writer<'_>) {
    let whose = match fault.code {
        "VersionMismatch" => "soap:VersionMismatch",
        "MustUnderstand" => "soap:MustUnderstand",
        _ if fault.status.is_server_error() => "soap:Server",
        _ => "soap:Client",
    };
    open_envelope(xml);
    xml.open("soap:Fault");
    xml.text("faultcode", whose);
    xml.text("faultstring", &fault.message);
    xml.open("detail");
    write_query_fault(fault.code, &fault.message, request_id, xml);
    xml.close("detail");
    xml.close("soap:Fault");
    close_envelope(xml);
}

fn open_envelope(xml: &mut xml::Writer<'_>) {
    xml.open_with("soap:Envelope", &[("xmlns:soap", soap::ENVELOPE)]);
    xml.open("soap:Body");
}

fn close_envelope(xml: &mut xml::Writer<'_>) {
    xml.close("soap:Body");
    xml.close("soap:Envelope");
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
