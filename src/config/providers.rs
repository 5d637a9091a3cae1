//! Providers: the clouds there are, the one that is used, and those that a request may choose.

use std::{sync::Arc, time::Duration};

use super::{
    default_provider::default_provider,
    file::{ProviderTable, Source},
    layers::Settings,
    limits::{count, duration, seconds},
    listeners::pem,
    problem::{Located, Problems},
};
use crate::{
    drivers::{self, Address, Entry},
    exchange::{Endpoint, Interface, Provider, ProviderUrl, Services, Tls, bare_host},
};

/// The name of the provider that flags or the environment describe.
pub(super) const DESCRIBED: &str = "default";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);
const POOL_SIZE: usize = 64;
/// The longest name of a provider, in bytes.
const NAME_CAP: usize = 64;

/// The clouds there are.
#[derive(Debug, Clone)]
pub struct Providers {
    choices: Vec<Choice>,
    default: Arc<Provider>,
}

#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) provider: Arc<Provider>,
    /// The text with which the operator described it (`URL;DATACENTER;ADMIN`).
    pub(super) text: String,
    /// Whether a request may choose it.
    pub(super) allowed: bool,
}

impl Providers {
    /// The provider that is used when a request chooses none.
    pub fn default_provider(&self) -> &Arc<Provider> {
        &self.default
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.choices.iter().map(|choice| &choice.provider)
    }

    /// Those that a request may choose and that the operator gave a name.
    pub fn choosable(&self) -> impl Iterator<Item = &Arc<Provider>> {
        let named = self.choices.iter().filter(|choice| choice.allowed && choice.provider.name != DESCRIBED);
        named.map(|choice| &choice.provider)
    }

    /// The one of this name, whether or not a request may choose it.
    pub fn find(&self, name: &str) -> Option<&Arc<Provider>> {
        self.all().find(|provider| provider.name.eq_ignore_ascii_case(name))
    }

    /// The one that a request means by `X-Deltacloud-Driver` and `X-Deltacloud-Provider`, if the operator lets requests
    /// choose it. The provider may be given by its name, or as its driver reads it (`URL;DATACENTER;ADMIN`).
    pub fn choose(&self, driver: Option<&str>, provider: Option<&str>) -> Option<&Arc<Provider>> {
        let driver = match driver {
            Some(name) => Some(drivers::find(name)?.name),
            None => None,
        };
        let is_meant = |choice: &&Choice| {
            choice.allowed
                && driver.is_none_or(|driver| choice.provider.driver == driver)
                && provider.is_none_or(|text| choice.is_called(text))
        };
        let is_default = |choice: &&Choice| Arc::ptr_eq(&choice.provider, &self.default);
        let meant = || self.choices.iter().filter(is_meant);
        let choice = meant().find(is_default).or_else(|| meant().next());
        choice.map(|choice| &choice.provider)
    }
}

impl Choice {
    pub(super) fn is_called(&self, text: &str) -> bool {
        self.provider.name.eq_ignore_ascii_case(text)
            || (!text.is_empty() && self.text == text)
            || self.is_at(text)
    }

    /// Whether the driver reads in `text` the very back end, scope and level that this provider has.
    fn is_at(&self, text: &str) -> bool {
        let Some(entry) = drivers::find(self.provider.driver) else { return false };
        (entry.parse)(text).is_ok_and(|address| {
            address.url.is_some()
                && address.url == self.provider.url
                && address.scope == self.provider.scope
                && address.level == self.provider.level
                && address.interface == self.provider.services.interface
        })
    }
}

