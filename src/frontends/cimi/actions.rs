//! What can be done with a resource now: by the capabilities of its cloud, and by the state it is in.

use super::{
    dialect::{Dialect, type_uri},
    fields::Operation,
    resources::Scene,
};
use crate::model::{Capabilities, Cause, Feature, Instance, Kind, Verb};

/// The actions that the specification has for machines (DSP0263, section 5.14.1), and what they are in the model. What
/// the model has no words for is offered nowhere.
pub(super) const OF_MACHINES: &[(&str, Option<Cause>)] = &[
    ("restart", Some(Cause::Reboot)),
    ("start", Some(Cause::Start)),
    ("stop", Some(Cause::Stop)),
    ("pause", None),
    ("suspend", None),
    ("capture", None),
    ("snapshot", None),
    ("restore", None),
];

/// The URI of an action.
pub(super) fn uri(name: &str) -> String {
    type_uri(&format!("action/{name}"))
}

/// What can be done with a machine.
pub(super) fn of_machine(instance: &Instance<'_>, scene: &Scene<'_>) -> Vec<Operation> {
    let (cloud, context) = (scene.cloud, scene.context);
    let machine = context.href(&["machines", &instance.id]);
    let possible: Vec<Cause> = cloud.possible(instance.state).collect();
    let mut operations = Vec::new();
    if cloud.offers(Verb::Act, Kind::Instance) {
        let named =
            OF_MACHINES.iter().filter(|(_, cause)| cause.is_some_and(|cause| possible.contains(&cause)));
        operations
            .extend(named.map(|(name, _)| Operation { rel: uri(name), href: format!("{machine}/{name}") }));
    }
    if possible.contains(&Cause::Destroy) && cloud.offers(Verb::Destroy, Kind::Instance) {
        if context.dialect == Dialect::Compatible {
            // The original's own name of it, which some of its clients look for.
            operations.push(Operation { rel: uri("delete"), href: machine.clone() });
        }
        operations.push(Operation { rel: "delete".to_owned(), href: machine });
    }
    if instance.can_be_captured && cloud.offers(Verb::Create, Kind::Image) {
        operations.push(Operation { rel: uri("capture"), href: context.href(&["machine_images"]) });
    }
    operations
}

/// That an end can be made of a thing, if it is `possible` now.
pub(super) fn delete(kind: Kind, id: &str, possible: bool, scene: &Scene<'_>) -> Vec<Operation> {
    let collection = super::collections::of(kind);
    let can = possible && scene.cloud.offers(Verb::Destroy, kind);
    let href = || scene.context.href(&[collection, id]);
    Vec::from_iter(can.then(|| Operation { rel: "delete".to_owned(), href: href() }))
}

/// That a volume can be taken from its machine.
pub(super) fn detach(href: String, scene: &Scene<'_>) -> Vec<Operation> {
    let can = scene.cloud.offers(Verb::Change, Kind::Volume);
    Vec::from_iter(can.then(|| Operation { rel: "delete".to_owned(), href }))
}

/// That a network interface can be taken from its machine.
pub(super) fn remove_interface(id: &str, scene: &Scene<'_>) -> Vec<Operation> {
    let can = scene.cloud.offers(Verb::Destroy, Kind::NetworkInterface);
    let href = || scene.context.href(&["machines", scene.owner, "network_interfaces", id]);
    Vec::from_iter(can.then(|| Operation { rel: "delete".to_owned(), href: href() }))
}

/// Whether a cloud lets in by a key of the user's.
pub(super) fn takes_keys(cloud: &Capabilities) -> bool {
    cloud.has(Feature::InstanceKey)
}
