//! What a machine or a network has: listed, shown, added and taken away.

use http::StatusCode;

use super::Wish;
use crate::{
    frontends::{
        Call,
        cimi::{
            answer::{Answer, Frame},
            around::Around,
            checks::Wanted,
            create,
            dialect::Dialect,
            errors::Fault,
            parts::{ADDRESSES, Part, Source},
            resources::{Describe, machine_parts, network},
            telling::Telling,
        },
    },
    model::{Capabilities, Change, Kind, Operation, Verb},
};

impl Wish<'_> {
    fn telling_part(&self, part: &'static Part, owner: &str) -> Telling {
        Telling { owner: owner.to_owned(), ..self.telling(part.resource, part.describe, "") }
    }

    /// The collection that a part is, or one of its members.
    pub(super) fn part(&self, part: &'static Part, owner: &str, id: Option<&str>) -> Call {
        let path = [part.of, owner, part.path];
        let mut telling = self.telling_part(part, owner);
        telling.selects = !telling.query.select.names_one_of(&["id", "count", "operations", part.key]);
        let frame = match id {
            Some(id) => Frame::Member(Some(self.context.href(&[&path[..], &[id]].concat()))),
            None => self.around(part, &path),
        };
        let show = Operation::Show(owner_kind(part, self.cloud), self.id(owner));
        let action = if id.is_some() { part.actions.show } else { part.actions.index };
        let mut answer = Answer::new(telling, frame, StatusCode::OK);
        match part.source {
            Source::Volumes => {
                let id = id.map(|id| self.id(id));
                answer.checks.part = Some(Wanted { source: part.source, id, removes: false });
                answer.call(action, vec![show], None)
            }
            Source::Interfaces | Source::Owner => answer.call(action, Vec::new(), Some(show)),
        }
    }

    /// The original had another place at which volumes are added.
    fn around(&self, part: &Part, path: &[&str]) -> Frame {
        let href = self.context.href(path);
        let is_volumes = part.source == Source::Volumes && self.context.dialect == Dialect::Compatible;
        let add = match path {
            [of, owner, _] if is_volumes => self.context.href(&[of, owner, "volume_attach"]),
            _ => href.clone(),
        };
        Frame::Collection(Around { href, key: part.key, add: part.can_add(self.cloud).then_some(add) })
    }

    pub(super) fn addresses(&self, machine: &str, id: &str) -> Call {
        let href = self.context.href(&["machines", machine, "network_interfaces", id, "addresses"]);
        let frame = Frame::Collection(Around { href, key: ADDRESSES.key, add: None });
        let telling = Telling { part: id.to_owned(), ..self.telling_part(&ADDRESSES, machine) };
        let mut answer = Answer::new(telling, frame, StatusCode::OK);
        answer.checks.part = Some(Wanted { source: Source::Owner, id: Some(self.id(id)), removes: false });
        answer.call(
            ADDRESSES.actions.index,
            Vec::new(),
            Some(Operation::Show(Kind::Instance, self.id(machine))),
        )
    }

    pub(super) fn add(&self, part: &'static Part, owner: &str) -> Result<Call, Fault> {
        if !part.can_add(self.cloud) {
            return Err(self.incapable());
        }
        match part.source {
            Source::Volumes => self.attach(owner),
            Source::Interfaces | Source::Owner => {
                let asked = self.asked(&[&machine_parts::MACHINE_NETWORK_INTERFACE])?;
                let spec = create::machine_interface(&asked, self.id(owner))?;
                let operation = Operation::Create(Box::new(spec));
                Ok(self.made(self.telling_part(part, owner), operation, part.actions.create))
            }
        }
    }

    /// Makes a volume one of a machine's.
    pub(super) fn attach(&self, machine: &str) -> Result<Call, Fault> {
        if !self.cloud.supports(Verb::Change, Kind::Volume) {
            return Err(self.incapable());
        }
        let asked = self.asked(&[&machine_parts::MACHINE_VOLUME])?;
        let (volume, device) = create::machine_volume(&asked)?;
        let describe: Describe = machine_parts::volumes;
        let telling = self.telling(&machine_parts::MACHINE_VOLUME, describe, "");
        let telling = Telling { owner: machine.to_owned(), ..telling };
        let answer = Answer::new(telling, Frame::Member(None), StatusCode::CREATED);
        let answer = Answer { creates: Some(Kind::Volume), ..answer };
        let change = Change::Attach { instance: self.id(machine), device };
        let operation = Operation::Change(volume, change);
        // That there is no such machine is 404, as the path names it.
        let before = vec![Operation::Show(Kind::Instance, self.id(machine))];
        Ok(answer.call("machines.volumes.create", before, Some(operation)))
    }

    pub(super) fn remove(&self, part: &'static Part, owner: &str, id: &str) -> Result<Call, Fault> {
        if !part.can_remove(self.cloud) {
            return Err(self.incapable());
        }
        let show = Operation::Show(Kind::Instance, self.id(owner));
        let wanted = Wanted { source: part.source, id: Some(self.id(id)), removes: true };
        let (frame, operation) = match part.source {
            Source::Volumes => (self.around(part, &[part.of, owner, part.path]), None),
            Source::Interfaces | Source::Owner => {
                (Frame::Nothing, Some(Operation::Destroy(Kind::NetworkInterface, vec![self.id(id)])))
            }
        };
        let mut answer = Answer::new(self.telling_part(part, owner), frame, StatusCode::OK);
        answer.checks.part = Some(wanted);
        Ok(answer.call(part.actions.destroy, vec![show], operation))
    }
}

/// The kind of what a part is a part of.
fn owner_kind(part: &Part, cloud: &Capabilities) -> Kind {
    match part.of {
        "networks" => network::kind(cloud.supports(Verb::List, Kind::Subnet)),
        _machines => Kind::Instance,
    }
}
