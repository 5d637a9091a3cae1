//! What a driver has in hand while it performs one operation.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use tokio::time::{Instant, timeout_at};

use super::{Answer, Identity, Promises, Provider, Transport};
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
        Cloud { line: Line { provider, identity, transport, promises, tally, deadline }, receiver }
    }

    /// What it is made of: what lies over a driver puts itself between the two.
    pub fn parts(&mut self) -> (Line<'_>, &mut dyn Receiver) {
        (self.line, &mut *self.receiver)
    }

    /// An operation in progress that is made of these.
    pub fn of(line: Line<'a>, receiver: &'a mut dyn Receiver) -> Self {
        Cloud { line, receiver }
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
        body
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
        let (call, safe) = (name_of(&request), request.method().is_safe());
        let line = self.line;
        let result = async {
            let mut answer = line.send(request).await?;
            if !answer.head().status.is_success() {
                return line.within(fault(answer)).await;
            }
            let head = Response::from_parts(answer.head().clone(), Bytes::new());
            self.pump(answer.as_mut(), decode).await.map(|()| head)
        };
        result.await.map_err(|error| told(error, call, safe))
    }

    async fn pump(&mut self, answer: &mut dyn Answer, decode: &mut dyn Decode) -> Result<(), Error> {
        let last = Instant::now() + LONGEST_STREAM;
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
            return Err(Error::new(ErrorKind::TimedOut, "the back end's list does not end"));
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
    /// `Busy` where nothing can be promised: in the fulfilment of a promise, which is tried again anyway.
    pub fn promise(
        &self,
        operation: Operation,
        instance: &Instance<'_>,
        shown: InstanceState,
    ) -> Result<(), Error> {
        let busy = || {
            let message = format!("instance '{}' is busy: try again in a few seconds", instance.id);
            Error::new(ErrorKind::Busy, message).about(Kind::Instance, instance.id.as_ref())
        };
        self.promises.ok_or_else(busy)?.add(self.identity, operation, instance, shown)
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        let endpoint = self.provider.endpoint_for(request.uri())?;
        let started = Instant::now();
        let answer = self.within(self.transport.send(&endpoint, request)).await;
        self.tally.add(started.elapsed());
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
fn name_of(request: &Request<Bytes>) -> impl FnOnce() -> String + use<> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    move || format!("{method} {}", uri.path())
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
