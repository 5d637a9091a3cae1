//! Secrets at rest: sealed with a key that the operator supplies, and bound to the row that they are in.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Generate, Key, Payload},
};
use secrecy::{SecretSlice, SecretString};
use sha2::{Digest, Sha256};

use crate::model::{Error, ErrorKind};

/// A key's length, in bytes.
const KEY_LENGTH: usize = 32;
/// A nonce's length, in bytes; so long that random ones never meet.
const NONCE_LENGTH: usize = 24;
/// How many bytes of its digest are a key's name.
const NAME_LENGTH: usize = 6;
/// How what was sealed begins: the way it was done.
const FORM: &str = "x1";

/// The keys that seal: the first one does, all of them open.
#[derive(Clone, Default)]
pub struct Keyring(Arc<[SealingKey]>);

struct SealingKey {
    name: String,
    /// What follows from it, for sessions.
    sessions: SecretSlice<u8>,
    cipher: XChaCha20Poly1305,
}

impl Keyring {
    /// The keys of a text: 32 bytes in base64 on each line, the one that seals first. Empty lines and those that begin
    /// with `#` do not count.
    ///
    /// # Errors
    /// What is wrong with which line, without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let key = |(number, line): (usize, &str)| {
            let bytes = BASE64.decode(line).ok().filter(|bytes| bytes.len() == KEY_LENGTH);
            let bytes = bytes.ok_or_else(|| {
                format!("line {number} of the sealing keys is not {KEY_LENGTH} bytes in base64")
            })?;
            SealingKey::new(&bytes).ok_or_else(|| format!("line {number} of the sealing keys is no key"))
        };
        let keys = lines.map(key).collect::<Result<Vec<_>, String>>()?;
        if keys.is_empty() {
            return Err(
                "there is no sealing key: make one with `head -c 32 /dev/urandom | base64`".to_owned()
            );
        }
        Ok(Keyring(keys.into()))
    }

    /// A new key that nobody knows.
    pub fn random() -> Self {
        let key = Key::<XChaCha20Poly1305>::generate();
        Keyring(SealingKey::new(&key).into_iter().collect())
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A secret that follows from the key that seals: all gateways that have that key have it for their sessions.
    pub fn for_sessions(&self) -> Option<&SecretSlice<u8>> {
        self.0.first().map(|key| &key.sessions)
    }

    /// Seals what is good in `row` only.
    ///
    /// # Errors
    /// `Unavailable` when there is no key.
    pub(super) fn seal(&self, secret: &[u8], row: &str) -> Result<String, Error> {
        let key = self.0.first().ok_or_else(|| {
            let message = "the gateway keeps no secrets: its operator has to set [store] key_file";
            Error::new(ErrorKind::Unavailable, message)
        })?;
        let nonce = XNonce::generate();
        let sealed = key.cipher.encrypt(&nonce, Payload { msg: secret, aad: row.as_bytes() });
        let sealed = sealed.map_err(|_| Error::new(ErrorKind::Internal, "a secret could not be sealed"))?;
        let bytes: Vec<u8> = nonce.iter().copied().chain(sealed).collect();
        Ok(format!("{FORM}.{}.{}", key.name, BASE64.encode(bytes)))
    }

    /// Opens what was sealed for `row`.
    ///
    /// # Errors
    /// `Internal`, which says to the operator alone whether the key is missing or the row was tampered with.
    pub(super) fn open(&self, sealed: &str, row: &str) -> Result<Vec<u8>, Error> {
        let fail = |detail: &str| {
            Error::new(ErrorKind::Internal, "a secret of the gateway's store cannot be read")
                .with_detail(detail)
        };
        let mut parts = sealed.splitn(3, '.');
        let (Some(FORM), Some(name), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(fail("it is not sealed in a known way"));
        };
        let key = self.0.iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| {
            fail(&format!("it was sealed with the key {name}, which [store] does not have"))
        })?;
        let bytes = BASE64.decode(bytes).map_err(|_| fail("it is not in base64"))?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LENGTH).ok_or_else(|| fail("it is too short"))?;
        let nonce = XNonce::try_from(nonce).map_err(|_| fail("it has no nonce"))?;
        let opened = key.cipher.decrypt(&nonce, Payload { msg: sealed, aad: row.as_bytes() });
        opened.map_err(|_| fail("it was changed, or is from another row"))
    }

    /// Opens text that was sealed for `row`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(super) fn open_text(&self, sealed: &str, row: &str) -> Result<SecretString, Error> {
        let text = String::from_utf8(self.open(sealed, row)?);
        text.map(SecretString::from)
            .map_err(|_| Error::new(ErrorKind::Internal, "a secret of the store is no text"))
    }

    /// Whether `sealed` was sealed with the key that seals now.
    pub(super) fn is_current(&self, sealed: &str) -> bool {
        let name = sealed.split('.').nth(1);
        self.0.first().is_some_and(|key| name == Some(&key.name))
    }
}

