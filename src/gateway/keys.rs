//! Access keys: whom a signature stands for.

use std::{collections::HashMap, iter, sync::Arc, time::Duration};

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
    wire::sign::{
        Refusal, Signature,
        session::{Issuer, SessionKey, Ticket},
    },
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
    sessions: Arc<SessionKey>,
    skew: SignedDuration,
    /// Verified against when the key is unknown, so that the time an answer takes does not tell.
    decoy: SecretString,
}

/// How and when a request arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// By what time it is judged.
    pub(super) now: Timestamp,
    /// Whether nobody could change it on its way.
    pub(super) over_tls: bool,
}

/// Whom a verified signature stands for.
pub(super) struct Verified {
    /// The access key; where a session signed, the one that it was made with.
    pub(super) key: Arc<AccessKey>,
    /// With what the holder makes sessions; none when this is one.
    pub(super) issuer: Option<Issuer>,
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
    /// These keys and those in `store`, with sessions sealed by `sessions` and clients' clocks off by at most `skew`.
    pub(super) fn new(all: &[AccessKey], sessions: SessionKey, skew: Duration, store: Option<Store>) -> Self {
        let mut keys = HashMap::<String, Vec<Known>>::new();
        for key in all {
            let known = Known { key: Arc::new(key.clone()), disabled: false };
            keys.entry(key.id.clone()).or_default().push(known);
        }
        let keys = keys.into_iter().map(|(id, known)| (id, known.into())).collect();
        let remembered = Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build();
        let skew = SignedDuration::try_from(skew).unwrap_or(crate::wire::sign::DEFAULT_SKEW);
        let decoy = uuid::Uuid::new_v4().to_string().into();
        AccessKeys { keys, store, remembered, sessions: Arc::new(sessions), skew, decoy }
    }

