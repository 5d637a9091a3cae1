//! The gateway's part of a request, without its connections: a front end, a driver, and what is between them.

use std::{error::Error as StdError, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use deltagate::{
    drivers::{self, Embedded},
    exchange::{Cloud, Driver, Endpoint, Identity, Provider, Receiver, Tally, Transport},
    frontends::{self, Arrival, Call, Choice, Encode, Frontend, Settings},
    model::{Error, Flow, Resource, Sink},
};
use http::Request;
use ipnet::Ipv4Net;
use jiff::Timestamp;

/// The room that is kept for what is written between two chunks, in bytes.
const ROOM: usize = 64 << 10;
/// No operation takes as long as this.
const LONG: Duration = Duration::from_secs(60);

/// The front end that a client uses.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Door {
    Ec2,
    Deltacloud,
}

impl Door {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Door::Ec2 => "ec2",
            Door::Deltacloud => "deltacloud",
        }
    }

    /// What asks for all instances.
    fn target(self) -> &'static str {
        match self {
            Door::Ec2 => "/ec2?Action=DescribeInstances&Version=2016-11-15",
            Door::Deltacloud => "/api/instances?format=xml",
        }
    }
}

/// One provider, and one who asks for its instances.
pub(crate) struct Gateway {
    frontend: Box<dyn Frontend>,
    target: &'static str,
    driver: Arc<dyn Driver>,
    provider: Arc<Provider>,
    identity: Identity,
    transport: Box<dyn Transport>,
    out: BytesMut,
}

impl Gateway {
    /// A gateway that speaks to what answers over `transport` by this driver, and to a client by this front end.
    pub(crate) fn new(
        (driver, provider): (&str, &str),
        door: Door,
        transport: impl Transport + 'static,
    ) -> Result<Self, Box<dyn StdError>> {
        let entry = drivers::find(driver).ok_or("there is no such driver")?;
        let address = (entry.parse)(provider)?;
        let url = address.url.clone().ok_or("the driver has no back end")?;
        let endpoint = Endpoint {
            provider: "bench".to_owned(),
            tls: None,
            authority: url.authority(),
            host: url.host,
            port: url.port,
            connect_timeout: LONG,
            read_timeout: LONG,
            operation_timeout: LONG,
            pool_size: 1,
        };
        let provider = Arc::new(Provider {
            name: "bench".to_owned(),
            driver: entry.name,
            url: address.url,
            scope: address.scope,
            level: address.level,
            services: Default::default(),
            relay: false,
            endpoint,
        });
        let settings = Settings {
            region: None,
            secret: None,
            default_network: Ipv4Net::default(),
            strict_parameters: false,
            instances_per_request: 1,
            cimi_dialect: Default::default(),
            drivers: Vec::new(),
        };
        let frontend =
            frontends::open(&[door.name()], &settings).pop().ok_or("there is no such front end")?;
        Ok(Gateway {
            frontend,
            target: door.target(),
            driver: (entry.open)(provider.clone(), &Embedded::default())?,
            provider,
            identity: Identity { user: "admin@internal".to_owned(), password: "secret".into() },
            transport: Box::new(transport),
            out: BytesMut::with_capacity(ROOM),
        })
    }

    /// Lists the instances, and gives the length of the answer in bytes.
    pub(crate) async fn list_instances(&mut self) -> Result<usize, Box<dyn StdError>> {
        let request = Request::get(self.target).body(Bytes::new())?;
        let arrival = Arrival {
            request_id: "00000000-0000-0000-0000-000000000000".to_owned(),
            now: Timestamp::UNIX_EPOCH,
            scheme: "http",
            host: "localhost:3001".to_owned(),
            driver: "mock",
            choice: Choice::default(),
            caller: None,
        };
        let call = self.frontend.decode(&request, &arrival, self.driver.capabilities());
        let Call { operation, mut encode, .. } =
            call.map_err(|reply| format!("refused: {}", reply.body.escape_ascii()))?;
        let operation = operation.ok_or("the list needs no cloud")?;
        let mut answer = Answer { encode: encode.as_mut(), out: &mut self.out, sent: 0 };
        answer.encode.open(answer.out);
        let tally = Tally::default();
        let mut cloud =
            Cloud::new(&self.provider, &self.identity, self.transport.as_ref(), None, &tally, &mut answer);
        self.driver.perform(&operation, &mut cloud).await?;
        answer.encode.close(answer.out)?;
        answer.flush().await?;
        Ok(answer.sent)
    }
}

/// An answer that is written and forgotten.
struct Answer<'a> {
    encode: &'a mut dyn Encode,
    out: &'a mut BytesMut,
    sent: usize,
}

impl Sink for Answer<'_> {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.encode.item(resource, self.out)
    }
}

#[async_trait]
impl Receiver for Answer<'_> {
    async fn flush(&mut self) -> Result<(), Error> {
        self.sent += self.out.len();
        self.out.clear();
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}
