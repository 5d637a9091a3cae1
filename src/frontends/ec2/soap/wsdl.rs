//! The [WSDL 1.1](https://www.w3.org/TR/2001/NOTE-wsdl-20010315) that clients build themselves from: an operation for
//! every action, with its parameters. Of an answer it says that it has a request's id and then whatever EC2 has there.

use bytes::{Bytes, BytesMut};
use http::{Method, Request, StatusCode};

use super::{namespace, shape::Shape};
use crate::{
    frontends::{
        Arrival, Call, Encode, Head, Reply,
        ec2::{
            DEFAULT_VERSION, declared::Declared, dialect::Dialect, errors::CONTENT_TYPE, errors::Fault,
            table::ACTIONS,
        },
    },
    model::{Error, Flow, IdForm, Resource},
    wire::xml::Writer,
};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
const HTTP: &str = "http://schemas.xmlsoap.org/soap/http";

/// Whether the WSDL is asked for.
pub(in crate::frontends::ec2) fn is_wanted<B>(request: &Request<B>) -> bool {
    let asks = request.uri().query().is_some_and(|query| query.eq_ignore_ascii_case("wsdl"));
    request.method() == Method::GET && asks
}

/// The answer, which is for everybody and needs no cloud.
pub(in crate::frontends::ec2) fn call(arrival: &Arrival) -> Call {
    let address = format!("{}://{}/ec2", arrival.scheme, arrival.host);
    let encode = Box::new(Document { address, request_id: arrival.request_id.clone() });
    Call { action: "WSDL", before: Vec::new(), operation: None, idempotency: None, upload: None, encode }
}

struct Document {
    address: String,
    request_id: String,
}

impl Encode for Document {
    fn head(&self) -> Head {
        Head::new(StatusCode::OK, CONTENT_TYPE)
    }

    fn open(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(&document(&self.address));
    }

    fn item(&mut self, _: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::of(error, "", IdForm::Opaque).reply(Dialect::Query, &self.request_id, false)
    }
}

fn document(address: &str) -> Bytes {
    let mut out = BytesMut::new();
    let mut xml = Writer::new(&mut out);
    let target = namespace(DEFAULT_VERSION);
    let names = [
        ("xmlns", WSDL),
        ("xmlns:soap", WSDL_SOAP),
        ("xmlns:xs", SCHEMA),
        ("xmlns:tns", &target),
        ("name", "AmazonEC2"),
        ("targetNamespace", &target),
    ];
    xml.declaration().open_with("definitions", &names);
    write_types(&target, &mut xml);
    for action in ACTIONS {
        write_message(action.name, "Request", action.name, &mut xml);
        write_message(action.name, "Response", &format!("{}Response", action.name), &mut xml);
    }
    write_port_type(&mut xml);
    write_binding(&mut xml);
    write_service(address, &mut xml);
    xml.close("definitions");
    out.freeze()
}

fn write_types(target: &str, xml: &mut Writer<'_>) {
    xml.open("types");
    xml.open_with("xs:schema", &[("targetNamespace", target), ("elementFormDefault", "qualified")]);
    for action in ACTIONS {
        let shape = Declared::of(action.name).map(Shape::of).unwrap_or_default();
        xml.open_with("xs:element", &[("name", action.name)]);
        write_structure(&shape, xml);
        xml.close("xs:element");
        xml.open_with("xs:element", &[("name", &format!("{}Response", action.name))]);
        write_answer(xml);
        xml.close("xs:element");
    }
    xml.close("xs:schema");
    xml.close("types");
}

fn write_structure(shape: &Shape, xml: &mut Writer<'_>) {
    xml.open("xs:complexType");
    xml.open("xs:sequence");
    for below in &shape.below {
        write_member(below, xml);
    }
    xml.close("xs:sequence");
    xml.close("xs:complexType");
}

fn write_member(shape: &Shape, xml: &mut Writer<'_>) {
    if !shape.is_list {
        return write_value(&shape.element(), shape, &[("minOccurs", "0")], xml);
    }
    xml.open_with("xs:element", &[("name", &shape.element()), ("minOccurs", "0")]);
    xml.open("xs:complexType");
    xml.open("xs:sequence");
    write_value("item", shape, &[("minOccurs", "0"), ("maxOccurs", "unbounded")], xml);
    xml.close("xs:sequence");
    xml.close("xs:complexType");
    xml.close("xs:element");
}

fn write_value(name: &str, shape: &Shape, occurs: &[(&str, &str)], xml: &mut Writer<'_>) {
    let mut attributes = vec![("name", name)];
    attributes.extend(occurs);
    if shape.below.is_empty() {
        attributes.push(("type", "xs:string"));
        xml.open_with("xs:element", &attributes);
    } else {
        xml.open_with("xs:element", &attributes);
        write_structure(shape, xml);
    }
    xml.close("xs:element");
}

fn write_answer(xml: &mut Writer<'_>) {
    xml.open("xs:complexType");
    xml.open("xs:sequence");
    leaf("xs:element", &[("name", "requestId"), ("type", "xs:string")], xml);
    leaf("xs:any", &[("minOccurs", "0"), ("maxOccurs", "unbounded"), ("processContents", "lax")], xml);
    xml.close("xs:sequence");
    xml.close("xs:complexType");
}

fn write_message(action: &str, which: &str, element: &str, xml: &mut Writer<'_>) {
    xml.open_with("message", &[("name", &format!("{action}{which}Message"))]);
    leaf("part", &[("name", "parameters"), ("element", &format!("tns:{element}"))], xml);
    xml.close("message");
}

fn write_port_type(xml: &mut Writer<'_>) {
    xml.open_with("portType", &[("name", "AmazonEC2PortType")]);
    for action in ACTIONS {
        xml.open_with("operation", &[("name", action.name)]);
        xml.text("documentation", action.summary);
        leaf("input", &[("message", &format!("tns:{}RequestMessage", action.name))], xml);
        leaf("output", &[("message", &format!("tns:{}ResponseMessage", action.name))], xml);
        xml.close("operation");
    }
    xml.close("portType");
}

fn write_binding(xml: &mut Writer<'_>) {
    xml.open_with("binding", &[("name", "AmazonEC2Binding"), ("type", "tns:AmazonEC2PortType")]);
    leaf("soap:binding", &[("style", "document"), ("transport", HTTP)], xml);
    for action in ACTIONS {
        xml.open_with("operation", &[("name", action.name)]);
        leaf("soap:operation", &[("soapAction", action.name)], xml);
        for way in ["input", "output"] {
            xml.open(way);
            leaf("soap:body", &[("use", "literal")], xml);
            xml.close(way);
        }
        xml.close("operation");
    }
    xml.close("binding");
}

fn write_service(address: &str, xml: &mut Writer<'_>) {
    xml.open_with("service", &[("name", "AmazonEC2")]);
    xml.open_with("port", &[("name", "AmazonEC2Port"), ("binding", "tns:AmazonEC2Binding")]);
    leaf("soap:address", &[("location", address)], xml);
    xml.close("port");
    xml.close("service");
}

fn leaf(name: &str, attributes: &[(&str, &str)], xml: &mut Writer<'_>) {
    xml.open_with(name, attributes);
    xml.close(name);
}
