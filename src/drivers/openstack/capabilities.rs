//! What can be done on OpenStack, as far as the cloud has the services for it.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::catalogue::Service;
use crate::model::{Capabilities, Cause, Feature, IdForm, Kind, Kinds, Stage, Transition, Verb};

/// The most user data that Nova takes, in bytes: it takes 65,535 of their base64.
const USER_DATA: usize = 65_535 / 4 * 3;

/// What clouds can do, by the services that they have.
pub(super) struct Offers {
    /// By the set of services, as [`bit`]s.
    by_services: Vec<Capabilities>,
    /// The services that some user has seen; none before anybody has logged in.
    seen: AtomicUsize,
}

impl Default for Offers {
    fn default() -> Self {
        let with = |seen: usize| {
            let missing = Service::all().filter(|service| seen & bit(*service) == 0);
            let lacks = missing.flat_map(|service| service.kinds().iter().copied()).collect();
            Capabilities { lacks, ..CAPABILITIES }
        };
        let all = Service::all().map(bit).sum::<usize>();
        Offers { by_services: (0..=all).map(with).collect(), seen: AtomicUsize::new(0) }
    }
}

impl Offers {
    /// What can be done, as far as is known: a service that nobody has seen is not there.
    pub(super) fn known(&self) -> &Capabilities {
        match self.seen.load(Ordering::Relaxed) {
            0 => &CAPABILITIES,
            seen => self.by_services.get(seen).unwrap_or(&CAPABILITIES),
        }
    }

    /// Takes note of the services that a user sees.
    pub(super) fn note(&self, services: impl Iterator<Item = Service>) {
        self.seen.fetch_or(services.map(bit).sum(), Ordering::Relaxed);
    }
}

fn bit(service: Service) -> usize {
    1 << service as usize
}

/// What a cloud with all services can do.
pub(super) const CAPABILITIES: Capabilities = Capabilities {
    driver: "openstack",
    operations: &[
        (Verb::List, Kind::Realm),
        (Verb::Show, Kind::Realm),
        (Verb::List, Kind::Image),
        (Verb::Show, Kind::Image),
        (Verb::Create, Kind::Image),
        (Verb::Destroy, Kind::Image),
        (Verb::List, Kind::HardwareProfile),
        (Verb::Show, Kind::HardwareProfile),
        (Verb::List, Kind::Instance),
        (Verb::Show, Kind::Instance),
        (Verb::Create, Kind::Instance),
        (Verb::Act, Kind::Instance),
        (Verb::Destroy, Kind::Instance),
        (Verb::List, Kind::Key),
        (Verb::Show, Kind::Key),
        (Verb::Create, Kind::Key),
        (Verb::Destroy, Kind::Key),
        (Verb::List, Kind::Volume),
        (Verb::Show, Kind::Volume),
        (Verb::Create, Kind::Volume),
        (Verb::Change, Kind::Volume),
        (Verb::Destroy, Kind::Volume),
        (Verb::List, Kind::Snapshot),
        (Verb::Show, Kind::Snapshot),
        (Verb::Create, Kind::Snapshot),
        (Verb::Destroy, Kind::Snapshot),
        (Verb::List, Kind::Network),
        (Verb::Show, Kind::Network),
        (Verb::Create, Kind::Network),
        (Verb::Destroy, Kind::Network),
        (Verb::List, Kind::Subnet),
        (Verb::Show, Kind::Subnet),
        (Verb::Create, Kind::Subnet),
        (Verb::Destroy, Kind::Subnet),
        (Verb::List, Kind::NetworkInterface),
        (Verb::Show, Kind::NetworkInterface),
        (Verb::Create, Kind::NetworkInterface),
        (Verb::Destroy, Kind::NetworkInterface),
        (Verb::List, Kind::Address),
        (Verb::Show, Kind::Address),
        (Verb::Create, Kind::Address),
        (Verb::Change, Kind::Address),
        (Verb::Destroy, Kind::Address),
        (Verb::List, Kind::Firewall),
        (Verb::Show, Kind::Firewall),
        (Verb::Create, Kind::Firewall),
        (Verb::Change, Kind::Firewall),
        (Verb::Destroy, Kind::Firewall),
        (Verb::Show, Kind::Console),
        (Verb::List, Kind::Bucket),
        (Verb::Show, Kind::Bucket),
        (Verb::Create, Kind::Bucket),
        (Verb::Destroy, Kind::Bucket),
        (Verb::Show, Kind::Blob),
        (Verb::Create, Kind::Blob),
        (Verb::Read, Kind::Blob),
        (Verb::Change, Kind::Blob),
        (Verb::Destroy, Kind::Blob),
        (Verb::List, Kind::Provider),
        (Verb::Show, Kind::Provider),
    ],
    lacks: Kinds::NONE,
    ids: IdForm::Uuid,
    user_data: Some(USER_DATA),
    longest_name: None,
    features: &[
        Feature::ImportKey,
        Feature::InstanceKey,
        Feature::InstanceFirewalls,
        Feature::InstanceNetwork,
        Feature::InstanceStorage,
        Feature::InstanceDisks,
        Feature::VolumeName,
        Feature::VolumeDescription,
    ],
    life: &[
        Transition::new(Stage::Start, Cause::Create, Stage::Pending),
        Transition::new(Stage::Pending, Cause::Auto, Stage::Running),
        Transition::new(Stage::Pending, Cause::Destroy, Stage::Finish),
        Transition::new(Stage::Running, Cause::Reboot, Stage::Running),
        Transition::new(Stage::Running, Cause::Stop, Stage::Stopping),
        Transition::new(Stage::Running, Cause::Destroy, Stage::Finish),
        Transition::new(Stage::Stopping, Cause::Auto, Stage::Stopped),
        Transition::new(Stage::Stopped, Cause::Start, Stage::Running),
        Transition::new(Stage::Stopped, Cause::Destroy, Stage::Finish),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_seen_is_not_offered() {
        let offers = Offers::default();
        let offered = |kind| offers.known().offers(Verb::List, kind);
        assert!(offered(Kind::Instance) && offered(Kind::Volume) && offered(Kind::Network));
        offers.note([Service::Compute].into_iter());
        assert!(offered(Kind::Instance) && !offered(Kind::Volume) && !offered(Kind::Network));
        assert!(offered(Kind::Provider) && offers.known().supports(Verb::List, Kind::Volume));
        offers.note([Service::Volume].into_iter());
        assert!(offered(Kind::Instance) && offered(Kind::Volume) && !offered(Kind::Network));
        offers.note(Service::all());
        assert_eq!(*offers.known(), CAPABILITIES);
    }
}
