//! Hardware profiles are the engine's instance types, and two free ones, `SERVER` and `DESKTOP`, that set a VM's type
//! and take any number of processors and any memory.
//!
//! A profile's id is its name: the ids of the built-in instance types differ from engine to engine.
//!
//! A VM does not remember a free profile, only a type, which every VM has. Clients compare what they asked for with
//! what they see, and take a difference for a change that has to be made. So a VM that follows no instance type shows
//! a free profile where it has just what the profile gives without further wishes, and no profile where it has another
//! size: a front end then names it by its size, as it was asked for. Only who asks for exactly the size of the free
//! profiles by processors and memory is shown another name for it.

use std::{borrow::Cow, sync::Arc, time::Duration};

use super::{
    call::Call,
    places::items,
    read::{cpu, id_of, number},
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, HardwareProfile, Id, Kind, Property, Resource},
    wire::xml::{Element, Malformed},
};

/// How long the instance types that a user sees are believed to be the same.
pub(super) const BELIEVED: Duration = Duration::from_secs(300);
/// The type that a VM has with a free profile.
static FREE: &[(&str, VmType)] = &[("SERVER", VmType::Server), ("DESKTOP", VmType::Desktop)];
/// The processors of a VM with a free profile.
const FREE_CPUS: Property<u32> = Property::Range { first: 1, last: 16, default: 1 };
/// The memory of a VM with a free profile, in bytes.
const FREE_MEMORY: Property<u64> = Property::Range { first: 512 << 20, last: 64 << 30, default: 1 << 30 };

/// What a VM is tuned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VmType {
    Server,
    Desktop,
}

/// The instance types that a user sees, in the engine's order: tens at most.
#[derive(Debug, Default)]
pub(super) struct InstanceTypes(Vec<InstanceType>);

#[derive(Debug, Default)]
struct InstanceType {
    id: String,
    name: String,
    cpus: Option<u32>,
    memory: Option<u64>,
}

/// A profile as a VM is created with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// `SERVER` or `DESKTOP`.
    Free(VmType),
    /// The instance type with this id.
    InstanceType(String),
}

impl VmType {
    /// The type as documents write it.
    pub(super) fn word(self) -> &'static str {
        match self {
            VmType::Server => "server",
            VmType::Desktop => "desktop",
        }
    }

    /// The type that a word of a document means; none for a type without a free profile (`high_performance`).
    pub(super) fn read(word: &str) -> Option<Self> {
        FREE.iter().map(|(_, vm_type)| *vm_type).find(|vm_type| vm_type.word().eq_ignore_ascii_case(word))
    }

    /// The name of the free profile that a VM of this type follows; none when its size (memory in bytes) is another
    /// than the profile gives to who asks for none.
    pub(super) fn profile(self, cpus: Option<u32>, memory: Option<u64>) -> Option<&'static str> {
        let usual = (cpus, memory) == (Some(FREE_CPUS.default_value()), Some(FREE_MEMORY.default_value()));
        FREE.iter().find(|(_, vm_type)| *vm_type == self && usual).map(|(name, _)| *name)
    }
}

impl InstanceTypes {
    /// The instance types as they were at most five minutes ago.
    ///
    /// # Errors
    /// When the engine does not answer with them. A user who may not see them sees none.
    pub(super) async fn recent(session: &Session<'_>) -> Result<Arc<Self>, Error> {
        // Who may see nothing because there is nothing has to log in all the same.
        let login = session.login().await?;
        if !session.dialect().instance_types {
            return Ok(Arc::default());
        }
        session
            .sessions
            .instance_types
            .get(login.id, async { Box::pin(InstanceTypes::read(session)).await })
            .await
    }

    async fn read(session: &Session<'_>) -> Result<Self, Error> {
        let document = match session.fetch(Call::get(&["instancetypes"])).await {
            Err(error) if matches!(error.kind(), ErrorKind::Denied | ErrorKind::NotFound) => {
                return Ok(Self::default());
            }
            document => document?,
        };
        document.read(InstanceTypes::of)
    }

    /// Reads the list of them.
    pub(super) fn of(root: &mut Element<'_>) -> Result<Self, Malformed> {
        items(root, "instance_types", "instance_type", instance_type).map(InstanceTypes)
    }

