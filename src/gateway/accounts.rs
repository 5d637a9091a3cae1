//! The providers the operator configured, each with its driver and what was promised on it; and which of them a
//! request means.

use std::sync::Arc;

use http::HeaderMap;

use crate::{
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

/// All providers in use, the default one first.
///
/// **Invariant:** a request can reach no other back end than these: what its headers say only chooses among them.
pub(super) struct Accounts {
    default: Arc<Account>,
    all: Vec<Arc<Account>>,
    allowed: Vec<String>,
}

impl Accounts {
    /// Opens every provider with its driver. `allowed` are the names of those that a header may choose besides the
    /// default one.
    ///
    /// # Errors
    /// When there is none, or one's driver does not exist.
    pub(super) fn open(
        providers: &[Arc<Provider>],
        default: &str,
        allowed: &[String],
        transport: &Arc<dyn Transport>,
    ) -> Result<Self, Error> {
        let open = |provider: &Arc<Provider>| {
            let entry = drivers::find(provider.driver).ok_or_else(|| {
                Error::new(ErrorKind::Internal, format!("there is no driver '{}'", provider.driver))
            })?;
            let driver = (entry.open)(Arc::clone(provider));
            let promises = Promises::new(Arc::clone(provider), Arc::clone(&driver), Arc::clone(transport));
            Ok(Arc::new(Account { provider: Arc::clone(provider), driver, promises }))
        };
        let all = providers.iter().map(open).collect::<Result<Vec<_>, Error>>()?;
        let chosen = all.iter().find(|account| account.provider.name == default).cloned();
        let default = chosen
            .ok_or_else(|| Error::new(ErrorKind::Internal, format!("there is no provider '{default}'")))?;
        Ok(Accounts { default, all, allowed: allowed.to_vec() })
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.all.iter()
    }

    /// The one with this name, whoever asks.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Account>> {
        self.all.iter().find(|account| account.provider.name == name)
    }

    /// The default one.
    pub(super) fn default(&self) -> &Arc<Account> {
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
        let driver = match driver {
            Some(name) => Some(drivers::find(name).ok_or_else(|| refused(DRIVER))?.name),
            None => None,
        };
        let fits = |account: &&Arc<Account>| {
            driver.is_none_or(|driver| account.provider.driver == driver)
                && provider.is_none_or(|text| names(&account.provider, text))
        };
        let mut open = self.all.iter().filter(|account| self.is_open(account));
        match open.find(fits) {
            Some(account) => Ok(Some(account)),
            None => Err(refused(if provider.is_some() { PROVIDER } else { DRIVER })),
        }
    }

    fn is_open(&self, account: &Arc<Account>) -> bool {
        Arc::ptr_eq(account, &self.default) || self.allowed.contains(&account.provider.name)
    }
}

/// Whether `text` means this provider: its name, or its URL as Deltacloud writes it (`URL;DATACENTER;LEVEL`).
fn names(provider: &Provider, text: &str) -> bool {
    if provider.name == text {
        return true;
    }
    let Some(entry) = drivers::find(provider.driver) else { return false };
    (entry.parse)(text).is_ok_and(|address| {
        address.url.is_some()
            && address.url == provider.url
            && address.scope == provider.scope
            && address.level == provider.level
    })
}

fn refused(header: &str) -> Error {
    let message =
        format!("this gateway has no such back end: leave the header {header} out, or use a name it allows");
    Error::new(ErrorKind::Invalid, message)
}
