//! A virtual machine: what its two representations share.

use uuid::Uuid;

use super::super::clock::Time;
use super::super::mode::Mode;
use super::super::model::{Payload, Vm, VmStatus};
use super::super::reply::View;
use super::super::xml::Xml;
use super::machine::Display;
use super::{vm_v3, vm_v4};

/// Display ports of a running machine.
const PORT: u32 = 5904;
const SECURE_PORT: u32 = 5905;

const ACTIONS_3_0: &[&str] =
    &["shutdown", "start", "stop", "suspend", "detach", "export", "move", "ticket", "migrate"];
const ACTIONS_3_1: &[&str] = &[
    "cancelmigration",
    "migrate",
    "ticket",
    "shutdown",
    "start",
    "stop",
    "suspend",
    "detach",
    "export",
    "move",
];
const ACTIONS_3_6: &[&str] = &[
    "undo_snapshot",
    "clone",
    "reordermacaddresses",
    "commit_snapshot",
    "preview_snapshot",
    "logon",
    "freezefilesystems",
    "thawfilesystems",
    "cancelmigration",
    "maintenance",
    "migrate",
    "reboot",
    "ticket",
    "move",
    "detach",
    "export",
    "shutdown",
    "start",
    "stop",
    "suspend",
];
const ACTIONS_3_ON_4: &[&str] = &[
    "preview_snapshot",
    "clone",
    "cancelmigration",
    "commit_snapshot",
    "undo_snapshot",
    "freezefilesystems",
    "logon",
    "maintenance",
    "reordermacaddresses",
    "thawfilesystems",
    "ticket",
    "detach",
    "reboot",
    "migrate",
    "export",
    "shutdown",
    "start",
    "stop",
    "suspend",
];
const ACTIONS_4_1: &[&str] = &[
    "migrate",
    "ticket",
    "detach",
    "cancelmigration",
    "commitsnapshot",
    "clone",
    "freezefilesystems",
    "logon",
    "maintenance",
    "reboot",
    "reordermacaddresses",
    "thawfilesystems",
    "undosnapshot",
    "export",
    "previewsnapshot",
    "shutdown",
    "start",
    "stop",
    "suspend",
];
const ACTIONS_4_4: &[&str] = &[
    "detach",
    "shutdown",
    "start",
    "stop",
    "suspend",
    "reset",
    "ticket",
    "migrate",
    "reboot",
    "commitsnapshot",
    "clone",
    "freezefilesystems",
    "logon",
    "maintenance",
    "previewsnapshot",
    "autopincpuandnumanodes",
    "reordermacaddresses",
    "thawfilesystems",
    "undosnapshot",
    "cancelmigration",
    "export",
];

const LINKS_3_0: &[&str] = &["disks", "nics", "cdroms", "snapshots", "tags", "permissions", "statistics"];
const LINKS_3_6: &[&str] = &[
    "applications",
    "disks",
    "nics",
    "numanodes",
    "cdroms",
    "snapshots",
    "tags",
    "permissions",
    "statistics",
    "reporteddevices",
    "watchdogs",
    "sessions",
    "katelloerrata",
    "graphicsconsoles",
    "hostdevices",
];
const LINKS_3_ON_4: &[&str] = &[
    "applications",
    "cdroms",
    "diskattachments",
    "disks",
    "graphicsconsoles",
    "hostdevices",
    "katelloerrata",
    "nics",
    "numanodes",
    "permissions",
    "reporteddevices",
    "sessions",
    "snapshots",
    "statistics",
    "tags",
    "watchdogs",
];
const LINKS_4_1: &[&str] = &[
    "nics",
    "numanodes",
    "diskattachments",
    "cdroms",
    "affinitylabels",
    "graphicsconsoles",
    "watchdogs",
    "katelloerrata",
    "permissions",
    "tags",
    "snapshots",
    "applications",
    "hostdevices",
    "reporteddevices",
    "sessions",
    "statistics",
];
const LINKS_4_4: &[&str] = &[
    "graphicsconsoles",
    "cdroms",
    "watchdogs",
    "diskattachments",
    "snapshots",
    "applications",
    "hostdevices",
    "reporteddevices",
    "sessions",
    "backups",
    "checkpoints",
    "nics",
    "numanodes",
    "katelloerrata",
    "permissions",
    "affinitylabels",
    "tags",
    "statistics",
];

