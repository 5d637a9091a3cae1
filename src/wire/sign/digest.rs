//! The keyed and plain hashes of both versions, and the one comparison of signatures.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::refusal::Refusal;

/// HMAC-SHA256 of `message`.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    tag::<Hmac<Sha256>>(key, message)
}

/// HMAC-SHA1 of `message`, which only version 2 allows.
pub(super) fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    tag::<Hmac<Sha1>>(key, message)
}

/// SHA-256 of `message` in lower-case hexadecimal digits.
pub(super) fn sha256_hex(message: &[u8]) -> String {
    hex(&Sha256::digest(message))
}

/// `bytes` in lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).flatten().collect()
}

/// Compares in a time that says nothing about where the two differ.
pub(super) fn same(given: &[u8], expected: &[u8]) -> Result<(), Refusal> {
    if bool::from(given.ct_eq(expected)) { Ok(()) } else { Err(Refusal::Mismatch) }
}

fn tag<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        unreachable!("HMAC takes a key of any length")
    };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 test cases 2 and 6 (a key longer than a block), RFC 2202 test case 2, FIPS 180 "abc".
    #[test]
    fn published_figures() {
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
        assert_eq!(
            hex(&hmac_sha1(b"Jefe", b"what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn only_equal_bytes_are_the_same() {
        assert_eq!(same(b"abc", b"abc"), Ok(()));
        for other in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert_eq!(same(other, b"abc"), Err(Refusal::Mismatch));
        }
    }
}
