//! Blobs through the running gateway on a real Swift, when there is one: what only it can tell.

use std::{io::Write, net::Shutdown, net::TcpStream, thread, time::Duration};

use crate::bed::{
    Gateway, OpenStack,
    http::{Answer, Connection, basic},
    openstack::USER,
};

/// How long Swift may take to see that somebody has left.
const PATIENCE: Duration = Duration::from_secs(3);
const CONTENT: usize = 300_000;

/// The gateway with a bucket of this name, which is emptied and removed afterwards.
fn with_bucket(name: &str, play: fn(&Gateway, &str)) {
    let cloud = match OpenStack::find("frontends = [\"deltacloud\"]\n") {
        Ok(cloud) => cloud,
        Err(why) => return eprintln!("skipped: there is no OpenStack: {why}"),
    };
    let bucket = format!("/api/buckets/{name}");
    sweep(&cloud.gateway, &bucket);
    let made = send(&cloud.gateway, "POST", "/api/buckets", &format!("name={name}"));
    assert_eq!(made.status, 201, "{}", made.body);
    play(&cloud.gateway, &bucket);
    assert!(sweep(&cloud.gateway, &bucket));
}

/// Whether the bucket was there and is gone.
fn sweep(gateway: &Gateway, bucket: &str) -> bool {
    for blob in ids(&send(gateway, "GET", bucket, "")) {
        send(gateway, "DELETE", &format!("{bucket}/{blob}"), "");
    }
    send(gateway, "DELETE", bucket, "").status == 204
}

/// The blobs of a bucket.
fn ids(bucket: &Answer) -> Vec<String> {
    let blobs = bucket.body.split("<blob ").skip(1);
    blobs.filter_map(|blob| blob.split(" id=\"").nth(1)?.split('"').next().map(str::to_owned)).collect()
}

fn send(gateway: &Gateway, method: &str, target: &str, form: &str) -> Answer {
    let authorization = basic(USER.0, USER.1);
    let mut fields = vec![("Authorization", authorization.as_str()), ("Accept", "application/xml")];
    if !form.is_empty() {
        fields.push(("Content-Type", "application/x-www-form-urlencoded"));
    }
    gateway.send(method, target, &fields, form)
}

fn head(target: &str, lines: &str) -> String {
    let authorization = basic(USER.0, USER.1);
    format!(
        "PUT {target} HTTP/1.1\r\nHost: h\r\nAuthorization: {authorization}\r\nAccept: application/xml\r\n{lines}\r\n"
    )
}

#[test]
fn nothing_is_stored_of_what_a_client_broke_off() {
    with_bucket("real-broken-off", |gateway, bucket| {
        for (name, lines, chunk) in [
            ("known", "Content-Length: 600000\r\n", ""),
            ("chunked", "Transfer-Encoding: chunked\r\n", "493e0\r\n"),
        ] {
            let mut stream = TcpStream::connect(&gateway.address).unwrap();
            stream.write_all((head(&format!("{bucket}/{name}"), lines) + chunk).as_bytes()).unwrap();
            stream.write_all(&vec![b'x'; CONTENT]).unwrap();
            stream.shutdown(Shutdown::Both).unwrap();
        }
        gateway.logged(&["put_blob"]);
        // Nothing tells when Swift has given it up: it is looked at for a while that it would be enough to store it.
        let started = std::time::Instant::now();
        while started.elapsed() < PATIENCE {
            assert_eq!(ids(&send(gateway, "GET", bucket, "")), Vec::<String>::new());
            thread::yield_now();
        }
    });
}

#[test]
fn what_swift_never_takes_is_refused_before_it_is_sent() {
    with_bucket("real-too-long", |gateway, bucket| {
        let mut connection = Connection::open(&gateway.address).unwrap();
        let lines = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", 6_u64 << 30);
        connection.send_raw(head(&format!("{bucket}/long"), &lines).as_bytes()).unwrap();
        assert_eq!(connection.head().unwrap().0, 413);
    });
}

#[test]
fn content_comes_back_as_it_was_sent() {
    with_bucket("real-content", |gateway, bucket| {
        let content: String = (0..CONTENT / 8).map(|n| format!("{n:07}\n")).collect();
        let mut connection = Connection::open(&gateway.address).unwrap();
        let known = head(&format!("{bucket}/known"), &format!("Content-Length: {}\r\n", content.len()));
        let chunked = head(&format!("{bucket}/chunked"), "Transfer-Encoding: chunked\r\n");
        let pieces = content
            .as_bytes()
            .chunks(7001)
            .map(|piece| format!("{:x}\r\n{}\r\n", piece.len(), std::str::from_utf8(piece).unwrap()));
        let pieces: String = pieces.collect();
        for request in [known + &content, chunked + &pieces + "0\r\n\r\n"] {
            connection.send_raw(request.as_bytes()).unwrap();
            assert_eq!(connection.answer(false).unwrap().status, 200);
        }
        for name in ["known", "chunked"] {
            let read = send(gateway, "GET", &format!("{bucket}/{name}/content"), "");
            assert!(read.complete && read.body == content, "{name}: {:?}", read.headers);
            assert_eq!(read.header("content-length"), content.len().to_string());
        }
    });
}
