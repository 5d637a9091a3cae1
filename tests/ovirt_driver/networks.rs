//! Networks are vNIC profiles, or logical networks where there are none; interfaces are the NICs of VMs.

use deltagate::model::{
    Error, ErrorKind, Filter, Id, InstanceSpec, InstanceState, Kind, NetworkInterface, NetworkInterfaceSpec,
    NetworkState, Operation, Spec,
};
use uuid::Uuid;

use crate::{
    for_every_mode,
    harness::{Harness, create as create_instance, engine, once, refusal, spec},
    ovirt_engine::{Mode, seed},
};

/// The network of the first data center as this release shows it, and that of the lab.
fn networks(mode: Mode) -> [String; 2] {
    let ids: [Uuid; 2] = if mode >= Mode::V3_6 {
        [seed::PROFILE, seed::LAB_PROFILE]
    } else {
        [seed::NETWORK, seed::LAB_NETWORK]
    };
    ids.map(|id| id.to_string())
}

fn create(instance: impl ToString, network: &str, name: Option<&str>) -> Operation {
    Operation::Create(Box::new(Spec::NetworkInterface(NetworkInterfaceSpec {
        instance: Id::from(instance.to_string()),
        network: network.into(),
        name: name.map(str::to_owned),
    })))
}

fn destroy(ids: &[&str]) -> Operation {
    Operation::Destroy(Kind::NetworkInterface, ids.iter().map(|id| Id::from(*id)).collect())
}

async fn made(harness: &Harness, operation: Operation) -> NetworkInterface<'static> {
    let interfaces = harness.perform(operation).await.unwrap().interfaces;
    assert_eq!(interfaces.len(), 1);
    interfaces.into_iter().next().unwrap()
}

async fn refused(harness: &Harness, operation: Operation) -> Error {
    harness.perform(operation).await.err().unwrap()
}

