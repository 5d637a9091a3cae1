//! What an instance writes on its console.

use deltagate::model::{Kind, Verb};

use super::{INSTANCE, destroy_instance, instance, is_missing};
use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[&[(Verb::Show, Kind::Console)], INSTANCE],
    play: |world| {
        let host = instance(world, "talker");
        let console = world.find(Kind::Console, &host.id).expect("it has a console");
        assert_eq!(console.id, host.id);
        assert!(console.more("text").contains('\n'), "{console:?}");
        destroy_instance(world, &host.id);
        is_missing(world, Kind::Console, false);
    },
};
