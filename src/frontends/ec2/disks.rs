//! The volumes that instances are launched with (`BlockDeviceMapping` of `RunInstances`).
//!
//! The disk that an instance boots from is known by its name, whatever the client takes the root device's to be. Nothing
//! is asked of the cloud where a mapping says what an instance has anyhow.

use super::{actions::Query, errors::Fault, parameters::Parameters};
use crate::model::{DiskContent, DiskSpec, Feature, Kind, Verb};

/// A GiB, in which EC2 counts the sizes of volumes, in bytes.
const GIB: u64 = 1 << 30;
/// What the first disk of a guest is called, a partition's number left out.
const FIRST_DISKS: &[&str] = &["sda", "xvda", "vda", "hda"];

/// The volumes that are to be made with each instance.
///
/// # Errors
/// When a mapping makes no sense, or asks for what the cloud cannot do.
pub(super) fn read(query: &Query<'_>) -> Result<Vec<DiskSpec>, Fault> {
    let is_able = query.cloud.has(Feature::InstanceDisks) && query.cloud.offers(Verb::Create, Kind::Volume);
    let mut disks = Vec::new();
    for mapping in query.parameters.members("BlockDeviceMapping").filter(|mapping| asks_for_a_volume(mapping))
    {
        let device = mapping.text("DeviceName").ok_or_else(|| Fault::missing("DeviceName"))?;
        if mapping.flag("Ebs.Encrypted")? {
            return Err(query.incapable("encrypt volumes"));
        }
        if is_first(device) {
            disks.extend(root(query, mapping, is_able)?);
        } else if is_able {
            disks.push(further(query, mapping, device)?);
        } else {
            let what =
                "launch instances with volumes: leave out BlockDeviceMapping, and attach them afterwards";
            return Err(query.incapable(what));
        }
    }
    if disks.iter().filter(|disk| disk.content == DiskContent::Image).count() > 1 {
        return Err(unfit("The root device is mapped more than once"));
    }
    Ok(disks)
}

/// A disk that is left out of the image's, or is on the host of the instance, is none that there would be.
fn asks_for_a_volume(mapping: &Parameters) -> bool {
    mapping.text("NoDevice").is_none() && mapping.text("VirtualName").is_none()
}

fn is_first(device: &str) -> bool {
    let name = device.strip_prefix("/dev/").unwrap_or(device);
    FIRST_DISKS.contains(&name.trim_end_matches(|character: char| character.is_ascii_digit()))
}

/// The root device, unless it is as it would be anyhow. A cloud that has no say in its size has the image's.
fn root(query: &Query<'_>, mapping: &Parameters, is_able: bool) -> Result<Option<DiskSpec>, Fault> {
    if mapping.text("Ebs.SnapshotId").is_some() {
        return Err(unfit("snapshotId cannot be modified on root device"));
    }
    let (size, goes) = (size(mapping)?, goes(mapping)?);
    if !goes && !is_able {
        return Err(query.incapable("keep the root device of an instance: leave out DeleteOnTermination"));
    }
    let is_wanted = is_able && (size.is_some() || !goes);
    let disk = DiskSpec { content: DiskContent::Image, size, device: None, delete_on_termination: goes };
    Ok(is_wanted.then_some(disk))
}

fn further(query: &Query<'_>, mapping: &Parameters, device: &str) -> Result<DiskSpec, Fault> {
    let snapshot = mapping.text("Ebs.SnapshotId").map(|id| query.id(Kind::Snapshot, id)).transpose()?;
    let size = size(mapping)?;
    if snapshot.is_none() && size.is_none() {
        return Err(Fault::missing("VolumeSize or SnapshotId"));
    }
    Ok(DiskSpec {
        content: snapshot.map_or(DiskContent::Nothing, DiskContent::Snapshot),
        size,
        device: Some(device.to_owned()),
        delete_on_termination: goes(mapping)?,
    })
}

/// In bytes.
fn size(mapping: &Parameters) -> Result<Option<u64>, Fault> {
    match mapping.number("Ebs.VolumeSize")? {
        Some(0) => Err(Fault::invalid("Volume of 0GiB is too small; minimum is 1GiB.")),
        size => Ok(size.map(|gib| u64::from(gib) * GIB)),
    }
}

/// Whether a volume goes with its instance; one that is launched with it does unless the client says otherwise.
fn goes(mapping: &Parameters) -> Result<bool, Fault> {
    let is_said = mapping.text("Ebs.DeleteOnTermination").is_some();
    Ok(!is_said || mapping.flag("Ebs.DeleteOnTermination")?)
}

fn unfit(message: &str) -> Fault {
    Fault::bad("InvalidBlockDeviceMapping", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_disk_has_many_names() {
        for device in ["/dev/sda1", "/dev/sda", "/dev/xvda", "xvda", "/dev/vda", "vda2"] {
            assert!(is_first(device), "{device}");
        }
        for device in ["/dev/sdb", "/dev/xvdaa", "/dev/sdf1", "", "/dev/", "1"] {
            assert!(!is_first(device), "{device}");
        }
    }
}
