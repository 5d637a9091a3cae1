//! A driver, a cloud and a user, put together as the gateway does.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use deltagate::{
    drivers::{self, Embedded},
    exchange::{Cloud, Driver, Endpoint, Identity, Promises, Provider, Receiver, Services, Tally, Transport},
    model::{Capabilities, Credential, Error, Flow, Operation, Resource, Sink},
    store::JobState,
};

pub(crate) struct Harness {
    driver: Arc<dyn Driver>,
    provider: Arc<Provider>,
    promises: Promises,
    transport: Arc<dyn Transport>,
}

/// What was received, as it is told.
struct Received {
    told: Vec<String>,
    tell: fn(&Resource<'_>) -> String,
}

impl Sink for Received {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.told.push((self.tell)(resource));
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

/// What tells a thing from others, and what may change of it.
fn told(resource: &Resource<'_>) -> String {
    let is = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
    match resource {
        Resource::Instance(it) => format!(
            "{} {:?} {} {}",
            it.name,
            it.state,
            is(&it.hardware_profile),
            it.all_addresses().map(|ip| ip.to_string()).collect::<Vec<_>>().join(",")
        ),
        Resource::Console(it) => it.text.to_string(),
        Resource::Image(it) => format!("{} {:?}", it.name, it.state),
        Resource::Volume(it) => {
            let device = it.mount.as_ref().map(|mount| is(&mount.device));
            format!("{} {:?} {:?} {}", it.name, it.state, it.size, is(&device.map(Into::into)))
        }
        Resource::Snapshot(it) => format!("{} {:?} {}", it.name, it.state, is(&it.volume)),
        Resource::Network(it) => format!("{} {:?} {}", it.name, it.state, it.address_blocks.join(",")),
        Resource::Subnet(it) => format!("{} {}", it.name, is(&it.address_block)),
        Resource::Firewall(it) => format!("{} {}", it.name, it.rules.len()),
        Resource::Address(it) => format!("{} {}", it.ip, is(&it.instance)),
        Resource::Key(it) => {
            let Credential::Pair { private, .. } = &it.credential else { panic!("{it:?}") };
            format!("{}{}", it.name, if private.is_some() { " with its private key" } else { "" })
        }
        Resource::HardwareProfile(it) => {
            let cpus = it.cpus.as_ref().map(|cpus| cpus.default_value());
            let memory = it.memory.as_ref().map(|memory| memory.default_value() >> 20);
            format!("{} {cpus:?} {memory:?}", it.id)
        }
        Resource::Bucket(it) => format!("{} {:?}", it.id, it.size),
        Resource::Blob(it) => {
            let words = it.metadata.iter().map(|(name, word)| format!("{name}={word}")).collect::<Vec<_>>();
            let modified = it.modified.map_or("-".to_owned(), |at| at.to_string());
            format!(
                "{}/{} {:?} {} {modified} {}",
                it.bucket,
                it.name,
                it.size,
                is(&it.content_type),
                words.join(",")
            )
        }
        Resource::Content(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.id().to_owned(),
    }
}

impl Harness {
    /// A driver of the cloud that answers over `transport`, with Keystone where the recordings have it.
    pub(crate) fn over(transport: Arc<dyn Transport>) -> Self {
        let entry = drivers::find("openstack").unwrap();
        let address = (entry.parse)("http://127.0.0.1:18500/v3;RegionOne").unwrap();
        let url = address.url.as_ref().unwrap();
        let provider = Arc::new(Provider {
            name: "test".into(),
            driver: entry.name,
            scope: address.scope.clone(),
            level: address.level,
            services: Services { interface: address.interface, hosts: Vec::new() },
            relay: false,
            endpoint: Endpoint {
                provider: "test".into(),
                tls: None,
                host: url.host.clone(),
                port: url.port,
                authority: url.authority(),
                connect_timeout: Duration::from_secs(5),
                read_timeout: Duration::from_secs(10),
                operation_timeout: Duration::from_secs(30),
                pool_size: 4,
            },
            url: address.url,
        });
        let driver = (entry.open)(Arc::clone(&provider), &Embedded::default()).unwrap();
        let (cloud, store) = (Arc::clone(&driver), crate::bed::memory::store());
        let promises = Promises::new(Arc::clone(&provider), cloud, Arc::clone(&transport), store);
        tokio::spawn(promises.clone().keep());
        Harness { driver, provider, promises, transport }
    }

    /// What was received, in short, and how it ended.
    pub(crate) async fn perform(&self, user: &str, operation: &Operation) -> Result<Vec<String>, Error> {
        self.told(user, operation, told).await
    }

    /// What was received, as `tell` tells it, and how it ended.
    pub(crate) async fn told(
        &self,
        user: &str,
        operation: &Operation,
        tell: fn(&Resource<'_>) -> String,
    ) -> Result<Vec<String>, Error> {
        self.counted(user, operation, tell).await.map(|(told, _)| told)
    }

    /// What was received, as `tell` tells it, and how many calls it took, as the metrics count them.
    pub(crate) async fn counted(
        &self,
        user: &str,
        operation: &Operation,
        tell: fn(&Resource<'_>) -> String,
    ) -> Result<(Vec<String>, u32), Error> {
        let (tally, mut received) = (Tally::default(), Received { told: Vec::new(), tell });
        let (user, password) = user.split_once(':').unwrap_or((user, "secret"));
        let identity = Identity { user: user.to_owned(), password: password.to_owned().into() };
        let (provider, transport) = (&*self.provider, &*self.transport);
        let mut cloud =
            Cloud::new(provider, &identity, transport, Some(&self.promises), &tally, &mut received);
        self.driver.perform(operation, &mut cloud).await?;
        Ok((received.told, tally.calls()))
    }

    /// What the driver offers by now.
    pub(crate) fn capabilities(&self) -> &Capabilities {
        self.driver.capabilities()
    }

    /// How many promises are not kept yet.
    pub(crate) async fn promised(&self) -> u64 {
        self.promises.count(JobState::Pending).await.unwrap()
    }
}
