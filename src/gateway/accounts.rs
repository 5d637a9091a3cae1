//! The providers the operator configured, each with its driver and what was promised on it; and which of them a
//! request means.

use std::sync::Arc;

use super::stores::Stores;
use crate::{
    config::Providers,
    drivers::{self, Embedded},
    exchange::{Driver, Promises, Provider, Transport},
    frontends::Choice,
    model::{Error, ErrorKind},
    overlay::Overlay,
};

/// A provider in use.
pub(super) struct Account {
    pub(super) provider: Arc<Provider>,
    pub(super) driver: Arc<dyn Driver>,
    /// What no cloud keeps: the driver is this one.
    pub(super) overlay: Arc<Overlay>,
    pub(super) promises: Promises,
}

impl Account {
    fn open(
        provider: &Arc<Provider>,
        embedded: &Embedded,
        transport: &Arc<dyn Transport>,
        stores: &Stores,
    ) -> Result<Arc<Self>, Error> {
        let entry = drivers::find(provider.driver).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("there is no driver '{}'", provider.driver))
        })?;
        let driver = (entry.open)(Arc::clone(provider), embedded)?;
        let overlay = Arc::new(Overlay::new(driver, &provider.name, stores.all.clone()));
        let driver: Arc<dyn Driver> = Arc::clone(&overlay) as Arc<dyn Driver>;
        let (cloud, transport) = (Arc::clone(&driver), Arc::clone(transport));
        let promises = Promises::new(Arc::clone(provider), cloud, transport, stores.jobs.clone());
        Ok(Arc::new(Account { provider: Arc::clone(provider), driver, overlay, promises }))
    }
}

/// All providers in use.
///
/// **Invariant:** a request can reach no other back end than these: what its headers say only chooses among them.
pub(super) struct Accounts {
    providers: Providers,
    default: Arc<Account>,
    all: Vec<Arc<Account>>,
}

impl Accounts {
    /// Opens every provider with its driver; what is promised and kept is written down in `stores`.
    ///
    /// # Errors
    /// When one's driver does not exist, or cannot open it.
    pub(super) fn open(
        providers: Providers,
        embedded: &Embedded,
        transport: &Arc<dyn Transport>,
        stores: &Stores,
    ) -> Result<Self, Error> {
        let open = |provider| Account::open(provider, embedded, transport, stores);
        let all = providers.all().map(open).collect::<Result<Vec<_>, Error>>()?;
        let is_default =
            |account: &&Arc<Account>| Arc::ptr_eq(&account.provider, providers.default_provider());
        let default = all.iter().find(is_default).cloned();
        let default =
            default.ok_or_else(|| Error::new(ErrorKind::Internal, "there is no default provider"))?;
        Ok(Accounts { providers, default, all })
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.all.iter()
    }

    /// The one with this name, whoever asks.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Account>> {
        self.all.iter().find(|account| account.provider.name == name)
    }

    /// The one that is used when a request chooses none.
    pub(super) fn default_account(&self) -> &Arc<Account> {
        &self.default
    }

    /// The one that a request chooses; none when it chooses none.
    ///
    /// # Errors
    /// `Invalid` when it names a driver or a provider that the operator did not allow.
    pub(super) fn chosen(&self, choice: &Choice) -> Result<Option<&Arc<Account>>, Error> {
        let (driver, provider) = (choice.driver.as_deref(), choice.provider.as_deref());
        if driver.is_none() && provider.is_none() {
            return Ok(None);
        }
        let refused = || {
            let what = if provider.is_some() { "X-Deltacloud-Provider" } else { "X-Deltacloud-Driver" };
            let message =
                format!("this gateway has no such back end: leave {what} out, or name one that it allows");
            Error::new(ErrorKind::Invalid, message)
        };
        let provider = self.providers.choose(driver, provider).ok_or_else(refused)?;
        Ok(self.all.iter().find(|account| Arc::ptr_eq(&account.provider, provider)))
    }
}