/// The providers of the file and the one that flags or the environment describe; none only when there is a problem.
pub(super) fn providers(settings: Settings<'_>, problems: &mut Problems) -> Option<Providers> {
    let Settings { arguments, file, source, .. } = settings;
    let timeout = settings.number(("-t", arguments.timeout), "API_TIMEOUT", file.timeout.as_ref(), problems);
    let is_over_file = timeout.as_ref().is_some_and(|timeout| timeout.place.rank() > 1);
    let timeout = match timeout {
        Some(timeout) => problems.keep(&timeout.place, seconds(timeout.value))?,
        None => OPERATION_TIMEOUT,
    };
    let mut choices = Vec::new();
    for table in &file.providers {
        let Some(mut choice) = configured(source, table, timeout, problems) else { continue };
        if choices
            .iter()
            .any(|known: &Choice| known.provider.name.eq_ignore_ascii_case(&choice.provider.name))
        {
            let message = format!("there are two providers '{}'", choice.provider.name);
            problems.add(&source.place(&table.name), message);
        }
        if let (true, Some(provider)) = (is_over_file, Arc::get_mut(&mut choice.provider)) {
            provider.endpoint.operation_timeout = timeout;
        }
        choices.push(choice);
    }
    let complete = choices.len() == file.providers.len();
    let default = default_provider(settings, &mut choices, complete, timeout, problems);
    for wanted in file.allowed_providers.iter().flatten() {
        let found = choices.iter_mut().find(|choice| choice.is_called(wanted.get_ref()));
        match found {
            Some(choice) => choice.allowed = true,
            None if complete => {
                problems.add(&source.place(wanted), format!("there is no provider '{}'", wanted.get_ref()));
            }
            None => {}
        }
    }
    let default = default?;
    choices
        .iter_mut()
        .filter(|choice| Arc::ptr_eq(&choice.provider, &default))
        .for_each(|it| it.allowed = true);
    Some(Providers { choices, default })
}

/// A provider of the file.
fn configured(
    source: &Source,
    table: &ProviderTable,
    timeout: Duration,
    problems: &mut Problems,
) -> Option<Choice> {
    let before = problems.0.len();
    let Located { value: name, place } = source.locate(&table.name);
    problems.keep(&place, check_name(&name));
    let entry = problems.keep(&source.place(&table.driver), known_driver(table.driver.get_ref()));
    let mut time = |written, default| duration(source, written, default, problems);
    let connect_timeout = time(table.connect_timeout.as_ref(), CONNECT_TIMEOUT);
    let read_timeout = time(table.read_timeout.as_ref(), READ_TIMEOUT);
    let operation_timeout = time(table.operation_timeout.as_ref(), timeout);
    let pool_size = count(source, table.pool_size.as_ref(), POOL_SIZE, 1..=100_000, problems);
    let entry = entry?;
    let address = address(source, table, entry, problems)?;
    let tls = tls(source, table, address.url.as_ref(), problems);
    let relay = relay(source, table, address.url.as_ref(), problems);
    let hosts = service_hosts(source, table, address.url.as_ref(), problems);
    let endpoint = Endpoint {
        tls,
        connect_timeout: connect_timeout?,
        read_timeout: read_timeout?,
        operation_timeout: operation_timeout?,
        pool_size: pool_size?,
        ..endpoint(&name, address.url.as_ref(), timeout)
    };
    if problems.0.len() > before {
        return None;
    }
    let services = Services { interface: address.interface, hosts };
    let provider = Provider { relay, services, ..provider(name, entry, address, endpoint) };
    let text = table.url.as_ref().map(|url| url.get_ref().clone()).unwrap_or_default();
    Some(Choice { provider: Arc::new(provider), text, allowed: false })
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if name == DESCRIBED {
        return Err(format!("the name '{DESCRIBED}' is kept for the provider that -P describes"));
    }
    if (1..=NAME_CAP).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    Err(format!("a provider's name has 1 to {NAME_CAP} letters, digits or any of -._"))
}

pub(super) fn known_driver(name: &str) -> Result<&'static Entry, String> {
    drivers::find(name).ok_or_else(|| {
        let names: Vec<_> = drivers::DRIVERS.iter().map(|entry| entry.name).collect();
        format!("there is no driver '{name}'; there are: {}", names.join(", "))
    })
}

