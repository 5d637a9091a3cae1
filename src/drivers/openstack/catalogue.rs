//! The catalogue: where the services of a region are, as Keystone says it with a token.
//!
//! <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use serde::Deserialize;

use crate::{
    exchange::{Interface, ProviderUrl},
    model::{Error, ErrorKind, Kind},
    wire::json::Text,
};

/// A service that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Nova.
    Compute,
    /// Glance.
    Image,
    /// Cinder.
    Volume,
    /// Neutron.
    Network,
    /// Swift.
    ObjectStore,
}

/// How a service is found in a catalogue.
struct Known {
    service: Service,
    /// The types by which it may be there, the best one first.
    types: &'static [&'static str],
    /// The segments of a URL's path that name a version of the API that is understood.
    versions: &'static [&'static str],
    /// What to add to a URL that names none; nothing can be added to one that has a project's id in it.
    version: Option<&'static str>,
}

static SERVICES: &[Known] = &[
    Known {
        service: Service::Compute,
        types: &["compute"],
        versions: &["v2.1", "v2"],
        version: Some("v2.1"),
    },
    Known { service: Service::Image, types: &["image"], versions: &["v2"], version: Some("v2") },
    Known {
        service: Service::Volume,
        types: &["block-storage", "volumev3", "block-store", "volume"],
        versions: &["v3"],
        version: None,
    },
    Known { service: Service::Network, types: &["network"], versions: &["v2.0"], version: Some("v2.0") },
    Known { service: Service::ObjectStore, types: &["object-store"], versions: &["v1"], version: None },
];

impl Service {
    /// Every service, to go through.
    pub(super) fn all() -> impl Iterator<Item = Service> {
        SERVICES.iter().map(|known| known.service)
    }

    /// What is only there where the service is.
    pub(super) fn kinds(self) -> &'static [Kind] {
        match self {
            Service::Compute => {
                &[Kind::Realm, Kind::HardwareProfile, Kind::Instance, Kind::Key, Kind::Console]
            }
            Service::Image => &[Kind::Image],
            Service::Volume => &[Kind::Volume, Kind::Snapshot],
            Service::Network => {
                &[Kind::Network, Kind::Subnet, Kind::NetworkInterface, Kind::Address, Kind::Firewall]
            }
            Service::ObjectStore => &[Kind::Bucket, Kind::Blob],
        }
    }

    /// What it is called where somebody has to be told that it is not there.
    pub(super) fn name(self) -> &'static str {
        match self {
            Service::Compute => "compute",
            Service::Image => "image",
            Service::Volume => "block storage",
            Service::Network => "network",
            Service::ObjectStore => "object storage",
        }
    }
}

/// Where the services of one region are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Catalogue {
    /// The base of each service's API: `https://nova:8774/v2.1`.
    bases: Vec<(Service, String)>,
    /// All regions there are, in their order.
    regions: Vec<String>,
}

/// One service of a catalogue as it is written.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow, default)]
    endpoints: Vec<Endpoint<'a>>,
}

/// Version 3 has one address in each; `region` is the older name of `region_id`.
#[derive(Debug, Deserialize)]
struct Endpoint<'a> {
    #[serde(borrow)]
    interface: Text<'a>,
    #[serde(borrow)]
    region_id: Option<Text<'a>>,
    #[serde(borrow)]
    region: Option<Text<'a>>,
    #[serde(borrow)]
    url: Text<'a>,
}

impl Endpoint<'_> {
    fn region(&self) -> &str {
        let named = self.region_id.as_ref().or(self.region.as_ref());
        named.map(|region| region.0.as_ref()).unwrap_or_default()
    }
}

impl Catalogue {
    /// The services of a region, the first one when none is named, at this interface.
    ///
    /// # Errors
    /// `Invalid` when there is no such region.
    pub(super) fn read(
        entries: &[Entry<'_>],
        region: Option<&str>,
        interface: Interface,
    ) -> Result<Self, Error> {
        let regions = regions(entries);
        let region = match region {
            Some(named) if regions.iter().any(|known| known == named) => named,
            Some(named) => {
                let message = format!("the cloud has no region '{named}'; it has: {}", regions.join(", "));
                return Err(Error::new(ErrorKind::Invalid, message));
            }
            None => regions.first().map(String::as_str).unwrap_or_default(),
        };
        let base_of = |known: &Known| {
            let fits = |endpoint: &&Endpoint<'_>| {
                endpoint.region() == region && *endpoint.interface == *interface.name()
            };
            let of_types =
                known.types.iter().flat_map(|kind| entries.iter().filter(move |entry| *entry.kind == **kind));
            let mut ours = of_types.flat_map(|entry| &entry.endpoints).filter(fits);
            let base = ours.find_map(|endpoint| base(&endpoint.url, known))?;
            Some((known.service, base))
        };
        Ok(Catalogue { bases: SERVICES.iter().filter_map(base_of).collect(), regions: regions.clone() })
    }

