//! Back ends for the driver under test: a plain connection per request, and answers that are made up.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use deltagate::{
    exchange::{Answer, Endpoint, Transport},
    model::{Error, ErrorKind},
};
use http::{Method, Request, Response, response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Barrier,
};

/// One connection per request, read to its end.
pub(crate) struct Direct;

#[async_trait]
impl Transport for Direct {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let text = exchange(endpoint, &request).await.map_err(|error| {
            Error::new(ErrorKind::Unreachable, "the engine cannot be reached").with_source(error)
        })?;
        Ok(Box::new(Whole::from(parse(&text))))
    }
}

async fn exchange(endpoint: &Endpoint, request: &Request<Bytes>) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri());
    head += &format!("host: {}\r\nconnection: close\r\n", endpoint.authority);
    head += &format!("content-length: {}\r\n", request.body().len());
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await?;
    stream.write_all(request.body()).await?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await?;
    if text.is_empty() { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(text) }
}

/// Lets no VM be made before so many are asked for at once.
pub(crate) struct Together(Barrier);

impl Together {
    pub(crate) fn new(count: usize) -> Self {
        Together(Barrier::new(count))
    }
}

#[async_trait]
impl Transport for Together {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        if makes_a_vm(&request) {
            self.0.wait().await;
        }
        Direct.send(endpoint, request).await
    }
}

/// Whether a request asks for a VM.
fn makes_a_vm(request: &Request<Bytes>) -> bool {
    request.method() == Method::POST && request.uri().path().ends_with("/vms")
}

/// Lets VMs be made, and never hears of it.
pub(crate) struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let makes = makes_a_vm(&request);
        let answer = Direct.send(endpoint, request).await;
        if makes { std::future::pending().await } else { answer }
    }
}

/// Does not hear that the first VM was made, and refuses to ask for another.
#[derive(Default)]
pub(crate) struct Deaf(AtomicUsize);

#[async_trait]
impl Transport for Deaf {
    async fn send(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        if !makes_a_vm(&request) {
            return Direct.send(endpoint, request).await;
        }
        if self.0.fetch_add(1, Ordering::Relaxed) > 0 {
            return Err(Error::new(ErrorKind::RateLimited, "one at a time").safe_to_repeat());
        }
        Direct.send(endpoint, request).await?;
        Err(Error::new(ErrorKind::TimedOut, "nothing was heard"))
    }
}

fn parse(text: &[u8]) -> Response<Bytes> {
    let end = text.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&text[..end]).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let mut response = Response::builder().status(status);
    let mut chunked = false;
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        chunked |= name.eq_ignore_ascii_case("transfer-encoding");
        response = response.header(name, value.trim());
    }
    let body = &text[end + 4..];
    let body = if chunked { dechunk(body) } else { body.to_vec() };
    response.body(Bytes::from(body)).unwrap()
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

/// Answers that were made up, one after the other, whatever is asked.
pub(crate) struct Canned(Mutex<VecDeque<Response<Bytes>>>);

impl Canned {
    pub(crate) fn new(answers: impl IntoIterator<Item = (u16, &'static str)>) -> Self {
        let answer = |(status, body): (u16, &'static str)| {
            Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap()
        };
        Canned(Mutex::new(answers.into_iter().map(answer).collect()))
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: &Endpoint, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let answer = self.0.lock().unwrap().pop_front();
        Ok(Box::new(Whole::from(answer.unwrap_or_else(|| panic!("{} was not expected", request.uri())))))
    }
}

/// An answer that is there already, in pieces of a size that fits nothing.
struct Whole {
    head: response::Parts,
    body: Bytes,
}

impl From<Response<Bytes>> for Whole {
    fn from(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Whole { head, body }
    }
}

#[async_trait]
impl Answer for Whole {
    fn head(&self) -> &response::Parts {
        &self.head
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let size = self.body.len().min(1021);
        Ok((size > 0).then(|| self.body.split_to(size)))
    }
}
