//! Realms, hardware profiles and images: what an instance is made in, with and from.

use deltagate::model::{Filter, Id, Kind, Operation, Verb};

use super::is_missing;
use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[&[
        (Verb::List, Kind::Realm),
        (Verb::Show, Kind::Realm),
        (Verb::List, Kind::HardwareProfile),
        (Verb::Show, Kind::HardwareProfile),
        (Verb::List, Kind::Image),
        (Verb::Show, Kind::Image),
    ]],
    play: |world| {
        for kind in [Kind::Realm, Kind::HardwareProfile, Kind::Image] {
            let all = world.list(kind);
            assert!(!all.is_empty(), "there is no {kind}");
            for thing in &all {
                assert!(!thing.id.is_empty(), "{thing:?}");
                let shown = world.find(kind, &thing.id).expect("what is listed can be shown");
                assert_eq!((&shown.id, &shown.name), (&thing.id, &thing.name));
            }
            let first = Id::from(all[0].id.as_str());
            let filter = Filter { ids: vec![first], ..Filter::default() };
            assert!(world.perform(&Operation::List(kind, filter)).iter().any(|thing| thing.id == all[0].id));
            is_missing(world, kind, false);
        }
    },
};
