//! What is asked for twice under one token is done once, whoever is asked, and whoever dies of it.

use std::time::{Duration, Instant};

use deltagate::{model::Id, store::Claimed};
use futures_util::future::join_all;

use crate::places::{LEASE, account, on_each, shared};

const ACTION: &str = "RunInstances";

#[tokio::test]
async fn a_token_stands_for_one_request() {
    on_each(async |store| {
        let account = account();
        let claim = async |token, print| store.claim(&account, ACTION, token, [print; 32]).await.unwrap();
        assert_eq!(claim("t", 1).await, Claimed::Mine);
        assert_eq!(claim("t", 1).await, Claimed::Running);
        assert_eq!(claim("t", 2).await, Claimed::Mismatch);
        let ids = [Id::from("i-1"), Id::from("i-2")];
        store.settle(&account, ACTION, "t", &ids).await.unwrap();
        assert_eq!(claim("t", 1).await, Claimed::Done(ids.to_vec()));
        assert_eq!(claim("t", 2).await, Claimed::Mismatch);
        store.release(&account, ACTION, "t").await.unwrap();
        assert_eq!(claim("t", 1).await, Claimed::Done(ids.to_vec()), "what was done stays done");
        assert_eq!(claim("u", 1).await, Claimed::Mine);
        store.release(&account, ACTION, "u").await.unwrap();
        assert_eq!(claim("u", 2).await, Claimed::Mine);
        store.settle(&account, ACTION, "u", &[]).await.unwrap();
        assert_eq!(claim("u", 2).await, Claimed::Done(vec![]));
    })
    .await;
}

#[tokio::test]
async fn one_of_many_claims_it() {
    for ground in shared() {
        let stores = [ground.open().await, ground.open().await, ground.open().await];
        let account = &account();
        let claims = (0..24_usize).map(|n| stores[n % 3].claim(account, ACTION, "t", [0; 32]));
        let claims: Vec<_> = join_all(claims).await.into_iter().map(Result::unwrap).collect();
        let mine = claims.iter().filter(|claim| **claim == Claimed::Mine).count();
        assert_eq!(mine, 1, "{}: {claims:?}", ground.name);
        assert!(claims.iter().all(|claim| matches!(claim, Claimed::Mine | Claimed::Running)), "{claims:?}");
    }
}

#[tokio::test]
async fn what_a_gateway_died_of_is_taken_over() {
    for ground in shared() {
        let account = account();
        let dead = ground.open().await;
        assert_eq!(dead.claim(&account, ACTION, "t", [0; 32]).await.unwrap(), Claimed::Mine);
        let (other, began) = (ground.open().await, Instant::now());
        while other.claim(&account, ACTION, "t", [0; 32]).await.unwrap() != Claimed::Mine {
            assert!(began.elapsed() < LEASE + Duration::from_secs(10), "{}", ground.name);
            tokio::task::yield_now().await;
        }
        dead.settle(&account, ACTION, "t", &[Id::from("late")]).await.unwrap();
        other.settle(&account, ACTION, "t", &[Id::from("right")]).await.unwrap();
        let done = dead.claim(&account, ACTION, "t", [0; 32]).await.unwrap();
        assert_eq!(done, Claimed::Done(vec![Id::from("right")]), "{}", ground.name);
    }
}
