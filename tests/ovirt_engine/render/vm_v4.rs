//! A virtual machine in v4, with the links that `follow` inlines.

use super::super::mode::Mode;
use super::super::model::{Snapshot, Vm};
use super::super::reply::View;
use super::super::xml::Xml;
use super::machine;
use super::{log, networks, statistics, storage, templates, vms};

pub fn vm(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
    x.resource("vm", &href, vm.id, |x| {
        let (actions, links) = vms::rels(x.dialect.mode, false);
        let task = vms::pending(view, vm.creation);
        x.actions(&href, actions);
        x.text("name", &vm.name);
        x.text("description", &vm.machine.description);
        x.text("comment", &vm.machine.comment);
        if task.is_some() {
            x.text("creation_status", "pending");
        }
        x.links(&href, links);
        if let Some(task) = task {
            x.link("creation_status", &format!("{href}/creation_status/{task}"));
        }
        let display = vms::display(view, vm);
        machine::base_v4(view, &vm.machine, vm.created, &display, x);
        referred_cluster(view, vm, x);
        machine::cpu_profile(x);
        machine::quota(x);
        plain(view, vm, x);
        linked(view, vm, &href, x);
    });
}

fn referred_cluster(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let cluster = view.inventory.clusters.get(vm.cluster, view.now);
    match cluster.filter(|_| view.shown.follow.has("cluster")) {
        Some(cluster) => super::places::cluster(view, cluster, x),
        None => x.reference("cluster", "clusters", vm.cluster),
    }
}

/// Plain members of `Vm`, alphabetical.
fn plain(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let status = vm.status(view.now);
    if vm.reports(view.now, view.agent_lag) {
        x.text("fqdn", format_args!("{}.example.com", vm.name));
        guest_operating_system(x);
    }
    x.text("next_run_configuration_exists", vm.next_run);
    if x.dialect.mode == Mode::V4_1 {
        x.text("numa_tune_mode", "interleave");
    }
    if view.shown.all_content {
        vms::payloads(&vm.machine.payloads, x);
    }
    if x.dialect.mode == Mode::V4_1 {
        x.nested("placement_policy", "affinity", "migratable");
    }
    if status.runs() {
        x.text("run_once", vm.run_once);
        if let Some(started) = vm.started {
            x.time("start_time", started);
        }
    }
    x.text("status", status.word());
    if !status.runs() {
        x.text_if("stop_reason", vm.stop_reason.as_ref());
    }
    if let Some(stopped) = vm.stopped {
        x.time("stop_time", stopped);
    }
}

fn guest_operating_system(x: &mut Xml<'_>) {
    x.group("guest_operating_system", |x| {
        x.text("architecture", "x86_64");
        x.text("codename", "Server");
        x.text("distribution", "Red Hat Enterprise Linux Server");
        x.text("family", "Linux");
        x.group("kernel", |x| {
            version(
                x,
                "3.10.0-1062.el7.x86_64",
                &[("build", 0), ("major", 3), ("minor", 10), ("revision", 1062)],
            )
        });
        version(x, "7.7", &[("build", 0), ("major", 7), ("minor", 7)]);
    });
    x.group("guest_time_zone", |x| {
        x.text("name", "UTC");
        x.text("utc_offset", "+00:00");
    });
}

/// A version whose members are alphabetical, the full one after the build.
fn version(x: &mut Xml<'_>, full: &str, numbers: &[(&str, u32)]) {
    x.group("version", |x| {
        for (name, number) in numbers {
            x.text(name, number);
            if *name == "build" {
                x.text("full_version", full);
            }
        }
    });
}

/// Linked members of `Vm`, alphabetical: the link that `follow` knows and the element.
const LINKED: [(&str, &str); 19] = [
    ("affinitylabels", "affinity_labels"),
    ("applications", "applications"),
    ("cdroms", "cdroms"),
    ("diskattachments", "disk_attachments"),
    ("graphicsconsoles", "graphics_consoles"),
    ("host", "host"),
    ("hostdevices", "host_devices"),
    ("instancetype", "instance_type"),
    ("katelloerrata", "katello_errata"),
    ("nics", "nics"),
    ("originaltemplate", "original_template"),
    ("permissions", "permissions"),
    ("reporteddevices", "reported_devices"),
    ("sessions", "sessions"),
    ("snapshots", "snapshots"),
    ("statistics", "statistics"),
    ("tags", "tags"),
    ("template", "template"),
    ("watchdogs", "watchdogs"),
];

