//! Images are made of VMs that are down.

use deltagate::model::{
    Change, ErrorKind, Id, Image, ImageSpec, ImageState, InstanceState, Kind, Operation, Spec,
};

use crate::{
    for_every_mode,
    harness::{Harness, create, engine, once, refusal, spec},
    ovirt_engine::{Mode, VmStatus, seed},
};

fn capture(instance: impl ToString, name: Option<&str>) -> Operation {
    Operation::Create(Box::new(Spec::Image(ImageSpec {
        instance: Id::from(instance.to_string()),
        name: name.map(str::to_owned),
        description: Some("of <db> & co".into()),
    })))
}

fn destroy(ids: &[&str]) -> Operation {
    Operation::Destroy(Kind::Image, ids.iter().map(|id| Id::from(*id)).collect())
}

async fn made(harness: &Harness, operation: Operation) -> Image<'static> {
    let images = harness.perform(operation).await.unwrap().images;
    assert_eq!(images.len(), 1);
    images.into_iter().next().unwrap()
}

for_every_mode! {
    async fn an_image_lives(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let image = made(&harness, capture(seed::DB_VM, Some("my image"))).await;
        assert_eq!((&*image.name, &*image.description), ("my-image", "of <db> & co"));
        assert_eq!(image.state, ImageState::Pending);
        let is_available = |state: ImageState| state == ImageState::Available;
        harness.until_one(Kind::Image, &image.id, |now| is_available(now.images[0].state)).await;
        let of_it = harness.perform(create(spec(&image.id))).await.unwrap().instances;
        assert_eq!(of_it[0].image.as_deref(), Some(&*image.id));
        harness.until(&of_it[0].id, Some(InstanceState::Running)).await;
        let used = harness.perform(destroy(&[&image.id])).await.err().unwrap();
        assert_eq!((used.kind(), used.subject().unwrap().0), (ErrorKind::IncorrectState, Kind::Image));
        let gone = Operation::Destroy(Kind::Instance, vec![Id::from(of_it[0].id.as_ref())]);
        harness.perform(gone).await.unwrap();
        harness.until(&of_it[0].id, None).await;
        assert_eq!(made(&harness, destroy(&[&image.id])).await.id, image.id);
        harness.until_none(Kind::Image, &image.id).await;
    }

    async fn an_image_is_made_only_of_what_is_down(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        for (vm, captured) in [(seed::WEB_VM, false), (seed::DB_VM, true)] {
            assert_eq!(harness.show(&vm.to_string()).await.unwrap().can_be_captured, captured);
        }
        for (vm, status, kind) in [
            (seed::WEB_VM, VmStatus::Up, ErrorKind::IncorrectState),
            (seed::WEB_VM, VmStatus::Suspended, ErrorKind::IncorrectState),
            (seed::WEB_VM, VmStatus::ImageLocked, ErrorKind::Busy),
            (seed::LAB_DC, VmStatus::Up, ErrorKind::NotFound),
        ] {
            engine.set_vm_status(vm, status);
            let error = harness.perform(capture(vm, None)).await.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().0), (kind, Kind::Instance), "{status:?}");
        }
        assert!(engine.requests().iter().all(|request| request.method != "POST" || request.target.contains("sso")));
    }

    async fn names_are_unique_and_made_up_when_none_is_wanted(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let taken = harness.perform(capture(seed::DB_VM, Some("fedora"))).await.err().unwrap();
        assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
        let image = made(&harness, capture(seed::DB_VM, None)).await;
        assert!(image.name.starts_with("image-"), "{}", image.name);
        let locked = harness.perform(destroy(&[&image.id])).await.err();
        assert!(locked.is_none_or(|error| error.kind() == ErrorKind::Busy));
    }

    async fn one_wrong_image_leaves_the_others(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let image = made(&harness, capture(seed::DB_VM, None)).await;
        for wrong in ["no-uuid", "00000000-0000-0000-0000-000000000000"] {
            let error = harness.perform(destroy(&[&image.id, wrong])).await.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().1.as_str()), (ErrorKind::NotFound, wrong));
        }
        assert!(harness.one(Kind::Image, &image.id).await.is_ok());
        once(&engine, "POST", "/templates", refusal(403, "[User is not authorized to perform this action.]"));
        let denied = harness.perform(capture(seed::DB_VM, None)).await.err().unwrap();
        assert_eq!(denied.kind(), ErrorKind::Denied);
    }

    async fn what_cannot_be_done_is_unsupported(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let change = Operation::Change("x".into(), Change::Disassociate);
        for operation in [change, destroy_kind(Kind::Network), Operation::Read("a/b".into())] {
            let error = harness.perform(operation).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
        }
    }
}

fn destroy_kind(kind: Kind) -> Operation {
    Operation::Destroy(kind, vec!["x".into()])
}
