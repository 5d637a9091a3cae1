//! The OpenStack that `tests/openstack/up.sh` has started: there is one, so tests take their turns at it.

use std::{
    env, fs,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Gateway;

/// A user with his project, and the password, that it is seeded with.
pub const USER: (&str, &str) = ("demo+demo", "secret");

/// A gateway in front of it, and the turn at it.
pub struct OpenStack {
    pub gateway: Gateway,
    _turn: MutexGuard<'static, ()>,
}

impl OpenStack {
    /// A gateway with these settings, and with an access key `AKID`/`SECRET` that stands for the [`USER`]; why there is
    /// no such cloud otherwise.
    pub fn find(settings: &str) -> Result<Self, String> {
        static TURN: Mutex<()> = Mutex::new(());
        let state = env::var_os("DELTAGATE_OPENSTACK")
            .ok_or("DELTAGATE_OPENSTACK does not name the folder of an OpenStack that runs")?;
        let provider = provider(&Path::new(&state).join("openrc"))?;
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, password) = USER;
        let gateway = Gateway::start(&format!(
            "{settings}[[providers]]\nname = \"cloud\"\ndriver = \"openstack\"\nurl = \"{provider}\"\n\
             [[access_keys]]\nid = \"AKID\"\nsecret = \"SECRET\"\nuser = \"{user}\"\npassword = \"{password}\"\n"
        ));
        Ok(OpenStack { gateway, _turn: turn })
    }
}

/// The provider that an `openrc` names.
fn provider(openrc: &Path) -> Result<String, String> {
    let at = openrc.display();
    let text = fs::read_to_string(openrc).map_err(|error| format!("{at}: {error}"))?;
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.trim_start_matches("export ").strip_prefix(name));
        let value = line.and_then(|line| line.strip_prefix('=')).map(|value| value.trim_matches(['\'', '"']));
        value.ok_or_else(|| format!("{at} does not say {name}"))
    };
    Ok(format!("{};{}", value("OS_AUTH_URL")?, value("OS_REGION_NAME")?))
}
