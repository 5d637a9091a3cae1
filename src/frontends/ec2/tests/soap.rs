//! Messages of SOAP clients, and what is no such message.

use http::Method;

use super::*;
use crate::frontends::{Claim, ec2::actions};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const EC2: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

fn post(body: impl Into<Bytes>) -> Request<Bytes> {
    let request = Request::builder().method(Method::POST).uri("/ec2");
    request.header("content-type", "text/xml; charset=utf-8").body(body.into()).unwrap()
}

fn envelope(body: &str) -> String {
    format!("<e:Envelope xmlns:e=\"{SOAP}\"><e:Body>{body}</e:Body></e:Envelope>")
}

fn message(action: &str, inside: &str) -> Request<Bytes> {
    post(envelope(&format!("<x:{action} xmlns:x=\"{EC2}\">{inside}</x:{action}>")))
}

fn said(request: &Request<Bytes>) -> Call {
    call_of(request, IdForm::Uuid).unwrap_or_else(|reply| panic!("{}", text(&reply.body)))
}

/// The code and the document of the fault that a message gets.
fn fault(request: &Request<Bytes>) -> (&'static str, u16, String) {
    let reply = call_of(request, IdForm::Uuid).err().unwrap();
    (reply.outcome, reply.head.status.as_u16(), text(&reply.body))
}

#[test]
fn a_message_asks_what_a_query_asks() {
    let lists = format!(
        "<x:instanceIdSet><x:item>{A_SHOWN}</x:item></x:instanceIdSet><x:filterSet><x:item><x:name>tag:Name</x:name>\
         <x:valueSet><x:item>web &amp; co</x:item></x:valueSet></x:item></x:filterSet>"
    );
    let former = format!(
        "<x:instancesSet><x:item><x:instanceId>{A_SHOWN}</x:instanceId></x:item></x:instancesSet><x:filterSet><x:item>\
         <x:name>tag:Name</x:name><x:valueSet><x:item><x:value>web &amp; co</x:value></x:item></x:valueSet></x:item>\
         </x:filterSet>"
    );
    let query = format!(
        "Action=DescribeInstances&InstanceId.1={A_SHOWN}&Filter.1.Name=tag:Name&Filter.1.Value.1=web%20%26%20co"
    );
    for inside in [lists, former] {
        let call = said(&message("DescribeInstances", &inside));
        assert_eq!(call.operation, Some(operation(&query)), "{inside}");
    }
}

#[test]
fn every_action_can_be_asked_with_nothing_or_says_what_it_lacks() {
    for (action, _) in actions().filter(|(action, _)| !action.starts_with("Get")) {
        let by_query = call_of(&get(&format!("Action={action}")), IdForm::Uuid).map(|call| call.operation);
        let by_message = call_of(&message(action, ""), IdForm::Uuid).map(|call| call.operation);
        match (by_query, by_message) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "{action}"),
            (Err(one), Err(other)) => assert_eq!(one.outcome, other.outcome, "{action}"),
            (one, other) => panic!("{action}: {} {}", one.is_ok(), other.is_ok()),
        }
    }
}

/// Each of these is as long as the message, and would be kept once for each of many elements.
#[test]
fn what_a_message_could_multiply_has_its_bounds() {
    let long = "n".repeat(2_000);
    let nested = format!("<{long}><a/><b/></{long}>");
    let blocks =
        format!("<e:Envelope xmlns:e=\"{SOAP}\"><e:Header>{}</e:Header></e:Envelope>", "<b/>".repeat(100));
    let parts = format!("<e:Envelope xmlns:e=\"{SOAP}\">{}</e:Envelope>", "<e:Body/>".repeat(100));
    let namespace = format!("<e:Envelope xmlns:e=\"{SOAP}\" xmlns:x=\"{long}\"/>");
    for (request, word) in [
        (message("DescribeInstances", &nested), "512 bytes"),
        (post(blocks), "64 parts"),
        (post(parts), "64 parts"),
        (post(namespace), "1024 bytes"),
    ] {
        let (code, _, body) = fault(&request);
        assert!(code == "MalformedSOAP" && body.contains(word), "{word}: {code} {body}");
    }
}

#[test]
fn an_answer_is_in_an_envelope() {
    let call = said(&message("DescribeRegions", ""));
    let body = answer(call, &[]).unwrap();
    let begin = format!(
        "<soap:Envelope xmlns:soap=\"{SOAP}\"><soap:Body><DescribeRegionsResponse xmlns=\"{EC2}\"><requestId>req-1</requestId>"
    );
    assert!(body.contains(&begin), "{body}");
    assert!(body.ends_with("</DescribeRegionsResponse></soap:Body></soap:Envelope>"), "{body}");
}

#[test]
fn the_namespace_has_the_version() {
    for version in ["2006-06-26", "2012-04-01"] {
        let namespace = format!("http://ec2.amazonaws.com/doc/{version}/");
        let of_body = format!(
            "<Envelope xmlns=\"{SOAP}\" xmlns:ec2=\"{namespace}\"><Body><ec2:DescribeRegions/></Body></Envelope>"
        );
        let of_action =
            envelope(&format!("<DescribeRegions xmlns=\"{}\"/>", namespace.trim_end_matches('/')));
        for body in [of_body, of_action] {
            let shown = answer(said(&post(body)), &[]).unwrap();
            assert!(shown.contains(&format!("<DescribeRegionsResponse xmlns=\"{namespace}\">")), "{shown}");
        }
    }
}

