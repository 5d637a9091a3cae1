//! Blobs through the running gateway: uploads and downloads as well-behaved and as other clients do them.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use crate::{
    MOCK, SERVED,
    bed::{
        Gateway,
        http::{Answer, Connection, basic},
    },
};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn mock(settings: &str) -> Gateway {
    Gateway::start(&format!("{SERVED}{settings}"))
}

fn send(gateway: &Gateway, method: &str, target: &str, fields: &[(&str, &str)], body: &str) -> Answer {
    let authorization = basic(MOCK.0, MOCK.1);
    let mut all = vec![("Authorization", authorization.as_str()), ("Accept", "application/xml")];
    all.extend(fields);
    gateway.send(method, target, &all, body)
}

fn get(gateway: &Gateway, target: &str) -> Answer {
    send(gateway, "GET", target, &[], "")
}

/// The head of a request of the mock's user, with further lines.
fn head(method: &str, target: &str, lines: &str) -> String {
    let authorization = basic(MOCK.0, MOCK.1);
    format!("{method} {target} HTTP/1.1\r\nHost: h\r\nAuthorization: {authorization}\r\n{lines}\r\n")
}

/// A connection on which this was sent.
fn sent(gateway: &Gateway, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(&gateway.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

/// All that comes until the gateway closes the connection.
fn until_closed(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    String::from_utf8_lossy(&all).into_owned()
}

/// Waits for a condition to come true.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "it never comes true that {what}");
        std::thread::yield_now();
    }
}

fn holds(gateway: &Gateway, target: &str, content: &str) {
    let answer = get(gateway, &format!("{target}/content"));
    assert_eq!((answer.status, answer.body.len()), (200, content.len()), "{:?}", answer.headers);
    assert!(answer.body == content, "another content came back");
}

fn nothing_there(gateway: &Gateway, target: &str) {
    assert_eq!(get(gateway, target).status, 404, "{target}");
}

/// Text in which a piece that is lost or doubled is seen.
fn text(length: usize) -> String {
    let mut text: String = (0..).map(|n| format!("{n:07}\n")).take(length.div_ceil(8)).collect();
    text.truncate(length);
    text
}

#[test]
fn a_blob_may_be_a_parameter_like_the_others() {
    let gateway = mock("");
    let query = "/api/buckets/bucket1?blob_id=said&blob_data=a%20few%20words&meta_params=1&meta_name1=k&meta_value1=v";
    let made = send(&gateway, "POST", query, &[], "");
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.body.contains("<entry key=\"k\">v</entry>"), "{}", made.body);
    holds(&gateway, "/api/buckets/bucket1/said", "a few words");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let made = send(&gateway, "POST", "/api/buckets/bucket1", &form, "blob_id=posted&blob_data=more+words");
    assert_eq!(made.status, 201, "{}", made.body);
    holds(&gateway, "/api/buckets/bucket1/posted", "more words");
    let lacking = send(&gateway, "POST", "/api/buckets/bucket1?blob_id=nothing", &[], "");
    assert_eq!(lacking.status, 400, "{}", lacking.body);
    nothing_there(&gateway, "/api/buckets/bucket1/nothing");
}

