//! Snapshots are disk snapshots, of a VM that has the disk.

use deltagate::model::{
    Error, ErrorKind, Filter, Id, Kind, Operation, Snapshot, SnapshotSpec, SnapshotState, Spec, VolumeSpec,
};

use crate::{
    for_every_mode,
    harness::{Harness, engine, once, refusal},
    ovirt_engine::{Mode, VmStatus, seed},
};

fn take(volume: &str, name: Option<&str>) -> Operation {
    Operation::Create(Box::new(Spec::Snapshot(SnapshotSpec {
        volume: volume.into(),
        name: name.map(str::to_owned),
        description: None,
    })))
}

fn destroy(ids: &[&str]) -> Operation {
    Operation::Destroy(Kind::Snapshot, ids.iter().map(|id| Id::from(*id)).collect())
}

async fn made(harness: &Harness, operation: Operation) -> Snapshot<'static> {
    let snapshots = harness.perform(operation).await.unwrap().snapshots;
    assert_eq!(snapshots.len(), 1);
    snapshots.into_iter().next().unwrap()
}

async fn refused(harness: &Harness, operation: Operation) -> Error {
    harness.perform(operation).await.err().unwrap()
}

async fn disk_of(harness: &Harness, vm: impl ToString) -> String {
    harness.show(&vm.to_string()).await.unwrap().attachments[0].volume.to_string()
}

/// Waits until it can be used.
async fn until_whole(harness: &Harness, id: &str) {
    let is_whole = |state: SnapshotState| state == SnapshotState::Completed;
    harness.until_one(Kind::Snapshot, id, |now| is_whole(now.snapshots[0].state)).await;
}

/// Whether the release says the names of snapshots.
fn named(mode: Mode) -> bool {
    mode == Mode::V4_4
}

