//! Collections and their members: listed, shown, made and deleted.

use http::StatusCode;

use super::Wish;
use crate::{
    frontends::{
        Call,
        cimi::{
            answer::{Answer, Frame},
            around::Around,
            attribute::Resource,
            checks::Checks,
            collections::Collection,
            dialect::Dialect,
            errors::Fault,
            properties,
            query::{Count, Narrow, Path},
            resources::machine,
            telling::Telling,
        },
    },
    model::{Cause, Filter, Id, InstanceState, Kind, Operation, Spec, Verb},
};

impl Wish<'_> {
    pub(super) fn list(self, collection: &'static Collection) -> Result<Call, Fault> {
        if !collection.is_served(self.cloud) {
            return Err(self.incapable());
        }
        self.check_filter(collection.resource)?;
        let href = self.context.href(&[collection.path]);
        let add = collection.grows(self.cloud).then(|| href.clone());
        let frame = Frame::Collection(Around { href, key: collection.key, add });
        let mut telling = self.telling(collection.resource, collection.describe, collection.path);
        telling.selects = !telling.query.select.names_one_of(&["id", "count", "operations", collection.key]);
        let meaning = |path: &Path, text: &str| narrow(collection, path, text);
        let filter = self.query.narrowing(Count::Said, &meaning);
        let operation = collection.kind(self.cloud).map(|kind| Operation::List(kind, filter));
        let answer = Answer::new(telling, frame, StatusCode::OK);
        Ok(answer.call(collection.actions.index, self.volumes(collection), operation))
    }

    /// The original knew no attribute that there is not, and admitted nothing because of it.
    fn check_filter(&self, resource: &'static Resource) -> Result<(), Fault> {
        match &self.query.filter {
            Some(filter) if self.context.dialect == Dialect::Strict => {
                let kind = |path: &Path| resource.type_at(path);
                filter.check(&kind).map_err(|malformed| Fault::invalid(malformed.to_string()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn show(self, collection: &'static Collection, id: &str) -> Result<Call, Fault> {
        let Some(kind) = collection.kind(self.cloud) else {
            return Err(if collection.is_served(self.cloud) {
                Fault::nothing_there()
            } else {
                self.incapable()
            });
        };
        if !self.cloud.supports(Verb::Show, kind) {
            return Err(self.incapable());
        }
        let telling = self.telling(collection.resource, collection.describe, collection.path);
        let answer = Answer::new(telling, Frame::Member(None), StatusCode::OK);
        let operation = Operation::Show(kind, self.id(id));
        Ok(answer.call(collection.actions.show, self.volumes(collection), Some(operation)))
    }

    pub(super) fn create(self, collection: &'static Collection) -> Result<Call, Fault> {
        let create = collection.create.filter(|_| collection.can_create(self.cloud));
        let create = create.ok_or_else(|| self.incapable())?;
        let asked = self.asked(create.input)?;
        let spec = (create.spec)(&asked)?;
        let memo = properties::memo(&asked, spec.kind())?;
        let telling = self.telling(collection.resource, collection.describe, collection.path);
        Ok(self.made(telling, Operation::creation(spec, memo), collection.actions.create))
    }

    pub(super) fn made(&self, telling: Telling, operation: Operation, action: &'static str) -> Call {
        let kind = operation.creates().map(Spec::kind);
        let answer = Answer::new(telling, Frame::Member(None), StatusCode::CREATED);
        Answer { creates: kind, ..answer }.call(action, Vec::new(), Some(operation))
    }

    pub(super) fn delete(self, collection: &'static Collection, id: &str) -> Result<Call, Fault> {
        let kind = collection.kind(self.cloud).filter(|kind| self.cloud.supports(Verb::Destroy, *kind));
        let kind = kind.ok_or_else(|| self.incapable())?;
        let id = self.id(id);
        let telling = self.telling(collection.resource, collection.describe, collection.path);
        let cause = (kind == Kind::Instance).then_some(Cause::Destroy);
        let checks = Checks { cause, tags: self.if_match(), ..Checks::default() };
        let looks = checks.cause.is_some() || checks.tags.is_some();
        let before = looks.then(|| Operation::Show(kind, id.clone()));
        let answer = Answer { checks, ..Answer::new(telling, Frame::Nothing, StatusCode::OK) };
        let operation = Operation::Destroy(kind, vec![id]);
        Ok(answer.call(collection.actions.destroy, before.into_iter().collect(), Some(operation)))
    }

    /// The volumes, where machines are told with theirs.
    fn volumes(&self, collection: &Collection) -> Vec<Operation> {
        let wanted = collection.path == "machines"
            && self.query.expand.admits(&["volumes"])
            && self.cloud.supports(Verb::List, Kind::Volume);
        Vec::from_iter(wanted.then(|| Operation::List(Kind::Volume, Filter::default())))
    }
}

/// What of a filter the cloud can narrow by.
fn narrow(collection: &Collection, path: &Path, text: &str) -> Option<Narrow> {
    if collection.path != "machines" {
        return None;
    }
    match path.as_str() {
        "state" => {
            let shown = InstanceState::ALL.into_iter().filter(|state| machine::word(*state) == text);
            Some(Narrow::States(shown.collect()))
        }
        "realm" => Some(Narrow::Realm(Id::from(text))),
        "name" => Some(Narrow::Name(text.to_owned())),
        _other => None,
    }
}
