//! A raw HTTP/1.1 client: it sends exactly what it is told and hides nothing of what comes back.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The body ended as its head announced.
    pub complete: bool,
}

impl Answer {
    /// The value of a header field; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// The text of the first element of this name; empty when there is none.
    pub fn text(&self, element: &str) -> &str {
        self.texts(element).first().copied().unwrap_or_default()
    }

    /// The texts of all elements of this name.
    pub fn texts(&self, element: &str) -> Vec<&str> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        self.body.split(&open).skip(1).filter_map(|after| after.split(&close).next()).collect()
    }
}

/// The value of an `Authorization` header of HTTP Basic.
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

/// A connection that is kept.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    /// Connects to `address` (`127.0.0.1:3001`).
    pub fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufReader::new(stream), host: address.to_owned() })
    }

    /// Sends a request and reads the answer.
    pub fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Answer> {
        let mut request = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request += &format!("Host: {}\r\n", self.host);
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        self.send_raw(format!("{request}\r\n{body}").as_bytes())?;
        self.answer(method == "HEAD")
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads the head of an answer: its status and fields.
    pub fn head(&mut self) -> io::Result<(u16, Vec<(String, String)>)> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("not an HTTP answer: {line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            match line.split_once(':') {
                Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
                None => return Ok((status, headers)),
            }
        }
    }

    /// Reads the next chunk of a chunked body; none at its end.
    pub fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = self.line()?;
        let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = Vec::new();
        if self.stream.by_ref().take(length).read_to_end(&mut chunk)? as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.line()?;
        Ok((length > 0).then_some(chunk))
    }

    /// Reads an answer, however it is delimited.
    pub fn answer(&mut self, headless: bool) -> io::Result<Answer> {
        let (status, headers) = self.head()?;
        let value = |name: &str| {
            headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let mut body = Vec::new();
        let complete = if headless || status == 204 || status == 304 {
            true
        } else if value("transfer-encoding").is_some() {
            self.chunks(&mut body).is_ok()
        } else if let Some(length) = value("content-length") {
            let length = length.parse().map_err(io::Error::other)?;
            self.stream.by_ref().take(length).read_to_end(&mut body).is_ok() && body.len() as u64 == length
        } else {
            self.stream.read_to_end(&mut body).is_ok()
        };
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned(), complete })
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        while let Some(chunk) = self.chunk()? {
            body.extend(chunk);
        }
        Ok(())
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
