//! A cloud that is kept on disk.

use std::fs;

use super::*;
use crate::model::{KeySpec, VolumeSpec};

fn key(name: &str) -> Operation {
    make(Spec::Key(KeySpec::new(name, None)))
}

/// All that can be listed of a cloud, printed.
async fn everything(mock: &Mock) -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        if mock.capabilities().supports(Verb::List, kind) {
            text += &format!("{:?}\n", all(mock, list(kind)).await.unwrap());
        }
    }
    text
}

#[tokio::test]
async fn what_was_done_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let mock = kept(folder.path());
    assert_eq!(everything(&mock).await, everything(&at_once()).await);
    let done = [
        key("mine"),
        remove(Kind::Key, "test-key"),
        create(|spec| spec.network = Some("subnet1".into())),
        act(Action::Stop { force: true }, &["inst1"]),
        make(Spec::Volume(VolumeSpec::default())),
        change("vol1", Change::Attach { instance: "inst4".into(), device: None }),
        destroy(&["inst0"]),
    ];
    for operation in done {
        all(&mock, operation).await.unwrap();
    }
    let before = everything(&mock).await;
    drop(mock);
    let mock = kept(folder.path());
    assert_eq!(everything(&mock).await, before);
    assert_eq!(ids(&mock, create(|_| ())).await, ["inst5"], "no number is given twice");
}

#[tokio::test]
async fn a_change_goes_on_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let slow = || open(Duration::from_secs(3600), Some(folder.path())).unwrap();
    instances(&slow(), act(Action::Reboot, &["inst1"])).await.unwrap();
    assert_eq!(state(&slow(), "inst1").await, S::Rebooting);
}

#[tokio::test]
async fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _mock = kept(folder.path());
    let Err(error) = open(Duration::ZERO, Some(folder.path())) else { panic!("it was opened twice") };
    assert!(error.message().ends_with("another process uses it"), "{error}");
}

#[tokio::test]
async fn providers_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &str| {
        let settings = Embedded { transition: Duration::ZERO, state: Some(folder.path().to_owned()) };
        Mock::open(name, &settings).unwrap()
    };
    let (one, other) = (named("one"), named(".."));
    only(&one, key("mine")).await;
    assert_eq!(ids(&other, list(Kind::Key)).await, ["test-key"]);
}

#[tokio::test]
async fn what_was_left_half_done_goes() {
    let folder = tempfile::tempdir().unwrap();
    drop(kept(folder.path()));
    let cloud = folder.path().join("mock.cloud");
    let stray = cloud.join("contents").join("8a6e0804-2bd0-4672-b79d-d97027f9071a");
    fs::write(&stray, "half").unwrap();
    drop(kept(folder.path()));
    assert!(!stray.exists());
    fs::rename(cloud.join("state.redb"), cloud.join("state.new")).unwrap();
    fs::write(cloud.join("state.new"), "half").unwrap();
    assert_eq!(ids(&kept(folder.path()), list(Kind::Key)).await, ["test-key"]);
    fs::write(cloud.join("state.redb"), "not a database").unwrap();
    let Err(error) = open(Duration::ZERO, Some(folder.path())) else { panic!("it was opened") };
    assert!(error.message().contains("mock.cloud cannot be used"), "{error}");
}
