//! The inventory an engine starts with: two data centers, three clusters, templates, machines, users.

use std::net::Ipv4Addr;

use uuid::{Uuid, uuid};

use super::clock::{Schedule, Time};
use super::element::Element;
use super::inventory::Inventory;
use super::mode::Mode;
use super::model::*;

pub const DEFAULT_DC: Uuid = uuid!("00000001-0001-0001-0001-0000000003bb");
pub const LAB_DC: Uuid = uuid!("773f2ddf-7765-42fc-85d6-673b718541cd");
pub const DEFAULT_CLUSTER: Uuid = uuid!("00000002-0002-0002-0002-00000000008c");
pub const PRODUCTION_CLUSTER: Uuid = uuid!("99408929-82cf-4dc7-a532-9d998063fa95");
pub const LAB_CLUSTER: Uuid = uuid!("5be5d08a-a60b-11e2-bee6-005056a217db");
pub const DATA_DOMAIN: Uuid = uuid!("2ef34a5b-2046-4707-9180-7723aad1b8ce");
pub const ISO_DOMAIN: Uuid = uuid!("ef0c6712-13df-49bd-885e-d96dcaf9e525");
pub const LAB_DOMAIN: Uuid = uuid!("6284e934-9f11-486a-b9d8-aaacfa4f226f");
pub const NETWORK: Uuid = uuid!("00000000-0000-0000-0000-000000000009");
pub const LAB_NETWORK: Uuid = uuid!("3e82f8de-5856-4deb-97d3-bfd7315c3ec3");
pub const PROFILE: Uuid = uuid!("0000000a-000a-000a-000a-000000000398");
pub const LAB_PROFILE: Uuid = uuid!("b891f46c-9a5c-4f5b-802f-4cc0e3bd6267");
pub const RHEL_TEMPLATE: Uuid = uuid!("5f411ae4-a3cf-48a8-8bca-d049ddd51f0b");
pub const FEDORA_TEMPLATE: Uuid = uuid!("749236d0-6320-46d2-bd0a-8a9989bb607a");
pub const LAB_TEMPLATE: Uuid = uuid!("785e845e-baa0-4812-8a8c-467f37ad6c79");
pub const ADMIN: Uuid = uuid!("fdfc627c-d875-11e0-90f0-83df133b58cc");
pub const USER: Uuid = uuid!("bfd9c4d2-89e8-11ec-8d18-001a4a013f59");
pub const WEB_VM: Uuid = uuid!("13054ffb-ae62-49e3-9ec7-9ad426f62fae");
pub const DB_VM: Uuid = uuid!("4c5ecdbb-5b52-4578-a619-3b9a4bf2024b");
pub const LAB_VM: Uuid = uuid!("63978315-2d17-4e67-b393-2ea60a8aeacb");

const GIB: u64 = 1 << 30;

/// First halves of the ids of numbered machines and of what belongs to them.
const NUMBERED: [u128; 4] = [0x0000_1001 << 96, 0x0000_1002 << 96, 0x0000_1003 << 96, 0x0000_1004 << 96];

/// States of the numbered machines, in turn.
const NUMBERED_STATES: [VmStatus; 8] = [
    VmStatus::Up,
    VmStatus::Down,
    VmStatus::Up,
    VmStatus::Up,
    VmStatus::Down,
    VmStatus::Suspended,
    VmStatus::Up,
    VmStatus::Paused,
];

/// The inventory at `now`, with `numbered` machines `vm-000001`, ... on top.
pub fn inventory(mode: Mode, numbered: u32, now: Time) -> Inventory {
    let mut inventory = Inventory::default();
    infrastructure(&mut inventory, mode);
    instance_types(&mut inventory);
    templates(&mut inventory, now);
    machines(&mut inventory, now);
    for number in 1..=numbered {
        numbered_machine(&mut inventory, number, now);
    }
    log(&mut inventory, now);
    inventory
}

