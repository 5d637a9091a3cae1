//! Tags are set on all things or on none, and seen at once by everybody.

use std::sync::Arc;

use deltagate::{
    model::{ErrorKind, Id, Kind},
    store::{Account, AllTags, MOST_TAGS},
};

use crate::places::{account, instance, on_each, shared};

fn tags(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The tags of the thing of this kind that is called `a`.
fn said(all: &AllTags, kind: Kind) -> Vec<(String, String)> {
    all.of(kind, "a").iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

#[tokio::test]
async fn tags_are_set_replaced_and_removed() {
    on_each(async |store| {
        let account = account();
        assert!(store.tags(&account).await.unwrap().is_empty());
        let (one, other) = (instance("a"), (Kind::Volume, Id::from("a")));
        store
            .set_tags(&account, &[one.clone(), other], &tags(&[("Name", "web"), ("Env", "é")]))
            .await
            .unwrap();
        store
            .set_tags(&account, std::slice::from_ref(&one), &tags(&[("Name", "db"), ("Empty", "")]))
            .await
            .unwrap();
        let all = store.tags(&account).await.unwrap();
        assert_eq!(said(&all, Kind::Instance), tags(&[("Empty", ""), ("Env", "é"), ("Name", "db")]));
        assert_eq!(said(&all, Kind::Volume), tags(&[("Env", "é"), ("Name", "web")]));
        assert!(all.of(Kind::Instance, "b").is_empty());

        let some = |value: &str| Some(value.to_owned());
        let unlike =
            [("Name".to_owned(), some("web")), ("Empty".to_owned(), some("")), ("Env".to_owned(), None)];
        store.remove_tags(&account, std::slice::from_ref(&one), &unlike).await.unwrap();
        assert_eq!(said(&store.tags(&account).await.unwrap(), Kind::Instance), tags(&[("Name", "db")]));
        store.remove_tags(&account, std::slice::from_ref(&one), &[]).await.unwrap();
        assert!(store.tags(&account).await.unwrap().of(Kind::Instance, "a").is_empty());
        store.forget(&account, Kind::Volume, &[Id::from("a")]).await.unwrap();
        assert!(store.tags(&account).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_thing_has_at_most_fifty() {
    on_each(async |store| {
        let account = account();
        let most: Vec<_> = (0..MOST_TAGS).map(|n| (n.to_string(), String::new())).collect();
        store.set_tags(&account, &[instance("full")], &most).await.unwrap();
        let before = store.tags(&account).await.unwrap();
        let more = tags(&[("one", "more")]);
        let refused =
            store.set_tags(&account, &[instance("new"), instance("full")], &more).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::LimitReached);
        assert_eq!(refused.subject(), Some((Kind::Instance, &Id::from("full"))));
        assert_eq!(store.tags(&account).await.unwrap(), before, "nothing was set");
        store.set_tags(&account, &[instance("full")], &tags(&[("0", "replaced")])).await.unwrap();
        let wrong = store.set_tags(&account, &[instance("a")], &tags(&[("a\0", "")])).await.unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::Invalid);
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_a_change_at_once_and_nobody_reads_what_did_not_change() {
    for ground in shared() {
        let (one, other, account) = (ground.open().await, ground.open().await, account());
        for round in ["1", "2"] {
            one.set_tags(&account, &[instance("a")], &tags(&[("round", round)])).await.unwrap();
            let seen = other.tags(&account).await.unwrap();
            assert_eq!(said(&seen, Kind::Instance), tags(&[("round", round)]), "{}", ground.name);
            assert!(Arc::ptr_eq(&seen, &other.tags(&account).await.unwrap()), "{}", ground.name);
        }
        let stranger = other.tags(&Account::of("engine", "somebody else")).await.unwrap();
        assert!(stranger.is_empty(), "{}", ground.name);
    }
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_made() {
    for ground in shared() {
        let stores = [ground.open().await, ground.open().await, ground.open().await];
        let (stores, account) = (&stores, &account());
        let writers = (0..30_usize).map(|n| async move {
            let tag = [(n.to_string(), "x".to_owned())];
            stores[n % 3].set_tags(account, &[instance("a")], &tag).await
        });
        for result in futures_util::future::join_all(writers).await {
            result.unwrap();
        }
        assert_eq!(
            stores[0].tags(account).await.unwrap().of(Kind::Instance, "a").len(),
            30,
            "{}",
            ground.name
        );
    }
}
