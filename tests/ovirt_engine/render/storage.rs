//! Disks, disk attachments and storage domains.

use uuid::Uuid;

use super::super::clock::Time;
use super::super::follow::Follow;
use super::super::inventory::Inventory;
use super::super::mode::Mode;
use super::super::model::{Attachment, Disk, StorageDomain, Vm};
use super::super::reply::View;
use super::super::xml::Xml;

const DISK_PROFILE: &str = "80b161f9-491b-4d0a-8f5b-de8a64865ea1";
const QUOTA: &str = "712172d4-dc8e-4989-8a20-578506088116";

/// v4 disk actions; 3.6 has part of them.
const DISK_ACTIONS: &[&str] = &["reduce", "sparsify", "copy", "export", "move", "refreshlun"];

/// `<disk>` of the top-level collection.
pub fn disk(view: &View<'_>, disk: &Disk, x: &mut Xml<'_>) {
    disk_with(view, disk, &Follow::default(), x);
}

/// A disk, with the links that are followed from it.
fn disk_with(view: &View<'_>, disk: &Disk, follow: &Follow, x: &mut Xml<'_>) {
    if x.dialect.v3() {
        let href = format!("{}/disks/{}", x.dialect.prefix, disk.id);
        return disk_v3(view, disk, &href, None, x);
    }
    let href = format!("{}/disks/{}", x.dialect.prefix, disk.id);
    let late = x.dialect.mode >= Mode::V4_4;
    x.resource("disk", &href, disk.id, |x| {
        x.actions(&href, if late { DISK_ACTIONS } else { &["sparsify", "copy", "export", "move"] });
        x.text("name", &disk.name);
        x.text("description", &disk.description);
        x.links(
            &href,
            if late {
                &["permissions", "disksnapshots", "statistics"]
            } else {
                &["permissions", "statistics"]
            },
        );
        x.text("actual_size", disk.actual);
        x.text("alias", &disk.name);
        if late {
            x.text("backup", "none");
        }
        x.text("content_type", "data");
        x.text("format", &disk.format);
        x.text("image_id", disk.image);
        x.text("propagate_errors", false);
        x.text("provisioned_size", disk.provisioned);
        if disk.format == "cow" {
            x.text("qcow_version", "qcow2_v3");
        }
        x.text("shareable", disk.shareable);
        x.text("sparse", disk.sparse);
        x.text("status", disk.status.at(view.now).word());
        x.text("storage_type", "image");
        if late {
            x.text("total_size", disk.actual);
        }
        x.text("wipe_after_delete", false);
        x.reference("disk_profile", "diskprofiles", DISK_PROFILE);
        if late {
            let quota = format!("{}/datacenters/{}/quotas/{QUOTA}", x.dialect.prefix, center(view, disk));
            x.resource("quota", &quota, QUOTA, |_| {});
        } else {
            x.empty("quota", &[("id", QUOTA)]);
        }
        if follow.has("statistics") {
            super::statistics::of_disk(disk, &href, x);
        }
        x.group("storage_domains", |x| x.reference("storage_domain", "storagedomains", disk.storage_domain));
        vms(view, disk, x);
    });
}

/// The machines that have a disk, which it names when it is shown alone: since 3.6 (`BackendDiskResource`), without
/// hrefs.
fn vms(view: &View<'_>, disk: &Disk, x: &mut Xml<'_>) {
    let mut machines = view.inventory.vms.all(view.now);
    let ids: Vec<String> =
        machines.by_ref().filter(|vm| has(&vm.disks, disk.id)).map(|vm| vm.id.to_string()).collect();
    if view.single && x.dialect.mode >= Mode::V3_6 && !ids.is_empty() {
        x.group("vms", |x| ids.iter().for_each(|id| x.empty("vm", &[("id", id)])));
    }
}

fn has(attachments: &[Attachment], disk: Uuid) -> bool {
    attachments.iter().any(|attachment| attachment.disk == disk)
}

/// The machines and templates that have a disk, as the search counts them (`vms_for_disk_view`).
pub fn holders(inventory: &Inventory, now: Time, disk: Uuid) -> impl Iterator<Item = Uuid> {
    let machines = inventory.vms.all(now).filter(move |vm| has(&vm.disks, disk)).map(|vm| vm.id);
    let templates = inventory.templates.all(now).filter(move |one| has(&one.disks, disk)).map(|one| one.id);
    machines.chain(templates)
}

fn center(view: &View<'_>, disk: &Disk) -> Uuid {
    let domain = view.inventory.storage_domains.get(disk.storage_domain, view.now);
    domain.map(|domain| domain.data_center).unwrap_or_default()
}

/// The disks of a machine as v3 lists them.
pub fn vm_disks_v3(view: &View<'_>, vm: &Vm, x: &mut Xml<'_>) {
    for attachment in &vm.disks {
        owned_disk_v3(view, ("vm", "vms", vm.id), attachment, x);
    }
}