fn infrastructure(inventory: &mut Inventory, mode: Mode) {
    for (id, name, description, storage_type) in
        [(DEFAULT_DC, "Default", "The default Data Center", "nfs"), (LAB_DC, "Lab", "", "iscsi")]
    {
        let (name, description) = (name.to_owned(), description.to_owned());
        inventory.data_centers.put(DataCenter { id, name, description, storage_type });
    }
    for (id, name, description, data_center) in [
        (DEFAULT_CLUSTER, "Default", "The default server cluster", DEFAULT_DC),
        (PRODUCTION_CLUSTER, "Production", "", DEFAULT_DC),
        (LAB_CLUSTER, "Lab", "", LAB_DC),
    ] {
        let (name, description) = (name.to_owned(), description.to_owned());
        inventory.clusters.put(Cluster { id, name, description, data_center, cpu: "Intel Nehalem Family" });
        let host = flip(id, 0xff);
        let name = format!("host{}", inventory.clusters.all(0).count());
        inventory.hosts.put(Host { id: host, address: format!("{name}.example.com"), name, cluster: id });
    }
    for (id, name, kind, data_center, path) in [
        (DATA_DOMAIN, "data", "data", DEFAULT_DC, "/exports/data"),
        (ISO_DOMAIN, "iso", "iso", DEFAULT_DC, "/exports/iso"),
        (LAB_DOMAIN, "labdata", "data", LAB_DC, "/exports/lab"),
    ] {
        inventory.storage_domains.put(StorageDomain {
            id,
            name: name.to_owned(),
            kind,
            data_center,
            path,
            available: 500 * GIB,
            used: 100 * GIB,
            committed: 150 * GIB,
        });
    }
    for (network, profile, name, data_center, vlan) in [
        (NETWORK, PROFILE, mode.management_network(), DEFAULT_DC, None),
        (LAB_NETWORK, LAB_PROFILE, "lab", LAB_DC, Some(666)),
    ] {
        let name = name.to_owned();
        let description = "Management Network".to_owned();
        inventory.profiles.put(VnicProfile {
            id: profile,
            name: name.clone(),
            network,
            port_mirroring: false,
        });
        inventory.networks.put(Network { id: network, name, description, data_center, vlan, mtu: 0 });
    }
    inventory.tags.put(Tag {
        id: Uuid::nil(),
        name: "root".to_owned(),
        description: "root".to_owned(),
        parent: None,
    });
    for (id, name, admin) in [(ADMIN, "admin@internal", true), (USER, "user@internal", false)] {
        inventory.users.put(User { id, name: name.to_owned(), password: "secret".to_owned(), admin });
    }
}

fn instance_types(inventory: &mut Inventory) {
    for (id, name, memory, sockets, cores) in [
        (uuid!("00000003-0003-0003-0003-0000000000be"), "Tiny", GIB / 2, 1, 1),
        (uuid!("00000005-0005-0005-0005-0000000002e6"), "Small", 2 * GIB, 1, 1),
        (uuid!("00000007-0007-0007-0007-00000000010a"), "Medium", 4 * GIB, 2, 1),
        (uuid!("00000009-0009-0009-0009-0000000000f1"), "Large", 8 * GIB, 2, 1),
        (uuid!("0000000b-000b-000b-000b-00000000021f"), "XLarge", 16 * GIB, 4, 1),
    ] {
        let machine = Machine { sockets, cores, priority: 0, ..Machine::default().with_memory(memory) };
        let description = format!("{name} instance type");
        inventory.instance_types.put(InstanceType { id, name: name.to_owned(), description, machine });
    }
}

fn templates(inventory: &mut Inventory, now: Time) {
    let blank = template(inventory, Uuid::nil(), "Blank", None, "other", now);
    inventory.templates.put(Template {
        machine: Machine { description: "Blank template".to_owned(), ..blank.machine },
        disks: Vec::new(),
        ..blank
    });
    for (id, name, cluster, os) in [
        (RHEL_TEMPLATE, "rhel7", DEFAULT_CLUSTER, "rhel_7x64"),
        (FEDORA_TEMPLATE, "fedora", PRODUCTION_CLUSTER, "other_linux"),
        (LAB_TEMPLATE, "lab-template", LAB_CLUSTER, "rhel_6x64"),
    ] {
        let template = template(inventory, id, name, Some(cluster), os, now);
        inventory.templates.put(template);
    }
}

