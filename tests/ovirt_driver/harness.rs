//! A driver, an engine and a user, put together as the gateway does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use deltagate::{
    drivers::{self, Embedded},
    exchange::{
        Cloud, Driver, Endpoint, Identity, Promises, Provider, Receiver, Tally, Transport, superseded,
    },
    model::{
        self, Error, Filter, Flow, HardwareProfile, Image, Instance, InstanceSpec, InstanceState, Kind,
        Metric, Network, NetworkInterface, Operation, Realm, Resource, Sink, Snapshot, Spec, Volume,
    },
    store::JobState,
};

use crate::{
    ovirt_engine::{Engine, Kind as Wrong, Misbehaviour, Mode, Options},
    transport::Direct,
};

/// How long a state may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Harness {
    pub(crate) driver: Arc<dyn Driver>,
    pub(crate) provider: Arc<Provider>,
    pub(crate) identity: Identity,
    pub(crate) promises: Promises,
    transport: Arc<dyn Transport>,
}

/// What was received, with the instances apart.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) realms: Vec<Realm<'static>>,
    pub(crate) images: Vec<Image<'static>>,
    pub(crate) profiles: Vec<HardwareProfile<'static>>,
    pub(crate) instances: Vec<Instance<'static>>,
    pub(crate) volumes: Vec<Volume<'static>>,
    pub(crate) snapshots: Vec<Snapshot<'static>>,
    pub(crate) networks: Vec<Network<'static>>,
    pub(crate) interfaces: Vec<NetworkInterface<'static>>,
    pub(crate) metrics: Vec<Metric<'static>>,
    pub(crate) providers: Vec<model::Provider<'static>>,
}

impl Sink for Received {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        match resource.clone().into_owned() {
            Resource::Realm(realm) => self.realms.push(realm),
            Resource::Image(image) => self.images.push(image),
            Resource::HardwareProfile(profile) => self.profiles.push(profile),
            Resource::Instance(instance) => self.instances.push(instance),
            Resource::Volume(volume) => self.volumes.push(volume),
            Resource::Snapshot(snapshot) => self.snapshots.push(snapshot),
            Resource::Network(network) => self.networks.push(network),
            Resource::NetworkInterface(interface) => self.interfaces.push(interface),
            Resource::Metric(metric) => self.metrics.push(metric),
            Resource::Provider(provider) => self.providers.push(provider),
            other => panic!("it was not asked for {other:?}"),
        }
        Ok(Flow::More)
    }
}

#[async_trait]
impl Receiver for Received {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}

/// An engine, five hundred times faster than the real ones.
pub(crate) async fn engine(mode: Mode, vms: u32) -> Engine {
    Engine::start(Options { mode, vms, speed: 500.0, ..Options::default() }).await
}

impl Harness {
    /// The admin of this engine; `rest` is what follows the URL in the provider's text.
    pub(crate) fn new(engine: &Engine, rest: &str) -> Self {
        Harness::over(&format!("http://{}{rest}", engine.address()), Arc::new(Direct))
    }

    /// The admin of whatever answers over `transport`.
    pub(crate) fn over(text: &str, transport: Arc<dyn Transport>) -> Self {
        Harness::within(Duration::from_secs(30), text, transport)
    }

    /// The same, with so much time for an operation.
    pub(crate) fn within(operation_timeout: Duration, text: &str, transport: Arc<dyn Transport>) -> Self {
        let entry = drivers::find("rhevm").unwrap();
        let address = (entry.parse)(text).unwrap();
        let url = address.url.as_ref().unwrap();
        let provider = Arc::new(Provider {
            name: "test".into(),
            driver: entry.name,
            scope: address.scope.clone(),
            level: address.level,
            services: Default::default(),
            relay: false,
            endpoint: Endpoint {
                provider: "test".into(),
                tls: None,
                host: url.host.clone(),
                port: url.port,
                authority: url.authority(),
                connect_timeout: Duration::from_secs(5),
                read_timeout: Duration::from_secs(10),
                operation_timeout,
                pool_size: 4,
            },
            url: address.url,
        });
        let driver = (entry.open)(Arc::clone(&provider), &Embedded::default()).unwrap();
        let (cloud, store) = (Arc::clone(&driver), crate::memory::store());
        let promises = Promises::new(Arc::clone(&provider), cloud, Arc::clone(&transport), store);
        tokio::spawn(promises.clone().keep());
        let identity = Identity { user: "admin@internal".into(), password: "secret".to_owned().into() };
        Harness { driver, provider, identity, promises, transport }
    }

