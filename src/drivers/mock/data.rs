//! What is in the cloud when it begins: the data set of Deltacloud's mock driver.

use jiff::Timestamp;

use super::{
    USER,
    addresses::Address,
    blobs::Blob,
    buckets::Bucket,
    contents::{Content, Little},
    firewalls::{DEFAULT, Firewall},
    images::Image,
    instances::{self, Instance},
    keys::Key,
    life::Life,
    network_interfaces::{NetworkInterface, mac},
    networks::Network,
    snapshots::Snapshot,
    state::State,
    subnets::Subnet,
    table::Table,
    volumes::{Mounted, Volume},
};
use crate::model::{HardwareProfile, Property, Realm, RealmState};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// When images and instances were made: 2012-10-25T12:27:53Z.
const MADE: Timestamp = Timestamp::constant(1_351_168_073, 0);
/// When volumes were made: 2009-07-30T14:35:11Z.
const VOLUMES_MADE: Timestamp = Timestamp::constant(1_248_964_511, 0);
/// When snapshots were made: 2009-07-29T18:15:24Z.
const SNAPSHOTS_MADE: Timestamp = Timestamp::constant(1_248_891_324, 0);
/// When blobs were written: 2010-09-23T15:44:54Z.
const BLOBS_WRITTEN: Timestamp = Timestamp::constant(1_285_256_694, 0);

/// A cloud as it begins.
pub(super) fn state() -> State {
    State {
        images: images(),
        instances: instances(),
        keys: keys(),
        volumes: volumes(),
        snapshots: snapshots(),
        networks: networks(),
        subnets: subnets(),
        network_interfaces: network_interfaces(),
        addresses: addresses(),
        firewalls: firewalls(),
        load_balancers: Table::default(),
        buckets: buckets(),
        blobs: blobs(),
        numbers: [("inst", 3)].into_iter().collect(),
    }
}

pub(super) fn realms() -> Vec<Realm<'static>> {
    [("us", "United States"), ("eu", "Europe")]
        .map(|(id, name)| Realm { id: id.into(), name: name.into(), state: RealmState::Available })
        .into()
}

fn images() -> Table<Image> {
    let rows = [
        ("img1", "Fedora 10", "x86_64", "fedoraproject"),
        ("img2", "Fedora 10", "i386", "fedoraproject"),
        ("img3", "JBoss", "i386", USER),
    ];
    let image = |(id, description, architecture, owner): (&'static str, &str, &str, &str)| {
        let (description, architecture) = (description.to_owned(), Some(architecture.to_owned()));
        let name = id.to_owned();
        (id, Image { name, description, owner: owner.to_owned(), architecture, created: MADE, ready: None })
    };
    rows.into_iter().map(image).collect()
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

/// The instances that run from the start; `inst0` has more memory than its profile gives without asking, `inst1` boots
/// from a volume, and of `inst3` no image can be made.
fn instances() -> Table<Instance> {
    let small = (1, 17_408 * MIB / 10, 160 * GIB, "i386");
    let rows = [
        (
            "Mock Instance With Profile Change",
            "img1",
            "us",
            "m1-large",
            (1, 12_288 * MIB, 850 * GIB, "x86_64"),
        ),
        ("MockUserInstance", "img3", "us", "m1-small", small),
        ("AnotherInstance", "img1", "us", "m1-large", (1, 10_240 * MIB, 850 * GIB, "x86_64")),
        ("", "img3", "eu", "m1-small", small),
    ];
    let mut table = Table::default();
    for (number, (name, image, realm, profile, (cpus, memory, disk, architecture))) in (0..).zip(rows) {
        let instance = Instance {
            number,
            name: name.to_owned(),
            image: image.to_owned(),
            // The original changed what one of them is made from, and not its name.
            named_after: if number == 1 { "img1" } else { image }.to_owned(),
            realm: realm.to_owned(),
            profile: Some(profile.to_owned()),
            cpus,
            memory,
            disk: (number != 1).then_some(disk),
            architecture: Some(architecture.to_owned()),
            created: MADE,
            life: Life::running_since(MADE),
            key: None,
            firewalls: Vec::new(),
            monitored: false,
            can_be_captured: number != 3,
            volumes: if number == 1 { vec!["vol3".to_owned()] } else { Vec::new() },
            interfaces: match number {
                1 => vec!["nic1".to_owned()],
                3 => vec!["nicinst3".to_owned()],
                _ => Vec::new(),
            },
            addresses: Vec::new(),
        };
        table.put(&instances::id(number), instance);
    }
    table
}

/// The one key, with the fingerprint that it always had; nobody has the private key to it.
fn keys() -> Table<Key> {
    let fingerprint = "5e:ce:b6:dc:59:3b:5c:93:f8:2e:9d:20:ce:60:ca:f5:0b:8a:66:93";
    [("test-key", Key { fingerprint: fingerprint.to_owned() })].into_iter().collect()
}

fn volumes() -> Table<Volume> {
    let mounted = || Mounted {
        instance: "inst1".to_owned(),
        device: "/dev/sda1".to_owned(),
        boot: true,
        delete_on_termination: false,
    };
    let volume = |id: &'static str| {
        let volume = Volume {
            name: id.to_owned(),
            description: String::new(),
            size: GIB,
            realm: Some("us".to_owned()),
            snapshot: None,
            created: VOLUMES_MADE,
            ready: None,
            mount: (id == "vol3").then(mounted),
        };
        (id, volume)
    };
    ["vol1", "vol2", "vol3"].into_iter().map(volume).collect()
}

