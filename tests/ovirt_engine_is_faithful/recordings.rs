//! Recorded replies beside ours: the same status, root and members, nothing lacking and nothing invented.

use std::collections::BTreeSet;
use std::path::Path;

use crate::http::ask;
use crate::members::{Members, lacking, members};
use crate::ovirt_engine::element::Element;
use crate::ovirt_engine::{Engine, Mode, Options, seed};
use crate::wire;

/// A resource: beginnings of the recorded files' names, and where ours are.
struct Resource {
    name: &'static str,
    /// Element of one item; the root of a single document.
    item: &'static str,
    recorded: &'static [&'static str],
    ours: &'static [&'static str],
}

const RESOURCES: [Resource; 12] = [
    Resource { name: "API root", item: "api", recorded: &["get_api_200", "get_api.xml"], ours: &[""] },
    Resource {
        name: "data centers",
        item: "data_center",
        recorded: &["get_datacenters_200", "get_datacenters.xml", "get_datacenters_search"],
        ours: &["/datacenters"],
    },
    Resource {
        name: "clusters",
        item: "cluster",
        recorded: &["get_clusters_200", "get_clusters.xml", "get_clusters_search", "get_clusters_ID_200"],
        ours: &["/clusters"],
    },
    Resource {
        name: "templates",
        item: "template",
        recorded: &["get_templates_200", "get_templates_search", "get_templates_ID_200"],
        ours: &["/templates"],
    },
    Resource {
        name: "virtual machines",
        item: "vm",
        recorded: &["get_vms_200", "get_vms.xml", "get_vms_search", "get_vms_ID_200", "get_vms_VM1.xml"],
        ours: &["/vms", "/vms/WEB"],
    },
    Resource {
        name: "NICs",
        item: "nic",
        recorded: &["get_vms_ID_nics", "get_vms_VM1_nics"],
        ours: &["/vms/WEB/nics"],
    },
    Resource {
        name: "disks of v3",
        item: "disk",
        recorded: &["get_vms_ID_disks_200"],
        ours: &["/vms/WEB/disks"],
    },
    Resource {
        name: "disk attachments",
        item: "disk_attachment",
        recorded: &["get_vms_ID_diskattachments", "get_vms_VM1_diskattachments"],
        ours: &["/vms/WEB/diskattachments"],
    },
    Resource {
        name: "disks",
        item: "disk",
        recorded: &["get_disks_200", "get_disks.xml"],
        ours: &["/disks"],
    },
    Resource {
        name: "reported devices",
        item: "reported_device",
        recorded: &["get_vms_ID_reporteddevices"],
        ours: &["/vms/WEB/reporteddevices"],
    },
    Resource {
        name: "snapshots",
        item: "snapshot",
        recorded: &["get_vms_ID_snapshots_200"],
        ours: &["/vms/WEB/snapshots"],
    },
    Resource {
        name: "vNIC profiles",
        item: "vnic_profile",
        recorded: &["get_vnicprofiles_200", "get_vnicprofiles.xml"],
        ours: &["/vnicprofiles"],
    },
];

/// What recordings have and ours need not: resource, part of the path, and why.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("snapshots", "/vm", "the configuration that a snapshot saved repeats the machine's"),
    ("snapshots", "/link[prev]", "3.0 chained the snapshots of each disk; the driver takes none of them"),
    ("templates", "/timezone", "only of Windows guests before 3.6"),
    ("virtual machines", "/placement_policy/host", "no machine here is pinned to a host"),
];

#[tokio::test]
async fn rhevm_3_0() {
    compare("v3-rhevm-3.0", Mode::V3_0, &[], "v3-").await;
}

#[tokio::test]
async fn rhevm_3_1() {
    compare("v3-rhevm-3.1", Mode::V3_1, &[], "v3-").await;
}

#[tokio::test]
async fn rhevm_3_1_as_deltacloud_saw_it() {
    compare("v3-rhevm-3.1-deltacloud", Mode::V3_1, &[], "v3-").await;
}

#[tokio::test]
async fn rhevm_3_6() {
    compare("v3-rhevm-3.6.8", Mode::V3_6, &[], "v3-").await;
}

#[tokio::test]
async fn v3_on_ovirt_4_1() {
    compare("v3-on-ovirt-4.1", Mode::V4_1, &["Version: 3"], "v3-").await;
}

