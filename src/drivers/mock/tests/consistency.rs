//! What knows of each other does so from both sides, whatever is done; and what is kept is what is there.

use jiff::SignedDuration;
use proptest::{prelude::*, sample::select};

use super::*;
use crate::{
    drivers::mock::{
        data, dispatch,
        state::{State, Writing},
    },
    model::{Listener, ListenerProtocol, LoadBalancerSpec, NetworkInterfaceSpec, SubnetSpec},
};

const INSTANCES: [&str; 5] = ["inst0", "inst1", "inst2", "inst3", "inst4"];
const VOLUMES: [&str; 3] = ["vol1", "vol2", "vol3"];
const ADDRESSES: [&str; 2] = ["192.168.0.1", "192.168.0.2"];

/// Something done to a few things again and again, so that much of it is possible.
fn operation() -> impl Strategy<Value = Operation> {
    let instance = || select(&INSTANCES).prop_map(Id::from);
    let attach = (select(&VOLUMES), instance());
    let lead = (select(&ADDRESSES), instance());
    let plug = (instance(), select(&["net1", "subnet1", "s"]), select(&["nic1", "nicinst3", "a", "b"]));
    let listener = Listener { protocol: ListenerProtocol::Tcp, port: 1, instance_port: 1 };
    let balancer = LoadBalancerSpec { name: "lb".to_owned(), realm: "us".into(), listener };
    let subnet =
        SubnetSpec { network: "net1".into(), address_block: "192.168.9.0/24".into(), name: Some("s".into()) };
    let gone =
        [(Kind::Subnet, "s"), (Kind::Network, "net1"), (Kind::LoadBalancer, "lb"), (Kind::Volume, "vol1")];
    prop_oneof![
        attach.prop_map(|(volume, instance)| change(volume, Change::Attach { instance, device: None })),
        select(&VOLUMES).prop_map(|volume| change(volume, Change::Detach)),
        lead.prop_map(|(address, instance)| change(address, Change::Associate { instance })),
        select(&ADDRESSES).prop_map(|address| change(address, Change::Disassociate)),
        instance().prop_map(|instance| change("lb", Change::Register { instance })),
        instance().prop_map(|instance| change("lb", Change::Unregister { instance })),
        plug.prop_map(|(instance, network, name)| {
            let spec =
                NetworkInterfaceSpec { instance, network: network.into(), name: Some(name.to_owned()) };
            make(Spec::NetworkInterface(spec))
        }),
        select(&["nic1", "nicinst3", "a", "b"]).prop_map(|id| remove(Kind::NetworkInterface, id)),
        Just(make(Spec::LoadBalancer(balancer))),
        Just(make(Spec::Subnet(subnet))),
        select(Vec::from(gone)).prop_map(|(kind, id)| remove(kind, id)),
        instance().prop_map(|id| remove(Kind::Instance, id.as_str())),
        Just(create(|spec| spec.network = Some("subnet1".into()))),
    ]
}

/// Does it to a copy, which counts when it succeeds: as the store does.
fn step(state: State, operation: &Operation) -> State {
    let mut after = state.clone();
    let (now, transition) = (Timestamp::now(), SignedDuration::ZERO);
    let done = dispatch::alter(&mut Writing { state: &mut after, now, transition }, operation);
    if done.is_ok() { after } else { state }
}

fn check(state: &State) {
    for (id, instance) in state.instances.iter() {
        for volume in &instance.volumes {
            assert_eq!(state.volumes.get(volume).unwrap().mount.as_ref().unwrap().instance, id);
        }
        for interface in &instance.interfaces {
            assert_eq!(state.network_interfaces.get(interface).unwrap().instance, id);
        }
        for address in &instance.addresses {
            let address = state.addresses.get(&address.to_string()).unwrap();
            assert_eq!(address.instance.as_deref(), Some(id));
        }
    }
    for (id, volume) in state.volumes.iter() {
        if let Some(mount) = &volume.mount {
            let holder = state.instances.get(&mount.instance).unwrap();
            assert_eq!(holder.volumes.iter().filter(|held| *held == id).count(), 1);
        }
    }
    for (id, interface) in state.network_interfaces.iter() {
        let holder = state.instances.get(&interface.instance).unwrap();
        assert_eq!(holder.interfaces.iter().filter(|held| *held == id).count(), 1);
        assert!(state.networks.contains(&interface.network));
        assert!(interface.subnet.as_deref().is_none_or(|subnet| state.subnets.contains(subnet)));
    }
    for (_, address) in state.addresses.iter() {
        if let Some(instance) = &address.instance {
            let holder = state.instances.get(instance).unwrap();
            assert_eq!(holder.addresses.iter().filter(|held| **held == address.ip).count(), 1);
        }
    }
    for (id, network) in state.networks.iter() {
        assert!(network.subnets.iter().all(|subnet| state.subnets.get(subnet).unwrap().network == id));
    }
    for (id, subnet) in state.subnets.iter() {
        assert!(state.networks.get(&subnet.network).unwrap().subnets.iter().any(|known| known == id));
    }
    for (_, balancer) in state.load_balancers.iter() {
        assert!(balancer.instances.iter().all(|instance| state.instances.contains(instance)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_sides_know(operations in prop::collection::vec(operation(), 1..60)) {
        let mut state = data::state();
        for operation in &operations {
            state = step(state, operation);
            check(&state);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_is_kept_is_what_is_there(operations in prop::collection::vec(operation(), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mock = kept(folder.path());
        for operation in operations {
            // What is refused is refused here as there.
            let _ = runtime.block_on(all(&mock, operation));
        }
        let printed = |mock: &Mock| format!("{:?}", mock.store.state());
        let before = printed(&mock);
        drop(mock);
        prop_assert_eq!(printed(&kept(folder.path())), before);
    }
}
