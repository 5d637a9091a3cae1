//! The neutral cloud: plain data in which every front end and every driver meet.
//!
//! Nothing here knows a protocol or a product. A field is added only when every front end and every driver can
//! decide about it: the structs are built and taken apart by name, so the compiler names the places.
//!
//! **Invariant:** no I/O, no clock, no async in this folder.

mod capability;
mod error;
mod flow;
mod hardware_profile;
mod image;
mod instance;
mod key;
mod life;
mod operation;
mod realm;

pub use capability::{Capabilities, IdForm, Verb};
pub use error::{Error, ErrorKind, Side};
pub use flow::{Flow, Sink};
pub use hardware_profile::{HardwareProfile, Property};
pub use image::{Image, ImageState};
pub use instance::{Attachment, Health, Instance, InstanceState, NetworkInterface};
pub use key::{Credential, Key};
pub use life::{Cause, Stage, Transition};
pub use operation::{Action, Count, Filter, Id, InstanceSpec, KeySpec, Kind, Operation, Spec};
pub use realm::{Realm, RealmState};

/// One thing of the cloud, borrowed from the bytes in which it was found.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "it is always passed by reference and never stored")]
pub enum Resource<'a> {
    /// A place in which instances run.
    Realm(Realm<'a>),
    /// What an instance is made from.
    Image(Image<'a>),
    /// A size that an instance may have.
    HardwareProfile(HardwareProfile<'a>),
    /// A virtual machine.
    Instance(Instance<'a>),
    /// What a user proves to an instance who he is with.
    Key(Key<'a>),
}

impl Resource<'_> {
    /// The collection it belongs to.
    pub fn kind(&self) -> Kind {
        match self {
            Resource::Realm(_) => Kind::Realm,
            Resource::Image(_) => Kind::Image,
            Resource::HardwareProfile(_) => Kind::HardwareProfile,
            Resource::Instance(_) => Kind::Instance,
            Resource::Key(_) => Kind::Key,
        }
    }

    /// Its identifier, as the cloud writes it.
    pub fn id(&self) -> &str {
        match self {
            Resource::Realm(realm) => &realm.id,
            Resource::Image(image) => &image.id,
            Resource::HardwareProfile(profile) => &profile.id,
            Resource::Instance(instance) => &instance.id,
            Resource::Key(key) => &key.id,
        }
    }
}
