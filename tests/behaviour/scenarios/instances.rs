//! The life of an instance.

use deltagate::model::{Action, Id, Kind, Operation};

use super::{INSTANCE, destroy_instance, instance, is_missing, stop};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[INSTANCE],
    play: |world| {
        let act = |action, id: &str| world.perform(&Operation::Act(action, vec![Id::from(id)]));
        let before = world.list(Kind::Instance).len();
        let made = instance(world, "behaviour");
        assert_eq!(made.name, "behaviour");
        assert!(!made.more("image").is_empty());
        assert!(
            world.list(Kind::Instance).iter().any(|listed| listed.id == made.id && listed.name == made.name)
        );
        if made.state == "stopped" {
            act(Action::Start, &made.id);
            world.until(Kind::Instance, &made.id, |shown| shown.state == "running");
        }
        act(Action::Reboot, &made.id);
        world.until(Kind::Instance, &made.id, |shown| shown.state == "running");
        stop(world, &made.id);
        act(Action::Start, &made.id);
        world.until(Kind::Instance, &made.id, |shown| shown.state == "running");
        destroy_instance(world, &made.id);
        let alive = world.list(Kind::Instance).into_iter().filter(|thing| thing.state != "terminated");
        assert_eq!(alive.count(), before);

        is_missing(world, Kind::Instance, true);
        for action in [Action::Start, Action::Stop { force: false }, Action::Reboot] {
            let ids = vec![Id::from("00000000-0000-4000-8000-00000000dead")];
            assert_eq!(world.try_it(&Operation::Act(action, ids)), Err(Refused::Missing), "{action:?}");
        }
    },
};