for_every_mode! {
    async fn old_engines_say_that_they_cannot(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let everything = Operation::List(Kind::Snapshot, Filter::default());
        let show = Operation::Show(Kind::Snapshot, "x".into());
        for operation in [everything, show, take("x", None), destroy(&["x"])] {
            let result = harness.perform(operation).await.map(drop);
            if mode >= Mode::V3_6 {
                assert!(result.err().is_none_or(|error| error.kind() == ErrorKind::NotFound));
                continue;
            }
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.message().contains("3.5 or later"), "{error}");
        }
    }

    async fn snapshots_are_listed_with_few_calls(mode: Mode) {
        if mode < Mode::V3_6 {
            return;
        }
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Snapshot).await;
        engine.forget_requests();
        let snapshots = harness.list(Kind::Snapshot).await.snapshots;
        assert_eq!(snapshots.len(), 3, "of each of the three machines that have any");
        // Two domains with disks, and the names.
        let calls = if named(mode) { 3 } else { 2 };
        assert_eq!(engine.requests().len(), calls, "{:?}", engine.requests());
        let disk = disk_of(&harness, seed::DB_VM).await;
        let of_db = snapshots.iter().find(|one| one.volume.as_deref() == Some(&*disk)).unwrap();
        let name = if named(mode) { "before the update" } else { "db_Disk1" };
        assert_eq!((&*of_db.name, of_db.created.is_some()), (name, named(mode)));
        assert_eq!((of_db.state, of_db.size), (SnapshotState::Completed, Some(10 << 30)));
        let shown = harness.one(Kind::Snapshot, &of_db.id.to_uppercase()).await.unwrap().snapshots;
        assert_eq!(shown, std::slice::from_ref(of_db));
        for missing in ["no-uuid", &seed::WEB_VM.to_string()] {
            let error = harness.one(Kind::Snapshot, missing).await.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().1.as_str()), (ErrorKind::NotFound, missing));
        }
        let ids = vec![Id::from("no-uuid"), Id::from(of_db.id.as_ref())];
        let asked = Operation::List(Kind::Snapshot, Filter { ids, ..Filter::default() });
        assert_eq!(harness.perform(asked).await.unwrap().snapshots.len(), 1);
        let lab = Harness::new(&engine, &format!(";{};ADMIN", seed::LAB_DC));
        assert_eq!(lab.list(Kind::Snapshot).await.snapshots.len(), 1);
        assert_eq!(lab.one(Kind::Snapshot, &of_db.id).await.err().unwrap().kind(), ErrorKind::NotFound);
    }

    async fn a_snapshot_lives(mode: Mode) {
        if mode < Mode::V3_6 {
            return;
        }
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let disk = disk_of(&harness, seed::WEB_VM).await;
        let taken = made(&harness, take(&disk, Some("one <&> two"))).await;
        assert_eq!((&*taken.name, taken.state), ("one <&> two", SnapshotState::Pending));
        assert_eq!((taken.volume.as_deref(), taken.size), (Some(&*disk), Some(10 << 30)));
        assert!(taken.created.is_some());
        until_whole(&harness, &taken.id).await;
        let shown = harness.one(Kind::Snapshot, &taken.id).await.unwrap().snapshots;
        assert_eq!(shown[0].volume, taken.volume);
        if named(mode) {
            assert_eq!(shown[0].name, taken.name);
        }
        let of_vm = engine.vm(seed::WEB_VM).unwrap().snapshots;
        assert!(of_vm.iter().any(|snapshot| snapshot.description == "one <&> two"));
        assert_eq!(made(&harness, destroy(&[&taken.id])).await.id, taken.id);
        harness.until_none(Kind::Snapshot, &taken.id).await;
        let left = engine.snapshots(seed::WEB_VM);
        assert_eq!(left.len(), 2, "the active one and the seeded one, and no empty one");
    }

    async fn a_snapshot_of_several_disks_loses_one(mode: Mode) {
        if mode < Mode::V3_6 {
            return;
        }
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let create = Operation::Create(Box::new(Spec::Volume(VolumeSpec::default())));
        let second = harness.perform(create).await.unwrap().volumes[0].id.to_string();
        let is_free = deltagate::model::VolumeState::Available;
        harness.until_one(Kind::Volume, &second, |now| now.volumes[0].state == is_free).await;
        let free = refused(&harness, take(&second, None)).await;
        assert_eq!((free.kind(), free.subject().unwrap().0), (ErrorKind::IncorrectState, Kind::Volume));
        let attach = deltagate::model::Change::Attach { instance: seed::DB_VM.to_string().into(), device: None };
        harness.perform(Operation::Change(Id::from(&*second), attach)).await.unwrap();
        engine.take_snapshot(seed::DB_VM, "of both");
        let of_second = |snapshots: &[Snapshot<'static>]| {
            let found = snapshots.iter().find(|one| one.volume.as_deref() == Some(&*second));
            found.map(|one| one.id.to_string())
        };
        let one = of_second(&harness.list(Kind::Snapshot).await.snapshots).unwrap();
        until_whole(&harness, &one).await;
        made(&harness, destroy(&[&one])).await;
        harness.until_none(Kind::Snapshot, &one).await;
        let left = harness.list(Kind::Snapshot).await.snapshots;
        assert_eq!((left.len(), of_second(&left)), (4, None), "that of the first disk stays");
    }

    async fn what_cannot_be_is_told(mode: Mode) {
        if mode < Mode::V3_6 {
            return;
        }
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let missing = refused(&harness, take(&seed::LAB_DC.to_string(), None)).await;
        assert_eq!((missing.kind(), missing.subject().unwrap().0), (ErrorKind::NotFound, Kind::Volume));
        let disk = disk_of(&harness, seed::DB_VM).await;
        let taken = made(&harness, take(&disk, None)).await;
        assert!(taken.name.starts_with("snapshot-"), "{}", taken.name);
        once(&engine, "DELETE", "/snapshots/", refusal(409, "[Cannot remove Snapshot: Snapshot is locked. Please try again later.]"));
        let busy = refused(&harness, destroy(&[&taken.id])).await;
        assert_eq!((busy.kind(), busy.subject().unwrap().0), (ErrorKind::Busy, Kind::Snapshot));
        until_whole(&harness, &taken.id).await;
        let wrong = refused(&harness, destroy(&[&taken.id, "no-uuid"])).await;
        assert_eq!(wrong.kind(), ErrorKind::NotFound);
        engine.set_vm_status(seed::DB_VM, VmStatus::Suspended);
        for operation in [take(&disk, None), destroy(&[&taken.id])] {
            assert_eq!(refused(&harness, operation).await.kind(), ErrorKind::IncorrectState);
        }
    }
}
