//! Instances.

use std::collections::HashSet;

use super::{capabilities::USER_DATA, *};
use crate::model::{Command, Count, Listener, ListenerProtocol, LoadBalancerSpec, VolumeState};

const STOP: Action = Action::Stop { force: false };

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
    let mut two = Client { enough: 2, ..Client::sending(Vec::new()) };
    ask(&at_once(), list(Kind::Instance), (USER, PASSWORD), &mut two).await.unwrap();
    assert_eq!(two.received.iter().map(Resource::id).collect::<Vec<_>>(), ["inst0", "inst1"]);
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
        assert_eq!(instance.state, S::Running);
        assert_eq!(instance.name, "web");
        assert_eq!(instance.realm.as_deref(), Some("eu"));
        assert_eq!(instance.hardware_profile.as_deref(), Some("m1-large"));
        assert_eq!((instance.cpus, instance.memory), (Some(6), Some(10_240 << 20)));
        assert_eq!((instance.interfaces.len(), instance.attachments.len()), (0, 1));
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
    let large = |gibibytes: u64| {
        create(move |spec| {
            (spec.hardware_profile, spec.storage) = (Some("m1-large".into()), Some(gibibytes << 30));
        })
    };
    let made = instances(&at_once(), large(1024)).await.unwrap();
    assert_eq!(made[0].attachments[0].size, Some(1024 << 30));
    assert_eq!(failure(&at_once(), large(1000)).await.0, ErrorKind::Invalid);
    let plain = instances(&at_once(), create(|_| ())).await.unwrap();
    assert_eq!(plain[0].hardware_profile.as_deref(), Some("m1-small"));
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    type Change = fn(&mut InstanceSpec);
    let cases: [(Change, ErrorKind); 13] = [
        (|spec| spec.image = "nosuch".into(), ErrorKind::NotFound),
        (|spec| spec.realm = Some("nosuch".into()), ErrorKind::NotFound),
        (|spec| spec.hardware_profile = Some("nosuch".into()), ErrorKind::NotFound),
        (|spec| (spec.hardware_profile, spec.cpus) = (Some("m1-small".into()), Some(2)), ErrorKind::Invalid),
        (
            |spec| (spec.hardware_profile, spec.memory) = (Some("m1-large".into()), Some(1)),
            ErrorKind::Invalid,
        ),
        (|spec| spec.cpus = Some(0), ErrorKind::Invalid),
        (|spec| spec.key = Some("nosuch".into()), ErrorKind::NotFound),
        (|spec| spec.firewalls = vec!["default".into(), "nosuch".into()], ErrorKind::NotFound),
        (|spec| spec.network = Some("nosuch".into()), ErrorKind::NotFound),
        (|spec| spec.firewalls = vec!["default".into(); 17], ErrorKind::Invalid),
        (|spec| spec.name = Some("n".repeat(256)), ErrorKind::Invalid),
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
async fn an_instance_has_what_was_asked_for() {
    let mock = at_once();
    let asked = create(|spec| {
        spec.key = Some("test-key".into());
        spec.firewalls = vec!["default".into()];
        spec.network = Some("subnet2".into());
        spec.count = Count { min: 2, max: 2 };
    });
    for (instance, address) in
        instances(&mock, asked).await.unwrap().iter().zip(["192.168.2.2", "192.168.2.3"])
    {
        assert_eq!(instance.key.as_deref(), Some("test-key"));
        assert_eq!(instance.firewalls.as_slice(), ["default"]);
        let interface = &instance.interfaces[0];
        assert_eq!(interface.id, format!("nic{}", instance.id));
        assert_eq!(
            (interface.network.as_deref(), interface.subnet.as_deref()),
            (Some("net1"), Some("subnet2"))
        );
        assert_eq!(interface.addresses[0].to_string(), address);
        let named = only(&mock, show(Kind::NetworkInterface, &interface.id)).await;
        assert_eq!(named.id(), interface.id);
    }
}

#[tokio::test]
async fn what_goes_lets_go_of_all_it_had() {
    let mock = at_once();
    let to = || Id::from("inst1");
    let balancer = LoadBalancerSpec {
        name: "lb".to_owned(),
        realm: "us".into(),
        listener: Listener { protocol: ListenerProtocol::Http, port: 80, instance_port: 8080 },
    };
    let before = [
        change("vol1", Change::Attach { instance: to(), device: None }),
        change("192.168.0.2", Change::Associate { instance: to() }),
        make(Spec::LoadBalancer(balancer)),
        change("lb", Change::Register { instance: to() }),
    ];
    for operation in before {
        only(&mock, operation).await;
    }
    let held = instances(&mock, show(Kind::Instance, "inst1")).await.unwrap().remove(0);
    let volumes: Vec<_> = held.attachments.iter().map(|disk| (disk.volume.as_ref(), disk.boot)).collect();
    assert_eq!(volumes, [("vol3", true), ("vol1", false)]);
    let addresses: Vec<_> = held.all_addresses().map(|address| address.to_string()).collect();
    assert_eq!(addresses, ["192.168.1.2", "192.168.0.2"]);
    instances(&mock, destroy(&["inst1"])).await.unwrap();
    for volume in ["vol1", "vol3"] {
        let Resource::Volume(volume) = only(&mock, show(Kind::Volume, volume)).await else {
            panic!("no volume")
        };
        assert_eq!((volume.state, volume.mount), (VolumeState::Available, None));
    }
    let Resource::Address(address) = only(&mock, show(Kind::Address, "192.168.0.2")).await else {
        panic!("no address")
    };
    assert_eq!(address.instance, None);
    let Resource::LoadBalancer(balancer) = only(&mock, show(Kind::LoadBalancer, "lb")).await else {
        panic!("no load balancer")
    };
    assert!(balancer.instances.is_empty());
    assert_eq!(failure(&mock, show(Kind::NetworkInterface, "nic1")).await.0, ErrorKind::NotFound);
}

#[tokio::test]
async fn actions_know_what_was() {
    let cases = [
        (STOP, S::Running, S::Stopped),
        (Action::Start, S::Stopped, S::Running),
        (Action::Reboot, S::Running, S::Running),
        (Action::Stop { force: true }, S::Running, S::Stopped),
    ];
    let mock = at_once();
    for (action, before, after) in cases {
        let answer = instances(&mock, act(action, &["inst1", "inst2"])).await.unwrap();
        let told: Vec<_> = answer.iter().map(|instance| (instance.previous, instance.state)).collect();
        assert_eq!(told, [(Some(before), after), (Some(before), after)], "{action:?}");
        assert_eq!((state(&mock, "inst1").await, state(&mock, "inst2").await), (after, after), "{action:?}");
    }
}

#[tokio::test]
async fn actions_take_their_time() {
    let cases = [(STOP, S::Stopping), (Action::Reboot, S::Rebooting)];
    for (action, during) in cases {
        let mock = never();
        let told = instances(&mock, act(action, &["inst1"])).await.unwrap().remove(0);
        assert_eq!((told.previous, told.state), (Some(S::Running), during));
        assert_eq!(state(&mock, "inst1").await, during);
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
async fn every_instance_has_an_address_and_a_disk_of_its_own() {
    let mock = at_once();
    instances(&mock, create(|spec| spec.count = Count { min: 300, max: 300 })).await.unwrap();
    let all = instances(&mock, list(Kind::Instance)).await.unwrap();
    let addresses: HashSet<_> = all.iter().flat_map(|instance| instance.all_addresses()).collect();
    let volumes: HashSet<_> = all.iter().map(|instance| instance.attachments[0].volume.clone()).collect();
    assert_eq!((addresses.len(), volumes.len()), (304, 304));
    let order: Vec<_> = all.iter().map(|instance| instance.id.to_string()).collect();
    assert_eq!(order, (0..304).map(|number| format!("inst{number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_command_is_said_to_have_run() {
    let mock = at_once();
    let command = |address: Option<&str>| {
        let (text, address) = ("uptime".to_owned(), address.map(str::to_owned));
        change("inst1", Change::Run(Command { text, address, private_key: None, password: None, port: None }))
    };
    for (given, expected) in [(None, "192.168.1.2"), (Some("192.0.2.1"), "192.0.2.1")] {
        let Resource::Run(run) = only(&mock, command(given)).await else { panic!("nothing was run") };
        assert_eq!(
            (run.instance.as_ref(), run.address.as_ref(), run.command.as_ref()),
            ("inst1", expected, "uptime")
        );
        assert!(run.output.contains("uptime"), "{}", run.output);
    }
    instances(&mock, act(STOP, &["inst1"])).await.unwrap();
    assert_eq!(failure(&mock, command(None)).await.0, ErrorKind::IncorrectState);
}
