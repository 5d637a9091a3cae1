//! Volumes are disks.

use deltagate::model::{
    Change, Error, ErrorKind, Filter, Id, InstanceState, Kind, Operation, Spec, Volume, VolumeSpec,
    VolumeState,
};

use crate::{
    for_every_mode,
    harness::{Harness, Received, engine, once, refusal},
    ovirt_engine::{Mode, seed},
};

fn id(text: impl ToString) -> Id {
    Id::from(text.to_string())
}

fn create(spec: VolumeSpec) -> Operation {
    Operation::Create(Box::new(Spec::Volume(spec)))
}

fn named(name: &str) -> VolumeSpec {
    VolumeSpec { name: Some(name.into()), ..VolumeSpec::default() }
}

fn attach(volume: &str, instance: impl ToString) -> Operation {
    Operation::Change(
        volume.into(),
        Change::Attach { instance: id(instance), device: Some("/dev/sdc".into()) },
    )
}

fn destroy(ids: &[&str]) -> Operation {
    Operation::Destroy(Kind::Volume, ids.iter().map(id).collect())
}

fn detach(volume: &str) -> Operation {
    Operation::Change(volume.into(), Change::Detach)
}

fn only(received: Received) -> Volume<'static> {
    assert_eq!(received.volumes.len(), 1, "{:?}", received.volumes);
    received.volumes.into_iter().next().unwrap()
}

/// A volume that is there and hangs on nothing.
async fn made(harness: &Harness, spec: VolumeSpec) -> String {
    let volume = only(harness.perform(create(spec)).await.unwrap());
    assert_eq!((volume.state, &volume.mount), (VolumeState::Creating, &None));
    let is_free = |received: &Received| received.volumes[0].state == VolumeState::Available;
    harness.until_one(Kind::Volume, &volume.id, is_free).await;
    volume.id.into_owned()
}

async fn refused(harness: &Harness, operation: Operation) -> Error {
    harness.perform(operation).await.err().unwrap()
}

/// The disk of one of the seeded machines.
async fn disk_of(harness: &Harness, vm: impl ToString) -> String {
    let instance = harness.show(&vm.to_string()).await.unwrap();
    instance.attachments[0].volume.to_string()
}

