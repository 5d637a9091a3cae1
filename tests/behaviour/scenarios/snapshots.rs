//! Snapshots: made of a volume, and destroyed.

use deltagate::model::{Change, Id, Kind, Operation, SnapshotSpec, Spec, Verb, VolumeSpec};

use super::{INSTANCE, all_of, create, destroy_instance, instance, is_missing};
use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Snapshot), all_of!(Volume), &[(Verb::Change, Kind::Volume)], INSTANCE],
    play: |world| {
        let spec =
            VolumeSpec { name: Some("original".to_owned()), size: Some(1 << 30), ..VolumeSpec::default() };
        let volume = create(world, Spec::Volume(spec));
        world.until(Kind::Volume, &volume.id, |shown| shown.state == "available");
        // Some clouds make snapshots of an instance's disks alone.
        let host = instance(world, "keeper");
        let attach = Change::Attach { instance: Id::from(host.id.as_str()), device: None };
        world.perform(&Operation::Change(Id::from(volume.id.as_str()), attach));
        world.until(Kind::Volume, &volume.id, |shown| shown.state == "in-use");

        let spec = SnapshotSpec {
            volume: Id::from(volume.id.as_str()),
            name: Some("behaviour-snapshot".to_owned()),
            description: None,
        };
        let made = create(world, Spec::Snapshot(spec));
        let shown = world.until(Kind::Snapshot, &made.id, |shown| !matches!(shown.state.as_str(), "pending"));
        assert_eq!(shown.more("volume"), volume.id);
        assert!(world.list(Kind::Snapshot).iter().any(|snapshot| snapshot.id == made.id));
        world.destroy(Kind::Snapshot, &made.id);

        world.until(Kind::Volume, &volume.id, |shown| shown.state == "in-use");
        world.perform(&Operation::Change(Id::from(volume.id.as_str()), Change::Detach));
        world.until(Kind::Volume, &volume.id, |shown| shown.state == "available");
        world.destroy(Kind::Volume, &volume.id);
        destroy_instance(world, &host.id);
        is_missing(world, Kind::Snapshot, true);
    },
};
