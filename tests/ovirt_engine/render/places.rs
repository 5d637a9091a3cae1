//! Data centers and clusters.

use super::super::mode::Mode;
use super::super::model::{Cluster, DataCenter};
use super::super::reply::View;
use super::super::xml::Xml;

const MAC_POOL: &str = "0000000d-000d-000d-000d-0000000000f7";
const SCHEDULING_POLICY: &str = "b4ed2332-a7ac-4d5f-9596-99a439cb2812";
const MIGRATION_POLICY: &str = "80554327-0569-496b-bdeb-fcbbf52b827b";

const CLUSTER_LINKS_4: &[&str] = &[
    "affinitygroups",
    "glusterhooks",
    "glustervolumes",
    "enabledfeatures",
    "externalnetworkproviders",
    "cpuprofiles",
    "permissions",
    "networkfilters",
    "networks",
];
const CENTER_LINKS: &[&str] =
    &["storagedomains", "clusters", "networks", "permissions", "quotas", "qoss", "iscsibonds"];

fn version(x: &mut Xml<'_>) {
    let (major, minor) = x.dialect.mode.level();
    if x.dialect.mode == Mode::V3_0 {
        x.numbers("version", &[("minor", minor), ("major", major)]);
    } else {
        x.numbers("version", &[("major", major), ("minor", minor)]);
    }
}

pub fn data_center(view: &View<'_>, center: &DataCenter, x: &mut Xml<'_>) {
    let href = format!("{}/datacenters/{}", x.dialect.prefix, center.id);
    let mode = x.dialect.mode;
    x.resource("data_center", &href, center.id, |x| {
        if mode >= Mode::V4_4 {
            x.actions(&href, &["setmaster", "cleanfinishedtasks"]);
        }
        x.text("name", &center.name);
        if !center.description.is_empty() || mode == Mode::V3_0 {
            x.text("description", &center.description);
        }
        x.links(&href, center_links(mode));
        if x.dialect.v3() {
            center_v3(center, x)
        } else {
            center_v4(x)
        }
        if view.shown.follow.has("clusters") && !x.dialect.v3() {
            x.group("clusters", |x| {
                let all = view.inventory.clusters.all(view.now);
                all.filter(|cluster| cluster.data_center == center.id).for_each(|c| cluster(view, c, x));
            });
        }
    });
}

fn center_links(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::V3_0 => &["storagedomains", "permissions"],
        Mode::V3_1 => &["storagedomains", "permissions", "quotas"],
        Mode::V3_6 | Mode::V4_1 | Mode::V4_4 => CENTER_LINKS,
    }
}

fn center_v3(center: &DataCenter, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V3_6;
    if late {
        x.text("local", false);
    } else {
        x.text("storage_type", center.storage_type);
    }
    x.text("storage_format", "v3");
    version(x);
    x.group("supported_versions", version);
    x.state("status", "up");
    if late {
        x.reference("mac_pool", "macpools", MAC_POOL);
        x.text("quota_mode", "disabled");
    }
}

fn center_v4(x: &mut Xml<'_>) {
    x.text("local", false);
    x.text("quota_mode", "disabled");
    x.text("status", "up");
    x.text("storage_format", if x.dialect.mode >= Mode::V4_4 { "v5" } else { "v3" });
    x.group("supported_versions", version);
    version(x);
    x.reference("mac_pool", "macpools", MAC_POOL);
}

pub fn cluster(view: &View<'_>, cluster: &Cluster, x: &mut Xml<'_>) {
    let href = format!("{}/clusters/{}", x.dialect.prefix, cluster.id);
    let mode = x.dialect.mode;
    x.resource("cluster", &href, cluster.id, |x| {
        match (x.dialect.v3(), mode) {
            (true, Mode::V3_0 | Mode::V3_1) => {}
            (true, _) => x.actions(&href, &["resetemulatedmachine"]),
            (false, Mode::V4_4) => x.actions(
                &href,
                &["syncallnetworks", "resetemulatedmachine", "refreshglusterhealstatus", "upgrade"],
            ),
            (false, _) => x.actions(&href, &["resetemulatedmachine"]),
        }
        x.text("name", &cluster.name);
        if !cluster.description.is_empty() || !x.dialect.v3() {
            x.text("description", &cluster.description);
        }
        if !x.dialect.v3() {
            x.text("comment", "");
        }
        x.links(&href, cluster_links(x));
        if x.dialect.v3() { cluster_v3(cluster, x) } else { cluster_v4(view, cluster, x) }
    });
}

