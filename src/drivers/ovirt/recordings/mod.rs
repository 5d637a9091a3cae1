//! What engines really answered, read by the driver's decoders and, beside them, by a slow reader of another make.

mod devices;
mod node;

use std::{env, fs, path::PathBuf};

use node::{Node, count, word};

use super::{
    faults,
    hardware_profiles::InstanceTypes,
    images,
    instances::vm,
    places::{self, items},
    read::cpu,
    states,
};
use crate::{
    model::{ErrorKind, Flow, Instance, InstanceState, Resource},
    wire::{Decode, xml},
};

/// Every refusal, by its status and in whatever form it came.
#[test]
fn every_recorded_refusal_is_judged() {
    let Some(directories) = directories() else { return };
    let mut judged = 0;
    for path in directories.iter().flat_map(|directory| fs::read_dir(directory).unwrap()) {
        let path = path.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if path.extension().is_none_or(|extension| extension != "http") {
            continue;
        }
        let Some((request, response)) = text.split_once("--- response ---\n") else { continue };
        let status: u16 = response.split_whitespace().next().unwrap().parse().unwrap();
        if status < 400 {
            continue;
        }
        let body = ["xml", "html"].iter().find_map(|extension| fs::read(path.with_extension(extension)).ok());
        let answer = http::Response::builder().status(status).body(body.unwrap_or_default().into()).unwrap();
        let error = faults::error(&answer);
        let at = format!("{}: {error}", path.display());
        let expected = match status {
            400 if request.contains("DELETE") => vec![ErrorKind::IncorrectState],
            400 => vec![ErrorKind::Invalid, ErrorKind::NotFound],
            401 => vec![ErrorKind::Unauthenticated],
            404 => vec![ErrorKind::NotFound],
            409 => vec![ErrorKind::IncorrectState, ErrorKind::Busy],
            _server => vec![ErrorKind::Unexpected, ErrorKind::Unreachable],
        };
        assert!(expected.contains(&error.kind()), "{at}");
        assert!(!error.message().contains(['<', '[', ']']), "{at}");
        judged += 1;
    }
    assert!(judged > 5, "only {judged} refusals");
}

/// The folders of engines whose answers the driver may meet; none when the recordings are not there.
fn directories() -> Option<Vec<PathBuf>> {
    let wire = env::var_os("DELTAGATE_WIRE").map(PathBuf::from);
    let wire = wire
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wire"))
        .join("ovirt");
    let Ok(entries) = fs::read_dir(&wire) else {
        eprintln!("skipped: there are no recordings at {}", wire.display());
        return None;
    };
    let directories = entries.map(|entry| entry.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        path.is_dir() && ["v3-", "v4-", "fog-"].iter().any(|prefix| name.starts_with(prefix))
    });
    Some(directories.collect())
}

/// All recordings whose root has one of these names, with their text; none when the recordings are not there.
fn recordings(roots: &[&str]) -> Option<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for directory in directories()? {
        for file in fs::read_dir(&directory).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "xml") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let is_wanted = |root: &&&str| {
                let body = text.split_once("?>").map_or(text.as_str(), |(_, body)| body).trim_start();
                let rest = body.strip_prefix('<').and_then(|rest| rest.strip_prefix(**root));
                rest.is_some_and(|rest| rest.starts_with([' ', '>', '/', '\n']))
            };
            if roots.iter().any(|root| is_wanted(&root)) {
                found.push((path, text));
            }
        }
    }
    Some(found)
}

/// Every VM, as both readers see it, from lists and alone, fed in small chunks.
#[test]
fn every_recorded_vm_is_read() {
    let Some(files) = recordings(&["vm", "vms"]) else { return };
    let mut read = 0;
    for (path, text) in &files {
        let root = Node::parse(text);
        let nodes: Vec<&Node> = if root.name == "vm" { vec![&root] } else { root.all("vm").collect() };
        let mut found: Vec<Instance<'static>> = Vec::new();
        let mut sink = |resource: &Resource<'_>| {
            let Resource::Instance(instance) = resource else { panic!("{resource:?}") };
            found.push(instance.clone().into_owned());
            Ok(Flow::More)
        };
        let convert = |element: &mut xml::Element<'_>, sink: &mut dyn crate::model::Sink| {
            sink.put(&Resource::Instance(vm(element)?.named(&Default::default()).instance))
        };
        let mut decode: Box<dyn Decode> = if root.name == "vm" {
            Box::new(xml::one("vm", convert))
        } else {
            Box::new(xml::each("vms", "vm", convert))
        };
        for chunk in text.as_bytes().chunks(97) {
            decode.feed(chunk, &mut sink).unwrap();
        }
        decode.finish(&mut sink).unwrap();
        drop(decode);
        assert_eq!(found.len(), nodes.len(), "{}", path.display());
        for (instance, node) in found.iter().zip(nodes) {
            same_vm(instance, node, path);
            read += 1;
        }
    }
    assert!(read > 100, "only {read} VMs in {} files", files.len());
}