    /// The base of a service's API.
    ///
    /// # Errors
    /// `Unsupported` when the cloud has no such service.
    pub(super) fn base(&self, service: Service) -> Result<&str, Error> {
        let found = self.bases.iter().find(|(known, _)| *known == service);
        found.map(|(_, base)| base.as_str()).ok_or_else(|| {
            let message = format!("this cloud has no {} service", service.name());
            Error::new(ErrorKind::Unsupported, message).safe_to_repeat()
        })
    }

    /// The services that are there.
    pub(super) fn services(&self) -> impl Iterator<Item = Service> {
        self.bases.iter().map(|(service, _)| *service)
    }

    /// All regions there are.
    pub(super) fn regions(&self) -> &[String] {
        &self.regions
    }
}

fn regions(entries: &[Entry<'_>]) -> Vec<String> {
    let mut regions = Vec::new();
    for endpoint in entries.iter().flat_map(|entry| &entry.endpoints) {
        let region = endpoint.region();
        if !region.is_empty() && !regions.iter().any(|known| known == region) {
            regions.push(region.to_owned());
        }
    }
    regions.sort_unstable();
    regions
}

/// The base at this URL, with the version added where it has none; none when it is of another version, or no URL.
fn base(url: &str, known: &Known) -> Option<String> {
    let mut url = ProviderUrl::parse(url).ok()?;
    let is_version = |segment: &&str| {
        segment.strip_prefix('v').is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    };
    let named = url.path.split('/').find(is_version).map(str::to_owned);
    match (named, known.version) {
        (Some(named), _) if known.versions.contains(&named.as_str()) => Some(url.to_string()),
        (Some(_), _) | (None, None) => None,
        (None, Some(version)) => {
            url.path.push('/');
            url.path.push_str(version);
            Some(url.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: &str = r#"[
        {"type": "compute", "endpoints": [
            {"interface": "public", "region_id": "B", "url": "http://b:8774/v2.1"},
            {"interface": "public", "region_id": "A", "region": "A", "url": "http://a:8774/v2.1/"},
            {"interface": "internal", "region": "A", "url": "http://inner:8774/v2/4ec4"}]},
        {"type": "volumev2", "endpoints": [{"interface": "public", "region_id": "A", "url": "http://a:8776/v2/4ec4"}]},
        {"type": "volumev3", "endpoints": [{"interface": "public", "region_id": "A", "url": "http://a:8776/v3/4ec4"}]},
        {"type": "network", "endpoints": [{"interface": "public", "region_id": "A", "url": "http://a:9696"}]},
        {"type": "image", "endpoints": [
            {"interface": "public", "region_id": "A", "url": "http://a:9292/v1"},
            {"interface": "public", "region_id": "A", "url": "http://a/vm1/image"}]},
        {"type": "object-store", "endpoints": [
            {"interface": "public", "region_id": "A", "url": "not a url"},
            {"interface": "public", "region_id": "A", "url": "http://a:8080/v1/AUTH_4ec4"}]},
        {"type": "image", "endpoints": [{"interface": "admin", "region_id": "A", "url": "not a url"}]}]"#;

    fn catalogue(region: Option<&str>, interface: Interface) -> Result<Catalogue, Error> {
        let entries: Vec<Entry<'_>> = serde_json::from_str(ENTRIES).unwrap();
        Catalogue::read(&entries, region, interface)
    }

    #[test]
    fn services_are_those_of_the_region_and_the_interface() {
        let a = catalogue(None, Interface::Public).unwrap();
        for (service, base) in [
            (Service::Compute, "http://a:8774/v2.1"),
            (Service::Volume, "http://a:8776/v3/4ec4"),
            (Service::Network, "http://a:9696/v2.0"),
            (Service::Image, "http://a/vm1/image/v2"),
            (Service::ObjectStore, "http://a:8080/v1/AUTH_4ec4"),
        ] {
            assert_eq!(a.base(service).unwrap(), base);
        }
        assert_eq!(a.regions(), ["A", "B"]);
        assert_eq!(catalogue(Some("A"), Interface::Public).unwrap(), a);
        let b = catalogue(Some("B"), Interface::Public).unwrap();
        assert_eq!(b.base(Service::Compute).unwrap(), "http://b:8774/v2.1");
        let inner = catalogue(Some("A"), Interface::Internal).unwrap();
        assert_eq!(inner.base(Service::Compute).unwrap(), "http://inner:8774/v2/4ec4");
    }

    #[test]
    fn a_service_that_is_not_there_is_not_supported() {
        let b = catalogue(Some("B"), Interface::Public).unwrap();
        let error = b.base(Service::Network).unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Unsupported, "this cloud has no network service")
        );
        assert!(catalogue(None, Interface::Admin).unwrap().base(Service::Image).is_err());
    }

    #[test]
    fn a_region_that_is_not_there_is_told_with_those_that_are() {
        let error = catalogue(Some("C"), Interface::Public).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.message().ends_with("it has: A, B"), "{error}");
    }
}
