//! Access keys: added, rotated with a time of grace, disabled, removed.

use std::time::Duration;

use deltagate::{
    model::{ErrorKind, Id, Kind},
    store::{Keyring, NewKey, Settings, Store},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    jobs::job as pending,
    places::{account, on_each, shared},
};

fn key(id: &str, provider: Option<&str>) -> NewKey {
    NewKey {
        id: id.to_owned(),
        provider: provider.map(str::to_owned),
        user: "admin@internal".to_owned(),
        password: "the password".into(),
        secret: "the secret".into(),
    }
}

async fn secrets(store: &Store, id: &str) -> Vec<String> {
    let keys = store.key(id).await.unwrap();
    keys.iter().map(|key| key.secret.expose_secret().to_owned()).collect()
}

#[tokio::test]
async fn keys_come_and_go() {
    on_each(async |store| {
        store.add_key(&key("A", None)).await.unwrap();
        store.add_key(&key("B", Some("one"))).await.unwrap();
        store.add_key(&key("B", Some("two"))).await.unwrap();
        for (id, provider) in [("A", None), ("A", Some("one")), ("B", Some("one")), ("B", None)] {
            let refused = store.add_key(&key(id, provider)).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::AlreadyExists, "{id} {provider:?}");
        }
        let found = &store.key("A").await.unwrap()[0];
        assert_eq!((found.user.as_str(), found.password.expose_secret()), ("admin@internal", "the password"));
        assert_eq!((found.secret.expose_secret(), found.disabled), ("the secret", false));
        assert_eq!(store.key("B").await.unwrap().len(), 2);
        for nobody in ["C", "", "A\0"] {
            assert!(store.key(nobody).await.unwrap().is_empty());
        }
        store.disable_key("B", Some("one"), true).await.unwrap();
        let listed: Vec<_> =
            store.keys().await.unwrap().into_iter().map(|key| (key.id, key.provider, key.disabled)).collect();
        let (one, two) = (Some("one".to_owned()), Some("two".to_owned()));
        assert_eq!(listed, [("A".into(), None, false), ("B".into(), one, true), ("B".into(), two, false)]);
        store.remove_key("B", Some("one")).await.unwrap();
        assert_eq!(store.remove_key("B", Some("one")).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(store.disable_key("B", None, true).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(store.key("B").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_old_secret_is_good_for_a_while() {
    on_each(async |store| {
        store.add_key(&key("A", None)).await.unwrap();
        let rotate = async |secret: &str, grace| {
            let secret = SecretString::from(secret.to_owned());
            store.rotate_key("A", None, &secret, Duration::from_secs(grace)).await
        };
        rotate("second", 60).await.unwrap();
        assert_eq!(secrets(&store, "A").await, ["second", "the secret"]);
        rotate("third", 60).await.unwrap();
        assert_eq!(secrets(&store, "A").await, ["third", "second"], "the first ends with the second");
        rotate("fourth", 0).await.unwrap();
        assert_eq!(secrets(&store, "A").await, ["fourth"]);
        store.keep_house().await.unwrap();
        assert_eq!(store.keys().await.unwrap().len(), 1);
        let nobody = store.rotate_key("B", None, &"s".into(), Duration::ZERO).await.unwrap_err();
        assert_eq!(nobody.kind(), ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_good_in_its_own_row_only() {
    for ground in shared() {
        let store = ground.open().await;
        store.add_key(&key("A", None)).await.unwrap();
        let keyless = Settings { keys: Keyring::default(), ..ground.settings.clone() };
        let keyless = Store::open(&keyless).await.unwrap();
        let refused = keyless.add_key(&key("B", None)).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        assert!(refused.message().contains("key_file"), "{refused}");
        assert_eq!(keyless.keys().await.unwrap().len(), 1, "what is not secret is listed");
        assert_eq!(keyless.key("A").await.unwrap_err().kind(), ErrorKind::Internal);
    }
}

#[tokio::test]
async fn what_is_sealed_anew_needs_the_new_key_only() {
    const OLD: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const NEW: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    for ground in shared() {
        let open = async |keys: &str| {
            let keys = Keyring::parse(keys).unwrap();
            Store::open(&Settings { keys, ..ground.settings.clone() }).await.unwrap()
        };
        let (account, id) = (account(), Id::from("i"));
        let old = open(OLD).await;
        old.add_key(&key("A", None)).await.unwrap();
        old.put_note(&account, Kind::Instance, &id, "n", b"hush", true).await.unwrap();
        old.add_job("engine", &pending("i")).await.unwrap();
        assert!(open(NEW).await.reseal().await.is_err());
        let both = open(&format!("{NEW}\n{OLD}")).await;
        assert_eq!(both.reseal().await.unwrap(), 4, "{}", ground.name);
        assert_eq!(both.reseal().await.unwrap(), 0, "{}", ground.name);
        let new = open(NEW).await;
        assert_eq!(secrets(&new, "A").await, ["the secret"]);
        assert_eq!(
            new.note(&account, Kind::Instance, &id, "n").await.unwrap().as_deref(),
            Some(&b"hush"[..])
        );
        let attempt = new.take_job("engine").await.unwrap().unwrap();
        assert_eq!(attempt.job.password.expose_secret(), "hush");
    }
}

#[test]
fn what_is_made_up_is_like_awss_and_never_the_same() {
    let (id, secret) = (NewKey::random_id(), NewKey::random_secret());
    assert!(id.len() == 20 && id.starts_with("AKIA") && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(secret.expose_secret().len(), 40);
    assert_ne!(id, NewKey::random_id());
    assert_ne!(secret.expose_secret(), NewKey::random_secret().expose_secret());
}
