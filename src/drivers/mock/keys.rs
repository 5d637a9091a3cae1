//! Keys: made, imported and destroyed in memory.
//!
//! A pair that is made is as the original's is: text in the form of a private key, of random bytes. No instance here
//! has a guest that would let anybody in with it. It is given out once and not kept.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use sha1::{Digest, Sha1};
use uuid::Uuid;

use super::{Mock, is_asked_for};
use crate::model::{Credential, Error, ErrorKind, Filter, Id, Key, KeySpec, Kind, Resource};

/// The fingerprints of all keys, by name.
pub(super) type Keys = BTreeMap<String, String>;

/// How many keys a cloud has at most: EC2's own limit.
const MOST_KEYS: usize = 5_000;
/// The longest name of a key, in bytes: EC2's own limit.
const LONGEST_NAME: usize = 255;
/// The longest public key, in bytes: room for an RSA key of 16,384 bits and a comment.
const LONGEST_PUBLIC_KEY: usize = 4 << 10;
/// The size of a private key that is made, in random values of 16 bytes: 1,200 bytes, as of RSA with 2,048 bits.
const PRIVATE_KEY: usize = 75;
/// The length of a line in PEM ([RFC 7468, section 2](https://www.rfc-editor.org/rfc/rfc7468#section-2)).
const PEM_LINE: usize = 64;

impl Mock {
    pub(super) fn list_keys(&self, filter: &Filter) -> Vec<Resource<'static>> {
        let keys = self.keys();
        let asked = keys.iter().filter(|(name, _)| is_asked_for(filter, name, name));
        let admitted = asked.take(filter.at_most.unwrap_or(usize::MAX));
        admitted.map(|(name, fingerprint)| key(name, fingerprint, None)).collect()
    }

    pub(super) fn show_key(&self, id: &Id) -> Result<Resource<'static>, Error> {
        let keys = self.keys();
        let found = keys.get(id.as_str()).ok_or_else(|| missing(id))?;
        Ok(key(id.as_str(), found, None))
    }

    pub(super) fn create_key(&self, spec: &KeySpec) -> Result<Resource<'static>, Error> {
        check_name(&spec.name)?;
        let (fingerprint, private) = match &spec.public_key {
            Some(public) => (fingerprint(&blob(public)?), None),
            None => make(),
        };
        let mut keys = self.keys();
        if keys.contains_key(&spec.name) {
            let message = format!("there is a key '{}' already", spec.name);
            return Err(Error::new(ErrorKind::AlreadyExists, message).about(Kind::Key, spec.name.as_str()));
        }
        if keys.len() >= MOST_KEYS {
            return Err(Error::new(ErrorKind::LimitReached, format!("this cloud holds {MOST_KEYS} keys")));
        }
        let made = key(&spec.name, &fingerprint, private);
        keys.insert(spec.name.clone(), fingerprint);
        Ok(made)
    }

    pub(super) fn destroy_keys(&self, ids: &[Id]) -> Result<Vec<Resource<'static>>, Error> {
        let mut keys = self.keys();
        if let Some(absent) = ids.iter().find(|id| !keys.contains_key(id.as_str())) {
            return Err(missing(absent));
        }
        let gone = ids.iter().filter_map(|id| keys.remove_entry(id.as_str()));
        Ok(gone.map(|(name, fingerprint)| key(&name, &fingerprint, None)).collect())
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(name: &str, fingerprint: &str, private: Option<SecretString>) -> Resource<'static> {
    Resource::Key(Key {
        id: name.to_owned().into(),
        name: name.to_owned().into(),
        credential: Credential::Pair { fingerprint: fingerprint.to_owned().into(), private },
    })
}

fn missing(id: &Id) -> Error {
    Error::not_found(Kind::Key, id.clone())
}

/// A name is the id, too, and has to be fit for a path.
fn check_name(name: &str) -> Result<(), Error> {
    let fits = !matches!(name, "" | "." | "..") && name.len() <= LONGEST_NAME;
    if fits && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let message = format!("the name of a key is text of 1 to {LONGEST_NAME} bytes, and neither '.' nor '..'");
    Err(Error::new(ErrorKind::Invalid, message))
}

/// What is in a public key as OpenSSH writes it: its type, its base64, and maybe a comment.
fn blob(public: &str) -> Result<Vec<u8>, Error> {
    let mut words = public.split_ascii_whitespace();
    let (kind, data) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let blob = STANDARD.decode(data).unwrap_or_default();
    // The first field is the type once more.
    let is_whole = matches!(fields(&blob).as_deref(), Some([named, _, ..]) if *named == kind.as_bytes());
    if public.len() <= LONGEST_PUBLIC_KEY && is_whole {
        return Ok(blob);
    }
    let message = format!("that is no public key of OpenSSH of at most {LONGEST_PUBLIC_KEY} bytes");
    Err(Error::new(ErrorKind::Invalid, message))
}

/// The fields of a public key, each after its length
/// ([RFC 4253, section 6.6](https://www.rfc-editor.org/rfc/rfc4253#section-6.6)); none when the last one is cut off, as
/// it is by a `+` that was not escaped in a form.
fn fields(mut rest: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, after) = after.split_at_checked(length)?;
        fields.push(field);
        rest = after;
    }
    Some(fields)
}

