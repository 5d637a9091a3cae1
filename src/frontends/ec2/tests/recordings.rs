//! Held against recordings of what real clients sent, and of what they were satisfied with.

use std::{collections::BTreeSet, fs, path::PathBuf};

use super::*;
use crate::{frontends::ec2::actions, model::Note};

/// The paths of `name[name[..] name{..}]`, lists with their `item`.
fn paths(tree: &str) -> BTreeSet<String> {
    let (mut above, mut found, mut name) = (Vec::new(), BTreeSet::new(), String::new());
    for character in tree.chars().chain([' ']) {
        match character {
            '[' | '{' | ']' | '}' | ' ' => {
                if !name.is_empty() {
                    let depth: String = above.iter().map(|name| format!("/{name}")).collect();
                    found.insert(format!("{depth}/{name}"));
                }
                match character {
                    '[' => above.push(format!("{name}/item")),
                    '{' => above.push(name.clone()),
                    ']' | '}' => drop(above.pop()),
                    _ => {}
                }
                name.clear();
            }
            letter => name.push(letter),
        }
    }
    found
}

/// The paths of the elements below the root of a document.
fn elements(document: &str) -> BTreeSet<String> {
    let (mut above, mut found) = (Vec::new(), BTreeSet::new());
    for tag in document.split('<').skip(1) {
        let name = tag.split(['>', ' ']).next().unwrap();
        if name.starts_with('?') {
            continue;
        }
        if name.starts_with('/') {
            above.pop();
            continue;
        }
        let (name, empty) = name.strip_suffix('/').map_or((name, false), |name| (name, true));
        above.push(name);
        found.insert(format!("/{}", above.get(1..).unwrap_or_default().join("/")));
        if empty {
            above.pop();
        }
    }
    found
}

#[test]
fn paths_are_found() {
    let expected = BTreeSet::from(["/a", "/a/item/b", "/a/item/b/c", "/d"].map(str::to_owned));
    assert_eq!(paths("a[b{c}] d"), expected);
    let document = "<?xml version=\"1.0\"?><R><a><item><b><c>1</c></b></item></a><d/></R>";
    assert!(elements(document).is_superset(&expected));
}

/// The recordings of what real clients sent and need; none where they are not at hand.
pub(super) fn wire() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let directory = std::env::var_os("DELTAGATE_WIRE").map_or_else(beside, PathBuf::from).join("ec2");
    if directory.is_dir() {
        return Some(directory);
    }
    println!("skipped: no recordings at {}", directory.display());
    None
}

pub(super) fn recorded(directory: PathBuf, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            recorded(path, found);
        } else if path.extension().is_some_and(|extension| extension == "http") {
            found.push(path);
        }
    }
}

pub(super) fn parse(raw: &[u8]) -> Request<Bytes> {
    let raw = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let (head, body) = raw.split_once("\n\n").unwrap_or((&raw, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let mut request = Request::builder().method(words.next().unwrap()).uri(words.next().unwrap());
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        request = request.header(name.trim(), value.trim());
    }
    request.body(Bytes::from(body.to_owned())).unwrap()
}

/// Recorded requests that are wrong, on purpose or here, and the code that each gets.
const REFUSED: [(&str, &str); 6] = [
    ("&InstanceType.Value=", "UnsupportedOperation"),
    ("&GroupId.1=sg-", "UnsupportedOperation"),
    ("&SourceDestCheck.Value=false", "UnsupportedOperation"),
    ("NextToken=", "InvalidParameterValue"),
    ("Hibernate=true", "UnsupportedOperation"),
    ("KeyType=ed25519", "UnsupportedOperation"),
];

#[test]
fn every_recorded_request_of_these_actions_is_understood() {
    let Some(directory) = wire() else { return };
    let mut files = Vec::new();
    recorded(directory.join("requests"), &mut files);
    let known: BTreeSet<_> = actions().map(|(name, _)| name).collect();
    let mut understood = 0;
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Some(action) = name.split('-').nth(1).filter(|action| known.contains(action)) else { continue };
        let request = parse(&fs::read(&file).unwrap());
        let reply = call_of(&request, IdForm::Opaque).err();
        let code = reply.as_ref().map(|reply| reply.outcome);
        let sent = text(&[request.uri().query().unwrap_or_default().as_bytes(), request.body()].concat());
        let is_refused = |&&(part, _): &&(&str, _)| {
            sent.contains(part) && (!part.starts_with('&') || action == "ModifyInstanceAttribute")
        };
        let refused = REFUSED.iter().find(is_refused);
        let expected = refused.map(|(_, code)| *code);
        assert_eq!(code, expected, "{action} {}: {:?}", file.display(), reply.map(|reply| text(&reply.body)));
        understood += 1;
    }
    assert!(understood > 100, "only {understood} recorded requests");
    println!("{understood} recorded requests");
}

