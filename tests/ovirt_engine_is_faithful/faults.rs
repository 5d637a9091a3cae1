//! The switches by which the engine misbehaves do what they say.

use crate::http::{ask, ask_as};
use crate::ovirt_engine::{Engine, Kind, Misbehaviour, Options};

const VMS: &str = "/ovirt-engine/api/vms";

async fn engine(kind: Kind) -> Engine {
    let engine = Engine::start(Options { vms: 100, ..Options::default() }).await;
    engine.faults().add(Misbehaviour::once("/vms", kind));
    engine
}

#[tokio::test]
async fn a_page_instead_of_the_answer() {
    let engine = engine(Kind::Html { status: 503 }).await;
    let answer = ask(&engine, "GET", VMS, &[], "").await;
    assert_eq!((answer.status, answer.header("content-type")), (503, Some("text/html;charset=UTF-8")));
    assert_eq!(ask(&engine, "GET", VMS, &[], "").await.status, 200, "once only");
}

#[tokio::test]
async fn a_fault_instead_of_the_answer() {
    let detail = "[Low disk space.]".to_owned();
    let engine = engine(Kind::Fault { status: 409, reason: "Operation Failed".to_owned(), detail }).await;
    let start = format!("{VMS}/{}/start", crate::ovirt_engine::seed::DB_VM);
    let answer = ask(&engine, "POST", &start, &[], "<action/>").await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.xml().value("fault/detail"), Some("[Low disk space.]"), "{}", answer.body);
}

#[tokio::test]
async fn bodies_that_stop() {
    for announced in [true, false] {
        let engine = engine(Kind::Truncate { bytes: 5000, announced }).await;
        let answer = ask(&engine, "GET", VMS, &[], "").await;
        assert_eq!((answer.status, answer.whole), (200, false), "announced: {announced}");
        assert!(answer.body.len() <= 5000 && answer.body.starts_with("<?xml"), "{}", answer.body.len());
    }
}

#[tokio::test]
async fn bodies_that_are_no_xml() {
    let engine = engine(Kind::Malformed { bytes: 3000 }).await;
    let answer = ask(&engine, "GET", VMS, &[], "").await;
    assert!(answer.whole && crate::ovirt_engine::element::Element::from_xml(&answer.body).is_err());
}

#[tokio::test]
async fn items_of_any_size() {
    let engine = engine(Kind::Oversized { bytes: 1 << 20 }).await;
    let answer = ask(&engine, "GET", VMS, &[], "").await;
    let longest = answer.xml().children("vm").filter_map(|vm| vm.value("name")).map(str::len).max();
    assert!(longest > Some(1 << 20), "{longest:?}");
}

#[tokio::test]
async fn connections_that_end_without_an_answer() {
    let engine = engine(Kind::CloseWithoutAnswer).await;
    assert_eq!(ask(&engine, "GET", VMS, &[], "").await.status, 0);
    assert_eq!(engine.requests().len(), 1);
}

#[tokio::test]
async fn pooled_connections_that_die() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    for (kind, accepts_another) in [(Kind::CloseOnReuse, true), (Kind::CloseAfterAnswer, false)] {
        let engine = engine(kind.clone()).await;
        let mut stream = tokio::net::TcpStream::connect(engine.address()).await.unwrap();
        let request = format!("GET {VMS}?max=1 HTTP/1.1\r\nHost: engine\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = vec![0; 64 << 10];
        let read = stream.read(&mut reply).await.unwrap();
        let head = String::from_utf8_lossy(&reply[..read]).to_lowercase();
        assert!(head.starts_with("http/1.1 401") && !head.contains("connection: close"), "{head}");
        if accepts_another {
            stream.write_all(request.as_bytes()).await.unwrap();
        }
        assert_eq!(stream.read(&mut reply).await.unwrap_or(0), 0, "{kind:?}");
    }
}

#[tokio::test]
async fn sessions_that_are_forgotten() {
    let engine = Engine::start(Options::default()).await;
    let prefer = ["Prefer: persistent-auth"];
    let first = ask(&engine, "GET", VMS, &prefer, "").await;
    let cookie = first.header("set-cookie").and_then(|cookie| cookie.split(';').next()).unwrap().to_owned();
    let login = format!("Cookie: {cookie}");
    assert_eq!(ask_as(&engine, &login, "GET", VMS, &prefer, "").await.status, 200);
    engine.faults().add(Misbehaviour::once("", Kind::ForgetSessions));
    assert_eq!(ask_as(&engine, &login, "GET", VMS, &prefer, "").await.status, 401);
}

#[tokio::test]
async fn lists_without_end() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let engine = engine(Kind::Endless).await;
    let mut stream = tokio::net::TcpStream::connect(engine.address()).await.unwrap();
    let login = "Authorization: Basic YWRtaW5AaW50ZXJuYWw6c2VjcmV0";
    let request = format!("GET {VMS} HTTP/1.1\r\nHost: engine\r\n{login}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut buffer, mut total) = (vec![0; 64 << 10], 0);
    while total < 8 << 20 {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the list ended after {total} bytes");
        total += read;
    }
}
