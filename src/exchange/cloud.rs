//! What a driver has in hand while it performs one operation.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response, response};
use tokio::time::{Instant, timeout_at};

use super::{Answer, Identity, Promises, Provider, Transport, upload::Upload};
use crate::{
    model::{Error, ErrorKind, Flow, Instance, InstanceState, Kind, Operation, Resource, Sink},
    wire::Decode,
};

/// The longest document that is read whole, in bytes.
const DOCUMENT_CAP: usize = 8 << 20;
/// The longest error document that is read, in bytes; what is over is cut off.
const FAULT_CAP: usize = 64 << 10;
/// The longest time a list may be streamed for; a back end that never ends is broken off then.
const LONGEST_STREAM: Duration = Duration::from_secs(3600);
/// The same for the content of a blob, which may be as long as a client's disk is large and his line slow.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(24 * 3600);

/// What is made of the head of a successful answer before its body is read: whether that is wanted at all.
pub type Begin<'a> = dyn FnMut(&response::Parts, &mut dyn Sink) -> Result<Flow, Error> + Send + 'a;

/// Where resources go.
#[async_trait]
pub trait Receiver: Sink + Send {
    /// Lets what was put leave. Waits while the client is slow: the next bytes are asked of the back end only when
    /// the last ones have gone.
    ///
    /// # Errors
    /// When the client is gone.
    async fn flush(&mut self) -> Result<(), Error>;

    /// Whether something has left already: until then the whole operation is under its deadline.
    fn has_begun(&self) -> bool;

    /// The next bytes of what the client sends along with the operation; none when that was all.
    ///
    /// # Errors
    /// When the client is gone, too slow, or sends what makes no sense: nothing may be stored of it then.
    async fn body(&mut self) -> Result<Option<Bytes>, Error> {
        Ok(None)
    }
}

/// One operation in progress: the line to the back end, and where the resources go.
pub struct Cloud<'a> {
    /// The line to the back end.
    pub line: Line<'a>,
    receiver: &'a mut dyn Receiver,
    /// How many bytes were taken of what the client sends along.
    taken: u64,
}

/// The line to a back end, for one operation of one identity. Copies of it may be used at the same time.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The account that is used.
    pub provider: &'a Provider,
    /// As whom.
    pub identity: &'a Identity,
    transport: &'a dyn Transport,
    promises: Option<&'a Promises>,
    tally: &'a Tally,
    deadline: Instant,
}

/// What an operation has cost so far.
#[derive(Debug, Default)]
pub struct Tally {
    calls: AtomicU32,
    micros: AtomicU64,
}

impl Tally {
    /// How many calls were made to the back end.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// How long was waited for the heads of their answers, added up.
    pub fn waited(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }

