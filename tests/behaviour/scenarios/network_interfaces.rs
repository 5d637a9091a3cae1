//! Network interfaces: an instance gets another one, and loses it.

use deltagate::model::{Id, Kind, NetworkInterfaceSpec, Spec, Verb};

use super::{INSTANCE, all_of, create, destroy_instance, instance, is_missing};
use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[
        &[(Verb::List, Kind::Network), (Verb::Show, Kind::Network)],
        all_of!(NetworkInterface),
        INSTANCE,
    ],
    play: |world| {
        let network = world.list(Kind::Network).remove(0);
        let shown = world.find(Kind::Network, &network.id).expect("what is listed can be shown");
        assert_eq!((&shown.id, &shown.name), (&network.id, &network.name));
        is_missing(world, Kind::Network, false);
        let host = instance(world, "connected");
        let spec = NetworkInterfaceSpec {
            instance: Id::from(host.id.as_str()),
            network: Id::from(network.id.as_str()),
            name: Some("behaviour-nic".to_owned()),
        };
        let made = create(world, Spec::NetworkInterface(spec));
        let shown = world.find(Kind::NetworkInterface, &made.id).unwrap();
        assert_eq!((shown.name.as_str(), shown.more("instance")), ("behaviour-nic", host.id.as_str()));
        assert!(world.list(Kind::NetworkInterface).iter().any(|interface| interface.id == made.id));
        if host.state == "running" {
            super::stop(world, &host.id);
        }
        world.destroy(Kind::NetworkInterface, &made.id);
        destroy_instance(world, &host.id);
        is_missing(world, Kind::NetworkInterface, true);
    },
};