fn same_vm(instance: &Instance<'_>, node: &Node, path: &std::path::Path) {
    let at = format!("{} {}", path.display(), instance.id);
    assert_eq!(Some(&*instance.id), node.attribute("id"), "{at}");
    assert_eq!(Some(&*instance.name), node.text_at(&["name"]), "{at}");
    assert_eq!((instance.state, instance.health), states::vm(word(node)), "{at}");
    let stated = node.at(&["status"]).is_some();
    assert_eq!(instance.state == InstanceState::Unknown, !stated, "{at}: {}", word(node));
    assert_eq!(instance.cpus, count(node), "{at}");
    assert_eq!(instance.memory, node.text_at(&["memory"]).map(|text| text.parse().unwrap()), "{at}");
    assert_eq!(instance.realm.as_deref(), node.id_at(&["cluster"]), "{at}");
    let template = node.id_at(&["template"]);
    let image = if template == Some(images::BLANK) {
        node.id_at(&["original_template"]).or(template)
    } else {
        template
    };
    assert_eq!(instance.image.as_deref(), image, "{at}");
    assert_eq!(instance.created.is_some(), node.at(&["creation_time"]).is_some(), "{at}");
    let mut nics = Vec::new();
    if let Some(list) = node.at(&["nics"]) {
        list.descendants("nic", &mut nics);
    }
    assert_eq!(instance.interfaces.len(), nics.len(), "{at}");
    for (interface, nic) in instance.interfaces.iter().zip(nics) {
        assert_eq!(interface.mac.as_deref(), nic.at(&["mac"]).and_then(|mac| mac.either("address")), "{at}");
    }
    let attached = ["disks", "disk_attachments"].iter().filter_map(|name| node.at(&[name]));
    assert_eq!(instance.attachments.len(), attached.map(|list| list.children.len()).sum::<usize>(), "{at}");
    for ip in node.at(&["guest_info", "ips"]).map(|ips| ips.all("ip")).into_iter().flatten() {
        let address: std::net::IpAddr = ip.either("address").unwrap().parse().unwrap();
        assert!(instance.all_addresses().any(|known| known == address), "{at}: {address}");
    }
}

#[test]
fn every_recorded_template_is_read() {
    let Some(files) = recordings(&["template", "templates"]) else { return };
    let mut read = 0;
    for (path, text) in &files {
        let root = Node::parse(text);
        let nodes: Vec<&Node> =
            if root.name == "template" { vec![&root] } else { root.all("template").collect() };
        let mut nodes = nodes.into_iter();
        let mut compare = |element: &mut xml::Element<'_>| {
            let node = nodes.next().unwrap();
            let template = images::template(element)?;
            assert_eq!(Some(&*template.image.id), node.attribute("id"), "{}", path.display());
            assert_eq!(Some(&*template.image.name), node.text_at(&["name"]), "{}", path.display());
            assert_eq!(
                template.image.description,
                node.text_at(&["description"]).unwrap_or_default(),
                "{}",
                path.display()
            );
            assert_eq!(template.image.state, states::template(word(node)), "{}", path.display());
            assert_eq!(template.cluster.as_deref(), node.id_at(&["cluster"]), "{}", path.display());
            assert!(template.image.created.is_some(), "{}", path.display());
            read += 1;
            Ok(())
        };
        xml::document(text.as_bytes(), |root| match root.name() {
            "template" => compare(root),
            _list => root.children(compare),
        })
        .unwrap();
    }
    assert!(read > 50, "only {read} templates in {} files", files.len());
}

#[test]
fn every_recorded_place_is_read() {
    let Some(files) = recordings(&["data_centers", "clusters"]) else { return };
    let mut read = 0;
    for (path, text) in &files {
        let root = Node::parse(text);
        let item = if root.name == "clusters" { "cluster" } else { "data_center" };
        let nodes: Vec<&Node> = root.all(item).collect();
        let at = path.display();
        if item == "cluster" {
            let clusters =
                xml::document(text.as_bytes(), |root| items(root, root.name(), item, places::cluster))
                    .unwrap();
            assert_eq!(clusters.len(), nodes.len(), "{at}");
            for (cluster, node) in clusters.iter().zip(nodes) {
                assert_eq!(Some(cluster.id.as_str()), node.attribute("id"), "{at}");
                assert_eq!(Some(cluster.name.as_str()), node.text_at(&["name"]), "{at}");
                assert_eq!(cluster.data_center.as_deref(), node.id_at(&["data_center"]), "{at}");
                let major = node.at(&["version"]).and_then(|version| version.either("major"));
                assert_eq!(
                    cluster.version.map(|version| version.major.to_string()).as_deref(),
                    major,
                    "{at}"
                );
                read += 1;
            }
        } else {
            let centers =
                xml::document(text.as_bytes(), |root| items(root, root.name(), item, places::data_center))
                    .unwrap();
            assert_eq!(centers.len(), nodes.len(), "{at}");
            for (center, node) in centers.iter().zip(nodes) {
                assert_eq!(Some(center.id.as_str()), node.attribute("id"), "{at}");
                assert_eq!(center.up, word(node).eq_ignore_ascii_case("up"), "{at}");
                read += 1;
            }
        }
    }
    assert!(read > 20, "only {read} places in {} files", files.len());
}