/// What a secret in this column is bound to, by the columns that tell its row from the others.
pub(super) fn row_name(table: &str, column: &str, key: &[&str]) -> String {
    // No text of PostgreSQL's has that character.
    format!("{table}\0{column}\0{}", key.join("\0"))
}

impl SealingKey {
    fn new(bytes: &[u8]) -> Option<Self> {
        let cipher = XChaCha20Poly1305::new_from_slice(bytes).ok()?;
        let digest = Sha256::digest(bytes);
        let name = digest.iter().take(NAME_LENGTH).map(|byte| format!("{byte:02x}")).collect();
        let sessions =
            Sha256::new().chain_update("deltagate sessions").chain_update(bytes).finalize().to_vec();
        Some(SealingKey { name, sessions: sessions.into(), cipher })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(byte: u8) -> String {
        BASE64.encode([byte; KEY_LENGTH])
    }

    #[test]
    fn opens_what_it_sealed_in_the_same_row_only() {
        let keys = Keyring::random();
        let sealed = keys.seal(b"hush", "keys/A").unwrap();
        assert!(!sealed.contains("hush") && !sealed.contains(&BASE64.encode("hush")));
        assert_eq!(keys.open(&sealed, "keys/A").unwrap(), b"hush");
        assert_ne!(keys.seal(b"hush", "keys/A").unwrap(), sealed, "no two look the same");
        for (sealed, row) in
            [(sealed.as_str(), "keys/B"), (&sealed[..sealed.len() - 4], "keys/A"), ("x1.a", "keys/A")]
        {
            assert_eq!(keys.open(sealed, row).unwrap_err().kind(), ErrorKind::Internal);
        }
        assert!(
            Keyring::random()
                .open(&sealed, "keys/A")
                .unwrap_err()
                .detail()
                .unwrap()
                .contains("sealed with the key")
        );
    }

    #[test]
    fn a_new_key_goes_before_the_old_one() {
        let old = Keyring::parse(&line(1)).unwrap();
        let both = Keyring::parse(&format!("# today's\n{}\n\n{}\n", line(2), line(1))).unwrap();
        let sealed = old.seal(b"hush", "row").unwrap();
        assert_eq!(both.open(&sealed, "row").unwrap(), b"hush");
        assert!(old.is_current(&sealed) && !both.is_current(&sealed));
        assert!(both.is_current(&both.seal(b"hush", "row").unwrap()));
    }

    #[test]
    fn what_is_no_key_is_told_without_repeating_it() {
        let told = Keyring::parse(&format!("{}\nc2hvcnQ=\n", line(1))).unwrap_err();
        assert!(told.contains("line 2") && !told.contains("c2hvcnQ"), "{told}");
        assert!(Keyring::parse("\n").unwrap_err().contains("urandom"));
        assert!(!format!("{:?}", Keyring::parse(&line(1)).unwrap()).contains(&line(1)));
    }

    #[test]
    fn without_a_key_nothing_is_sealed() {
        assert!(Keyring::default().seal(b"hush", "row").unwrap_err().message().contains("key_file"));
    }
}
