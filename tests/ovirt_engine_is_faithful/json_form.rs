//! The JSON that a real 4.4 engine wrote, beside what the imitated one makes of the same resource's XML.

use serde_json::Value;

use crate::ovirt_engine::json;
use crate::wire;

/// Recordings whose JSON was changed by hand: a wrapper around it, ids that differ, or no JSON at all.
const CHANGED_BY_HAND: [&str; 9] = [
    "get_hosts.",
    "get_hosts_ID.",
    "get_storagedomains_ID.",
    "get_vnicprofiles_ID.",
    "get_vms_VM2.",
    "get_vms_VM1_diskattachments.",
    "get_vms_VM1_nics.",
    "get_vms_VM2_diskattachments.",
    "get_vms_VM2_nics.",
];

#[test]
fn is_made_from_xml_as_the_engine_makes_it() {
    let Some(directory) = wire::directory("v4-ovirt-4.4.10") else { return };
    let usable =
        |name: &str| name.ends_with(".xml") && !CHANGED_BY_HAND.iter().any(|start| name.starts_with(start));
    let mut complaints = Vec::new();
    for xml in wire::files(&directory, usable) {
        let text = std::fs::read_to_string(xml.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let (_, found) = json::from_xml(&std::fs::read_to_string(&xml).unwrap()).unwrap();
        let name = xml.file_name().unwrap().to_string_lossy().into_owned();
        differences(&expected, &found, &name, &mut complaints);
    }
    // The two exports list the snapshots of a machine in different orders.
    complaints.retain(|complaint| !complaint.contains("/snapshots/snapshot[]/"));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Where the two have not the same members or kinds of values; texts may differ, the two were exported apart.
fn differences(expected: &Value, found: &Value, path: &str, complaints: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for key in expected.keys().chain(found.keys().filter(|key| !expected.contains_key(*key))) {
                match (expected.get(key), found.get(key)) {
                    (Some(expected), Some(found)) => {
                        differences(expected, found, &format!("{path}/{key}"), complaints);
                    }
                    (expected, _) => {
                        complaints.push(format!("{path}/{key}: recorded {}", expected.is_some()))
                    }
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            for (expected, found) in expected.iter().zip(found) {
                differences(expected, found, &format!("{path}[]"), complaints);
            }
        }
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_)) => {}
        _ => complaints.push(format!("{path}: {expected} was recorded, {found} is made")),
    }
}