fn template(
    inventory: &mut Inventory,
    id: Uuid,
    name: &str,
    cluster: Option<Uuid>,
    os: &str,
    now: Time,
) -> Template {
    let disks = cluster
        .map(|cluster| {
            let disk = flip(id, 0xd15c);
            inventory.disks.put(disk_of(disk, &format!("{name}_Disk1"), domain(cluster), 10, now));
            attachment(disk)
        })
        .into_iter()
        .collect();
    let nics = cluster
        .map(|cluster| {
            let (mac, address) = inventory.next_address();
            nic_of(flip(id, 0x0c), mac, address, cluster)
        })
        .into_iter()
        .collect();
    let machine = Machine {
        os: os.to_owned(),
        description: format!("{name} template"),
        initialization: cluster.and_then(|_| initialization()),
        ..Machine::default()
    };
    Template {
        id,
        name: name.to_owned(),
        machine,
        status: Schedule::new(now, Lock::Ok),
        gone: None,
        creation: None,
        cluster,
        created: now,
        version: 1,
        version_name: "base version".to_owned(),
        base: id,
        disks,
        nics,
        tags: Default::default(),
    }
}

fn machines(inventory: &mut Inventory, now: Time) {
    for (id, name, cluster, template, status, users) in [
        (WEB_VM, "web", DEFAULT_CLUSTER, RHEL_TEMPLATE, VmStatus::Up, vec![USER]),
        (DB_VM, "db", PRODUCTION_CLUSTER, FEDORA_TEMPLATE, VmStatus::Down, vec![]),
        (LAB_VM, "lab-vm", LAB_CLUSTER, LAB_TEMPLATE, VmStatus::Up, vec![]),
    ] {
        let own = [id, flip(id, 0xd15c), flip(id, 0x0c), flip(id, 0x5a)];
        let vm = machine(inventory, own, name.to_owned(), (cluster, template), status, now);
        inventory.vms.put(Vm { users, ..furnished(vm) });
    }
}

/// With everything that a machine may show: description, property, cloud-init, payload, snapshot.
fn furnished(mut vm: Vm) -> Vm {
    vm.machine.description = format!("{} server", vm.name);
    vm.machine.custom_properties = vec![("viodiskcache".to_owned(), "writethrough".to_owned())];
    vm.machine.initialization = initialization();
    let file = ("deltacloud-user-data.txt".to_owned(), "hello".to_owned());
    vm.machine.payloads = vec![Payload { kind: "floppy".to_owned(), volume_id: None, files: vec![file] }];
    let images = vm.disks.iter().map(|attachment| SnapshotImage {
        disk: attachment.disk,
        image: flip(attachment.disk, 0x1a6d),
        gone: None,
    });
    let regular = Snapshot {
        description: "before the update".to_owned(),
        kind: "regular",
        images: images.collect(),
        ..active_snapshot(flip(vm.id, 0x5b), vm.created)
    };
    vm.snapshots.push(regular);
    vm
}

/// Cloud-init as the engine shows it when nobody has set any of it.
fn initialization() -> Option<Element> {
    Element::from_xml(
        "<initialization><authorized_ssh_keys/><custom_script/><nic_configurations/>\
         <regenerate_ssh_keys>false</regenerate_ssh_keys></initialization>",
    )
    .ok()
}

