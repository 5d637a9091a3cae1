//! Load balancers and the instances they send to.

use deltagate::model::{
    Change, Id, Kind, Listener, ListenerProtocol, LoadBalancerSpec, Operation, Spec, Verb,
};

use super::{INSTANCE, all_of, create, destroy_instance, instance, is_missing};
use crate::world::Scenario;

pub const SCENARIO: Scenario = Scenario {
    needs: &[
        &[(Verb::List, Kind::Realm)],
        all_of!(LoadBalancer),
        &[(Verb::Change, Kind::LoadBalancer)],
        INSTANCE,
    ],
    play: |world| {
        let realm = world.list(Kind::Realm).remove(0);
        let spec = LoadBalancerSpec {
            name: "behaviour-balancer".to_owned(),
            realm: Id::from(realm.id),
            listener: Listener { protocol: ListenerProtocol::Http, port: 80, instance_port: 8080 },
        };
        let made = create(world, Spec::LoadBalancer(spec));
        let host = instance(world, "balanced");
        let change = |change| world.perform(&Operation::Change(Id::from(made.id.as_str()), change));
        let member = || Id::from(host.id.as_str());
        change(Change::Register { instance: member() });
        let shown = world.find(Kind::LoadBalancer, &made.id).unwrap();
        assert_eq!(shown.more("instances"), host.id);
        change(Change::Unregister { instance: member() });
        assert_eq!(world.find(Kind::LoadBalancer, &made.id).unwrap().more("instances"), "");
        destroy_instance(world, &host.id);
        world.destroy(Kind::LoadBalancer, &made.id);
        is_missing(world, Kind::LoadBalancer, true);
    },
};