#[test]
fn every_recorded_instance_type_is_read() {
    let Some(files) = recordings(&["instance_type", "instance_types"]) else { return };
    let mut read = 0;
    for (path, text) in &files {
        let root = Node::parse(text);
        let nodes: Vec<&Node> = root.all("instance_type").collect();
        let types = parse_types(text.as_bytes()).unwrap();
        for node in nodes {
            let (id, name) = (node.attribute("id").unwrap(), node.text_at(&["name"]).unwrap());
            assert_eq!(types.name(id), Some(name), "{}", path.display());
            let profile = types.profiles().into_iter().find(|profile| profile.id == name).unwrap();
            assert_eq!(profile.cpus.map(|cpus| cpus.default_value()), count(node), "{}", path.display());
            let memory = node.text_at(&["memory"]).map(|text| text.parse().unwrap());
            assert_eq!(profile.memory.map(|memory| memory.default_value()), memory, "{}", path.display());
            read += 1;
        }
    }
    assert!(read >= 5, "only {read} instance types in {} files", files.len());
}

proptest::proptest! {
    /// Whatever an engine answers, reading it gives a value or an error.
    #[test]
    fn no_bytes_panic_the_decoders(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000)) {
        read_all(&bytes);
    }

    /// The same, with what looks like a document.
    #[test]
    fn no_mangled_document_panics_the_decoders(at in 0_usize..2000, with in "[<>/\"=a-z 0-9.:-]{0,12}") {
        let mut text = SAMPLE.as_bytes().to_vec();
        let at = at.min(text.len());
        let end = (at + with.len()).min(text.len());
        text.splice(at..end, with.bytes());
        read_all(&text);
    }
}

const SAMPLE: &str = r#"<vm href="/x" id="4b4f9b94-3f85-45f3-9284-adf3deb72601"><name>a &amp; b</name>
<status><state>up</state></status><memory>4294967296</memory><cpu><topology sockets="1" cores="2"/></cpu>
<creation_time>2013-03-01T10:53:06.628-05:00</creation_time><cluster id="c"/><template id="t"/>
<nics><nic id="n"><name>nic1</name><mac><address>00:1A:4a:16:01:56</address></mac></nic></nics>
<reported_devices><reported_device><mac><address>00:1a:4a:16:01:56</address></mac>
<ips><ip><address>10.35.17.57</address></ip><ip><address>fe80::1</address></ip></ips></reported_device></reported_devices>
<disk_attachments><disk_attachment id="d"><bootable>true</bootable><disk id="d"><provisioned_size>5</provisioned_size>
</disk></disk_attachment></disk_attachments></vm>"#;

fn parse_types(bytes: &[u8]) -> Result<InstanceTypes, xml::Malformed> {
    xml::document(bytes, |root| match root.name() {
        "instance_types" => InstanceTypes::of(root),
        other => Err(xml::Malformed::new(other.to_owned())),
    })
}

fn read_all(bytes: &[u8]) {
    let _ = xml::document(bytes, |root| vm(root).map(|vm| vm.into_owned()).map(|_| ()));
    let _ = xml::document(bytes, |root| images::template(root).map(|_| ()));
    let _ = xml::document(bytes, |root| places::cluster(root).map(|_| ()));
    let _ = xml::document(bytes, |root| places::data_center(root).map(|_| ()));
    let _ = xml::document(bytes, cpu);
    let _ = parse_types(bytes);
}

#[test]
fn addresses_are_given_to_the_interface_that_has_them() {
    let vm = xml::document(SAMPLE.as_bytes(), |root| Ok(vm(root)?.into_owned())).unwrap();
    let instance = vm.named(&Default::default()).instance;
    let interface = instance.interfaces.first().unwrap();
    assert_eq!(interface.mac.as_deref(), Some("00:1a:4a:16:01:56"));
    assert_eq!(interface.addresses.as_slice(), ["10.35.17.57".parse::<std::net::IpAddr>().unwrap()]);
    assert!(instance.addresses.is_empty());
    let disk = instance.attachments.first().unwrap();
    assert_eq!((disk.volume.as_ref(), disk.size, disk.boot), ("d", Some(5), true));
}