fn cluster_links(x: &Xml<'_>) -> &'static [&'static str] {
    match (x.dialect.v3(), x.dialect.mode) {
        (true, Mode::V3_0) => &["networks", "permissions"],
        (true, Mode::V3_1) => &["networks", "permissions", "glustervolumes"],
        (true, Mode::V3_6) => {
            &["networks", "permissions", "glustervolumes", "glusterhooks", "affinitygroups", "cpuprofiles"]
        }
        (true, Mode::V4_1 | Mode::V4_4) => &[
            "networks",
            "permissions",
            "glustervolumes",
            "glusterhooks",
            "affinitygroups",
            "cpuprofiles",
            "networkfilters",
        ],
        (false, _) => CLUSTER_LINKS_4,
    }
}

fn cluster_v3(cluster: &Cluster, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V3_6;
    let architecture = x.dialect.word("x86_64");
    x.element("cpu", &[("id", cluster.cpu)], |x| {
        if late {
            x.text("architecture", architecture);
        }
    });
    x.reference("data_center", "datacenters", cluster.data_center);
    x.group("memory_policy", |x| {
        x.empty("overcommit", &[("percent", "100")]);
        x.nested("transparent_hugepages", "enabled", true);
    });
    if late {
        let href = format!("{}/schedulingpolicies/{SCHEDULING_POLICY}", x.dialect.prefix);
        let before_4 = x.dialect.mode == Mode::V3_6;
        x.resource("scheduling_policy", &href, SCHEDULING_POLICY, |x| {
            if before_4 {
                x.text("name", "none");
            }
            x.text("policy", "none");
            if !before_4 {
                x.empty("thresholds", &[("high", "80"), ("duration", "2")]);
            }
        });
    } else {
        x.empty("scheduling_policy", &[]);
    }
    version(x);
    x.nested("error_handling", "on_error", "migrate");
    if x.dialect.mode >= Mode::V3_1 {
        x.text("virt_service", true);
        x.text("gluster_service", false);
    }
    if late {
        cluster_v3_late(x);
    }
}

fn cluster_v3_late(x: &mut Xml<'_>) {
    for name in ["threads_as_cores", "tunnel_migration", "trusted_service", "ha_reservation"] {
        x.text(name, false);
    }
    for name in ["optional_reason", "maintenance_reason_required", "ballooning_enabled"] {
        x.text(name, false);
    }
    ksm(x);
    let source = x.dialect.word("random");
    x.nested("required_rng_sources", "source", source);
    x.group("fencing_policy", |x| {
        x.text("enabled", true);
        x.nested("skip_if_sd_active", "enabled", false);
        x.group("skip_if_connectivity_broken", |x| {
            x.text("enabled", false);
            x.text("threshold", 50);
        });
    });
    super::machine::migration(x);
}

fn ksm(x: &mut Xml<'_>) {
    x.group("ksm", |x| {
        x.text("enabled", true);
        x.text("merge_across_nodes", true);
    });
}

fn cluster_v4(view: &View<'_>, cluster: &Cluster, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V4_4;
    x.text("ballooning_enabled", true);
    if late {
        x.text("bios_type", "q35_sea_bios");
    }
    x.group("cpu", |x| {
        x.text("architecture", "x86_64");
        x.text("type", cluster.cpu);
    });
    x.group("custom_scheduling_policy_properties", |x| {
        x.group("property", |x| {
            x.text("name", "HighUtilization");
            x.text("value", 80);
        });
    });
    x.nested("error_handling", "on_error", "migrate");
    fencing_v4(x);
    if late {
        x.text("fips_mode", "disabled");
    }
    x.text("firewall_type", "firewalld");
    x.text("gluster_service", false);
    x.text("ha_reservation", false);
    ksm(x);
    if late {
        x.text("log_max_memory_used_threshold", 95);
        x.text("log_max_memory_used_threshold_type", "percentage");
    }
    cluster_v4_end(view, cluster, late, x);
}

fn fencing_v4(x: &mut Xml<'_>) {
    x.group("fencing_policy", |x| {
        x.text("enabled", true);
        x.group("skip_if_connectivity_broken", |x| {
            x.text("enabled", true);
            x.text("threshold", 50);
        });
        x.text("skip_if_gluster_bricks_up", false);
        x.text("skip_if_gluster_quorum_not_met", false);
        x.nested("skip_if_sd_active", "enabled", true);
    });
}

fn cluster_v4_end(view: &View<'_>, cluster: &Cluster, late: bool, x: &mut Xml<'_>) {
    if !late {
        x.text("maintenance_reason_required", false);
    }
    x.group("memory_policy", |x| {
        x.nested("over_commit", "percent", 100);
        x.nested("transparent_hugepages", "enabled", true);
    });
    x.group("migration", |x| {
        x.text("auto_converge", "inherit");
        x.nested("bandwidth", "assignment_method", "auto");
        x.text("compressed", "inherit");
        if late {
            x.text("encrypted", "inherit");
        }
        x.empty("policy", &[("id", MIGRATION_POLICY)]);
    });
    if !late {
        x.text("optional_reason", false);
    }
    x.nested("required_rng_sources", "required_rng_source", "urandom");
    x.text("switch_type", "legacy");
    for name in ["threads_as_cores", "trusted_service", "tunnel_migration"] {
        x.text(name, false);
    }
    version(x);
    x.text("virt_service", true);
    if late {
        x.text("vnc_encryption", true);
    }
    let center = view.inventory.data_centers.get(cluster.data_center, view.now);
    match center.filter(|_| view.shown.follow.has("datacenter")) {
        Some(center) => data_center(view, center, x),
        None => x.reference("data_center", "datacenters", cluster.data_center),
    }
    x.reference("mac_pool", "macpools", MAC_POOL);
    x.reference("scheduling_policy", "schedulingpolicies", SCHEDULING_POLICY);
}