for_every_mode! {
    async fn networks_are_listed_and_shown(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Network).await;
        engine.forget_requests();
        let found = harness.list(Kind::Network).await.networks;
        assert_eq!(engine.requests().len(), 1);
        assert!(found.iter().all(|network| network.state == NetworkState::Up && !network.name.is_empty()));
        let mut ids: Vec<_> = found.iter().map(|network| network.id.to_string()).collect();
        ids.sort_unstable();
        let mut expected = networks(mode);
        expected.sort_unstable();
        assert_eq!(ids, expected);
        for network in &found {
            let shown = harness.one(Kind::Network, &network.id.to_uppercase()).await.unwrap().networks;
            assert_eq!(shown, std::slice::from_ref(network));
        }
        for missing in ["no-uuid", "../vms", &seed::WEB_VM.to_string()] {
            let error = harness.one(Kind::Network, missing).await.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().1.as_str()), (ErrorKind::NotFound, missing));
        }
        let ids = vec![Id::from("no-uuid"), Id::from(&*networks(mode)[1])];
        let asked = Operation::List(Kind::Network, Filter { ids, ..Filter::default() });
        assert_eq!(harness.perform(asked).await.unwrap().networks.len(), 1);
    }

    async fn a_data_center_narrows_the_networks(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, &format!(";{};ADMIN", seed::LAB_DC));
        let [other, own] = networks(mode);
        let found = harness.list(Kind::Network).await.networks;
        assert_eq!(found.iter().map(|network| &*network.id).collect::<Vec<_>>(), [&*own]);
        assert!(harness.one(Kind::Network, &own).await.is_ok());
        assert_eq!(harness.one(Kind::Network, &other).await.err().unwrap().kind(), ErrorKind::NotFound);
        let interfaces = harness.list(Kind::NetworkInterface).await.interfaces;
        assert_eq!(interfaces.len(), 1);
        assert_eq!(interfaces[0].instance.as_deref(), Some(&*seed::LAB_VM.to_string()));
    }

    async fn interfaces_of_all_instances_are_one_call(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::NetworkInterface).await;
        engine.forget_requests();
        let interfaces = harness.list(Kind::NetworkInterface).await.interfaces;
        assert_eq!((interfaces.len(), engine.requests().len()), (63, 1));
        let [default, lab] = networks(mode);
        let is_known = |network: Option<&str>| network == Some(&*default) || network == Some(&*lab);
        assert!(interfaces.iter().all(|one| one.mac.is_some() && is_known(one.network.as_deref())));
        let web = Some(seed::WEB_VM.to_string());
        let web = interfaces.iter().find(|one| one.instance.as_deref() == web.as_deref()).unwrap();
        let shown = harness.one(Kind::NetworkInterface, &web.id).await.unwrap().interfaces;
        assert_eq!(shown, std::slice::from_ref(web));
        for missing in ["no-uuid", &seed::WEB_VM.to_string()] {
            let error = harness.one(Kind::NetworkInterface, missing).await.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().1.as_str()), (ErrorKind::NotFound, missing));
        }
        let ids = vec![Id::from("no-uuid"), Id::from(web.id.as_ref())];
        let asked = Operation::List(Kind::NetworkInterface, Filter { ids, ..Filter::default() });
        assert_eq!(harness.perform(asked).await.unwrap().interfaces.len(), 1);
    }

    async fn an_interface_lives(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let [network, _] = networks(mode);
        let interface = made(&harness, create(seed::DB_VM, &network, None)).await;
        assert_eq!(interface.name, "nic2");
        assert_eq!(interface.instance.as_deref(), Some(&*seed::DB_VM.to_string()));
        assert_eq!(interface.network.as_deref(), Some(&*network));
        let named = made(&harness, create(seed::DB_VM, &network, Some("my nic"))).await;
        assert_eq!(named.name, "my-nic");
        let taken = refused(&harness, create(seed::DB_VM, &network, Some("my nic"))).await;
        assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
        let instance = harness.show(&seed::DB_VM.to_string()).await.unwrap();
        assert_eq!(instance.interfaces.len(), 3);
        let both = [&*interface.id, &*named.id];
        let wrong = refused(&harness, destroy(&[both[0], "no-uuid"])).await;
        assert_eq!(wrong.kind(), ErrorKind::NotFound);
        let gone = harness.perform(destroy(&both)).await.unwrap().interfaces;
        assert_eq!(gone.iter().map(|one| &*one.id).collect::<Vec<_>>(), both);
        assert_eq!(harness.show(&seed::DB_VM.to_string()).await.unwrap().interfaces.len(), 1);
    }

    async fn an_interface_is_taken_from_a_running_instance(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let instance = harness.show(&seed::WEB_VM.to_string()).await.unwrap();
        assert_eq!(instance.state, InstanceState::Running);
        let interface = instance.interfaces[0].id.to_string();
        let result = harness.perform(destroy(&[&interface])).await;
        if mode == Mode::V3_0 {
            let error = result.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().0), (ErrorKind::IncorrectState, Kind::NetworkInterface));
        } else {
            assert_eq!(result.unwrap().interfaces.len(), 1);
            harness.until_none(Kind::NetworkInterface, &interface).await;
        }
    }

    async fn wrong_wishes_are_told(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let [network, _] = networks(mode);
        for (operation, kind) in [
            (create(seed::LAB_DC, &network, None), Kind::Instance),
            (create("no-uuid", &network, None), Kind::Instance),
            (create(seed::DB_VM, "no-uuid", None), Kind::Network),
            (create(seed::DB_VM, &seed::WEB_VM.to_string(), None), Kind::Network),
        ] {
            let error = refused(&harness, operation).await;
            assert_eq!((error.kind(), error.subject().unwrap().0), (ErrorKind::NotFound, kind));
        }
    }

    async fn an_instance_is_made_on_a_network(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        for network in networks(mode) {
            let wanted = InstanceSpec { network: Some(Id::from(&*network)), ..spec(seed::LAB_TEMPLATE) };
            let made = harness.perform(create_instance(wanted)).await.unwrap().instances;
            let instance = harness.show(&made[0].id).await.unwrap();
            assert_eq!(instance.interfaces.len(), 1);
            assert_eq!(instance.interfaces[0].network.as_deref(), Some(&*network));
        }
        let before = harness.list(Kind::Instance).await.instances.len();
        let nowhere = InstanceSpec { network: Some("no-uuid".into()), ..spec(seed::LAB_TEMPLATE) };
        let error = refused(&harness, create_instance(nowhere)).await;
        assert_eq!((error.kind(), error.subject().unwrap().0), (ErrorKind::NotFound, Kind::Network));
        once(&engine, "PUT", "/nics/", refusal(mode.conflict_status(), "[Cannot edit Interface. No.]"));
        let network = Some(Id::from(&*networks(mode)[1]));
        refused(&harness, create_instance(InstanceSpec { network, ..spec(seed::LAB_TEMPLATE) })).await;
        harness.until_there_are(before).await;
    }

    async fn a_user_sees_what_hangs_on_his_own(mode: Mode) {
        let engine = engine(mode, 8).await;
        let harness = Harness::new(&engine, ";;USER").named("user@internal", "secret");
        let web = Some(seed::WEB_VM.to_string());
        let interfaces = harness.list(Kind::NetworkInterface).await.interfaces;
        assert_eq!(interfaces.iter().map(|one| one.instance.as_deref()).collect::<Vec<_>>(), [web.as_deref()]);
        let metrics = harness.list(Kind::Metric).await.metrics;
        assert_eq!(metrics.iter().map(|one| Some(&*one.id)).collect::<Vec<_>>(), [web.as_deref()]);
        let error = harness.one(Kind::Metric, &seed::DB_VM.to_string()).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
