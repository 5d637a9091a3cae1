//! Temporary credentials that nobody has to keep: all that is to be known about a session is sealed into its token.
//!
//! A token holds the access key that the session was made with, when it ends and a seed; the session's own access key
//! and secret follow from the seed. The secret follows from the parent's secret too, so that a key whose secret
//! changes, or that is removed, takes its sessions with it.
//!
//! **Invariant:** who cannot open a token learns nothing of it, and nobody but the holder of the [`SessionKey`] makes one.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::digest::hmac_sha256;

/// The longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 4096;
/// The bytes of a nonce, which stands before what it seals.
const NONCE_BYTES: usize = 24;
/// Bound to every token, so that nothing else that the same key seals passes for one.
const PURPOSE: &[u8] = b"deltagate session token 1";
/// What the access keys of sessions begin with, as AWS's do.
const PREFIX: &str = "ASIA";
/// The digits of an access key after its prefix.
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How many there are of them.
const DIGITS_OF_A_KEY: usize = 16;

/// With what tokens are sealed. Gateways that stand in for each other need the same.
pub struct SessionKey {
    cipher: XChaCha20Poly1305,
    secrets: Vec<u8>,
}

/// Who may make a session: the holder of a lasting access key, by a signature that was verified.
#[derive(Clone)]
pub struct Issuer {
    /// With what the token is sealed.
    pub key: Arc<SessionKey>,
    /// The access key.
    pub access_key: String,
    /// The only provider that it is good for; all when none.
    pub provider: Option<String>,
    /// Its secret.
    pub secret: SecretString,
}

/// Temporary credentials.
#[derive(Debug)]
pub struct Session {
    /// The public half.
    pub access_key: String,
    /// The secret half.
    pub secret: SecretString,
    /// What has to be sent along with them.
    pub token: String,
}

/// What a token says of its session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The access key that it was made with.
    pub parent: String,
    /// The only provider that this is good for; all when none.
    pub provider: Option<String>,
    /// The first moment at which it is over.
    pub end: Timestamp,
    seed: Uuid,
}

impl SessionKey {
    /// A key that follows from a secret of the operator's.
    pub fn derived(secret: &[u8]) -> Self {
        let sealing =
            chacha20poly1305::Key::try_from(hmac_sha256(secret, b"deltagate session seal").as_slice());
        let Ok(sealing) = sealing else { unreachable!("HMAC-SHA256 has the 32 bytes of a key") };
        SessionKey {
            cipher: XChaCha20Poly1305::new(&sealing),
            secrets: hmac_sha256(secret, b"deltagate session secret"),
        }
    }

    /// A key that is good for as long as the process lives.
    pub fn random() -> Self {
        SessionKey::derived(&[Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat())
    }

    /// What a token says; none when it was not sealed with this key.
    pub fn open(&self, token: &str) -> Option<Ticket> {
        let sealed = (token.len() <= LONGEST_TOKEN).then(|| URL_SAFE_NO_PAD.decode(token).ok()).flatten()?;
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce = XNonce::try_from(nonce).ok()?;
        let ticket = self.cipher.decrypt(&nonce, Payload { msg: sealed, aad: PURPOSE }).ok()?;
        serde_json::from_slice(&ticket).ok()
    }

    /// The access key of a session.
    pub fn access_key(&self, ticket: &Ticket) -> String {
        let name = hmac_sha256(&self.secrets, &[b"name", ticket.seed.as_bytes().as_slice()].concat());
        let digit = |byte: &u8| DIGITS.get(usize::from(byte & 31)).copied().map(char::from);
        PREFIX.chars().chain(name.iter().filter_map(digit).take(DIGITS_OF_A_KEY)).collect()
    }

    /// The secret of a session, by the secret of the access key that it was made with.
    pub fn secret(&self, ticket: &Ticket, parent: &SecretString) -> SecretString {
        let key = hmac_sha256(&self.secrets, parent.expose_secret().as_bytes());
        URL_SAFE_NO_PAD.encode(hmac_sha256(&key, ticket.seed.as_bytes())).into()
    }

    fn seal(&self, ticket: &Ticket) -> Option<String> {
        let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        let nonce = XNonce::try_from(random.get(..NONCE_BYTES)?).ok()?;
        let text = serde_json::to_vec(ticket).ok()?;
        let sealed = self.cipher.encrypt(&nonce, Payload { msg: &text, aad: PURPOSE }).ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }
}

impl Issuer {
    /// A session that is over at `end`; none when it is too large to be sealed, which no access key makes it.
    pub fn issue(&self, end: Timestamp) -> Option<Session> {
        let (parent, provider) = (self.access_key.clone(), self.provider.clone());
        let ticket = Ticket { parent, provider, end, seed: Uuid::new_v4() };
        Some(Session {
            access_key: self.key.access_key(&ticket),
            secret: self.key.secret(&ticket, &self.secret),
            token: self.key.seal(&ticket)?,
        })
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKey").finish_non_exhaustive()
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(secret: &[u8]) -> Issuer {
        Issuer {
            key: Arc::new(SessionKey::derived(secret)),
            access_key: "AKID".into(),
            provider: Some("one".into()),
            secret: "parent".into(),
        }
    }

    fn end() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn a_token_says_all_of_its_session() {
        let issuer = issuer(b"operator");
        let session = issuer.issue(end()).unwrap();
        // Another gateway that has the same secret.
        let key = SessionKey::derived(b"operator");
        let ticket = key.open(&session.token).unwrap();
        assert_eq!(
            (ticket.parent.as_str(), ticket.provider.as_deref(), ticket.end),
            ("AKID", Some("one"), end())
        );
        assert_eq!(key.access_key(&ticket), session.access_key);
        assert_eq!(session.access_key.len(), 20);
        let secret = |parent: &str| key.secret(&ticket, &parent.into()).expose_secret().to_owned();
        assert_eq!(secret("parent"), session.secret.expose_secret());
        assert_ne!(secret("rotated"), session.secret.expose_secret());
    }

    #[test]
    fn no_two_sessions_are_the_same() {
        let issuer = issuer(b"operator");
        let (one, other) = (issuer.issue(end()).unwrap(), issuer.issue(end()).unwrap());
        assert_ne!(one.access_key, other.access_key);
        assert_ne!(one.token, other.token);
        assert_ne!(one.secret.expose_secret(), other.secret.expose_secret());
    }

    #[test]
    fn a_token_cannot_be_made_or_changed() {
        let token = issuer(b"operator").issue(end()).unwrap().token;
        assert!(SessionKey::derived(b"stranger").open(&token).is_none());
        let key = SessionKey::derived(b"operator");
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last letter has bits that do not count; a strict decoder refuses them, too.
            assert!(key.open(&changed).is_none(), "{at}");
        }
        for nonsense in ["", "A", "TOKENEXAMPLE//+=", &"A".repeat(10_000)] {
            assert!(key.open(nonsense).is_none(), "{nonsense}");
        }
    }

    #[test]
    fn nothing_secret_shows() {
        let issuer = issuer(b"operator");
        let session = issuer.issue(end()).unwrap();
        let shown = format!("{issuer:?} {session:?}");
        assert!(!shown.contains("parent") && !shown.contains(session.secret.expose_secret()), "{shown}");
    }
}
