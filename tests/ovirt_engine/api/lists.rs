//! The collections that are only read, and finding entities that bodies refer to.

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::Time;
use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::*;
use super::super::render::{hosts, log, networks, places, storage, templates};
use super::super::reply::{Problem, Reply, View};
use super::super::search;
use super::super::table::{Item, Table};
use super::super::xml::Xml;
use super::{Answer, Work, kept};

/// The entity that a body refers to by id or by name.
pub fn find<T: Item>(table: &Table<T>, reference: Option<&Element>, now: Time) -> Option<Arc<T>> {
    let reference = reference?;
    match reference.value("id") {
        Some(id) => table.get(Uuid::parse_str(id).ok()?, now).cloned(),
        None => table.named(reference.value("name")?, now).cloned(),
    }
}

/// The instance type that a body refers to, if it does.
pub fn instance_type_named(
    work: &Work<'_>,
    reference: Option<&Element>,
    mode: Mode,
) -> Result<Option<Arc<InstanceType>>, Problem> {
    let Some(reference) = reference.filter(|_| mode >= Mode::V3_6) else { return Ok(None) };
    let found = find(&work.inventory.instance_types, Some(reference), work.now);
    let name = || reference.value("name").or(reference.value("id")).unwrap_or_default();
    found.map(Some).ok_or_else(|| Problem::unknown_entity(mode, name()))
}

/// Lists a table, or shows the item that the path names.
fn table<T: Item + Send + Sync + 'static>(
    work: &Work<'_>,
    call: &Call,
    items: &Table<T>,
    id: Option<&str>,
    (root, fields): (&'static str, &[&str]),
    values: impl Fn(&T, &str) -> Vec<String>,
    write: fn(&View<'_>, &T, &mut Xml<'_>),
) -> Answer {
    if let Some(id) = id {
        let item = items.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?;
        return Ok(Reply::resource(200, &work.view(call), |view, x| write(view, item, x)));
    }
    let all = items.all(work.now).cloned().collect();
    let found = search::narrow(call, all, fields, |item, field| match field {
        "name" => vec![item.name().to_owned()],
        "id" => vec![item.id().to_string()],
        _ => values(item, field),
    })?;
    Ok(Reply::list(root, found, write))
}

fn center_name(work: &Work<'_>, id: Uuid) -> Vec<String> {
    work.inventory.data_centers.get(id, work.now).map(|center| center.name.clone()).into_iter().collect()
}

pub fn data_centers(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let fields = &["name", "id", "description", "status"];
    let values = |center: &DataCenter, field: &str| match field {
        "description" => vec![center.description.clone()],
        _ => vec!["up".to_owned()],
    };
    table(work, call, &work.inventory.data_centers, id, ("data_centers", fields), values, places::data_center)
}

pub fn clusters(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let fields = &["name", "id", "description", "datacenter"];
    let values = |cluster: &Cluster, field: &str| match field {
        "description" => vec![cluster.description.clone()],
        _ => center_name(work, cluster.data_center),
    };
    table(work, call, &work.inventory.clusters, id, ("clusters", fields), values, places::cluster)
}

pub fn hosts(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let fields = &["name", "id", "status", "cluster", "datacenter", "address"];
    let values = |host: &Host, field: &str| match field {
        "status" => vec!["up".to_owned()],
        "address" => vec![host.address.clone()],
        "cluster" => {
            let cluster = work.inventory.clusters.get(host.cluster, work.now);
            cluster.map(|cluster| cluster.name.clone()).into_iter().collect()
        }
        _ => work
            .inventory
            .data_center_of(host.cluster, work.now)
            .map(|dc| dc.name.clone())
            .into_iter()
            .collect(),
    };
    table(work, call, &work.inventory.hosts, id, ("hosts", fields), values, hosts::host)
}

pub fn storage_domains(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let fields = &["name", "id", "status", "type", "datacenter"];
    let values = |domain: &StorageDomain, field: &str| match field {
        "status" => vec!["active".to_owned()],
        "type" => vec![domain.kind.to_owned()],
        _ => center_name(work, domain.data_center),
    };
    let write = |view: &View<'_>, domain: &StorageDomain, x: &mut Xml<'_>| {
        storage::storage_domain(view, domain, false, x);
    };
    table(work, call, &work.inventory.storage_domains, id, ("storage_domains", fields), values, write)
}

pub fn networks(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let fields = &["name", "id", "description", "datacenter"];
    let values = |network: &Network, field: &str| match field {
        "description" => vec![network.description.clone()],
        _ => center_name(work, network.data_center),
    };
    table(work, call, &work.inventory.networks, id, ("networks", fields), values, networks::network)
}

pub fn profiles(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let none = |_: &VnicProfile, _: &str| Vec::new();
    table(
        work,
        call,
        &work.inventory.profiles,
        id,
        ("vnic_profiles", &["name", "id"]),
        none,
        networks::profile,
    )
}

pub fn instance_types(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let none = |_: &InstanceType, _: &str| Vec::new();
    let shape = ("instance_types", &["name", "id"][..]);
    table(work, call, &work.inventory.instance_types, id, shape, none, templates::instance_type)
}

pub fn tags(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let none = |_: &Tag, _: &str| Vec::new();
    table(work, call, &work.inventory.tags, id, ("tags", &["name", "id"]), none, log::tag)
}

pub fn users(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let values = |user: &User, _: &str| vec![user.name.clone()];
    table(work, call, &work.inventory.users, id, ("users", &["name", "id", "usrname"]), values, log::user)
}