for_every_mode! {
    async fn disks_of_vms_are_listed_with_few_calls(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Volume).await;
        engine.forget_requests();
        let volumes = harness.list(Kind::Volume).await.volumes;
        assert_eq!(volumes.len(), 63, "the disks of templates are none");
        let calls = if mode == Mode::V3_0 { 1 } else { 2 };
        assert_eq!(engine.requests().len(), calls, "{:?}", engine.requests());
        let web = volumes.iter().find(|volume| volume.name == "web_Disk1").unwrap();
        assert_eq!((web.state, web.size), (VolumeState::InUse, Some(10 << 30)));
        assert_eq!(web.mount.as_ref().unwrap().instance, seed::WEB_VM.to_string());
        assert_eq!(web.realm.as_deref(), Some(&*seed::DEFAULT_CLUSTER.to_string()));
        let shown = only(harness.one(Kind::Volume, &web.id.to_uppercase()).await.unwrap());
        assert_eq!(shown, *web);
    }

    async fn volumes_are_found_by_id(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let disk = disk_of(&harness, seed::DB_VM).await;
        let asked = |ids: Vec<Id>| Operation::List(Kind::Volume, Filter { ids, ..Filter::default() });
        let found = harness.perform(asked(vec![id(&disk), id("no-uuid"), id(seed::WEB_VM)])).await.unwrap();
        assert_eq!(only(found).id, disk);
        assert!(harness.perform(asked(vec![id("no-uuid")])).await.unwrap().volumes.is_empty());
        let of_template = engine.disk_of_template(seed::RHEL_TEMPLATE).unwrap().to_string();
        let absent = ["no-uuid", "../vms", &seed::WEB_VM.to_string(), &of_template];
        // From 3.2 on a disk does not say that it is a template's.
        let absent = if mode >= Mode::V3_6 { &absent[..3] } else { &absent[..] };
        for missing in absent {
            let error = harness.one(Kind::Volume, missing).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{missing}");
            assert_eq!(error.subject().unwrap().0, Kind::Volume);
        }
    }

    async fn a_volume_lives(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let wanted = VolumeSpec {
            size: Some(3 << 30),
            description: Some("a <b> & c".into()),
            realm: Some("Lab".into()),
            ..named("my data")
        };
        if mode == Mode::V3_0 {
            for operation in [create(wanted), destroy(&["x"]), detach("x"), attach("x", seed::DB_VM)] {
                let error = refused(&harness, operation).await;
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                assert!(error.message().contains("3.0"), "{error}");
            }
            return;
        }
        let disk = made(&harness, wanted).await;
        let volume = only(harness.one(Kind::Volume, &disk).await.unwrap());
        // 3.1 keeps no description.
        let description = if mode == Mode::V3_1 { "" } else { "a <b> & c" };
        assert_eq!((&*volume.name, &*volume.description), ("my-data", description));
        assert_eq!(volume.size, Some(3 << 30));
        assert_eq!(volume.realm.as_deref(), Some(&*seed::LAB_CLUSTER.to_string()), "its only one");
        assert!(harness.list(Kind::Volume).await.volumes.contains(&volume));

        let attached = only(harness.perform(attach(&disk, seed::LAB_VM)).await.unwrap());
        assert_eq!(attached.state, VolumeState::InUse);
        assert_eq!(attached.mount.unwrap().instance, seed::LAB_VM.to_string());
        let shown = only(harness.one(Kind::Volume, &disk).await.unwrap());
        assert_eq!(shown.mount.as_ref().unwrap().instance, seed::LAB_VM.to_string());
        let instance = harness.show(&seed::LAB_VM.to_string()).await.unwrap();
        let attachment = instance.attachments.iter().find(|attachment| attachment.volume == disk).unwrap();
        assert!(!attachment.boot && instance.state == InstanceState::Running);
        for operation in [attach(&disk, seed::WEB_VM), destroy(&[&disk])] {
            let error = refused(&harness, operation).await;
            assert_eq!(error.kind(), ErrorKind::IncorrectState);
            assert!(error.message().contains(&seed::LAB_VM.to_string()), "{error}");
        }

        let detached = only(harness.perform(detach(&disk)).await.unwrap());
        assert_eq!((detached.state, detached.mount), (VolumeState::Available, None));
        assert_eq!(refused(&harness, detach(&disk)).await.kind(), ErrorKind::IncorrectState);
        let gone = only(harness.perform(destroy(&[&disk])).await.unwrap());
        assert_eq!(gone.state, VolumeState::Deleting);
        harness.until_none(Kind::Volume, &disk).await;
    }

    async fn one_wrong_volume_leaves_the_others(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        if mode == Mode::V3_0 {
            return;
        }
        let disk = made(&harness, named("one")).await;
        let missing = seed::WEB_VM.to_string();
        let error = refused(&harness, destroy(&[&disk, &missing])).await;
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.subject().unwrap().1.as_str(), missing);
        assert_eq!(only(harness.one(Kind::Volume, &disk).await.unwrap()).state, VolumeState::Available);
    }

    async fn wrong_wishes_are_told(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        if mode == Mode::V3_0 {
            return;
        }
        for (spec, kind) in [
            (VolumeSpec { size: Some(0), ..named("a") }, ErrorKind::Invalid),
            (VolumeSpec { realm: Some("nosuch".into()), ..named("a") }, ErrorKind::NotFound),
            (VolumeSpec { snapshot: Some("x".into()), ..named("a") }, ErrorKind::Unsupported),
        ] {
            assert_eq!(refused(&harness, create(spec)).await.kind(), kind);
        }
        let disk = made(&harness, VolumeSpec::default()).await;
        let volume = only(harness.one(Kind::Volume, &disk).await.unwrap());
        assert_eq!(volume.size, Some(1 << 30));
        assert!(volume.name.starts_with("volume-"), "{}", volume.name);
        let nowhere = refused(&harness, attach(&disk, seed::LAB_DC)).await;
        assert_eq!((nowhere.kind(), nowhere.subject().unwrap().0), (ErrorKind::NotFound, Kind::Instance));
    }

    async fn what_the_engine_refuses_is_told(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        if mode == Mode::V3_0 {
            return;
        }
        let snapshotted = refused(&harness, detach(&disk_of(&harness, seed::DB_VM).await)).await;
        assert_eq!(snapshotted.kind(), ErrorKind::IncorrectState, "{snapshotted}");
        let fresh = only(harness.perform(create(named("fresh"))).await.unwrap());
        once(&engine, "POST", "/disks", refusal(409, "[Cannot add Virtual Disk. Low disk space on Storage Domain x.]"));
        assert_eq!(refused(&harness, create(named("big"))).await.kind(), ErrorKind::NoCapacity);
        let locked = "[Cannot remove Virtual Disk: Disk is locked. Please try again later.]";
        once(&engine, "DELETE", "/disks/", refusal(mode.conflict_status(), locked));
        let error = refused(&harness, destroy(&[&fresh.id])).await;
        assert_eq!((error.kind(), error.subject().unwrap().0), (ErrorKind::Busy, Kind::Volume));
    }

    async fn a_data_center_narrows_what_is_seen(mode: Mode) {
        let engine = engine(mode, 6).await;
        let everywhere = Harness::new(&engine, "");
        let lab = Harness::new(&engine, &format!(";{};ADMIN", seed::LAB_DC));
        let other = disk_of(&everywhere, seed::WEB_VM).await;
        assert_eq!(lab.one(Kind::Volume, &other).await.err().unwrap().kind(), ErrorKind::NotFound);
        let mut here = Vec::new();
        if mode >= Mode::V3_1 {
            made(&everywhere, VolumeSpec { realm: Some("Default".into()), ..named("there") }).await;
            here.push(made(&lab, named("here")).await);
        }
        let volumes = lab.list(Kind::Volume).await.volumes;
        assert!(volumes.iter().all(|volume| volume.realm.as_deref() == Some(&*seed::LAB_CLUSTER.to_string())));
        assert_eq!(volumes.len(), 3 + here.len(), "lab-vm, two numbered ones and what was made");
    }
}
