//! An object store over real sockets that does what a test wants, with a Keystone at the same address.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use crate::bed::Gateway;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the store makes of the request that is the nth one to it; whether the connection is kept.
type Play = fn(&mut Talk, usize) -> io::Result<bool>;

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The number of the login that the token was given for.
    pub(crate) token: String,
    /// The content, and whether it came to its end.
    pub(crate) content: (String, bool),
}

/// A store in front of which a gateway stands.
pub(crate) struct Store {
    pub(crate) gateway: Gateway,
    heard: Receiver<Heard>,
    logins: Arc<AtomicUsize>,
}

/// One connection of the gateway to the store, at a request.
pub(crate) struct Talk {
    stream: BufReader<TcpStream>,
    head: String,
    heard: Sender<Heard>,
}

impl Store {
    /// A store that does this; `limits` and `provider` are further lines of the gateway's settings.
    pub(crate) fn start(limits: &str, provider: &str, play: Play) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (logins, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (tell, heard) = channel();
        let (own, counted) = (address.clone(), Arc::clone(&logins));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (own, logins, requests) = (own.clone(), Arc::clone(&counted), Arc::clone(&requests));
                let (stream, heard) = (BufReader::new(stream.unwrap()), tell.clone());
                let mut talk = Talk { stream, head: String::new(), heard };
                thread::spawn(move || talk.serve(&own, &logins, &requests, play));
            }
        });
        let gateway = Gateway::start(&format!(
            "frontends = [\"deltacloud\"]\n[limits]\n{limits}\n\
             [[providers]]\nname = \"cloud\"\ndriver = \"openstack\"\nurl = \"http://{address}/v3;RegionOne\"\n{provider}\n"
        ));
        Store { gateway, heard, logins }
    }

    /// What came of the next request.
    pub(crate) fn heard(&self) -> Heard {
        self.heard.recv_timeout(PATIENCE).expect("nothing was heard")
    }

    /// How often the user has logged in.
    pub(crate) fn logins(&self) -> usize {
        self.logins.load(Ordering::Relaxed)
    }
}

impl Talk {
    fn serve(
        &mut self,
        own: &str,
        logins: &AtomicUsize,
        requests: &AtomicUsize,
        play: Play,
    ) -> io::Result<()> {
        while self.read_head()? {
            let goes_on = if self.head.starts_with("POST /v3/auth/tokens") {
                let login = logins.fetch_add(1, Ordering::Relaxed) + 1;
                self.grant(own, login)?;
                true
            } else {
                play(self, requests.fetch_add(1, Ordering::Relaxed))?
            };
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    fn read_head(&mut self) -> io::Result<bool> {
        self.head.clear();
        while !self.head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut self.head)? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn grant(&mut self, own: &str, login: usize) -> io::Result<()> {
        self.content();
        let url = format!("http://{own}/v1/AUTH_p");
        let endpoints = serde_json::json!([{"interface": "public", "region_id": "RegionOne", "url": url}]);
        let catalog = serde_json::json!([{"type": "object-store", "endpoints": endpoints}]);
        let body = serde_json::json!({"token": {"catalog": catalog}}).to_string();
        let length = body.len();
        self.say(&format!(
            "HTTP/1.1 201 Created\r\nX-Subject-Token: {login}\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// The value of a header field of the request; empty when there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// The request's first line.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub(crate) fn say(&mut self, words: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(words.as_bytes())
    }

    /// An answer without a body.
    pub(crate) fn answer(&mut self, status: &str) -> io::Result<()> {
        self.say(&format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"))
    }

    /// Takes the content to its end, or to where it breaks off, and lets the test know.
    pub(crate) fn take(&mut self) -> io::Result<()> {
        let content = self.content();
        self.tell(content);
        Ok(())
    }

    /// Takes this much of the content and lets the test know.
    pub(crate) fn take_some(&mut self, bytes: usize) -> io::Result<()> {
        let mut content = vec![0; bytes];
        self.stream.read_exact(&mut content)?;
        self.tell((String::from_utf8_lossy(&content).into_owned(), false));
        Ok(())
    }

    fn tell(&mut self, content: (String, bool)) {
        let token = self.field("x-auth-token").to_owned();
        let _ = self.heard.send(Heard { token, content });
    }

    fn content(&mut self) -> (String, bool) {
        let mut content = Vec::new();
        let is_whole = if self.field("transfer-encoding") == "chunked" {
            matches!(self.chunks(&mut content), Ok(true))
        } else {
            let length = self.field("content-length").parse().unwrap();
            self.stream
                .by_ref()
                .take(length)
                .read_to_end(&mut content)
                .is_ok_and(|read| read as u64 == length)
        };
        (String::from_utf8_lossy(&content).into_owned(), is_whole)
    }

    /// Whether the last chunk came.
    fn chunks(&mut self, content: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let Ok(length) = u64::from_str_radix(line.trim(), 16) else { return Ok(false) };
            self.stream.by_ref().take(length).read_to_end(content)?;
            line.clear();
            self.stream.read_line(&mut line)?;
            if length == 0 {
                return Ok(line == "\r\n");
            }
        }
    }

    /// Waits until the gateway has gone.
    pub(crate) fn until_closed(&mut self) -> io::Result<()> {
        self.stream.read_to_end(&mut Vec::new()).map(|_| ())
    }
}