/// Actions and links of a machine, the full set whatever its state.
pub fn rels(mode: Mode, v3: bool) -> (&'static [&'static str], &'static [&'static str]) {
    match (mode, v3) {
        (Mode::V3_0, _) => (ACTIONS_3_0, LINKS_3_0),
        (Mode::V3_1, _) => (ACTIONS_3_1, LINKS_3_0),
        (Mode::V3_6, _) => (ACTIONS_3_6, LINKS_3_6),
        (Mode::V4_1 | Mode::V4_4, true) => (ACTIONS_3_ON_4, LINKS_3_ON_4),
        (Mode::V4_1, false) => (ACTIONS_4_1, LINKS_4_1),
        (Mode::V4_4, false) => (ACTIONS_4_4, LINKS_4_4),
    }
}

/// Writes `<vm>` in the dialect of the answer.
pub fn vm(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    match (x.dialect.v3(), x.dialect.mode) {
        (true, Mode::V3_0 | Mode::V3_1) => vm_v3::early(view, vm, x),
        (true, Mode::V3_6 | Mode::V4_1 | Mode::V4_4) => vm_v3::late(view, vm, x),
        (false, _) => vm_v4::vm(view, vm, x),
    }
}

/// The task that makes it, in the reply to its creation.
pub fn pending(view: &View<'_>, creation: Option<(Uuid, Time)>) -> Option<Uuid> {
    creation.filter(|(_, ends)| view.creating && view.now < *ends).map(|(task, _)| task)
}

/// Where the guest's display is, while a host runs it; its ports are known when it has been launched.
pub fn display(view: &View<'_>, vm: &Vm) -> Display {
    let status = vm.status(view.now);
    // 3.0 and 3.1 go on showing where the display was.
    let remembered = view.shown.dialect.mode <= Mode::V3_1 && vm.started.is_some();
    let host = view.inventory.hosts.get(vm.host, view.now).filter(|_| status.runs() || remembered);
    let ports = host.is_some() && status != VmStatus::WaitForLaunch;
    Display { address: host.map(|host| host.address.clone()), ports: ports.then_some((PORT, SECURE_PORT)) }
}

/// `<host>`, while one runs it and the view is not the filtered one.
pub fn host(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    if vm.status(view.now).runs() && !view.shown.filtered {
        x.reference("host", "hosts", vm.host);
    }
}

/// `<payloads>`, if there are any.
pub fn payloads(payloads: &[Payload], x: &mut Xml<'_>) {
    if payloads.is_empty() {
        return;
    }
    x.group("payloads", |x| {
        for payload in payloads {
            match (x.dialect.v3(), x.dialect.mode) {
                (true, Mode::V3_0 | Mode::V3_1) => payload_3_1(payload, x),
                (true, Mode::V3_6 | Mode::V4_1 | Mode::V4_4) => payload_v3(payload, x),
                (false, _) => payload_v4(payload, x),
            }
        }
    });
}

/// Files directly in the payload, their names as attributes.
fn payload_3_1(payload: &Payload, x: &mut Xml<'_>) {
    x.element("payload", &[("type", &payload.kind)], |x| {
        for (name, content) in &payload.files {
            x.element("file", &[("name", name)], |x| x.text("content", content));
        }
    });
}

fn payload_v3(payload: &Payload, x: &mut Xml<'_>) {
    x.element("payload", &[("type", &payload.kind)], |x| {
        x.group("files", |x| {
            for (name, content) in &payload.files {
                x.group("file", |x| {
                    x.text("name", name);
                    x.text("content", content);
                });
            }
        });
        x.text_if("volume_id", payload.volume_id.as_ref());
    });
}

fn payload_v4(payload: &Payload, x: &mut Xml<'_>) {
    x.group("payload", |x| {
        x.group("files", |x| {
            for (name, content) in &payload.files {
                x.group("file", |x| {
                    x.text("content", content);
                    x.text("name", name);
                });
            }
        });
        x.text("type", &payload.kind);
        x.text_if("volume_id", payload.volume_id.as_ref());
    });
}
