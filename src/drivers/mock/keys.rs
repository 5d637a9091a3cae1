//! Keys: made, imported and destroyed.
//!
//! A pair that is made is as the original's is: text in the form of a private key, of random bytes. No instance here
//! has a guest that would let anybody in with it. It is given out once and not kept.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use uuid::Uuid;

use super::state::{Reading, Record, Writing, check_name};
use crate::model::{
    Algorithm, Credential, Error, ErrorKind, Key as Shown, KeySource, KeySpec, Kind, Resource,
};

/// The longest public key, in bytes: room for an RSA key of 16,384 bits and a comment.
const LONGEST_PUBLIC_KEY: usize = 4 << 10;
/// The size of a private key that is made, in random values of 16 bytes: 1,200 bytes, as of RSA with 2,048 bits.
const PRIVATE_KEY: usize = 75;
/// The length of a line in PEM ([RFC 7468, section 2](https://www.rfc-editor.org/rfc/rfc7468#section-2)).
const PEM_LINE: usize = 64;

/// A key: its name is its id, and its private part is not kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) fingerprint: String,
}

impl Record for Key {
    const KIND: Kind = Kind::Key;
    /// EC2's own limit.
    const MOST: usize = 5_000;

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        let fingerprint = self.fingerprint.as_str().into();
        let credential = Credential::Pair { fingerprint, public: None, private: None };
        let (id, name) = (id.into(), id.into());
        Resource::Key(Shown { id, name, credential, created: None, tags: Default::default() })
    }
}

impl Writing<'_> {
    pub(super) fn create_key(&mut self, spec: &KeySpec) -> Result<Resource<'static>, Error> {
        check_name(&spec.name, Kind::Key)?;
        let (fingerprint, private) = match &spec.source {
            KeySource::Imported(public) => (fingerprint(&blob(public)?), None),
            KeySource::Made(Algorithm::Rsa) => make(),
            KeySource::Made(Algorithm::Ed25519) => {
                return Err(Error::new(ErrorKind::Unsupported, "keys are made by RSA here"));
            }
        };
        self.state.add(&spec.name, Key { fingerprint: fingerprint.clone() })?;
        let (id, name) = (spec.name.clone().into(), spec.name.clone().into());
        let credential = Credential::Pair { fingerprint: fingerprint.into(), public: None, private };
        Ok(Resource::Key(Shown { id, name, credential, created: None, tags: Default::default() }))
    }
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