    fn add(&self, waited: Duration) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(waited.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl<'a> Cloud<'a> {
    /// An operation that starts now; it has to be answered within the provider's time for operations.
    pub fn new(
        provider: &'a Provider,
        identity: &'a Identity,
        transport: &'a dyn Transport,
        promises: Option<&'a Promises>,
        tally: &'a Tally,
        receiver: &'a mut dyn Receiver,
    ) -> Self {
        let deadline = Instant::now() + provider.endpoint.operation_timeout;
        Cloud { line: Line { provider, identity, transport, promises, tally, deadline }, receiver, taken: 0 }
    }

    /// What it is made of: what lies over a driver puts itself between the two.
    pub fn parts(&mut self) -> (Line<'_>, &mut dyn Receiver) {
        (self.line, &mut *self.receiver)
    }

    /// An operation in progress that is made of these.
    pub fn of(line: Line<'a>, receiver: &'a mut dyn Receiver) -> Self {
        Cloud { line, receiver, taken: 0 }
    }

    /// Hands on a resource that the driver holds already.
    ///
    /// # Errors
    /// What the receiver fails with.
    pub async fn emit(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        let flow = self.receiver.put(resource)?;
        self.receiver.flush().await?;
        Ok(flow)
    }

    /// Hands on everything that was done, and then says what failed first, if anything did: what is done is done,
    /// whatever became of the rest.
    ///
    /// # Errors
    /// What was done fails with, or else the receiver.
    pub async fn emit_all<T>(
        &mut self,
        results: Vec<Result<T, Error>>,
        resource: fn(T) -> Resource<'static>,
    ) -> Result<(), Error> {
        let mut outcome = Ok(());
        for result in results {
            match result {
                Ok(done) => _ = self.emit(&resource(done)).await?,
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome
    }

    /// The next bytes of what the client sends along with the operation; none when that was all, and before that nothing
    /// may be stored. The client is not read from faster than they are asked for, and the time that it takes does not
    /// count against the operation's.
    ///
    /// # Errors
    /// When the client is gone, too slow, or sends what makes no sense: nothing may be stored of it then.
    pub async fn body(&mut self) -> Result<Option<Bytes>, Error> {
        let asked = Instant::now();
        let body = self.receiver.body().await;
        self.line.deadline += asked.elapsed();
        if let Ok(Some(bytes)) = &body {
            self.taken += bytes.len() as u64;
        }
        body
    }

    /// How many bytes were taken so far of what the client sends along: what began cannot begin again.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Sends `request` with what the client sends along, `length` bytes if that is known, and reads its whole answer.
    /// Both sides wait for each other; the time that this takes does not count against the operation's, but each has
    /// to go on.
    ///
    /// # Errors
    /// When the exchange fails, or the client is gone, too slow, or sends another length than it said: nothing is stored
    /// then. A status of failure is not an error here.
    pub async fn upload(
        &mut self,
        request: Request<()>,
        length: Option<u64>,
    ) -> Result<Response<Bytes>, Error> {
        let call = name_of(&request);
        let began = Instant::now();
        let mut upload = Upload::new(&mut *self.receiver, length);
        let answer = self.line.send_with(request, &mut upload).await;
        self.taken += upload.taken();
        let is_through = upload.is_through();
        self.line.deadline += began.elapsed();
        let line = self.line;
        let whole = async {
            let answer = answer?;
            match answer.head().status.is_success() {
                true if !is_through => Err(premature()),
                true => line.within(document(answer)).await,
                false => line.within(fault(answer)).await,
            }
        };
        whole.await.map_err(|error| told(error, call, false))
    }

    /// Sends `request` and feeds the body of a 2xx answer to `decode`, chunk by chunk: memory does not grow with it.
    /// The response that is returned has an empty body then; any other status comes back whole, its body cut at 64 KiB.
    ///
    /// # Errors
    /// When the exchange fails, the body makes no sense, or the receiver fails.
    pub async fn stream(
        &mut self,
        request: Request<Bytes>,
        decode: &mut dyn Decode,
    ) -> Result<Response<Bytes>, Error> {
        self.stream_from(request, &mut |_, _| Ok(Flow::More), decode).await
    }

    /// As [`stream`](Self::stream); `begin` is given the head of a 2xx answer first.
    ///
    /// # Errors
    /// As [`stream`](Self::stream), or what `begin` fails with.
    pub async fn stream_from(
        &mut self,
        request: Request<Bytes>,
        begin: &mut Begin<'_>,
        decode: &mut dyn Decode,
    ) -> Result<Response<Bytes>, Error> {
        self.stream_for(LONGEST_STREAM, request, begin, decode).await
    }

    /// As [`stream_from`](Self::stream_from), and the body is the content of a blob.
    ///
    /// # Errors
    /// As [`stream_from`](Self::stream_from).
    pub async fn download(
        &mut self,
        request: Request<Bytes>,
        begin: &mut Begin<'_>,
    ) -> Result<Response<Bytes>, Error> {
        self.stream_for(LONGEST_DOWNLOAD, request, begin, &mut Content).await
    }

    async fn stream_for(
        &mut self,
        longest: Duration,
        request: Request<Bytes>,
        begin: &mut Begin<'_>,
        decode: &mut dyn Decode,
    ) -> Result<Response<Bytes>, Error> {
        let (call, safe) = (name_of(&request), request.method().is_safe());
        let line = self.line;
        let result = async {
            let mut answer = line.send(request).await?;
            if !answer.head().status.is_success() {
                return line.within(fault(answer)).await;
            }
            let head = Response::from_parts(answer.head().clone(), Bytes::new());
            if begin(answer.head(), &mut *self.receiver)? == Flow::Enough {
                return self.receiver.flush().await.map(|()| head);
            }
            self.pump(answer.as_mut(), decode, longest).await.map(|()| head)
        };
        result.await.map_err(|error| told(error, call, safe))
    }

    async fn pump(
        &mut self,
        answer: &mut dyn Answer,
        decode: &mut dyn Decode,
        longest: Duration,
    ) -> Result<(), Error> {
        let last = Instant::now() + longest;
        while let Some(chunk) = self.next(answer, last).await? {
            let flow = decode.feed(&chunk, &mut *self.receiver)?;
            self.receiver.flush().await?;
            if flow == Flow::Enough {
                return Ok(());
            }
        }
        decode.finish(&mut *self.receiver)?;
        self.receiver.flush().await
    }

    /// The next bytes: within the operation's deadline while the client has got nothing, later until `last`.
    async fn next(&mut self, answer: &mut dyn Answer, last: Instant) -> Result<Option<Bytes>, Error> {
        if !self.receiver.has_begun() {
            return self.line.within(answer.chunk()).await;
        }
        if Instant::now() > last {
            return Err(Error::new(ErrorKind::TimedOut, "the back end's answer does not end"));
        }
        answer.chunk().await
    }
}

impl Line<'_> {
    /// Sends `request` and reads its whole answer, at most 8 MiB.
    ///
    /// # Errors
    /// When the exchange fails, takes too long or is too large. A status of failure is not an error here: the driver
    /// knows what it means.
    pub async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let (call, safe) = (name_of(&request), request.method().is_safe());
        let whole = async {
            let answer = self.send(request).await?;
            if answer.head().status.is_success() {
                self.within(document(answer)).await
            } else {
                self.within(fault(answer)).await
            }
        };
        whole.await.map_err(|error| told(error, call, safe))
    }

    /// When the operation has to be answered.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Takes on `operation`, which cannot be done yet, on `instance`: it is tried until it is done, and the instance
    /// is `shown` as on its way meanwhile.
    ///
    /// # Errors
    /// `Busy` where nothing can be promised: in the fulfilment of a promise, which is tried again anyway; `Unavailable`
    /// when it cannot be written down.
    pub async fn promise(
        &self,
        operation: Operation,
        instance: &Instance<'_>,
        shown: InstanceState,
    ) -> Result<(), Error> {
        let busy = || {
            let message = format!("instance '{}' is busy: try again in a few seconds", instance.id);
            Error::new(ErrorKind::Busy, message).about(Kind::Instance, instance.id.as_ref())
        };
        let promises = self.promises.ok_or_else(busy)?;
        Box::pin(promises.add(self.identity, &operation, instance, shown)).await
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let endpoint = self.provider.endpoint_for(request.uri())?;
        let started = Instant::now();
        let answer = self.within(self.transport.send(&endpoint, request)).await;
        self.tally.add(started.elapsed());
        answer
    }

    /// Every part of it has a limit of its own, since the client decides how long it takes.
    async fn send_with(
        &self,
        request: Request<()>,
        upload: &mut Upload<'_>,
    ) -> Result<Box<dyn Answer>, Error> {
        let endpoint = self.provider.endpoint_for(request.uri())?;
        let started = Instant::now();
        let answer = self.transport.upload(&endpoint, request, upload).await;
        self.tally.add(started.elapsed().saturating_sub(upload.waited()));
        answer
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout_at(self.deadline, work).await.unwrap_or_else(|_| {
            let limit = self.provider.endpoint.operation_timeout.as_secs();
            let message =
                format!("the back end did not answer within the {limit} seconds an operation may take");
            Err(Error::new(ErrorKind::TimedOut, message))
        })
    }
}

/// The error, with the call that met it; what only reads had no effect.
fn told(error: Error, call: impl FnOnce() -> String, safe: bool) -> Error {
    let error = error.during(call);
    if safe { error.safe_to_repeat() } else { error }
}

/// What names the call in an error; it is put together only then.
fn name_of<T>(request: &Request<T>) -> impl FnOnce() -> String + use<T> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    move || format!("{method} {}", uri.path())
}

fn premature() -> Error {
    Error::new(ErrorKind::Unexpected, "the back end took the content for whole before it was")
}

/// The content of a blob, handed on as it arrives.
struct Content;

impl Decode for Content {
    fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<Flow, Error> {
        sink.put(&Resource::Content(chunk.into()))
    }