/// The fingerprint of a pair, and its private key.
fn make() -> (String, Option<SecretString>) {
    let random: Vec<u8> = (0..PRIVATE_KEY).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
    let mut pem = "-----BEGIN RSA PRIVATE KEY-----\n".to_owned();
    for (number, character) in STANDARD.encode(&random).chars().enumerate() {
        if number > 0 && number % PEM_LINE == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END RSA PRIVATE KEY-----\n");
    (fingerprint(&random), Some(pem.into()))
}

/// The SHA-1 digest of a key, in pairs of digits with colons between them.
fn fingerprint(key: &[u8]) -> String {
    let mut text = String::new();
    for (number, byte) in Sha1::digest(key).iter().enumerate() {
        let colon = if number > 0 { ":" } else { "" };
        // Writing to memory does not fail.
        let _ = write!(text, "{colon}{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::ExposeSecret;

    use super::*;

    /// A public key of the type `ssh-ed25519`, of 32 zeros.
    const PUBLIC: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me@here";

    fn mock() -> Mock {
        Mock::with_transition(Duration::ZERO)
    }

    fn create(mock: &Mock, name: &str, public_key: Option<&str>) -> Result<(String, Option<String>), Error> {
        let spec = KeySpec { name: name.to_owned(), public_key: public_key.map(str::to_owned) };
        mock.create_key(&spec).map(|made| pair(&made))
    }

    fn pair(resource: &Resource<'_>) -> (String, Option<String>) {
        let Resource::Key(Key { credential: Credential::Pair { fingerprint, private }, .. }) = resource
        else {
            panic!("{resource:?} is no pair");
        };
        let private = private.as_ref().map(|private| private.expose_secret().to_owned());
        (fingerprint.to_string(), private)
    }

    #[test]
    fn the_private_key_is_given_once() {
        let mock = mock();
        let (fingerprint, private) = create(&mock, "a", None).unwrap();
        let private = private.unwrap();
        assert!(private.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"), "{private}");
        assert!(private.lines().all(|line| (1..=PEM_LINE).contains(&line.len())), "{private}");
        assert_eq!(fingerprint.split(':').map(str::len).collect::<Vec<_>>(), [2; 20]);
        assert_eq!(pair(&mock.show_key(&"a".into()).unwrap()), (fingerprint.clone(), None));
        assert_eq!(pair(&mock.list_keys(&Filter::default())[0]), (fingerprint.clone(), None));
        let (other, _) = create(&mock, "b", None).unwrap();
        assert_ne!(fingerprint, other);
    }

    #[test]
    fn a_public_key_is_imported() {
        let (first, private) = create(&mock(), "a", Some(PUBLIC)).unwrap();
        assert_eq!(private, None);
        assert_eq!(create(&mock(), "b", Some(PUBLIC)).unwrap().0, first, "it depends on the key alone");
        let (another, cut) = (PUBLIC.replace("ssh-ed25519", "ssh-rsa"), PUBLIC.replace("AAAA me", " me"));
        for wrong in ["", "ssh-rsa", "ssh-rsa AAAA", "ssh-ed25519 %", &another, &cut] {
            assert_eq!(create(&mock(), "a", Some(wrong)).unwrap_err().kind(), ErrorKind::Invalid, "{wrong}");
        }
        let long = format!("{PUBLIC}{}", "x".repeat(LONGEST_PUBLIC_KEY));
        assert_eq!(create(&mock(), "a", Some(&long)).unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[test]
    fn names_are_unique_and_fit_for_a_path() {
        let mock = mock();
        let taken = create(&mock, "test-key", None).unwrap_err();
        assert_eq!(
            (taken.kind(), taken.subject()),
            (ErrorKind::AlreadyExists, Some((Kind::Key, &"test-key".into())))
        );
        for wrong in ["", ".", "..", "a\nb", &"x".repeat(LONGEST_NAME + 1)] {
            assert_eq!(create(&mock, wrong, None).unwrap_err().kind(), ErrorKind::Invalid, "{wrong:?}");
        }
        for number in 1..MOST_KEYS {
            create(&mock, &number.to_string(), Some(PUBLIC)).unwrap();
        }
        assert_eq!(create(&mock, "more", None).unwrap_err().kind(), ErrorKind::LimitReached);
    }

    #[test]
    fn all_of_them_are_destroyed_or_none() {
        let mock = mock();
        create(&mock, "a", None).unwrap();
        let names = |mock: &Mock| {
            mock.list_keys(&Filter::default()).iter().map(|key| key.id().to_owned()).collect::<Vec<_>>()
        };
        assert!(mock.destroy_keys(&["a".into(), "nosuch".into()]).is_err());
        assert_eq!(names(&mock), ["a", "test-key"]);
        assert_eq!(mock.destroy_keys(&["a".into(), "a".into()]).unwrap().len(), 1);
        assert_eq!(names(&mock), ["test-key"]);
    }
}