/// A disk of a machine or a template as v3 shows it; `owner` is element, collection and id.
pub fn owned_disk_v3(
    view: &View<'_>,
    owner: (&'static str, &'static str, Uuid),
    attachment: &Attachment,
    x: &mut Xml<'_>,
) {
    let Some(disk) = view.inventory.disks.get(attachment.disk, view.now) else { return };
    let href = format!("{}/{}/{}/disks/{}", x.dialect.prefix, owner.1, owner.2, disk.id);
    disk_v3(view, disk, &href, Some((owner, attachment)), x);
}

type Owned<'a> = ((&'static str, &'static str, Uuid), &'a Attachment);

fn disk_v3(view: &View<'_>, disk: &Disk, href: &str, owned: Option<Owned<'_>>, x: &mut Xml<'_>) {
    let mode = x.dialect.mode;
    x.resource("disk", href, disk.id, |x| {
        let vm = owned.is_some_and(|((kind, _, _), _)| kind == "vm");
        match (mode, vm) {
            (Mode::V3_0, _) | (_, false) => {}
            (Mode::V3_1, true) => x.actions(href, &["deactivate", "activate"]),
            (_, true) => x.actions(href, &["deactivate", "activate", "export", "move"]),
        }
        x.text("name", &disk.name);
        if mode >= Mode::V3_6 {
            x.text("description", &disk.description);
        }
        x.links(href, if mode >= Mode::V3_6 { &["permissions", "statistics"] } else { &["statistics"] });
        if let Some(((kind, collection, id), _)) = owned {
            x.reference(kind, collection, id);
        } else {
            vm_of_disk(view, disk, x);
            vms(view, disk, x);
        }
        if mode >= Mode::V3_1 {
            x.text("alias", &disk.name);
            x.text("image_id", disk.image);
        }
        x.group("storage_domains", |x| {
            x.empty("storage_domain", &[("id", &disk.storage_domain.to_string())])
        });
        sizes_v3(disk, x);
        x.state("status", disk.status.at(view.now).word());
        if let Some((_, attachment)) = owned {
            x.text("interface", &attachment.interface);
        }
        x.text("format", &disk.format);
        x.text("sparse", disk.sparse);
        if let Some((_, attachment)) = owned {
            x.text("bootable", attachment.bootable);
        }
        disk_v3_end(view, disk, owned, x);
    });
}

/// 3.1 alone names the machine, or the template, wherever it shows the disk (`DiskMapper`, `all_disks`).
fn vm_of_disk(view: &View<'_>, disk: &Disk, x: &mut Xml<'_>) {
    let holder = holders(view.inventory, view.now, disk.id).next();
    if let Some(id) = holder.filter(|_| x.dialect.mode == Mode::V3_1) {
        x.reference("vm", "vms", id);
    }
}

pub fn sizes_v3(disk: &Disk, x: &mut Xml<'_>) {
    x.text("size", disk.provisioned);
    if x.dialect.mode == Mode::V3_0 {
        return x.text("type", "system");
    }
    x.text("provisioned_size", disk.provisioned);
    x.text("actual_size", disk.actual);
}

fn disk_v3_end(view: &View<'_>, disk: &Disk, owned: Option<Owned<'_>>, x: &mut Xml<'_>) {
    let mode = x.dialect.mode;
    if mode >= Mode::V3_1 {
        x.text("shareable", disk.shareable);
    }
    x.text("wipe_after_delete", false);
    x.text("propagate_errors", false);
    if mode == Mode::V3_0 {
        return;
    }
    if let Some((_, attachment)) = owned.filter(|((kind, _, _), _)| *kind == "vm") {
        x.text("active", attachment.active);
        if mode >= Mode::V3_6 {
            x.text("read_only", attachment.read_only);
        }
    }
    if mode == Mode::V3_1 {
        return x.empty("quota", &[("id", &Uuid::nil().to_string())]);
    }
    x.reference("disk_profile", "diskprofiles", DISK_PROFILE);
    x.text_if("logical_name", owned.and_then(|((kind, _, id), _)| logical_name(view, kind, id, disk.id)));
    x.text("storage_type", "image");
}

