//! The embedded cloud: the data set of Deltacloud's mock driver, in memory. Every provider of it is a cloud of its own,
//! and is gone when the process ends.

mod data;
mod realms;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::{Address, Entry};
use crate::{
    exchange::{Cloud, Driver, Identity, Level, Provider},
    model::{
        Capabilities, Error, ErrorKind, Filter, Flow, Id, IdForm, Kind, Operation, Realm, Resource, Verb,
    },
};

/// Its row in the list of drivers.
pub(super) const ENTRY: Entry = Entry {
    name: CAPABILITIES.driver,
    aliases: &[],
    summary: "an embedded cloud in memory, to try things out: user mockuser, password mockpassword",
    parse: address,
    open: |_: Arc<Provider>| Arc::new(Mock::default()),
};

/// The only user there is.
pub const USER: &str = "mockuser";
/// The user's password.
pub const PASSWORD: &str = "mockpassword";

const CAPABILITIES: Capabilities = Capabilities {
    driver: "mock",
    operations: &[(Verb::List, Kind::Realm), (Verb::Show, Kind::Realm)],
    ids: IdForm::Opaque,
    user_data: Some(16 << 10),
};

/// One embedded cloud.
pub struct Mock {
    realms: Vec<Realm<'static>>,
}

impl Default for Mock {
    fn default() -> Self {
        Mock { realms: data::realms() }
    }
}

#[async_trait]
impl Driver for Mock {
    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        authenticate(cloud.line.identity)?;
        let found: Vec<Resource<'static>> = match operation {
            Operation::List(Kind::Realm, filter) => self.list_realms(filter),
            Operation::Show(Kind::Realm, id) => vec![self.show_realm(id)?],
            other => {
                let (verb, kind) = other.pair();
                let message = format!("the mock cloud cannot do {verb:?} with a {kind}");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        };
        emit(cloud, found).await
    }
}

/// Any text is a provider: the name of a cloud of its own.
fn address(text: &str) -> Result<Address, String> {
    let scope = (!text.is_empty()).then(|| text.to_owned());
    Ok(Address { url: None, scope, level: Level::Admin })
}

fn authenticate(identity: &Identity) -> Result<(), Error> {
    let user = identity.user.as_bytes().ct_eq(USER.as_bytes());
    let password = identity.password.expose_secret().as_bytes().ct_eq(PASSWORD.as_bytes());
    if bool::from(user & password) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unauthenticated, "the user's name or the password is wrong"))
}

async fn emit(cloud: &mut Cloud<'_>, found: Vec<Resource<'static>>) -> Result<(), Error> {
    for resource in found {
        if cloud.emit(&resource).await? == Flow::Enough {
            break;
        }
    }
    Ok(())
}

/// Whether the filter admits a resource by its id.
fn is_asked_for(filter: &Filter, id: &str) -> bool {
    filter.ids.is_empty() || filter.ids.iter().any(|asked: &Id| asked.as_str() == id)
}