/// References are always there, sub-collections only when followed.
fn linked(view: &View<'_>, vm: &Vm, href: &str, x: &mut Xml<'_>) {
    for (link, element) in LINKED {
        match link {
            "host" => vms::host(view, vm, x),
            "instancetype" => {
                if let Some(id) = vm.instance_type {
                    x.reference(element, "instancetypes", id);
                }
            }
            "originaltemplate" => x.reference(element, "templates", vm.original_template),
            "template" => referred_template(view, vm, x),
            "statistics" if view.shown.follow.has(link) => statistics::of_vm(view, vm, href, x),
            "statistics" => {}
            followed if view.shown.follow.has(followed) => {
                x.group(element, |x| sub_collection(view, vm, followed, href, x));
            }
            _unfollowed => {}
        }
    }
}

fn referred_template(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let template = view.inventory.templates.get(vm.template, view.now);
    match template.filter(|_| view.shown.follow.has("template")) {
        Some(template) => templates::template(view, template, x),
        None => x.reference("template", "templates", vm.template),
    }
}

/// The items of a sub-collection; those not named here are always empty.
fn sub_collection(view: &View<'_>, vm: &Vm, link: &str, href: &str, x: &mut Xml<'_>) {
    match link {
        "cdroms" => cdrom(href, vm.id, x),
        "diskattachments" => {
            let below = view.shown.follow.below(link);
            vm.disks.iter().for_each(|disk| storage::attachment(view, ("vm", href, vm.id), disk, &below, x));
        }
        "nics" => vm.nics.iter().for_each(|nic| networks::vm_nic(view, vm, nic, x)),
        "reporteddevices" => networks::reported_devices(view, vm, None, x),
        "snapshots" => snapshots(view, vm, x),
        "tags" => log::tags_of(view, &vm.tags, x),
        _empty => {}
    }
}

/// The one CD drive, empty.
pub fn cdrom(href: &str, vm: uuid::Uuid, x: &mut Xml<'_>) {
    let id = uuid::Uuid::nil();
    x.resource("cdrom", &format!("{href}/cdroms/{id}"), id, |x| x.resource("vm", href, vm, |_| {}));
}

fn snapshots(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    for snapshot in vm.snapshots.iter().filter(|snapshot| snapshot.gone.is_none_or(|gone| view.now < gone)) {
        self::snapshot(view, vm, snapshot, x);
    }
}

/// A snapshot, in every dialect.
pub fn snapshot(view: &View<'_>, vm: &Vm, snapshot: &Snapshot, x: &mut Xml<'_>) {
    let href = format!("{}/vms/{}/snapshots/{}", x.dialect.prefix, vm.id, snapshot.id);
    let (v3, mode) = (x.dialect.v3(), x.dialect.mode);
    x.resource("snapshot", &href, snapshot.id, |x| {
        if mode != Mode::V3_0 {
            x.actions(&href, &["restore"]);
        }
        x.text("description", &snapshot.description);
        if mode == Mode::V3_0 {
            x.actions(&href, &["restore"]);
            x.reference("vm", "vms", vm.id);
            if let Some(attachment) = vm.disks.first() {
                let disk = format!("{}/vms/{}/disks/{}", x.dialect.prefix, vm.id, attachment.disk);
                x.resource("disk", &disk, attachment.disk, |_| {});
            }
            return x.time("date", snapshot.date);
        }
        if snapshot.kind != "active" && mode >= Mode::V3_1 {
            x.links(&href, &["cdroms", "disks", "nics"]);
        }
        if v3 {
            x.text("type", snapshot.kind);
        }
        x.time("date", snapshot.date);
        if !v3 {
            x.text("persist_memorystate", snapshot.with_memory);
        }
        x.text("snapshot_status", snapshot.status.at(view.now).word());
        if v3 && mode >= Mode::V3_6 {
            x.text("persist_memorystate", snapshot.with_memory);
        }
        if !v3 {
            x.text("snapshot_type", snapshot.kind);
        }
        if snapshot.kind != "active" && mode >= Mode::V4_4 {
            x.reference("vm", "vms", vm.id);
        }
    });
}
