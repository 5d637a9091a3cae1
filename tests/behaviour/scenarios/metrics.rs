//! What is measured of an instance.

use deltagate::model::{Kind, Verb};

use super::{INSTANCE, destroy_instance, instance, is_missing};
use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[&[(Verb::List, Kind::Metric), (Verb::Show, Kind::Metric)], INSTANCE],
    play: |world| {
        let host = instance(world, "measured");
        let shown = world.find(Kind::Metric, &host.id).expect("every instance is measured");
        assert_eq!(shown.id, host.id);
        assert!(world.list(Kind::Metric).iter().any(|metric| metric.id == host.id));
        destroy_instance(world, &host.id);
        is_missing(world, Kind::Metric, false);
    },
};