#[test]
fn a_blob_lives() {
    let gateway = mock("");
    assert_eq!(send(&gateway, "POST", "/api/buckets?name=bk", &[], "").status, 201);
    let fields = [("Content-Type", "text/html"), ("X-Deltacloud-Blobmeta-Version", "1.0")];
    let put = send(&gateway, "PUT", "/api/buckets/bk/a%2Fb", &fields, "<b>hello</b>");
    assert_eq!((put.status, put.text("content_length")), (200, "12"), "{}", put.body);
    let head = send(&gateway, "HEAD", "/api/buckets/bk/a%2Fb", &[], "");
    assert_eq!((head.status, head.header("x-deltacloud-blobmeta-version")), (204, "1.0"));
    let update =
        send(&gateway, "POST", "/api/buckets/bk/a%2Fb", &[("X-Deltacloud-Blobmeta-Colour", "red")], "");
    assert_eq!((update.status, update.header("x-deltacloud-blobmeta-colour")), (204, "red"));
    let shown = get(&gateway, "/api/buckets/bk/a%2Fb").body;
    assert!(
        shown.contains("<entry key=\"colour\">red</entry>") && !shown.contains("key=\"version\""),
        "{shown}"
    );
    let content = get(&gateway, "/api/buckets/bk/a%2Fb/content");
    assert_eq!((content.status, content.body.as_str()), (200, "<b>hello</b>"));
    assert_eq!(content.header("content-type"), "text/html");
    assert_eq!(content.header("content-disposition"), "attachment; filename=a_b");
    assert_eq!(content.header("x-content-type-options"), "nosniff");
    assert!(content.header("content-security-policy").contains("sandbox"));
    let head = send(&gateway, "HEAD", "/api/buckets/bk/a%2Fb/content", &[], "");
    assert_eq!((head.status, head.header("content-length")), (200, "12"));
    let bucket = get(&gateway, "/api/buckets/bk").body;
    assert!(bucket.contains("/api/buckets/bk/a%2Fb\" id=\"a/b\"></blob></bucket>"), "{bucket}");
    assert!(send(&gateway, "DELETE", "/api/buckets/bk", &[], "").status >= 400, "it is not empty");
    assert_eq!(send(&gateway, "DELETE", "/api/buckets/bk/a%2Fb", &[], "").status, 204);
    assert_eq!(send(&gateway, "DELETE", "/api/buckets/bk/a%2Fb", &[], "").status, 404);
    assert_eq!(send(&gateway, "DELETE", "/api/buckets/bk", &[], "").status, 204);
    nothing_there(&gateway, "/api/buckets/bk");
}

