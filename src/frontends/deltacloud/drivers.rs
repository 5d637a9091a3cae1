//! Drivers: those that a request may choose, each with its providers.
//!
//! The operator's providers are told to everybody, by name only: where they are is nobody's business. Who says who he is
//! sees the parts of the cloud that is spoken to as well, where it can be asked for them.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{asked::Asked, context::Context, document::Node, errors::Fault, html, negotiation::Format};
use crate::{
    frontends::{Call, Choosable, Encode, Head, Reply},
    model::{Capabilities, Error, Filter, Flow, Kind, Operation, Resource, Verb},
    wire::xml::Writer,
};

/// The most parts of a cloud that are shown.
const MOST_PARTS: usize = 1_000;

/// `GET /drivers` and `GET /drivers/ID`
///
/// # Errors
/// When there is no such driver.
pub(super) fn call(action: &'static str, asked: &Asked<'_>, known: &[Choosable]) -> Result<Call, Fault> {
    let mut drivers = known.to_vec();
    if drivers.iter().all(|driver| driver.name != asked.cloud.driver) {
        drivers.push(Choosable { name: asked.cloud.driver, aliases: &[], providers: Vec::new() });
    }
    let only = match asked.id {
        Some(id) => Some(find(&drivers, id).ok_or_else(Fault::nothing_there)?),
        None => None,
    };
    let shows_active = only.is_none_or(|name| name == asked.cloud.driver);
    let asks = shows_active && !asked.user.is_empty() && asked.cloud.supports(Verb::List, Kind::Provider);
    let answer = Answer { context: asked.context.clone(), cloud: asked.cloud.clone(), drivers, only };
    let operation = asks.then(|| Operation::List(Kind::Provider, Filter::default()));
    Ok(Call {
        action,
        before: Vec::new(),
        operation,
        idempotency: None,
        upload: None,
        encode: Box::new(answer),
    })
}

fn find(drivers: &[Choosable], id: &str) -> Option<&'static str> {
    let is_called = |driver: &&Choosable| {
        driver.name.eq_ignore_ascii_case(id)
            || driver.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id))
    };
    drivers.iter().find(is_called).map(|driver| driver.name)
}

struct Answer {
    context: Context,
    /// That of the driver that is spoken to.
    cloud: Capabilities,
    drivers: Vec<Choosable>,
    /// The only one that is shown.
    only: Option<&'static str>,
}

impl Answer {
    fn write(&self, out: &mut BytesMut) {
        let shown = self.drivers.iter().filter(|driver| self.only.is_none_or(|only| only == driver.name));
        let mut nodes: Vec<Node<'_>> = shown.map(|driver| self.describe(driver)).collect();
        let node = match (self.only, nodes.pop()) {
            (Some(_), Some(only)) => only,
            (_, last) => {
                nodes.extend(last);
                Node::object("drivers", nodes)
            }
        };
        if let Some(visit) = &self.context.visit {
            let page = html::document(&self.context, &self.cloud, visit, "drivers", &node);
            return out.extend_from_slice(&page);
        }
        match self.context.format {
            Format::Xml => node.write_xml(&mut Writer::new(out)),
            Format::Json if self.only.is_some() => node.write_json_document(out),
            Format::Json => node.write_json(out),
        }
    }

    fn describe<'a>(&self, driver: &'a Choosable) -> Node<'a> {
        let providers: Vec<Node<'a>> =
            driver.providers.iter().map(|id| Node::empty("provider").with("id", id.as_str())).collect();
        let mut parts = vec![Node::text("name", title(driver.name))];
        if !providers.is_empty() {
            parts.push(Node::row("provider", providers).key("providers"));
        }
        let node = Node::object("driver", parts)
            .with("href", self.context.href(&["drivers", driver.name]))
            .with("id", driver.name);
        if self.only.is_some() { node } else { node.key(driver.name) }
    }
}

impl Encode for Answer {
    fn head(&self) -> Head {
        Head::new(StatusCode::OK, self.context.content_type())
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers()
    }

    fn open(&mut self, _: &mut BytesMut) {}

    fn item(&mut self, resource: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        let active = self.drivers.iter_mut().find(|driver| driver.name == self.cloud.driver);
        let (Resource::Provider(provider), Some(active)) = (resource, active) else { return Ok(Flow::More) };
        if active.providers.len() >= MOST_PARTS {
            return Ok(Flow::Enough);
        }
        if !active.providers.iter().any(|known| *known == provider.id) {
            active.providers.push(provider.id.clone().into_owned());
        }
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        self.write(out);
        Ok(())
    }

    /// What the cloud does not tell is not missed: the rest is for everybody.
    fn fail(&mut self, _: &Error) -> Reply {
        let mut body = BytesMut::new();
        self.write(&mut body);
        let (head, headers) = (self.head(), self.headers());
        Reply { head, headers, body: Bytes::from(body), outcome: "ok" }
    }
}

fn title(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
