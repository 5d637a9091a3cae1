//! The mock cloud, asked as the gateway asks it.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;

use super::*;
use crate::{
    exchange::{Answer, Collected, Endpoint, Receiver, Tally, Transport},
    model::{Action, Count, Instance, InstanceSpec, InstanceState as S, KeySpec, Sink},
};

/// The mock cloud has nobody to talk to.
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: &Endpoint, _: Request<Bytes>) -> Result<Box<dyn Answer>, Error> {
        panic!("the mock cloud made an exchange");
    }
}

/// Keeps the ids of what it is given, until it has enough.
struct Ids(Vec<String>, usize);

impl Sink for Ids {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.0.push(resource.id().to_owned());
        Ok(if self.0.len() < self.1 { Flow::More } else { Flow::Enough })
    }
}

#[async_trait]
impl Receiver for Ids {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}

fn provider() -> Provider {
    let endpoint = Endpoint {
        provider: "mock".to_owned(),
        tls: None,
        host: String::new(),
        port: 0,
        authority: String::new(),
        connect_timeout: Duration::from_secs(1),
        read_timeout: Duration::from_secs(1),
        operation_timeout: Duration::from_secs(1),
        pool_size: 1,
    };
    Provider {
        name: "mock".to_owned(),
        driver: "mock",
        url: None,
        scope: None,
        level: Default::default(),
        services: Default::default(),
        relay: false,
        endpoint,
    }
}

async fn ask(
    mock: &Mock,
    operation: Operation,
    (user, password): (&str, &str),
    receiver: &mut dyn Receiver,
) -> Result<(), Error> {
    let identity = Identity { user: user.to_owned(), password: password.to_owned().into() };
    let (provider, tally) = (provider(), Tally::default());
    let mut cloud = Cloud::new(&provider, &identity, &Nowhere, None, &tally, receiver);
    mock.perform(&operation, &mut cloud).await
}

async fn ids(mock: &Mock, operation: Operation) -> Vec<String> {
    let mut ids = Ids(Vec::new(), usize::MAX);
    ask(mock, operation, (USER, PASSWORD), &mut ids).await.unwrap();
    ids.0
}

async fn instances(mock: &Mock, operation: Operation) -> Result<Vec<Instance<'static>>, Error> {
    let mut collected = Collected::default();
    ask(mock, operation, (USER, PASSWORD), &mut collected).await.map(|()| collected.0)
}

async fn state(mock: &Mock, id: &str) -> S {
    instances(mock, Operation::Show(Kind::Instance, id.into())).await.unwrap()[0].state
}

fn act(action: Action, ids: &[&str]) -> Operation {
    Operation::Act(action, ids.iter().copied().map(Id::from).collect())
}

fn destroy(ids: &[&str]) -> Operation {
    Operation::Destroy(Kind::Instance, ids.iter().copied().map(Id::from).collect())
}

fn create(change: impl FnOnce(&mut InstanceSpec)) -> Operation {
    let mut spec = InstanceSpec::new("img1");
    change(&mut spec);
    Operation::Create(Box::new(Spec::Instance(spec)))
}

fn at_once() -> Mock {
    Mock::with_transition(Duration::ZERO)
}

fn never() -> Mock {
    Mock::with_transition(Duration::from_secs(3600))
}

const STOP: Action = Action::Stop { force: false };

#[tokio::test]
async fn the_original_data_set_is_there() {
    let mock = at_once();
    let cases = [
        (Kind::Realm, vec!["us", "eu"]),
        (Kind::Image, vec!["img1", "img2", "img3"]),
        (Kind::HardwareProfile, vec!["m1-small", "m1-large", "m1-xlarge", "opaque"]),
        (Kind::Instance, vec!["inst0", "inst1", "inst2", "inst3"]),
        (Kind::Key, vec!["test-key"]),
    ];
    for (kind, expected) in cases {
        assert_eq!(ids(&mock, Operation::List(kind, Filter::default())).await, expected);
        for id in expected {
            assert_eq!(ids(&mock, Operation::Show(kind, id.into())).await, [id]);
        }
    }
}

#[tokio::test]
async fn every_declared_pair_can_be_performed_and_no_other() {
    let mock = at_once();
    let operations = [
        Operation::List(Kind::Image, Filter::default()),
        create(|_| ()),
        act(Action::Reboot, &["inst0"]),
        destroy(&["inst0"]),
        Operation::Destroy(Kind::Image, vec!["img1".into()]),
        Operation::Create(Box::new(Spec::Key(KeySpec { name: "k".to_owned(), public_key: None }))),
        Operation::Destroy(Kind::Key, vec!["k".into()]),
    ];
    for operation in operations {
        let (verb, kind) = operation.pair();
        let outcome = instances(&mock, operation).await;
        let unsupported = matches!(&outcome, Err(error) if error.kind() == ErrorKind::Unsupported);
        assert_eq!(mock.capabilities().supports(verb, kind), !unsupported, "{verb:?} {kind}");
    }
}

