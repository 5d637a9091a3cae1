//! What the driver does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use deltagate::model::{Action, Count, ErrorKind, Id, InstanceSpec, InstanceState as State, Kind, Operation};
use uuid::Uuid;

use crate::{
    for_every_mode,
    harness::{Harness, create, engine, spec},
    ovirt_engine::{Engine, Mode, Options, seed},
    transport::Together,
};

fn id(text: impl ToString) -> Id {
    Id::from(text.to_string())
}

/// A machine as the engine keeps it.
fn kept(engine: &Engine, id: &str) -> crate::ovirt_engine::Vm {
    engine.vm(id.parse::<Uuid>().unwrap()).unwrap()
}

for_every_mode! {
    async fn an_instance_lives(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wanted = InstanceSpec {
            realm: Some("Production".into()),
            hardware_profile: Some("server".into()),
            user_data: Some(b"#cloud-config\npackages: [vim]\n".to_vec()),
            name: Some("mine".into()),
            ..spec(seed::FEDORA_TEMPLATE)
        };
        let made = harness.perform(create(wanted)).await.unwrap().instances;
        assert_eq!(made.len(), 1);
        let vm = made[0].id.to_string();
        assert_eq!((&*made[0].name, made[0].state), ("mine", State::Creating));
        assert_eq!(made[0].realm.as_deref(), Some(&*seed::PRODUCTION_CLUSTER.to_string()));
        assert_eq!(harness.promised().await, 1);
        harness.until(&vm, Some(State::Running)).await;
        assert_eq!((made[0].hardware_profile.as_deref(), made[0].memory), (Some("SERVER"), Some(1 << 30)));

        let ids = vec![id(&vm)];
        let again = harness.perform(Operation::Act(Action::Start, ids.clone())).await.unwrap().instances;
        assert_eq!((again[0].previous, again[0].state), (Some(State::Running), State::Running));

        let stopped = Operation::Act(Action::Stop { force: false }, ids.clone());
        let stopped = harness.perform(stopped).await.unwrap().instances;
        assert_eq!((stopped[0].previous, stopped[0].state), (Some(State::Running), State::Stopping));
        harness.until(&vm, Some(State::Stopped)).await;

        let started = harness.perform(Operation::Act(Action::Start, ids.clone())).await.unwrap().instances;
        assert_eq!((started[0].previous, started[0].state), (Some(State::Stopped), State::Starting));
        harness.until(&vm, Some(State::Running)).await;

        let rebooted = harness.perform(Operation::Act(Action::Reboot, ids.clone())).await.unwrap().instances;
        assert_eq!((rebooted[0].previous, rebooted[0].state), (Some(State::Running), State::Rebooting));
        harness.until(&vm, Some(State::Running)).await;

        let gone = harness.perform(Operation::Destroy(Kind::Instance, ids)).await.unwrap().instances;
        assert_eq!(gone[0].state, State::Terminating);
        assert!(matches!(gone[0].previous, Some(State::Running | State::Stopping | State::Rebooting)));
        harness.until(&vm, None).await;
    }

    async fn an_instance_runs_or_reboots_until_it_is_up_again(mode: Mode) {
        let engine = Engine::start(Options { mode, vms: 1, speed: 100.0, ..Options::default() }).await;
        let harness = Harness::new(&engine, "");
        let vm = harness.list(Kind::Instance).await.instances[0].id.to_string();
        harness.perform(Operation::Act(Action::Start, vec![id(&vm)])).await.unwrap();
        harness.until(&vm, Some(State::Running)).await;
        harness.perform(Operation::Act(Action::Reboot, vec![id(&vm)])).await.unwrap();
        let mut seen = vec![];
        let started = Instant::now();
        while seen.last() != Some(&State::Running) || harness.promised().await > 0 {
            seen.push(harness.told(&vm).await);
            assert!(started.elapsed() < Duration::from_secs(20), "what was promised is never kept");
        }
        assert!(seen.iter().all(|state| matches!(state, State::Rebooting | State::Running)), "{seen:?}");
        harness.until(&vm, Some(State::Running)).await;
    }

    async fn user_data_reaches_the_guest(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wanted = InstanceSpec { user_data: Some(b"#!/bin/sh\nid <&>\n".to_vec()), ..spec(seed::RHEL_TEMPLATE) };
        let made = harness.perform(create(wanted)).await.unwrap().instances;
        let machine = format!("{:?}", kept(&engine, &made[0].id).machine);
        let expected = match mode {
            Mode::V3_0 => "deltacloud-user-data.txt:IyEvYmluL3NoCmlkIDwmPgo=",
            Mode::V3_1 | Mode::V3_6 => "#!/bin/sh\\nid <&>\\n",
            Mode::V4_1 | Mode::V4_4 => "content: IyEvYmluL3NoCmlkIDwmPgo=",
        };
        assert!(machine.contains(expected), "{machine}");
    }

    async fn authorized_keys_reach_the_guest_where_it_takes_them(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let authorized_keys = vec!["ssh-rsa AAAA one".to_owned(), "ssh-ed25519 AAAA two".to_owned()];
        for user_data in [None, Some(b"#cloud-config\na: 1\n".to_vec())] {
            let name = format!("keyed-{}", user_data.is_some());
            let wanted = InstanceSpec {
                user_data,
                authorized_keys: authorized_keys.clone(),
                name: Some(name.clone()),
                ..spec(seed::RHEL_TEMPLATE)
            };
            let made = harness.perform(create(wanted.clone())).await;
            if mode < Mode::V4_1 {
                assert_eq!(made.err().unwrap().kind(), ErrorKind::Unsupported);
                assert!(engine.vm_named(&name).is_none());
                continue;
            }
            let machine = kept(&engine, &made.unwrap().instances[0].id).machine;
            let initialization = machine.initialization.unwrap();
            assert_eq!(initialization.value("authorized_ssh_keys"), Some(&*authorized_keys.join("\n")));
            assert_eq!(initialization.value("custom_script"), wanted.user_data.map(|_| "a: 1"));
        }
    }

    async fn an_instance_is_made_where_its_template_is_and_as_it_is(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wanted = InstanceSpec { start: false, ..spec(seed::LAB_TEMPLATE) };
        let made = harness.perform(create(wanted)).await.unwrap().instances;
        assert_eq!(made[0].realm.as_deref(), Some(&*seed::LAB_CLUSTER.to_string()));
        assert!(made[0].name.starts_with("i-"), "{}", made[0].name);
        assert_eq!(harness.promised().await, 0);
        harness.until(&made[0].id, Some(State::Stopped)).await;
        if mode >= Mode::V3_6 {
            let wanted = InstanceSpec { hardware_profile: Some("medium".into()), ..spec(seed::LAB_TEMPLATE) };
            let made = harness.perform(create(wanted)).await.unwrap().instances;
            let shown = harness.show(&made[0].id).await.unwrap();
            assert_eq!(shown.hardware_profile.as_deref(), Some("Medium"));
            assert_eq!((shown.cpus, shown.memory), (Some(2), Some(4 << 30)));
            harness.until(&made[0].id, Some(State::Stopped)).await;
            let gone = Operation::Destroy(Kind::Instance, vec![id(&made[0].id)]);
            let gone = harness.perform(gone).await.unwrap().instances;
            assert_eq!((gone[0].state, gone[0].hardware_profile.as_deref()), (State::Terminated, Some("Medium")));
        }
    }

    async fn a_size_of_its_own_is_shown_as_no_profile(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wanted = InstanceSpec { cpus: Some(2), memory: Some(2 << 30), ..spec(seed::RHEL_TEMPLATE) };
        let made = harness.perform(create(wanted)).await.unwrap().instances;
        assert_eq!((made[0].cpus, made[0].memory), (Some(2), Some(2 << 30)));
        assert_eq!(made[0].hardware_profile, None);
        let wanted = InstanceSpec { hardware_profile: Some("desktop".into()), ..spec(seed::RHEL_TEMPLATE) };
        let made = harness.perform(create(wanted)).await.unwrap().instances;
        assert_eq!(made[0].hardware_profile.as_deref(), Some("DESKTOP"));
        assert_eq!(harness.show(&made[0].id).await.unwrap().hardware_profile.as_deref(), Some("DESKTOP"));
    }

    async fn many_are_made_at_once_and_shown_in_order(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::over(&format!("http://{}", engine.address()), Arc::new(Together::new(4)));
        let count = Count { min: 8, max: 8 };
        let wanted = InstanceSpec { name: Some("web".into()), count, start: false, ..spec(seed::LAB_TEMPLATE) };
        let made = harness.perform(create(wanted)).await.unwrap().instances;
        let names: Vec<_> = made.iter().map(|vm| &*vm.name).collect();
        assert_eq!(names, (1..=8).map(|number| format!("web-{number}")).collect::<Vec<_>>());
    }

    async fn several_are_numbered_and_taken_names_are_replaced(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wanted = || InstanceSpec {
            name: Some("web".into()),
            count: Count { min: 2, max: 2 },
            ..spec(seed::RHEL_TEMPLATE)
        };
        let first = harness.perform(create(wanted())).await.unwrap().instances;
        assert_eq!(first.iter().map(|vm| &*vm.name).collect::<Vec<_>>(), ["web-1", "web-2"]);
        let second = harness.perform(create(wanted())).await.unwrap().instances;
        assert!(second.iter().all(|vm| vm.name.starts_with("web-") && vm.name.len() == "web-1-12345678".len()));
        let one = harness.perform(create(InstanceSpec { count: Count::default(), ..wanted() })).await.unwrap();
        assert!(one.instances[0].name.starts_with("web-"), "the engine has a VM named web");
    }

    async fn wrong_wishes_are_told(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let good = || spec(seed::RHEL_TEMPLATE);
        for (wish, kind, subject) in [
            (InstanceSpec { image: "no-uuid".into(), ..good() }, ErrorKind::NotFound, Some(Kind::Image)),
            (InstanceSpec { image: id(seed::WEB_VM), ..good() }, ErrorKind::NotFound, Some(Kind::Image)),
            (InstanceSpec { realm: Some("nosuch".into()), ..good() }, ErrorKind::NotFound, Some(Kind::Realm)),
            (
                InstanceSpec { hardware_profile: Some("nosuch".into()), ..good() },
                ErrorKind::NotFound,
                Some(Kind::HardwareProfile),
            ),
            (InstanceSpec { cpus: Some(0), ..good() }, ErrorKind::Invalid, None),
            (InstanceSpec { count: Count { min: 3, max: 2 }, ..good() }, ErrorKind::Invalid, None),
            (
                InstanceSpec { hardware_profile: Some("SERVER".into()), cpus: Some(17), ..good() },
                ErrorKind::Invalid,
                None,
            ),
        ] {
            let error = harness.perform(create(wish.clone())).await.err().unwrap();
            assert_eq!(error.kind(), kind, "{wish:?}: {error}");
            assert_eq!(error.subject().map(|(kind, _)| kind), subject, "{wish:?}");
        }
        assert!(engine.requests().iter().all(|request| request.method != "POST" || !request.target.ends_with("/vms")));
    }

    async fn one_wrong_id_leaves_the_others_as_they_are(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        for wrong in ["no-uuid".to_owned(), seed::LAB_DC.to_string()] {
            let ids = vec![id(seed::WEB_VM), id(&wrong)];
            for operation in [
                Operation::Act(Action::Stop { force: true }, ids.clone()),
                Operation::Destroy(Kind::Instance, ids.clone()),
            ] {
                let error = harness.perform(operation).await.err().unwrap();
                assert_eq!(error.kind(), ErrorKind::NotFound);
                assert_eq!(error.subject().unwrap().1.as_str(), wrong);
            }
        }
        assert_eq!(harness.show(&seed::WEB_VM.to_string()).await.unwrap().state, State::Running);
    }

    async fn many_are_acted_on_with_one_look(mode: Mode) {
        let engine = engine(mode, 8).await;
        let harness = Harness::new(&engine, "");
        let all = harness.list(Kind::Instance).await.instances;
        let running: Vec<Id> =
            all.iter().filter(|vm| vm.state == State::Running).map(|vm| id(&vm.id)).collect();
        assert!(running.len() > 3);
        engine.forget_requests();
        let stop = Operation::Act(Action::Stop { force: true }, running.clone());
        let stopped = harness.perform(stop).await.unwrap().instances;
        let order: Vec<Id> = stopped.iter().map(|vm| id(&vm.id)).collect();
        assert_eq!(order, running);
        assert!(stopped.iter().all(|vm| vm.previous == Some(State::Running) && vm.state == State::Stopping));
        let looks = engine.requests().iter().filter(|request| request.method == "GET").count();
        assert_eq!(looks, if mode >= Mode::V3_6 { 1 } else { running.len() });
        for vm in &running {
            harness.until(vm.as_str(), Some(State::Stopped)).await;
        }
        let gone = harness.perform(Operation::Destroy(Kind::Instance, running)).await.unwrap().instances;
        assert!(gone.iter().all(|vm| vm.state == State::Terminated && vm.previous == Some(State::Stopped)));
    }

    async fn a_suspended_instance_is_started_and_destroyed(mode: Mode) {
        let engine = engine(mode, 8).await;
        let harness = Harness::new(&engine, "");
        let all = harness.list(Kind::Instance).await.instances;
        let vm = all.iter().find(|vm| vm.state == State::Suspended).unwrap().id.to_string();
        let started = harness.perform(Operation::Act(Action::Start, vec![id(&vm)])).await.unwrap().instances;
        assert_eq!((started[0].previous, started[0].state), (Some(State::Suspended), State::Resuming));
        harness.until(&vm, Some(State::Running)).await;
        harness.perform(Operation::Destroy(Kind::Instance, vec![id(&vm)])).await.unwrap();
        harness.until(&vm, None).await;
    }
}