#[test]
fn content_comes_back_however_it_was_sent() {
    let gateway = mock("");
    let content = text(300_000);
    let whole = send(&gateway, "PUT", "/api/buckets/bucket1/whole", &[], &content);
    assert_eq!(whole.status, 200, "{}", whole.body);
    holds(&gateway, "/api/buckets/bucket1/whole", &content);
    let mut chunked = head("PUT", "/api/buckets/bucket1/chunked", "Transfer-Encoding: chunked\r\n");
    for chunk in content.as_bytes().chunks(77_777) {
        chunked += &format!("{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).unwrap());
    }
    let mut connection = Connection::open(&gateway.address).unwrap();
    connection.send_raw((chunked + "0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 200);
    let next = head("GET", "/api/buckets/bucket1/chunked/content", "");
    connection.send_raw(next.as_bytes()).unwrap();
    assert!(connection.answer(false).unwrap().body == content, "on the same connection");
    let empty = send(&gateway, "PUT", "/api/buckets/bucket1/empty", &[("Content-Length", "0")], "");
    assert_eq!((empty.status, empty.text("content_length")), (200, "0"));
    holds(&gateway, "/api/buckets/bucket1/empty", "");
}

#[test]
fn a_form_is_stored_piece_by_piece() {
    let gateway = mock("");
    let content = text(200_000);
    let field = |name: &str, value: &str| {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let form = format!(
        "{}{}{}--XX\r\nContent-Disposition: form-data; name=\"blob_data\"; filename=\"f\"\r\n\
         Content-Type: text/plain\r\n\r\n{content}\r\n{}{}--XX--\r\n",
        field("blob_id", "form"),
        field("meta_name1", "colour"),
        field("meta_value1", "red"),
        field("meta_name2", "late"),
        field("meta_value2", "yes"),
    );
    let lines =
        format!("Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: {}\r\n", form.len());
    let mut connection = Connection::open(&gateway.address).unwrap();
    connection.send_raw(head("POST", "/api/buckets/bucket1", &lines).as_bytes()).unwrap();
    for piece in form.as_bytes().chunks(40).take(20).chain([form.as_bytes().get(800..).unwrap()]) {
        connection.send_raw(piece).unwrap();
    }
    let answer = connection.answer(false).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.header("location").ends_with("/api/buckets/bucket1/form"), "{:?}", answer.headers);
    assert!(answer.body.contains("<entry key=\"late\">yes</entry>"), "{}", answer.body);
    holds(&gateway, "/api/buckets/bucket1/form", &content);
    let head = send(&gateway, "HEAD", "/api/buckets/bucket1/form", &[], "");
    assert_eq!(head.header("x-deltacloud-blobmeta-colour"), "red");

    let cut = form
        .replace("name=\"blob_id\"\r\n\r\nform", "name=\"blob_id\"\r\n\r\nbroken")
        .replace("--XX--", "--XX");
    let media = ("Content-Type", "multipart/form-data; boundary=XX");
    let answer = send(&gateway, "POST", "/api/buckets/bucket1", &[media], &cut);
    assert_eq!(answer.status, 400, "{}", answer.body);
    nothing_there(&gateway, "/api/buckets/bucket1/broken");
}

#[test]
fn a_client_that_waits_is_told_to_go_on() {
    let gateway = mock("");
    let lines = "Content-Length: 5\r\nExpect: 100-continue\r\n";
    let mut connection = Connection::open(&gateway.address).unwrap();
    connection.send_raw(head("PUT", "/api/buckets/bucket1/waits", lines).as_bytes()).unwrap();
    assert_eq!(connection.head().unwrap().0, 100);
    connection.send_raw(b"hello").unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 200);
    holds(&gateway, "/api/buckets/bucket1/waits", "hello");

    // One that is refused is not: it gets its answer at once.
    for (target, status) in [("/api/buckets/nosuch/waits", 404), ("/api/buckets/bucket1/a%00", 400)] {
        let stream = sent(&gateway, head("PUT", target, lines).as_bytes());
        let answer = until_closed(stream);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
    let nobody = format!("PUT /api/buckets/bucket1/x HTTP/1.1\r\nHost: h\r\n{lines}\r\n");
    let answer = until_closed(sent(&gateway, nobody.as_bytes()));
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[test]
fn nothing_is_stored_of_what_did_not_come_whole() {
    let gateway = mock("[limits]\nbody_timeout = 1\n");
    let half = text(100_000);
    for (name, lines, body) in [
        ("cut", "Content-Length: 200000\r\n", half.clone()),
        ("chunks", "Transfer-Encoding: chunked\r\n", format!("{:x}\r\n{half}\r\n", half.len())),
        ("in-chunk", "Transfer-Encoding: chunked\r\n", format!("fffff\r\n{half}")),
    ] {
        let target = format!("/api/buckets/bucket1/{name}");
        let request = head("PUT", &target, lines) + &body;
        drop(sent(&gateway, request.as_bytes()));
        let stream = sent(&gateway, request.as_bytes());
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = until_closed(stream);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{name}: {answer}");
        let silent = until_closed(sent(&gateway, request.as_bytes()));
        assert!(silent.starts_with("HTTP/1.1 400"), "{name}: {silent}");
        nothing_there(&gateway, &target);
    }
    eventually("all requests have ended", || gateway.sample("deltagate_in_flight", &[]) == 0.0);
}

#[test]
fn a_client_may_be_slow_but_not_silent() {
    let gateway = mock("[limits]\nbody_timeout = 1\n");
    let mut stream =
        sent(&gateway, head("PUT", "/api/buckets/bucket1/slow", "Content-Length: 6\r\n").as_bytes());
    for byte in b"slowly" {
        stream.write_all(&[*byte]).unwrap();
        // It is the silence that is tried here.
        std::thread::sleep(Duration::from_millis(300));
    }
    stream.shutdown(Shutdown::Write).unwrap();
    let answer = until_closed(stream);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    holds(&gateway, "/api/buckets/bucket1/slow", "slowly");
}

#[test]
fn what_is_too_long_is_refused_and_the_connection_given_up() {
    let gateway = mock("[limits]\nblob_bytes = 100000\n");
    let body = text(200_000);
    let target = "/api/buckets/bucket1/long";
    let announced = head("PUT", target, "Content-Length: 200000\r\n") + &body;
    let chunked = head("PUT", target, "Transfer-Encoding: chunked\r\n")
        + &format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for request in [announced, chunked] {
        let answer = until_closed(sent(&gateway, request.as_bytes()));
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
        assert!(answer.contains("<error status=\"413\""), "{answer}");
        nothing_there(&gateway, target);
    }
    assert_eq!(send(&gateway, "PUT", target, &[], &text(100_000)).status, 200, "as long as it may be");
}

#[test]
fn a_refusal_is_heard_by_who_is_still_sending() {
    let gateway = mock("");
    let long = text(3_000_000);
    for (target, status) in [
        ("/api/buckets/nosuch/x", 404),
        ("/api/realms/us", 405),
        ("/api/buckets/bucket1/x?blob_type=segmented", 501),
    ] {
        let request = head("PUT", target, &format!("Content-Length: {}\r\n", long.len())) + &long;
        let answer = until_closed(sent(&gateway, request.as_bytes()));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{target}: {answer}");
    }
    let nobody = format!(
        "PUT /api/buckets/bucket1/x HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{long}",
        long.len()
    );
    let answer = until_closed(sent(&gateway, nobody.as_bytes()));
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    // What is short is read off, and the connection goes on.
    let mut connection = Connection::open(&gateway.address).unwrap();
    for target in ["/api/buckets/nosuch/x", "/api/buckets/bucket1/x?blob_type=segmented", "/api/nosuch"] {
        let request = head("PUT", target, "Content-Length: 5\r\n") + "hello";
        connection.send_raw(request.as_bytes()).unwrap();
        assert!(connection.answer(false).unwrap().status >= 404, "{target}");
    }
    connection.send_raw(head("GET", "/api/realms/us", "").as_bytes()).unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 200);
}

#[test]
fn downloads_end_as_their_client_wants() {
    let gateway = mock("");
    let content = text(4_000_000);
    assert_eq!(send(&gateway, "PUT", "/api/buckets/bucket1/big", &[], &content).status, 200);
    let authorization = basic(MOCK.0, MOCK.1);
    let old = format!(
        "GET /api/buckets/bucket1/big/content HTTP/1.0\r\nHost: h\r\nAuthorization: {authorization}\r\n\r\n"
    );
    let answer = until_closed(sent(&gateway, old.as_bytes()));
    let (head_of_it, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head_of_it.contains("200 OK") && !head_of_it.to_ascii_lowercase().contains("chunked"),
        "{head_of_it}"
    );
    assert!(body == content, "an HTTP/1.0 client gets another content");

    // One goes away in the middle, and nothing is left of it.
    let request = head("GET", "/api/buckets/bucket1/big/content", "");
    let mut stream = sent(&gateway, request.as_bytes());
    stream.read_exact(&mut [0; 1000]).unwrap();
    drop(stream);
    eventually("all requests have ended", || gateway.sample("deltagate_in_flight", &[]) == 0.0);
    gateway.logged(&["buckets.content", "outcome=\"broken\""]);
    holds(&gateway, "/api/buckets/bucket1/big", &content);
}

/// How much the process holds in memory, in KiB.
fn resident(gateway: &Gateway) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", gateway.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Run it by name, with `--release -- --ignored`: it takes a while and a GiB of disk.
#[test]
#[ignore = "it moves two GiB"]
fn a_blob_of_one_gib_goes_up_and_down_in_little_memory() {
    const SIZE: usize = 1 << 30;
    const GROWTH_KIB: u64 = 8 << 10;
    let gateway = mock("");
    let block = vec![b'x'; 1 << 20];
    let up = |name: &str, size: usize| {
        let lines = format!("Content-Length: {size}\r\nConnection: close\r\n");
        let mut stream =
            sent(&gateway, head("PUT", &format!("/api/buckets/bucket1/{name}"), &lines).as_bytes());
        (0..size / block.len()).for_each(|_| stream.write_all(&block).unwrap());
        assert!(until_closed(stream).starts_with("HTTP/1.1 200"));
    };
    let down = |name: &str, size: usize| {
        let target = format!("/api/buckets/bucket1/{name}/content");
        let mut stream = sent(&gateway, head("GET", &target, "Connection: close\r\n").as_bytes());
        let came = std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
        assert!(came > size as u64 && came < size as u64 + 4096, "{came}");
    };
    for _ in 0..4 {
        up("warm", 1 << 20);
        down("warm", 1 << 20);
    }
    let before = resident(&gateway);
    let started = Instant::now();
    up("big", SIZE);
    let (sent, after_up) = (started.elapsed(), resident(&gateway) - before);
    down("big", SIZE);
    let (came, after_down) = (started.elapsed() - sent, resident(&gateway) - before);
    println!("up {sent:?}, {after_up} KiB more; down {came:?}, {after_down} KiB more at most");
    assert!(after_down < GROWTH_KIB, "{after_down} KiB");
}
