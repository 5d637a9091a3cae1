//! Volumes: made, attached, detached and destroyed.

use deltagate::model::{Change, Id, Kind, Operation, Spec, Verb, VolumeSpec};

use super::{INSTANCE, all_of, create, destroy_instance, instance, is_missing};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Volume), &[(Verb::Change, Kind::Volume)], INSTANCE],
    play: |world| {
        let spec = VolumeSpec {
            name: Some("behaviour-volume".to_owned()),
            size: Some(2 << 30),
            ..VolumeSpec::default()
        };
        let made = create(world, Spec::Volume(spec));
        let free = world.until(Kind::Volume, &made.id, |shown| shown.state == "available");
        assert_eq!((free.name.as_str(), free.more("capacity")), ("behaviour-volume", "2"));
        assert_eq!(free.more("instance"), "");
        assert!(world.list(Kind::Volume).iter().any(|volume| volume.id == made.id));

        let host = instance(world, "host");
        let volume = || Id::from(made.id.as_str());
        let attach = |instance: &str| {
            let change = Change::Attach { instance: Id::from(instance), device: Some("/dev/sdc".to_owned()) };
            Operation::Change(volume(), change)
        };
        world.perform(&attach(&host.id));
        let used = world.until(Kind::Volume, &made.id, |shown| shown.state == "in-use");
        assert_eq!(used.more("instance"), host.id);
        let seen = world.find(Kind::Instance, &host.id).unwrap();
        assert!(seen.more("volumes").split(' ').any(|id| id == made.id), "{seen:?}");
        let destroyed = world.try_it(&Operation::Destroy(Kind::Volume, vec![volume()]));
        assert!(matches!(destroyed, Err(Refused::Conflict(_))), "{destroyed:?}");
        world.perform(&Operation::Change(volume(), Change::Detach));
        world.until(Kind::Volume, &made.id, |shown| shown.state == "available");
        let missing = world.try_it(&attach("00000000-0000-4000-8000-00000000dead"));
        assert!(matches!(missing, Err(Refused::Missing | Refused::Invalid(_))), "{missing:?}");
        destroy_instance(world, &host.id);
        world.destroy(Kind::Volume, &made.id);
        is_missing(world, Kind::Volume, true);
    },
};