fn address(
    source: &Source,
    table: &ProviderTable,
    entry: &'static Entry,
    problems: &mut Problems,
) -> Option<Address> {
    let place = table.url.as_ref().map_or_else(|| source.place(&table.driver), |url| source.place(url));
    let text = table.url.as_ref().map_or("", |url| url.get_ref());
    let mut address = problems.keep(&place, (entry.parse)(text))?;
    if table.url.is_some() && address.url.is_none() {
        problems.add(&place, format!("the driver '{}' has no back end: it takes no url", entry.name));
    }
    if let Some(scope) = &table.data_center {
        if address.scope.is_some() {
            problems.add(&source.place(scope), "the url names a data center already");
        }
        address.scope = Some(scope.get_ref().clone());
    }
    if let Some(level) = &table.level {
        address.level = (*level.get_ref()).into();
    }
    if let Some(word) = &table.interface {
        let unknown = || format!("'{}' is no interface: public, internal or admin", word.get_ref());
        address.interface =
            problems.keep(&source.place(word), Interface::read(word.get_ref()).ok_or_else(unknown))?;
    }
    Some(address)
}

fn tls(
    source: &Source,
    table: &ProviderTable,
    url: Option<&ProviderUrl>,
    problems: &mut Problems,
) -> Option<Tls> {
    let insecure = table.tls_verify == Some(false);
    let is_tls = url.is_some_and(|url| url.tls);
    if let Some(path) = &table.ca_file {
        let place = source.place(path);
        if !is_tls {
            problems.add(&place, "a ca_file is for a url with https");
        } else if insecure {
            problems.add(&place, "a ca_file has no use when tls_verify is false");
        }
    }
    let ca_file = table.ca_file.as_ref().and_then(|path| pem(source, path, "CERTIFICATE-----", problems));
    is_tls.then_some(Tls { insecure, ca_file })
}

fn relay(source: &Source, table: &ProviderTable, url: Option<&ProviderUrl>, problems: &mut Problems) -> bool {
    let Some(relay) = &table.relay else { return false };
    if *relay.get_ref() && url.is_none() {
        problems.add(&source.place(relay), "this provider has no back end that could be let through");
    }
    *relay.get_ref()
}

fn service_hosts(
    source: &Source,
    table: &ProviderTable,
    url: Option<&ProviderUrl>,
    problems: &mut Problems,
) -> Vec<String> {
    let mut hosts = Vec::new();
    for written in table.service_hosts.iter().flatten() {
        let place = source.place(written);
        if url.is_none() {
            problems.add(&place, "this provider has no back end that could have services");
        }
        let no_host = || format!("'{}' is no host name and no address", written.get_ref());
        hosts.extend(problems.keep(&place, bare_host(written.get_ref()).ok_or_else(no_host)));
    }
    hosts
}

pub(super) fn endpoint(name: &str, url: Option<&ProviderUrl>, operation_timeout: Duration) -> Endpoint {
    Endpoint {
        provider: name.to_owned(),
        tls: url.filter(|url| url.tls).map(|_| Tls::default()),
        host: url.map(|url| url.host.clone()).unwrap_or_default(),
        port: url.map(|url| url.port).unwrap_or_default(),
        authority: url.map(ProviderUrl::authority).unwrap_or_default(),
        connect_timeout: CONNECT_TIMEOUT,
        read_timeout: READ_TIMEOUT,
        operation_timeout,
        pool_size: POOL_SIZE,
    }
}

pub(super) fn provider(
    name: String,
    entry: &'static Entry,
    address: Address,
    endpoint: Endpoint,
) -> Provider {
    let Address { url, scope, level, interface } = address;
    let services = Services { interface, hosts: Vec::new() };
    Provider { name, driver: entry.name, url, scope, level, services, relay: false, endpoint }
}
