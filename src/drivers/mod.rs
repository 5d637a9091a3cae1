//! Drivers: the neutral model on one side, a cloud product's API on the other.
//!
//! Every driver's folder has one file per collection, with the same names in the same order.
//!
//! **Invariant:** no driver names a front end, another driver or Pingora.

pub mod mock;
mod openstack;
mod ovirt;

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{
    exchange::{Driver, Interface, Level, Provider, ProviderUrl},
    model::{Capabilities, Error},
};

/// All drivers there are, in the order in which they are listed.
pub static DRIVERS: &[Entry] = &[mock::ENTRY, ovirt::ENTRY, openstack::ENTRY];

/// A driver that can be chosen.
#[derive(Debug)]
pub struct Entry {
    /// Its name, as in `-i`.
    pub name: &'static str,
    /// Other names that mean it.
    pub aliases: &'static [&'static str],
    /// What it speaks to, in one line.
    pub summary: &'static str,
    /// What it can do.
    pub capabilities: &'static Capabilities,
    /// Reads the text that chooses a provider (`-P`, `X-Deltacloud-Provider`); what is wrong with it otherwise.
    pub parse: fn(&str) -> Result<Address, String>,
    /// The driver for one provider; why it cannot be opened otherwise.
    pub open: Open,
}

/// Opens a driver for one provider.
pub type Open = fn(Arc<Provider>, &Embedded) -> Result<Arc<dyn Driver>, Error>;

/// What the operator says of clouds that live in the gateway itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// How long things are on their way from one state to the next; not at all when zero.
    pub transition: Duration,
    /// The folder in which they are kept; they are gone when the process ends when none.
    pub state: Option<PathBuf>,
}

impl Default for Embedded {
    /// Everything is done at once, as clients of Deltacloud's mock cloud expect; and nothing is kept.
    fn default() -> Self {
        Embedded { transition: Duration::ZERO, state: None }
    }
}

/// Where a provider is, as a driver reads it from the provider's text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Where its API is; none for a driver that has no back end.
    pub url: Option<ProviderUrl>,
    /// The part of the back end that is seen; all of it when none.
    pub scope: Option<String>,
    /// With whose rights the API is used.
    pub level: Level,
    /// Which of a service's addresses is used, where it has several.
    pub interface: Interface,
}

/// The driver of this name, in any case of letters, or of which it is an alias.
pub fn find(name: &str) -> Option<&'static Entry> {
    let means = |known: &str| known.eq_ignore_ascii_case(name);
    DRIVERS.iter().find(|entry| means(entry.name) || entry.aliases.iter().any(|alias| means(alias)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_means_one_driver() {
        let mut names = HashSet::new();
        for entry in DRIVERS {
            for name in [entry.name].iter().chain(entry.aliases) {
                assert!(names.insert(name.to_ascii_lowercase()), "{name} means two drivers");
                assert_eq!(find(name).unwrap().name, entry.name);
                assert_eq!(find(&name.to_ascii_uppercase()).unwrap().name, entry.name);
            }
            assert!(!entry.summary.is_empty() && !entry.summary.contains('\n'), "{}", entry.name);
        }
        assert!(find("nosuch").is_none());
    }
}
