//! Front ends: a client's protocol on one side, the neutral model on the other. Pure.
//!
//! **Invariant:** no driver, no Pingora, no I/O, no clock is named in this folder. What a front end must know of the
//! moment comes in with [`Arrival`].

pub mod cimi;
pub mod deltacloud;
pub mod ec2;
mod tag;

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use ipnet::Ipv4Net;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    model::{Capabilities, Error, Flow, Operation, Resource},
    wire::sign::{Refusal, Signature, session::Issuer},
};

/// The names of the front ends there are, as in `-f`.
pub const NAMES: &[&str] = &["ec2", "cimi", "deltacloud"];

/// Those that are served when nothing is said: all of them.
pub const DEFAULT_NAMES: &[&str] = NAMES;

/// A client's protocol.
pub trait Frontend: Send + Sync {
    /// Its name, as in `-f`.
    fn name(&self) -> &'static str;

    /// The path at which its clients begin.
    fn entry(&self) -> &'static str;

    /// The header in which its clients look for a request's id.
    fn request_id_header(&self) -> &'static str;

    /// Whether a request is in its protocol, by where it goes.
    fn claims(&self, method: &Method, uri: &Uri) -> bool;

    /// The methods of its protocol; others are refused before anything is read.
    fn methods(&self) -> &'static [Method] {
        &[Method::GET, Method::POST]
    }

    /// The back end that the request chooses.
    fn choice(&self, request: &Request<Bytes>) -> Choice {
        Choice::of(request.headers())
    }

    /// Who the client says it is.
    ///
    /// # Errors
    /// The finished answer to a request that says it wrongly.
    fn identify(&self, request: &Request<Bytes>, arrival: &Arrival) -> Result<Claim, Reply>;

    /// How much of the body `decode` has to see of a request of which this much is there.
    fn intake(&self, _request: &Request<Bytes>) -> Intake {
        Intake::Whole
    }

    /// What the client wants.
    ///
    /// # Errors
    /// The finished answer to a request that makes no sense.
    fn decode(
        &self,
        request: &Request<Bytes>,
        arrival: &Arrival,
        cloud: &Capabilities,
    ) -> Result<Call, Reply>;

    /// The answer to a request whose signature is not right.
    fn reject(&self, request: &Request<Bytes>, arrival: &Arrival, refusal: &Refusal) -> Reply;

    /// The answer to a request that failed before it was decoded.
    fn refuse(&self, request: &Request<Bytes>, arrival: &Arrival, error: &Error) -> Reply;
}

/// What a front end must know of the moment at which a request arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The request's id: in the answer, in its header and in the log.
    pub request_id: String,
    /// When it arrived.
    pub now: Timestamp,
    /// `http` or `https`, as the client used it.
    pub scheme: &'static str,
    /// Host and port as the client wrote them.
    pub host: String,
    /// The driver that is spoken to.
    pub driver: &'static str,
    /// The back end that the client chose.
    pub choice: Choice,
    /// Who sent it; none before that is known. A password has not been checked by then: what is told of its user is
    /// sent once the back end has.
    pub caller: Option<Caller>,
}

/// Who sent a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// As whom he is known to the back end.
    pub user: String,
    /// With what he makes sessions, where his signature was verified and is no session's.
    pub issuer: Option<Issuer>,
}

/// The back end that a request chooses, as it says it: the operator decides which there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The driver; any when none.
    pub driver: Option<String>,
    /// The provider, in the driver's own words; the default one when none.
    pub provider: Option<String>,
}

impl Choice {
    /// The header that names a driver.
    const DRIVER: &str = "x-deltacloud-driver";
    /// The header that names a provider.
    const PROVIDER: &str = "x-deltacloud-provider";

    /// What the headers choose; a header that is no text chooses what does not exist.
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name| Some(headers.get(name)?.to_str().unwrap_or_default().trim().to_owned());
        Choice { driver: text(Choice::DRIVER), provider: text(Choice::PROVIDER) }
    }
}

