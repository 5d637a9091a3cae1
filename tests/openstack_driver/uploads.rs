//! Uploads through the running gateway to object stores that are not as they should be.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
};

use crate::{
    bed::http::{Connection, basic},
    wire::{Heard, Store, Talk},
};

const INVITED: &str = "HTTP/1.1 100 Continue\r\n\r\n";
/// Far more than all buffers between here and there.
const LONG: usize = 64 << 20;

fn head(lines: &str) -> String {
    let authorization = basic("demo+demo", "secret");
    format!(
        "PUT /api/buckets/b/some%2Fname HTTP/1.1\r\nHost: h\r\nAuthorization: {authorization}\r\n\
         Accept: application/xml\r\n{lines}\r\n"
    )
}

/// The status of an upload of this content, of which the length is announced.
fn put(store: &Store, content: &str) -> u16 {
    let request = head(&format!("Content-Length: {}\r\n", content.len())) + content;
    let mut connection = Connection::open(&store.gateway.address).unwrap();
    connection.send_raw(request.as_bytes()).unwrap();
    connection.answer(false).unwrap().status
}

/// The status that comes, whether or not anything was sent to its end.
fn status(stream: &mut TcpStream) -> String {
    let mut line = [0; 12];
    stream.read_exact(&mut line).unwrap();
    String::from_utf8_lossy(&line).trim_start_matches("HTTP/1.1 ").to_owned()
}

fn stored(token: &str, content: &str) -> Heard {
    Heard { token: token.to_owned(), content: (content.to_owned(), true) }
}

/// A store that keeps what comes.
fn keeps(talk: &mut Talk, _: usize) -> std::io::Result<bool> {
    assert_eq!(talk.line(), "PUT /v1/AUTH_p/b/some/name HTTP/1.1");
    if !talk.field("expect").is_empty() {
        talk.say(INVITED)?;
    }
    talk.take()?;
    talk.answer("201 Created")?;
    Ok(true)
}

#[test]
fn content_arrives_however_it_is_sent() {
    let store = Store::start("", "", keeps);
    // Often, because the store may answer the moment that it has the last byte.
    for content in ["hello", ""].repeat(15) {
        assert_eq!(put(&store, content), 200);
        assert_eq!(store.heard(), stored("1", content));
    }
    for (chunks, content) in [("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello"), ("0\r\n\r\n", "")] {
        let mut connection = Connection::open(&store.gateway.address).unwrap();
        connection.send_raw((head("Transfer-Encoding: chunked\r\n") + chunks).as_bytes()).unwrap();
        assert_eq!(connection.answer(false).unwrap().status, 200);
        assert_eq!(store.heard(), stored("1", content));
    }
    let opened = store.gateway.sample("deltagate_backend_connections_total", &[]);
    let reused = store.gateway.sample("deltagate_backend_connections_total", &["\"reused\""]);
    // Pingora's pool gives a connection up that its own watcher has not let go of yet, and says so.
    let given_up = store.gateway.log().matches("failed to acquire reusable stream").count() as f64;
    assert_eq!((opened - reused, opened), (1.0 + given_up, 33.0), "{}", store.gateway.scrape());
}

#[test]
fn a_token_that_is_over_is_renewed_before_a_byte_is_taken() {
    let store = Store::start("", "", |talk, nth| {
        if nth == 1 {
            assert_eq!(talk.field("x-auth-token"), "1");
            talk.answer("401 Unauthorized")?;
            return Ok(false);
        }
        keeps(talk, nth)
    });
    assert_eq!((put(&store, "first"), store.heard()), (200, stored("1", "first")));
    assert_eq!((put(&store, "second"), store.heard()), (200, stored("2", "second")));
    assert_eq!(store.logins(), 2);
}

#[test]
fn nothing_is_sent_again_of_what_was_taken() {
    let store = Store::start("", "", |talk, nth| {
        if nth == 1 {
            talk.say(INVITED)?;
            talk.take()?;
            talk.answer("401 Unauthorized")?;
            return Ok(true);
        }
        keeps(talk, nth)
    });
    assert_eq!((put(&store, "first"), store.heard()), (200, stored("1", "first")));
    assert_eq!((put(&store, "second"), store.heard()), (409, stored("1", "second")));
    // The next one has a token that is good.
    assert_eq!((put(&store, "third"), store.heard()), (200, stored("2", "third")));
}

