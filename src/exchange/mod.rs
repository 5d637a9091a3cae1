//! The seam between a driver and its cloud: all that a driver may do to the world.
//!
//! **Invariant:** a driver reaches its cloud only through [`Cloud`], so that deadlines, caps, counting and the name of
//! the call in every error are here, once. Nothing here knows a protocol, a product or Pingora.

mod cloud;
mod kept;
mod login;
mod promise;
mod provider;
mod transport;
mod upload;

use async_trait::async_trait;

pub use cloud::{Begin, Cloud, Collected, Found, Line, Nobody, Receiver, Tally};
pub use kept::Kept;
pub use login::Logins;
pub use promise::{Promises, View, Withdrawn, superseded};
pub use provider::{Endpoint, Interface, Level, Provider, ProviderUrl, Services, Tls, bare_host};
pub use transport::{Answer, Body, Transport};

use std::borrow::Cow;

use crate::model::{Capabilities, Error, Operation};
use secrecy::SecretString;

/// A cloud product, seen by one provider: it maps the neutral model onto the product's API.
#[async_trait]
pub trait Driver: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// What of the cloud the identity is in: those with the same one see the same things, once the cloud has said that
    /// they are who they say. All of it when empty.
    fn tenant<'i>(&self, _identity: &'i Identity) -> Cow<'i, str> {
        Cow::Borrowed("")
    }

    /// Makes the exchanges that `operation` needs; every resource it finds goes to the cloud's receiver as soon as it
    /// is whole.
    ///
    /// # Errors
    /// The native failure, mapped to a neutral kind.
    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error>;
}

/// As whom the gateway speaks to a back end.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The user's name, as the back end writes it.
    pub user: String,
    /// The password.
    pub password: SecretString,
}
