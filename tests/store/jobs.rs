//! A job is taken by one gateway at a time, outlives each of them, and gives way to what is asked later.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use deltagate::store::{Attempt, Job, JobState, Outcome, Store};
use futures_util::future::join_all;
use secrecy::ExposeSecret;

use crate::places::{on_each, shared};

const PROVIDER: &str = "engine";
const PATIENCE: Duration = Duration::from_secs(10);

pub fn job(subject: &str) -> Job {
    Job {
        subject: subject.to_owned(),
        user: "me".to_owned(),
        password: "hush".into(),
        kind: "start".to_owned(),
        payload: format!("start {subject}"),
        pause: Duration::ZERO,
    }
}

async fn take(store: &Store) -> Option<Attempt> {
    store.take_job(PROVIDER).await.unwrap()
}

async fn count(store: &Store, state: JobState) -> u64 {
    store.count_jobs(PROVIDER, state).await.unwrap()
}

#[tokio::test]
async fn a_job_is_tried_until_it_is_done() {
    on_each(async |store| {
        assert_eq!(store.next_job(PROVIDER).await.unwrap(), None);
        store.add_job(PROVIDER, &job("a")).await.unwrap();
        assert_eq!(store.next_job(PROVIDER).await.unwrap(), Some(Duration::ZERO));
        assert!(store.take_job("another").await.unwrap().is_none());
        let first = take(&store).await.unwrap();
        assert_eq!((first.job.payload.as_str(), first.attempts), ("start a", 0));
        assert_eq!(first.job.password.expose_secret(), "hush");
        assert!(take(&store).await.is_none(), "it is being tried");
        assert!(store.next_job(PROVIDER).await.unwrap().unwrap() > Duration::from_secs(1));
        store.put_job_off(&first, Duration::ZERO, "not yet").await.unwrap();
        let listed = store.jobs().await.unwrap();
        assert_eq!((listed[0].attempts, listed[0].last_error.as_str()), (1, "not yet"));
        let second = take(&store).await.unwrap();
        assert_eq!(second.attempts, 1);
        assert!(store.renew_lease(&second).await.unwrap());
        store.end_job(&second, Outcome::Done).await.unwrap();
        assert!(!store.renew_lease(&second).await.unwrap());
        assert_eq!((count(&store, JobState::Pending).await, store.jobs().await.unwrap().len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_failed_is_listed_and_what_is_gone_is_shown() {
    on_each(async |store| {
        for subject in ["bad", "gone"] {
            store.add_job(PROVIDER, &job(subject)).await.unwrap();
        }
        assert_eq!(store.told(PROVIDER, "me").await.unwrap().len(), 2);
        for _ in 0..2 {
            let attempt = take(&store).await.unwrap();
            let outcome = match attempt.job.subject.as_str() {
                "bad" => Outcome::Failed("it was refused".to_owned()),
                _ => Outcome::Gone(Duration::from_secs(60)),
            };
            store.end_job(&attempt, outcome).await.unwrap();
        }
        let told = store.told(PROVIDER, "me").await.unwrap();
        assert_eq!(
            told.iter().map(|told| (told.payload.as_str(), told.gone)).collect::<Vec<_>>(),
            [("start gone", true)]
        );
        assert!(store.told(PROVIDER, "somebody else").await.unwrap().is_empty());
        let jobs = store.jobs().await.unwrap();
        assert_eq!((jobs.len(), jobs[0].state, jobs[0].subject.as_str()), (1, JobState::Failed, "bad"));
        assert_eq!((jobs[0].last_error.as_str(), jobs[0].next), ("it was refused", None));
        store.show_gone(PROVIDER, "buried", "me", "x", Duration::ZERO).await.unwrap();
        store.keep_house().await.unwrap();
        assert_eq!(store.told(PROVIDER, "me").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn many_gateways_take_each_job_once() {
    const JOBS: usize = 60;
    for ground in shared() {
        let stores = [ground.open().await, ground.open().await, ground.open().await];
        for n in 0..JOBS {
            stores[n % 3].add_job(PROVIDER, &job(&n.to_string())).await.unwrap();
        }
        let left = AtomicUsize::new(JOBS);
        let workers = stores.iter().cycle().take(9).map(async |store| {
            let mut taken = Vec::new();
            let deadline = Instant::now() + PATIENCE;
            while left.load(Ordering::Relaxed) > 0 {
                assert!(Instant::now() < deadline, "{} are left", left.load(Ordering::Relaxed));
                if let Some(attempt) = take(store).await {
                    store.end_job(&attempt, Outcome::Done).await.unwrap();
                    left.fetch_sub(1, Ordering::Relaxed);
                    taken.push(attempt.job.subject);
                }
            }
            taken
        });
        let mut times = HashMap::new();
        for subject in join_all(workers).await.into_iter().flatten() {
            *times.entry(subject).or_insert(0) += 1;
        }
        assert_eq!(times.len(), JOBS, "{}", ground.name);
        assert!(times.values().all(|times| *times == 1), "{}: {times:?}", ground.name);
    }
}

#[tokio::test]
async fn what_is_asked_later_counts() {
    on_each(async |store| {
        let overrule = async || store.overrule(PROVIDER, &["a"], PATIENCE).await.unwrap();
        assert!(overrule().await.is_empty());
        store.add_job(PROVIDER, &job("a")).await.unwrap();

        // The operation fails: the job goes on.
        let held = overrule().await;
        assert!(take(&store).await.is_none() && count(&store, JobState::Pending).await == 0);
        assert!(store.told(PROVIDER, "me").await.unwrap().is_empty());
        assert_eq!(store.pending(PROVIDER, &["a"]).await.unwrap().len(), 1, "it may still go on");
        store.bring_back(&held, &[]).await.unwrap();
        assert_eq!(count(&store, JobState::Pending).await, 1);

        // Of two operations the first succeeds and the second fails: the job is gone.
        let (first, second) = (overrule().await, overrule().await);
        assert_eq!((first.subjects().count(), second.subjects().count()), (1, 0));
        store.bring_back(&second, &[]).await.unwrap();
        store.drop_overruled(&first).await.unwrap();
        assert!(take(&store).await.is_none() && store.jobs().await.unwrap().is_empty());

        // What was promised for the operation itself stays.
        store.add_job(PROVIDER, &job("a")).await.unwrap();
        let held = overrule().await;
        store.add_job(PROVIDER, &Job { payload: "stop a".to_owned(), ..job("a") }).await.unwrap();
        store.drop_overruled(&held).await.unwrap();
        assert_eq!(take(&store).await.unwrap().job.payload, "stop a");
    })
    .await;
}

#[tokio::test]
async fn whoever_overrules_waits_for_the_attempt_that_is_under_way() {
    for ground in shared() {
        let (one, other) = (ground.open().await, ground.open().await);
        for (ending, left) in [(None, 1), (Some(Outcome::Done), 0)] {
            one.add_job(PROVIDER, &job("a")).await.unwrap();
            let attempt = take(&one).await.unwrap();
            let overruling = other.overrule(PROVIDER, &["a"], PATIENCE);
            tokio::pin!(overruling);
            let early = tokio::time::timeout(Duration::from_millis(200), &mut overruling).await;
            assert!(early.is_err(), "{}", ground.name);
            match ending {
                None => one.put_job_off(&attempt, Duration::ZERO, "not yet").await.unwrap(),
                Some(outcome) => one.end_job(&attempt, outcome).await.unwrap(),
            }
            let held = overruling.await.unwrap();
            assert!(take(&one).await.is_none(), "{}", ground.name);
            assert_eq!(held.subjects().count(), left, "{}", ground.name);
            other.drop_overruled(&held).await.unwrap();
        }
        one.add_job(PROVIDER, &job("a")).await.unwrap();
        let _endless = take(&one).await.unwrap();
        let busy = other.overrule(PROVIDER, &["a"], Duration::from_millis(100)).await.unwrap_err();
        assert_eq!(busy.kind(), deltagate::model::ErrorKind::Busy, "{}", ground.name);
    }
}

#[tokio::test]
async fn what_a_gateway_held_back_when_it_died_goes_on() {
    for ground in shared() {
        let (dead, other) = (ground.open().await, ground.open().await);
        dead.add_job(PROVIDER, &job("a")).await.unwrap();
        let _held = dead.overrule(PROVIDER, &["a"], PATIENCE).await.unwrap();
        assert!(take(&other).await.is_none());
        let deadline = Instant::now() + PATIENCE;
        while take(&other).await.is_none() {
            assert!(Instant::now() < deadline, "{}", ground.name);
            tokio::task::yield_now().await;
        }
    }
}
