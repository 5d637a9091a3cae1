//! What has to be true before something is done, and what is done because of what was seen.

use http::StatusCode;

use super::{errors::Fault, parts::Source, resources::machine, resources::machine_parts, telling::Telling};
use crate::model::{Cause, Change, Error, ErrorKind, Filter, Flow, Id, Instance, Kind, Operation, Resource};

/// The most volumes of which machines are told with theirs.
const MOST_VOLUMES: usize = 10_000;

/// What has to be true before something is done.
#[derive(Default)]
pub(super) struct Checks {
    /// What has to be possible for the instance.
    pub(super) cause: Option<Cause>,
    /// The tags of which the document has to have one.
    pub(super) tags: Option<String>,
    /// What of a machine is looked for.
    pub(super) part: Option<Wanted>,
    /// The failure, where it is one that the model has no words for.
    pub(super) failed: Option<Fault>,
    /// What was seen of the machine.
    pub(super) attached: Vec<Id>,
}

/// What of a machine is looked for, or taken from it.
pub(super) struct Wanted {
    pub(super) source: Source,
    /// The part with this id; all when none.
    pub(super) id: Option<Id>,
    pub(super) removes: bool,
}

impl Checks {
    /// Takes note of something that has to be known before.
    ///
    /// # Errors
    /// When the operation must not be done because of it.
    pub(super) fn note(&mut self, resource: &Resource<'_>, telling: &mut Telling) -> Result<Flow, Error> {
        if let (Resource::Volume(_), true) = (resource, self.tags.is_none()) {
            if telling.volumes.len() >= MOST_VOLUMES {
                let message = "there are too many volumes to tell them with the machines";
                return Err(Error::new(ErrorKind::LimitReached, message));
            }
            telling.volumes.push(resource.clone().into_owned());
            return Ok(Flow::More);
        }
        self.check_tags(resource, telling)?;
        if let Resource::Instance(instance) = resource {
            self.check_state(instance, telling)?;
            self.check_part(instance)?;
        }
        Ok(Flow::More)
    }

    fn check_tags(&mut self, resource: &Resource<'_>, telling: &Telling) -> Result<(), Error> {
        let Some(held) = &self.tags else { return Ok(()) };
        let is_current = held.trim() == "*"
            || telling.tags(resource).iter().any(|tag| held.split(',').any(|held| held.trim() == tag));
        if is_current {
            return Ok(());
        }
        let message =
            "The resource is not as it was when it was read: If-Match names another tag than it has";
        self.failed = Some(Fault::new(StatusCode::PRECONDITION_FAILED, message));
        Err(Error::new(ErrorKind::IncorrectState, message))
    }

    fn check_state(&self, instance: &Instance<'_>, telling: &Telling) -> Result<(), Error> {
        let Some(cause) = self.cause else { return Ok(()) };
        if telling.cloud.possible(instance.state).any(|possible| possible == cause) {
            return Ok(());
        }
        let (id, word) = (instance.id.as_ref(), machine::word(instance.state));
        let message = format!("machine '{id}' is {word}: this is none of the operations that it offers now");
        Err(Error::new(ErrorKind::IncorrectState, message).about(Kind::Instance, id))
    }

    fn check_part(&mut self, instance: &Instance<'_>) -> Result<(), Error> {
        let Some(Wanted { source, id, .. }) = &self.part else { return Ok(()) };
        let (kind, ids): (Kind, Vec<Id>) = match source {
            Source::Volumes => {
                let volumes =
                    instance.attachments.iter().filter(|attachment| !machine_parts::is_disk(attachment));
                (Kind::Volume, volumes.map(|attachment| Id::from(attachment.volume.as_ref())).collect())
            }
            Source::Interfaces | Source::Owner => {
                let ids = instance.interfaces.iter().map(|interface| Id::from(interface.id.as_ref()));
                (Kind::NetworkInterface, ids.collect())
            }
        };
        match id {
            Some(id) if !ids.contains(id) => Err(Error::not_found(kind, id.clone())),
            _ => {
                self.attached = ids;
                Ok(())
            }
        }
    }

    /// What is done because of what was seen: the last one is what the answer is made of.
    pub(super) fn decide(&mut self, _: &Telling) -> Vec<Operation> {
        let Some(Wanted { source: Source::Volumes, id, removes }) = &self.part else { return Vec::new() };
        let wanted = match (id, removes) {
            (Some(id), false) => vec![id.clone()],
            (id, _) => {
                self.attached.iter().filter(|attached| Some(*attached) != id.as_ref()).cloned().collect()
            }
        };
        let removal = id.clone().filter(|_| *removes).map(|id| Operation::Change(id, Change::Detach));
        let filter = Filter { ids: wanted, ..Filter::default() };
        let list = (!filter.ids.is_empty()).then_some(Operation::List(Kind::Volume, filter));
        removal.into_iter().chain(list).collect()
    }

    /// Looks at a resource of the answer itself.
    ///
    /// # Errors
    /// When what is looked for is no part of it.
    pub(super) fn item(&mut self, resource: &Resource<'_>, _: &Telling) -> Result<(), Error> {
        match (resource, &self.part) {
            (Resource::Instance(instance), Some(Wanted { source: Source::Owner, .. })) => {
                self.check_part(instance)
            }
            _other => Ok(()),
        }
    }

    /// Whether a resource is not in the answer because it was just taken away.
    pub(super) fn leaves_out(&self, resource: &Resource<'_>) -> bool {
        let removed =
            self.part.as_ref().filter(|wanted| wanted.removes).and_then(|wanted| wanted.id.as_ref());
        removed.is_some_and(|id| id.as_str() == resource.id())
    }
}
