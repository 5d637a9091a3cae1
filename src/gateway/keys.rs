//! Access keys: whom a signature stands for.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::AccessKey,
    wire::sign::{Refusal, Signature},
};

/// The keys the operator configured.
pub(super) struct AccessKeys {
    keys: HashMap<String, Vec<AccessKey>>,
    skew: SignedDuration,
    /// Verified against when the key is unknown, so that the time an answer takes does not tell.
    decoy: SecretString,
}

impl AccessKeys {
    /// These keys, with clients' clocks off by at most `skew`.
    pub(super) fn new(all: &[AccessKey], skew: Duration) -> Self {
        let mut keys = HashMap::<String, Vec<AccessKey>>::new();
        for key in all {
            keys.entry(key.id.clone()).or_default().push(key.clone());
        }
        let skew = SignedDuration::try_from(skew).unwrap_or(crate::wire::sign::DEFAULT_SKEW);
        AccessKeys { keys, skew, decoy: uuid::Uuid::new_v4().to_string().into() }
    }

    /// The key by which `request` is signed, if `signature` is right for it at the time `now`. Where several
    /// providers know a key of that name, it is the first of `wanted` that does, or the only one.
    ///
    /// # Errors
    /// The refusal, in which an unknown key and a wrong signature are the same.
    pub(super) fn verify(
        &self,
        signature: &Signature,
        wanted: &str,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<&AccessKey, Refusal> {
        if signature.token().is_some() {
            return Err(Refusal::Unsupported("A session token"));
        }
        let known = self.keys.get(signature.access_key()).map_or(&[][..], Vec::as_slice);
        let fits = |key: &&AccessKey| key.provider.as_deref().is_none_or(|provider| provider == wanted);
        let key = known.iter().find(fits).or(known.first());
        let secret = key.map_or(&self.decoy, |key| &key.secret);
        signature.verify(request, secret.expose_secret().as_bytes(), now, self.skew)?;
        key.ok_or(Refusal::Mismatch)
    }
}
