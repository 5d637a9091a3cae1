//! What is in the cloud when it begins: the data set of Deltacloud's mock driver.

use jiff::Timestamp;
use smallvec::smallvec;

use super::{USER, instances, keys::Keys};
use crate::model::{
    Attachment, HardwareProfile, Health, Image, ImageState, Instance, InstanceState, NetworkInterface,
    Property, Realm, RealmState,
};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// When everything here was made: 2012-10-25T12:27:53Z.
const MADE: i64 = 1_351_168_073;
/// The size of the disk that an instance gets whose profile names none.
pub(super) const DISK: u64 = GIB;

pub(super) fn realms() -> Vec<Realm<'static>> {
    [("us", "United States"), ("eu", "Europe")]
        .map(|(id, name)| Realm { id: id.into(), name: name.into(), state: RealmState::Available })
        .into()
}

pub(super) fn images() -> Vec<Image<'static>> {
    [
        ("img1", "Fedora 10", "x86_64", "fedoraproject"),
        ("img2", "Fedora 10", "i386", "fedoraproject"),
        ("img3", "JBoss", "i386", USER),
    ]
    .map(|(id, description, architecture, owner)| Image {
        id: id.into(),
        name: id.into(),
        description: description.into(),
        owner: owner.into(),
        architecture: Some(architecture.into()),
        state: ImageState::Available,
        created: made(),
    })
    .into()
}

pub(super) fn hardware_profiles() -> Vec<HardwareProfile<'static>> {
    let profile = |id: &'static str| HardwareProfile {
        id: id.into(),
        name: id.into(),
        cpus: None,
        memory: None,
        storage: None,
        architecture: None,
    };
    vec![
        HardwareProfile {
            cpus: Some(Property::Fixed(1)),
            memory: Some(Property::Fixed(17_408 * MIB / 10)),
            storage: Some(Property::Fixed(160 * GIB)),
            architecture: Some("i386".into()),
            ..profile("m1-small")
        },
        HardwareProfile {
            cpus: Some(Property::Range { first: 1, last: 6, default: 1 }),
            memory: Some(Property::Range { first: 7_680 * MIB, last: 15_360 * MIB, default: 10_240 * MIB }),
            storage: Some(Property::Enum { values: vec![850 * GIB, 1_024 * GIB], default: 850 * GIB }),
            architecture: Some("x86_64".into()),
            ..profile("m1-large")
        },
        HardwareProfile {
            cpus: Some(Property::Fixed(4)),
            memory: Some(Property::Range { first: 12_288 * MIB, last: 32_768 * MIB, default: 12_288 * MIB }),
            storage: Some(Property::Enum {
                values: vec![1_024 * GIB, 2_048 * GIB, 4_096 * GIB],
                default: 1_024 * GIB,
            }),
            architecture: Some("x86_64".into()),
            ..profile("m1-xlarge")
        },
        profile("opaque"),
    ]
}

/// The instances that run from the start; `inst0` has more memory than its profile gives without asking, `inst1` has
/// the interface and the disk that are named after no instance.
pub(super) fn instances() -> Vec<Instance<'static>> {
    let small = (1, 17_408 * MIB / 10, "i386");
    let rows = [
        ("Mock Instance With Profile Change", "img1", "us", "m1-large", (1, 12_288 * MIB, "x86_64")),
        ("MockUserInstance", "img3", "us", "m1-small", small),
        ("AnotherInstance", "img1", "us", "m1-large", (1, 10_240 * MIB, "x86_64")),
        ("", "img3", "eu", "m1-small", small),
    ];
    let running =
        (0..).zip(rows).map(|(number, (name, image, realm, profile, (cpus, memory, architecture)))| {
            let mut instance = Instance {
                name: name.into(),
                owner: USER.into(),
                health: Health::Ok,
                image: Some(image.into()),
                realm: Some(realm.into()),
                hardware_profile: Some(profile.into()),
                cpus: Some(cpus),
                memory: Some(memory),
                architecture: Some(architecture.into()),
                created: made(),
                launched: made(),
                ..Instance::new(instances::id(number), InstanceState::Running)
            };
            instances::equip(&mut instance, number, DISK);
            instance
        });
    running.map(as_it_was_named).collect()
}

/// The one key, with the fingerprint that it always had; nobody has the private key to it.
pub(super) fn keys() -> Keys {
    let fingerprint = "5e:ce:b6:dc:59:3b:5c:93:f8:2e:9d:20:ce:60:ca:f5:0b:8a:66:93";
    Keys::from([("test-key".to_owned(), fingerprint.to_owned())])
}

fn as_it_was_named(instance: Instance<'static>) -> Instance<'static> {
    if instance.id != "inst1" {
        return instance;
    }
    let rename = |interface: NetworkInterface<'static>| NetworkInterface { id: "nic1".into(), ..interface };
    let disk = Attachment {
        volume: "vol3".into(),
        device: Some("/dev/sda1".into()),
        size: Some(GIB),
        boot: true,
        delete_on_termination: true,
    };
    let interfaces = instance.interfaces.into_iter().map(rename).collect();
    Instance { interfaces, attachments: smallvec![disk], ..instance }
}

fn made() -> Option<Timestamp> {
    Timestamp::from_second(MADE).ok()
}
