//! The volumes that servers are made with, as Nova's block device mapping says it.
//!
//! **Invariant:** a mapping has what the server boots from as its first row: Nova wants it to be said as soon as there
//! is a mapping, even of a server whose disk is the hypervisor's own.

use serde_json::{Value, json};

use super::super::{
    call::Object,
    hardware_profiles::Flavor,
    read::{gib, uuid},
};
use crate::model::{DiskContent, DiskSpec, Error, ErrorKind, Id, InstanceSpec, Kind};

/// Whether the servers have no disk but volumes: it is then no image that they are made of, for Nova.
pub(super) fn are_of_volumes_alone(spec: &InstanceSpec) -> bool {
    spec.storage.is_some() || spec.boot_disk().is_some()
}

/// The snapshots that the volumes are made of.
pub(super) fn snapshots(spec: &InstanceSpec) -> impl Iterator<Item = &Id> {
    spec.disks.iter().filter_map(|disk| match &disk.content {
        DiskContent::Snapshot(id) => Some(id),
        DiskContent::Image | DiskContent::Nothing => None,
    })
}

/// What is ordered besides the image's disk, or in its place; none when nothing is.
///
/// # Errors
/// `NotFound` about a snapshot, `Invalid` when a volume has no size, and neither has what it is made of.
pub(super) fn mapping(spec: &InstanceSpec, image: &str, flavor: &Flavor) -> Result<Option<Value>, Error> {
    let boot = match (spec.boot_disk(), spec.storage) {
        (Some(disk), storage) => {
            let size = disk.size.or(storage).or_else(|| flavor.disk()).ok_or_else(no_size)?;
            boot_volume(image, size, disk.delete_on_termination)
        }
        (None, Some(size)) => boot_volume(image, size, true),
        (None, None) if spec.disks.is_empty() => return Ok(None),
        (None, None) => own_disk(image),
    };
    let volumes = spec.disks.iter().filter(|disk| disk.content != DiskContent::Image).map(volume);
    std::iter::once(Ok(boot)).chain(volumes).collect::<Result<Value, _>>().map(Some)
}

/// The disk of the hypervisor's own that a server has without a mapping.
fn own_disk(image: &str) -> Value {
    json!({
        "boot_index": 0,
        "uuid": image,
        "source_type": "image",
        "destination_type": "local",
        "delete_on_termination": true,
    })
}

/// A volume of that size that holds the image.
fn boot_volume(image: &str, bytes: u64, delete_on_termination: bool) -> Value {
    json!({
        "boot_index": 0,
        "uuid": image,
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": gib(bytes).max(1),
        "delete_on_termination": delete_on_termination,
    })
}

/// A volume that the server does not boot from.
fn volume(disk: &DiskSpec) -> Result<Value, Error> {
    let (source, snapshot) = match &disk.content {
        DiskContent::Snapshot(id) => {
            let missing = || Error::not_found(Kind::Snapshot, id.as_str());
            ("snapshot", Some(uuid(id.as_str()).ok_or_else(missing)?))
        }
        DiskContent::Nothing | DiskContent::Image => ("blank", None),
    };
    if snapshot.is_none() && disk.size.is_none() {
        return Err(no_size());
    }
    let row = Object::default()
        .with("boot_index", -1)
        .with("source_type", source)
        .with("destination_type", "volume")
        .with("delete_on_termination", disk.delete_on_termination)
        .maybe("uuid", snapshot)
        .maybe("volume_size", disk.size.map(|bytes| gib(bytes).max(1)))
        .maybe("device_name", disk.device.as_deref());
    Ok(row.into())
}

fn no_size() -> Error {
    Error::new(ErrorKind::Invalid, "a volume that an instance is made with has no size: say it")
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str = "fd8bc232-f26c-453e-aa81-10285eff27a3";
    const SNAPSHOT: &str = "bd6a452b-83ea-4bfd-9492-47f98c7aff2d";

    fn disk(content: DiskContent, gibibytes: Option<u64>) -> DiskSpec {
        DiskSpec {
            content,
            size: gibibytes.map(|size| size << 30),
            device: None,
            delete_on_termination: false,
        }
    }

    fn mapped(storage: Option<u64>, disks: Vec<DiskSpec>, flavor: u64) -> Result<Option<Value>, ErrorKind> {
        let spec = InstanceSpec { storage, disks, ..InstanceSpec::new(IMAGE) };
        mapping(&spec, IMAGE, &Flavor::with_disk(flavor)).map_err(|error| error.kind())
    }

    #[test]
    fn nothing_is_mapped_of_which_nothing_is_said() {
        assert_eq!(mapped(None, Vec::new(), 1), Ok(None));
    }

    #[test]
    fn a_server_boots_from_a_volume_of_the_size_that_is_said_nearest() {
        let boot = |size: u64, goes: bool| json!([boot_volume(IMAGE, size << 30, goes)]);
        for (storage, disk_size, flavor, expected) in [
            (Some(3 << 30), None, 9, Ok(Some(boot(3, true)))),
            (Some(3 << 30), Some(Some(5)), 9, Ok(Some(boot(5, false)))),
            (Some(1), Some(None), 9, Ok(Some(boot(1, false)))),
            (None, Some(None), 9, Ok(Some(boot(9, false)))),
            (None, Some(None), 0, Err(ErrorKind::Invalid)),
        ] {
            let disks = disk_size.into_iter().map(|size| disk(DiskContent::Image, size)).collect();
            assert_eq!(mapped(storage, disks, flavor), expected);
        }
    }

    #[test]
    fn further_volumes_come_after_what_is_booted_from() {
        let blank = DiskSpec {
            device: Some("/dev/sdb".to_owned()),
            delete_on_termination: true,
            ..disk(DiskContent::Nothing, Some(2))
        };
        let snapshot = disk(DiskContent::Snapshot(SNAPSHOT.into()), None);
        let expected = json!([
            own_disk(IMAGE),
            {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 2,
             "delete_on_termination": true, "device_name": "/dev/sdb"},
            {"boot_index": -1, "source_type": "snapshot", "destination_type": "volume", "uuid": SNAPSHOT,
             "delete_on_termination": false},
        ]);
        assert_eq!(mapped(None, vec![blank, snapshot], 1), Ok(Some(expected)));
    }

    #[test]
    fn what_cannot_be_made_is_not_ordered() {
        let nameless = disk(DiskContent::Snapshot("../x".into()), None);
        assert_eq!(mapped(None, vec![nameless], 1), Err(ErrorKind::NotFound));
        assert_eq!(mapped(None, vec![disk(DiskContent::Nothing, None)], 1), Err(ErrorKind::Invalid));
    }
}
