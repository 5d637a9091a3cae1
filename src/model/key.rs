//! Keys: an EC2 key pair, a Deltacloud key, a CIMI credential.

use std::borrow::Cow;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{Tags, owned};

/// What a user proves to an instance who he is with.
#[derive(Debug, Clone)]
pub struct Key<'a> {
    /// The identifier by which an instance is created with it.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
    /// What kind of proof it is.
    pub credential: Credential<'a>,
    /// When it was made or imported, as far as the cloud says.
    pub created: Option<Timestamp>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Key<'_> {
    /// The same key, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Key<'static> {
        Key {
            id: owned(self.id),
            name: owned(self.name),
            credential: self.credential.into_owned(),
            created: self.created,
            tags: self.tags,
        }
    }
}

/// A proof of who somebody is.
#[derive(Debug, Clone)]
pub enum Credential<'a> {
    /// A pair of keys, of which the cloud keeps the public one.
    Pair {
        /// A digest by which people recognize the pair, in the cloud's own form (`5e:ce:b6:…`).
        fingerprint: Cow<'a, str>,
        /// The public key, as OpenSSH writes it, as far as the cloud says.
        public: Option<Cow<'a, str>>,
        /// The private key, in PEM: only in the answer to the creation of a pair that the cloud made itself.
        private: Option<SecretString>,
    },
    /// A user of the instance, who has a password there.
    Password {
        /// The user's name.
        user: Cow<'a, str>,
        /// The user's password.
        password: SecretString,
    },
}

impl Credential<'_> {
    fn into_owned(self) -> Credential<'static> {
        match self {
            Credential::Pair { fingerprint, public, private } => {
                Credential::Pair { fingerprint: owned(fingerprint), public: public.map(owned), private }
            }
            Credential::Password { user, password } => Credential::Password { user: owned(user), password },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let pair =
            Credential::Pair { fingerprint: "5e:ce".into(), public: None, private: Some("hidden".into()) };
        let password = Credential::Password { user: "me".into(), password: "hidden".into() };
        for credential in [pair, password] {
            let key =
                Key { id: "k".into(), name: "k".into(), credential, created: None, tags: Default::default() };
            assert!(!format!("{key:?}").contains("hidden"), "{key:?}");
        }
    }
}