/// What belongs to a data center.
pub fn of_data_center(work: &Work<'_>, call: &Call, id: &str, what: &str) -> Answer {
    let center = work.inventory.data_centers.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?.id;
    let (inventory, now) = (&*work.inventory, work.now);
    match what {
        "clusters" => {
            let all = inventory.clusters.all(now).filter(|cluster| cluster.data_center == center);
            Ok(Reply::list("clusters", all.cloned().collect(), places::cluster))
        }
        "networks" => {
            let all = inventory.networks.all(now).filter(|network| network.data_center == center);
            Ok(Reply::list("networks", all.cloned().collect(), networks::network))
        }
        "storagedomains" => {
            let all = inventory.storage_domains.all(now).filter(|domain| domain.data_center == center);
            let write = |view: &View<'_>, domain: &StorageDomain, x: &mut Xml<'_>| {
                storage::storage_domain(view, domain, true, x);
            };
            Ok(Reply::list("storage_domains", all.cloned().collect(), write))
        }
        other => empty(work, other, call),
    }
}

/// What belongs to a cluster.
pub fn of_cluster(work: &Work<'_>, call: &Call, id: &str, what: &str) -> Answer {
    let cluster = work.inventory.clusters.get(call.id(id)?, work.now).ok_or(Problem::NotFound)?;
    if what == "networks" {
        let all = work.inventory.networks.all(work.now).filter(|net| net.data_center == cluster.data_center);
        return Ok(Reply::list("networks", all.cloned().collect(), networks::network));
    }
    empty(work, what, call)
}

/// Collections that exist and are empty at first, with their elements in v3 and v4.
const EMPTY: [(&str, &str, &str); 46] = [
    ("affinitygroups", "affinity_groups", "affinity_groups"),
    ("affinitylabels", "affinity_labels", "affinity_labels"),
    ("applications", "applications", "applications"),
    ("backups", "backups", "backups"),
    ("bookmarks", "bookmarks", "bookmarks"),
    ("cdroms", "cdroms", "cdroms"),
    ("checkpoints", "checkpoints", "checkpoints"),
    ("clusterlevels", "cluster_levels", "cluster_levels"),
    ("cpuprofiles", "cpu_profiles", "cpu_profiles"),
    ("diskprofiles", "disk_profiles", "disk_profiles"),
    ("domains", "domains", "domains"),
    ("enabledfeatures", "cluster_features", "cluster_features"),
    ("externalhostproviders", "external_host_providers", "external_host_providers"),
    ("externalnetworkproviders", "external_providers", "external_providers"),
    ("files", "files", "files"),
    ("glusterhooks", "gluster_hooks", "gluster_hooks"),
    ("glustervolumes", "gluster_volumes", "gluster_volumes"),
    ("graphicsconsoles", "graphics_consoles", "graphics_consoles"),
    ("groups", "groups", "groups"),
    ("hostdevices", "host_devices", "host_devices"),
    ("icons", "icons", "icons"),
    ("imagetransfers", "image_transfers", "image_transfers"),
    ("iscsibonds", "iscsi_bonds", "iscsi_bonds"),
    ("katelloerrata", "katello_errata", "katello_errata"),
    ("labels", "labels", "network_labels"),
    ("macpools", "mac_pools", "mac_pools"),
    ("networkfilterparameters", "network_filter_parameters", "network_filter_parameters"),
    ("networkfilters", "network_filters", "network_filters"),
    ("networklabels", "labels", "network_labels"),
    ("nics", "nics", "nics"),
    ("numanodes", "vm_numa_nodes", "vm_numa_nodes"),
    ("openstackimageproviders", "openstack_image_providers", "openstack_image_providers"),
    ("openstacknetworkproviders", "openstack_network_providers", "openstack_network_providers"),
    ("openstackvolumeproviders", "openstack_volume_providers", "openstack_volume_providers"),
    ("permissions", "permissions", "permissions"),
    ("qoss", "qoss", "qoss"),
    ("quotas", "quotas", "quotas"),
    ("roles", "roles", "roles"),
    ("schedulingpolicies", "scheduling_policies", "scheduling_policies"),
    ("schedulingpolicyunits", "scheduling_policy_units", "scheduling_policy_units"),
    ("sessions", "sessions", "sessions"),
    ("statistics", "statistics", "statistics"),
    ("steps", "steps", "steps"),
    ("storageconnections", "storage_connections", "storage_connections"),
    ("vmpools", "vmpools", "vm_pools"),
    ("watchdogs", "watchdogs", "watchdogs"),
];

/// A collection of what clients have put there, if there is one of this name.
pub fn empty(work: &Work<'_>, collection: &str, call: &Call) -> Answer {
    let row = EMPTY.iter().find(|(name, _, _)| *name == collection).ok_or(Problem::NotFound)?;
    let root = if call.v3() { row.1 } else { row.2 };
    Ok(Reply::list(root, kept::all(work, call), |_, one, x| kept::write(one, x)))
}

/// Guest operating systems: id and name.
const OPERATING_SYSTEMS: [(u32, &str, &str); 5] = [
    (0, "other", "Other OS"),
    (5, "other_linux", "Linux"),
    (19, "rhel_6x64", "Red Hat Enterprise Linux 6.x x64"),
    (24, "rhel_7x64", "Red Hat Enterprise Linux 7.x x64"),
    (25, "windows_2012x64", "Windows 2012 x64"),
];

pub fn operating_systems(_: &Work<'_>, _: &Call) -> Answer {
    let all = OPERATING_SYSTEMS.into_iter().map(Arc::new).collect();
    Ok(Reply::list("operating_systems", all, |_, (id, name, description), x| {
        let href = format!("{}/operatingsystems/{id}", x.dialect.prefix);
        x.resource("operating_system", &href, id, |x| {
            x.text("name", name);
            x.text("description", description);
        });
    }))
}
