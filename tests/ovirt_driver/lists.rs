//! What the driver shows.

use deltagate::model::{ErrorKind, Filter, Id, ImageState, InstanceState, Kind, Operation, RealmState};

use crate::{
    for_every_mode,
    harness::{Harness, engine},
    ovirt_engine::{Mode, seed},
};

for_every_mode! {
    async fn realms_are_clusters(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let realms = harness.list(Kind::Realm).await.realms;
        assert_eq!(realms.len(), 3);
        assert!(realms.iter().all(|realm| realm.state == RealmState::Available));
        for asked in [seed::LAB_CLUSTER.to_string(), "Lab".to_owned()] {
            let shown = harness.perform(Operation::Show(Kind::Realm, asked.into())).await.unwrap().realms;
            assert_eq!(shown[0].id, seed::LAB_CLUSTER.to_string());
        }
        let missing = harness.perform(Operation::Show(Kind::Realm, "nosuch".into())).await;
        assert_eq!(missing.err().unwrap().kind(), ErrorKind::NotFound);
    }

    async fn images_are_templates_but_the_blank_one(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let images = harness.list(Kind::Image).await.images;
        let mut names: Vec<_> = images.iter().map(|image| &*image.name).collect();
        names.sort_unstable();
        assert_eq!(names, ["fedora", "lab-template", "rhel7"]);
        assert!(images.iter().all(|image| image.state == ImageState::Available && image.created.is_some()));
        let ids = vec![Id::from(seed::RHEL_TEMPLATE.to_string()), Id::from("no-uuid"), Id::from(seed::WEB_VM.to_string())];
        let asked = Filter { ids, ..Filter::default() };
        let found = harness.perform(Operation::List(Kind::Image, asked)).await.unwrap().images;
        assert_eq!(found.iter().map(|image| &*image.name).collect::<Vec<_>>(), ["rhel7"]);
        for missing in ["no-uuid", "00000000-0000-0000-0000-000000000000", "13054ffb-ae62-49e3-9ec7-9ad426f62fae"] {
            let error = harness.perform(Operation::Show(Kind::Image, missing.into())).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{missing}");
        }
    }

    async fn profiles_are_instance_types_and_two_free_ones(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let profiles = harness.list(Kind::HardwareProfile).await.profiles;
        let mut names: Vec<_> = profiles.iter().map(|profile| &*profile.id).collect();
        names.sort_unstable();
        let types = ["DESKTOP", "Large", "Medium", "SERVER", "Small", "Tiny", "XLarge"];
        let expected = if mode >= Mode::V3_6 { &types[..] } else { &["DESKTOP", "SERVER"] };
        assert_eq!(names, expected);
        let shown = harness.perform(Operation::Show(Kind::HardwareProfile, "server".into())).await.unwrap();
        assert_eq!(shown.profiles[0].id, "SERVER");
    }

    async fn instances_have_what_the_engine_tells_with_few_calls(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Instance).await;
        engine.forget_requests();
        let instances = harness.list(Kind::Instance).await.instances;
        assert_eq!(instances.len(), 63);
        assert_eq!(engine.requests().len(), 1, "{:?}", engine.requests());
        let web = instances.iter().find(|instance| instance.name == "web").unwrap();
        assert_eq!(web.id, seed::WEB_VM.to_string());
        assert_eq!(web.state, InstanceState::Running);
        assert_eq!(web.realm.as_deref(), Some(&*seed::DEFAULT_CLUSTER.to_string()));
        assert_eq!(web.image.as_deref(), Some(&*seed::RHEL_TEMPLATE.to_string()));
        assert!(web.cpus.is_some() && web.memory.is_some() && web.created.is_some() && web.launched.is_some());
        assert!(web.all_addresses().next().is_some());
        let interface = web.interfaces.first().expect("an interface");
        assert!(interface.mac.is_some());
        let disk = web.attachments.first().expect("a disk");
        assert!(disk.boot && disk.size.is_some());
        assert_eq!(web.hardware_profile.as_deref().map(str::to_ascii_uppercase).as_deref(), Some("SERVER"));
        let db = instances.iter().find(|instance| instance.name == "db").unwrap();
        assert_eq!(db.state, InstanceState::Stopped);
    }

    async fn instances_are_found_by_id(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        let all = harness.list(Kind::Instance).await.instances;
        let mut ids: Vec<Id> = all.iter().map(|instance| Id::from(instance.id.to_uppercase())).collect();
        ids.extend([Id::from("no-uuid"), Id::from(seed::LAB_DC.to_string())]);
        let filter = Filter { ids, ..Filter::default() };
        let mut found = harness.perform(Operation::List(Kind::Instance, filter)).await.unwrap().instances;
        let mut all: Vec<_> = all.into_iter().map(|instance| instance.id).collect();
        found.sort_by(|one, other| one.id.cmp(&other.id));
        all.sort_unstable();
        assert_eq!(found.into_iter().map(|instance| instance.id).collect::<Vec<_>>(), all);
        for missing in ["no-uuid", &seed::LAB_DC.to_string(), "../clusters", "x;max=1"] {
            let error = harness.show(missing).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{missing}");
            assert_eq!(error.subject().unwrap().1.as_str(), missing);
        }
        assert_eq!(harness.show(&seed::WEB_VM.to_string()).await.unwrap().name, "web");
    }

    async fn lists_are_narrowed_by_the_engine(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        let narrowed = |filter: Filter| {
            let harness = &harness;
            async move { harness.perform(Operation::List(Kind::Instance, filter)).await.unwrap().instances }
        };
        let few = narrowed(Filter { at_most: Some(5), ..Filter::default() }).await;
        assert_eq!(few.len(), 5);
        let named = narrowed(Filter { name: Some("web".into()), ..Filter::default() }).await;
        assert_eq!(named.len(), 1);
        let realm = Some(Id::from(seed::LAB_CLUSTER.to_string()));
        let there = narrowed(Filter { realm, ..Filter::default() }).await;
        assert!(!there.is_empty());
        assert!(there.iter().all(|vm| vm.realm.as_deref() == Some(&*seed::LAB_CLUSTER.to_string())));
        let hostile = narrowed(Filter { name: Some("x\" or name=\"*".into()), ..Filter::default() }).await;
        assert_eq!(hostile.len(), 63, "a name that cannot be searched narrows nothing");
    }

    async fn a_data_center_narrows_what_is_seen(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, &format!(";{};ADMIN", seed::LAB_DC));
        let realms = harness.list(Kind::Realm).await.realms;
        assert_eq!(realms.iter().map(|realm| &*realm.name).collect::<Vec<_>>(), ["Lab"]);
        let images = harness.list(Kind::Image).await.images;
        assert_eq!(images.iter().map(|image| &*image.name).collect::<Vec<_>>(), ["lab-template"]);
        let instances = harness.list(Kind::Instance).await.instances;
        assert!(instances.iter().any(|instance| instance.name == "lab-vm"));
        assert!(instances.iter().all(|vm| vm.realm.as_deref() == Some(&*seed::LAB_CLUSTER.to_string())));
        let elsewhere = harness.show(&seed::WEB_VM.to_string()).await.unwrap_err();
        assert_eq!(elsewhere.kind(), ErrorKind::NotFound);
        let image = Operation::Show(Kind::Image, seed::RHEL_TEMPLATE.to_string().into());
        assert_eq!(harness.perform(image).await.err().unwrap().kind(), ErrorKind::NotFound);
        let nowhere = Harness::new(&engine, &format!(";{};ADMIN", seed::WEB_VM));
        let error = nowhere.perform(Operation::List(Kind::Realm, Filter::default())).await.err().unwrap();
        assert!(error.message().contains(&seed::WEB_VM.to_string()));
    }

    async fn a_user_sees_what_he_may(mode: Mode) {
        let engine = engine(mode, 8).await;
        let harness = Harness::new(&engine, ";;USER").named("user@internal", "secret");
        let instances = harness.list(Kind::Instance).await.instances;
        assert_eq!(instances.iter().map(|instance| &*instance.name).collect::<Vec<_>>(), ["web"]);
        let apis = engine.requests();
        let mut apis = apis.iter().filter(|request| request.target.contains("/vms"));
        assert!(apis.all(|request| request.header("filter") == Some("true")));
    }
}
