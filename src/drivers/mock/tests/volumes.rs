//! Volumes, snapshots and images: what is made of what, and when.

use super::*;
use crate::model::{
    DiskContent, DiskSpec, ImageSpec, ImageState, SnapshotSpec, SnapshotState, Volume, VolumeSpec,
    VolumeState,
};

fn volume(change: impl FnOnce(&mut VolumeSpec)) -> Operation {
    let mut spec = VolumeSpec::default();
    change(&mut spec);
    make(Spec::Volume(spec))
}

fn snapshot(volume: &str) -> Operation {
    let name = Some("s".to_owned());
    make(Spec::Snapshot(SnapshotSpec { volume: volume.into(), name, description: None }))
}

fn attach(volume: &str, device: Option<&str>) -> Operation {
    change(volume, Change::Attach { instance: "inst1".into(), device: device.map(str::to_owned) })
}

async fn one(mock: &Mock, operation: Operation) -> Volume<'static> {
    match only(mock, operation).await {
        Resource::Volume(volume) => volume,
        other => panic!("{other:?} is no volume"),
    }
}

#[tokio::test]
async fn a_volume_is_made_of_a_snapshot_or_empty() {
    let mock = at_once();
    let made =
        one(&mock, volume(|spec| (spec.name, spec.size) = (Some("v".to_owned()), Some(10 << 30)))).await;
    assert!(made.id.starts_with("volume_"), "{}", made.id);
    assert_eq!((made.name.as_ref(), made.size, made.state), ("v", Some(10 << 30), VolumeState::Available));
    assert_eq!((made.realm, made.mount), (None, None));
    let taken = only(&mock, snapshot(&made.id)).await;
    assert!(taken.id().starts_with("store_snapshot_"), "{}", taken.id());
    let of = |size| {
        let id = Id::from(taken.id());
        volume(move |spec| (spec.snapshot, spec.size) = (Some(id), size))
    };
    let copy = one(&mock, of(None)).await;
    assert_eq!((copy.size, copy.snapshot.as_deref()), (Some(10 << 30), Some(taken.id())));
    assert_ne!(copy.id, made.id);
    assert_eq!(failure(&mock, of(Some(9 << 30))).await.0, ErrorKind::Invalid);
    assert_eq!(failure(&mock, volume(|spec| spec.size = Some(0))).await.0, ErrorKind::Invalid);
    assert_eq!(failure(&mock, volume(|spec| spec.size = Some(u64::MAX))).await.0, ErrorKind::Invalid);
    assert_eq!(
        failure(&mock, volume(|spec| spec.realm = Some("nosuch".into()))).await.0,
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn ids_are_never_given_twice() {
    let mock = at_once();
    let mut known = std::collections::HashSet::new();
    for _ in 0..5 {
        let made = one(&mock, volume(|_| ())).await;
        only(&mock, remove(Kind::Volume, &made.id)).await;
        assert!(known.insert(made.id.clone()), "{} was given twice", made.id);
    }
}

#[tokio::test]
async fn a_volume_is_attached_to_one_instance_at_a_time() {
    let mock = at_once();
    let incorrect = (ErrorKind::IncorrectState, Some((Kind::Volume, "vol1".to_owned())));
    assert_eq!(failure(&mock, change("vol1", Change::Detach)).await, incorrect);
    let attached = one(&mock, attach("vol1", Some("/dev/sdc"))).await;
    assert_eq!(attached.state, VolumeState::InUse);
    let mount = attached.mount.unwrap();
    assert_eq!((mount.instance.as_ref(), mount.device.as_deref()), ("inst1", Some("/dev/sdc")));
    assert_eq!(failure(&mock, attach("vol1", None)).await, incorrect);
    assert_eq!(failure(&mock, remove(Kind::Volume, "vol1")).await, incorrect);
    let taken = failure(&mock, attach("vol2", Some("/dev/sdc"))).await;
    assert_eq!(taken, (ErrorKind::IncorrectState, Some((Kind::Instance, "inst1".to_owned()))));
    let (instance, own) = ("inst0".into(), Some("/dev/sda1".to_owned()));
    let over_its_own = failure(&mock, change("vol2", Change::Attach { instance, device: own })).await;
    assert_eq!(over_its_own, (ErrorKind::IncorrectState, Some((Kind::Instance, "inst0".to_owned()))));
    let chosen = one(&mock, attach("vol2", None)).await.mount.unwrap();
    assert_eq!(chosen.device.as_deref(), Some("/dev/sdb"));
    let nowhere = change("vol1", Change::Attach { instance: "nosuch".into(), device: None });
    only(&mock, change("vol1", Change::Detach)).await;
    assert_eq!(failure(&mock, nowhere).await.1, Some((Kind::Instance, "nosuch".to_owned())));
    let shown = instances(&mock, show(Kind::Instance, "inst1")).await.unwrap().remove(0);
    let volumes: Vec<_> = shown.attachments.iter().map(|disk| disk.volume.as_ref()).collect();
    assert_eq!(volumes, ["vol3", "vol2"]);
    only(&mock, remove(Kind::Volume, "vol1")).await;
}

#[tokio::test]
async fn an_instance_takes_only_so_many_volumes() {
    let mock = at_once();
    for number in 1..25 {
        let made = one(&mock, volume(|_| ())).await;
        let mount = one(&mock, attach(&made.id, None)).await.mount.unwrap();
        assert_eq!(mount.device.unwrap().chars().last(), char::from_u32(97 + number));
    }
    assert_eq!(failure(&mock, attach("vol1", None)).await.0, ErrorKind::LimitReached);
}

#[tokio::test]
async fn what_is_being_made_cannot_be_used() {
    let mock = never();
    let made = one(&mock, volume(|_| ())).await;
    assert_eq!(made.state, VolumeState::Creating);
    assert_eq!(failure(&mock, attach(&made.id, None)).await.0, ErrorKind::IncorrectState);
    assert_eq!(failure(&mock, snapshot(&made.id)).await.0, ErrorKind::IncorrectState);
    let Resource::Snapshot(taken) = only(&mock, snapshot("vol1")).await else { panic!("no snapshot") };
    assert_eq!(taken.state, SnapshotState::Pending);
    let id = Id::from(taken.id.as_ref());
    let copy = volume(|spec| spec.snapshot = Some(id));
    assert_eq!(failure(&mock, copy).await.0, ErrorKind::IncorrectState);
    let image = ImageSpec { instance: "inst0".into(), name: Some("i".to_owned()), description: None };
    let Resource::Image(image) = only(&mock, make(Spec::Image(image))).await else { panic!("no image") };
    assert_eq!(image.state, ImageState::Pending);
    assert_eq!(failure(&mock, create(|spec| spec.image = "i".into())).await.0, ErrorKind::IncorrectState);
}

#[tokio::test]
async fn an_image_is_made_of_an_instance_that_admits_it() {
    let mock = at_once();
    let image = |instance: &str, name: &str| {
        let description = Some("d".to_owned());
        make(Spec::Image(ImageSpec { instance: instance.into(), name: Some(name.to_owned()), description }))
    };
    let Resource::Image(made) = only(&mock, image("inst0", "new")).await else { panic!("no image") };
    assert_eq!((made.id.as_ref(), made.description.as_ref(), made.owner.as_ref()), ("new", "d", USER));
    assert_eq!(made.architecture.as_deref(), Some("x86_64"));
    let cases = [
        (image("inst0", "new"), ErrorKind::AlreadyExists),
        (image("inst3", "x"), ErrorKind::IncorrectState),
        (image("nosuch", "x"), ErrorKind::NotFound),
        (image("inst0", "a/b"), ErrorKind::Invalid),
    ];
    for (operation, expected) in cases {
        assert_eq!(failure(&mock, operation).await.0, expected);
    }
    let instance = instances(&mock, create(|spec| spec.image = "new".into())).await.unwrap().remove(0);
    assert_eq!(instance.image.as_deref(), Some("new"));
    only(&mock, remove(Kind::Image, "new")).await;
    assert_eq!(state(&mock, &instance.id).await, S::Running);
}

fn disk(content: DiskContent, size: Option<u64>, device: Option<&str>, goes: bool) -> DiskSpec {
    DiskSpec { content, size, device: device.map(str::to_owned), delete_on_termination: goes }
}

#[tokio::test]
async fn an_instance_has_the_volumes_that_it_is_made_with() {
    let mock = at_once();
    let before = ids(&mock, list(Kind::Volume)).await;
    let asked = create(|spec| {
        spec.count.min = 2;
        spec.count.max = 2;
        spec.disks = vec![
            disk(DiskContent::Nothing, Some(5 << 30), Some("/dev/sdf"), true),
            disk(DiskContent::Image, Some(20 << 30), None, false),
            disk(DiskContent::Snapshot("snap1".into()), None, None, true),
        ];
    });
    let made = instances(&mock, asked).await.unwrap();
    let told = |instance: &Instance<'_>| {
        let disks = instance.attachments.iter().map(|disk| {
            let device = disk.device.as_deref().unwrap().to_owned();
            (device, disk.size.unwrap() >> 30, disk.boot, disk.delete_on_termination)
        });
        disks.collect::<Vec<_>>()
    };
    let expected = [
        ("/dev/sda1".to_owned(), 20, true, false),
        ("/dev/sdf".to_owned(), 5, false, true),
        ("/dev/sdb".to_owned(), 1, false, true),
    ];
    for instance in &made {
        assert_eq!(told(instance), expected);
        for attachment in &instance.attachments {
            let volume = one(&mock, show(Kind::Volume, &attachment.volume)).await;
            assert_eq!(volume.mount.unwrap().instance, instance.id);
        }
    }
    assert_eq!(ids(&mock, list(Kind::Volume)).await.len(), before.len() + 6);
    for instance in &made {
        ids(&mock, act(Action::Stop { force: true }, &[&instance.id])).await;
        ids(&mock, destroy(&[&instance.id])).await;
    }
    let kept: Vec<_> =
        ids(&mock, list(Kind::Volume)).await.into_iter().filter(|id| !before.contains(id)).collect();
    let booted: Vec<_> = made.iter().map(|instance| instance.attachments[0].volume.as_ref()).collect();
    assert_eq!(kept, booted);
    assert_eq!(one(&mock, show(Kind::Volume, &kept[0])).await.state, VolumeState::Available);
}

#[tokio::test]
async fn an_instance_with_a_volume_that_cannot_be_is_none() {
    let mock = at_once();
    let before = ids(&mock, list(Kind::Instance)).await;
    for (one, kind) in [
        (disk(DiskContent::Snapshot("nosuch".into()), None, None, true), ErrorKind::NotFound),
        (disk(DiskContent::Nothing, Some(1 << 60), None, true), ErrorKind::Invalid),
        (disk(DiskContent::Nothing, None, Some("/dev/sda1"), true), ErrorKind::IncorrectState),
    ] {
        assert_eq!(failure(&mock, create(|spec| spec.disks = vec![one])).await.0, kind);
    }
    assert_eq!(ids(&mock, list(Kind::Instance)).await, before);
}
