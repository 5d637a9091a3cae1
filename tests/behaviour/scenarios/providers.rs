//! Providers: the parts of a cloud.

use deltagate::model::{Filter, Kind, Operation, Verb};

use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[&[(Verb::List, Kind::Provider)]],
    play: |world| {
        let providers = world.list(Kind::Provider);
        assert!(providers.iter().all(|provider| !provider.id.is_empty()), "{providers:?}");
        // Who is not known is told what the operator offers, and nothing of the cloud itself.
        let told = world.try_as(("nobody", "guessed"), &Operation::List(Kind::Provider, Filter::default()));
        assert!(providers.len() > told.unwrap().len(), "{providers:?}");
    },
};
