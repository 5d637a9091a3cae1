//! The providers the operator configured, each with its driver and what was promised on it; and which of them a
//! request means.

use std::sync::Arc;

use http::HeaderMap;

use crate::{
    config::Providers,
    drivers,
    exchange::{Driver, Promises, Provider, Transport},
    model::{Error, ErrorKind},
};

/// The header that names a driver.
const DRIVER: &str = "x-deltacloud-driver";
/// The header that names a provider.
const PROVIDER: &str = "x-deltacloud-provider";

/// A provider in use.
pub(super) struct Account {
    pub(super) provider: Arc<Provider>,
    pub(super) driver: Arc<dyn Driver>,
    pub(super) promises: Promises,
}

impl Account {
    fn open(provider: &Arc<Provider>, transport: &Arc<dyn Transport>) -> Result<Arc<Self>, Error> {
        let entry = drivers::find(provider.driver).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("there is no driver '{}'", provider.driver))
        })?;
        let driver = (entry.open)(Arc::clone(provider));
        let promises = Promises::new(Arc::clone(provider), Arc::clone(&driver), Arc::clone(transport));
        Ok(Arc::new(Account { provider: Arc::clone(provider), driver, promises }))
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
    /// Opens every provider with its driver.
    ///
    /// # Errors
    /// When one's driver does not exist.
    pub(super) fn open(providers: Providers, transport: &Arc<dyn Transport>) -> Result<Self, Error> {
        let open = |provider| Account::open(provider, transport);
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

    /// The one that the headers choose; none when they choose none.
    ///
    /// # Errors
    /// `Invalid` when they name a driver or a provider that the operator did not allow.
    pub(super) fn chosen(&self, headers: &HeaderMap) -> Result<Option<&Arc<Account>>, Error> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
        let (driver, provider) = (text(DRIVER), text(PROVIDER));
        if driver.is_none() && provider.is_none() {
            return Ok(None);
        }
        let refused = || {
            let header = if provider.is_some() { PROVIDER } else { DRIVER };
            let message =
                format!("this gateway has no such back end: leave {header} out, or name one that it allows");
            Error::new(ErrorKind::Invalid, message)
        };
        let provider = self.providers.choose(driver, provider).ok_or_else(refused)?;
        Ok(self.all.iter().find(|account| Arc::ptr_eq(&account.provider, provider)))
    }
}
