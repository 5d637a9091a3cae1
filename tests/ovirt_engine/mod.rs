//! A faithful oVirt engine to test against, of any of five releases.
//!
//! It keeps an inventory, runs the engine's state machines on a clock that tests can push, speaks both
//! representations of the API, and misbehaves on demand. Tests start one in process with [`Engine::start`]; the
//! example `ovirt-engine` serves one to other programs.
//!
//! **Invariants:** no background task changes state, every state follows from the clock; equal options give equal
//! inventories; every request is recorded.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each program that includes this module uses a part of it"
)]

pub mod api;
pub mod auth;
pub mod call;
pub mod clock;
pub mod connection;
pub mod control;
pub mod element;
pub mod follow;
pub mod inventory;
pub mod json;
pub mod listing;
pub mod mangle;
pub mod misbehaviour;
pub mod mode;
pub mod model;
pub mod render;
pub mod reply;
pub mod search;
pub mod seed;
pub mod server;
pub mod shared;
pub mod states;
pub mod table;
pub mod xml;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use uuid::Uuid;

pub use misbehaviour::{Kind, Misbehaviour, Misbehaviours};
pub use mode::Mode;
pub use model::{Vm, VmStatus};
pub use shared::Recorded;

use shared::Core;

/// What engine to start.
#[derive(Clone, Debug)]
pub struct Options {
    pub mode: Mode,
    /// Numbered machines on top of the three named ones.
    pub vms: u32,
    /// Divides every delay: 1 is as slow as the recorded engines, 100 a hundred times faster.
    pub speed: f64,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
}

impl Default for Options {
    fn default() -> Options {
        Options { mode: Mode::V4_4, vms: 0, speed: 1.0, listen: SocketAddr::from(([127, 0, 0, 1], 0)) }
    }
}

/// A running engine; it stops when dropped.
pub struct Engine {
    core: Arc<Core>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
}

impl Engine {
    /// Starts an engine, which listens when this returns.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn try_start(options: Options) -> std::io::Result<Engine> {
        let core = Arc::new(Core::new(&options));
        let listener = tokio::net::TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        server::serve(core.clone(), listener, stopped);
        Ok(Engine { core, address, stop: Some(stop) })
    }

    /// As [`Engine::try_start`], on a free port.
    pub async fn start(options: Options) -> Engine {
        Engine::try_start(options).await.unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the API is, e.g. `http://127.0.0.1:4711/ovirt-engine/api`.
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, self.core.mode.bases()[0])
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.core.recorded()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.core.forget();
    }

    /// A machine as the engine keeps it, with its payloads and cloud-init.
    pub fn vm(&self, id: Uuid) -> Option<Vm> {
        let (inventory, now) = (self.core.inventory(), self.core.clock.now());
        inventory.vms.get(id, now).map(|vm| vm.as_ref().clone())
    }

    /// The snapshots that a machine has now, the active one among them.
    pub fn snapshots(&self, id: Uuid) -> Vec<model::Snapshot> {
        let now = self.core.clock.now();
        let all = self.vm(id).map(|vm| vm.snapshots).unwrap_or_default();
        all.into_iter().filter(|snapshot| snapshot.gone.is_none_or(|gone| now < gone)).collect()
    }

    /// Takes a snapshot of all disks of a machine, as somebody else does.
    pub fn take_snapshot(&self, id: Uuid, description: &str) {
        let now = self.core.clock.now();
        let mut inventory = self.core.inventory();
        let Some(vm) = inventory.vms.get(id, now).cloned() else { return };
        let disks: Vec<Uuid> = vm.disks.iter().map(|attachment| attachment.disk).collect();
        let images = api::snapshots::split(&mut inventory, &vm, &disks);
        let snapshot = seed::active_snapshot(Uuid::new_v4(), now);
        let (kind, description) = ("regular", description.to_owned());
        let snapshot = model::Snapshot { kind, description, images, ..snapshot };
        inventory.vms.update(id, |vm| vm.snapshots.push(snapshot));
    }

    /// The first disk of a template.
    pub fn disk_of_template(&self, id: Uuid) -> Option<Uuid> {
        let (inventory, now) = (self.core.inventory(), self.core.clock.now());
        Some(inventory.templates.get(id, now)?.disks.first()?.disk)
    }

    pub fn vm_named(&self, name: &str) -> Option<Vm> {
        let (inventory, now) = (self.core.inventory(), self.core.clock.now());
        inventory.vms.named(name, now).map(|vm| vm.as_ref().clone())
    }

    /// The state of a machine now; `None` when it is gone.
    pub fn vm_status(&self, id: Uuid) -> Option<VmStatus> {
        self.vm(id).map(|vm| vm.status(self.core.clock.now()))
    }

    /// Puts a machine into a state, whatever it was in.
    pub fn set_vm_status(&self, id: Uuid, status: VmStatus) {
        let now = self.core.clock.now();
        self.core.inventory().vms.update(id, |vm| vm.status = clock::Schedule::new(now, status));
    }

    /// Lets `delay` of the real engine's time pass at once.
    pub fn advance(&self, delay: Duration) {
        self.core.clock.advance(delay);
    }

    /// The switches by which it misbehaves.
    pub fn faults(&self) -> &Misbehaviours {
        &self.core.misbehaviours
    }

    /// Forgets all sessions and tokens, as a restarted engine does.
    pub fn drop_sessions(&self) {
        self.core.sessions().drop_all();
    }

    /// Sessions and tokens that are alive.
    pub fn live_sessions(&self) -> usize {
        self.core.sessions().live()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that has ended already needs no telling.
            let _ = stop.send(());
        }
    }
}
