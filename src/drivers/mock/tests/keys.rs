//! Keys.

use secrecy::ExposeSecret;

use super::*;
use crate::model::{Credential, Key, KeySpec};

/// A public key of the type `ssh-ed25519`, of 32 zeros.
const PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me@here";

fn key(name: &str, public_key: Option<&str>) -> Operation {
    make(Spec::Key(KeySpec::new(name, public_key.map(str::to_owned))))
}

async fn pair(mock: &Mock, operation: Operation) -> (String, Option<String>) {
    let shown = only(mock, operation).await;
    let Resource::Key(Key { credential: Credential::Pair { fingerprint, private, .. }, .. }) = shown else {
        panic!("{shown:?} is no pair");
    };
    let private = private.as_ref().map(|private| private.expose_secret().to_owned());
    (fingerprint.to_string(), private)
}

#[tokio::test]
async fn the_private_key_is_given_once() {
    let mock = at_once();
    let (fingerprint, private) = pair(&mock, key("a", None)).await;
    let private = private.unwrap();
    assert!(private.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"), "{private}");
    assert!(private.lines().all(|line| (1..=64).contains(&line.len())), "{private}");
    assert_eq!(fingerprint.split(':').map(str::len).collect::<Vec<_>>(), [2; 20]);
    assert_eq!(pair(&mock, show(Kind::Key, "a")).await, (fingerprint.clone(), None));
    let named = Filter { name: Some("a".to_owned()), ..Filter::default() };
    assert_eq!(pair(&mock, Operation::List(Kind::Key, named)).await, (fingerprint.clone(), None));
    let (other, _) = pair(&mock, key("b", None)).await;
    assert_ne!(fingerprint, other);
}

#[tokio::test]
async fn a_public_key_is_imported() {
    let (first, private) = pair(&at_once(), key("a", Some(PUBLIC))).await;
    assert_eq!(private, None);
    assert_eq!(pair(&at_once(), key("b", Some(PUBLIC))).await.0, first, "it depends on the key alone");
    let (another, cut) = (PUBLIC.replace("ssh-ed25519", "ssh-rsa"), PUBLIC.replace("AAAA me", " me"));
    let long = format!("{PUBLIC}{}", "x".repeat(4 << 10));
    for wrong in ["", "ssh-rsa", "ssh-rsa AAAA", "ssh-ed25519 %", &another, &cut, &long] {
        assert_eq!(failure(&at_once(), key("a", Some(wrong))).await.0, ErrorKind::Invalid, "{wrong}");
    }
}

#[tokio::test]
async fn names_are_unique_and_fit_for_a_path() {
    let mock = at_once();
    let taken = failure(&mock, key("test-key", None)).await;
    assert_eq!(taken, (ErrorKind::AlreadyExists, Some((Kind::Key, "test-key".to_owned()))));
    for wrong in ["", ".", "..", "a\nb", "a/b", &"x".repeat(256)] {
        assert_eq!(failure(&mock, key(wrong, None)).await.0, ErrorKind::Invalid, "{wrong:?}");
    }
    for number in 1..5_000 {
        only(&mock, key(&number.to_string(), Some(PUBLIC))).await;
    }
    assert_eq!(failure(&mock, key("more", None)).await.0, ErrorKind::LimitReached);
}

#[tokio::test]
async fn all_of_them_are_destroyed_or_none() {
    let mock = at_once();
    only(&mock, key("a", None)).await;
    let both = |ids: [&str; 2]| Operation::Destroy(Kind::Key, ids.map(Id::from).into());
    assert_eq!(failure(&mock, both(["a", "nosuch"])).await.0, ErrorKind::NotFound);
    assert_eq!(ids(&mock, list(Kind::Key)).await, ["a", "test-key"]);
    assert_eq!(ids(&mock, both(["a", "a"])).await, ["a"]);
    assert_eq!(ids(&mock, list(Kind::Key)).await, ["test-key"]);
}
