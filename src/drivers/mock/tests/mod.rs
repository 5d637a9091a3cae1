//! The mock cloud, asked as the gateway asks it.

mod blobs;
mod consistency;
mod instances;
mod keys;
mod kept;
mod networks;
mod pairs;
mod seed;
mod volumes;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;

use super::*;
use crate::{
    exchange::{Answer, Collected, Endpoint, Provider, Receiver, Tally, Transport},
    model::{Action, Filter, Id, Instance, InstanceSpec, InstanceState as S, Kind, Sink, Verb},
};

/// The mock cloud has nobody to talk to.
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: &Endpoint, _: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        panic!("the mock cloud made an exchange");
    }
}

/// Keeps what it is given, until it has enough; and has something to send, in pieces.
struct Client {
    received: Vec<Resource<'static>>,
    enough: usize,
    body: Vec<Result<Bytes, Error>>,
}

impl Client {
    fn sending(mut body: Vec<Result<Bytes, Error>>) -> Self {
        body.reverse();
        Client { received: Vec::new(), enough: usize::MAX, body }
    }
}

impl Sink for Client {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.received.push(resource.clone().into_owned());
        Ok(if self.received.len() < self.enough { Flow::More } else { Flow::Enough })
    }
}

#[async_trait]
impl Receiver for Client {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }

    async fn body(&mut self) -> Result<Option<Bytes>, Error> {
        self.body.pop().transpose()
    }
}

fn provider() -> Provider {
    let endpoint = Endpoint {
        provider: "mock".to_owned(),
        tls: None,
        host: String::new(),
        port: 0,
        authority: String::new(),
        connect_timeout: Duration::from_secs(1),
        read_timeout: Duration::from_secs(1),
        operation_timeout: Duration::from_secs(1),
        pool_size: 1,
    };
    Provider {
        name: "mock".to_owned(),
        driver: "mock",
        url: None,
        scope: None,
        level: Default::default(),
        services: Default::default(),
        relay: false,
        endpoint,
    }
}

async fn ask(
    mock: &Mock,
    operation: Operation,
    (user, password): (&str, &str),
    receiver: &mut dyn Receiver,
) -> Result<(), Error> {
    let identity = Identity { user: user.to_owned(), password: password.to_owned().into() };
    let (provider, tally) = (provider(), Tally::default());
    let mut cloud = Cloud::new(&provider, &identity, &Nowhere, None, &tally, receiver);
    mock.perform(&operation, &mut cloud).await
}

/// What comes of an operation of the one user.
async fn all(mock: &Mock, operation: Operation) -> Result<Vec<Resource<'static>>, Error> {
    let mut client = Client::sending(Vec::new());
    ask(mock, operation, (USER, PASSWORD), &mut client).await.map(|()| client.received)
}

/// The one thing that comes of an operation.
async fn only(mock: &Mock, operation: Operation) -> Resource<'static> {
    let mut found = all(mock, operation).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

async fn ids(mock: &Mock, operation: Operation) -> Vec<String> {
    all(mock, operation).await.unwrap().iter().map(|resource| resource.id().to_owned()).collect()
}

async fn instances(mock: &Mock, operation: Operation) -> Result<Vec<Instance<'static>>, Error> {
    let mut collected = Collected::default();
    ask(mock, operation, (USER, PASSWORD), &mut collected).await.map(|()| collected.0)
}

/// Of which kind the operation's failure is, and what it is about.
async fn failure(mock: &Mock, operation: Operation) -> (ErrorKind, Option<(Kind, String)>) {
    let error = all(mock, operation).await.unwrap_err();
    (error.kind(), error.subject().map(|(kind, id)| (kind, id.to_string())))
}

fn list(kind: Kind) -> Operation {
    Operation::List(kind, Filter::default())
}

fn show(kind: Kind, id: &str) -> Operation {
    Operation::Show(kind, id.into())
}

fn remove(kind: Kind, id: &str) -> Operation {
    Operation::Destroy(kind, vec![id.into()])
}

fn change(id: &str, change: Change) -> Operation {
    Operation::Change(id.into(), change)
}

fn make(spec: Spec) -> Operation {
    Operation::Create(Box::new(spec))
}

async fn state(mock: &Mock, id: &str) -> S {
    instances(mock, Operation::Show(Kind::Instance, id.into())).await.unwrap()[0].state
}

fn act(action: Action, ids: &[&str]) -> Operation {
    Operation::Act(action, ids.iter().copied().map(Id::from).collect())
}

fn destroy(ids: &[&str]) -> Operation {
    Operation::Destroy(Kind::Instance, ids.iter().copied().map(Id::from).collect())
}

fn create(change: impl FnOnce(&mut InstanceSpec)) -> Operation {
    let mut spec = InstanceSpec::new("img1");
    change(&mut spec);
    Operation::Create(Box::new(Spec::Instance(spec)))
}

fn open(transition: Duration, state: Option<&Path>) -> Result<Mock, Error> {
    Mock::open("mock", &Embedded { transition, state: state.map(Path::to_owned) })
}

fn at_once() -> Mock {
    open(Duration::ZERO, None).unwrap()
}

fn never() -> Mock {
    open(Duration::from_secs(3600), None).unwrap()
}

/// A cloud that is kept in this folder.
fn kept(folder: &Path) -> Mock {
    open(Duration::ZERO, Some(folder)).unwrap()
}