/// What is told of an instance when each of these attributes is asked for: an answer has one of them.
fn every_attribute(wanted: &BTreeSet<String>, resources: &[Resource<'_>]) -> BTreeSet<String> {
    let names = wanted.iter().filter_map(|path| path.strip_prefix('/')).filter(|name| !name.contains('/'));
    let names = names.filter(|name| !["requestId", "instanceId"].contains(name));
    let ask = |name| call(&format!("Action=DescribeInstanceAttribute&InstanceId=i-{B}&Attribute={name}"));
    names.flat_map(|name| elements(&answer(ask(name), resources).unwrap())).collect()
}

/// What clients were seen to be satisfied with and is not here: the groups around an instance are shown on it, without
/// their names, and not on its interfaces; and an image's disks are not known.
const ABSENT: [&str; 5] = [
    "groupSet/item/groupId",
    "groupSet/item/groupName",
    "ebs/snapshotId",
    "ebs/volumeSize",
    "ebs/volumeType",
];
/// What of an action clients were seen to be satisfied with and do not need: the public key of a pair is told
/// to those who ask for it, and what is destroyed is not told about.
const ABSENT_OF: [(&str, &str); 23] = [
    ("DescribeVolumesModifications", ""),
    ("DescribeVpcAttribute", "/enableDnsHostnames/value"),
    ("DescribeVpcAttribute", "/enableDnsHostnames"),
    ("DescribeImageAttribute", "/productCodes"),
    ("CreateKeyPair", "/tagSet/item/key"),
    ("CreateKeyPair", "/tagSet/item/value"),
    ("DeleteKeyPair", "/keyPairId"),
    ("DescribeKeyPairs", "/publicKey"),
    ("DescribeKeyPairs", "/tagSet/item/key"),
    ("DescribeKeyPairs", "/tagSet/item/value"),
    ("DescribeSubnets", "/availableIpAddressCount"),
    ("DescribeSecurityGroups", "/ipRanges/item/description"),
    ("DescribeSecurityGroups", "/ipPermissionsEgress/item/fromPort"),
    ("DescribeSecurityGroups", "/ipPermissionsEgress/item/toPort"),
    ("AuthorizeSecurityGroupIngress", "/securityGroupRuleSet"),
    ("AuthorizeSecurityGroupIngress", "/item/securityGroupRuleId"),
    ("AuthorizeSecurityGroupIngress", "/item/groupId"),
    ("AuthorizeSecurityGroupIngress", "/item/groupOwnerId"),
    ("AuthorizeSecurityGroupIngress", "/item/isEgress"),
    ("AuthorizeSecurityGroupIngress", "/item/ipProtocol"),
    ("AuthorizeSecurityGroupIngress", "/item/fromPort"),
    ("AuthorizeSecurityGroupIngress", "/item/toPort"),
    ("AuthorizeSecurityGroupIngress", "/item/cidrIpv4"),
];
/// The actions that no client was seen to be satisfied with.
const UNSEEN: [&str; 12] = [
    "DeleteNetworkInterface",
    "DescribeIamInstanceProfileAssociations",
    "DescribeInstanceCreditSpecifications",
    "AllocateAddress",
    "ReleaseAddress",
    "AssociateAddress",
    "DisassociateAddress",
    "CreateVpc",
    "DeleteVpc",
    "CreateSubnet",
    "DeleteSubnet",
    "GetSessionToken",
];
/// The same, where only a page that is not the last or an instance that does not run has it.
const ELSEWHERE: [&str; 4] = ["/nextToken", "/stateReason", "/stateReason/code", "/stateReason/message"];

#[test]
fn answers_have_what_clients_were_satisfied_with() {
    let Some(directory) = wire() else { return };
    let emitted = fs::read_to_string(directory.join("emitted-fields.txt")).unwrap();
    let rows = rows();
    let mut compared = 0;
    for (action, tree) in emitted.lines().filter_map(|line| line.split_once(": ")) {
        let Some((_, parameters, _)) = rows.iter().find(|row| row.0 == action) else { continue };
        let call = call(&format!("Action={action}&{parameters}"));
        let kind = call.operation.as_ref().map_or(Kind::Realm, |operation| operation.pair().1);
        let mut resources = of_kind(kind);
        resources.push(Resource::Instance(instance(B)));
        let mut shown = elements(&answer(call, &resources).unwrap());
        if action == "DescribeInstanceAttribute" {
            let note = Note { user_data: Some(b"#!/bin/sh".to_vec()), ..Note::default() };
            let told = Instance { note: Some(note.into()), ..instance(B) };
            shown.extend(every_attribute(&paths(tree.trim()), &[Resource::Instance(told)]));
        }
        let missing: Vec<_> = paths(tree.trim())
            .difference(&shown)
            .filter(|path| !ABSENT_OF.iter().any(|(of, known)| *of == action && path.ends_with(known)))
            .filter(|path| !ABSENT.iter().chain(&ELSEWHERE).any(|known| path.ends_with(known)))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "{action} lacks {missing:?}");
        compared += 1;
    }
    assert!(UNSEEN.iter().all(|action| rows.iter().any(|row| row.0 == *action)));
    assert_eq!(compared + UNSEEN.len(), rows.len());
}