    /// The name of the instance type with this id.
    pub(super) fn name(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|known| known.id == id).map(|known| known.name.as_str())
    }

    fn id(&self, id_or_name: &str) -> Option<&str> {
        let means = |known: &&InstanceType| {
            known.name.eq_ignore_ascii_case(id_or_name) || known.id.eq_ignore_ascii_case(id_or_name)
        };
        self.0.iter().find(means).map(|known| known.id.as_str())
    }

    /// All profiles there are: the free ones and the instance types.
    pub(super) fn profiles(&self) -> Vec<HardwareProfile<'_>> {
        let free = FREE.iter().map(|(name, _)| profile(name, Some(FREE_CPUS), Some(FREE_MEMORY)));
        let fixed = self.0.iter().map(|known| {
            profile(&known.name, known.cpus.map(Property::Fixed), known.memory.map(Property::Fixed))
        });
        free.chain(fixed).collect()
    }
}

/// At most one call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let types = InstanceTypes::recent(session).await?;
    for profile in types.profiles() {
        if admits(filter, &profile) && cloud.emit(&Resource::HardwareProfile(profile)).await? == Flow::Enough
        {
            break;
        }
    }
    Ok(())
}

fn admits(filter: &Filter, profile: &HardwareProfile<'_>) -> bool {
    let asked_for = |id: &Id| profile.id.eq_ignore_ascii_case(id.as_str());
    (filter.ids.is_empty() || filter.ids.iter().any(asked_for))
        && filter.name.as_ref().is_none_or(|name| *name == *profile.name)
}

/// By name, in any case of letters.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let types = InstanceTypes::recent(session).await?;
    let found = types.profiles().into_iter().find(|profile| profile.id.eq_ignore_ascii_case(id.as_str()));
    let profile = found.ok_or_else(|| Error::not_found(Kind::HardwareProfile, id.as_str()))?;
    cloud.emit(&Resource::HardwareProfile(profile)).await.map(|_| ())
}

/// The profile that a VM is to be created with, by name in any case of letters, or by an instance type's id.
///
/// # Errors
/// `NotFound` when there is none; `Invalid` when it does not admit the processors or the memory.
pub(super) async fn choose(
    session: &Session<'_>,
    id: &Id,
    cpus: Option<u32>,
    memory: Option<u64>,
) -> Result<Chosen, Error> {
    let free = FREE.iter().find(|(name, _)| name.eq_ignore_ascii_case(id.as_str()));
    if let Some((name, vm_type)) = free {
        let invalid = |what: &str| {
            Error::new(ErrorKind::Invalid, format!("the profile {name} does not admit that {what}"))
        };
        if cpus.is_some_and(|cpus| !FREE_CPUS.admits(cpus)) {
            return Err(invalid("number of processors: 1 to 16"));
        }
        if memory.is_some_and(|memory| !FREE_MEMORY.admits(memory)) {
            return Err(invalid("memory: 512 MiB to 64 GiB"));
        }
        return Ok(Chosen::Free(*vm_type));
    }
    let types = InstanceTypes::recent(session).await?;
    let found = types.id(id.as_str()).map(|id| Chosen::InstanceType(id.to_owned()));
    found.ok_or_else(|| Error::not_found(Kind::HardwareProfile, id.as_str()))
}

/// Processors and memory (bytes) of a VM with a free profile that asks for none.
pub(super) fn free_defaults() -> (u32, u64) {
    (FREE_CPUS.default_value(), FREE_MEMORY.default_value())
}

fn profile<'a>(
    name: &'a str,
    cpus: Option<Property<u32>>,
    memory: Option<Property<u64>>,
) -> HardwareProfile<'a> {
    HardwareProfile {
        id: Cow::Borrowed(name),
        name: Cow::Borrowed(name),
        cpus,
        memory,
        storage: None,
        architecture: None,
    }
}

fn instance_type(element: &mut Element<'_>) -> Result<InstanceType, Malformed> {
    let mut found = InstanceType { id: id_of(element)?.into_owned(), ..InstanceType::default() };
    element.children(|child| {
        match child.name() {
            "name" => found.name = child.text()?.into_owned(),
            "memory" => found.memory = number(child)?,
            "cpu" => found.cpus = cpu(child)?.count,
            _other => {}
        }
        Ok(())
    })?;
    Ok(found)
}
