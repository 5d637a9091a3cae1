//! The engine's whole state: its tables, and what connects them.

use std::collections::VecDeque;
use std::sync::Arc;

use uuid::Uuid;

use super::api::kept::Kept;
use super::clock::Time;
use super::model::*;
use super::table::Table;

/// Entries that the logs of events and jobs keep.
const MAX_LOG: usize = 1000;

/// Everything the engine knows.
#[derive(Default)]
pub struct Inventory {
    pub data_centers: Table<DataCenter>,
    pub clusters: Table<Cluster>,
    pub hosts: Table<Host>,
    pub storage_domains: Table<StorageDomain>,
    pub networks: Table<Network>,
    pub profiles: Table<VnicProfile>,
    pub instance_types: Table<InstanceType>,
    pub templates: Table<Template>,
    pub vms: Table<Vm>,
    pub disks: Table<Disk>,
    pub tags: Table<Tag>,
    pub users: Table<User>,
    pub jobs: VecDeque<Arc<Job>>,
    pub events: VecDeque<Arc<EngineEvent>>,
    pub kept: Vec<Arc<Kept>>,
    addresses: u32,
}

impl Inventory {
    /// The next MAC address of the pool, and the address that a guest with it would report.
    pub fn next_address(&mut self) -> (String, std::net::Ipv4Addr) {
        self.addresses += 1;
        let [_, a, b, c] = self.addresses.to_be_bytes();
        (format!("00:1a:4a:{a:02x}:{b:02x}:{c:02x}"), std::net::Ipv4Addr::new(10, a, b, c))
    }

    pub fn data_center_of(&self, cluster: Uuid, now: Time) -> Option<&Arc<DataCenter>> {
        self.data_centers.get(self.clusters.get(cluster, now)?.data_center, now)
    }

    pub fn add_job(&mut self, job: Job) {
        self.jobs.push_front(Arc::new(job));
        self.jobs.truncate(MAX_LOG);
    }

    pub fn add_event(&mut self, event: EngineEvent) {
        self.events.push_front(Arc::new(event));
        self.events.truncate(MAX_LOG);
    }

    pub fn next_event(&self) -> u64 {
        self.events.front().map_or(1, |event| event.id + 1)
    }

    /// The storage domain for data of a cluster's data center.
    pub fn data_domain(&self, cluster: Uuid, now: Time) -> Option<Uuid> {
        let center = self.clusters.get(cluster, now)?.data_center;
        let domain = self.storage_domains.all(now).find(|sd| sd.data_center == center && sd.kind == "data");
        domain.map(|sd| sd.id)
    }

    pub fn host_of(&self, cluster: Uuid, now: Time) -> Option<Uuid> {
        self.hosts.all(now).find(|host| host.cluster == cluster).map(|host| host.id)
    }
}
