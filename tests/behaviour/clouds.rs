//! The clouds that there are behind the gateway: the table in which a new driver is named.

use std::{
    env, fs,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use deltagate::{drivers, model::Capabilities};

use crate::bed::{Gateway, Ovirt, ovirt::Mode};

/// A cloud that can be started for a test.
#[derive(Clone, Copy)]
pub struct Cloud {
    /// Its driver, as in `-i`.
    pub driver: &'static str,
    /// Starts it, and a gateway in front of it; why it is not there otherwise.
    pub start: fn() -> Result<Running, String>,
    /// A user of it and his password.
    pub user: (&'static str, &'static str),
}

impl Cloud {
    /// What its driver declares.
    pub fn capabilities(&self) -> &'static Capabilities {
        drivers::find(self.driver).unwrap().capabilities
    }
}

/// A cloud that runs, as long as this value is.
pub struct Running {
    pub gateway: Gateway,
    _engine: Option<Ovirt>,
    _turn: Option<MutexGuard<'static, ()>>,
}

const FRONT_ENDS: &str = "frontends = [\"ec2\", \"deltacloud\"]\n";
const ADMIN: (&str, &str) = ("admin@internal", "secret");

fn engine(mode: Mode) -> Running {
    let engine = Ovirt::start(mode);
    let gateway = Gateway::before_ovirt_with(FRONT_ENDS, &engine.base_url(), "");
    Running { gateway, _engine: Some(engine), _turn: None }
}

const fn ovirt(start: fn() -> Result<Running, String>) -> Cloud {
    Cloud { driver: "ovirt", start, user: ADMIN }
}

/// The OpenStack that `tests/openstack/up.sh` has started: there is one, so scenarios take their turns.
fn openstack() -> Result<Running, String> {
    static TURN: Mutex<()> = Mutex::new(());
    let state = env::var_os("DELTAGATE_OPENSTACK")
        .ok_or("DELTAGATE_OPENSTACK does not name the folder of an OpenStack that runs")?;
    let file = Path::new(&state).join("openrc");
    let openrc = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let value = |name: &str| {
        let line = openrc.lines().find_map(|line| line.trim_start_matches("export ").strip_prefix(name));
        let value = line.and_then(|line| line.strip_prefix('=')).map(|value| value.trim_matches(['\'', '"']));
        value.map(str::to_owned).ok_or_else(|| format!("{} does not say {name}", file.display()))
    };
    let provider = format!("{};{}", value("OS_AUTH_URL")?, value("OS_REGION_NAME")?);
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let settings = format!(
        "{FRONT_ENDS}[[providers]]\nname = \"cloud\"\ndriver = \"openstack\"\nurl = \"{provider}\"\n"
    );
    Ok(Running { gateway: Gateway::start(&settings), _engine: None, _turn: Some(turn) })
}

/// The embedded cloud.
pub const MOCK: Cloud = Cloud {
    driver: "mock",
    start: || Ok(Running { gateway: Gateway::start(FRONT_ENDS), _engine: None, _turn: None }),
    user: ("mockuser", "mockpassword"),
};
pub const OVIRT_3_0: Cloud = ovirt(|| Ok(engine(Mode::V3_0)));
pub const OVIRT_3_1: Cloud = ovirt(|| Ok(engine(Mode::V3_1)));
pub const OVIRT_3_6: Cloud = ovirt(|| Ok(engine(Mode::V3_6)));
pub const OVIRT_4_1: Cloud = ovirt(|| Ok(engine(Mode::V4_1)));
pub const OVIRT_4_4: Cloud = ovirt(|| Ok(engine(Mode::V4_4)));

/// A real OpenStack, with the user and the password that it is seeded with.
pub const OPENSTACK: Cloud = Cloud { driver: "openstack", start: openstack, user: ("demo+demo", "secret") };

/// Puts every cloud through every scenario: each pair is a test of its own.
macro_rules! everywhere {
    ($($scenario:ident),* $(,)?) => {
        everywhere!(@clouds [$($scenario),*]
            mock MOCK, ovirt_3_0 OVIRT_3_0, ovirt_3_1 OVIRT_3_1, ovirt_3_6 OVIRT_3_6, ovirt_4_1 OVIRT_4_1,
            ovirt_4_4 OVIRT_4_4, openstack OPENSTACK);
    };
    (@clouds $scenarios:tt $($name:ident $cloud:ident),*) => {
        $(everywhere!(@cloud $name $cloud $scenarios);)*

        #[test]
        fn every_driver_is_put_through_it() {
            let named = [$($crate::clouds::$cloud.driver),*];
            for driver in deltagate::drivers::DRIVERS {
                assert!(named.contains(&driver.name), "{} is not named in clouds.rs", driver.name);
            }
        }
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
