//! The clouds that there are behind the gateway: the table in which a new driver is named.

use deltagate::{
    drivers,
    model::{Capabilities, Kind},
};

use crate::bed::{Gateway, OpenStack, Ovirt, openstack, ovirt::Mode};

/// A cloud that can be started for a test.
#[derive(Clone, Copy)]
pub struct Cloud {
    /// Its driver, as in `-i`.
    pub driver: &'static str,
    /// Starts it, and a gateway in front of it; why it is not there otherwise.
    pub start: fn() -> Result<Running, String>,
    /// A user of it and his password.
    pub user: (&'static str, &'static str),
    /// What the driver can do elsewhere, and this release of the cloud cannot: it is refused as unsupported.
    pub lacks: &'static [Kind],
}

impl Cloud {
    /// What its driver declares.
    pub fn capabilities(&self) -> &'static Capabilities {
        drivers::find(self.driver).unwrap().capabilities
    }
}

/// A cloud that runs, as long as this value is.
pub enum Running {
    /// In the gateway itself.
    Embedded(Gateway),
    /// Behind the gateway, in the test's own process.
    Engine { gateway: Gateway, _engine: Ovirt },
    /// Behind the gateway, in processes of its own.
    OpenStack(OpenStack),
}

impl Running {
    /// Where the gateway listens.
    pub fn address(&self) -> &str {
        match self {
            Running::Embedded(gateway) | Running::Engine { gateway, .. } => &gateway.address,
            Running::OpenStack(cloud) => &cloud.gateway.address,
        }
    }
}

const FRONT_ENDS: &str = "frontends = [\"ec2\", \"cimi\", \"deltacloud\"]\n";
const ADMIN: (&str, &str) = ("admin@internal", "secret");

fn engine(mode: Mode) -> Running {
    let engine = Ovirt::start(mode);
    let gateway = Gateway::before_ovirt_with(FRONT_ENDS, &engine.base_url(), "");
    Running::Engine { gateway, _engine: engine }
}

const fn ovirt(start: fn() -> Result<Running, String>, lacks: &'static [Kind]) -> Cloud {
    Cloud { driver: "ovirt", start, user: ADMIN, lacks }
}

/// The embedded cloud.
pub const MOCK: Cloud = Cloud {
    driver: "mock",
    start: || Ok(Running::Embedded(Gateway::start(FRONT_ENDS))),
    user: ("mockuser", "mockpassword"),
    lacks: &[],
};
pub const OVIRT_3_0: Cloud = ovirt(|| Ok(engine(Mode::V3_0)), &[Kind::Volume, Kind::Snapshot]);
pub const OVIRT_3_1: Cloud = ovirt(|| Ok(engine(Mode::V3_1)), &[Kind::Snapshot]);
pub const OVIRT_3_6: Cloud = ovirt(|| Ok(engine(Mode::V3_6)), &[]);
pub const OVIRT_4_1: Cloud = ovirt(|| Ok(engine(Mode::V4_1)), &[]);
pub const OVIRT_4_4: Cloud = ovirt(|| Ok(engine(Mode::V4_4)), &[]);

/// A real OpenStack, when there is one.
pub const OPENSTACK: Cloud = Cloud {
    driver: "openstack",
    start: || OpenStack::find(FRONT_ENDS).map(Running::OpenStack),
    user: openstack::USER,
    lacks: &[],
};

/// Puts every cloud through every scenario: each pair is a test of its own.
macro_rules! everywhere {
    ($($scenario:ident),* $(,)?) => {
        everywhere!(@clouds [$($scenario),*]
            mock MOCK, ovirt_3_0 OVIRT_3_0, ovirt_3_1 OVIRT_3_1, ovirt_3_6 OVIRT_3_6, ovirt_4_1 OVIRT_4_1,
            ovirt_4_4 OVIRT_4_4, openstack OPENSTACK);
    };
    (@clouds $scenarios:tt $($name:ident $cloud:ident),*) => {
        $(everywhere!(@cloud $name $cloud $scenarios);)*
        everywhere!(@all $scenarios);

        #[test]
        fn every_driver_is_put_through_it() {
            let named = [$($crate::clouds::$cloud.driver),*];
            for driver in deltagate::drivers::DRIVERS {
                assert!(named.contains(&driver.name), "{} is not named in clouds.rs", driver.name);
            }
        }
    };
    (@all [$($scenario:ident),*]) => {
        /// Every scenario.
        const ALL: &[&Scenario] = &[$(&$scenario::SCENARIO),*];
    };
    (@cloud $name:ident $cloud:ident [$($scenario:ident),*]) => {
        mod $name {
            $(#[test]
            fn $scenario() {
                $crate::world::each(&$crate::clouds::$cloud, &$crate::scenarios::$scenario::SCENARIO);
            })*
        }
    };
}
pub(crate) use everywhere;
