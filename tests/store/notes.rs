//! Notes come back as they were kept, and sealed ones are not in the database as they are.

use std::fs;

use deltagate::{
    model::{ErrorKind, Id, Kind},
    store::{Keyring, Place, Settings},
};

use crate::places::{account, on_each, shared};

#[tokio::test]
async fn notes_are_kept_by_name() {
    on_each(async |store| {
        let (account, a, b) = (account(), Id::from("a"), Id::from("b"));
        for (id, value) in [(&b, &b"first"[..]), (&b, b"\0\xff"), (&a, b"{}")] {
            store.put_note(&account, Kind::Key, id, "public", value, false).await.unwrap();
        }
        store.put_note(&account, Kind::Key, &a, "other", b"hush", true).await.unwrap();
        let note = async |id, name| store.note(&account, Kind::Key, id, name).await.unwrap();
        assert_eq!(note(&b, "public").await.as_deref(), Some(&b"\0\xff"[..]));
        assert_eq!(note(&a, "other").await.as_deref(), Some(&b"hush"[..]));
        assert_eq!(note(&b, "other").await, None);
        let all = store.notes(&account, Kind::Key, "public").await.unwrap();
        assert_eq!(all, [(a.clone(), b"{}".to_vec()), (b.clone(), b"\0\xff".to_vec())]);
        assert!(store.remove_note(&account, Kind::Key, &b, "public").await.unwrap());
        assert!(!store.remove_note(&account, Kind::Key, &b, "public").await.unwrap());
        store.forget(&account, Kind::Key, std::slice::from_ref(&a)).await.unwrap();
        assert!(store.notes(&account, Kind::Key, "public").await.unwrap().is_empty());
        for (value, is_new) in [(&b"first"[..], true), (b"second", false)] {
            assert_eq!(store.add_note(&account, Kind::Key, &b, "public", value).await.unwrap(), is_new);
            assert_eq!(note(&b, "public").await.as_deref(), Some(&b"first"[..]));
        }
        let long = store.add_note(&account, Kind::Key, &b, "long", &[0; (64 << 10) + 1]).await;
        assert_eq!(long.unwrap_err().kind(), ErrorKind::TooLong);
        let long = store.put_note(&account, Kind::Key, &b, "public", &[0; (64 << 10) + 1], false).await;
        assert_eq!(long.unwrap_err().kind(), ErrorKind::TooLong);
    })
    .await;
}

#[tokio::test]
async fn what_is_sealed_is_read_with_the_key_only() {
    for ground in shared() {
        let (store, account, id) = (ground.open().await, account(), Id::from("a"));
        store.put_note(&account, Kind::Instance, &id, "user data", b"password=hush", true).await.unwrap();
        store.close().await;
        for (keys, kind) in
            [(Keyring::random(), ErrorKind::Internal), (Keyring::default(), ErrorKind::Internal)]
        {
            let stranger =
                deltagate::store::Store::open(&Settings { keys, ..ground.settings.clone() }).await.unwrap();
            let read = stranger.note(&account, Kind::Instance, &id, "user data").await;
            assert_eq!(read.unwrap_err().kind(), kind);
        }
        let keyless = Settings { keys: Keyring::default(), ..ground.settings.clone() };
        let keyless = deltagate::store::Store::open(&keyless).await.unwrap();
        let refused =
            keyless.put_note(&account, Kind::Instance, &id, "user data", b"hush", true).await.unwrap_err();
        assert!(refused.message().contains("key_file"), "{refused}");
        if let Place::File(path) = &ground.settings.place {
            let bytes = fs::read(path).unwrap();
            assert!(!bytes.windows(4).any(|window| window == b"hush"));
        }
    }
}