/// Who a client says it is.
#[derive(Debug)]
pub enum Claim {
    /// Nobody.
    Anonymous,
    /// Nobody has to: what is asked is told to everybody, and needs no cloud.
    Public,
    /// A user of the back end, by password.
    Password {
        /// The user's name.
        user: String,
        /// The password, to be checked by the back end.
        password: SecretString,
    },
    /// The holder of an access key, by a signature that is still to be verified.
    Signature(Box<Signature>),
}

/// How much of a request's body has to be there before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// All of it.
    Whole,
    /// More than there is.
    More,
    /// What is there is enough: the rest goes through [`Call::upload`] as it arrives.
    Enough,
}

/// A decoded request: what is to be done, and how its answer is written.
pub struct Call {
    /// The protocol's own name of it (`DescribeInstances`), from a closed set: for metrics and the log.
    pub action: &'static str,
    /// What has to be known before it is done: [`Encode::note`] gets it.
    pub before: Vec<Operation>,
    /// What is to be done; none when the front end can answer by itself, or decides by what it noted.
    pub operation: Option<Operation>,
    /// What tells the request from others, where a client may send it again without its being done again.
    pub idempotency: Option<Idempotency>,
    /// Makes of the request's body what is to be stored, where it is not read whole.
    pub upload: Option<Box<dyn Upload>>,
    /// Writes the answer.
    pub encode: Box<dyn Encode>,
}

impl Call {
    /// One that does this, and of which nothing else is to be said.
    pub fn of(action: &'static str, operation: Operation, encode: impl Encode + 'static) -> Self {
        Call {
            action,
            before: Vec::new(),
            operation: Some(operation),
            idempotency: None,
            upload: None,
            encode: Box::new(encode),
        }
    }
}

/// What tells one request of a client from its others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's own name of it.
    pub token: String,
    /// A digest of what it asks: under the same token it has to be the same.
    pub fingerprint: [u8; 32],
}

/// Makes of a request's body, as it arrives, what is to be stored.
///
/// `feed` gets the whole body from its first byte on, also what [`Frontend::decode`] has seen of it.
pub trait Upload: Send {
    /// What of the content is known before the body is read.
    fn begin(&mut self) -> Bytes {
        Bytes::new()
    }

    /// What of the content the next bytes of the body hold.
    ///
    /// # Errors
    /// When the body makes no sense. Nothing is stored then.
    fn feed(&mut self, chunk: Bytes) -> Result<Bytes, Error>;

    /// The body has come to its end: what is to be done yet because of what it said after the content.
    ///
    /// # Errors
    /// When the body ends too early. Nothing is stored then.
    fn finish(&mut self) -> Result<Option<Operation>, Error>;
}

/// Writes one answer, resource by resource.
///
/// Called in this order: `note` for each resource that had to be known before, `decide`, `open`, `item` for each resource,
/// `close`; where [`Upload::finish`] asks for something more, `item` gets what comes of that, too. `fail` at any point instead, after which nothing else is called. What `fail` returns is sent if nothing has left yet; otherwise the transfer is broken off.
pub trait Encode: Send {
    /// The status and media type of a successful answer, asked for when it leaves: no earlier than its first resource
    /// or its end.
    fn head(&self) -> Head;

    /// Further header fields of a successful answer, asked for when it leaves. An answer that knows its length says so
    /// in `content-length`, and fails in `close` when it was not true.
    fn headers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Those that have the names that a resource gives them.
    fn fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    /// Takes note of one resource of [`Call::before`].
    ///
    /// # Errors
    /// When the operation must not be done because of it.
    fn note(&mut self, _resource: &Resource<'_>) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    /// What is to be done by what was noted, in this order; the answer is made of what the last one gives. Asked once,
    /// where [`Call::operation`] is none and something had to be known before.
    fn decide(&mut self) -> Vec<Operation> {
        Vec::new()
    }

    /// Writes what comes before the first resource.
    fn open(&mut self, out: &mut BytesMut);

    /// Writes one resource, or drops it when the client's filter does not admit it.
    ///
    /// # Errors
    /// When the answer has to be a failure because of it.
    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error>;

    /// Writes what comes after the last resource.
    ///
    /// # Errors
    /// When something that had to come did not.
    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error>;

    /// The whole answer to a failed operation.
    fn fail(&mut self, error: &Error) -> Reply;
}

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: StatusCode,
    /// The `Content-Type`.
    pub content_type: Cow<'static, str>,
}

