//! Pairs of keys: made, and recognized by what EC2 calls their fingerprint
//! ([which is computed in four ways](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html)).

use std::fmt::{Display, Write};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use getrandom::SysRng;
use md5::Md5;
use ring::signature::{Ed25519KeyPair, KeyPair};
use rsa::{
    BoxedUint, PrivateKey as RsaPrivateKey, PublicKey as RsaPublicKey,
    pkcs1::EncodeRsaPrivateKey,
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
    traits::PublicKeyParts,
};
use secrecy::SecretString;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use ssh_key::{
    Mpint, PrivateKey, PublicKey,
    private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData},
    public::{Ed25519PublicKey, KeyData},
};

use crate::model::{Algorithm, Error, ErrorKind};

/// The longest public key, in bytes: room for an RSA key of 16,384 bits and a comment.
const LONGEST_PUBLIC_KEY: usize = 4 << 10;
/// The size of an RSA key that is made, in bits: EC2's.
const RSA_BITS: usize = 2_048;

/// A pair, of which the private key is there only when it has just been made.
#[derive(Debug)]
pub(super) struct Pair {
    /// The public key, as OpenSSH writes it.
    pub(super) public: String,
    /// The digest by which people recognize it.
    pub(super) fingerprint: String,
    /// The private key: PKCS#1 in PEM of RSA, OpenSSH's own form of Ed25519.
    pub(super) private: Option<SecretString>,
}

/// Makes a pair, which of RSA takes a good part of a second.
///
/// # Errors
/// `Internal` when there is no randomness to be had.
pub(super) fn make(algorithm: Algorithm, comment: &str) -> Result<Pair, Error> {
    match algorithm {
        Algorithm::Rsa => written(&RsaPrivateKey::new(&mut SysRng, RSA_BITS).map_err(unmade)?, comment),
        Algorithm::Ed25519 => make_ed25519(comment),
    }
}

/// The pair that a user has, by its public key.
///
/// # Errors
/// `Invalid` when it is no public key of RSA or Ed25519 as OpenSSH writes it.
pub(super) fn import(text: &str) -> Result<Pair, Error> {
    let invalid = || {
        let message = format!(
            "that is no public key of OpenSSH, RSA or Ed25519, of at most {LONGEST_PUBLIC_KEY} bytes"
        );
        Error::new(ErrorKind::Invalid, message)
    };
    let text = text.trim();
    // A line end would begin another entry where it is put into a file of authorized keys.
    if text.len() > LONGEST_PUBLIC_KEY || text.chars().any(char::is_control) {
        return Err(invalid());
    }
    let key = PublicKey::from_openssh(text).map_err(|_| invalid())?;
    let fingerprint = match key.key_data() {
        KeyData::Rsa(parts) => {
            let (n, e) = (number(&parts.n).ok_or_else(invalid)?, number(&parts.e).ok_or_else(invalid)?);
            let document = RsaPublicKey::new(n, e).ok().and_then(|key| key.to_public_key_der().ok());
            in_pairs(&Md5::digest(document.ok_or_else(invalid)?.as_bytes()))
        }
        KeyData::Ed25519(_) => digest_of(&key).map_err(|_| invalid())?,
        _other => return Err(invalid()),
    };
    Ok(Pair { public: key.to_openssh().map_err(|_| invalid())?, fingerprint, private: None })
}

fn number(mpint: &Mpint) -> Option<BoxedUint> {
    let bytes = mpint.as_positive_bytes()?;
    let bits = u32::try_from(bytes.len().checked_mul(8)?).ok()?;
    BoxedUint::from_be_slice(bytes, bits).ok()
}

fn written(key: &RsaPrivateKey, comment: &str) -> Result<Pair, Error> {
    let pem = key.to_pkcs1_pem(LineEnding::LF).map_err(unmade)?;
    let document = key.to_pkcs8_der().map_err(unmade)?;
    let mpint = |bytes: &[u8]| Mpint::from_positive_bytes(bytes).map_err(unmade);
    let parts = ssh_key::public::RsaPublicKey { e: mpint(&key.e_bytes())?, n: mpint(&key.n_bytes())? };
    let public = PublicKey::new(KeyData::Rsa(parts), comment).to_openssh().map_err(unmade)?;
    let fingerprint = in_pairs(&Sha1::digest(document.as_bytes()));
    Ok(Pair { public, fingerprint, private: Some(pem.as_str().to_owned().into()) })
}

fn make_ed25519(comment: &str) -> Result<Pair, Error> {
    let mut seed = [0; Ed25519PrivateKey::BYTE_SIZE];
    getrandom::fill(&mut seed).map_err(unmade)?;
    let signing = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(unmade)?;
    let public = Ed25519PublicKey::try_from(signing.public_key().as_ref()).map_err(unmade)?;
    let pair = Ed25519Keypair { public, private: Ed25519PrivateKey::from_bytes(&seed) };
    let key = PrivateKey::new(KeypairData::Ed25519(pair), comment).map_err(unmade)?;
    let text = key.to_openssh(ssh_key::LineEnding::LF).map_err(unmade)?;
    let public = key.public_key();
    Ok(Pair {
        public: public.to_openssh().map_err(unmade)?,
        fingerprint: digest_of(public).map_err(unmade)?,
        private: Some(text.as_str().to_owned().into()),
    })
}