fn numbered_machine(inventory: &mut Inventory, number: u32, now: Time) {
    let own = NUMBERED.map(|base| Uuid::from_u128(base + u128::from(number)));
    let places = [
        (DEFAULT_CLUSTER, RHEL_TEMPLATE),
        (PRODUCTION_CLUSTER, FEDORA_TEMPLATE),
        (LAB_CLUSTER, LAB_TEMPLATE),
    ];
    let place = places[number as usize % places.len()];
    let status = NUMBERED_STATES[number as usize % NUMBERED_STATES.len()];
    let mut vm = machine(inventory, own, format!("vm-{number:06}"), place, status, now);
    vm.machine = vm.machine.with_memory(u64::from(number % 4 + 1) * GIB);
    vm.machine.cores = number % 2 + 1;
    inventory.vms.put(vm);
}

/// A machine with one disk and one NIC; `own` are the ids of machine, disk, NIC and active snapshot.
fn machine(
    inventory: &mut Inventory,
    own: [Uuid; 4],
    name: String,
    (cluster, template): (Uuid, Uuid),
    status: VmStatus,
    now: Time,
) -> Vm {
    let [id, disk, nic, snapshot] = own;
    const HOUR: Time = 3_600_000;
    let then = now - HOUR;
    inventory.disks.put(disk_of(disk, &format!("{name}_Disk1"), domain(cluster), 10, then));
    let (mac, address) = inventory.next_address();
    let machine = Machine { os: "other_linux".to_owned(), ..Machine::default() };
    Vm {
        id,
        name,
        machine,
        status: Schedule::new(then, status),
        gone: None,
        creation: None,
        cluster,
        template,
        original_template: template,
        instance_type: None,
        host: flip(cluster, 0xff),
        created: then,
        started: status.runs().then_some(then),
        stopped: (!status.runs()).then_some(then),
        stop_reason: (!status.runs()).then(String::new),
        run_once: false,
        next_run: false,
        start_initialization: None,
        disks: vec![attachment(disk)],
        nics: vec![nic_of(nic, mac, address, cluster)],
        snapshots: vec![active_snapshot(snapshot, then)],
        tags: Default::default(),
        users: Vec::new(),
    }
}

/// The snapshot that every machine has: its present state.
pub fn active_snapshot(id: Uuid, date: Time) -> Snapshot {
    Snapshot {
        id,
        description: "Active VM".to_owned(),
        kind: "active",
        date,
        status: Schedule::new(date, Lock::Ok),
        gone: None,
        with_memory: false,
        images: Vec::new(),
    }
}

fn nic_of(id: Uuid, mac: String, address: Ipv4Addr, cluster: Uuid) -> Nic {
    let lab = cluster == LAB_CLUSTER;
    Nic {
        id,
        name: "nic1".to_owned(),
        mac,
        interface: "virtio".to_owned(),
        profile: if lab { LAB_PROFILE } else { PROFILE },
        network: if lab { LAB_NETWORK } else { NETWORK },
        plugged: true,
        linked: true,
        address,
    }
}

fn disk_of(id: Uuid, name: &str, storage_domain: Uuid, gib: u64, now: Time) -> Disk {
    Disk {
        id,
        name: name.to_owned(),
        description: String::new(),
        image: flip(id, 0x1a6e),
        storage_domain,
        provisioned: gib * GIB,
        actual: GIB,
        format: "cow".to_owned(),
        sparse: true,
        shareable: false,
        status: Schedule::new(now, Lock::Ok),
        gone: None,
    }
}

fn attachment(disk: Uuid) -> Attachment {
    Attachment { disk, interface: "virtio".to_owned(), bootable: true, active: true, read_only: false }
}

fn domain(cluster: Uuid) -> Uuid {
    if cluster == LAB_CLUSTER { LAB_DOMAIN } else { DATA_DOMAIN }
}

/// Another id, always the same for the same one.
fn flip(id: Uuid, bits: u128) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ (bits << 64))
}

fn log(inventory: &mut Inventory, now: Time) {
    inventory.add_event(EngineEvent {
        id: 1,
        code: 1,
        severity: "normal".to_owned(),
        description: "Starting oVirt Engine.".to_owned(),
        origin: "oVirt".to_owned(),
        custom_id: -1,
        time: now,
        correlation: String::new(),
        user: None,
        vm: None,
    });
}
