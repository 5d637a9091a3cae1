//! oVirt and RHEV-M, by the engine's REST API: version 3 (3.0 to 3.6) and version 4 (4.0 and later).
//!
//! A call's form is in [`call`], which engine it goes to in [`engine`], what depends on the engine's version in
//! [`dialect`], what a user logs in for in [`login`], how a call is sent in [`session`], what a refusal means in
//! [`faults`], and what a state means in [`states`]. Each collection has its file.
//!
//! **Invariants:** a list costs the same number of calls whatever its length, and is read item by item. No text of
//! a client reaches a path or a search but encoded and, for ids, checked to be a UUID.

mod call;
mod dialect;
mod engine;
mod faults;
mod hardware_profiles;
mod images;
mod instances;
mod login;
mod metrics;
mod names;
mod network_interfaces;
mod networks;
mod places;
mod providers;
mod read;
mod realms;
#[cfg(test)]
mod recordings;
mod search;
mod session;
mod snapshots;
mod states;
mod storage;
mod user_data;
mod volumes;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Address, Entry};
use crate::{
    exchange::{Cloud, Driver, Level, ProviderUrl},
    model::{
        Capabilities, Cause, Change, Error, ErrorKind, Feature, IdForm, Kind, Kinds, Operation, Spec, Stage,
        Transition, Verb,
    },
};

/// Its row in the list of drivers.
pub(super) const ENTRY: Entry = Entry {
    name: CAPABILITIES.driver,
    aliases: &["rhevm"],
    summary: "oVirt 3.0 to 4.5, RHEV-M, RHV and OLVM: -P 'URL;DATACENTER;ADMIN|USER'",
    capabilities: &CAPABILITIES,
    parse: address,
    open: |_, _| Ok(Arc::new(Ovirt::default())),
};

/// How many calls are made at once for one operation.
const CONCURRENCY: usize = 4;

const CAPABILITIES: Capabilities = Capabilities {
    driver: "ovirt",
    operations: &[
        (Verb::List, Kind::Realm),
        (Verb::Show, Kind::Realm),
        (Verb::List, Kind::Image),
        (Verb::Show, Kind::Image),
        (Verb::List, Kind::HardwareProfile),
        (Verb::Show, Kind::HardwareProfile),
        (Verb::List, Kind::Instance),
        (Verb::Show, Kind::Instance),
        (Verb::Create, Kind::Instance),
        (Verb::Act, Kind::Instance),
        (Verb::Destroy, Kind::Instance),
        (Verb::Create, Kind::Image),
        (Verb::Destroy, Kind::Image),
        (Verb::List, Kind::Volume),
        (Verb::Show, Kind::Volume),
        (Verb::Create, Kind::Volume),
        (Verb::Change, Kind::Volume),
        (Verb::Destroy, Kind::Volume),
        (Verb::List, Kind::Snapshot),
        (Verb::Show, Kind::Snapshot),
        (Verb::Create, Kind::Snapshot),
        (Verb::Destroy, Kind::Snapshot),
        (Verb::List, Kind::Network),
        (Verb::Show, Kind::Network),
        (Verb::List, Kind::NetworkInterface),
        (Verb::Show, Kind::NetworkInterface),
        (Verb::Create, Kind::NetworkInterface),
        (Verb::Destroy, Kind::NetworkInterface),
        (Verb::List, Kind::Metric),
        (Verb::Show, Kind::Metric),
        (Verb::List, Kind::Provider),
        (Verb::Show, Kind::Provider),
    ],
    lacks: Kinds::NONE,
    ids: IdForm::Uuid,
    user_data: Some(16 << 10),
    longest_name: Some(64),
    features: &[
        Feature::AuthorizedKeys,
        Feature::InstanceNetwork,
        Feature::VolumeName,
        Feature::VolumeDescription,
    ],
    // As Deltacloud's clients know it: an instance is made stopped.
    life: &[
        Transition::new(Stage::Start, Cause::Create, Stage::Pending),
        Transition::new(Stage::Pending, Cause::Auto, Stage::Stopped),
        Transition::new(Stage::Stopped, Cause::Start, Stage::Running),
        Transition::new(Stage::Stopped, Cause::Destroy, Stage::Finish),
        Transition::new(Stage::Running, Cause::Reboot, Stage::Running),
        Transition::new(Stage::Running, Cause::Stop, Stage::Stopping),
        Transition::new(Stage::Stopping, Cause::Stop, Stage::Stopped),
        Transition::new(Stage::Stopping, Cause::Auto, Stage::Stopped),
    ],
};

/// One oVirt engine.
#[derive(Default)]
struct Ovirt {
    sessions: session::Sessions,
}

