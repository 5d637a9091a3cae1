//! Templates and instance types.

use super::super::mode::Mode;
use super::super::model::{InstanceType, Template};
use super::super::reply::View;
use super::super::xml::Xml;
use super::machine;
use super::{log, networks, storage, vm_v3, vms};

const LINKS_3_0: &[&str] = &["disks", "nics", "cdroms", "permissions"];
const LINKS_3_6: &[&str] =
    &["disks", "nics", "cdroms", "tags", "permissions", "watchdogs", "graphicsconsoles"];
const LINKS_4: &[&str] =
    &["nics", "diskattachments", "cdroms", "graphicsconsoles", "watchdogs", "permissions", "tags"];

pub fn template(view: &View<'_>, template: &Template, x: &mut Xml<'_>) {
    let href = format!("{}/templates/{}", x.dialect.prefix, template.id);
    let pending = vms::pending(view, template.creation);
    let mode = x.dialect.mode;
    x.resource("template", &href, template.id, |x| {
        let first = mode == Mode::V3_0;
        if !first {
            x.actions(
                &href,
                if mode == Mode::V4_1 && !x.dialect.v3() { &["seal", "export"] } else { &["export"] },
            );
        }
        x.text("name", &template.name);
        x.text("description", &template.machine.description);
        if first {
            x.actions(&href, &["export"]);
        }
        if !x.dialect.v3() {
            x.text("comment", &template.machine.comment);
        }
        if pending.is_some() {
            x.state("creation_status", "pending");
        }
        x.links(&href, links(x));
        if let Some(task) = pending {
            x.link("creation_status", &format!("{href}/creation_status/{task}"));
        }
        match (x.dialect.v3(), mode) {
            (true, Mode::V3_0 | Mode::V3_1) => early(view, template, x),
            (true, Mode::V3_6 | Mode::V4_1 | Mode::V4_4) => late(view, template, x),
            (false, _) => v4(view, template, &href, x),
        }
    });
}

fn links(x: &Xml<'_>) -> &'static [&'static str] {
    match (x.dialect.v3(), x.dialect.mode) {
        (true, Mode::V3_0 | Mode::V3_1) => LINKS_3_0,
        (true, _) => LINKS_3_6,
        (false, _) => LINKS_4,
    }
}

fn early(view: &View<'_>, template: &Template, x: &mut Xml<'_>) {
    let machine = &template.machine;
    x.text("type", &machine.kind);
    x.state("status", template.status.at(view.now).word());
    x.text("memory", machine.memory);
    x.group("cpu", |x| machine::topology(machine, x));
    machine::os(machine, x);
    if let Some(cluster) = template.cluster {
        x.reference("cluster", "clusters", cluster);
    }
    x.time("creation_time", template.created);
    x.text("origin", "rhev");
    machine::high_availability(machine, x);
    x.group("display", |x| {
        x.text("type", "spice");
        x.text("monitors", 1);
        if x.dialect.mode != Mode::V3_0 {
            x.text("allow_override", false);
        }
    });
    x.text("stateless", machine.stateless);
    x.nested("usb", "enabled", false);
}

fn late(view: &View<'_>, template: &Template, x: &mut Xml<'_>) {
    x.text("type", &template.machine.kind);
    x.state("status", template.status.at(view.now).word());
    let display = machine::nothing_displayed();
    vm_v3::late_base(&template.machine, template.cluster, template.created, &display, x);
    x.group("version", |x| {
        x.reference("base_template", "templates", template.base);
        x.text("version_number", template.version);
        x.text("version_name", &template.version_name);
    });
}

fn v4(view: &View<'_>, template: &Template, href: &str, x: &mut Xml<'_>) {
    machine::base_v4(view, &template.machine, template.created, &machine::nothing_displayed(), x);
    if let Some(cluster) = template.cluster {
        x.reference("cluster", "clusters", cluster);
    }
    machine::cpu_profile(x);
    x.text("status", template.status.at(view.now).word());
    x.group("version", |x| {
        x.text("version_name", &template.version_name);
        x.text("version_number", template.version);
        x.reference("base_template", "templates", template.base);
    });
    let follow = &view.shown.follow;
    if follow.has("diskattachments") {
        let owner = ("template", href, template.id);
        let below = follow.below("diskattachments");
        x.group("disk_attachments", |x| {
            template.disks.iter().for_each(|disk| storage::attachment(view, owner, disk, &below, x));
        });
    }
    if follow.has("nics") {
        x.group("nics", |x| template.nics.iter().for_each(|nic| networks::template_nic(template, nic, x)));
    }
    if follow.has("tags") {
        x.group("tags", |x| log::tags_of(view, &template.tags, x));
    }
}

pub fn instance_type(_: &View<'_>, kind: &InstanceType, x: &mut Xml<'_>) {
    let href = format!("{}/instancetypes/{}", x.dialect.prefix, kind.id);
    let machine = &kind.machine;
    x.resource("instance_type", &href, kind.id, |x| {
        x.text("name", &kind.name);
        x.text("description", &kind.description);
        x.links(&href, &["nics", "watchdogs", "graphicsconsoles"]);
        x.text("memory", machine.memory);
        x.group("cpu", |x| machine::topology(machine, x));
        if x.dialect.v3() {
            x.group("os", |x| x.empty("boot", &[("dev", "hd")]));
        } else {
            x.group("os", |x| x.group("boot", |x| x.nested("devices", "device", "hd")));
        }
        x.time("creation_time", 1_399_246_200_000);
        machine::high_availability(machine, x);
        x.group("display", |x| {
            x.text("type", "spice");
            x.text("monitors", 1);
            x.text("single_qxl_pci", false);
            x.text("smartcard_enabled", false);
        });
        x.nested("usb", "enabled", false);
        x.text("migration_downtime", -1);
        machine::migration(x);
        x.nested("io", "threads", 0);
        x.nested("memory_policy", "guaranteed", machine.guaranteed);
    });
}
