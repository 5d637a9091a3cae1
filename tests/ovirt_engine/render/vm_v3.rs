//! A virtual machine in v3: as 3.0 and 3.1 wrote it, and as 3.6 and 4.x do.

use super::super::mode::Mode;
use super::super::model::Vm;
use super::super::reply::View;
use super::super::xml::Xml;
use super::machine::{self, Display};
use super::{networks, storage, vms};

fn creation(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    if vms::pending(view, vm.creation).is_some() {
        x.state("creation_status", "pending");
    }
}

fn links(view: &View<'_>, vm: &Vm, href: &str, x: &mut Xml<'_>) {
    x.links(href, vms::rels(x.dialect.mode, true).1);
    if let Some(task) = vms::pending(view, vm.creation) {
        x.link("creation_status", &format!("{href}/creation_status/{task}"));
    }
}

fn describe(vm: &Vm, x: &mut Xml<'_>) {
    for (name, text) in [("description", &vm.machine.description), ("comment", &vm.machine.comment)] {
        if !text.is_empty() {
            x.text(name, text);
        }
    }
}

/// RHEV-M 3.0 and 3.1.
pub fn early(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
    let actions = vms::rels(x.dialect.mode, true).0;
    let first = x.dialect.mode == Mode::V3_0;
    x.resource("vm", &href, vm.id, |x| {
        if !first {
            x.actions(&href, actions);
        }
        x.text("name", &vm.name);
        describe(vm, x);
        if first {
            x.actions(&href, actions);
        }
        creation(view, vm, x);
        links(view, vm, &href, x);
        early_members(view, vm, first, x);
    });
}

fn early_members(view: &View<'_>, vm: &Vm, first: bool, x: &mut Xml<'_>) {
    let machine = &vm.machine;
    x.text("type", &machine.kind);
    x.state("status", vm.status(view.now).word());
    x.text("memory", machine.memory);
    x.group("cpu", |x| machine::topology(machine, x));
    machine::os(machine, x);
    machine::high_availability(machine, x);
    early_display(view, vm, first, x);
    vms::host(view, vm, x);
    x.reference("cluster", "clusters", vm.cluster);
    x.reference("template", "templates", vm.template);
    if let Some(started) = vm.started.or(first.then_some(vm.created)) {
        x.time("start_time", started);
    }
    x.time("creation_time", vm.created);
    x.text("origin", "rhev");
    x.text("stateless", machine.stateless);
    machine::custom_properties(machine, x);
    let single = view.single && !first;
    if single {
        vms::payloads(&machine.payloads, x);
    }
    detail(view, vm, x);
    x.nested("placement_policy", "affinity", "migratable");
    x.group("memory_policy", |x| {
        x.text("guaranteed", machine.guaranteed);
        if single {
            x.text("ballooning", false);
        }
    });
    guest_info(view, vm, x);
    if !first {
        x.empty("quota", &[("id", &uuid::Uuid::nil().to_string())]);
    }
    x.nested("usb", "enabled", false);
}

fn early_display(view: &View<'_>, vm: &Vm, first: bool, x: &mut Xml<'_>) {
    x.group("display", |x| {
        x.text("type", "spice");
        let display = vms::display(view, vm);
        let certified = display.address.clone().filter(|_| view.single && !first);
        x.text_if("address", display.address);
        x.text_if("port", display.ports.map(|(port, _)| port));
        x.text_if("secure_port", display.ports.map(|(_, secure)| secure));
        x.text("monitors", 1);
        if !first {
            x.text("allow_override", false);
        }
        if let Some(address) = certified {
            x.nested("certificate", "subject", format_args!("O=example.com,CN={address}"));
        }
    });
}