#[async_trait]
impl Driver for Ovirt {
    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let session = &self.sessions.open(cloud.line).await?;
        match operation {
            Operation::List(kind, filter) => match kind {
                Kind::Realm => realms::list(session, filter, cloud).await,
                Kind::Image => images::list(session, filter, cloud).await,
                Kind::HardwareProfile => hardware_profiles::list(session, filter, cloud).await,
                Kind::Instance => instances::list(session, filter, cloud).await,
                Kind::Volume => Box::pin(volumes::list(session, filter, cloud)).await,
                Kind::Snapshot => Box::pin(snapshots::list(session, filter, cloud)).await,
                Kind::Network => Box::pin(networks::list(session, filter, cloud)).await,
                Kind::NetworkInterface => Box::pin(network_interfaces::list(session, filter, cloud)).await,
                Kind::Metric => Box::pin(metrics::list(session, filter, cloud)).await,
                Kind::Provider => Box::pin(providers::list(session, filter, cloud)).await,
                _other => Err(incapable(operation)),
            },
            Operation::Show(kind, id) => match kind {
                Kind::Realm => realms::show(session, id, cloud).await,
                Kind::Image => images::show(session, id, cloud).await,
                Kind::HardwareProfile => hardware_profiles::show(session, id, cloud).await,
                Kind::Instance => instances::show(session, id, cloud).await,
                Kind::Volume => Box::pin(volumes::show(session, id, cloud)).await,
                Kind::Snapshot => Box::pin(snapshots::show(session, id, cloud)).await,
                Kind::Network => Box::pin(networks::show(session, id, cloud)).await,
                Kind::NetworkInterface => Box::pin(network_interfaces::show(session, id, cloud)).await,
                Kind::Metric => Box::pin(metrics::show(session, id, cloud)).await,
                Kind::Provider => Box::pin(providers::show(session, id, cloud)).await,
                _other => Err(incapable(operation)),
            },
            Operation::Create(spec) | Operation::CreateWith(spec, _) => match &**spec {
                Spec::Instance(spec) => instances::create(session, spec, cloud).await,
                Spec::Image(spec) => Box::pin(images::create(session, spec, cloud)).await,
                Spec::Volume(spec) => Box::pin(volumes::create(session, spec, cloud)).await,
                Spec::Snapshot(spec) => Box::pin(snapshots::create(session, spec, cloud)).await,
                Spec::NetworkInterface(spec) => {
                    Box::pin(network_interfaces::create(session, spec, cloud)).await
                }
                _other => Err(incapable(operation)),
            },
            Operation::Act(action, ids) => instances::act(session, *action, ids, cloud).await,
            Operation::Change(id, change) => match change {
                Change::Attach { instance, device: _ } => {
                    Box::pin(volumes::attach(session, id, instance, cloud)).await
                }
                Change::Detach => Box::pin(volumes::detach(session, id, cloud)).await,
                _other => Err(incapable(operation)),
            },
            Operation::Destroy(kind, ids) => match kind {
                Kind::Instance => instances::destroy(session, ids, cloud).await,
                Kind::Image => Box::pin(images::destroy(session, ids, cloud)).await,
                Kind::Volume => Box::pin(volumes::destroy(session, ids, cloud)).await,
                Kind::Snapshot => Box::pin(snapshots::destroy(session, ids, cloud)).await,
                Kind::NetworkInterface => Box::pin(network_interfaces::destroy(session, ids, cloud)).await,
                _other => Err(incapable(operation)),
            },
            Operation::Read(_) | Operation::Tag(..) | Operation::Note(..) => Err(incapable(operation)),
        }
    }
}

fn incapable(operation: &Operation) -> Error {
    let (verb, kind) = operation.pair();
    Error::new(ErrorKind::Unsupported, format!("oVirt cannot do {verb:?} with a {kind}"))
}

/// Reads `URL;DATACENTER;ADMIN|USER`, of which the last two may be left out.
fn address(text: &str) -> Result<Address, String> {
    let mut parts = text.split(';').map(str::trim);
    let url = match parts.next() {
        None | Some("") => {
            return Err("an oVirt provider is URL;DATACENTER;ADMIN|USER: the URL is missing".into());
        }
        Some(url) => ProviderUrl::parse(url)?,
    };
    let scope = parts.next().filter(|scope| !scope.is_empty()).map(str::to_owned);
    let level = match parts.next() {
        None | Some("") => Level::Admin,
        Some(word) if word.eq_ignore_ascii_case("admin") => Level::Admin,
        Some(word) if word.eq_ignore_ascii_case("user") => Level::User,
        Some(word) => return Err(format!("'{word}' is no level of an oVirt provider: ADMIN or USER")),
    };
    match parts.next() {
        None => Ok(Address { url: Some(url), scope, level, ..Address::default() }),
        Some(_) => Err("an oVirt provider is URL;DATACENTER;ADMIN|USER: this one has more parts".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_a_url_a_data_center_and_a_level() {
        let url = "https://engine.example.com/ovirt-engine/api";
        for (text, scope, level) in [
            (url.to_owned(), None, Level::Admin),
            (format!("{url};;ADMIN"), None, Level::Admin),
            (format!("{url};;"), None, Level::Admin),
            (
                format!("{url};645e425e-66fe-4ac9-8874-537bd10ef08d;user"),
                Some("645e425e-66fe-4ac9-8874-537bd10ef08d"),
                Level::User,
            ),
        ] {
            let address = address(&text).unwrap();
            assert_eq!(address.url.unwrap().path, "/ovirt-engine/api", "{text}");
            assert_eq!((address.scope.as_deref(), address.level), (scope, level), "{text}");
        }
        for text in ["", ";dc", "engine", "https://e/api;dc;ROOT", "https://e/api;dc;USER;x"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
