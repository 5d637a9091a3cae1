//! Disks, networks, interfaces, storage domains and statistics as engines really wrote them.

use std::path::Path;

use jiff::Timestamp;

use super::{
    super::{instances::nic, metrics, networks, places::items, storage, volumes},
    node::{Node, word},
    recordings,
};
use crate::{
    model::{NetworkState, VolumeState},
    wire::xml::{self, Element, Malformed},
};

/// Reads every item of the recordings whose root is this list, and compares each with what the slow reader sees; how many
/// there were.
fn each_of(
    list: &str,
    item: &str,
    compare: &mut dyn FnMut(&mut Element<'_>, &Node, &Path) -> Result<(), Malformed>,
) -> Option<usize> {
    let mut read = 0;
    for (path, text) in recordings(&[list])? {
        let root = Node::parse(&text);
        let mut nodes = root.all(item);
        let each = |element: &mut Element<'_>| {
            read += 1;
            compare(element, nodes.next().unwrap(), &path)
        };
        xml::document(text.as_bytes(), |root| items(root, list, item, each)).unwrap();
        assert!(nodes.next().is_none(), "{}", path.display());
    }
    Some(read)
}

#[test]
fn every_recorded_disk_is_read() {
    let read = each_of("disks", "disk", &mut |element, node, path| {
        let at = path.display();
        let disk = volumes::disk(element)?;
        assert_eq!(Some(&*disk.volume.id), node.attribute("id"), "{at}");
        assert_eq!(Some(&*disk.volume.name), node.text_at(&["name"]), "{at}");
        let size = node.text_at(&["provisioned_size"]).or(node.text_at(&["size"]));
        assert_eq!(disk.volume.size, size.map(|size| size.parse().unwrap()), "{at}");
        assert_eq!(disk.image.as_deref(), node.text_at(&["image_id"]), "{at}");
        let sound = ["ok", "locked"].contains(&word(node)) || node.at(&["status"]).is_none();
        assert_eq!(disk.volume.state != VolumeState::Error, sound, "{at}: {}", word(node));
        Ok(())
    });
    assert!(read.is_none_or(|read| read > 100), "only {read:?} disks");
}

#[test]
fn every_recorded_network_is_read() {
    for (list, item, most) in [("networks", "network", 20), ("vnic_profiles", "vnic_profile", 10)] {
        let read = each_of(list, item, &mut |element, node, path| {
            let at = path.display();
            let found = networks::read(element)?;
            assert_eq!(Some(&*found.network.id), node.attribute("id"), "{at}");
            assert_eq!(Some(&*found.network.name), node.text_at(&["name"]), "{at}");
            assert_eq!(found.data_center.as_deref(), node.id_at(&["data_center"]), "{at}");
            assert_eq!(found.logical.as_deref(), node.id_at(&["network"]), "{at}");
            let up = node.at(&["status"]).is_none() || word(node) == "operational";
            assert_eq!(found.network.state == NetworkState::Up, up, "{at}");
            Ok(())
        });
        assert!(read.is_none_or(|read| read > most), "only {read:?} {list}");
    }
}

#[test]
fn every_recorded_interface_is_read() {
    let read = each_of("nics", "nic", &mut |element, node, path| {
        let at = path.display();
        let interface = nic(element)?;
        assert_eq!(Some(&*interface.id), node.attribute("id"), "{at}");
        assert_eq!(Some(&*interface.name), node.text_at(&["name"]), "{at}");
        let network = node.id_at(&["vnic_profile"]).or(node.id_at(&["network"]));
        assert_eq!(interface.network.as_deref(), network, "{at}");
        Ok(())
    });
    assert!(read.is_none_or(|read| read > 20), "only {read:?} interfaces");
}

#[test]
fn every_recorded_storage_domain_is_read() {
    let read = each_of("storage_domains", "storage_domain", &mut |element, node, path| {
        let at = path.display();
        let domain = storage::domain(element)?;
        assert_eq!(Some(domain.id.as_str()), node.attribute("id"), "{at}");
        let kind = node.text_at(&["storage", "type"]).unwrap_or_default();
        assert_eq!(domain.is_block, ["iscsi", "fcp"].contains(&kind), "{at}");
        let taking = word(node) == "active" && node.text_at(&["type"]) == Some("data");
        assert_eq!(domain.takes_disks(), taking, "{at}");
        Ok(())
    });
    assert!(read.is_none_or(|read| read > 50), "only {read:?} storage domains");
}

#[test]
fn every_recorded_statistic_is_read() {
    let Some(files) = recordings(&["statistics"]) else { return };
    let mut read = 0;
    for (path, text) in &files {
        let series = xml::document(text.as_bytes(), |root| metrics::series(root, Timestamp::UNIX_EPOCH));
        let root = Node::parse(text);
        for series in series.unwrap() {
            let named = |node: &&Node| {
                let name = node.text_at(&["name"]);
                name == Some(&series.name)
            };
            let node = root.all("statistic").find(named).unwrap();
            let value = node.text_at(&["values", "value", "datum"]).unwrap();
            let sample = series.samples.first().unwrap();
            assert_eq!(Some(sample.average), value.parse().ok(), "{} {}", path.display(), series.name);
            read += 1;
        }
    }
    assert!(read > 100, "only {read} statistics in {} files", files.len());
}