#[test]
fn a_refusal_comes_before_the_client_has_sent_anything() {
    for (play, status) in [
        ((|talk, _| talk.answer("413 Too Large").map(|()| false)) as fn(&mut Talk, usize) -> _, 413),
        (|talk, _| talk.answer("404 Not Found").map(|()| false), 404),
        (|talk, _| talk.answer("403 Forbidden").map(|()| false), 403),
    ] {
        let store = Store::start("", "", play);
        let mut connection = Connection::open(&store.gateway.address).unwrap();
        let request = head(&format!("Content-Length: {LONG}\r\nExpect: 100-continue\r\n"));
        connection.send_raw(request.as_bytes()).unwrap();
        // The first head that comes is that of the answer: the client was never told to go on.
        assert_eq!(connection.head().unwrap().0, status);
    }
}

#[test]
fn an_answer_in_between_ends_the_upload() {
    let store = Store::start("", "", |talk, _| {
        talk.say(INVITED)?;
        talk.take_some(5)?;
        talk.answer("507 Insufficient Storage")?;
        talk.until_closed()?;
        Ok(false)
    });
    let mut stream = TcpStream::connect(&store.gateway.address).unwrap();
    stream.write_all((head(&format!("Content-Length: {LONG}\r\n")) + "hello you").as_bytes()).unwrap();
    // A piece leaves when the next one is there.
    stream.write_all(&[b'x'; 100_000]).unwrap();
    assert_eq!(store.heard().content.0, "hello");
    assert_eq!(status(&mut stream), "502");
}

#[test]
fn a_store_that_takes_it_for_whole_too_early_is_not_believed() {
    let store = Store::start("", "", |talk, _| {
        talk.say(INVITED)?;
        talk.take_some(5)?;
        talk.answer("201 Created")?;
        Ok(false)
    });
    let mut stream = TcpStream::connect(&store.gateway.address).unwrap();
    stream.write_all((head(&format!("Content-Length: {LONG}\r\n")) + "hello you").as_bytes()).unwrap();
    stream.write_all(&[b'x'; 100_000]).unwrap();
    assert_eq!(status(&mut stream), "502");
}

#[test]
fn what_a_client_breaks_off_never_gets_to_its_end() {
    let store = Store::start("", "", keeps);
    for lines in ["Content-Length: 200000\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut stream = TcpStream::connect(&store.gateway.address).unwrap();
        let chunk = if lines.starts_with('T') { "186a0\r\n" } else { "" };
        stream.write_all((head(lines) + chunk).as_bytes()).unwrap();
        stream.write_all(&[b'x'; 100_000]).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
        let (content, is_whole) = store.heard().content;
        assert!(!is_whole && content.len() <= 100_000, "{lines}: {}", content.len());
    }
}

#[test]
fn a_client_that_falls_silent_is_given_up_with_what_it_sent() {
    let store = Store::start("body_timeout = 1", "", keeps);
    let mut stream = TcpStream::connect(&store.gateway.address).unwrap();
    stream.write_all((head("Content-Length: 10\r\n") + "hello").as_bytes()).unwrap();
    assert_eq!(status(&mut stream), "400");
    assert!(!store.heard().content.1);
}

#[test]
fn a_store_that_takes_no_more_is_given_up() {
    let store = Store::start("", "read_timeout = 1", |talk, _| {
        talk.say(INVITED)?;
        talk.take_some(5)?;
        loop {
            std::thread::park();
        }
    });
    let mut stream = TcpStream::connect(&store.gateway.address).unwrap();
    let mut sending = stream.try_clone().unwrap();
    let long = head(&format!("Content-Length: {LONG}\r\n")) + &"x".repeat(LONG);
    std::thread::spawn(move || sending.write_all(long.as_bytes()));
    assert_eq!(status(&mut stream), "504");
}

#[test]
fn a_store_that_closes_is_noticed_while_the_client_thinks() {
    let store = Store::start("", "", |talk, _| talk.say(INVITED).map(|()| false));
    let mut stream = TcpStream::connect(&store.gateway.address).unwrap();
    stream.write_all((head(&format!("Content-Length: {LONG}\r\n")) + "hello").as_bytes()).unwrap();
    assert_eq!(status(&mut stream), "502");
}

#[test]
fn a_store_that_does_not_know_to_invite_gets_the_content_all_the_same() {
    let store = Store::start("", "read_timeout = 1", |talk, _| {
        talk.take()?;
        talk.answer("201 Created")?;
        Ok(true)
    });
    assert_eq!((put(&store, "hello"), store.heard()), (200, stored("1", "hello")));
}
