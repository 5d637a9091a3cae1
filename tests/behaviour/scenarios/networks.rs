//! Networks and their parts.

use deltagate::model::{Id, Kind, NetworkSpec, Operation, Spec, SubnetSpec, Verb};

use super::{all_of, create, is_missing};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Network), all_of!(Subnet)],
    play: |world| {
        let spec = NetworkSpec {
            name: Some("behaviour-network".to_owned()),
            address_block: Some("10.77.0.0/16".to_owned()),
        };
        let network = create(world, Spec::Network(spec));
        world.until(Kind::Network, &network.id, |shown| shown.state == "up");
        let spec = SubnetSpec {
            network: Id::from(network.id.as_str()),
            address_block: "10.77.1.0/24".to_owned(),
            name: Some("behaviour-subnet".to_owned()),
        };
        let subnet = create(world, Spec::Subnet(spec.clone()));
        assert_eq!(world.find(Kind::Subnet, &subnet.id).unwrap().more("network"), network.id);
        let nowhere = SubnetSpec { network: Id::from("nosuch"), ..spec };
        let nowhere = world.try_it(&Operation::Create(Box::new(Spec::Subnet(nowhere))));
        assert!(matches!(nowhere, Err(Refused::Missing | Refused::Invalid(_))), "{nowhere:?}");
        world.destroy(Kind::Subnet, &subnet.id);
        world.destroy(Kind::Network, &network.id);
        is_missing(world, Kind::Network, true);
        is_missing(world, Kind::Subnet, true);
    },
};