/// `<disk_attachment>`; `owner` is its element, href and id.
pub fn attachment(
    view: &View<'_>,
    owner: (&'static str, &str, Uuid),
    attachment: &Attachment,
    follow: &Follow,
    x: &mut Xml<'_>,
) {
    let (kind, owner_href, id) = owner;
    let href = format!("{owner_href}/diskattachments/{}", attachment.disk);
    x.resource("disk_attachment", &href, attachment.disk, |x| {
        x.text("active", attachment.active);
        x.text("bootable", attachment.bootable);
        x.text("interface", &attachment.interface);
        x.text_if("logical_name", logical_name(view, kind, id, attachment.disk));
        x.text("pass_discard", false);
        if x.dialect.mode >= Mode::V4_4 {
            x.text("read_only", attachment.read_only);
        }
        x.text("uses_scsi_reservation", false);
        match view.inventory.disks.get(attachment.disk, view.now).filter(|_| follow.has("disk")) {
            Some(found) => disk_with(view, found, &follow.below("disk"), x),
            None => x.reference("disk", "disks", attachment.disk),
        }
        x.resource(kind, owner_href, id, |_| {});
    });
}

/// What the guest calls the disk, once its agent reports.
fn logical_name(view: &View<'_>, kind: &str, id: Uuid, disk: Uuid) -> Option<String> {
    let vm = view.inventory.vms.get(id, view.now).filter(|_| kind == "vm")?;
    let at = vm.disks.iter().position(|attachment| attachment.disk == disk)?;
    let letter = char::from(b'a' + u8::try_from(at).ok().filter(|at| *at < 26)?);
    vm.reports(view.now, view.agent_lag).then(|| format!("/dev/vd{letter}"))
}

/// `<storage_domain>`, at the top or, with `attached`, below its data center.
pub fn storage_domain(_: &View<'_>, domain: &StorageDomain, attached: bool, x: &mut Xml<'_>) {
    let top = format!("{}/storagedomains/{}", x.dialect.prefix, domain.id);
    let below =
        format!("{}/datacenters/{}/storagedomains/{}", x.dialect.prefix, domain.data_center, domain.id);
    let href = if attached { below } else { top };
    x.resource("storage_domain", &href, domain.id, |x| {
        let first = x.dialect.mode == Mode::V3_0;
        if !first {
            domain_actions(attached, &href, x);
        }
        x.text("name", &domain.name);
        if first {
            domain_actions(attached, &href, x);
        }
        if !attached {
            x.links(&href, domain_links(x));
        }
        if x.dialect.v3() { domain_v3(domain, attached, x) } else { domain_v4(domain, attached, x) }
    });
}

fn domain_actions(attached: bool, href: &str, x: &mut Xml<'_>) {
    if attached {
        return x.actions(href, &["activate", "deactivate"]);
    }
    if x.dialect.mode >= Mode::V3_6 {
        x.actions(href, &["isattached", "refreshluns"]);
    }
}

fn domain_links(x: &Xml<'_>) -> &'static [&'static str] {
    if x.dialect.mode <= Mode::V3_1 {
        return &["permissions"];
    }
    &["permissions", "templates", "vms", "disks", "storageconnections", "disksnapshots", "diskprofiles"]
}

fn domain_v3(domain: &StorageDomain, attached: bool, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V3_6;
    if attached {
        x.reference("data_center", "datacenters", domain.data_center);
    }
    if late {
        let id = domain.data_center.to_string();
        x.group("data_centers", |x| x.empty("data_center", &[("id", &id)]));
    }
    x.text("type", domain.kind);
    if attached {
        x.state("status", "active");
    }
    if late {
        x.state("external_status", "ok");
    }
    x.text("master", domain.kind == "data");
    x.group("storage", |x| {
        x.text("address", "storage.example.com");
        x.text("type", "nfs");
        x.text("path", domain.path);
        if late {
            x.text("nfs_version", "v3");
        }
    });
    x.text("available", domain.available);
    x.text("used", domain.used);
    x.text("committed", domain.committed);
    x.text("storage_format", "v3");
    if late {
        x.text("wipe_after_delete", false);
        x.text("warning_low_space_indicator", 10);
        x.text("critical_space_action_blocker", 5);
    }
}

fn domain_v4(domain: &StorageDomain, attached: bool, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V4_4;
    x.text("available", domain.available);
    if late {
        x.text("backup", false);
        x.text("block_size", 512);
    }
    x.text("committed", domain.committed);
    x.text("critical_space_action_blocker", 5);
    if late {
        x.text("discard_after_delete", false);
    }
    x.text("external_status", "ok");
    x.text("master", domain.kind == "data");
    if attached {
        x.text("status", "active");
    }
    x.group("storage", |x| {
        x.text("address", "storage.example.com");
        x.text("nfs_version", "v3");
        x.text("path", domain.path);
        x.text("type", "nfs");
    });
    x.text("storage_format", if late { "v5" } else { "v3" });
    if late {
        x.text("supports_discard", false);
        x.text("supports_discard_zeroes_data", false);
    }
    x.text("type", domain.kind);
    x.text("used", domain.used);
    x.text("warning_low_space_indicator", 10);
    x.text("wipe_after_delete", false);
    if attached {
        x.reference("data_center", "datacenters", domain.data_center);
    }
    x.group("data_centers", |x| x.reference("data_center", "datacenters", domain.data_center));
}
