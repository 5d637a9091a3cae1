//! What is done once, however often a client asks for it under the same token.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Overlay;
use crate::{
    exchange::Identity,
    model::{Error, ErrorKind, Id},
    store::Claimed,
};

/// How long a request waits for another one under the same token to be done.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pause between two looks whether it is.
const PAUSE: Duration = Duration::from_millis(250);

/// A request as its client tells it from others.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The protocol's name of what is asked.
    pub action: &'a str,
    /// The client's own name of the request.
    pub token: &'a str,
    /// What is asked in full, digested.
    pub fingerprint: [u8; 32],
}

/// What is to be done for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// All of it: it was not done yet.
    Take,
    /// Nothing: it was done, and these came of it.
    Done(Vec<Id>),
}

impl Overlay {
    /// Whether the request is to be done now. One that is being done is waited for.
    ///
    /// # Errors
    /// `Reused` when the token was for another request; `Unavailable` when the store cannot be used, or the request is still
    /// being done after 20 seconds.
    pub async fn turn(&self, identity: &Identity, request: Request<'_>) -> Result<Turn, Error> {
        let account = self.account(identity);
        let Request { action, token, fingerprint } = request;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.store.claim(&account, action, token, fingerprint).await? {
                Claimed::Mine => return Ok(Turn::Take),
                Claimed::Done(ids) => return Ok(Turn::Done(ids)),
                Claimed::Mismatch => {
                    let message = "the client token was used for a request with other parameters";
                    return Err(Error::new(ErrorKind::Reused, message));
                }
                Claimed::Running if Instant::now() < deadline => sleep(PAUSE).await,
                Claimed::Running => {
                    let message = "a request with the same client token is still being done";
                    return Err(Error::new(ErrorKind::Unavailable, message).safe_to_repeat());
                }
            }
        }
    }

    /// Takes note of how the request ended whose turn it was.
    ///
    /// It may be sent again when it failed, unless nobody knows whether the cloud has done it: then it counts as being done
    /// until the store's lease ends, so that the client does not get by its own repetition what it has already.
    pub async fn end_turn(&self, identity: &Identity, request: Request<'_>, made: Result<&[Id], &Error>) {
        let account = self.account(identity);
        let Request { action, token, fingerprint: _ } = request;
        let noted = match made {
            Ok(ids) => self.store.settle(&account, action, token, ids).await,
            Err(error) if is_unknown(error) => Ok(()),
            Err(_) => self.store.release(&account, action, token).await,
        };
        if let Err(error) = noted {
            tracing::error!(provider = self.provider, action, %error, "a client token cannot be noted");
        }
    }
}

/// Whether something may have been made of which nothing is told.
fn is_unknown(error: &Error) -> bool {
    use ErrorKind as E;
    matches!(error.kind(), E::TimedOut | E::Unreachable | E::Unexpected) && !error.is_safe_to_repeat()
}
