//! What has to work, one subject a file.

use deltagate::model::{Id, InstanceSpec, Kind, Operation, Spec};

use crate::{
    clouds::everywhere,
    doors::{Refused, Thing},
    world::World,
};

pub mod addresses;
pub mod buckets;
pub mod commands;
pub mod firewalls;
pub mod images;
pub mod instances;
pub mod keys;
pub mod load_balancers;
pub mod metrics;
pub mod network_interfaces;
pub mod networks;
pub mod places;
pub mod snapshots;
pub mod strangers;
pub mod volumes;

everywhere!(
    addresses,
    buckets,
    commands,
    firewalls,
    images,
    instances,
    keys,
    load_balancers,
    metrics,
    network_interfaces,
    networks,
    places,
    snapshots,
    strangers,
    volumes,
);

/// Creates what `spec` says.
fn create(world: &World<'_>, spec: Spec) -> Thing {
    world.one(&Operation::Create(Box::new(spec)))
}

/// An instance of the first usable image that has come to rest: running or stopped, as the cloud makes them.
fn instance(world: &World<'_>, name: &str) -> Thing {
    let images = world.list(Kind::Image);
    let image = images.iter().find(|image| image.state == "available").expect("no image can be used");
    let spec = InstanceSpec { name: Some(name.to_owned()), ..InstanceSpec::new(image.id.as_str()) };
    let made = create(world, Spec::Instance(spec));
    world.until(Kind::Instance, &made.id, |shown| matches!(shown.state.as_str(), "running" | "stopped"))
}

/// Makes an end of it, whatever state it is in.
fn destroy_instance(world: &World<'_>, id: &str) {
    let shown = world.find(Kind::Instance, id).expect("it is there");
    if shown.state != "stopped" {
        stop(world, id);
    }
    world.destroy(Kind::Instance, id);
}

/// Stops it and waits until it has.
fn stop(world: &World<'_>, id: &str) -> Thing {
    let stop = deltagate::model::Action::Stop { force: false };
    world.perform(&Operation::Act(stop, vec![Id::from(id)]));
    world.until(Kind::Instance, id, |shown| shown.state == "stopped")
}

/// There is no such thing to show, to destroy or to find in the list.
fn is_missing(world: &World<'_>, kind: Kind, destroys: bool) {
    let nobody = if world.capabilities.ids == deltagate::model::IdForm::Uuid {
        "00000000-0000-4000-8000-00000000dead"
    } else {
        "nosuch"
    };
    assert_eq!(world.find(kind, nobody), None);
    if destroys {
        let destroyed = world.try_it(&Operation::Destroy(kind, vec![Id::from(nobody)]));
        assert_eq!(destroyed, Err(Refused::Missing), "{kind}");
    }
}