fn unmade(reason: impl Display) -> Error {
    Error::new(ErrorKind::Internal, "a pair of keys could not be made").with_detail(reason.to_string())
}

/// EC2's fingerprint of an Ed25519 key: OpenSSH's.
fn digest_of(key: &PublicKey) -> Result<String, ssh_key::Error> {
    Ok(BASE64.encode(Sha256::digest(key.to_bytes()?)))
}

/// `5e:ce:b6`
fn in_pairs(digest: &[u8]) -> String {
    let mut text = String::with_capacity(digest.len() * 3);
    for byte in digest {
        let colon = if text.is_empty() { "" } else { ":" };
        // Writing to memory does not fail.
        let _ = write!(text, "{colon}{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use rsa::pkcs1::DecodeRsaPrivateKey;
    use secrecy::ExposeSecret;

    use super::*;

    /// What OpenSSL made, with what it and OpenSSH tell of it. It lets nobody in anywhere.
    const RSA_PRIVATE: &str = "\
        -----BEGIN RSA PRIVATE KEY-----\n\
        MIIEowIBAAKCAQEAurA2jNGty9vFYQvyStI5Fx/Oww/iOqEij8qix80sPsFSNxRF\n\
        o8BDPTHK7f81ceJADmVtz2XHBJZ2uSsgK6qIdYFD7Tjtd64EDlMXFkmybp0qEJu5\n\
        e1CvpbIw1/MdxgxusevudONQrXUpEDJTjLSd4z3zjABLBDTrfcOJSkytPlIn+0xE\n\
        +8B5SKsWfHag7QSWp6VfAhg/aqEuQg/MD0t/Tz5DhfCqhN6YACjEvybvCg4hN7MA\n\
        FphgD3ODxbSIVFiBmHJ56P9DmbMQvafz/w6Q0eTe4qUeAD/EB2KKxLTXoDtBT/w5\n\
        W00UMgKtvrBxfuQQlQDa8QgRt1j/1i6lGVoU8wIDAQABAoIBAAHtshKQU/BIK+jN\n\
        u8oEE+zmOjePoXGjmnzLxhS0TOG1E4lYH0QKx2cJbaQ5v66WfLzpVVIQJhcpCr7s\n\
        8B8jWteD51S7AtD6rjYLq7BiQIKeAwI66ZaZhcb7aT/B1ivmkvopisQQWRQBotP1\n\
        ASHx97OSP0LR+fRoK4qYC4IF+sArCpRn/vgJuC1fcdXFgCLCsq7ttxT7FAR2Lpwa\n\
        cxFb9EWBiT2klWz7Np1OtYHiZM8UF+Pasp+UcT1aDG91BtXYFINn4/6NRBoI0xTY\n\
        AlcN5Nzzop3cbE5vpb6UzPx9zdxcpUyGFoaXsZ1H1L+Ysreh9ko39AQTKjwIoRzX\n\
        AMYg46ECgYEA2+rDFliH4c2A6kegSo3yI87O/XEXOGK+JGIMh74zlSrpRNyl8O1S\n\
        /8xK6m275jAOoqk5yrEwF8a+m7+ISWMgUPRiji0UisFlKrMdwyrO9UAbKc8JWBIj\n\
        FzvEHTF6btCWENcs8KsTtgV+PBEzYc1RTXbAqJBOyidfapn/kqRAD5ECgYEA2VG8\n\
        d5sFFV3QGNbuksZd6Jbj/Xl/tGR0mFNSnH7XA65s6cvE1n65gI+hzHsM/naVoJvd\n\
        PBj/myydis+Lze14VqYtpHoFs2/3Qs+EEi0FyKBYzpo1/ZHdFFGm6R20yxB+Xopv\n\
        mJiyS0bRksrQguaiS47YHrQ5WgQdc2c/emVY4kMCgYBTXst4lDVnP+4IYwD8YpWS\n\
        R5um7xGbeauVxWn0qAGMIklupqtuC7p0aPFZsCIUoNFbjwXutn+B9AFcsB6tm5ur\n\
        tQoL1kE8XRbKOj8lNvxgc14Y2nkzXyTYcPrnClPc4MyTM8/AqUp+rdRuVyMAh8Kz\n\
        uDpPbO3Bq217z0fZQtVaUQKBgCredM8jRV1xpBtCSs2pU90N5uuZjBeJuXZS+Xjl\n\
        jIStY86645lsZit2KfSsUWPhAKMuG/Y++C0kH+/CAVIeBh8RqO9JItbCv4Pua58q\n\
        QnnRJ7OZuAzNOU9IzCQwN/nWxxbfOCRh+snernjGiVtJI7rD8t4brzSSmzyooV0D\n\
        oQUBAoGBAKCRfq8NrD7rAC9oavSoLT5+geMEjowAfRqCqf38rUHIzdAq/WdLh+EQ\n\
        zNB6YsE7/abw8yyXr/0+tQzcZUrs5moeILY1oYk+Pb7J0IyX5TdQvW2MI5wPHjl9\n\
        gI/xoqG+M0D7pcrkUXk6t7TnyCxeGqENsmBZhNsa0/aB/GIG1fej\n\
        -----END RSA PRIVATE KEY-----\n";
    const RSA_PUBLIC: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC6sDaM0a3L28VhC/JK0jkXH87DD+I6oSKPyqLHzSw+wVI3FEWjwEM9Mcrt/zVx\
        4kAOZW3PZccElna5KyArqoh1gUPtOO13rgQOUxcWSbJunSoQm7l7UK+lsjDX8x3GDG6x6+5041CtdSkQMlOMtJ3jPfOMAEsENOt9\
        w4lKTK0+Uif7TET7wHlIqxZ8dqDtBJanpV8CGD9qoS5CD8wPS39PPkOF8KqE3pgAKMS/Ju8KDiE3swAWmGAPc4PFtIhUWIGYcnno\
        /0OZsxC9p/P/DpDR5N7ipR4AP8QHYorEtNegO0FP/DlbTRQyAq2+sHF+5BCVANrxCBG3WP/WLqUZWhTz";
    const RSA_SHA1: &str = "00:8f:87:67:8a:71:cd:56:5f:da:c6:68:0e:cc:f1:19:2c:ae:d1:9f";
    const RSA_MD5: &str = "07:2d:11:fd:c8:63:81:75:34:fe:af:36:0e:2b:42:52";
    const ED25519_PUBLIC: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgyFoK+6ZIKxj9xPBSicBMEtCZpVUd3xqurTJBwOSy me@here";
    const ED25519_SHA256: &str = "Yfp9yxEHg1ibbHsZ5QR5w21bn8w65ZrwXMbvh+ExCUg=";
    const ECDSA_PUBLIC: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBOZJLGbytWFeaKNI+o1iT93hIfSI\
        5b/dSHuEfC3IKXtS+DvYBZfaIfa8kYd13BaMdMVbmashsogXp47jgP0X/Gw= me@here";

    #[test]
    fn a_pair_is_written_and_recognized_as_by_openssl() {
        let pair = written(&RsaPrivateKey::from_pkcs1_pem(RSA_PRIVATE).unwrap(), "").unwrap();
        assert_eq!((pair.public.trim(), pair.fingerprint.as_str()), (RSA_PUBLIC, RSA_SHA1));
        assert_eq!(pair.private.unwrap().expose_secret(), RSA_PRIVATE);
    }

    #[test]
    fn what_is_imported_is_recognized() {
        assert_eq!(import(RSA_PUBLIC).unwrap().fingerprint, RSA_MD5);
        let commented = format!("{RSA_PUBLIC} me@here\n");
        let pair = import(&commented).unwrap();
        assert_eq!((pair.public.as_str(), pair.fingerprint.as_str()), (commented.trim(), RSA_MD5));
        assert_eq!(import(ED25519_PUBLIC).unwrap().fingerprint, ED25519_SHA256);
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let cut = RSA_PUBLIC.get(..100).unwrap();
        let two = format!("{ED25519_PUBLIC}\n{ED25519_PUBLIC}");
        let long = format!("{ED25519_PUBLIC} {}", "x".repeat(LONGEST_PUBLIC_KEY));
        let optioned = format!("command=\"id\" {ED25519_PUBLIC}");
        for text in ["", "ssh-rsa", "ssh-rsa AAAA", cut, ECDSA_PUBLIC, RSA_PRIVATE, &two, &long, &optioned] {
            assert_eq!(import(text).unwrap_err().kind(), ErrorKind::Invalid, "{text}");
        }
    }

    #[test]
    fn pairs_that_are_made_belong_together_and_are_new() {
        for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
            let (one, other) = (make(algorithm, "web").unwrap(), make(algorithm, "web").unwrap());
            assert_ne!(one.public, other.public);
            assert!(one.public.ends_with(" web"), "{}", one.public);
            import(&one.public).unwrap();
            let private = one.private.unwrap();
            let private = private.expose_secret();
            match algorithm {
                Algorithm::Rsa => {
                    let key = RsaPrivateKey::from_pkcs1_pem(private).unwrap();
                    assert_eq!(key.n_bytes().len(), 256);
                    assert_eq!(written(&key, "web").unwrap().public, one.public);
                }
                Algorithm::Ed25519 => {
                    let key = PrivateKey::from_openssh(private).unwrap();
                    assert_eq!(key.public_key().to_openssh().unwrap(), one.public);
                    assert_eq!(import(&one.public).unwrap().fingerprint, one.fingerprint);
                }
            }
        }
    }
}