/// 3.6, and v3 on 4.x.
pub fn late(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
    x.resource("vm", &href, vm.id, |x| {
        x.actions(&href, vms::rels(x.dialect.mode, true).0);
        x.text("name", &vm.name);
        describe(vm, x);
        creation(view, vm, x);
        links(view, vm, &href, x);
        x.text("type", &vm.machine.kind);
        x.state("status", vm.status(view.now).word());
        let display = vms::display(view, vm);
        late_base(&vm.machine, Some(vm.cluster), vm.created, &display, x);
        late_members(view, vm, x);
    });
}

/// Members of v3's `VmBase` after the status.
pub fn late_base(
    machine: &super::super::model::Machine,
    cluster: Option<uuid::Uuid>,
    created: i64,
    display: &Display,
    x: &mut Xml<'_>,
) {
    let architecture = x.dialect.word("x86_64");
    x.text("memory", machine.memory);
    x.group("cpu", |x| {
        machine::topology(machine, x);
        x.text("architecture", architecture);
    });
    x.text("cpu_shares", 0);
    x.group("bios", machine::boot_menu);
    machine::os(machine, x);
    if let Some(cluster) = cluster {
        x.reference("cluster", "clusters", cluster);
    }
    x.time("creation_time", created);
    x.text("origin", "ovirt");
    x.text("stateless", machine.stateless);
    x.text("delete_protected", machine.delete_protected);
    machine::high_availability(machine, x);
    machine::display_v3(display, x);
    machine::sso(x);
    x.text("timezone", "Etc/GMT");
    x.nested("usb", "enabled", false);
    x.text("migration_downtime", -1);
    x.text("start_paused", false);
    machine::cpu_profile(x);
    machine::migration(x);
    x.nested("io", "threads", 0);
    machine::custom_properties(machine, x);
    x.nested("time_zone", "name", "Etc/GMT");
    machine::small_icon(x);
    machine::large_icon(x);
    machine::memory_policy(machine, x);
}

fn late_members(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    x.text_if("stop_reason", vm.stop_reason.as_ref());
    vms::host(view, vm, x);
    x.reference("template", "templates", vm.template);
    if let Some(id) = vm.instance_type {
        x.reference("instance_type", "instancetypes", id);
    }
    if let Some(started) = vm.started.filter(|_| vm.status(view.now).runs()) {
        x.time("start_time", started);
    }
    if let Some(stopped) = vm.stopped {
        x.time("stop_time", stopped);
    }
    if vm.status(view.now).runs() {
        x.text("run_once", vm.run_once);
    }
    if view.shown.all_content {
        vms::payloads(&vm.machine.payloads, x);
    }
    detail(view, vm, x);
    machine::initialization(view, &vm.machine, x);
    x.nested("placement_policy", "affinity", "migratable");
    guest_info(view, vm, x);
    x.text("next_run_configuration_exists", vm.next_run);
    x.text("numa_tune_mode", "interleave");
}

/// Sub-collections that `detail` asked for.
fn detail(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let follow = &view.shown.follow;
    if follow.has("disks") {
        x.group("disks", |x| storage::vm_disks_v3(view, vm, x));
    }
    if follow.has("nics") {
        x.group("nics", |x| vm.nics.iter().for_each(|nic| networks::vm_nic(view, vm, nic, x)));
    }
    if follow.has("statistics") {
        let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
        super::statistics::of_vm(view, vm, &href, x);
    }
    if follow.has("tags") {
        x.group("tags", |x| super::log::tags_of(view, &vm.tags, x));
    }
}

fn guest_info(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    let addresses: Vec<String> =
        vm.nics.iter().filter(|nic| nic.plugged).map(|nic| nic.address.to_string()).collect();
    if !vm.reports(view.now, view.agent_lag) || addresses.is_empty() {
        return;
    }
    x.group("guest_info", |x| {
        x.group("ips", |x| addresses.iter().for_each(|ip| x.address("ip", ip)));
        if x.dialect.mode >= Mode::V3_6 {
            x.text("fqdn", format_args!("{}.example.com", vm.name));
        }
    });
}