    fn finish(&mut self, _: &mut dyn Sink) -> Result<(), Error> {
        Ok(())
    }
}

async fn document(mut answer: Box<dyn Answer>) -> Result<Response<Bytes>, Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > DOCUMENT_CAP {
            let message = format!("the back end's document is larger than {} MiB", DOCUMENT_CAP >> 20);
            return Err(Error::new(ErrorKind::Unexpected, message));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response::from_parts(answer.head().clone(), body.freeze()))
}

async fn fault(mut answer: Box<dyn Answer>) -> Result<Response<Bytes>, Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await? {
        let room = FAULT_CAP - body.len();
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() == FAULT_CAP {
            break;
        }
    }
    Ok(Response::from_parts(answer.head().clone(), body.freeze()))
}

/// A receiver that keeps the instances it is given: for work that no client waits for.
#[derive(Debug, Default)]
pub struct Collected(pub Vec<Instance<'static>>);

impl Sink for Collected {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        if let Resource::Instance(instance) = resource {
            self.0.push(instance.clone().into_owned());
        }
        Ok(Flow::More)
    }
}

#[async_trait]
impl Receiver for Collected {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}

/// A receiver that keeps whatever it is given: for a look at a few things that the operation itself is not about.
#[derive(Debug, Default)]
pub struct Found(pub Vec<Resource<'static>>);

impl Sink for Found {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.0.push(resource.clone().into_owned());
        Ok(Flow::More)
    }
}

#[async_trait]
impl Receiver for Found {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}

/// A receiver that takes nothing: for what is done only to see whether it can be.
#[derive(Debug)]
pub struct Nobody;

impl Sink for Nobody {
    fn put(&mut self, _: &Resource<'_>) -> Result<Flow, Error> {
        Ok(Flow::Enough)
    }
}

#[async_trait]
impl Receiver for Nobody {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}
