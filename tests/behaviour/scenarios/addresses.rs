//! Addresses: taken, led to an instance, and given back.

use deltagate::model::{Change, Id, Kind, Operation, Spec, Verb};

use super::{INSTANCE, all_of, create, destroy_instance, instance, is_missing};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Address), &[(Verb::Change, Kind::Address)], INSTANCE],
    play: |world| {
        let address = create(world, Spec::Address);
        assert!(world.list(Kind::Address).iter().any(|listed| listed.id == address.id));
        let host = instance(world, "addressed");
        let id = || Id::from(address.id.as_str());
        let change = |change| world.try_it(&Operation::Change(id(), change));
        change(Change::Associate { instance: Id::from(host.id.as_str()) }).unwrap();
        world.until(Kind::Address, &address.id, |shown| shown.more("instance") == host.id);
        let destroyed = world.try_it(&Operation::Destroy(Kind::Address, vec![id()]));
        assert!(matches!(destroyed, Err(Refused::Conflict(_))), "{destroyed:?}");
        change(Change::Disassociate).unwrap();
        world.until(Kind::Address, &address.id, |shown| shown.more("instance").is_empty());
        destroy_instance(world, &host.id);
        world.destroy(Kind::Address, &address.id);
        is_missing(world, Kind::Address, true);
    },
};