    /// The key by which `request` is signed, if `signature` is right for it at this moment. Where several
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
        moment: &Moment,
    ) -> Result<Verified, Unverified> {
        let now = moment.now;
        if !moment.over_tls && signature.leaves_body_open(request) {
            return Err(Refusal::Exposed.into());
        }
        if let Some(token) = signature.token() {
            return self.verify_session(signature, token, request, now).await;
        }
        let known = self.known(signature.access_key()).await.map_err(Unverified::Failed)?;
        let fits = |key: &&Known| key.key.provider.as_deref().is_none_or(|provider| provider == wanted);
        let provider = known.iter().find(fits).or(known.first()).map(|known| &known.key.provider);
        // A key has two secrets for a while when it is rotated.
        let candidates = known.iter().filter(|known| Some(&known.key.provider) == provider);
        let candidates = candidates.map(|known| (known, known.key.secret.clone()));
        let key = self.signer(candidates, signature, request, now)?;
        let issuer = Some(self.issuer(&key));
        Ok(Verified { key, issuer })
    }

    /// The same for a request that brings a session's token. Only who has its secret is told that it is over.
    async fn verify_session(
        &self,
        signature: &Signature,
        token: &str,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<Verified, Unverified> {
        let is_its_own = |ticket: &Ticket| self.sessions.access_key(ticket) == signature.access_key();
        let Some(ticket) = self.sessions.open(token).filter(is_its_own) else {
            let nobody = self.signer(iter::empty(), signature, request, now)?;
            return Ok(Verified { key: nobody, issuer: None });
        };
        let known = self.known(&ticket.parent).await.map_err(Unverified::Failed)?;
        let parents = known.iter().filter(|known| known.key.provider == ticket.provider);
        let candidates = parents.map(|known| (known, self.sessions.secret(&ticket, &known.key.secret)));
        let key = self.signer(candidates, signature, request, now)?;
        if now >= ticket.end {
            return Err(Refusal::Over { end: ticket.end, now }.into());
        }
        Ok(Verified { key, issuer: None })
    }

    /// The key of these with whose secret the request is signed.
    ///
    /// # Errors
    /// The refusal of the last one; where there is none, one that took as long.
    fn signer<'a>(
        &self,
        candidates: impl Iterator<Item = (&'a Known, SecretString)>,
        signature: &Signature,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<Arc<AccessKey>, Refusal> {
        let verify = |secret: &SecretString| {
            signature.verify(request, secret.expose_secret().as_bytes(), now, self.skew)
        };
        let mut refusal = None;
        for (candidate, secret) in candidates {
            match verify(&secret) {
                Ok(()) if candidate.disabled => return Err(Refusal::Disabled),
                Ok(()) => return Ok(Arc::clone(&candidate.key)),
                Err(wrong) => refusal = Some(wrong),
            }
        }
        Err(refusal.or_else(|| verify(&self.decoy).err()).unwrap_or(Refusal::Mismatch))
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

    fn issuer(&self, key: &AccessKey) -> Issuer {
        Issuer {
            key: Arc::clone(&self.sessions),
            access_key: key.id.clone(),
            provider: key.provider.clone(),
            secret: key.secret.clone(),
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

#[cfg(test)]
mod tests {
    use http::header::HOST;

    use super::*;
    use crate::{
        exchange::Identity,
        wire::sign::{Credentials, Head, parse, session::Session, v4},
    };

    const SKEW: Duration = Duration::from_secs(15 * 60);

    fn key(id: &str, secret: &str, provider: Option<&str>) -> AccessKey {
        AccessKey {
            id: id.to_owned(),
            secret: secret.into(),
            provider: provider.map(str::to_owned),
            identity: Identity { user: format!("{id} of {secret}"), password: "password".into() },
        }
    }

    fn plain(now: Timestamp) -> Moment {
        Moment { now, over_tls: false }
    }

    fn keys(all: &[AccessKey]) -> AccessKeys {
        AccessKeys::new(all, SessionKey::derived(b"operator"), SKEW, None)
    }

    fn signed(id: &str, secret: &[u8], token: Option<&str>, now: Timestamp) -> Request<Bytes> {
        let mut request =
            Request::get("/ec2?Action=DescribeImages").header(HOST, "here").body(Bytes::new()).unwrap();
        let credentials = Credentials { access_key: id, secret, token };
        let target = v4::Target { region: "here", service: "ec2" };
        let payload = v4::Payload::Whole(b"");
        for (name, value) in v4::sign(Head::from(&request), payload, &credentials, target, now).unwrap() {
            request.headers_mut().insert(name, value);
        }
        request
    }

    async fn verify(
        keys: &AccessKeys,
        wanted: &str,
        request: &Request<Bytes>,
        moment: Moment,
    ) -> Result<Verified, Refusal> {
        let signature = parse(request).unwrap().unwrap();
        keys.verify(&signature, wanted, request, &moment).await.map_err(|unverified| match unverified {
            Unverified::Refused(refusal) => refusal,
            Unverified::Failed(error) => panic!("{error}"),
        })
    }

    async fn user(keys: &AccessKeys, request: &Request<Bytes>, now: Timestamp) -> Result<String, Refusal> {
        verify(keys, "one", request, plain(now)).await.map(|verified| verified.key.identity.user.clone())
    }

    async fn session(keys: &AccessKeys, id: &str, secret: &str, now: Timestamp) -> Session {
        let request = signed(id, secret.as_bytes(), None, now);
        let issuer = verify(keys, "two", &request, plain(now)).await.unwrap().issuer.unwrap();
        issuer.issue(now + SignedDuration::from_secs(900)).unwrap()
    }

    fn by_session(session: &Session, now: Timestamp) -> Request<Bytes> {
        let secret = session.secret.expose_secret().as_bytes();
        signed(&session.access_key, secret, Some(&session.token), now)
    }

    #[tokio::test]
    async fn a_session_ends() {
        let (now, keys) = (Timestamp::UNIX_EPOCH, keys(&[key("A", "secret", None)]));
        let made = session(&keys, "A", "secret", now).await;
        let end = now + SignedDuration::from_secs(900);
        for (then, expected) in [
            (now, Ok("A of secret".to_owned())),
            (end - SignedDuration::from_secs(1), Ok("A of secret".to_owned())),
            (end, Err(Refusal::Over { end, now: end })),
        ] {
            assert_eq!(user(&keys, &by_session(&made, then), then).await, expected, "{then}");
        }
    }

    /// Two providers may know a key of the same name: a session of one's is never the other's user.
    #[tokio::test]
    async fn a_session_stays_with_the_key_that_made_it() {
        let now = Timestamp::UNIX_EPOCH;
        let both = keys(&[key("A", "first", Some("one")), key("A", "second", Some("two"))]);
        let made = session(&both, "A", "second", now).await;
        assert_eq!(user(&both, &by_session(&made, now), now).await, Ok("A of second".to_owned()));
        let request = by_session(&made, now);
        for left in [&[key("A", "first", Some("one"))][..], &[key("A", "changed", Some("two"))], &[]] {
            assert_eq!(user(&keys(left), &request, now).await, Err(Refusal::Mismatch));
        }
    }

    #[tokio::test]
    async fn a_session_makes_no_session() {
        let (now, keys) = (Timestamp::UNIX_EPOCH, keys(&[key("A", "secret", None)]));
        let request = by_session(&session(&keys, "A", "secret", now).await, now);
        assert!(verify(&keys, "one", &request, plain(now)).await.unwrap().issuer.is_none());
    }

    /// All parameters of a form are in its body: whoever could change it would choose what is done.
    #[tokio::test]
    async fn a_body_that_is_not_signed_needs_tls() {
        let (now, keys) = (Timestamp::UNIX_EPOCH, keys(&[key("A", "secret", None)]));
        for (body, over_tls, expected) in
            [("Action=X", true, Ok(())), ("Action=X", false, Err(Refusal::Exposed)), ("", false, Ok(()))]
        {
            let body = Bytes::from_static(body.as_bytes());
            let mut request = Request::post("/ec2").header(HOST, "here").body(body).unwrap();
            let credentials = Credentials { access_key: "A", secret: b"secret", token: None };
            let target = v4::Target { region: "here", service: "ec2" };
            let signed = v4::sign(Head::from(&request), v4::Payload::Unsigned, &credentials, target, now);
            for (name, value) in signed.unwrap() {
                request.headers_mut().insert(name, value);
            }
            let verified = verify(&keys, "one", &request, Moment { now, over_tls }).await;
            assert_eq!(verified.map(drop), expected, "{over_tls}");
        }
    }
}
