//! The embedded cloud: the data set of Deltacloud's mock driver, in memory. Every provider of it is a cloud of its own,
//! and is gone when the process ends.

mod data;
mod hardware_profiles;
mod images;
mod instances;
mod keys;
mod life;
mod realms;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::{Address, Entry};
use crate::{
    exchange::{Cloud, Driver, Identity, Provider},
    model::{
        Capabilities, Cause, Error, ErrorKind, Feature, Filter, Flow, HardwareProfile, Id, IdForm, Image,
        Kind, Operation, Realm, Resource, Spec, Stage, Transition, Verb,
    },
};
use instances::Instances;
use keys::Keys;

/// Its row in the list of drivers.
pub(super) const ENTRY: Entry = Entry {
    name: NAME,
    aliases: &[],
    summary: "an embedded cloud in memory, to try things out: user mockuser, password mockpassword",
    capabilities: &CAPABILITIES,
    parse: address,
    open: |_: Arc<Provider>| Arc::new(Mock::default()),
};

/// Its name, as in `-i`.
pub const NAME: &str = "mock";
/// The only user there is.
pub const USER: &str = "mockuser";
/// The user's password.
pub const PASSWORD: &str = "mockpassword";

/// How long an instance is on its way from one state to the next: long enough to be seen, too short to be waited for.
const TRANSITION: Duration = Duration::from_millis(200);
/// The most user data that is taken, in bytes: EC2's own limit.
const USER_DATA: usize = 16 << 10;

const CAPABILITIES: Capabilities = Capabilities {
    driver: NAME,
    operations: &[
        (Verb::List, Kind::Realm),
        (Verb::Show, Kind::Realm),
        (Verb::List, Kind::Image),
        (Verb::Show, Kind::Image),
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
    ],
    ids: IdForm::Opaque,
    user_data: Some(USER_DATA),
    features: &[Feature::ImportKey],
    life: &[
        Transition::new(Stage::Start, Cause::Create, Stage::Pending),
        Transition::new(Stage::Pending, Cause::Auto, Stage::Running),
        Transition::new(Stage::Running, Cause::Reboot, Stage::Running),
        Transition::new(Stage::Running, Cause::Stop, Stage::Stopped),
        Transition::new(Stage::Stopped, Cause::Start, Stage::Running),
        Transition::new(Stage::Stopped, Cause::Destroy, Stage::Finish),
    ],
};

/// One embedded cloud.
pub struct Mock {
    realms: Vec<Realm<'static>>,
    images: Vec<Image<'static>>,
    profiles: Vec<HardwareProfile<'static>>,
    instances: Mutex<Instances>,
    keys: Mutex<Keys>,
}

impl Default for Mock {
    fn default() -> Self {
        Mock::with_transition(TRANSITION)
    }
}

impl Mock {
    /// A cloud whose instances take this long from one state to the next.
    pub fn with_transition(transition: Duration) -> Self {
        Mock {
            realms: data::realms(),
            images: data::images(),
            profiles: data::hardware_profiles(),
            instances: Mutex::new(Instances::new(transition)),
            keys: Mutex::new(data::keys()),
        }
    }

    fn answer(&self, operation: &Operation) -> Result<Vec<Resource<'static>>, Error> {
        use Operation::{Act, Create, Destroy, List, Show};
        match operation {
            List(Kind::Realm, filter) => Ok(self.list_realms(filter)),
            List(Kind::Image, filter) => Ok(self.list_images(filter)),
            List(Kind::HardwareProfile, filter) => Ok(self.list_hardware_profiles(filter)),
            List(Kind::Instance, filter) => Ok(self.list_instances(filter)),
            List(Kind::Key, filter) => Ok(self.list_keys(filter)),
            Show(Kind::Realm, id) => self.show_realm(id).map(one),
            Show(Kind::Image, id) => self.show_image(id).map(one),
            Show(Kind::HardwareProfile, id) => self.show_hardware_profile(id).map(one),
            Show(Kind::Instance, id) => self.show_instance(id).map(one),
            Show(Kind::Key, id) => self.show_key(id).map(one),
            Create(spec) => match &**spec {
                Spec::Instance(spec) => self.create_instances(spec),
                Spec::Key(spec) => self.create_key(spec).map(one),
                _other => Err(incapable(operation)),
            },
            Act(action, ids) => self.act(*action, ids),
            Destroy(Kind::Instance, ids) => self.destroy_instances(ids),
            Destroy(Kind::Key, ids) => self.destroy_keys(ids),
            other => Err(incapable(other)),
        }
    }
}

#[async_trait]
impl Driver for Mock {
    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        authenticate(cloud.line.identity)?;
        for resource in self.answer(operation)? {
            if cloud.emit(&resource).await? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }
}

/// Any text is a provider: the name of a cloud of its own.
fn address(text: &str) -> Result<Address, String> {
    let scope = (!text.is_empty()).then(|| text.to_owned());
    Ok(Address { scope, ..Address::default() })
}

fn authenticate(identity: &Identity) -> Result<(), Error> {
    let user = identity.user.as_bytes().ct_eq(USER.as_bytes());
    let password = identity.password.expose_secret().as_bytes().ct_eq(PASSWORD.as_bytes());
    if bool::from(user & password) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unauthenticated, "the user's name or the password is wrong"))
}

fn incapable(operation: &Operation) -> Error {
    let (verb, kind) = operation.pair();
    Error::new(ErrorKind::Unsupported, format!("the mock cloud cannot do {verb:?} with a {kind}"))
}

fn one(resource: Resource<'static>) -> Vec<Resource<'static>> {
    vec![resource]
}

/// Whether the filter admits a resource by its id and its name.
fn is_asked_for(filter: &Filter, id: &str, name: &str) -> bool {
    let by_id = filter.ids.is_empty() || filter.ids.iter().any(|asked: &Id| asked.as_str() == id);
    by_id && filter.name.as_deref().is_none_or(|asked| asked == name)
}