#[tokio::test]
async fn only_the_one_user_is_let_in() {
    let wrong = [("mockuser", "mockpasswore"), ("mockuse", "mockpassword"), ("mockuser", ""), ("", "")];
    for who in wrong {
        let mut nothing = Collected::default();
        let list = Operation::List(Kind::Instance, Filter::default());
        let error = ask(&at_once(), list, who, &mut nothing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert!(nothing.0.is_empty());
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mock = at_once();
    for kind in [Kind::Realm, Kind::Image, Kind::HardwareProfile, Kind::Instance, Kind::Key] {
        let error = instances(&mock, Operation::Show(kind, "nosuch".into())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.subject(), Some((kind, &Id::from("nosuch"))));
        let filter = Filter { ids: vec!["nosuch".into()], ..Filter::default() };
        assert!(ids(&mock, Operation::List(kind, filter)).await.is_empty());
    }
}

#[tokio::test]
async fn a_list_is_narrowed() {
    let cases = [
        (Filter { ids: vec!["inst2".into(), "inst0".into()], ..Filter::default() }, vec!["inst0", "inst2"]),
        (Filter { realm: Some("eu".into()), ..Filter::default() }, vec!["inst3"]),
        (Filter { image: Some("img3".into()), ..Filter::default() }, vec!["inst1", "inst3"]),
        (Filter { name: Some("AnotherInstance".into()), ..Filter::default() }, vec!["inst2"]),
        (Filter { states: vec![S::Stopped], ..Filter::default() }, vec![]),
        (Filter { at_most: Some(2), ..Filter::default() }, vec!["inst0", "inst1"]),
    ];
    for (filter, expected) in cases {
        let list = Operation::List(Kind::Instance, filter.clone());
        assert_eq!(ids(&at_once(), list).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_list_ends_when_its_receiver_has_enough() {
    let mut two = Ids(Vec::new(), 2);
    let list = Operation::List(Kind::Instance, Filter::default());
    ask(&at_once(), list, (USER, PASSWORD), &mut two).await.unwrap();
    assert_eq!(two.0, ["inst0", "inst1"]);
}

#[tokio::test]
async fn an_instance_is_made_and_runs_by_itself() {
    let spec = |start| {
        create(move |spec| {
            spec.count = Count { min: 1, max: 2 };
            spec.realm = Some("Europe".into());
            spec.hardware_profile = Some("m1-large".into());
            spec.cpus = Some(6);
            spec.name = Some("web".to_owned());
            spec.start = start;
        })
    };
    let mock = at_once();
    let made = instances(&mock, spec(true)).await.unwrap();
    assert_eq!(made.iter().map(|instance| instance.id.as_ref()).collect::<Vec<_>>(), ["inst4", "inst5"]);
    for instance in &made {
        assert_eq!(instance.state, S::Creating);
        assert_eq!(instance.name, "web");
        assert_eq!(instance.realm.as_deref(), Some("eu"));
        assert_eq!(instance.hardware_profile.as_deref(), Some("m1-large"));
        assert_eq!((instance.cpus, instance.memory), (Some(6), Some(10_240 << 20)));
        assert_eq!((instance.interfaces.len(), instance.attachments.len()), (1, 1));
        assert_eq!(state(&mock, &instance.id).await, S::Running);
    }
    let stopped = instances(&mock, spec(false)).await.unwrap();
    assert_eq!(state(&mock, &stopped[0].id).await, S::Stopped);
    assert_eq!(state(&never(), "inst0").await, S::Running);
    assert_eq!(instances(&never(), spec(true)).await.unwrap()[0].state, S::Creating);
}

#[tokio::test]
async fn a_size_may_be_asked_for_without_a_profile() {
    let sized = create(|spec| (spec.cpus, spec.memory) = (Some(2), Some(4 << 30)));
    let made = instances(&at_once(), sized).await.unwrap();
    assert_eq!((made[0].cpus, made[0].memory), (Some(2), Some(4 << 30)));
    assert_eq!(made[0].hardware_profile, None);
    let plain = instances(&at_once(), create(|_| ())).await.unwrap();
    assert_eq!(plain[0].hardware_profile.as_deref(), Some("m1-small"));
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    type Change = fn(&mut InstanceSpec);
    let cases: [(Change, ErrorKind); 8] = [
        (|spec| spec.image = "nosuch".into(), ErrorKind::NotFound),
        (|spec| spec.realm = Some("nosuch".into()), ErrorKind::NotFound),
        (|spec| spec.hardware_profile = Some("nosuch".into()), ErrorKind::NotFound),
        (|spec| (spec.hardware_profile, spec.cpus) = (Some("m1-small".into()), Some(2)), ErrorKind::Invalid),
        (
            |spec| (spec.hardware_profile, spec.memory) = (Some("m1-large".into()), Some(1)),
            ErrorKind::Invalid,
        ),
        (|spec| spec.cpus = Some(0), ErrorKind::Invalid),
        (|spec| spec.user_data = Some(vec![0; USER_DATA + 1]), ErrorKind::Invalid),
        (|spec| spec.count = Count { min: 9_997, max: 9_999 }, ErrorKind::LimitReached),
    ];
    let mock = at_once();
    for (change, kind) in cases {
        assert_eq!(instances(&mock, create(change)).await.unwrap_err().kind(), kind);
    }
    assert_eq!(ids(&mock, Operation::List(Kind::Instance, Filter::default())).await.len(), 4);
    let most = create(|spec| spec.count = Count { min: 1, max: u32::MAX });
    assert_eq!(ids(&mock, most).await.len(), 9_996);
}

#[tokio::test]
async fn actions_take_time_and_know_what_was() {
    let cases = [
        (STOP, S::Running, S::Stopping, S::Stopped),
        (Action::Start, S::Stopped, S::Starting, S::Running),
        (Action::Reboot, S::Running, S::Rebooting, S::Running),
        (Action::Stop { force: true }, S::Running, S::Stopping, S::Stopped),
    ];
    let mock = at_once();
    for (action, before, during, after) in cases {
        let answer = instances(&mock, act(action, &["inst1", "inst2"])).await.unwrap();
        let told: Vec<_> = answer.iter().map(|instance| (instance.previous, instance.state)).collect();
        assert_eq!(told, [(Some(before), during), (Some(before), during)], "{action:?}");
        assert_eq!((state(&mock, "inst1").await, state(&mock, "inst2").await), (after, after), "{action:?}");
    }
}

#[tokio::test]
async fn what_is_so_already_is_no_error() {
    let mock = never();
    for (action, expected) in [(Action::Start, S::Running), (STOP, S::Stopping), (STOP, S::Stopping)] {
        assert_eq!(instances(&mock, act(action, &["inst0"])).await.unwrap()[0].state, expected, "{action:?}");
    }
}

#[tokio::test]
async fn an_illegal_action_is_refused() {
    let mock = never();
    instances(&mock, act(STOP, &["inst0"])).await.unwrap();
    for action in [Action::Start, Action::Reboot] {
        let error = instances(&mock, act(action, &["inst0"])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IncorrectState);
        assert_eq!(error.subject(), Some((Kind::Instance, &Id::from("inst0"))));
    }
    let made = instances(&mock, create(|_| ())).await.unwrap();
    let error = instances(&mock, act(STOP, &[made[0].id.as_ref()])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IncorrectState);
}

#[tokio::test]
async fn one_wrong_id_spares_the_others() {
    let mock = never();
    instances(&mock, act(STOP, &["inst0"])).await.unwrap();
    let cases = [
        (act(STOP, &["inst1", "nosuch"]), ErrorKind::NotFound),
        (act(Action::Reboot, &["inst1", "inst0"]), ErrorKind::IncorrectState),
        (destroy(&["inst1", "nosuch"]), ErrorKind::NotFound),
    ];
    for (operation, kind) in cases {
        assert_eq!(instances(&mock, operation).await.unwrap_err().kind(), kind);
        assert_eq!(state(&mock, "inst1").await, S::Running);
    }
}

#[tokio::test]
async fn a_running_instance_is_destroyed_and_its_id_not_given_again() {
    let mock = at_once();
    let first = instances(&mock, create(|_| ())).await.unwrap();
    let gone = instances(&mock, destroy(&[&first[0].id, "inst0", "inst0"])).await.unwrap();
    let told: Vec<_> =
        gone.iter().map(|instance| (instance.id.as_ref(), instance.previous, instance.state)).collect();
    let (was, is) = (Some(S::Running), S::Terminated);
    assert_eq!(told, [("inst4", was, is), ("inst0", was, is)]);
    let error = instances(&mock, Operation::Show(Kind::Instance, "inst4".into())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(instances(&mock, create(|_| ())).await.unwrap()[0].id, "inst5");
}

#[tokio::test]
async fn every_instance_has_an_address_and_an_interface_of_its_own() {
    let mock = at_once();
    instances(&mock, create(|spec| spec.count = Count { min: 300, max: 300 })).await.unwrap();
    let all = instances(&mock, Operation::List(Kind::Instance, Filter::default())).await.unwrap();
    let addresses: HashSet<_> = all.iter().flat_map(|instance| instance.all_addresses()).collect();
    let macs: HashSet<_> = all.iter().filter_map(|instance| instance.interfaces[0].mac.clone()).collect();
    let volumes: HashSet<_> = all.iter().map(|instance| instance.attachments[0].volume.clone()).collect();
    assert_eq!((addresses.len(), macs.len(), volumes.len()), (304, 304, 304));
    assert_eq!(all[1].interfaces[0].id, "nic1");
    assert_eq!(all[1].all_addresses().next().unwrap().to_string(), "192.168.1.2");
    assert_eq!(all[3].interfaces[0].id, "nicinst3");
}
