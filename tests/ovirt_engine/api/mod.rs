//! What the API does: one file per kind of resource, `routes` chooses among them.

pub mod actions;
pub mod consoles;
pub mod disk_snapshots;
pub mod disks;
pub mod kept;
pub mod lists;
pub mod log;
pub mod machines;
pub mod networks;
pub mod routes;
pub mod snapshots;
pub mod tags;
pub mod templates;
pub mod vms;

use std::sync::Arc;

use uuid::Uuid;

use super::call::Call;
use super::clock::{Clock, Time, delays};
use super::inventory::Inventory;
use super::model::{EngineEvent, Job, Vm};
use super::reply::{Problem, Reply, View};
use super::xml::Xml;

/// A request at work on the inventory, at one moment.
pub struct Work<'a> {
    pub inventory: &'a mut Inventory,
    pub clock: &'a Clock,
    pub now: Time,
}

pub type Answer = Result<Reply, Problem>;

impl Work<'_> {
    /// The moment `delay` from now, at the engine's speed.
    pub fn after(&self, delay: std::time::Duration) -> Time {
        self.now + self.clock.scaled(delay)
    }

    pub fn view<'v>(&'v self, call: &'v Call) -> View<'v> {
        View {
            inventory: self.inventory,
            now: self.now,
            agent_lag: self.clock.scaled(delays::GUEST_AGENT),
            creating: false,
            single: false,
            shown: &call.shown,
        }
    }

    /// The machine of the path, if the caller may see it.
    pub fn vm(&self, call: &Call, id: &str) -> Result<Arc<Vm>, Problem> {
        let vm = self.inventory.vms.get(call.id(id)?, self.now).cloned();
        vm.filter(|vm| vm.seen_by(&call.user)).ok_or(Problem::NotFound)
    }

    /// Records that something was done, and that it ends at `ends`.
    pub fn record(&mut self, call: &Call, description: String, vm: Option<Uuid>, ends: Time) -> Uuid {
        let id = Uuid::new_v4();
        let owner = call.user.id;
        let correlation = call.correlation.clone();
        self.inventory.add_event(EngineEvent {
            id: self.inventory.next_event(),
            code: 34,
            severity: "normal".to_owned(),
            description: description.clone(),
            origin: "oVirt".to_owned(),
            custom_id: -1,
            time: self.now,
            correlation: correlation.clone(),
            user: Some(owner),
            vm,
        });
        self.inventory.add_job(Job { id, description, owner, started: self.now, ends, correlation });
        id
    }

    /// The answer to an action that is complete, or runs on with `status` when it has tasks.
    pub fn acted(&self, call: &Call, job: Uuid, tasks: bool, more: impl FnOnce(&mut Xml<'_>)) -> Reply {
        let status = if tasks { "pending" } else { "complete" };
        let code = if tasks { 202 } else { 200 };
        Reply::resource(code, &self.view(call), |_, x| {
            x.group("action", |x| {
                if !x.dialect.v3() {
                    x.reference("job", "jobs", job);
                }
                x.state("status", status);
                more(x);
            });
        })
    }

    /// The answer to a deletion: 204 in 3.0, nothing in 3.1, an action later.
    pub fn deleted(&self, call: &Call, job: Uuid) -> Reply {
        use super::mode::Mode;
        use super::reply::Body;
        match call.mode() {
            Mode::V3_0 => Reply::new(204, Body::Empty),
            Mode::V3_1 => Reply::new(200, Body::Empty),
            Mode::V3_6 | Mode::V4_1 | Mode::V4_4 => self.acted(call, job, false, |_| {}),
        }
    }

    /// The answer to a creation, with where the new resource is.
    pub fn created(
        &self,
        call: &Call,
        tasks: bool,
        path: &str,
        write: impl FnOnce(&View<'_>, &mut Xml<'_>),
    ) -> Reply {
        let status = if tasks { 202 } else { 201 };
        let view = View { creating: true, ..self.view(call) };
        let reply = Reply::resource(status, &view, write);
        if tasks { reply } else { reply.with("location", format!("{}/{path}", call.shown.dialect.prefix)) }
    }
}
