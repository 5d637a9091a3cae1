//! Access keys: whom a signature stands for.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::AccessKey,
    exchange::Identity,
    model::Error,
    store::{Store, StoredKey},
    wire::sign::{Refusal, Signature},
};

/// How long what the store said of a key counts, be it that there is none: so long a removed one is still good.
const REMEMBERED: Duration = Duration::from_secs(3);
/// Of how many keys that is remembered at once.
const MOST_REMEMBERED: u64 = 10_000;

/// The keys the operator configured, and those in the store.
pub(super) struct AccessKeys {
    keys: HashMap<String, Arc<[Known]>>,
    store: Option<Store>,
    remembered: Cache<String, Arc<[Known]>>,
    skew: SignedDuration,
    /// Verified against when the key is unknown, so that the time an answer takes does not tell.
    decoy: SecretString,
}

/// A key that may have signed.
#[derive(Clone)]
struct Known {
    key: Arc<AccessKey>,
    disabled: bool,
}

/// Why nobody is let in.
#[derive(Debug)]
pub(super) enum Unverified {
    /// The signature is not good.
    Refused(Refusal),
    /// Whether it is cannot be told.
    Failed(Error),
}

impl From<Refusal> for Unverified {
    fn from(refusal: Refusal) -> Self {
        Unverified::Refused(refusal)
    }
}

impl AccessKeys {
    /// These keys and those in `store`, with clients' clocks off by at most `skew`.
    pub(super) fn new(all: &[AccessKey], skew: Duration, store: Option<Store>) -> Self {
        let mut keys = HashMap::<String, Vec<Known>>::new();
        for key in all {
            let known = Known { key: Arc::new(key.clone()), disabled: false };
            keys.entry(key.id.clone()).or_default().push(known);
        }
        let keys = keys.into_iter().map(|(id, known)| (id, known.into())).collect();
        let remembered = Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build();
        let skew = SignedDuration::try_from(skew).unwrap_or(crate::wire::sign::DEFAULT_SKEW);
        AccessKeys { keys, store, remembered, skew, decoy: uuid::Uuid::new_v4().to_string().into() }
    }

    /// The key by which `request` is signed, if `signature` is right for it at the time `now`. Where several
    /// providers know a key of that name, it is one of `wanted` if that is one of them, or else of the first one.
    ///
    /// # Errors
    /// The refusal, in which an unknown key and a wrong signature are the same; `Unavailable` when the store that may know
    /// the key cannot be used.
    pub(super) async fn verify(
        &self,
        signature: &Signature,
        wanted: &str,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<Arc<AccessKey>, Unverified> {
        if signature.token().is_some() {
            return Err(Refusal::Unsupported("A session token").into());
        }
        let known = self.known(signature.access_key()).await.map_err(Unverified::Failed)?;
        let fits = |key: &&Known| key.key.provider.as_deref().is_none_or(|provider| provider == wanted);
        let provider = known.iter().find(fits).or(known.first()).map(|known| &known.key.provider);
        let verify = |secret: &SecretString| {
            signature.verify(request, secret.expose_secret().as_bytes(), now, self.skew)
        };
        let mut refusal = None;
        // A key has two secrets for a while when it is rotated.
        for candidate in known.iter().filter(|known| Some(&known.key.provider) == provider) {
            match verify(&candidate.key.secret) {
                Ok(()) if candidate.disabled => return Err(Refusal::Disabled.into()),
                Ok(()) => return Ok(Arc::clone(&candidate.key)),
                Err(wrong) => refusal = Some(wrong),
            }
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Err(verify(&self.decoy).err().unwrap_or(Refusal::Mismatch).into()),
        }
    }

    /// What is known of this id: by the config or, when that knows nothing, by the store.
    async fn known(&self, id: &str) -> Result<Arc<[Known]>, Error> {
        match (self.keys.get(id), &self.store) {
            (Some(known), _) => Ok(Arc::clone(known)),
            (None, None) => Ok(Arc::default()),
            (None, Some(store)) => {
                let look_up = async { store.key(id).await.map(|keys| stored(id, keys)) };
                let found = Box::pin(self.remembered.try_get_with_by_ref(id, look_up)).await;
                found.map_err(|error| Error::clone(&error))
            }
        }
    }
}

fn stored(id: &str, keys: Vec<StoredKey>) -> Arc<[Known]> {
    let known = |StoredKey { secret, provider, user, password, disabled }| {
        let identity = Identity { user, password };
        Known { key: Arc::new(AccessKey { id: id.to_owned(), secret, provider, identity }), disabled }
    };
    keys.into_iter().map(known).collect()
}
