//! The embedded cloud: the data set of Deltacloud's mock driver, and everything that the neutral model knows can be done
//! to it. Every provider of it is a cloud of its own.
//!
//! The whole cloud is one value (`state`): an operation reads it as it is at one moment, or makes another one of it,
//! which takes its place (`store`) if the operation succeeds.
//!
//! Decided otherwise than in the original: the number of an instance is not given again after it is gone; a key that was
//! made is shown to whoever made it once, and never again; metrics are those of the instance that is asked for; what is
//! in use cannot be destroyed.

mod capabilities;
mod dispatch;
mod table;
mod state;
mod store;
mod disk;
mod data;
mod life;
mod realms;
mod images;
mod hardware_profiles;
mod instances;
mod keys;
mod volumes;
mod snapshots;
mod networks;
mod subnets;
mod network_interfaces;
mod addresses;
mod firewalls;
mod load_balancers;
mod buckets;
mod blobs;
mod consoles;
mod contents;
mod metrics;
mod providers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use tokio::task::spawn_blocking;

use super::{Address, Embedded, Entry};
use crate::{
    exchange::{Cloud, Driver, Identity},
    model::{Capabilities, Change, Error, ErrorKind, Flow, Operation, Resource, Spec},
};
use capabilities::CAPABILITIES;
use dispatch::alter;
use state::Reading;
use store::Store;

/// Its row in the list of drivers.
pub(super) const ENTRY: Entry = Entry {
    name: NAME,
    aliases: &[],
    summary: "an embedded cloud, to try things out: user mockuser, password mockpassword",
    capabilities: &CAPABILITIES,
    parse: address,
    open: |provider, embedded| Ok(Arc::new(Mock::open(&provider.name, embedded)?)),
};

/// Its name, as in `-i`.
pub const NAME: &str = "mock";
/// The only user there is.
pub const USER: &str = "mockuser";
/// The user's password.
pub const PASSWORD: &str = "mockpassword";

/// One embedded cloud.
pub struct Mock {
    /// The provider's name.
    name: String,
    store: Arc<Store>,
}

impl Mock {
    /// The cloud of the provider of this name.
    ///
    /// # Errors
    /// `Internal` when it cannot be kept where the operator wants it.
    fn open(name: &str, settings: &Embedded) -> Result<Self, Error> {
        let transition = SignedDuration::try_from(settings.transition).unwrap_or(SignedDuration::MAX);
        let store = match &settings.state {
            Some(folder) => Store::on_disk(&folder.join(format!("{name}.cloud")), data::state(), transition)?,
            None => Store::in_memory(data::state(), transition),
        };
        Ok(Mock { name: name.to_owned(), store: Arc::new(store) })
    }

    /// Does an operation that changes the cloud.
    async fn alter(&self, operation: &Operation) -> Result<Vec<Resource<'static>>, Error> {
        let operation = operation.clone();
        self.with_store(move |store| store.change(|writing| alter(writing, &operation))).await
    }

    /// Does `work`, which may wait for the disk, where nobody waits for it who has something else to do. It is done to
    /// its end even when nobody waits for it any more.
    async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if self.store.folder().is_none() {
            return work(&self.store);
        }
        let store = Arc::clone(&self.store);
        let broken = |_| Error::new(ErrorKind::Internal, "the change was broken off");
        spawn_blocking(move || work(&store)).await.map_err(broken)?
    }
}

#[async_trait]
impl Driver for Mock {
    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        authenticate(cloud.line.identity)?;
        match operation {
            Operation::List(..) | Operation::Show(..) | Operation::Change(_, Change::Run(_)) => {
                let state = self.store.state();
                let reading = Reading { state: &state, now: Timestamp::now() };
                emit(self.look(reading, operation)?, cloud).await
            }
            Operation::Read(id) => self.read_blob(id, cloud).await,
            Operation::Create(spec) | Operation::CreateWith(spec, _) => match &**spec {
                Spec::Blob(spec) => self.create_blob(spec, cloud).await,
                _other => emit(self.alter(operation).await?, cloud).await,
            },
            Operation::Act(..)
            | Operation::Change(..)
            | Operation::Destroy(..)
            | Operation::Tag(..)
            | Operation::Note(..) => emit(self.alter(operation).await?, cloud).await,
        }
    }
}

async fn emit<'a>(
    resources: impl IntoIterator<Item = Resource<'a>, IntoIter: Send>,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    for resource in resources {
        if cloud.emit(&resource).await? == Flow::Enough {
            break;
        }
    }
    Ok(())
}

/// Any text is a provider: the name of a cloud of its own.
fn address(text: &str) -> Result<Address, String> {
    let scope = (!text.is_empty()).then(|| text.to_owned());
    Ok(Address { scope, ..Address::default() })
}

fn authenticate(identity: &Identity) -> Result<(), Error> {
    let user = identity.user.as_bytes().ct_eq(USER.as_bytes());
    let password = identity.password.expose_secret().as_bytes().ct_eq(PASSWORD.as_bytes());
    if bool::from(user & password) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unauthenticated, "the user's name or the password is wrong"))
}