fn snapshots() -> Table<Snapshot> {
    let snapshot = |(id, volume): (&'static str, &str)| {
        let snapshot = Snapshot {
            name: id.to_owned(),
            description: String::new(),
            volume: volume.to_owned(),
            size: GIB,
            created: SNAPSHOTS_MADE,
            ready: None,
        };
        (id, snapshot)
    };
    [("snap1", "vol1"), ("snap2", "vol2"), ("snap3", "vol2")].into_iter().map(snapshot).collect()
}

fn networks() -> Table<Network> {
    let rows = [
        ("net1", "network1", "192.168.0.0/16", ["subnet1", "subnet2"]),
        ("net2", "network2", "10.0.0.0/8", ["subnet3", "subnet4"]),
    ];
    let network = |(id, name, block, subnets): (&'static str, &str, &str, [&str; 2])| {
        let subnets = subnets.map(str::to_owned).into();
        (id, Network { name: name.to_owned(), block: block.to_owned(), subnets })
    };
    rows.into_iter().map(network).collect()
}

fn subnets() -> Table<Subnet> {
    let rows = [
        ("subnet1", "net1", "192.168.1.0/24"),
        ("subnet2", "net1", "192.168.2.0/24"),
        ("subnet3", "net2", "10.1.0.0/16"),
        ("subnet4", "net2", "10.2.0.0/16"),
    ];
    let subnet = |(id, network, block): (&'static str, &str, &str)| {
        (id, Subnet { name: id.to_owned(), network: network.to_owned(), block: block.to_owned() })
    };
    rows.into_iter().map(subnet).collect()
}

fn network_interfaces() -> Table<NetworkInterface> {
    let rows = [
        ("nic1", "inst1", Some("subnet1"), 1, [192, 168, 1, 2]),
        ("nicinst3", "inst3", None, 3, [192, 168, 2, 189]),
    ];
    let interface =
        |(id, instance, subnet, number, address): (&'static str, &str, Option<&str>, _, [u8; 4])| {
            let interface = NetworkInterface {
                name: id.to_owned(),
                instance: instance.to_owned(),
                network: "net1".to_owned(),
                subnet: subnet.map(str::to_owned),
                mac: mac(number),
                address: address.into(),
            };
            (id, interface)
        };
    rows.into_iter().map(interface).collect()
}

fn addresses() -> Table<Address> {
    let mut table = Table::default();
    for last in 1..=4 {
        let ip = [192, 168, 0, last].into();
        table.put(&format!("192.168.0.{last}"), Address { ip, instance: None });
    }
    table
}

fn firewalls() -> Table<Firewall> {
    let description = "what every cloud has".to_owned();
    [(DEFAULT, Firewall { description, rules: Vec::new() })].into_iter().collect()
}

fn buckets() -> Table<Bucket> {
    ["bucket1", "bucket2"].into_iter().map(|id| (id, Bucket { location: None })).collect()
}

fn blobs() -> Table<Blob> {
    let mut table = Table::default();
    for (bucket, number) in [(1, 1), (1, 2), (1, 3), (2, 4), (2, 5)] {
        let text = format!("content of blob {number}");
        let blob = Blob {
            size: 17,
            content: Content::Little(Little(text.into())),
            content_type: Some("text/plain".to_owned()),
            modified: BLOBS_WRITTEN,
            metadata: vec![("SOMENEWKEY".to_owned(), "NEWVALUE".to_owned())],
        };
        table.put(&format!("bucket{bucket}/blob{number}"), blob);
    }
    table
}