impl Head {
    /// A head of this status and media type.
    pub fn new(status: StatusCode, content_type: impl Into<Cow<'static, str>>) -> Self {
        Head { status, content_type: content_type.into() }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status and media type.
    pub head: Head,
    /// Further header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// The protocol's own name of the outcome (`AuthFailure`), from a closed set: for metrics and the log.
    pub outcome: &'static str,
}

/// What the operator decides about front ends.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of EC2's region; the one that the client signed for when none.
    pub region: Option<String>,
    /// A secret that gateways have in common which stand in for each other; a new one of this process when none.
    pub secret: Option<SecretSlice<u8>>,
    /// The addresses of EC2's default VPC.
    pub default_network: Ipv4Net,
    /// Whether EC2's clients may send no parameter that their action does not know.
    pub strict_parameters: bool,
    /// How many instances one request may create.
    pub instances_per_request: u32,
    /// How CIMI is spoken.
    pub cimi_dialect: cimi::Dialect,
    /// The drivers that a request may choose.
    pub drivers: Vec<Choosable>,
}

/// A driver that a request may choose, and its providers that it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosable {
    /// Its name.
    pub name: &'static str,
    /// Other names that mean it.
    pub aliases: &'static [&'static str],
    /// The names that the operator gave its providers.
    pub providers: Vec<String>,
}

/// The front ends of these names.
pub fn open(names: &[&str], settings: &Settings) -> Vec<Box<dyn Frontend>> {
    let named = |name: &&str| -> Option<Box<dyn Frontend>> {
        match *name {
            "ec2" => Some(Box::new(ec2::Ec2::new(ec2_settings(settings)))),
            "cimi" => Some(Box::new(cimi::Cimi::new(settings.cimi_dialect))),
            "deltacloud" => {
                let front_end = deltacloud::Deltacloud::new(settings.instances_per_request);
                Some(Box::new(front_end.knowing(settings.drivers.clone())))
            }
            _ => None,
        }
    };
    names.iter().filter_map(named).collect()
}

fn ec2_settings(settings: &Settings) -> ec2::Settings {
    let Settings {
        region,
        secret,
        default_network,
        strict_parameters,
        instances_per_request,
        cimi_dialect: _,
        drivers: _,
    } = settings.clone();
    let secret = secret.unwrap_or_else(random_secret);
    let token_key = Sha256::new().chain_update("deltagate page tokens").chain_update(secret.expose_secret());
    let token_key = token_key.finalize().into();
    ec2::Settings { region, token_key, default_network, strict_parameters, instances_per_request }
}

/// What follows from it is good for as long as the process lives.
fn random_secret() -> SecretSlice<u8> {
    [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_with_a_secret_in_common_take_each_others_pages() {
        let token_key = |secret: Option<&[u8]>| {
            let settings = Settings {
                region: None,
                secret: secret.map(|secret| secret.to_vec().into()),
                default_network: Ipv4Net::default(),
                strict_parameters: false,
                instances_per_request: 1,
                cimi_dialect: cimi::Dialect::default(),
                drivers: Vec::new(),
            };
            ec2_settings(&settings).token_key
        };
        assert_eq!(token_key(Some(b"one")), token_key(Some(b"one")));
        assert_ne!(token_key(Some(b"one")), token_key(Some(b"two")));
        assert_ne!(token_key(None), token_key(None));
    }
}