    pub(crate) fn named(mut self, user: &str, password: &str) -> Self {
        self.identity = Identity { user: user.into(), password: password.to_owned().into() };
        self
    }

    pub(crate) async fn perform(&self, operation: Operation) -> Result<Received, Error> {
        let (received, result) = self.attempt(operation).await;
        result.map(|()| received)
    }

    /// What was received, however it ended.
    pub(crate) async fn attempt(&self, operation: Operation) -> (Received, Result<(), Error>) {
        let (tally, mut received) = (Tally::default(), Received::default());
        let withdrawn = self.promises.withdraw(superseded(&operation)).await.unwrap();
        let (provider, transport) = (&*self.provider, &*self.transport);
        let mut cloud =
            Cloud::new(provider, &self.identity, transport, Some(&self.promises), &tally, &mut received);
        let result = self.driver.perform(&operation, &mut cloud).await;
        match &result {
            Ok(()) => withdrawn.give_up().await,
            Err(_) => withdrawn.restore(|_| false).await,
        }
        (received, result)
    }

    /// How many promises are not kept yet.
    pub(crate) async fn promised(&self) -> u64 {
        self.promises.count(JobState::Pending).await.unwrap()
    }

    pub(crate) async fn list(&self, kind: Kind) -> Received {
        self.perform(Operation::List(kind, Filter::default())).await.unwrap()
    }

    /// What there is of this kind with this id.
    pub(crate) async fn one(&self, kind: Kind, id: &str) -> Result<Received, Error> {
        self.perform(Operation::Show(kind, id.into())).await
    }

    /// Waits until what is shown of this kind with this id is liked; an error is not.
    pub(crate) async fn until_one(&self, kind: Kind, id: &str, like: impl Fn(&Received) -> bool) {
        let started = Instant::now();
        loop {
            let now = self.one(kind, id).await;
            if now.as_ref().is_ok_and(&like) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{kind} {id} never became what was waited for");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until there is no such thing any more.
    pub(crate) async fn until_none(&self, kind: Kind, id: &str) {
        let started = Instant::now();
        while !self.one(kind, id).await.is_err_and(|error| error.kind() == model::ErrorKind::NotFound) {
            assert!(started.elapsed() < PATIENCE, "{kind} {id} never went");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn show(&self, id: &str) -> Result<Instance<'static>, Error> {
        let received = self.perform(Operation::Show(Kind::Instance, id.into())).await?;
        assert_eq!(received.instances.len(), 1);
        Ok(received.instances.into_iter().next().unwrap())
    }

    /// The state that its user is shown it in.
    pub(crate) async fn told(&self, id: &str) -> InstanceState {
        let view = self.promises.view(&self.identity.user).await.unwrap();
        let instance = self.show(id).await.unwrap();
        view.amend(&instance).unwrap_or(instance).state
    }

    /// Waits until there are so many instances.
    pub(crate) async fn until_there_are(&self, count: usize) {
        let started = Instant::now();
        loop {
            let now = self.list(Kind::Instance).await.instances.len();
            if now == count {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "there are {now}, not {count}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the instance is in this state; none means that it is gone.
    pub(crate) async fn until(&self, id: &str, state: Option<InstanceState>) {
        let started = Instant::now();
        loop {
            let now = self.show(id).await.ok().map(|instance| instance.state);
            if now == state {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{id} is {now:?}, not {state:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// One instance of this image that is to run.
pub(crate) fn spec(image: impl ToString) -> InstanceSpec {
    InstanceSpec::new(image.to_string())
}

pub(crate) fn create(spec: InstanceSpec) -> Operation {
    Operation::Create(Box::new(Spec::Instance(spec)))
}

/// The next request of this method to this path goes wrong.
pub(crate) fn once(engine: &Engine, method: &str, path: &str, kind: Wrong) {
    let method = Some(method.to_owned());
    engine.faults().add(Misbehaviour { method, ..Misbehaviour::once(path, kind) });
}

pub(crate) fn refusal(status: u16, detail: &str) -> Wrong {
    Wrong::Fault { status, reason: "Operation Failed".into(), detail: detail.into() }
}
