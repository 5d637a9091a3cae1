//! Access keys: whom a signature stands for.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::AccessKey,
    wire::sign::{
        Refusal, Signature,
        session::{Issuer, SessionKey, Ticket},
    },
};

/// The keys the operator configured.
pub(super) struct AccessKeys {
    keys: HashMap<String, Vec<AccessKey>>,
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
pub(super) struct Verified<'a> {
    /// The access key; where a session signed, the one that it was made with.
    pub(super) key: &'a AccessKey,
    /// With what the holder makes sessions; none when this is one.
    pub(super) issuer: Option<Issuer>,
}

impl AccessKeys {
    /// These keys, with sessions sealed by `sessions` and clients' clocks off by at most `skew`.
    pub(super) fn new(all: &[AccessKey], sessions: SessionKey, skew: Duration) -> Self {
        let mut keys = HashMap::<String, Vec<AccessKey>>::new();
        for key in all {
            keys.entry(key.id.clone()).or_default().push(key.clone());
        }
        let skew = SignedDuration::try_from(skew).unwrap_or(crate::wire::sign::DEFAULT_SKEW);
        AccessKeys {
            keys,
            sessions: Arc::new(sessions),
            skew,
            decoy: uuid::Uuid::new_v4().to_string().into(),
        }
    }

    /// The key by which `request` is signed, if `signature` is right for it at this moment. Where several
    /// providers know a key of that name, it is the first of `wanted` that does, or the only one.
    ///
    /// # Errors
    /// The refusal, in which an unknown key and a wrong signature are the same.
    pub(super) fn verify(
        &self,
        signature: &Signature,
        wanted: &str,
        request: &Request<Bytes>,
        moment: &Moment,
    ) -> Result<Verified<'_>, Refusal> {
        let now = moment.now;
        if !moment.over_tls && signature.leaves_body_open(request) {
            return Err(Refusal::Exposed);
        }
        if let Some(token) = signature.token() {
            return self.verify_session(signature, token, request, now);
        }
        let known = self.known(signature.access_key());
        let fits = |key: &&AccessKey| key.provider.as_deref().is_none_or(|provider| provider == wanted);
        let key = known.iter().find(fits).or(known.first());
        let secret = key.map_or(&self.decoy, |key| &key.secret);
        signature.verify(request, secret.expose_secret().as_bytes(), now, self.skew)?;
        let key = key.ok_or(Refusal::Mismatch)?;
        Ok(Verified { key, issuer: Some(self.issuer(key)) })
    }

    /// The same for a request that brings a session's token. Only who has its secret is told that it is over.
    fn verify_session(
        &self,
        signature: &Signature,
        token: &str,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<Verified<'_>, Refusal> {
        let is_its_own = |ticket: &Ticket| self.sessions.access_key(ticket) == signature.access_key();
        let ticket = self.sessions.open(token).filter(is_its_own);
        let found = ticket.and_then(|ticket| {
            let is_parent = |key: &&AccessKey| key.provider == ticket.provider;
            Some((self.known(&ticket.parent).iter().find(is_parent)?, ticket))
        });
        let secret = found.as_ref().map(|(parent, ticket)| self.sessions.secret(ticket, &parent.secret));
        let secret = secret.as_ref().unwrap_or(&self.decoy);
        signature.verify(request, secret.expose_secret().as_bytes(), now, self.skew)?;
        let (key, ticket) = found.ok_or(Refusal::Mismatch)?;
        if now >= ticket.end {
            return Err(Refusal::Over { end: ticket.end, now });
        }
        Ok(Verified { key, issuer: None })
    }

    fn known(&self, access_key: &str) -> &[AccessKey] {
        self.keys.get(access_key).map_or(&[], Vec::as_slice)
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
        AccessKeys::new(all, SessionKey::derived(b"operator"), SKEW)
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

    fn user(keys: &AccessKeys, request: &Request<Bytes>, now: Timestamp) -> Result<String, Refusal> {
        let signature = parse(request).unwrap().unwrap();
        keys.verify(&signature, "one", request, &plain(now))
            .map(|verified| verified.key.identity.user.clone())
    }

    fn session(keys: &AccessKeys, id: &str, secret: &str, now: Timestamp) -> Session {
        let request = signed(id, secret.as_bytes(), None, now);
        let signature = parse(&request).unwrap().unwrap();
        let issuer = keys.verify(&signature, "two", &request, &plain(now)).unwrap().issuer.unwrap();
        issuer.issue(now + SignedDuration::from_secs(900)).unwrap()
    }

    fn by_session(session: &Session, now: Timestamp) -> Request<Bytes> {
        let secret = session.secret.expose_secret().as_bytes();
        signed(&session.access_key, secret, Some(&session.token), now)
    }

    #[test]
    fn a_session_ends() {
        let (now, keys) = (Timestamp::UNIX_EPOCH, keys(&[key("A", "secret", None)]));
        let made = session(&keys, "A", "secret", now);
        let end = now + SignedDuration::from_secs(900);
        for (then, expected) in [
            (now, Ok("A of secret".to_owned())),
            (end - SignedDuration::from_secs(1), Ok("A of secret".to_owned())),
            (end, Err(Refusal::Over { end, now: end })),
        ] {
            assert_eq!(user(&keys, &by_session(&made, then), then), expected, "{then}");
        }
    }

    /// Two providers may know a key of the same name: a session of one's is never the other's user.
    #[test]
    fn a_session_stays_with_the_key_that_made_it() {
        let now = Timestamp::UNIX_EPOCH;
        let both = keys(&[key("A", "first", Some("one")), key("A", "second", Some("two"))]);
        let made = session(&both, "A", "second", now);
        assert_eq!(user(&both, &by_session(&made, now), now), Ok("A of second".to_owned()));
        let request = by_session(&made, now);
        for left in [&[key("A", "first", Some("one"))][..], &[key("A", "changed", Some("two"))], &[]] {
            assert_eq!(user(&keys(left), &request, now), Err(Refusal::Mismatch));
        }
    }

    #[test]
    fn a_session_makes_no_session() {
        let (now, keys) = (Timestamp::UNIX_EPOCH, keys(&[key("A", "secret", None)]));
        let request = by_session(&session(&keys, "A", "secret", now), now);
        let signature = parse(&request).unwrap().unwrap();
        assert!(keys.verify(&signature, "one", &request, &plain(now)).unwrap().issuer.is_none());
    }

    /// All parameters of a form are in its body: whoever could change it would choose what is done.
    #[test]
    fn a_body_that_is_not_signed_needs_tls() {
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
            let signature = parse(&request).unwrap().unwrap();
            let verified = keys.verify(&signature, "one", &request, &Moment { now, over_tls });
            assert_eq!(verified.map(drop), expected, "{over_tls}");
        }
    }
}