#[tokio::test]
async fn ovirt_4_2_development() {
    compare("v4-ovirt-4.2dev", Mode::V4_1, &[], "v4-").await;
}

#[tokio::test]
async fn ovirt_4_4() {
    compare("v4-ovirt-4.4.10", Mode::V4_4, &[], "v4-").await;
}

/// Compares every resource that the recording has.
async fn compare(recording: &str, mode: Mode, headers: &[&str], generation: &str) {
    let Some(directory) = wire::directory(recording) else { return };
    let engine = Engine::start(Options { mode, vms: 20, ..Options::default() }).await;
    let follow = if mode == Mode::V4_4 {
        "?follow=cdroms,diskattachments,nics,snapshots,watchdogs,hostdevices"
    } else {
        ""
    };
    let mut complaints = Vec::new();
    for resource in &RESOURCES {
        let recorded = recorded(&directory, resource);
        if recorded.is_empty() {
            continue;
        }
        let mut ours = Members::new();
        for path in resource.ours {
            let query = if resource.item == "vm" { follow } else { "" };
            let path = format!("{}{path}{query}", mode.bases()[0]).replace("WEB", &seed::WEB_VM.to_string());
            let answer = ask(&engine, "GET", &path, headers, "").await;
            assert_eq!(answer.status, 200, "{path}");
            let (roots, root) = (roots(&directory, resource), answer.xml().name);
            let one_alone = path.contains(&format!("s/{}", seed::WEB_VM)) && root == resource.item;
            assert!(one_alone || roots.contains(&root), "{path}: <{root}> is none of {roots:?}");
            ours.extend(of_items(&answer.xml(), resource.item));
        }
        let left_out =
            |path: &str| LEFT_OUT.iter().any(|(name, part, _)| *name == resource.name && path.contains(part));
        for path in lacking(&recorded, &ours, left_out) {
            complaints.push(format!("{}: recorded and lacking here: {path}", resource.name));
        }
        let known = known(&directory, resource, generation);
        for path in lacking(&ours, &known, |path| in_schema(&directory, generation, path)) {
            complaints.push(format!("{}: here and in no recording or schema: {path}", resource.name));
        }
    }
    assert!(complaints.is_empty(), "{recording}:\n{}", complaints.join("\n"));
}

/// Names of the recorded documents' roots.
fn roots(directory: &Path, resource: &Resource) -> BTreeSet<String> {
    documents(directory, resource).map(|document| document.name).collect()
}

fn documents(directory: &Path, resource: &Resource) -> impl Iterator<Item = Element> {
    let starts = resource.recorded;
    let matches =
        move |name: &str| name.ends_with(".xml") && starts.iter().any(|start| name.starts_with(start));
    let files = wire::files(directory, matches);
    files.into_iter().map(|file| Element::from_xml(&std::fs::read_to_string(file).unwrap()).unwrap())
}

/// Members of the resource in one recording.
fn recorded(directory: &Path, resource: &Resource) -> Members {
    documents(directory, resource).flat_map(|document| of_items(&document, resource.item)).collect()
}

fn of_items(document: &Element, item: &str) -> Members {
    if document.name == item {
        return members(document);
    }
    document.children(item).flat_map(members).collect()
}

/// Members of the resource in all recordings of the generation.
fn known(directory: &Path, resource: &Resource, generation: &str) -> Members {
    let all = wire::files(directory.parent().unwrap(), |name| name.starts_with(generation));
    all.iter().flat_map(|directory| recorded(directory, resource)).collect()
}

/// Whether the schema has every name of the path.
fn in_schema(directory: &Path, generation: &str, path: &str) -> bool {
    let names = schema_names(&directory.parent().unwrap().join("schema"), generation);
    let plain = path.split('[').next().unwrap_or(path);
    plain.split(['/', '@']).filter(|name| !name.is_empty()).all(|name| names.contains(name))
}

/// Every name that the schema of the generation has.
fn schema_names(schema: &Path, generation: &str) -> BTreeSet<String> {
    let read = |name: &str| std::fs::read_to_string(schema.join(name)).unwrap();
    if generation == "v3-" {
        return read("v3-api.xsd").split('"').skip(1).step_by(2).map(str::to_owned).collect();
    }
    let columns = [read("v4-types.tsv"), read("v4-tags.tsv")];
    let names = columns.iter().flat_map(|table| table.lines()).filter_map(|line| line.split('\t').nth(1));
    names.map(str::to_owned).collect()
}
