//! What has to work, one subject a file.

use deltagate::{
    drivers::DRIVERS,
    model::{Action, Id, InstanceSpec, Kind, Operation, Spec, Verb},
    overlay::Overlay,
};

use crate::{
    clouds::everywhere,
    doors::{DOORS, Refused, Thing},
    world::{Scenario, World},
};

pub mod addresses;
pub mod buckets;
pub mod commands;
pub mod consoles;
pub mod firewalls;
pub mod images;
pub mod instances;
pub mod keys;
pub mod load_balancers;
pub mod metrics;
pub mod network_interfaces;
pub mod networks;
pub mod places;
pub mod providers;
pub mod snapshots;
pub mod strangers;
pub mod tags;
pub mod volumes;

everywhere!(
    addresses,
    buckets,
    commands,
    consoles,
    firewalls,
    images,
    instances,
    keys,
    load_balancers,
    metrics,
    network_interfaces,
    networks,
    places,
    providers,
    snapshots,
    strangers,
    tags,
    volumes,
);

/// All that can be done with a kind, unless it is something of its own.
macro_rules! all_of {
    ($kind:ident) => {
        &[
            (Verb::List, Kind::$kind),
            (Verb::Show, Kind::$kind),
            (Verb::Create, Kind::$kind),
            (Verb::Destroy, Kind::$kind),
        ]
    };
}
use all_of;

/// What it takes to have an [`instance`] and to make an end of it ([`destroy_instance`]).
const INSTANCE: &[(Verb, Kind)] = &[
    (Verb::List, Kind::Image),
    (Verb::List, Kind::Instance),
    (Verb::Show, Kind::Instance),
    (Verb::Create, Kind::Instance),
    (Verb::Act, Kind::Instance),
    (Verb::Destroy, Kind::Instance),
];

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
    match (world.try_it(&stopping(id)), shown.state.as_str()) {
        // Some say that there is nothing to stop, and others do nothing.
        (Ok(_), _) | (Err(Refused::Conflict(_)), "stopped") => {}
        (Err(refused), state) => panic!("{state}: {refused:?}"),
    }
    world.until(Kind::Instance, id, |shown| shown.state == "stopped");
    world.destroy(Kind::Instance, id);
}

/// Stops it and waits until it has.
fn stop(world: &World<'_>, id: &str) -> Thing {
    world.perform(&stopping(id));
    world.until(Kind::Instance, id, |shown| shown.state == "stopped")
}

fn stopping(id: &str) -> Operation {
    Operation::Act(Action::Stop { force: false }, vec![Id::from(id)])
}

/// There is no such thing to show or, where that can be done at all, to destroy.
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

/// What some driver declares, and no scenario is about because no front end has words for it.
const UNSPEAKABLE: &[(Verb, Kind)] = &[(Verb::List, Kind::Blob), (Verb::Show, Kind::Provider)];

#[test]
fn whatever_is_declared_is_done_in_some_scenario() {
    for driver in DRIVERS {
        let kept = Overlay::kept_for(driver.capabilities);
        let supports =
            |(verb, kind)| driver.capabilities.supports(verb, kind) || kept.contains(&(verb, kind));
        let played = ALL.iter().filter(|scenario| scenario.pairs().all(supports));
        let done: Vec<_> = played.flat_map(|scenario| scenario.pairs()).collect();
        for pair in driver.capabilities.operations.iter().chain(&kept) {
            let is_spoken = DOORS.iter().any(|door| (door.expresses)(*pair));
            assert_eq!(is_spoken, !UNSPEAKABLE.contains(pair), "{pair:?}");
            assert_eq!(is_spoken, done.contains(pair), "{} declares {pair:?}", driver.name);
        }
    }
}
