//! What the block device mappings of `RunInstances` ask for.

use super::*;
use crate::model::{DiskContent, DiskSpec};

fn run(cloud: &Capabilities, mappings: &str) -> Result<Vec<DiskSpec>, &'static str> {
    let query = format!("Action=RunInstances&ImageId={B}&{mappings}");
    let call = ec2().decode(&get(&query), &arrival(), cloud).map_err(|reply| reply.outcome)?;
    let Some(Operation::Create(spec) | Operation::CreateWith(spec, _)) = call.operation else {
        panic!("it creates nothing")
    };
    let Spec::Instance(spec) = *spec else { panic!("it makes no instance") };
    Ok(spec.disks)
}

fn able() -> Capabilities {
    cloud(IdForm::Uuid)
}

fn disk(content: DiskContent, gibibytes: Option<u64>, device: Option<&str>, goes: bool) -> DiskSpec {
    let size = gibibytes.map(|size| size << 30);
    DiskSpec { content, size, device: device.map(str::to_owned), delete_on_termination: goes }
}

#[test]
fn the_root_device_becomes_a_volume_when_something_is_said_of_it() {
    let root = |size, goes| vec![disk(DiskContent::Image, size, None, goes)];
    for (mapping, expected) in [
        ("Ebs.VolumeSize=20", root(Some(20), true)),
        ("Ebs.VolumeSize=20&BlockDeviceMapping.1.Ebs.DeleteOnTermination=false", root(Some(20), false)),
        ("Ebs.DeleteOnTermination=false", root(None, false)),
        ("Ebs.DeleteOnTermination=true&BlockDeviceMapping.1.Ebs.VolumeType=gp3", Vec::new()),
        ("NoDevice=true", Vec::new()),
    ] {
        let mapping = format!("BlockDeviceMapping.1.DeviceName=/dev/sda1&BlockDeviceMapping.1.{mapping}");
        assert_eq!(run(&able(), &mapping), Ok(expected), "{mapping}");
    }
}

#[test]
fn further_devices_are_volumes_that_go_with_the_instance() {
    let mappings = format!(
        "BlockDeviceMapping.1.DeviceName=/dev/sdf&BlockDeviceMapping.1.Ebs.VolumeSize=5\
         &BlockDeviceMapping.2.DeviceName=/dev/sdg&BlockDeviceMapping.2.Ebs.SnapshotId=snap-{A}\
         &BlockDeviceMapping.2.Ebs.DeleteOnTermination=false\
         &BlockDeviceMapping.3.DeviceName=/dev/sdh&BlockDeviceMapping.3.VirtualName=ephemeral0"
    );
    let expected = vec![
        disk(DiskContent::Nothing, Some(5), Some("/dev/sdf"), true),
        disk(DiskContent::Snapshot(A.into()), None, Some("/dev/sdg"), false),
    ];
    assert_eq!(run(&able(), &mappings), Ok(expected));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (mappings, code) in [
        ("1.DeviceName=/dev/sda1&BlockDeviceMapping.1.Ebs.SnapshotId=s", "InvalidBlockDeviceMapping"),
        ("1.DeviceName=/dev/sda1&BlockDeviceMapping.1.Ebs.VolumeSize=0", "InvalidParameterValue"),
        ("1.DeviceName=/dev/sdb&BlockDeviceMapping.1.Ebs.VolumeSize=x", "InvalidParameterValue"),
        ("1.DeviceName=/dev/sdb", "MissingParameter"),
        ("1.Ebs.VolumeSize=1", "MissingParameter"),
        ("1.DeviceName=/dev/sdb&BlockDeviceMapping.1.Ebs.Encrypted=true", "UnsupportedOperation"),
        (
            "1.DeviceName=/dev/sda1&BlockDeviceMapping.1.Ebs.VolumeSize=1\
             &BlockDeviceMapping.2.DeviceName=/dev/xvda&BlockDeviceMapping.2.Ebs.VolumeSize=1",
            "InvalidBlockDeviceMapping",
        ),
    ] {
        assert_eq!(run(&able(), &format!("BlockDeviceMapping.{mappings}")), Err(code), "{mappings}");
    }
}

#[test]
fn a_cloud_that_makes_no_volumes_at_launch_has_the_images_disk_and_says_so_of_others() {
    let lacking = Capabilities { lacks: [Kind::Volume].into_iter().collect(), ..able() };
    let plain = Capabilities { features: &[], ..able() };
    for cloud in [plain, lacking] {
        let root = "BlockDeviceMapping.1.DeviceName=/dev/sda1&BlockDeviceMapping.1.Ebs";
        assert_eq!(run(&cloud, &format!("{root}.VolumeSize=20")), Ok(Vec::new()));
        assert_eq!(run(&cloud, &format!("{root}.DeleteOnTermination=false")), Err("UnsupportedOperation"));
        let other = "BlockDeviceMapping.1.DeviceName=/dev/sdb&BlockDeviceMapping.1.Ebs.VolumeSize=1";
        assert_eq!(run(&cloud, other), Err("UnsupportedOperation"));
    }
}
