//! Access keys: whom a signature stands for.

use std::collections::HashMap;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::AccessKey,
    exchange::Identity,
    wire::sign::{DEFAULT_SKEW, Refusal, Signature},
};

/// The keys the operator configured.
pub(super) struct AccessKeys {
    keys: HashMap<String, AccessKey>,
    /// Verified against when the key is unknown, so that the time an answer takes does not tell.
    decoy: SecretString,
}

/// Who a verified signature stands for.
#[derive(Debug)]
pub(super) struct Holder<'a> {
    pub(super) identity: Identity,
    /// The provider at which he is that; the default one when none.
    pub(super) provider: Option<&'a str>,
}

impl AccessKeys {
    pub(super) fn new(keys: &[AccessKey]) -> Self {
        let keys = keys.iter().map(|key| (key.id.clone(), key.clone())).collect();
        AccessKeys { keys, decoy: uuid::Uuid::new_v4().to_string().into() }
    }

    /// Whom `signature` stands for, if it is right for `request` at the time `now`.
    ///
    /// # Errors
    /// The refusal, in which an unknown key and a wrong signature are the same.
    pub(super) fn verify(
        &self,
        signature: &Signature,
        request: &http::Request<bytes::Bytes>,
        now: Timestamp,
    ) -> Result<Holder<'_>, Refusal> {
        let key = self.keys.get(signature.access_key());
        let secret = key.map_or(&self.decoy, |key| &key.secret);
        let verified = signature.verify(request, secret.expose_secret().as_bytes(), now, DEFAULT_SKEW);
        match (verified, key) {
            (Ok(()), Some(key)) => {
                Ok(Holder { identity: key.identity.clone(), provider: key.provider.as_deref() })
            }
            (Ok(()), None) => Err(Refusal::Mismatch),
            (Err(refusal), _) => Err(refusal),
        }
    }
}