#[test]
fn a_fault_has_ec2s_code_in_its_detail() {
    let (code, status, body) = fault(&message("StartInstances", ""));
    assert_eq!((code, status), ("MissingParameter", 500));
    assert_eq!(between(&body, "faultcode"), ["soap:Client"]);
    assert_eq!(between(&body, "Code"), ["MissingParameter"]);
    assert_eq!(between(&body, "faultstring"), between(&body, "Message"));
    assert_eq!(between(&body, "RequestID"), ["req-1"]);
}

#[test]
fn what_is_no_message_is_refused() {
    let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY a \"{}\"><!ENTITY b \"&a;&a;&a;&a;\">]><e:Envelope xmlns:e=\"{SOAP}\"/>",
        "a".repeat(1000)
    );
    let soap_1_2 =
        "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body/></e:Envelope>".to_owned();
    let demanding = format!(
        "<e:Envelope xmlns:e=\"{SOAP}\"><e:Header><t:Transaction xmlns:t=\"t\" e:mustUnderstand=\"1\"/></e:Header>\
         <e:Body><DescribeRegions xmlns=\"{EC2}\"/></e:Body></e:Envelope>"
    );
    let region = format!("<DescribeRegions xmlns=\"{EC2}\"/>");
    for (body, code) in [
        (String::new(), "MalformedSOAP"),
        ("Action=DescribeRegions".to_owned(), "MalformedSOAP"),
        (bomb, "MalformedSOAP"),
        (envelope(&format!("<DescribeRegions xmlns=\"{EC2}\">{deep}</DescribeRegions>")), "MalformedSOAP"),
        (envelope("<DescribeRegions"), "MalformedSOAP"),
        (envelope("&nbsp;&a;"), "MissingAction"),
        (soap_1_2, "VersionMismatch"),
        ("<Envelope/>".to_owned(), "VersionMismatch"),
        (demanding, "MustUnderstand"),
        (envelope(""), "MissingAction"),
        (envelope("<DescribeRegions/>"), "InvalidAction"),
        (envelope("<DescribeRegions xmlns=\"urn:else\"/>"), "InvalidAction"),
        (envelope(&format!("<Nonsense xmlns=\"{EC2}\"/>")), "InvalidAction"),
        (envelope(&region.repeat(2)), "InvalidParameterCombination"),
    ] {
        let (found, status, document) = fault(&post(body.clone()));
        assert_eq!((found, status), (code, 500), "{body}: {document}");
        assert_eq!(between(&document, "faultcode").len(), 1, "{document}");
    }
    let wide = "<x:item>i</x:item>".repeat(10_001);
    let wide = message("DescribeInstances", &format!("<x:instanceIdSet>{wide}</x:instanceIdSet>"));
    assert_eq!(fault(&wide).0, "MalformedSOAP");
}

#[test]
fn the_header_says_who_it_is() {
    let with = |token: &str| {
        post(format!(
            "<e:Envelope xmlns:e=\"{SOAP}\"><e:Header><w:Security xmlns:w=\"w\" e:mustUnderstand=\"1\">{token}\
             </w:Security></e:Header><e:Body><DescribeRegions xmlns=\"{EC2}\"/></e:Body></e:Envelope>"
        ))
    };
    let whole = "<w:UsernameToken><w:Username>ann</w:Username><w:Password Type=\"x#PasswordText\"> p&lt; </w:Password>\
                 </w:UsernameToken>";
    let claim = ec2().identify(&with(whole), &arrival()).map_err(|reply| reply.outcome);
    let Ok(Claim::Password { user, password }) = claim else { panic!("{claim:?}") };
    assert_eq!((user.as_str(), secrecy::ExposeSecret::expose_secret(&password)), ("ann", " p< "));
    assert!(matches!(ec2().identify(&with(""), &arrival()), Ok(Claim::Anonymous)));
    for (token, code) in [
        (whole.replace("PasswordText", "PasswordDigest"), "AuthFailure"),
        ("<w:UsernameToken><w:Username>ann</w:Username></w:UsernameToken>".to_owned(), "MissingParameter"),
    ] {
        let reply = ec2().identify(&with(&token), &arrival()).err().unwrap();
        assert_eq!(reply.outcome, code, "{token}");
    }
}

#[test]
fn everybody_may_read_the_wsdl() {
    for query in ["wsdl", "WSDL"] {
        let request = Request::get(format!("/ec2?{query}")).body(Bytes::new()).unwrap();
        assert!(matches!(ec2().identify(&request, &arrival()), Ok(Claim::Public)));
        let document = answer(said(&request), &[]).unwrap();
        assert!(document.contains("location=\"http://localhost:3001/ec2\""), "{document}");
        for action in crate::frontends::ec2::table::ACTIONS {
            let operation = format!("<operation name=\"{}\">", action.name);
            assert_eq!(document.matches(&operation).count(), 2, "{}", action.name);
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_message_makes_it_panic(body in "(<|>|/|a|:|xmlns|=|\"|&|;|e:Envelope|e:Body| ){0,60}") {
        let _ = call_of(&post(envelope(&body)), IdForm::Uuid);
        let _ = call_of(&post(body), IdForm::Uuid);
    }
}
